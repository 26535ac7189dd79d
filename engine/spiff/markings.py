"""The markings that the tokens of a scope may come to, and what is wrong with some of them.

Of the tokens that can move, only the one that is furthest back moves: since no other can hinder it,
every standstill is still found, and two tokens meet where they can meet (but for some loops).
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.net import PARALLEL, Token

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Edge
    from engine.spiff.net import Net

MOST: Final = 20_000
"""The markings of a scope that are looked at; of more, nothing is said."""

Marking = frozenset[Token]


class Choice(NamedTuple):
    """The gateway or boundary event after which a token is missing.

    `flow` is the way that is taken, None for an event that does not happen; `meets` says that this
    way comes to the join too.
    """

    element: str
    flow: str | None
    meets: bool


class Standstill(NamedTuple):
    """A parallel join that waits for ever: nothing comes on its way in `way`."""

    join: str
    way: str
    choice: Choice | None


class Doubled(NamedTuple):
    """An element that two tokens of one split come to, or a flow into a join.

    There is no split where they began as two.
    """

    place: str
    split: str


class TooManyError(Exception):
    """There are more markings than are looked at."""


class _Step(NamedTuple):
    node: str
    flows: tuple[Edge, ...]


@dataclass
class Markings:
    """What the tokens of a net may come to, while one event beside an activity happens, or none.

    They `begin` where they are said to be, or else at the start.
    `most` is the number of markings that may still be looked at; TooManyError beyond.
    """

    net: Net
    event: str | None = None
    most: int = MOST
    begin: Marking | None = None
    _came: dict[Marking, tuple[Marking, _Step] | None] = field(default_factory=dict)

    def wrong(self) -> Iterator[Standstill | Doubled]:
        """Give what is wrong in any marking, the nearest first."""
        starts = [frozenset({Token(start)}) for start in self.net.starts]
        self._came = dict.fromkeys([self.begin] if self.begin else starts)
        pending = deque(self._came)
        while pending:
            marking = pending.popleft()
            moving = self._moving(marking)
            if not moving:
                yield from self._standstills(marking)
            for step in self._steps(marking, moving):
                self.most -= 1
                if self.most < 0:
                    raise TooManyError
                after = self._after(marking, moving, step)
                if isinstance(after, Token):
                    yield from self._doubled(marking, moving, step, after)
                elif after not in self._came:
                    self._came[after] = marking, step
                    pending.append(after)

    def _moving(self, marking: Marking) -> Marking:
        """Give the tokens that go on next, those of all ways in where they join."""
        ranks = self.net.ranks
        for token in sorted(marking, key=lambda each: (ranks[self.net.node_at(each.at)], each)):
            if token.at in self.net.over or token.at == self.event:
                continue
            if token.at not in self.net.ways:
                return frozenset({token})
            if joined := self._joined(marking, self.net.node_at(token.at)):
                return joined
        return frozenset()

    def _joined(self, marking: Marking, join: str) -> Marking:
        ways = [edge.id for edge in self.net.ways_in(join)]
        here = {token.at: token for token in sorted(marking, reverse=True) if token.at in ways}
        empty = [way for way in ways if way not in here]
        if self.net.nodes[join].kind == PARALLEL:
            return frozenset() if empty else frozenset(here.values())
        away = {self.net.node_at(token.at) for token in marking} - self.net.over - {join}
        away.discard(self.event or "")
        late = any(away & self.net.coming(way) for way in empty)
        return frozenset() if late else frozenset(here.values())

    def _steps(self, marking: Marking, moving: Marking) -> Iterator[_Step]:
        for node in {self.net.node_at(token.at) for token in moving}:
            for flows in self.net.alternatives(node):
                yield _Step(node, flows)
                if self.event and self._may_begin(node, marking):
                    yield _Step(node, (*flows, *self.net.onward(self.event)))

    def _may_begin(self, node: str, marking: Marking) -> bool:
        attached = {event.id for event in self.net.events(node)}
        return self.event in attached and Token(self.event) not in marking

    def _after(self, marking: Marking, moving: Marking, step: _Step) -> Marking | Token:
        """Give the marking after a step, or the token that is there twice."""
        aside, left = any(token.aside for token in moving), set(marking - moving)
        for edge in step.flows:
            beside = edge.source == self.event
            if beside:
                left.add(Token(edge.source))
            place = self.net.place(edge)
            token = Token(place or "", aside or beside)
            if token in left and place not in self.net.over:
                return token
            if place:
                left.add(token)
        return frozenset(left)

    def _path(self, marking: Marking) -> list[tuple[Marking, _Step]]:
        path = []
        while (came := self._came[marking]) is not None:
            path.append(came)
            marking = came[0]
        return path[::-1]

    def _standstills(self, marking: Marking) -> Iterator[Standstill]:
        here = {token.at for token in marking}
        waits = {self.net.node_at(at) for at in here if at in self.net.ways}
        if here & self.net.over or any(self.net.nodes[j].kind != PARALLEL for j in waits):
            return
        for join in sorted(waits):
            way = next(each.id for each in self.net.ways_in(join) if each.id not in here)
            yield Standstill(join, way, self._choice(marking, way))

    def _choice(self, marking: Marking, way: str) -> Choice | None:
        """Find what was chosen last that could have brought a token to a way."""
        if self.event and all(token.aside for token in marking if token.at != self.event):
            return Choice(self.event, self.net.onward(self.event)[0].id, meets=True)
        for _, step in reversed(self._path(marking)):
            if any(self.net.leads(edge, way) for edge in step.flows):
                continue
            missed = [each for each in self.net.choices(step.node) if self.net.leads(each, way)]
            if missed:
                return self._chosen(step, missed[0], way)
        return next(self._beside(way), None)

    def _chosen(self, step: _Step, missed: Edge, way: str) -> Choice:
        taken = step.flows[0] if step.flows else missed
        meets = any(
            self.net.leads(taken, other.id) for other in self.net.ways_in(self.net.ways[way].target)
        )
        if taken.source == step.node != missed.source:
            return Choice(missed.source, None, meets)
        return Choice(taken.source, taken.id, meets)

    def _beside(self, way: str) -> Iterator[Choice]:
        """Give the events beside activities that lead to a way, but need not happen."""
        for node in self.net.nodes.values():
            leads = any(self.net.leads(edge, way) for edge in self.net.onward(node.id))
            if leads and node.kind == "boundaryEvent" and not node.interrupts:
                yield Choice(node.id, None, meets=False)

    def _doubled(
        self, marking: Marking, moving: Marking, step: _Step, twice: Token
    ) -> Iterator[Doubled]:
        """Find the split that two tokens come of; an event beside an activity is none."""
        path = [*self._path(marking), (marking, step)]
        made = self._made(path)
        ours = frozenset[int]().union(*(made[each] for each in moving))
        theirs = made[twice] if twice in marking - moving else ours | {len(path) - 1}
        if len(step.flows) > 1:
            ours |= {len(path) - 1}
        split = path[max(ours & theirs)][1].node if ours & theirs else ""
        if self.begin and not split:
            yield Doubled(twice.at, split)
        again = any(path[number][1].node == split for number in ours ^ theirs)
        if not split or self.net.events(split):
            return
        if not again or self._should_meet(split, self.net.node_at(twice.at)):
            yield Doubled(twice.at, split)

    def _should_meet(self, split: str, node: str) -> bool:
        """Whether a branch comes to a join of its split: one that ends by itself may lag behind."""
        behind = self.net.reach(node, split)
        ways = [self.net.reach(edge.target, split) for edge in self.net.onward(split)]
        return any(self.net.joins(met) for way in ways if node not in way for met in behind & way)

    def _made(self, path: list[tuple[Marking, _Step]]) -> dict[Token, frozenset[int]]:
        """Give, for each token at the end of a path, the splits on it that it comes of."""
        made: dict[Token, frozenset[int]] = dict.fromkeys(path[0][0], frozenset())
        for number, ((before, step), (after, _)) in enumerate(pairwise(path)):
            used = frozenset[int]().union(*(made.get(each, frozenset()) for each in before - after))
            mine = used | {number} if len(step.flows) > 1 else used
            made.update(dict.fromkeys(after - before, mine))
        return made

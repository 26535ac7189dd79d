"""Whether a case can end without passing some flow or element any more, and how.

A case ends once each of its tokens is used up, so a fork lets it end only if every branch does, or
if one of them ends what the fork lies in: by a terminate end, or by what is thrown and caught
around. Loops may turn for ever, which ends nothing. What is not followed is taken as possible:
conditions are ignored, a join is taken to be passed, an inclusive gateway to take any one way, and
a token's own plain end to be the last one. So an end that can be is never missed; one may be told
that the conditions or other branches do not allow.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from engine.spiff.elements.repeats import Many, repetition
from engine.spiff.graph import Place
from engine.spiff.together import Together

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.spiff.files.sheet import Node
    from engine.spiff.graph import Graph, Host


class Fact(NamedTuple):
    """That the case may end from a place on: at `level`, by ending what lies in so many hosts.

    Without a level the place's own tokens are used up, whatever others do.
    """

    place: Place
    level: int | None = None


class Why(NamedTuple):
    """What makes a fact: all of `needs`."""

    makes: Fact
    needs: tuple[Fact, ...]


@dataclass
class Escapes:
    """The ways in which a case can end, worked out for the places that are asked for."""

    graph: Graph
    reasons: dict[Fact, Why] = field(default_factory=dict)
    _known: set[Place] = field(default_factory=set)
    _waiting: dict[Fact, list[Why]] = field(default_factory=lambda: defaultdict(list))

    def way(self, start: Place) -> list[Place] | None:
        """Give a way from a place to the end of the case, or None where there is none."""
        self._learn(start)
        fact = Fact(start)
        if fact not in self.reasons:
            return None
        path: list[Place] = []
        while True:
            if not path or path[-1] != fact.place:
                path.append(fact.place)
            needs = self.reasons[fact].needs
            if not needs:
                return path
            fact = needs[0]

    def _learn(self, start: Place) -> None:
        pending, made = [start], []
        while pending:
            place = pending.pop()
            if place in self._known:
                continue
            self._known.add(place)
            for why in self._whys(place):
                pending += [need.place for need in why.needs]
                for need in why.needs:
                    self._waiting[need].append(why)
                made.append(why)
        while made:
            why = made.pop()
            if why.makes not in self.reasons and all(each in self.reasons for each in why.needs):
                self.reasons[why.makes] = why
                made += self._waiting.pop(why.makes, [])

    def _whys(self, place: Place) -> Iterator[Why]:
        depth = len(place.hosts)
        yield from (Why(Fact(place), (Fact(place, level),)) for level in range(depth + 1))
        yield from self._onward(place)
        if not place.left:
            for start in self.graph.inside(place):
                yield from self._followed(place, start)
                yield from self._completed(place, start)
            yield from self._events(place, place)
            for trap in self.graph.caught(place):
                yield from self._stopped(place, trap)
        for level, host in enumerate(place.hosts):
            around = Place(place.hosts[:level], host.process, host.element, side=host.side)
            yield from self._events(place, around)
            if self._is_cut_off(around):
                yield Why(Fact(place, level + 1), (Fact(replace(around, left=True)),))

    def _node(self, place: Place) -> Node:
        return self.graph.sheets[place.process].nodes[place.element]

    def _onward(self, place: Place) -> Iterator[Why]:
        node = self._node(place)
        if not self.graph.goes_on(place):
            return
        if node.kind == "endEvent":
            yield from self._ended(place, node)
            return
        following = [onward for onward, _ in self.graph.further(place)]
        if node.kind != "parallelGateway":
            for each in following:
                yield from self._followed(place, each)
        elif len(following) == len(self.graph.sheets[place.process].outgoing(node.id)):
            yield Why(Fact(place), tuple(map(Fact, following)))
            for each in following:
                yield from self._killed(place, each, len(place.hosts))

    def _ended(self, place: Place, node: Node) -> Iterator[Why]:
        """Let an end be the last of what it lies in; a terminate end always is."""
        terminates, depth = "terminateEventDefinition" in node.events, len(place.hosts)
        fact, onward = Fact(place, depth if terminates else None), left(place.hosts)
        yield Why(fact, () if onward is None else (Fact(onward),))
        if onward is not None and terminates:
            yield from self._killed(place, onward, depth - 1)

    def _followed(self, place: Place, onward: Place) -> Iterator[Why]:
        yield Why(Fact(place), (Fact(onward),))
        yield from self._killed(place, onward, len(place.hosts))

    def _completed(self, place: Place, start: Place) -> Iterator[Why]:
        """Let what comes after an activity end what lies around, once all in it has ended."""
        onward = replace(place, left=True)
        for level in range(len(place.hosts) + 1):
            yield Why(Fact(place, level), (Fact(start), Fact(onward, level)))

    def _killed(self, place: Place, onward: Place, most: int) -> Iterator[Why]:
        """Let what a token brings about later end what it lies in now."""
        for level in range(most + 1):
            yield Why(Fact(place, level), (Fact(onward, level),))

    def _events(self, place: Place, host: Place) -> Iterator[Why]:
        """Let what may happen at any time on an activity stop what goes on in it, or begin more."""
        for event in self.graph.beside(host):
            yield from self._stopped(place, event)

    def _stopped(self, place: Place, event: Place) -> Iterator[Why]:
        level = len(event.hosts)
        yield from self._killed(place, event, level)
        if self._node(event).interrupts:
            inside = level < len(place.hosts)
            yield Why(Fact(place, level + 1 if inside else None), (Fact(event),))

    def _is_cut_off(self, host: Place) -> bool:
        """Whether other instances of an activity may end those that are still open."""
        drawn = repetition(self._node(host))
        return isinstance(drawn, Many) and drawn.until is not None and not drawn.sequential


def after(graph: Graph, goal: str, came: Collection[Place]) -> Iterator[Place]:
    """Give where a token is once it has got done with an element or taken a flow, by its name.

    `came` is what is within reach at all.
    """
    for place in came:
        sheet = graph.sheets[place.process]
        for edge in sheet.outgoing(place.element):
            if f"{place.process}:{edge.id}" == goal:
                yield Place(place.hosts, place.process, edge.target, side=place.side)
        if f"{place.process}:{place.element}" == goal:
            event = sheet.nodes[place.element].kind.endswith("Event")
            yield place if event else replace(place, left=True)


@dataclass
class Rivals:
    """What may end a place's activity from a branch beside it; `came` is all within reach."""

    graph: Graph
    came: Collection[Place]
    _drawn: dict[str, Together] = field(default_factory=dict)

    def of(self, place: Place) -> Iterator[tuple[Place, Place | None]]:
        """Give what ends a place's surroundings, and where the case then goes on, if it does."""
        for other, level, onward in self._all:
            if self._reaches(other, place, level):
                yield other, onward

    @cached_property
    def _all(self) -> list[tuple[Place, int, Place | None]]:
        return [(place, *end) for place in self.came if not place.left for end in self._ends(place)]

    def _ends(self, place: Place) -> Iterator[tuple[int, Place | None]]:
        node = self.graph.sheets[place.process].nodes[place.element]
        if node.kind == "endEvent" and "terminateEventDefinition" in node.events:
            yield len(place.hosts), left(place.hosts)
        for trap in self.graph.caught(place):
            if self.graph.sheets[trap.process].nodes[trap.element].interrupts:
                yield len(trap.hosts) + 1, trap

    def _reaches(self, other: Place, place: Place, level: int) -> bool:
        """Whether both lie in what is ended and may be busy there at once."""
        ours, theirs = steps(place), steps(other)
        for depth, (mine, yours) in enumerate(zip(ours, theirs, strict=False)):
            if mine[0] != yours[0]:
                return False
            if depth >= level and self._together(*mine).may_be(mine[1], yours[1]):
                return True
            if mine != yours:
                return False
        return False

    def _together(self, process: str, _element: str) -> Together:
        if process not in self._drawn:
            self._drawn[process] = Together(self.graph.sheets[process])
        return self._drawn[process]


def steps(place: Place) -> list[tuple[str, str]]:
    """Give the process and element of each host around a place, and of itself."""
    return [*((h.process, h.element) for h in place.hosts), (place.process, place.element)]


def left(hosts: tuple[Host, ...]) -> Place | None:
    """Give the place of the innermost host once what it holds has ended, None for the case."""
    if not hosts:
        return None
    host = hosts[-1]
    return Place(hosts[:-1], host.process, host.element, left=True, side=host.side)

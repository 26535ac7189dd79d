"""Whether two elements of one scope may be busy at the same time, as drawn.

Two tokens come of a parallel or inclusive gateway, and of an event beside an activity; they are one
again behind a gateway that each of them comes to by a way of its own. Conditions are ignored, and
how often a branch is gone through; an inclusive join is passed alone once no token can come to it.
Never misses two that may be busy together; where branches do not lie in blocks it may see some that
never are.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from functools import cached_property
from itertools import permutations
from typing import TYPE_CHECKING, Final

from engine.spiff.elements.repeats import Many, repetition

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from engine.spiff.files.sheet import Node, Sheet

FORKS: Final = frozenset({"parallelGateway", "inclusiveGateway"})


@dataclass(frozen=True)
class Branch:
    """Where a token of a fork begins; beside its events, an activity itself is still busy."""

    fork: str
    starts: frozenset[str]
    busy: frozenset[str] = frozenset()


@dataclass
class Together:
    """What may be busy together within one sheet."""

    sheet: Sheet

    def may_be(self, one: str, other: str) -> bool:
        """Whether two elements of a scope may be busy at once; an element also with itself."""
        drawn = repetition(self.sheet.nodes[one])
        if one == other and isinstance(drawn, Many) and not drawn.sequential:
            return True
        return any(each.holds(one, other) for each in self._pairs)

    @cached_property
    def _pairs(self) -> list[_Pair]:
        forks = [fork for node in self.sheet.nodes.values() for fork in self._forks(node)]
        return [_Pair(self, *pair) for fork in forks for pair in permutations(fork, 2)]

    def _forks(self, node: Node) -> Iterator[list[Branch]]:
        onward = [edge.target for edge in self.sheet.outgoing(node.id)]
        if node.kind in FORKS and len(onward) > 1:
            yield [Branch(node.id, frozenset({target})) for target in onward]
        events = self.sheet.boundary(node.id)
        for event in events:
            if not event.interrupts:
                others = {each.id for each in events if each.id != event.id}
                main = Branch(node.id, frozenset({*onward, *others}), frozenset({node.id}))
                beside = Branch(node.id, frozenset({event.id}))
                yield [main, beside] if _happens_once(event) else [main, beside, beside]

    def reach(self, starts: Collection[str], stops: Collection[str]) -> set[str]:
        """Give what a token may come to from some elements; from `stops` it does not go on."""
        found, pending = set(starts), deque(starts)
        while pending:
            node = pending.popleft()
            if node in stops:
                continue
            near = [edge.target for edge in self.sheet.outgoing(node)]
            for each in (*near, *(event.id for event in self.sheet.boundary(node))):
                if each not in found and each in self.sheet.nodes:
                    found.add(each)
                    pending.append(each)
        return found


def _happens_once(event: Node) -> bool:
    return event.timing is not None and event.timing.kind != "cycle"


@dataclass
class _Pair:
    """Two branches of a fork: the one that the first of two elements lies on, and the other."""

    drawn: Together
    left: Branch
    right: Branch

    def holds(self, one: str, other: str) -> bool:
        if one in self._before[0] and other in self._before[1]:
            return True
        if one in self._past[0] and other in self._before[1]:
            return self._cannot_meet(other)
        return one in self._before[0] and other in self._past[1] and self._cannot_meet(one)

    @cached_property
    def _meetings(self) -> frozenset[str]:
        """The joins that each of the two branches comes to by a way of its own."""
        fork = self.left.fork
        here, there = (self.drawn.reach(b.starts, {fork}) - {fork} for b in (self.left, self.right))
        found = set()
        for node in self.drawn.sheet.nodes.values():
            ways = [edge.source for edge in self.drawn.sheet.incoming(node.id)]
            if node.kind in FORKS and len(ways) > 1:
                ours = {way for way in ways if way in here or way in there}
                if ours - there and ours - here:
                    found.add(node.id)
        return frozenset(found)

    @cached_property
    def _before(self) -> tuple[set[str], set[str]]:
        return self._sides(self._meetings)

    @cached_property
    def _past(self) -> tuple[set[str], set[str]]:
        """The same with what lies behind inclusive joins, that one token may pass alone."""
        nodes = self.drawn.sheet.nodes
        waits = {each for each in self._meetings if nodes[each].kind == "parallelGateway"}
        return self._sides(waits)

    def _sides(self, stops: Collection[str]) -> tuple[set[str], set[str]]:
        return self._side(self.left, stops), self._side(self.right, stops)

    def _side(self, branch: Branch, stops: Collection[str]) -> set[str]:
        """Give what a branch may come to, and the joins that it waits at for the other.

        One that comes to the fork again meets nobody surely.
        """
        found = self.drawn.reach(branch.starts, stops)
        if branch.fork in found:
            found = self.drawn.reach(branch.starts, ())
        return found | branch.busy

    def _cannot_meet(self, element: str) -> bool:
        nodes = self.drawn.sheet.nodes
        waits = {each for each in self._meetings if nodes[each].kind == "inclusiveGateway"}
        return not waits & self.drawn.reach({element}, ())

"""The markings that the tokens of a process or sub-process can come to by its flows.

Each time that an event beside an activity happens, what it begins is a round: it goes on by itself,
whatever else is open.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from engine.spiff.markings import MOST
from engine.spiff.net import PARALLEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spiff.files.sheet import Edge
    from engine.spiff.net import Net

Tokens = Counter[str]
"""How many tokens stand at each place of a net."""

Marking = tuple[str, ...]
"""The places of a net where tokens stand, sorted; one is there as often as tokens are at it."""

AT_ONCE: Final = 2
"""The tokens at one place up to which markings are told apart; more of them are not looked at."""


@dataclass(frozen=True)
class Reachable:
    """The markings that a net can come to from its start, and those of a round of an event."""

    markings: frozenset[Marking]
    rounds: frozenset[Marking]

    def fits(self, tokens: Tokens) -> bool:
        """Whether tokens can have come to stand as they do: one marking, and some rounds."""
        return any(
            self._are_rounds(tokens - Counter(marking))
            for marking in self.markings
            if Counter(marking) <= tokens
        )

    def _are_rounds(self, tokens: Tokens) -> bool:
        first = min(tokens, default=None)
        return first is None or any(
            self._are_rounds(tokens - Counter(marking))
            for marking in self.rounds
            if first in marking and Counter(marking) <= tokens
        )

    def together(self, at: str, other: str) -> bool:
        """Whether tokens can stand at two places at the same time."""
        if any(at in marking or other in marking for marking in self.rounds):
            return True
        return any({at, other} <= {*marking} for marking in self.markings)


@lru_cache(maxsize=256)
def reachable(net: Net) -> Reachable | None:
    """Give all markings that a net can come to; None if there are too many."""
    beside = [n.id for n in net.nodes.values() if n.kind == "boundaryEvent" and not n.interrupts]
    markings = _markings(net, [(start,) for start in net.starts])
    rounds = _markings(net, [_marking(_reached(net, net.onward(event))) for event in beside])
    return None if markings is None or rounds is None else Reachable(markings, rounds)


def _markings(net: Net, begin: Iterable[Marking]) -> frozenset[Marking] | None:
    found = {*begin}
    pending = list(found)
    while pending and len(found) < MOST:
        fresh = {*_next(net, pending.pop())} - found
        found |= fresh
        pending += fresh
    return None if pending else frozenset(found)


def _next(net: Net, marking: Marking) -> Iterator[Marking]:
    """Give the markings that one token more that goes on leads to."""
    for node in {net.node_at(at) for at in marking}:
        used = _taken_in(net, node, {*marking}) if net.joins(node) else {node}
        left = Counter(marking) - Counter(used)
        for flows in net.alternatives(node) if used else ():
            after = left + _reached(net, flows)
            if max(after.values(), default=0) <= AT_ONCE:
                yield () if _clears(net, after) else _marking(after)


def _marking(tokens: Tokens) -> Marking:
    return tuple(sorted(tokens.elements()))


def _reached(net: Net, flows: Iterable[Edge]) -> Tokens:
    return Counter(place for edge in flows if (place := net.place(edge)))


def _clears(net: Net, tokens: Tokens) -> bool:
    """Whether a token is at an end of the whole scope, which clears all."""
    return any(at in net.over and not net.onward(at) for at in tokens)


def _taken_in(net: Net, join: str, marking: set[str]) -> set[str]:
    """Give the tokens with which a join goes on, as it does in the engine; none if it waits."""
    ways = {edge.id for edge in net.ways_in(join)}
    here = marking & ways
    if net.nodes[join].kind == PARALLEL:
        return here if here == ways else set()
    away = {net.node_at(at) for at in marking} - {join}
    met = set().union(*(net.coming(way) for way in here))
    late = any((away - met) & net.coming(way) for way in ways - here)
    return set() if late else here

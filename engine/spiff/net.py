"""One process or sub-process as a net: where its tokens may stand, and how they may go on.

Conditions are not read, but gateways may be held to go on by certain flows. An activity
is one thing, whatever it holds, calls or repeats. A token stands at an element, or on a way into a
join until the join lets it go on.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from itertools import chain, combinations
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.elements.alarms import ESCALATION, alarm, thrown_by
from engine.spiff.files.eventful import CHOICE
from engine.spiff.together import FORKS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.spiff.elements.alarms import Alarm
    from engine.spiff.files.sheet import Edge, Node, Sheet
    from engine.spiff.files.sources import Sources

PARALLEL: Final = "parallelGateway"
_CLEARING: Final = frozenset(
    {"terminateEventDefinition", "errorEventDefinition", "cancelEventDefinition"}
)
_ONE_OF: Final = frozenset({"exclusiveGateway", CHOICE})


class Token(NamedTuple):
    """A token at an element or flow; `aside` once it comes of an event beside an activity."""

    at: str
    aside: bool = False


class Net:
    """The elements of a scope; at those of `over`, what a token does there clears the scope."""

    def __init__(self, sheet: Sheet, scope: str, over: Collection[str]) -> None:
        self.nodes = {node.id: node for node in sheet.inside(scope)}
        self.over = {each for each in over if each in self.nodes}
        self.sheet, self.scope = sheet, scope
        self.held: Mapping[str, tuple[Edge, ...]] = {}
        self._holding: dict[tuple[str, ...], Net] = {}
        self.ways = {e.id: e for id_ in self.nodes for e in self.ways_in(id_) if self.joins(id_)}
        self._coming: dict[str, set[str]] = {}

    def onward(self, node: str) -> list[Edge]:
        return [each for each in self.sheet.outgoing(node) if each.target in self.nodes]

    def ways_in(self, node: str) -> list[Edge]:
        return [each for each in self.sheet.incoming(node) if each.source in self.nodes]

    def joins(self, node: str) -> bool:
        return self.nodes[node].kind in FORKS and len(self.ways_in(node)) > 1

    @property
    def starts(self) -> list[str]:
        return [node.id for node in self.nodes.values() if node.kind == "startEvent"]

    def events(self, node: str) -> list[Node]:
        return [each for each in self.sheet.boundary(node) if each.id in self.nodes]

    def node_at(self, place: str) -> str:
        """Give the element that a token at a place is at, or waits for."""
        return self.ways[place].target if place in self.ways else place

    def place(self, edge: Edge) -> str | None:
        """Give where a token comes to by a flow, None where it is used up."""
        if edge.id in self.ways:
            return edge.id
        return None if self._uses_up(edge.target) else edge.target

    def _uses_up(self, target: str) -> bool:
        """Whether a token that comes here does no more, as often as it comes."""
        for _ in self.nodes:
            node, onward = self.nodes[target], self.onward(target)
            if node.kind == "endEvent":
                return target not in self.over
            if node.kind != "exclusiveGateway" or len(onward) != 1:
                return False
            target = onward[0].target
        return False

    def alternatives(self, node: str) -> Iterator[tuple[Edge, ...]]:
        """Give the flows on which a token may go on from an element: one of these sets."""
        if node in self.held:
            yield self.held[node]
            return
        onward, kind = self.onward(node), self.nodes[node].kind
        if kind in _ONE_OF:
            yield from ((edge,) for edge in onward)
        elif kind == "inclusiveGateway":
            sizes = range(1, len(onward) + 1)
            yield from chain.from_iterable(combinations(onward, size) for size in sizes)
        else:
            yield tuple(onward)
            yield from (tuple(self.onward(each)) for each in self._instead(node))

    def holding(self, held: Mapping[str, tuple[Edge, ...]]) -> Net:
        """Give this net with gateways that always go on by these flows; the same one each time."""
        key = tuple(sorted(edge.id for edges in held.values() for edge in edges))
        if key not in self._holding:
            self._holding[key] = copy(self)
            self._holding[key].held = held
        return self._holding[key] if held else self

    def choices(self, node: str) -> list[Edge]:
        """Give all flows by which a token that is at an element may go on."""
        return list(chain(*(self.onward(each) for each in (node, *self._instead(node)))))

    def _instead(self, node: str) -> list[str]:
        return [event.id for event in self.events(node) if event.interrupts]

    def leads(self, edge: Edge, way: str) -> bool:
        """Whether a token that takes a flow may come to a way into a join, not by the join."""
        return edge.id == way or edge.target in self.coming(way)

    def coming(self, way: str) -> set[str]:
        """Give the elements from which a token may come to a way into a join, not by the join."""
        if way not in self._coming:
            edge = self.ways[way]
            found, pending = {edge.source}, [edge.source]
            while pending:
                node = pending.pop()
                host = self.nodes[node].attached
                before = [each.source for each in self.ways_in(node)] + ([host] if host else [])
                for each in before:
                    if each != edge.target and each not in found and each in self.nodes:
                        found.add(each)
                        pending.append(each)
            self._coming[way] = found - {edge.target}
        return self._coming[way]

    @cached_property
    def ranks(self) -> dict[str, int]:
        """Number the elements so that, loops apart, each comes after all that lead to it."""
        left: list[str] = []
        seen: set[str] = set()
        for start in self.starts:
            pending = [(start, False)]
            while pending:
                node, done = pending.pop()
                if done:
                    left.append(node)
                elif node not in seen:
                    seen.add(node)
                    onward = [edge.target for edge in self.onward(node)]
                    events = [event.id for event in self.events(node)]
                    pending += [(node, True), *((each, False) for each in (*onward, *events))]
        return {node: rank for rank, node in enumerate(reversed(left))}

    def reach(self, node: str, stop: str = "") -> set[str]:
        """Give the elements that a token at one may come to, and itself, not going on at `stop`."""
        found, pending = {node}, [node]
        while pending:
            each = pending.pop()
            beside = [event.id for event in self.events(each)]
            near = [edge.target for edge in self.onward(each)] if each != stop else []
            fresh = {*beside, *near} - found
            found |= fresh
            pending += fresh
        return found


def nets(sources: Sources) -> Iterator[Net]:
    """Give the net of each process and sub-process of a procedure."""
    traps = _interrupting(sources)
    for sheet in sources.sheets.values():
        over = {node.id for node in sheet.nodes.values() if _clears(node, sheet, traps)}
        for scope in sheet.scopes:
            yield Net(sheet, scope, over)


def _interrupting(sources: Sources) -> list[Alarm]:
    """Give the escalations that boundary events somewhere catch and interrupt by."""
    caught = [
        alarm(node, sheet)
        for sheet, node in sources.nodes()
        if node.kind == "boundaryEvent" and node.interrupts
    ]
    return [each for each in caught if each and each.kind == ESCALATION]


def _clears(node: Node, sheet: Sheet, traps: list[Alarm]) -> bool:
    if node.kind == "endEvent" and not _CLEARING.isdisjoint(node.events):
        return True
    thrown = thrown_by(node, sheet) if node.kind.endswith("Event") else None
    return thrown is not None and any(trap.fits(thrown) for trap in traps)

"""The drawing as one graph, with called processes and sub-processes folded out where they stand.

It answers where a token *may* come: conditions are ignored, a parallel join lets go on only what
has come on every way in, and a branch of a non-interrupting event cannot end the process around it
by a plain end event. A list may be empty and a loop may be left out, so what is repeated may be
passed by. What is thrown comes out at the boundary events that may catch it, on whatever activity
around. So it never misses a way, and hardly invents one.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from engine.spiff.elements.alarms import ESCALATION, alarm, caught_at, thrown_by
from engine.spiff.elements.repeats import may_be_left_out
from engine.spiff.files.sheet import EMBEDDED

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Iterator, Mapping

    from engine.spiff.files.sheet import Edge, Node, Sheet


@dataclass(frozen=True)
class Host:
    """The call activity or sub-process that a place lies in."""

    process: str
    element: str
    side: bool


@dataclass(frozen=True)
class Place:
    """An element inside a chain of hosts.

    `left` once what it calls has ended; `side` on a branch of a non-interrupting event.
    """

    hosts: tuple[Host, ...]
    process: str
    element: str
    left: bool = False
    side: bool = False


class Graph:
    """Where a token may go, without the flows and elements of `without` ("process:id").

    An element that is left out can be come to and be interrupted, but nobody gets done with it: no
    token goes on from it, unless it is repeated and there was nothing to do.
    """

    def __init__(self, sheets: Mapping[str, Sheet], without: Collection[str] = ()) -> None:
        self.sheets = sheets
        self.without = without

    def ways(self, process: str) -> dict[Place, Place | None]:
        """Give every place within reach of a process's start, each with the place before it."""
        return self.reach(self.starts((), process, process))

    def reach(
        self, places: Iterable[Place], taken: Container[str] = ()
    ) -> dict[Place, Place | None]:
        """Give every place within reach of some, themselves too, each with the place before it.

        By the flows that were `taken` ("process:flow") a token waits at their joins already.
        """
        came: dict[Place, Place | None] = dict.fromkeys(places)
        arrived: dict[Place, set[str]] = {}
        pending = deque(came)
        while pending:
            place = pending.popleft()
            for following, edge in self.onward(place):
                if following in came or not self._fires(following, edge, arrived, taken):
                    continue
                came[following] = place
                pending.append(following)
        return came

    def _fires(
        self,
        place: Place,
        edge: Edge | None,
        arrived: dict[Place, set[str]],
        taken: Container[str],
    ) -> bool:
        sheet = self.sheets[place.process]
        if edge is None or sheet.nodes[place.element].kind != "parallelGateway":
            return True
        ways_in = arrived.setdefault(replace(place, side=False), set())
        ways_in.add(edge.id)
        return all(
            each.id in ways_in or f"{place.process}:{each.id}" in taken
            for each in sheet.incoming(place.element)
        )

    def starts(self, hosts: tuple[Host, ...], process: str, scope: str) -> Iterator[Place]:
        sheet = self.sheets.get(process)
        for node in sheet.inside(scope) if sheet else ():
            if node.kind == "startEvent":
                yield Place(hosts, process, node.id)

    def onward(self, place: Place) -> Iterator[tuple[Place, Edge | None]]:
        """Give where a token may come next, and by which flow; None into and out of hosts."""
        sheet = self.sheets[place.process]
        node = sheet.nodes[place.element]
        if not place.left:
            for aside in (*self.inside(place), *self.beside(place), *self.caught(place)):
                yield aside, None
        yield from self.further(place)
        if self.goes_on(place):
            yield from ((back, None) for back in self._return(place, node))

    def further(self, place: Place) -> Iterator[tuple[Place, Edge]]:
        """Give where the flows lead by which a token goes on from a place."""
        sheet = self.sheets[place.process]
        if not self.goes_on(place):
            return
        for edge in sheet.outgoing(place.element):
            if f"{place.process}:{edge.id}" not in self.without and edge.target in sheet.nodes:
                yield replace(place, element=edge.target, left=False), edge

    def goes_on(self, place: Place) -> bool:
        """Whether a token may go on, since all is done here, or nothing was to be done."""
        node = self.sheets[place.process].nodes[place.element]
        if not place.left and may_be_left_out(node):
            return True
        if f"{place.process}:{node.id}" in self.without or self._is_cut_short(place, node):
            return False
        return place.left or next(self.inside(place), None) is None

    def beside(self, place: Place) -> Iterator[Place]:
        """Give the boundary events of an activity that may happen at any time."""
        sheet = self.sheets[place.process]
        for event in sheet.boundary(place.element):
            if alarm(event, sheet) is None:
                yield _at(place, event)

    def caught(self, place: Place) -> Iterator[Place]:
        """Give the boundary events that may catch what is thrown here, on activities outwards."""
        node = self.sheets[place.process].nodes[place.element]
        if node.kind.endswith("Event") and f"{place.process}:{node.id}" in self.without:
            return
        left = thrown_by(node, self.sheets[place.process])
        while left is not None:
            sheet = self.sheets[place.process]
            traps, left = caught_at(sheet.nodes[place.element], sheet, left)
            yield from (_at(place, trap) for trap in traps)
            if not place.hosts:
                return
            host = place.hosts[-1]
            place = Place(place.hosts[:-1], host.process, host.element, side=host.side)

    def _is_cut_short(self, place: Place, node: Node) -> bool:
        """Whether no token goes on from an event, since what it throws ends what it lies in."""
        thrown = alarm(node, self.sheets[place.process])
        if thrown is None or node.kind == "boundaryEvent":
            return False
        return thrown.kind != ESCALATION or any(
            self.sheets[trap.process].nodes[trap.element].interrupts for trap in self.caught(place)
        )

    def _return(self, place: Place, node: Node) -> Iterator[Place]:
        ends = node.kind == "endEvent" and place.hosts
        if ends and (not place.side or "terminateEventDefinition" in node.events):
            host = place.hosts[-1]
            yield Place(place.hosts[:-1], host.process, host.element, left=True, side=host.side)

    def inside(self, place: Place) -> Iterator[Place]:
        """Give the starts of what an activity holds or calls."""
        node = self.sheets[place.process].nodes[place.element]
        host = Host(place.process, node.id, place.side)
        if node.kind in EMBEDDED:
            yield from self.starts((*place.hosts, host), place.process, node.id)
        elif node.called and node.called not in {place.process, *(h.process for h in place.hosts)}:
            yield from self.starts((*place.hosts, host), node.called, node.called)


def _at(place: Place, event: Node) -> Place:
    """Give the place of a boundary event of an activity."""
    return replace(place, element=event.id, side=place.side or not event.interrupts)


def way_to(goal: str, came: Mapping[Place, Place | None]) -> list[Place] | None:
    """Give a short way to "process:element" out of what is within reach, or None."""
    for place in came:
        if f"{place.process}:{place.element}" == goal:
            path = [place]
            while (before := came[path[-1]]) is not None:
                path.append(before)
            return path[::-1]
    return None

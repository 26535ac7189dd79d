"""Which guarantees an intervention bypasses: what a case can do after it, and could not before.

Guarantees hold on the drawing, so a case that goes on as drawn keeps them. A token that is put
elsewhere, or leaves a step without its being done, can lead around them. What has been passed
already counts; conditions are ignored, as in publishing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from engine.spiff.escaping import Escapes
from engine.spiff.files.bpmn_file import sheets_of
from engine.spiff.graph import Graph, way_to
from engine.spiff.model import ALWAYS_AFTER, EVERY_END, ONLY_AFTER

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from uuid import UUID

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.going_back.places import Place as Target
    from engine.spiff.graph import Place
    from engine.spiff.model import Compiled, Guarantee
    from engine.spiff.moves import Position

WAITS: Final = frozenset({"intermediateCatchEvent", "receiveTask", "serviceTask"})


@dataclass(frozen=True)
class Leap:
    """A token that leaves its open `task` (None: one more), for `to`; None: the step is skipped.

    `closed` are all open tasks that end by it, and `flows` ("process:flow") those that it takes.
    """

    task: UUID | None
    to: Target | None
    closed: Collection[UUID]
    flows: Collection[str] = ()


def bypassed(
    compiled: Compiled, at: Position, leap: Leap, passed: Mapping[str, int]
) -> tuple[Guarantee, ...]:
    """Give the guarantees that a leap leads around, for a case that stands `at`.

    `passed` are the elements done and flows taken that still hold ("process:id"), each with a
    number that says when.
    """
    sheets = sheets_of(tuple(compiled.plan.drawings.items()))
    case = _Case(compiled, sheets, passed, frozenset(Graph(sheets).ways(compiled.id)))
    before = list(case.standing(at))
    after = [*case.standing(at, without=leap.closed), *case.landing(at, leap)]
    return tuple(
        guarantee
        for guarantee in compiled.guarantees
        if case.escapes(guarantee, after) and not case.escapes(guarantee, before)
    )


@dataclass(frozen=True)
class _Case:
    compiled: Compiled
    sheets: Mapping[str, Sheet]
    passed: Mapping[str, int]
    known: Collection[Place]

    def standing(self, at: Position, without: Collection[UUID] = ()) -> Iterator[Place]:
        """Give where the tokens of a case wait, without those of some tasks."""
        for task in at.tasks:
            if task.id not in without:
                yield from self._at(task.process, task.element, task.path)
        for process, _, element in (name.partition(":") for name in at.live):
            if self.sheets[process].nodes[element].kind in WAITS:
                yield from self._at(process, element, None)

    def landing(self, at: Position, leap: Leap) -> Iterator[Place]:
        """Give where a token comes to by a leap: from a skipped step, past what it decides."""
        if leap.to is not None:
            yield from self._at(leap.to.process, leap.to.element, leap.to.path)
            return
        for task in (each for each in at.tasks if each.id == leap.task):
            for place in self._at(task.process, task.element, task.path):
                yield from self._behind(place, leap.flows)

    def _behind(self, place: Place, flows: Collection[str]) -> Iterator[Place]:
        sheet = self.sheets[place.process]
        for edge in sheet.outgoing(place.element):
            is_asked = sheet.nodes[place.element].kind == "exclusiveGateway"
            if is_asked and f"{place.process}:{edge.id}" not in flows:
                continue
            onward = replace(place, element=edge.target)
            if sheet.nodes[edge.target].kind == "exclusiveGateway":
                yield from self._behind(onward, flows)
            else:
                yield onward

    def _at(self, process: str, element: str, path: tuple[str, ...] | None) -> Iterator[Place]:
        for place in self.known:
            is_there = (place.process, place.element, place.left) == (process, element, False)
            if is_there and path in {None, self._calls(place)}:
                yield place

    def _calls(self, place: Place) -> tuple[str, ...]:
        hosts = (
            host for host in place.hosts if self.sheets[host.process].nodes[host.element].called
        )
        return tuple(host.element for host in hosts)

    def escapes(self, guarantee: Guarantee, places: list[Place]) -> bool:
        """Whether a case with tokens at these places can do what a guarantee says it never does."""
        last = max((self.passed.get(name, -1) for name in guarantee.after), default=-1)
        done = max((self.passed.get(name, -1) for name in guarantee.what), default=-1)
        if guarantee.kind == ONLY_AFTER:
            return last < 0 and self._comes_to(guarantee, places)
        if guarantee.kind == ALWAYS_AFTER:
            return last > done and self._ends(guarantee, places)
        return guarantee.kind == EVERY_END and done < 0 and self._ends(guarantee, places)

    def _comes_to(self, guarantee: Guarantee, places: list[Place]) -> bool:
        came = Graph(self.sheets, {*guarantee.after}).reach(places, self.passed)
        return any(way_to(name, came) is not None for name in guarantee.what)

    def _ends(self, guarantee: Guarantee, places: list[Place]) -> bool:
        escapes = Escapes(Graph(self.sheets, {*guarantee.what}))
        return all(escapes.way(place) is not None for place in places)

"""Leaps of tokens that interventions make: where a case stands before one, and comes to by it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from engine.spiff.files.bpmn_file import sheets_of
from engine.spiff.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from uuid import UUID

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.going_back.places import Place as Target
    from engine.spiff.graph import Place
    from engine.spiff.model import Compiled
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


@dataclass(frozen=True)
class Ground:
    """The drawings of a version, with every place that a case can come to."""

    compiled: Compiled

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """The drawings by process."""
        return sheets_of(tuple(self.compiled.plan.drawings.items()))

    @cached_property
    def known(self) -> frozenset[Place]:
        """Every place within reach of the start."""
        return frozenset(Graph(self.sheets).ways(self.compiled.id))

    def standing(self, at: Position, without: Collection[UUID] = ()) -> Iterator[Place]:
        """Give where the tokens of a case wait, without those of some tasks."""
        for task in at.tasks:
            if task.id not in without:
                yield from self.at(task.process, task.element, task.path)
        for process, _, element in (name.partition(":") for name in at.live):
            if self.sheets[process].nodes[element].kind in WAITS:
                yield from self.at(process, element, None)

    def landing(self, at: Position, leap: Leap) -> Iterator[Place]:
        """Give where a token comes to by a leap: from a skipped step, past what it decides."""
        if leap.to is not None:
            yield from self.at(leap.to.process, leap.to.element, leap.to.path)
            return
        for task in (each for each in at.tasks if each.id == leap.task):
            for place in self.at(task.process, task.element, task.path):
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

    def at(self, process: str, element: str, path: tuple[str, ...] | None) -> Iterator[Place]:
        """Give the places of an element, of those calls only if `path` is not None."""
        for place in self.known:
            is_there = (place.process, place.element, place.left) == (process, element, False)
            if is_there and path in {None, self._calls(place)}:
                yield place

    def _calls(self, place: Place) -> tuple[str, ...]:
        hosts = (
            host for host in place.hosts if self.sheets[host.process].nodes[host.element].called
        )
        return tuple(host.element for host in hosts)

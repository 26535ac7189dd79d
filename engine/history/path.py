"""The path of a case on its diagrams: what it passed, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.history import read
from engine.history.superseding import after

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import sqlalchemy as sa

    from engine import spiff
    from engine.procedures import Version
    from engine.spiff import Names


STANDS_AT: Final = frozenset(
    {"intermediateCatchEvent", "receiveTask", "serviceTask", "callActivity"}
)
"""Kinds of elements at which a case can stand besides steps of people; what hangs on one is not."""


@dataclass(slots=True)
class DiagramView:
    """One diagram of the version, with the path taken on it; what was sent back is ``undone``."""

    process: str
    names: Names
    calls: Mapping[str, str]
    taken: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    current: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)


def on_diagrams(
    version: Version, at: spiff.Position | None, rows: Sequence[sa.Row[Any]]
) -> list[DiagramView]:
    """Return the version's diagrams in which something happened, the procedure's own first.

    ``at`` is where the case stands, None once it has ended. What an older version of the procedure
    drew, and this one does not, is passed over.
    """
    compiled = version.compiled
    views = {
        process: DiagramView(process, diagram.names, diagram.calls)
        for process, diagram in compiled.diagrams.items()
    }
    walked = _Walked(compiled, views)
    for entry in rows:
        walked.follow(entry.seq, read(entry.body))
    for process, element in () if at is None else _present(compiled, at):
        views[process].current.add(element)
        views[process].done.discard(element)
        views[process].undone.discard(element)
    visited = [v for v in views.values() if v.done or v.current or v.process == compiled.id]
    return sorted(visited, key=lambda view: view.process != compiled.id)


@dataclass(slots=True)
class _Walked:
    """A case's path as its entries lay it upon the diagrams, one after the other."""

    compiled: spiff.Compiled
    views: Mapping[str, DiagramView]
    reached: dict[tuple[str, str], int] = field(default_factory=dict)
    finished: dict[str, int] = field(default_factory=dict)

    def follow(self, seq: int, body: Mapping[str, Any]) -> None:
        if body.get("task"):
            self.finished[body["task"]] = seq
        back = body.get("back")
        if back and back["way"] != "straight":
            self._go_back(body, back)
        for process, flow in _split(body.get("flows", ())):
            if process in self.views and flow in self.compiled.diagrams[process].flows:
                self.views[process].taken.append(flow)
        for process, element in _split(body.get("reached", ())):
            if process in self.views and element in self.compiled.diagrams[process].elements:
                self.views[process].done.add(element)
                self.views[process].undone.discard(element)
                self.reached[process, element] = seq

    def _go_back(self, body: Mapping[str, Any], back: Mapping[str, Any]) -> None:
        """Take back what had followed a step, and what had followed the calls that it stands in."""
        begun = self.finished.get(back["task"], 0)
        for process, element in _around(self.compiled, body, back["place"]):
            diagram = self.compiled.diagrams.get(process)
            if diagram is None or element not in diagram.elements:
                continue
            view, behind = self.views[process], after(diagram, element) | {element}
            since = {e for e in behind & view.done if self.reached[process, e] >= begun} | {element}
            view.taken = [flow for flow in view.taken if diagram.flows[flow].source not in since]
            view.undone |= view.done & since
            view.done -= since


def _split(places: Iterable[str]) -> Iterator[tuple[str, str]]:
    for place in places:
        process, _, key = place.partition(":")
        yield process, key


def _around(
    compiled: spiff.Compiled, body: Mapping[str, Any], place: str
) -> Iterator[tuple[str, str]]:
    """Give a step that was gone back to, and the calls that it stands in."""
    yield from _split([place])
    opened = next((key for key, at, _ in body.get("opened", ()) if at == place), "")
    process = compiled.id
    for call in body.get("turns", {}).get(opened, ("",))[1:]:
        yield process, call
        process = compiled.diagrams[process].calls.get(call, "")


def _present(compiled: spiff.Compiled, at: spiff.Position) -> Iterator[tuple[str, str]]:
    """Give where the case stands: its open steps, what else it waits at, and what they stand in."""
    for task in at.tasks:
        process = compiled.id
        for call in task.path:
            yield process, call
            process = compiled.diagrams[process].calls[call]
        yield task.process, task.element
    for place in at.live:
        process, _, element = place.partition(":")
        if compiled.diagrams[process].elements[element].kind in STANDS_AT:
            yield process, element

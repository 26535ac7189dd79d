"""The path of a case on its diagrams: what it passed, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from engine.history import read

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    """One diagram of the version, with the path taken on it."""

    process: str
    names: Names
    calls: Mapping[str, str]
    taken: list[str] = field(default_factory=list)
    done: set[str] = field(default_factory=set)
    current: set[str] = field(default_factory=set)


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
    for entry in rows:
        body = read(entry.body)
        for taken in body.get("flows", ()):
            process, _, flow = taken.partition(":")
            if process in views and flow in compiled.diagrams[process].flows:
                views[process].taken.append(flow)
        for reached in body.get("reached", ()):
            process, _, element = reached.partition(":")
            if process in views and element in compiled.diagrams[process].elements:
                views[process].done.add(element)
    for process, element in () if at is None else _present(compiled, at):
        views[process].current.add(element)
        views[process].done.discard(element)
    visited = [v for v in views.values() if v.done or v.current or v.process == compiled.id]
    return sorted(visited, key=lambda view: view.process != compiled.id)


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

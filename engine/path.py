"""The path of a case on its diagrams: what it passed, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine import spiff
from engine.history import read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import sqlalchemy as sa

    from engine.procedures import Version
    from engine.spiff import Names


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
    version: Version, row: sa.Row[Any], rows: Sequence[sa.Row[Any]]
) -> list[DiagramView]:
    """Return the version's diagrams in which something happened, the procedure's own first."""
    compiled = version.compiled
    views = {
        process: DiagramView(process, diagram.names, diagram.calls)
        for process, diagram in compiled.diagrams.items()
    }
    for entry in rows:
        body = read(entry.body)
        for taken in body.get("flows", ()):
            process, _, flow = taken.partition(":")
            views[process].taken.append(flow)
        for reached in body.get("reached", ()):
            process, _, element = reached.partition(":")
            views[process].done.add(element)
    for process, element in _present(compiled, row):
        views[process].current.add(element)
        views[process].done.discard(element)
    visited = [v for v in views.values() if v.done or v.current or v.process == compiled.id]
    return sorted(visited, key=lambda view: view.process != compiled.id)


def _present(compiled: spiff.Compiled, row: sa.Row[Any]) -> list[tuple[str, str]]:
    """Return where the case stands: its open steps, and the call activities that they stand in."""
    if row.status != "open":
        return []
    places = []
    for task in spiff.position(compiled, row.state).tasks:
        process = compiled.id
        for call in task.path:
            places.append((process, call))
            process = compiled.diagrams[process].calls[call]
        places.append((task.process, task.element))
    return places

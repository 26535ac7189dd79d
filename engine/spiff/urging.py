"""Urging 催办: what only a timer leads to beside an activity that goes on meanwhile."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from engine.spiff.files.bpmn_file import sheets_of
from engine.spiff.files.eventful import TIMER
from engine.spiff.graph import Graph

if TYPE_CHECKING:
    from engine.spiff.model import Compiled


def urging(compiled: Compiled) -> frozenset[str]:
    """Return the elements ("process:id") that a case comes to by being urged, and not otherwise."""
    return _urging(tuple(compiled.plan.drawings.items()), compiled.id)


@lru_cache(maxsize=8)
def _urging(drawings: tuple[tuple[str, bytes], ...], root: str) -> frozenset[str]:
    sheets = sheets_of(drawings)
    timers = {
        f"{process}:{node.id}"
        for process, sheet in sheets.items()
        for node in sheet.nodes.values()
        if node.attached and TIMER in node.events and not node.interrupts
    }
    return _reached(Graph(sheets), root) - _reached(Graph(sheets, timers), root)


def _reached(graph: Graph, root: str) -> frozenset[str]:
    return frozenset(f"{place.process}:{place.element}" for place in graph.ways(root))

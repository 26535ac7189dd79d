"""Ways out of a choice that another one always comes before."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from engine.spiff.files.labels import shown
from engine.spiff.files.xml import NAMESPACES
from engine.spiff.lint.outcomes import answers_of
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Edge, Node, Sheet
    from engine.spiff.files.sources import Sources

MOST_WAYS: Final = 8


def ways_are_taken(sources: Sources) -> Iterator[Problem]:
    """Let no way out of an exclusive gateway fit only where those that are asked before it do."""
    for sheet, node in sources.nodes():
        if node.kind != "exclusiveGateway":
            continue
        ways = _as_asked(sheet, node)
        for number, way in enumerate(ways[:MOST_WAYS]):
            before = " or ".join(f"({each.condition})" for each in ways[:number])
            alone = answers_of(way.condition or "")
            if before and True in alone and _never(f"({way.condition}) and not ({before})"):
                said = shown(way.condition or "")
                yield Problem(
                    sheet.file, way.id, "way_overtaken",
                    f"“{way.id}”的条件“{said}”永远轮不到：凡适合它的，先判断的出口已经适合。"
                    "出口按所到图形从上到下判断。请改正条件，或把它画到上面。",
                    f'The condition "{said}" of "{way.id}" never counts: what fits it fits a way '
                    "that is asked before. Ways are asked from top to bottom, by where the shapes "
                    "that they lead to are drawn. Mend the condition, or draw it further up.",
                )  # fmt: skip


def _never(condition: str) -> bool:
    return answers_of(condition) == {False}


def _as_asked(sheet: Sheet, node: Node) -> list[Edge]:
    """Give the ways with conditions in the order in which the engine asks them."""
    ways = [edge for edge in sheet.outgoing(node.id) if edge.condition]
    if len(ways) < 2:  # noqa: PLR2004 - one way has none before it
        return []
    tops = _tops(sheet)
    return sorted(ways, key=lambda edge: tops.get(edge.target, 0.0))


def _tops(sheet: Sheet) -> dict[str, float]:
    """Give how far down each shape begins; nothing of those that are not drawn."""
    found = {}
    for shape in sheet.root.iter("{*}BPMNShape"):
        bounds = shape.find("dc:Bounds", NAMESPACES)
        with suppress(ValueError):
            y = "" if bounds is None else bounds.get("y", "")
            found[shape.get("bpmnElement", "")] = float(y)
    return found

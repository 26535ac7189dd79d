"""Ways out of a choice that another one always comes before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.alike import as_asked
from engine.spiff.files.labels import shown
from engine.spiff.lint.outcomes import answers_of
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources

MOST_WAYS: Final = 8


def ways_are_taken(sources: Sources) -> Iterator[Problem]:
    """Let no way out of an exclusive gateway fit only where those that are asked before it do."""
    for sheet, node in sources.nodes():
        if node.kind != "exclusiveGateway":
            continue
        ways = as_asked(sheet, node)
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

"""One mistake, one problem: what only follows from a problem is not told beside it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine.spiff.files.labels import quoted
from engine.spiff.files.sources import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spiff.model import Problem

MOST_BESIDE: Final = 4
"""Elements that have the same problem as the first one and are named with it."""


def added(found: list[Problem], later: Iterable[Problem]) -> list[Problem]:
    """Add the problems of a later stage, but for those about what an earlier one names already."""
    told = {(stem(each.file), name) for each in found for name in _named(each)}
    return [*found, *(each for each in later if told.isdisjoint(_about(each)))]


def _named(problem: Problem) -> Iterator[str]:
    if problem.element:
        yield problem.element
    yield from quoted(problem)


def _about(problem: Problem) -> Iterator[tuple[str, str]]:
    """Give the element that is judged, and those of other diagrams that are named with theirs."""
    yield stem(problem.file), problem.element or ""
    for name in quoted(problem):
        process, colon, element = name.partition(":")
        if colon:
            yield process, element


def folded(problems: Iterable[Problem]) -> list[Problem]:
    """Tell what several elements of a file have in common once, at the first of them."""
    same: dict[tuple[str, str, str], list[Problem]] = defaultdict(list)
    for each in problems:
        same[each.file, each.code, each.zh.replace(f"“{each.element}”", "“”", 1)].append(each)
    return [_together(each) for each in same.values()]


def _together(problems: list[Problem]) -> Problem:
    first = problems[0]
    others = [*dict.fromkeys(each.element for each in problems if each.element != first.element)]
    if not others:
        return first
    beside, more = others[:MOST_BESIDE], len(others) - MOST_BESIDE
    zh = "、".join(f"“{each}”" for each in beside) + (f"等共 {len(others)} 处" if more > 0 else "")
    en = ", ".join(f'"{each}"' for each in beside) + (f" and {more} more" if more > 0 else "")
    one_zh, one_en = f"“{first.element}”", f'"{first.element}"'
    return replace(
        first,
        zh=first.zh.replace(one_zh, f"{one_zh}（以及{zh}）", 1),
        en=first.en.replace(one_en, f"{one_en} (also {en})", 1),
    )

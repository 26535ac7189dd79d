"""Names: every one that something reads is filled by something, where it is read."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from engine.spiff.elements.timing import refusal
from engine.spiff.language.habits import foreign_word
from engine.spiff.lint.rooms import Rooms
from engine.spiff.lint.timers import neither
from engine.spiff.lint.told import NEAR
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources
    from engine.spiff.lint.rooms import Read, Room

NEARLY_THE_SAME: Final = 0.82  # as difflib counts
MOST_GUESSES: Final = 50  # each compares a name with all others


def names_are_filled(sources: Sources) -> Iterator[Problem]:
    """Let every name be a form's field, a table's output, an assignment or a declared variable.

    While a file cannot be read, only what looks misspelt is told: that file may fill the rest.
    """
    rooms = Rooms(sources)
    unknown = [read for read in rooms.reads if read.name not in rooms.filled(read.room)]
    near = NEARLY_THE_SAME if sources.is_partly_unknown else NEAR
    timings = {(sheet.file, node.id): node.timing for sheet, node in sources.nodes()}
    meant: dict[str, str | None] = {}
    for read in unknown:
        if read.name not in meant and len(meant) < MOST_GUESSES:
            alike = get_close_matches(read.name, rooms.filled(read.room), n=1, cutoff=near)
            meant[read.name] = next(iter(alike), None)
    for read in unknown:
        close, filled = meant.get(read.name), rooms.elsewhere(read.name)
        if sources.is_partly_unknown and not close:
            continue
        timing = timings.get((read.file, read.element))
        if filled is not None:
            yield _not_handed(read, filled)
        elif (
            not close
            and timing
            and timing.text == read.name
            and (why := refusal(timing.kind, timing.text))
        ):
            yield neither(read.file, read.element, timing, why)
        else:
            yield _unfilled(read, close)


def _unfilled(read: Read, close: str | None) -> Problem:
    if read.file.startswith("forms/"):
        return _not_to_show(read, close)
    zh, en = foreign_word(read.name) or (
        f"是否为“{close}”？"
        if close
        else f'若是文字，请加引号："{read.name}"；若是变量，请加到表单、决策表、脚本，或声明它。',
        f'Did you mean "{close}"?'
        if close
        else "If it is a text, put it in quotes; if a variable, add or declare it.",
    )
    return Problem(
        read.file, read.element, "unfilled_name",
        f"“{read.element}”用到的“{read.name}”没有任何表单、决策表、脚本会填写。{zh}",
        f'"{read.element}" uses "{read.name}", which no form, table or script fills. {en}',
    )  # fmt: skip


def _not_to_show(read: Read, close: str | None) -> Problem:
    zh = f"是否为“{close}”？" if close else "请改正名称，或从 x-shows 删去。"
    en = f'Did you mean "{close}"?' if close else "Correct the name, or take it out of x-shows."
    return Problem(
        read.file, read.element, "unfilled_name",
        f"x-shows 里的“{read.name}”没有任何表单、决策表、脚本会填写。{zh}",
        f'"{read.name}" in x-shows is filled by no form, table or script. {en}',
    )  # fmt: skip


def _not_handed(read: Read, filled: Room) -> Problem:
    process, many = filled
    zh = f"多实例“{many}”" if many else f"流程“{process}”"
    en = f'the instances of "{many}"' if many else f'process "{process}"'
    return Problem(
        read.file, read.element, "not_handed_over",
        f"“{read.element}”用到的“{read.name}”只在{zh}里填写，没有交到这里。请用 loopDataOutputRef "
        "收集，或列入 ioSpecification 的 dataInput / dataOutput。",
        f'"{read.element}" uses "{read.name}", which is filled in {en} only and not handed over. '
        "Collect it by loopDataOutputRef, or name it as dataInput or dataOutput.",
    )  # fmt: skip

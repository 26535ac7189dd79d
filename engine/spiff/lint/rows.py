"""Rows: their words and their outputs say what they do."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.spiff.elements.timing import refusal
from engine.spiff.language.expressions import is_name
from engine.spiff.language.inference import tree_of
from engine.spiff.lint.timers import CODES, EXAMPLES, KINDS
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sources import Sources
    from engine.spiff.language.expressions import Expression

_PERCENT: Final = re.compile(r"(\d+(?:\.\d+)?)\s*[%％]")
_NUMBER: Final = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def limits_are_readable(sources: Sources) -> Iterator[Problem]:
    """Let columns that timers take hold limits, dates or cycles, where a cell is a literal."""
    timings = [node.timing for _, node in sources.nodes() if node.timing]
    wanted = {timing.text: timing.kind for timing in timings if is_name(timing.text)}
    for id_ in sorted(sources.asked & sources.tables.keys()):
        reading = sources.tables[id_]
        for row, element, name, cell in reading.decider.answers() if reading.decider else ():
            if name not in wanted:
                continue
            for zh, en in _unreadable(cell, wanted[name]):
                yield Problem(
                    reading.file, element, CODES[wanted[name]],
                    f"{row.zh}输出“{name}”：{zh}", f'{row.en}, output "{name}": {en}',
                )  # fmt: skip


def _unreadable(cell: Expression | None, kind: str) -> Iterator[tuple[str, str]]:
    value = tree_of(cell.text) if cell else ast.Constant(None)
    if not isinstance(value, ast.Constant):
        return
    if not isinstance(value.value, str):
        said, names = ast.unparse(value), KINDS[kind]
        yield (
            f"{said} 不是{names.zh}。请写加引号的文字，如 {EXAMPLES[kind]}。",
            f"{said} is no {names.en}. Write a text in quotes, such as {EXAMPLES[kind]}.",
        )
    elif (error := refusal(kind, value.value)) is not None:
        yield error.zh, error.en


def rows_are_told(sources: Sources) -> Iterator[Problem]:
    """Let every row be described in both languages, with the numbers that it tests."""
    for reading in sources.tables.values():
        for n, row in enumerate(reading.decider.table.rules if reading.decider else (), 1):
            if not row.note.zh or row.note.zh == row.note.en:
                yield Problem(
                    reading.file, row.id, "no_description",
                    f"第{n}行缺少说明。请在该行的 description 写“中文 / English”。",
                    f'Row {n} has no description in both languages. Write "中文 / English".',
                )  # fmt: skip
                continue
            told = [_numbers(row.note.zh), _numbers(row.note.en)]
            for c, cell in enumerate(row.inputs, 1):
                for number in sorted(_numbers(_unquoted(cell)) - (told[0] & told[1])):
                    yield Problem(
                        reading.file, row.id, "number_not_told",
                        f"第{n}行第{c}列的 {number} 没有写在该行说明的中英文里。请改说明或单元格。",
                        f"Row {n}, column {c}: {number} is not in both halves of the row's "
                        "description. Mend the description or the cell.",
                    )  # fmt: skip


def _numbers(text: str) -> set[Decimal]:
    """Give the numbers of a text; 5% is 5 and 0.05."""
    found = {Decimal(each.replace(",", "")) for each in _NUMBER.findall(text)}
    return found | {Decimal(each) / 100 for each in _PERCENT.findall(text)}


def _unquoted(cell: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*", "", cell).replace("..", " ")

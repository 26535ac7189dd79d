"""Rows: their words and their outputs say what they do."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.spiff.durations import looks_like_duration
from engine.spiff.expressions import is_name
from engine.spiff.inference import tree_of
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.bundle import Bundle

_NUMBER: Final = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def limits_are_durations(bundle: Bundle) -> Iterator[Problem]:
    """Let columns that timers take hold durations, where a cell is a literal."""
    wanted = {node.duration for _, node in bundle.nodes() if node.duration}
    for reading in bundle.tables.values():
        for n, rule in enumerate(reading.decider.rules if reading.decider else (), 1):
            assert reading.decider is not None  # noqa: S101 - for the type checker
            for name, cell in zip(reading.decider.outputs, rule.outputs, strict=True):
                value = tree_of(cell.text) if cell else ast.Constant(None)
                if name not in wanted or not is_name(name) or not isinstance(value, ast.Constant):
                    continue
                if not (isinstance(value.value, str) and looks_like_duration(value.value)):
                    yield Problem(
                        reading.file, rule.id, "bad_duration",
                        f'第{n}行输出“{name}”的 {ast.unparse(value)} 不是时长。三天写 "P3D"，'
                        '四小时写 "PT4H"。',
                        f'Row {n}, output "{name}": {ast.unparse(value)} is no duration. Three '
                        'days are "P3D", four hours "PT4H".',
                    )  # fmt: skip


def rows_are_told(bundle: Bundle) -> Iterator[Problem]:
    """Let every row be described in both languages, with the numbers that it tests."""
    for reading in bundle.tables.values():
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
    return {Decimal(each.replace(",", "")) for each in _NUMBER.findall(text)}


def _unquoted(cell: str) -> str:
    return re.sub(r"\"[^\"]*\"|'[^']*'|[A-Za-z_]\w*", "", cell).replace("..", " ")

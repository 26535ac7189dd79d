"""Rows: for whatever can be answered one row fits, and its words and outputs say what it does."""

from __future__ import annotations

import ast
import re
from decimal import Decimal
from itertools import islice, pairwise, product
from typing import TYPE_CHECKING, Final, TypeAlias

from engine.spiff.decisions import INPUT
from engine.spiff.durations import looks_like_duration
from engine.spiff.expressions import EvaluationError, is_name
from engine.spiff.model import Problem
from engine.spiff.policies import UNIQUE
from engine.spiff.possible import inferred, possible, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.bundle import Bundle
    from engine.spiff.decisions import Decider
    from engine.spiff.expressions import Expression
    from engine.spiff.possible import Values
    from engine.spiff.tables import TableReading

Sample: TypeAlias = "tuple[object, ...]"
MOST_SAMPLES: Final = 20_000
MOST_TOLD: Final = 3
_NUMBER: Final = re.compile(r"\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


def one_row_fits(bundle: Bundle) -> Iterator[Problem]:
    """Let one row fit each choice of the inputs and each piece of their numbers.

    Numbers are cut at all the constants of their column; below nought only if one lies there.
    Free text is tried with the texts of its column; a table that asks more is not tried.
    """
    if bundle.is_partly_unknown:
        return
    known = possible(bundle)
    for reading in bundle.tables.values():
        decider = reading.decider
        samples = _samples(decider, known) if decider else None
        if decider is not None and samples is not None:
            yield from _tried(reading, decider, islice(product(*samples), MOST_SAMPLES))


def _samples(decider: Decider, known: Mapping[str, Values]) -> list[list[object]] | None:
    """Give what to try for each input, or None where that cannot be known."""
    columns: list[list[object]] = []
    for column, asked in enumerate(decider.inputs):
        tests = [rule.tests[column] for rule in decider.rules]
        if any(test.names - {INPUT} for test in tests if test):
            return None
        values = inferred(tree_of(asked.text), known)
        if values.closed is not None:
            columns.append(values.closed)
        elif values.open == {"number"}:
            columns.append(_pieces(_constants(tests, Decimal), whole="number(" not in asked.text))
        elif values.open == {"text"}:
            columns.append(list(dict.fromkeys(_constants(tests, str))) or [""])
        else:
            return None
    return columns


def _constants(tests: list[Expression | None], kind: type[str | Decimal]) -> list[object]:
    found: list[object] = []
    for test in tests:
        for node in ast.walk(tree_of(test.text)) if test else ():
            value = _constant(node)
            if isinstance(value, kind):
                found.append(value)
    return found


def _constant(node: ast.AST) -> object:
    match node:
        case ast.Constant(value=str() as text):
            return text
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return Decimal(str(number))
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as number)):
            return -Decimal(str(number))
        case _:
            return None


def _pieces(cuts: list[object], *, whole: bool) -> list[object]:
    at = sorted({Decimal(str(cut)) for cut in cuts}) or [Decimal(0)]
    between = [low + 1 if whole else (low + high) / 2 for low, high in pairwise(at)]
    floor = min(at[0], Decimal(0))
    tried = {*at, *between, at[0] - 1, at[-1] + 1}
    return [each for each in sorted(tried) if each >= floor - (1 if at[0] < 0 else 0)]


def _tried(reading: TableReading, decider: Decider, samples: Iterator[Sample]) -> Iterator[Problem]:
    number = {rule.id: n for n, rule in enumerate(decider.rules, 1)}
    gaps: list[Sample] = []
    twice: dict[tuple[str, ...], Sample] = {}
    for sample in samples:
        try:
            found = decider.fitting(sample)
        except EvaluationError:
            return
        if not found and not decider.is_complete_by_default and decider.policy.needs_a_row:
            gaps.append(sample)
        elif decider.policy.name == UNIQUE and len(found) > 1:
            twice.setdefault(tuple(rule.id for rule in found), sample)
    for gap in gaps[:MOST_TOLD]:
        zh, en = _said(decider, gap)
        yield Problem(
            reading.file, reading.id, "no_row",
            f"没有一行适合：{zh}。请补一行或改边界。",
            f"No row fits {en}. Add a row or move a limit.",
        )  # fmt: skip
    for rows, sample in list(twice.items())[:MOST_TOLD]:
        zh, en = _said(decider, sample)
        which = [str(number[row]) for row in rows]
        yield Problem(
            reading.file, rows[-1], "two_rows",
            f"第{'、'.join(which)}行同时适合：{zh}。请改得不重叠。",
            f"Rows {', '.join(which)} all fit {en}. Let only one of them.",
        )  # fmt: skip


def _said(decider: Decider, sample: Sample) -> tuple[str, str]:
    said = [f'"{value}"' if isinstance(value, str) else f"{value}" for value in sample]
    heads = decider.table.input_names
    zh = "，".join(f"{head.zh} = {each}" for head, each in zip(heads, said, strict=True))
    return zh, ", ".join(f"{head.en} = {each}" for head, each in zip(heads, said, strict=True))


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

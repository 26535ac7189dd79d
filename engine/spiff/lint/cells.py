"""Cells: a column asks only for what its input can be, and a typeRef says what it is."""

from __future__ import annotations

from collections import ChainMap
from typing import TYPE_CHECKING

from engine.spiff.dmn.kinds import NUMBER, equal, order
from engine.spiff.dmn.tokens import INPUT
from engine.spiff.dmn.unary import Asked, Between, Compared
from engine.spiff.language.inference import ANY, EXACT, KEPT, Values, inferred, kind_of, tree_of
from engine.spiff.lint.told import impossible
from engine.spiff.lint.words import wrong_in
from engine.spiff.model import Problem
from engine.spiff.possible import Seen, comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.dmn.unary import Cell, Test
    from engine.spiff.files.sources import Sources


def cells_can_fit(sources: Sources) -> Iterator[Problem]:
    """Let no cell ask for a value that its column's input can never have."""
    if sources.is_partly_unknown:
        return
    known = comparable(sources)
    for reading in sources.tables.values():
        if reading.decider is not None:
            yield from misfits(reading.file, reading.decider, known)


def misfits(file: str, decider: Decider, known: Mapping[str, Values]) -> Iterator[Problem]:
    """Give what a table asks for in vain; `known` are the names of the case as comparable."""
    known = Seen(known, decider.given)
    for c, (asked, column) in enumerate(zip(decider.inputs, decider.asked, strict=True)):
        whole = inferred(tree_of(asked.text), known)
        values = whole.read(column.kind)
        if whole.kinds and not values.kinds:
            yield Problem(
                file, decider.table.id, "wrong_type",
                f"第{c + 1}个输入“{asked.text}”不会是 typeRef 说的 {column.kind}。请改 typeRef。",
                f'Input {c + 1}, "{asked.text}", is never {column.kind}, as its typeRef says. '
                "Mend the typeRef.",
            )  # fmt: skip
            continue
        here = ChainMap({INPUT: values if column.kind else whole}, known)  # type: ignore[arg-type]
        for n, rule in enumerate(decider.rules, 1):
            cell = rule.tests[c]
            said = f"第{n}行第{c + 1}列：", f"Row {n}, column {c + 1}: "
            if cell is not None:
                yield from _in_cell(cell, values, (file, rule.id, *said), asked.text)
                yield from _asked(cell, here, (file, rule.id, *said))


def _in_cell(
    cell: Cell, values: Values, where: tuple[str, str | None, str, str], name: str
) -> Iterator[Problem]:
    """Tell of constants that the input can never be; once of an interval, for both its ends."""
    here = Values(values.listed, values.open - KEPT.keys(), values.items)
    for leaf in cell.leaves():
        equals = isinstance(leaf, Compared) and leaf.sign in {"==", "!="}
        fits = _may_equal if equals else _has_order
        never = [value for value in _constants(leaf) if not fits(values, value)]
        for value in never[:1] if isinstance(leaf, Between) else never:
            yield impossible(where, name, value, here)


def _constants(leaf: Test) -> Iterator[object]:
    for operand in leaf.operands:
        value = operand.constant
        if operand.is_constant:
            yield from value if isinstance(value, (list, tuple)) else (value,)


def _may_equal(values: Values, constant: object) -> bool:
    return values.may_be(constant) or any(equal(each, constant) for _, each in values.listed)


def _has_order(values: Values, limit: object) -> bool:
    kind = kind_of(limit)
    is_open = values.open & {ANY, kind, EXACT if kind == NUMBER else kind}
    return bool(is_open) or any(order(each, limit) is not None for _, each in values.listed)


def _asked(
    cell: Cell, known: Mapping[str, Values], where: tuple[str, str | None, str, str]
) -> Iterator[Problem]:
    for leaf in cell.leaves():
        if isinstance(leaf, Asked):
            yield from wrong_in(tree_of(leaf.expression.text), known, where)

"""Decision tables: cells are translated into our expressions, or refused by row and column.

Upstream's DMN engine takes the first of several fitting rows of a UNIQUE table, and evaluates
cells as Python with `?` pasted in. Ours knows what a cell may be and says when two rows fit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.spiff.arithmetic import LimitError, storable
from engine.spiff.expressions import (
    EvaluationError,
    Expression,
    ExpressionError,
    compile_expression,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.spiff.model import Table
    from engine.spiff.policies import Policy

INPUT: Final = "this"
_LITERALS: Final = {"true": "True", "false": "False", "null": "None"}
_INTERVAL: Final = re.compile(r"([\[\](])\s*(.+?)\s*\.\.\s*(.+?)\s*([\[\])])", re.DOTALL)
_COMPARISON: Final = re.compile(r"(<=|>=|!=|==|<|>)\s*(.+)", re.DOTALL)
_THOUSANDS: Final = re.compile(r"(?<![\d.])\d{1,3}(?:[,，]\d{3})+(?!\d)")
_NOT: Final = re.compile(r"not\s*\((.*)\)", re.DOTALL)


@dataclass(frozen=True)
class Rule:
    """A row; a test of None fits everything."""

    id: str
    tests: tuple[Expression | None, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Decider:
    """A compiled table; `defaults` are what each column says when no row fits, if it says it."""

    table: Table
    inputs: tuple[Expression, ...]
    outputs: tuple[str, ...]
    rules: tuple[Rule, ...]
    policy: Policy
    defaults: tuple[Expression | None, ...] = ()

    def decide(
        self, data: Mapping[str, object]
    ) -> tuple[str | None, dict[str, object], dict[str, object]]:
        """Give the ids of the fitting rows, the inputs read and the outputs; None if no row fits.

        Several ids have a blank between them. EvaluationError when an input or cell cannot be
        computed, AmbiguousError when rows fit that its hit policy does not allow together.
        """
        values = [expression.evaluate(data) for expression in self.inputs]
        found = self.fitting(values, data)
        self.policy.check([rule.id for rule in found])
        counted = found[:1] if self.policy.name == "FIRST" else found
        read = {e.text: storable(value) for e, value in zip(self.inputs, values, strict=True)}
        made = self._made(counted, data)
        outputs = {name: storable(value) for name, value in zip(self.outputs, made, strict=True)}
        return " ".join(rule.id for rule in counted) or None, read, outputs

    def fitting(
        self, values: Sequence[object], data: Mapping[str, object] = MappingProxyType({})
    ) -> list[Rule]:
        """Give all rows that fit these values of the inputs; EvaluationError as above."""
        return [rule for rule in self.rules if _fits(rule, values, data)]

    @property
    def is_complete_by_default(self) -> bool:
        """Whether it says what to answer when no row fits."""
        return bool(self.defaults) and None not in self.defaults

    def _made(self, rules: Sequence[Rule], data: Mapping[str, object]) -> Sequence[object]:
        if not rules:
            nothing = self.policy.nothing(len(self.outputs))
            if not any(self.defaults):
                return nothing
            return [
                other if cell is None else cell.evaluate(data)
                for cell, other in zip(self.defaults, nothing, strict=True)
            ]
        made = [[cell and cell.evaluate(data) for cell in rule.outputs] for rule in rules]
        try:
            return self.policy.answer([rule.id for rule in rules], made)
        except (TypeError, LimitError) as error:
            raise EvaluationError(
                ", ".join(self.outputs),
                f"不能汇总（{error}）。输出须是数。",
                f"Cannot be aggregated ({error}). Outputs must be numbers.",
            ) from error


def _fits(rule: Rule, values: Sequence[object], data: Mapping[str, object]) -> bool:
    return all(
        test is None or test.evaluate({**data, INPUT: value})
        for test, value in zip(rule.tests, values, strict=True)
    )


def compile_test(cell: str) -> Expression | None:
    """Translate an input cell (`-`, literals, lists, `not(…)`, `< 5`, `[1..5]`, `? in […]`)."""
    text = cell.strip()
    if text in {"", "-"}:
        return None
    _refuse_thousands(text)
    negated = _NOT.fullmatch(text)
    if negated:
        return compile_expression(f"not ({_union(negated[1], cell)})")
    return compile_expression(_union(text, cell))


def compile_output(cell: str) -> Expression | None:
    """Translate an output cell: an expression, `true`, `false`, `null` or nothing."""
    text = cell.strip()
    _refuse_thousands(text)
    return compile_expression(_LITERALS.get(text, text)) if text not in {"", "-"} else None


def _refuse_thousands(cell: str) -> None:
    bare = "".join(" " if quoted else char for char, quoted, _ in _scan(cell))
    found = _THOUSANDS.search(bare)
    if found:
        plain = re.sub("[,，]", "", found[0])
        raise ExpressionError(
            cell,
            f"请写 {plain}，不加千分号；几个数之间的逗号后加空格。",
            f"Write {plain}, without separators; between several numbers put comma and space.",
        )


def _union(text: str, cell: str) -> str:
    tests = [_test(part.strip(), cell) for part in _split(text)]
    return " or ".join(f"({test})" for test in tests)


def _test(text: str, cell: str) -> str:
    if not text:
        raise ExpressionError(cell, "逗号之间缺少内容。", "Something is missing beside a comma.")
    asked = _replace_question_mark(text)
    if asked != text:
        return asked
    interval = _INTERVAL.fullmatch(text)
    if interval:
        return _interval(*interval.groups())
    comparison = _COMPARISON.fullmatch(text)
    if comparison:
        sign, operand = comparison.groups()
        ordered = "" if sign in {"==", "!="} else f"{INPUT} is not None and "
        return f"{ordered}{INPUT} {sign} ({_LITERALS.get(operand, operand)})"
    return f"{INPUT} == ({_LITERALS.get(text, text)})"


def _interval(opening: str, low: str, high: str, closing: str) -> str:
    above = "<=" if opening == "[" else "<"
    below = "<=" if closing == "]" else "<"
    return f"{INPUT} is not None and ({low}) {above} {INPUT} {below} ({high})"


def _replace_question_mark(text: str) -> str:
    return "".join(INPUT if char == "?" and not quoted else char for char, quoted, _ in _scan(text))


def _split(text: str) -> list[str]:
    parts = [""]
    for char, quoted, depth in _scan(text):
        if char == "," and not quoted and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _scan(text: str) -> Iterator[tuple[str, bool, int]]:
    """Walk the characters with whether they are quoted and how many brackets are open."""
    quote, depth, interval = "", 0, bool(_INTERVAL.search(text))
    for char in text:
        if quote:
            quote = "" if char == quote else quote
            yield char, True, depth
            continue
        if char in "\"'":
            quote = char
        elif not interval:
            depth += (char in "([{") - (char in ")]}")
        yield char, bool(quote), depth

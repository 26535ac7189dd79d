"""Decision tables that decide: inputs are read, rows fit or not, the hit policy makes the answer.

Upstream's DMN engine takes the first of several fitting rows of a UNIQUE table, and evaluates
cells as Python with `?` pasted in. Ours knows what a cell may be and says when two rows fit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.kinds import read_as
from engine.spiff.dmn.saying import said
from engine.spiff.language.arithmetic import LimitError, storable
from engine.spiff.language.expressions import EvaluationError
from engine.spiff.language.failures import in_words
from engine.spiff.model import Names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from engine.spiff.dmn.policies import Policy
    from engine.spiff.dmn.unary import Cell
    from engine.spiff.language.expressions import Expression
    from engine.spiff.model import Table


_SHOWN: Final = 60


@dataclass(frozen=True)
class Column:
    """What stands above a column; `kind` is its typeRef and `allowed` its values, if it has them.

    `number` counts inputs and outputs for themselves, from 1.
    """

    number: int
    kind: str | None = None
    allowed: Cell | None = None

    def taken(self, value: object, text: str) -> object:
        """Give an input as its kind: None where it is another (DMN 1.3, 10.3.2.9.4).

        EvaluationError when the column does not allow it: a wrong answer is not a missing one.
        """
        read = value if self.kind is None or value is None else read_as(self.kind, value)
        self._check(read, text, "输入", "input")
        return read

    def given(self, value: object, text: str) -> object:
        """Give an output as its kind; EvaluationError when it is another, or not allowed."""
        read = value if self.kind is None or value is None else read_as(self.kind, value)
        if read is None and value is not None:
            shown = _shown(value)
            raise EvaluationError(
                text,
                f"第{self.number}个输出是{shown.zh}，不是 typeRef 说的那种值。请改单元格或表头。",
                f"Output {self.number}: {shown.en} is not what its typeRef says. "
                "Mend the cell or the typeRef.",
            )
        self._check(read, text, "输出", "output")
        return read

    def _check(self, value: object, text: str, zh: str, en: str) -> None:
        if self.allowed is None or value is None or self.allowed.fits(value, {}):
            return
        shown = _shown(value)
        raise EvaluationError(
            text,
            f"第{self.number}个{zh}是{shown.zh}，不在允许的值 {self.allowed.text} 之内。"
            "请改数据或表头。",
            f"The value {shown.en} of {en} {self.number} is none of {self.allowed.text}. "
            "Mend the data or the column's head.",
        )


def _shown(value: object) -> Names:
    zh, en = said(value)
    return Names(zh[:_SHOWN], en[:_SHOWN])


@dataclass(frozen=True)
class Rule:
    """A row; a test of None fits everything."""

    id: str
    tests: tuple[Cell | None, ...]
    outputs: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Decider:
    """A compiled table; `defaults` are what each column says when no row fits, if it says it.

    `asked` are the heads of the inputs, `made` those of the outputs; `given` are the names that
    required decisions give it, with the decision of each.
    """

    table: Table
    inputs: tuple[Expression, ...]
    asked: tuple[Column, ...]
    outputs: tuple[str, ...]
    made: tuple[Column, ...]
    rules: tuple[Rule, ...]
    policy: Policy
    defaults: tuple[Expression | None, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)

    def decide(
        self, data: Mapping[str, object]
    ) -> tuple[str | None, dict[str, object], dict[str, object]]:
        """Give the ids of the fitting rows, the inputs read and the outputs; None if no row fits.

        Several ids have a blank between them. EvaluationError when an input or cell cannot be
        computed or is not allowed, AmbiguousError when rows fit that its hit policy does not allow
        together.
        """
        read = [expression.evaluate(data) for expression in self.inputs]
        heads = zip(self.asked, self.inputs, read, strict=True)
        values = [column.taken(value, asked.text) for column, asked, value in heads]
        found = self.fitting(values, data)
        self.policy.check([rule.id for rule in found])
        counted = found[:1] if self.policy.name == "FIRST" else found
        answers = self._defaults(data) if not counted else self._answers(counted, data)
        return (
            " ".join(rule.id for rule in counted) or None,
            {text: _kept(value, text) for text, value in self._read(read, data)},
            {name: _kept(v, name) for name, v in zip(self.outputs, answers, strict=True)},
        )

    def _read(
        self, read: Sequence[object], data: Mapping[str, object]
    ) -> Iterable[tuple[str, object]]:
        """Give what an answer was made of: the inputs, or all that an expression read."""
        if self.inputs:
            return zip((each.text for each in self.inputs), read, strict=True)
        return (
            (name, data[name]) for name in sorted(self.names | self.given.keys()) if name in data
        )

    def fitting(
        self, values: Sequence[object], data: Mapping[str, object] = MappingProxyType({})
    ) -> list[Rule]:
        """Give all rows that fit these values of the inputs; EvaluationError as above."""
        return [rule for rule in self.rules if _fits(rule, values, data)]

    def columns(self) -> Iterator[tuple[str, list[Expression]]]:
        """Give each output's name with all cells that may fill it."""
        for n, name in enumerate(self.outputs):
            cells = [rule.outputs[n] for rule in self.rules]
            cells += self.defaults[n : n + 1]
            yield name, [cell for cell in cells if cell is not None]

    def answers(self) -> Iterator[tuple[Names, str, str, Expression | None]]:
        """Give every output cell: its row in words, the row's id, the output's name, the cell."""
        for n, rule in enumerate(self.rules, 1):
            for name, cell in zip(self.outputs, rule.outputs, strict=True):
                yield Names(f"第{n}行", f"Row {n}"), rule.id, name, cell
        for name, cell in zip(self.outputs, self.defaults, strict=False):
            yield Names("默认", "Default"), self.table.id, name, cell

    @property
    def is_complete_by_default(self) -> bool:
        """Whether it says what to answer when no row fits."""
        return bool(self.defaults) and None not in self.defaults

    @property
    def names(self) -> frozenset[str]:
        """The variables of the case that it may read."""
        cells = [cell for rule in self.rules for cell in (*rule.tests, *rule.outputs)]
        parts = (*self.inputs, *cells, *self.defaults)
        read = frozenset(name for part in parts if part is not None for name in part.names)
        return read - self.given.keys()

    @property
    def requires(self) -> list[str]:
        """The decisions that are made before it."""
        return list(dict.fromkeys(self.given.values()))

    def _defaults(self, data: Mapping[str, object]) -> list[object]:
        nothing = self.policy.nothing(len(self.outputs))
        cells = self.defaults or (None,) * len(nothing)
        return [
            other if cell is None else column.given(cell.evaluate(data), cell.text)
            for column, cell, other in zip(self.made, cells, nothing, strict=True)
        ]

    def _answers(self, rules: Sequence[Rule], data: Mapping[str, object]) -> list[object]:
        made = [
            [
                cell and column.given(cell.evaluate(data), cell.text)
                for column, cell in zip(self.made, rule.outputs, strict=True)
            ]
            for rule in rules
        ]
        try:
            return self.policy.answer([rule.id for rule in rules], made)
        except (TypeError, LimitError) as error:
            zh, en = in_words(error)
            raise EvaluationError(
                ", ".join(self.outputs),
                f"不能汇总（{zh}）。输出须是数。",
                f"Cannot be aggregated ({en}). Outputs must be numbers.",
            ) from error


def _fits(rule: Rule, values: Sequence[object], data: Mapping[str, object]) -> bool:
    return all(
        test is None or test.fits(value, data)
        for test, value in zip(rule.tests, values, strict=True)
    )


def _kept(value: object, text: str) -> object:
    try:
        return storable(value)
    except TypeError as error:
        zh, en = in_words(error)
        raise EvaluationError(
            text, f"结果不能保存（{zh}）。", f"The result cannot be kept ({en})."
        ) from error

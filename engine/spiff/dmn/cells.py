"""Cells of decision tables, read: unary tests of DMN 1.3 (10.3.1.2, rules 7 to 17), and outputs.

`-`, `5`, `"a", "b"`, `not("a")`, `< 5`, `[1..5[`, `date("2026-09-30")`, and what asks for the
input by `?`. A limit or value is one of our expressions, in which `true`, `false`, `null`,
`date and time(…)` and `@"…"` may be written as FEEL writes them.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.kinds import ORDERED, kind_of, order
from engine.spiff.dmn.tokens import INPUT, Token, bare, in_ours, refuse_thousands, tokens_of
from engine.spiff.dmn.unary import Asked, Between, Cell, Compared, Operand
from engine.spiff.language.expressions import (
    EvaluationError,
    Expression,
    ExpressionError,
    compile_expression,
)
from engine.spiff.language.habits import cell_cure, cell_trap, half_width, output_cure, range_trap

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.spiff.dmn.unary import Test

_OPENS: Final = frozenset("([{")
_CLOSES: Final = frozenset(")]}")


def compile_cell(cell: str) -> Cell | None:
    """Read an input cell; None fits everything. ExpressionError with what to write instead."""
    tokens = tokens_of(cell)
    if not tokens or [token.text for token in tokens] == ["-"]:
        return None
    _refuse_traps(cell, tokens)
    trap = range_trap(bare(cell, tokens)) or half_width(cell)
    if trap:
        raise ExpressionError(cell, *trap)
    return _Parser(cell).cell(tokens)


def compile_output(cell: str) -> Expression | None:
    """Read an output cell: an expression, or nothing. ExpressionError as above."""
    tokens = tokens_of(cell)
    if not tokens or [token.text for token in tokens] == ["-"]:
        return None
    _refuse_traps(cell, tokens)
    if any(token.text in {"?", INPUT} for token in tokens):
        raise ExpressionError(
            cell, "输出里没有 ?，请写变量名。", "An output knows no ?; name the variable."
        )
    if range_trap(bare(cell, tokens)):
        raise ExpressionError(
            cell,
            f'一个输出只是一个值。请写一个数，或给文字加引号："{cell.strip()}"。',
            f'An output is one value. Write one number, or quote the text: "{cell.strip()}".',
        )
    habit = output_cure(bare(cell, tokens)) or half_width(cell)
    if habit:
        raise ExpressionError(cell, *habit)
    return _Parser(cell).expression(tokens)


def _refuse_traps(cell: str, tokens: Sequence[Token]) -> None:
    refuse_thousands(cell, tokens)
    trap = cell_trap(bare(cell, tokens))
    if trap:
        raise ExpressionError(cell, *trap)


class _Parser:
    """Reads the tests of one cell from left to right."""

    def __init__(self, cell: str) -> None:
        self._cell = cell

    def cell(self, tokens: Sequence[Token]) -> Cell:
        text = self._cell.strip()
        if [token.text for token in tokens[:2]] == ["not", "("] and tokens[-1].text == ")":
            return Cell(text, inner=self.cell(tokens[2:-1]))
        found: list[Test] = []
        while True:
            test, tokens = self._test(tokens)
            found.append(test)
            if not tokens:
                return Cell(text, tuple(found))
            tokens = tokens[1:]

    def expression(self, tokens: Sequence[Token]) -> Expression:
        """Compile words of the cell as one of our expressions."""
        if not tokens:
            raise self._fail("缺少要比较的内容。", "Something to compare with is missing.")
        text = in_ours(self._cell, tokens)
        try:
            return compile_expression(text)
        except ExpressionError as error:
            cure = cell_cure(bare(self._cell, tokens_of(self._cell))) or (error.zh, error.en)
            raise self._fail(*cure) from error

    def _test(self, tokens: Sequence[Token]) -> tuple[Test, Sequence[Token]]:
        """Read one test; give it with what follows, which is nothing or begins with a comma."""
        if not tokens or tokens[0].text == ",":
            raise self._fail("逗号之间缺少内容。", "Something is missing beside a comma.")
        if tokens[0].text in {"[", "(", "]"}:
            interval = self._interval(tokens)
            if interval:
                return interval
        sign = tokens[0].text if tokens[0].kind == "sign" else ""
        mine, rest = self._until_comma(tokens[1:] if sign else tokens)
        if any(token.text == "?" for token in mine) and not sign:
            return Asked(self._about_input(mine)), rest
        return self._compared(sign, self._operand(mine)), rest

    def _about_input(self, tokens: Sequence[Token]) -> Expression:
        if len(tokens) == 1:
            raise self._fail("不限请写 -。", "Write - for any value.")
        return self.expression(tokens)

    def _compared(self, sign: str, operand: Operand) -> Compared:
        ordered = sign in {"<", "<=", ">", ">="}
        if sign == "=":
            raise self._fail("等于不写符号，直接写值。", "Write the value alone, without =.")
        if ordered and operand.is_constant and kind_of(operand.constant) not in ORDERED:
            raise self._fail(
                "只有数、日期、时长和文字能比大小。",
                "Only numbers, dates, durations and texts have an order.",
            )
        return Compared(sign or "==", operand)

    def _operand(self, tokens: Sequence[Token]) -> Operand:
        if any(token.text in {"?", INPUT} for token in tokens):
            raise self._fail(
                "有 ? 就要写整个条件，如 ? < limit。", "With ? write all of it, such as ? < limit."
            )
        expression = self.expression(tokens)
        body = ast.parse(expression.text, mode="eval").body
        logic = isinstance(body, (ast.Compare, ast.BoolOp, ast.Dict))
        if logic or (isinstance(body, ast.UnaryOp) and isinstance(body.op, ast.Not)):
            raise self._fail(
                '单元格写要与输入比较的值：几个值用逗号隔开，如 "a", "b"；除外写 not("a")；'
                "两头的限写 [1..5]；其他条件用 ? 代表输入，如 ? > 1 and ? != 3。",
                'Write values to compare the input with: several as "a", "b"; others than one as '
                'not("a"); both limits as [1..5]; else ? stands for the input: ? > 1 and ? != 3.',
            )
        if expression.names:
            return Operand(expression)
        try:
            return Operand(expression, is_constant=True, constant=expression.evaluate({}))
        except EvaluationError as error:
            raise self._fail(error.zh, error.en) from error

    def _interval(self, tokens: Sequence[Token]) -> tuple[Between, Sequence[Token]] | None:
        """Read an interval; None if these words are something in brackets and no interval."""
        dots = next((n for n, each in _level(tokens, 1) if each.text in {"..", ","}), 0)
        if not dots or tokens[dots].text == ",":
            return None
        end = self._end_of(tokens, dots + 1)
        rest = tokens[end + 1 :]
        if rest and rest[0].text != ",":
            raise self._fail("两段之间要有逗号。", "Put a comma between two intervals.")
        low, high = self._operand(tokens[1:dots]), self._operand(tokens[dots + 1 : end])
        between = Between(low, high, tokens[0].text == "[", tokens[end].text == "]")
        self._check_bounds(between)
        return between, rest

    def _end_of(self, tokens: Sequence[Token], start: int) -> int:
        """Find the bracket that closes an interval: `]`, `)`, or `[` with nothing behind it."""
        depth = 0
        for n in range(start, len(tokens)):
            text = tokens[n].text
            last = n + 1 == len(tokens) or tokens[n + 1].text == ","
            if not depth and (text in {"]", ")"} or (text == "[" and last)):
                return n
            depth += (text in _OPENS) - (text in _CLOSES)
        raise self._fail(
            "区间没有收尾。请写 [1..5]、]1..5] 或 [1..5[。",
            "The interval has no end. Write [1..5], ]1..5] or [1..5[.",
        )

    def _check_bounds(self, between: Between) -> None:
        low, high = between.low, between.high
        if not (low.is_constant and high.is_constant):
            return
        place = order(low.constant, high.constant)
        if place is None or place > 0 or (place == 0 and not between.is_closed):
            raise self._fail(
                "这个区间里什么都没有。请把小的写在前面，两头同一种值。",
                "Nothing lies in this interval. Put the lower end first, both of one kind.",
            )

    def _until_comma(self, tokens: Sequence[Token]) -> tuple[Sequence[Token], Sequence[Token]]:
        for n, token in _level(tokens, 0):
            if token.text == "..":
                raise self._fail("区间要有方括号，如 [1..5]。", "Write intervals as [1..5].")
            if token.text == ",":
                return tokens[:n], tokens[n:]
        return tokens, ()

    def _fail(self, zh: str, en: str) -> ExpressionError:
        return ExpressionError(self._cell, zh, en)


def _level(tokens: Sequence[Token], start: int) -> Iterator[tuple[int, Token]]:
    """Give the words from `start` that stand in no bracket opened since, up to its closing."""
    depth = 0
    for n in range(start, len(tokens)):
        depth += (tokens[n].text in _OPENS) - (tokens[n].text in _CLOSES)
        if depth < 0:
            return
        if not depth:
            yield n, tokens[n]

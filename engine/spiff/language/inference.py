"""What an expression may come to, from what its names may hold: for the lint, never for a run.

A case keeps decimals, dates and moments as texts. Such a text is a kind of its own here ("decimal",
"day", "moment"), apart from what `number(…)`, `date(…)` and `date_time(…)` make of it.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import reduce
from typing import TYPE_CHECKING, Final, TypeAlias

from engine.spiff.dmn import kinds
from engine.spiff.dmn.kinds import BOOLEAN, DATE, DATE_TIME, DURATION, LIST, NUMBER, TEXT, read_as

if TYPE_CHECKING:
    from collections.abc import Mapping

Word: TypeAlias = "tuple[str, object]"  # kind and value, so that True is not 1
ANY: Final = "any"
EXACT: Final = "exact"
"""A number that may have decimals, which is kept as a text."""
KEPT: Final = {"decimal": NUMBER, "day": DATE, "moment": DATE_TIME}
"""Texts of a case, and what they are read as."""
_KEPT_AS: Final = {EXACT: "decimal", DATE: "day", DATE_TIME: "moment", DURATION: TEXT}
_NUMBERS: Final = frozenset({NUMBER, EXACT})
COUNTED: Final = _NUMBERS | {"decimal"}
"""Kinds that have a least and a most."""
_RESULTS: Final[Mapping[str, frozenset[str]]] = {
    "number": frozenset({EXACT}), "len": frozenset({NUMBER}), "int": frozenset({NUMBER}),
    "round": _NUMBERS, "abs": _NUMBERS, "sum": _NUMBERS, "str": frozenset({TEXT}),
    "sorted": frozenset({LIST}), "date": frozenset({DATE}), "date_time": frozenset({DATE_TIME}),
    "duration": frozenset({DURATION}), "days_between": frozenset({NUMBER}),
}  # fmt: skip


@dataclass(frozen=True)
class Values:
    """Constants that are possible, and kinds of which any value is; `items` of a list's elements.

    None is always possible: a question not asked yet, a row that does not fit. No number that is
    not listed is under `least` or over `most`, where these are known.
    """

    listed: frozenset[Word] = frozenset()
    open: frozenset[str] = frozenset()
    items: frozenset[Word] = frozenset()
    least: Decimal | None = None
    most: Decimal | None = None

    def __or__(self, other: Values) -> Values:
        counted = [each for each in (self, other) if each.open & COUNTED]
        lows = [each.least for each in counted if each.least is not None]
        highs = [each.most for each in counted if each.most is not None]
        return Values(
            self.listed | other.listed,
            self.open | other.open,
            self.items | other.items,
            min(lows) if len(lows) == len(counted) > 0 else None,
            max(highs) if len(highs) == len(counted) > 0 else None,
        )

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of all that is possible."""
        return self.open | {kind for kind, _ in self.listed}

    def may_be(self, value: object) -> bool:
        """Whether this constant is possible."""
        kind = kind_of(value)
        if value is None or ANY in self.open or kind in self.open or (kind, value) in self.listed:
            return True
        if kind == NUMBER:
            return EXACT in self.open
        return kind == TEXT and "day" in self.open and read_as(DATE, value) is not None

    def may_contain(self, value: object) -> bool:
        """Whether this constant may be an element; only of a list whose choices are known."""
        return self.open != {LIST} or not self.items or (kind_of(value), value) in self.items

    @property
    def elements(self) -> Values:
        """What the elements of a list can be."""
        return Values(listed=self.items)

    @property
    def closed(self) -> list[object] | None:
        """All values, if they can be counted."""
        return (
            None if self.open or not self.listed else [v for _, v in sorted(self.listed, key=str)]
        )

    def kept(self) -> Values:
        """Give what a case keeps of these: decimals, dates and durations become texts."""
        exact = {EXACT for _, value in self.listed if isinstance(value, Decimal)}
        whole = frozenset(word for word in self.listed if not isinstance(word[1], Decimal))
        limits = (None, None) if exact else (self.least, self.most)
        kept = frozenset(_KEPT_AS.get(k, k) for k in self.open | exact)
        return Values(whole, kept, self.items, *limits)

    def read(self, kind: str | None) -> Values:
        """Give what a table's column of this kind makes of them; of any kind, what cells may read.

        Nothing at all is possible where none of them can be read so.
        """
        if kind is None:
            more = {KEPT[k] for k in self.open & KEPT.keys()}
            more |= {DATE} if DATE_TIME in more else set()
            return Values(self.listed, self.open | more, self.items, self.least, self.most)
        if ANY in self.open or any(_readable(k, kind) for k in self.open):
            return self._limited(of_kind(kind))
        read = (read_as(kind, value) for _, value in self.listed)
        return words(*(value for value in read if value is not None))

    def _limited(self, others: Values) -> Values:
        """Give other values the limits of these, if nothing but numbers is among these."""
        if self.listed or not self.open <= COUNTED:
            return others
        return replace(others, least=self.least, most=self.most)

    def or_nought(self) -> Values:
        """Give the numbers that `number(…)` makes of these: nought of what is missing."""
        nought = Values(open=frozenset({EXACT}), least=Decimal(0), most=Decimal(0))
        return self._limited(Values(open=frozenset({EXACT}))) | nought


def _readable(kind: str, column: str) -> bool:
    if column == TEXT:
        return kind in {TEXT, *KEPT}
    more = {(NUMBER, EXACT), (DATE, "moment"), (DATE, DATE_TIME)}
    return column in {kind, KEPT.get(kind)} or kind == TEXT or (column, kind) in more


def of_kind(kind: str) -> Values:
    if kind == BOOLEAN:
        return words(True, False)  # noqa: FBT003 - the two values, no switch
    return Values(open=frozenset({kind}))


def kind_of(value: object) -> str:
    """Name a constant's kind."""
    return "none" if value is None else kinds.kind_of(value) or ANY


def words(*values: object) -> Values:
    return Values(frozenset((kind_of(v), v) for v in values if v is not None))


def inferred(node: ast.AST, known: Mapping[str, Values]) -> Values:
    """Give what an expression may come to, where `known` says what its names may hold."""
    match node:
        case ast.Constant(value=value):
            return words(Decimal(repr(value)) if isinstance(value, float) else value)
        case ast.Name():
            return known.get(node.id, of_kind(ANY))
        case ast.IfExp():
            return inferred(node.body, known) | inferred(node.orelse, known)
        case ast.BoolOp():
            return reduce(Values.__or__, (inferred(each, known) for each in node.values))
        case _:
            return _made(node, known)


def _made(node: ast.AST, known: Mapping[str, Values]) -> Values:
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as whole)):
            return words(-whole)
        case ast.Compare() | ast.UnaryOp(op=ast.Not()):
            return of_kind(BOOLEAN)
        case ast.BinOp():
            return Values(open=_reckoned(node, known))
        case ast.Call(func=ast.Name(id=function)):
            return _called(function, node.args, known)
        case _:
            return of_kind(ANY)


def _reckoned(node: ast.BinOp, known: Mapping[str, Values]) -> frozenset[str]:
    sides = [inferred(side, known).kinds for side in (node.left, node.right)]
    if isinstance(node.op, ast.Div):
        return frozenset({EXACT})
    if isinstance(node.op, ast.Add) and not any(side and side <= _NUMBERS for side in sides):
        return frozenset({TEXT if {TEXT} in sides else ANY})
    if any(side == {EXACT} for side in sides):
        return frozenset({EXACT})
    return frozenset({NUMBER}) if all(side == {NUMBER} for side in sides) else _NUMBERS


def _called(function: str, args: list[ast.expr], known: Mapping[str, Values]) -> Values:
    if function in {"any", "all", "bool"}:
        return of_kind(BOOLEAN)
    if function in {"max", "min"} and len(args) > 1:
        return reduce(Values.__or__, (inferred(each, known) for each in args))
    if function == "number" and args:
        return inferred(args[0], known).or_nought()
    return Values(open=_RESULTS.get(function, frozenset({ANY})))


def tree_of(text: str) -> ast.AST:
    """Parse the text of an expression that was compiled before."""
    return ast.parse(text.strip(), mode="eval").body

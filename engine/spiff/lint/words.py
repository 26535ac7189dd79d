"""Comparisons: a condition or a cell asks only for what its name can be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.kinds import NUMBER, TEXT
from engine.spiff.files.labels import shown
from engine.spiff.language.expressions import ExpressionError, compile_script
from engine.spiff.language.inference import ANY, EXACT, KEPT, inferred, tree_of
from engine.spiff.lint.failing import fails_in
from engine.spiff.lint.told import Where, impossible
from engine.spiff.lint.values import texts
from engine.spiff.model import Problem
from engine.spiff.possible import asked_for, comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sources import Sources
    from engine.spiff.language.inference import Values
    from engine.spiff.model import Asked

_EQUALS: Final = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
_ORDERS: Final = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_WITHIN: Final = (ast.In, ast.NotIn)
_READ_BY: Final = {"decimal": "number", "moment": "date_time"}
_SAME: Final = {EXACT: NUMBER, "day": TEXT}


def known_values(sources: Sources) -> Iterator[Problem]:
    """Let all be computable, and no comparison ask for what its other side can never be."""
    if sources.is_partly_unknown:
        return
    known = comparable(sources)
    for text in texts(sources):
        try:
            text.compiled()
        except ExpressionError:
            continue
        for tree in _trees(text.text, script=text.script):
            begun = shown(text.text)
            said = f"“{text.element}”的“{begun}”：", f'"{text.element}": "{begun}": '
            yield from wrong_in(tree, known, (text.sheet.file, text.element, *said))


def wrong_in_form(file: str, text: str, fields: Mapping[str, Asked]) -> tuple[Problem, ...]:
    """Give what a form's rule compares in vain, or as texts that are amounts."""
    known = {name: asked_for(asked) for name, asked in fields.items()}
    said = f"规则“{shown(text)}”：", f'Rule "{shown(text)}": '
    return tuple(wrong_in(tree_of(text), known, (file, None, *said)))


def _trees(text: str, *, script: bool) -> list[ast.AST]:
    if not script:
        return [tree_of(text)]
    return [tree_of(expression.text) for _, expression in compile_script(text).lines]


def wrong_in(tree: ast.AST, known: Mapping[str, Values], where: Where) -> Iterator[Problem]:
    """Give what an expression computes or compares in vain; `where` is what is said before."""
    yield from fails_in(tree, known, where)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
            yield from _unequal(left, sign, right, (known, where))
            yield from _unlike(left, sign, right, (known, where))


Here = tuple["Mapping[str, Values]", Where]


def _unequal(left: ast.expr, sign: ast.cmpop, right: ast.expr, here: Here) -> Iterator[Problem]:
    """Hold constants against what the other side can be."""
    known, where = here
    for one, other in _pairs(left, sign, right):
        if isinstance(other, ast.Constant) and not isinstance(one, ast.Constant):
            values = inferred(one, known)
            if not values.may_be(other.value):
                yield impossible(where, ast.unparse(one), other.value, values)
    if isinstance(sign, _WITHIN) and isinstance(left, ast.Constant):
        whole = inferred(right, known)
        if not whole.may_contain(left.value):
            yield impossible(where, ast.unparse(right), left.value, whole.elements)


def _pairs(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Give what is compared with what, one to one."""
    if isinstance(sign, _EQUALS):
        return [(left, right), (right, left)]
    if isinstance(sign, _WITHIN) and isinstance(right, (ast.List, ast.Tuple)):
        return [(left, each) for each in right.elts]
    return []


def _unlike(left: ast.expr, sign: ast.cmpop, right: ast.expr, here: Here) -> Iterator[Problem]:
    """Hold the kinds of both sides against each other, where they are put in order.

    Amounts are texts in a case: as such 900.00 comes after 5000.00, and 5 is not 5.00.
    """
    known, where = here
    told = [(each, inferred(each, known).kinds) for each in (left, right)]
    written = any(isinstance(each, ast.Constant) for each in (left, right))
    if isinstance(sign, _ORDERS) or (isinstance(sign, (ast.Eq, ast.NotEq)) and not written):
        unread = [(each, kinds) for each, kinds in told if kinds and kinds <= _READ_BY.keys()]
        for each, kinds in unread:
            yield _unread(where, ast.unparse(each), _READ_BY[min(kinds)])
        if not unread and isinstance(sign, _ORDERS) and not _meet(told[0][1], told[1][1]):
            yield _apart(where, ast.unparse(left), ast.unparse(right))


def _meet(left: frozenset[str], right: frozenset[str]) -> bool:
    """Whether values of these kinds can have an order; unknown ones and none may."""
    one, other = ({_SAME.get(kind, kind) for kind in kinds} for kinds in (left, right))
    return not one or not other or ANY in one | other or bool(one & other - KEPT.keys())


def _unread(where: Where, name: str, function: str) -> Problem:
    file, element, zh, en = where
    return Problem(
        file, element, "compared_as_text",
        f"{zh}“{name}”在案件中存为文字。比较前请写 {function}({name})。",
        f'{en}"{name}" is kept as a text. Write {function}({name}) to compare it.',
    )  # fmt: skip


def _apart(where: Where, left: str, right: str) -> Problem:
    file, element, zh, en = where
    return Problem(
        file, element, "not_comparable",
        f"{zh}“{left}”和“{right}”不是同一种值，不能比大小。"
        "数不加引号；文字用 number(…)、date(…) 读成数、日期。",
        f'{en}"{left}" and "{right}" have no order. Numbers stand without quotes; '
        "number(…) and date(…) read texts.",
    )  # fmt: skip

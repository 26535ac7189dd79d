"""Comparisons: a condition or a cell asks only for what its name can be."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from engine.spiff.decisions import INPUT
from engine.spiff.expressions import ExpressionError, compile_script
from engine.spiff.lint.sizes import shown
from engine.spiff.lint.values import texts
from engine.spiff.model import Problem
from engine.spiff.possible import Values, comparable, inferred, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.bundle import Bundle

_EQUALS: Final = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot)
_WITHIN: Final = (ast.In, ast.NotIn)
_SHOWN: Final = 12
_KINDS: Final = {
    "text": ("文字", "a text"), "number": ("数", "a number"), "list": ("列表", "a list"),
    "boolean": ("True 或 False", "True or False"),
}  # fmt: skip


def known_values(bundle: Bundle) -> Iterator[Problem]:
    """Let no comparison ask for a value that what it is compared with can never have."""
    if bundle.is_partly_unknown:
        return
    known = comparable(bundle)
    for text in texts(bundle):
        try:
            text.compiled()
        except ExpressionError:
            continue
        for tree in _trees(text.text, script=text.script):
            for name, value, values in _impossible(tree, known):
                begun = shown(text.text)
                said = f"“{text.element}”的“{begun}”：", f'"{text.element}": "{begun}": '
                yield _problem(text.sheet.file, text.element, said, (name, value, values))
    yield from _in_tables(bundle, known)


def _in_tables(bundle: Bundle, known: Mapping[str, Values]) -> Iterator[Problem]:
    for reading in bundle.tables.values():
        decider = reading.decider
        for n, rule in enumerate(decider.rules if decider else (), 1):
            assert decider is not None  # noqa: S101 - for the type checker
            for c, (asked, test) in enumerate(zip(decider.inputs, rule.tests, strict=False), 1):
                if test is None:
                    continue
                here = {**known, INPUT: inferred(tree_of(asked.text), known)}
                for name, value, values in _impossible(tree_of(test.text), here):
                    said = f"第{n}行第{c}列：", f"Row {n}, column {c}: "
                    what = asked.text if name == INPUT else name
                    yield _problem(reading.file, rule.id, said, (what, value, values))


def _trees(text: str, *, script: bool) -> list[ast.AST]:
    if not script:
        return [tree_of(text)]
    return [tree_of(expression.text) for _, expression in compile_script(text).lines]


def _impossible(tree: ast.AST, known: Mapping[str, Values]) -> Iterator[tuple[str, object, Values]]:
    """Give each text compared, the constant that it can never be, and what it can be."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare):
            continue
        sides = [node.left, *node.comparators]
        for left, sign, right in zip(sides, node.ops, sides[1:], strict=False):
            yield from _wrong(left, sign, right, known)


def _wrong(
    left: ast.expr, sign: ast.cmpop, right: ast.expr, known: Mapping[str, Values]
) -> Iterator[tuple[str, object, Values]]:
    for one, other in _pairs(left, sign, right):
        if isinstance(other, ast.Constant) and not isinstance(one, ast.Constant):
            values = inferred(one, known)
            if not values.may_be(other.value):
                yield ast.unparse(one), other.value, values
    if isinstance(sign, _WITHIN) and isinstance(left, ast.Constant):
        whole = inferred(right, known)
        if not whole.may_contain(left.value):
            yield ast.unparse(right), left.value, Values(listed=whole.items)


def _pairs(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> list[tuple[ast.expr, ast.expr]]:
    """Give what is compared with what, one to one."""
    if isinstance(sign, _EQUALS):
        return [(left, right), (right, left)]
    if isinstance(sign, _WITHIN) and isinstance(right, (ast.List, ast.Tuple)):
        return [(left, each) for each in right.elts]
    return []


def _problem(
    file: str, element: str, said: tuple[str, str], wrong: tuple[str, object, Values]
) -> Problem:
    name, value, values = wrong
    word = f'"{value}"' if isinstance(value, str) else str(value)
    words = [f'"{v}"' if isinstance(v, str) else str(v) for _, v in sorted(values.listed, key=str)]
    more = ["…"] if len(words) > _SHOWN else []
    zh = [*words[:_SHOWN], *more, *(_KINDS[kind][0] for kind in sorted(values.open))]
    en = [*words[:_SHOWN], *more, *(_KINDS[kind][1] for kind in sorted(values.open))]
    return Problem(
        file, element, "unknown_value",
        f"{said[0]}“{name}”不可能是 {word}。可能的值：{'、'.join(zh) or '无'}。请改正。",
        f'{said[1]}"{name}" can never be {word}. It can be: {", ".join(en) or "nothing"}. '
        "Correct it.",
    )  # fmt: skip

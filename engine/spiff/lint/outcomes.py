"""Conditions whose answer is settled: a way out that no case takes, or that every case takes.

A condition that compares names with constants only is asked about every value that these constants
can tell apart, and no value beside; any other is not judged.
"""

from __future__ import annotations

import ast
from decimal import Decimal
from itertools import chain, combinations, pairwise, product
from typing import TYPE_CHECKING, Final

from engine.spiff.files.labels import shown
from engine.spiff.language.expressions import EvaluationError, ExpressionError, compile_expression
from engine.spiff.language.inference import tree_of
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from engine.spiff.files.sources import Sources

MOST_CASES: Final = 5_000
MOST_CONSTANTS: Final = 8
_PLAIN: Final = (None, True, False, 0, 1, "")


def conditions_choose(sources: Sources) -> Iterator[Problem]:
    """Let no way out be one that no case takes, nor an exclusive one that every case takes.

    Several ways of an inclusive gateway are taken at once, so one of them may always be.
    """
    for sheet in sources.sheets.values():
        for edge in sheet.edges:
            answers = answers_of(edge.condition or "")
            gate = sheet.nodes.get(edge.source)
            alone = gate is not None and gate.kind == "exclusiveGateway"
            if answers == {False}:
                yield _settled(
                    sheet.file, edge.id, edge.condition or "",
                    "永远不成立，没有案件会走这条出口。请改正条件，或删去这条出口",
                    "is never true, so no case takes this way out. Mend it, or delete the way out",
                )  # fmt: skip
            elif answers == {True} and alone:
                yield _settled(
                    sheet.file, edge.id, edge.condition or "",
                    "永远成立，每个案件都走这条出口。请改正条件，或把它设为默认出口并删去条件",
                    "is always true, so every case takes this way out. Mend it, or make the way "
                    "the default without a condition",
                )  # fmt: skip


def answers_of(condition: str) -> set[bool]:
    """Give the answers that a condition can have; none where that is not known."""
    try:
        expression = compile_expression(condition)
    except ExpressionError:
        return set()
    tree = tree_of(condition)
    constants = {_frozen(n.value) for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    names = sorted(expression.names)
    if len(constants) > MOST_CONSTANTS or not _is_plain(tree):
        return set()
    choices = _choices([value for _, value in constants])
    if len(choices) ** len(names) > MOST_CASES:
        return set()
    answers: set[bool] = set()
    for values in product(choices, repeat=len(names)):
        if len(answers) > 1:
            break
        try:
            answers.add(bool(expression.evaluate(dict(zip(names, values, strict=True)))))
        except EvaluationError:
            continue
    return answers


def _frozen(value: object) -> tuple[str, object]:
    """Keep True apart from 1."""
    return type(value).__name__, value


def _is_plain(node: ast.AST) -> bool:
    """Whether names are only asked by themselves or compared with constants."""
    match node:
        case ast.BoolOp():
            return all(_is_plain(each) for each in node.values)
        case ast.UnaryOp(op=ast.Not()):
            return _is_plain(node.operand)
        case ast.Compare(
            ops=[ast.In() | ast.NotIn()], comparators=[ast.List() | ast.Tuple() as row]
        ):
            each_is_constant = all(isinstance(each, ast.Constant) for each in row.elts)
            return each_is_constant and _is_side(node.left)
        case ast.Compare(ops=[ast.In() | ast.NotIn()], comparators=[right]):
            return isinstance(node.left, ast.Constant) and isinstance(right, ast.Name)
        case ast.Compare():
            sides = [node.left, *node.comparators]
            has_in = any(isinstance(sign, (ast.In, ast.NotIn)) for sign in node.ops)
            return not has_in and all(map(_is_side, sides)) and sum(map(_has_name, sides)) <= 1
        case _:
            return _is_side(node)


def _is_side(node: ast.AST) -> bool:
    match node:
        case ast.Constant() | ast.Name():
            return True
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant()):
            return True
        case ast.Call(func=ast.Name(id="number"), args=[ast.Name()]):
            return True
        case _:
            return False


def _has_name(node: ast.AST) -> bool:
    return any(isinstance(each, ast.Name) for each in ast.walk(node))


def _choices(constants: Sequence[object]) -> list[object]:
    """Give one value of each sort that the constants tell apart."""
    words = [each for each in constants if isinstance(each, str)]
    numbers = sorted(_numbers(constants))
    between = [(low + high) / 2 for low, high in pairwise(numbers)]
    counted = [*between, *(each + step for each in numbers for step in (-1, 0, 1))]
    sets = list(chain.from_iterable(combinations(constants, n) for n in range(len(constants) + 1)))
    joined = ["\0".join(each for each in some if isinstance(each, str)) for some in sets]
    texts = [f"{first}\0{rest}" for first in ("", *words) for rest in dict.fromkeys(joined)]
    return [
        *_PLAIN, *words, *counted, *(format(each, "f") for each in counted), *map(list, sets),
        *texts,
    ]  # fmt: skip


def _numbers(constants: Iterable[object]) -> set[Decimal]:
    """Give the numbers among constants, with nought and one, which no and yes are."""
    counted = [each for each in constants if isinstance(each, (int, float))]
    found = {Decimal(0), Decimal(1), *(Decimal(repr(each + 0)) for each in counted)}
    return found | {-each for each in found}


def _settled(file: str, element: str, condition: str, zh: str, en: str) -> Problem:
    said = shown(condition)
    return Problem(
        file, element, "settled_condition",
        f"“{element}”的条件“{said}”{zh}。", f'The condition "{said}" of "{element}" {en}.',
    )  # fmt: skip

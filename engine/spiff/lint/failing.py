"""Parts of an expression that no case can compute: a division by nought, a word as a number."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.kinds import BOOLEAN, NUMBER
from engine.spiff.files.labels import shown
from engine.spiff.language.arithmetic import FUNCTIONS
from engine.spiff.language.expressions import (
    EvaluationError,
    ExpressionError,
    compile_expression,
)
from engine.spiff.language.failures import in_words
from engine.spiff.language.inference import ANY, EXACT, inferred
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.language.failures import Words
    from engine.spiff.language.inference import Values
    from engine.spiff.lint.told import Where

_READING: Final = frozenset({"number", "int", "date", "date_time", "duration"})
"""Functions that read a text of a case as something else."""
_DIVIDING: Final = (ast.Div, ast.FloorDiv, ast.Mod)
_RECKONING: Final = (*_DIVIDING, ast.Sub, ast.Mult)
_RECKONED: Final = frozenset({ANY, NUMBER, EXACT, BOOLEAN})
_COMPUTED: Final = (ast.BinOp, ast.Call, ast.Compare, ast.UnaryOp)
_ERRORS: Final = (TypeError, ValueError, ArithmeticError, LookupError)


def fails_in(tree: ast.AST, known: Mapping[str, Values], where: Where) -> Iterator[Problem]:
    """Give the innermost parts of an expression that fail with every value their names may hold."""
    inner = [each for part in ast.iter_child_nodes(tree) for each in fails_in(part, known, where)]
    why = None if inner else _why(tree, known)
    yield from inner
    if why is not None:
        yield _never(where, shown(ast.unparse(tree)), why)


def _why(node: ast.AST, known: Mapping[str, Values]) -> Words | None:
    """Say why a part fails; None if it may be computed, or if that is not known."""
    if not isinstance(node, _COMPUTED):
        return None
    if not _names_in(node):
        return _alone(node)
    if isinstance(node, ast.BinOp):
        return _reckoned(node, known)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 1:
        return _read(node.func.id, inferred(node.args[0], known))
    return None


def _names_in(node: ast.AST) -> set[str]:
    functions = {id(each.func) for each in ast.walk(node) if isinstance(each, ast.Call)}
    names = (each for each in ast.walk(node) if isinstance(each, ast.Name))
    return {name.id for name in names if id(name) not in functions}


def _alone(node: ast.AST) -> Words | None:
    """Compute what has no names in it."""
    try:
        compile_expression(ast.unparse(node)).evaluate({})
    except EvaluationError as error:
        cause = error.__cause__
        return in_words(cause) if cause is not None else None
    except ExpressionError:
        return None
    return None


def _reckoned(node: ast.BinOp, known: Mapping[str, Values]) -> Words | None:
    if isinstance(node.op, _DIVIDING) and not _names_in(node.right):
        why = _alone(ast.BinOp(ast.Constant(1), node.op, node.right))
        if why:
            return why
    if isinstance(node.op, _RECKONING):
        for side in (node.left, node.right):
            kinds = inferred(side, known).kinds
            if kinds and not kinds & _RECKONED:
                said = shown(ast.unparse(side))
                return (
                    f"“{said}”不是数，存为文字的数请写 number({said})",
                    f'"{said}" is no number; write number({said}) if it is one kept as a text',
                )
    return None


def _read(function: str, values: Values) -> Words | None:
    """Try a function with all that its argument can be; what is missing it always reads."""
    if function not in _READING or values.open or not values.listed:
        return None
    failures: list[Words] = []
    for _, value in sorted(values.listed, key=str):
        try:
            FUNCTIONS[function](value)
        except _ERRORS as error:
            failures.append(in_words(error))
        else:
            return None
    return failures[0]


def _never(where: Where, part: str, why: Words) -> Problem:
    file, element, zh, en = where
    return Problem(
        file, element, "never_computed",
        f"{zh}“{part}”永远算不出来：{why[0]}。请改正。",
        f'{en}"{part}" can never be computed: {why[1]}. Mend it.',
    )  # fmt: skip

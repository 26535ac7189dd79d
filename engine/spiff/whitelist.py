"""What an expression may consist of, and what stands in for its arithmetic."""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import Final

from engine.spiff.arithmetic import FUNCTIONS, MAX_INTEGER

_ALLOWED: Final = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Name,
    ast.Load, ast.Constant, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.IfExp,
    ast.Call,
)  # fmt: skip


def objection(node: ast.AST) -> str | None:
    """Say what is not allowed about a node, if anything is."""
    if not isinstance(node, _ALLOWED):
        return type(node).__name__
    if isinstance(node, ast.Call):
        return _call_objection(node)
    if isinstance(node, ast.Constant):
        value = node.value
        if value is not None and not isinstance(value, (str, int, float)):
            return type(value).__name__
        if isinstance(value, (int, float)) and not abs(value) <= MAX_INTEGER:
            return f"number above {MAX_INTEGER}"
    if isinstance(node, ast.Dict) and None in node.keys:
        return "**"
    return None


def _call_objection(node: ast.Call) -> str | None:
    if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
        return "call of an unknown function"
    if node.keywords:
        return "named arguments"
    return None


def lines_of(text: str) -> list[bytes]:
    """Give the lines of a text as Python counts them when it parses it, stripped."""
    return text.strip().encode().splitlines(keepends=True)


def segment(written: list[bytes], node: ast.expr) -> str:
    """Give what a node stands for; ast.get_source_segment reads the whole text for each one."""
    first, last = node.lineno - 1, node.end_lineno or node.lineno
    lines = written[first:last]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"".join(lines).decode()


class Decimals:
    """Gives names to the numbers with a point of a text, as they are written there."""

    def __init__(self, written: list[bytes]) -> None:
        self.named: dict[str, Decimal] = {}
        self._written = written

    def name(self, node: ast.Constant) -> ast.Name:
        name = f"__{len(self.named)}"
        self.named[name] = Decimal(segment(self._written, node))
        return ast.copy_location(ast.Name(name, ast.Load()), node)


def guard(node: ast.AST, decimals: Decimals) -> ast.AST:
    """Replace arithmetic operations under a node by their guards, numbers with a point by names."""
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            setattr(node, name, guard(value, decimals))
        elif isinstance(value, list):
            items = [guard(v, decimals) if isinstance(v, ast.AST) else v for v in value]
            setattr(node, name, items)
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return decimals.name(node)
    if not isinstance(node, ast.BinOp):
        return node
    guarded = ast.Name(f"__{type(node.op).__name__}", ast.Load())
    return ast.copy_location(ast.Call(guarded, [node.left, node.right], []), node)

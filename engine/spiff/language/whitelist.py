"""What an expression may consist of, and what stands in for its arithmetic."""

from __future__ import annotations

import ast
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.spiff.language.arithmetic import FUNCTIONS, MAX_INTEGER

if TYPE_CHECKING:
    from collections.abc import Mapping

_ALLOWED: Final = (
    ast.Expression, ast.BoolOp, ast.And, ast.Or, ast.UnaryOp, ast.Not, ast.USub, ast.UAdd,
    ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Compare, ast.Eq,
    ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn, ast.Is, ast.IsNot, ast.Name,
    ast.Load, ast.Constant, ast.Subscript, ast.Slice, ast.List, ast.Tuple, ast.Dict, ast.IfExp,
    ast.Call,
)  # fmt: skip


_WORDS: Final[Mapping[type[ast.AST], tuple[str, str]]] = {
    ast.Attribute: ("点号，要取其中一项请写 变量['项']", "attributes; write name['field']"),
    ast.JoinedStr: ("引号前的字母 f", "an f before quotes"),
    ast.Pow: ("乘方 **", "powers **"),
    ast.NamedExpr: ("赋值 :=", "assignments :="),
    ast.Lambda: ("函数定义", "lambda"),
    ast.ListComp: ("逐项计算", "comprehensions"),
    ast.SetComp: ("逐项计算", "comprehensions"),
    ast.DictComp: ("逐项计算", "comprehensions"),
    ast.GeneratorExp: ("逐项计算", "comprehensions"),
    ast.Starred: ("星号参数", "starred arguments"),
    ast.Set: ("集合，请用列表 [ ]", "sets; write a list [ ]"),
}
_UNKNOWN: Final = (
    "这个符号，可用：+ - * / // % == != < <= > >= and or not in is",
    "this sign; + - * / // % == != < <= > >= and or not in is are",
)
_CALL: Final = (
    f"未知函数，可用：{'、'.join(FUNCTIONS)}",
    f"unknown functions; {', '.join(FUNCTIONS)}",
)


def objection(node: ast.AST) -> tuple[str, str] | None:
    """Say in Chinese and English what is not allowed about a node, if anything is."""
    if not isinstance(node, _ALLOWED):
        return _WORDS.get(type(node), _UNKNOWN)
    if isinstance(node, ast.Call):
        if not isinstance(node.func, ast.Name) or node.func.id not in FUNCTIONS:
            return _CALL
        return ("带名称的参数", "named arguments") if node.keywords else None
    if isinstance(node, ast.Constant):
        return _about_constant(node.value)
    if isinstance(node, ast.Dict) and None in node.keys:
        return "**", "**"
    return None


def _about_constant(value: object) -> tuple[str, str] | None:
    if value is not None and not isinstance(value, (str, int, float)):
        return "这种写法", "this way of writing a value"
    if isinstance(value, (int, float)) and not abs(value) <= MAX_INTEGER:
        return f"大于 {MAX_INTEGER} 的数", f"numbers above {MAX_INTEGER}"
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
    """Name the guards of arithmetic, the functions and the numbers with a point under a node."""
    for name, value in ast.iter_fields(node):
        if isinstance(value, ast.AST):
            setattr(node, name, guard(value, decimals))
        elif isinstance(value, list):
            items = [guard(v, decimals) if isinstance(v, ast.AST) else v for v in value]
            setattr(node, name, items)
    if isinstance(node, ast.Constant) and isinstance(node.value, float):
        return decimals.name(node)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        node.func.id = f"__{node.func.id}"  # so that a variable may have the name of a function
    if not isinstance(node, ast.BinOp):
        return node
    guarded = ast.Name(f"__{type(node.op).__name__}", ast.Load())
    return ast.copy_location(ast.Call(guarded, [node.left, node.right], []), node)

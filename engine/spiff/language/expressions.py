"""Our expressions: a Python subset compiled once, that can compare and add up and nothing else.

The syntax tree is checked against a list of what is allowed (no attributes, no lambdas, no
comprehensions, no powers), text and tree are limited in size, and every operation whose result
could outgrow memory goes through a guard with a limit. Nothing here is FEEL but some words of
cells (see cells).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Final

from engine.spiff.language.arithmetic import FUNCTIONS, GUARDS, LimitError, exact
from engine.spiff.language.failures import in_words
from engine.spiff.language.habits import cure, place_of
from engine.spiff.language.whitelist import Decimals, guard, lines_of, objection, segment

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from types import CodeType

MAX_TEXT: Final = 2_000
MAX_SCRIPT: Final = 10_000
MAX_NODES: Final = 300
MAX_LINES: Final = 100
_PARSING: Final = Lock()
"""Before 3.11.8 two threads that parse at once disturb each other (python/cpython#106905)."""

_TOO_MANY: Final = (f"超过 {MAX_NODES} 个部分，请拆开", f"more than {MAX_NODES} parts; split it")
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")


class ExpressionError(ValueError):
    """A text is not one of our expressions."""

    def __init__(self, text: str, zh: str, en: str) -> None:
        super().__init__(f"{text[:80]!r}: {en}")
        self.text = text
        self.zh = zh
        self.en = en


class EvaluationError(Exception):
    """An expression cannot be evaluated with these data; `variable` is the missing name, if any."""

    def __init__(self, text: str, zh: str, en: str, *, variable: str | None = None) -> None:
        super().__init__(f"{text[:80]!r}: {en}")
        self.text = text
        self.variable = variable
        self.zh = zh
        self.en = en


LATER: Final = frozenset({"date", "date_time", "days_between", "duration"})
"""Functions that are younger than procedures in force, whose variables may have these names."""
_GLOBALS: Final[dict[str, object]] = {
    "__builtins__": {},
    **{f"__{name}": function for name, function in FUNCTIONS.items()},
    **{f"__{kind.__name__}": guarded for kind, guarded in GUARDS.items()},
}


@dataclass(frozen=True)
class Expression:
    """A compiled expression; `names` are the variables it may read.

    Numbers with a point are decimals, not floats: 0.1 is a tenth.
    """

    text: str
    names: frozenset[str]
    _code: CodeType = field(repr=False, compare=False)
    _decimals: dict[str, Decimal] = field(default_factory=dict, repr=False, compare=False)
    _exactly: bool = field(default=False, repr=False, compare=False)

    def evaluate(self, data: Mapping[str, object]) -> object:
        """Give the value for these variables, or raise EvaluationError."""
        known = {name: data[name] for name in self.names if name in data}
        if self._exactly:
            known = {name: exact(value) for name, value in known.items()} | self._decimals
        try:
            return eval(self._code, _GLOBALS, known)  # noqa: S307 - the tree is whitelisted
        except NameError as error:
            raise EvaluationError(
                self.text,
                f"“{error.name}”还没有值。请在它之前填写或赋值，或声明变量的默认值。",
                f'"{error.name}" has no value yet. Fill it earlier, or declare a default.',
                variable=error.name,
            ) from error
        except LimitError as error:
            zh, en = in_words(error)
            raise EvaluationError(
                self.text, f"结果过大（{zh}）。", f"The result is too large ({en})."
            ) from error
        except _FAILURES as error:
            zh, en = in_words(error)
            raise EvaluationError(
                self.text,
                f"无法计算：{zh}。请检查各变量的值和类型。",
                f"Cannot be computed: {en}. Check the variables' values and types.",
                variable=_only(self.names),
            ) from error


_FAILURES: Final = (TypeError, ValueError, ArithmeticError, LookupError, RecursionError)


def _only(names: frozenset[str]) -> str | None:
    return next(iter(names)) if len(names) == 1 else None


@dataclass(frozen=True)
class Script:
    """Assignments, one a line; `names` are read before they are assigned here."""

    text: str
    lines: tuple[tuple[str, Expression], ...]
    assigns: frozenset[str]
    names: frozenset[str]


def compile_expression(text: str) -> Expression:
    """Check and compile one expression, or raise ExpressionError."""
    tree = _parse(text, MAX_TEXT, mode="eval")
    assert isinstance(tree, ast.Expression)  # noqa: S101 - for the type checker
    return _compile(text, tree, lines_of(text))


def compile_script(text: str) -> Script:
    """Check and compile lines of `name = expression`, or raise ExpressionError."""
    tree = _parse(text, MAX_SCRIPT, mode="exec")
    assert isinstance(tree, ast.Module)  # noqa: S101 - for the type checker
    lines: list[tuple[str, Expression]] = []
    assigned: set[str] = set()
    read: set[str] = set()
    written = lines_of(text)
    if len(tree.body) > MAX_LINES:
        raise ExpressionError(
            text, f"超过 {MAX_LINES} 行。请分成几个脚本任务。",
            f"More than {MAX_LINES} lines. Split it into several script tasks.",
        )  # fmt: skip
    for statement in tree.body:
        name = _target(text, statement)
        assert isinstance(statement, ast.Assign)  # noqa: S101 - _target has made sure
        source = segment(written, statement.value)
        expression = _compile(source, ast.Expression(statement.value), written)
        read |= expression.names - assigned
        assigned.add(name)
        lines.append((name, expression))
    return Script(text, tuple(lines), frozenset(assigned), frozenset(read))


def is_name(text: str) -> bool:
    """Whether a variable may be called so."""
    return bool(_NAME.match(text)) and (text not in FUNCTIONS or text in LATER)


def _parse(text: str, limit: int, *, mode: str) -> ast.AST:
    if not text.strip():
        raise ExpressionError(text, "表达式为空。", "The expression is empty.")
    if len(text) > limit:
        raise ExpressionError(text, f"超过{limit}个字符。", f"Longer than {limit} characters.")
    try:
        with _PARSING:
            return ast.parse(text.strip(), mode=mode)
    except (SyntaxError, ValueError, MemoryError, RecursionError, SystemError) as error:
        zh, en = place_of(error)
        habit = cure(text, script=mode == "exec") or (
            "文字要加引号，比较相等用 ==，括号要成对。",
            "Quote texts; equality is ==; close what is opened.",
        )
        raise ExpressionError(
            text, f"{zh}不是有效的表达式。{habit[0]}", f"Not an expression {en}. {habit[1]}"
        ) from error


def _target(text: str, statement: ast.stmt) -> str:
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target = statement.targets[0]
        if isinstance(target, ast.Name) and is_name(target.id):
            return target.id
    raise ExpressionError(
        text,
        f"第{statement.lineno}行只允许“名称 = 表达式”。",
        f'Line {statement.lineno}: only "name = expression" is allowed.',
    )


def _compile(text: str, tree: ast.Expression, written: list[bytes]) -> Expression:
    """Compile a checked tree; `written` are the lines of the whole text that it stands in."""
    names: set[str] = set()
    functions = {id(n.func) for n in ast.walk(tree) if isinstance(n, ast.Call)}
    for count, node in enumerate(ast.walk(tree)):
        reason = _TOO_MANY if count >= MAX_NODES else objection(node)
        if reason:
            zh, en = reason
            raise ExpressionError(
                text, f"表达式里不允许{zh}。", f"Not allowed in an expression: {en}."
            )
        if isinstance(node, ast.Name) and id(node) not in functions:
            if not is_name(node.id):
                zh, en = cure(node.id) or ("", "")
                raise ExpressionError(
                    text,
                    f"“{node.id}”不能作变量名。{zh}",
                    f'"{node.id}" cannot be a variable. {en}'.rstrip(),
                )
            names.add(node.id)
    decimals = Decimals(written)
    try:
        guarded = ast.Expression(guard(tree.body, decimals))  # type: ignore[arg-type]
        code = compile(ast.fix_missing_locations(guarded), "<expression>", "eval")
    except (ValueError, RecursionError, MemoryError, SyntaxError) as error:
        raise ExpressionError(text, "表达式嵌套过深。", "Nested too deeply.") from error
    exactly = bool(functions or decimals.named)  # floats of a case meet decimals
    return Expression(text, frozenset(names), code, decimals.named, exactly)

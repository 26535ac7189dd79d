"""A variable's value as an operator types it: by the kind of the variable, or else as JSON."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import orjson

from forms import Kind, Problem
from forms.texts import is_empty

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.cases.casedata import Variable

TEXT: Final = "text"
NUMBER: Final = "number"
YES_NO: Final = "yes_no"
CHOICE: Final = "choice"
LIST: Final = "list"
AS_JSON: Final = "json"
DATE: Final = "date"
UNSAID: Final = ""
CHOOSABLE: Final = frozenset({UNSAID, TEXT, NUMBER, YES_NO, DATE})
"""What an operator may choose among where no form says what a variable is."""

EMPTY: Final = "empty"
"""What the radio button sends that is neither yes nor no."""

_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_YES: Final = ("true", "yes", "是")
_NO: Final = ("false", "no", "否")
LARGEST: Final = 10**18
LONGEST_NUMBER: Final = 40

_BY_FIELD: Final = {
    Kind.INTEGER: NUMBER,
    Kind.BOOLEAN: YES_NO,
    Kind.CHOICE: CHOICE,
    Kind.CHOICES: LIST,
    Kind.ATTACHMENTS: LIST,
    Kind.ROWS: AS_JSON,
}


@dataclass(frozen=True, slots=True)
class Typed:
    """One variable as it was typed: its value, or what is wrong with the texts."""

    kind: str
    texts: tuple[str, ...]
    value: Any = None
    problem: Problem | None = None


def kind_of(variable: Variable) -> str:
    """Return how a variable is typed: by its form's field, or by what it holds."""
    kind = _BY_FIELD.get(variable.field.kind, TEXT) if variable.field else _by_value(variable.value)
    return kind if _fits(kind, variable.value) else AS_JSON


def _by_value(value: object) -> str:
    if isinstance(value, bool):
        return YES_NO
    if isinstance(value, int | float):
        return NUMBER
    if isinstance(value, list):
        return LIST
    if value is None:
        return UNSAID
    if isinstance(value, str):
        return DATE if _DATE.fullmatch(value) else TEXT
    return AS_JSON


def _fits(kind: str, value: object) -> bool:
    """Whether a value can be shown in the box of a kind without saying something else."""
    if value is None or kind == AS_JSON:
        return True
    if kind == LIST:
        return isinstance(value, list) and all(
            isinstance(item, str) and item.strip() == item != "" for item in value
        )
    if kind in {TEXT, CHOICE}:
        return isinstance(value, str)
    return _by_value(value) == kind


def texts_of(kind: str, value: object) -> tuple[str, ...]:
    """Write a value as it would be typed."""
    if kind == AS_JSON:
        return (orjson.dumps(value, option=orjson.OPT_INDENT_2).decode(),)
    if value is None:
        return (EMPTY,) if kind == YES_NO else ()
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, bool):
        return ("true" if value else "false",)
    return (str(value),)


def as_json(value: object) -> Typed:
    """Return a value as it would be typed as JSON."""
    return Typed(AS_JSON, texts_of(AS_JSON, value), value)


def read(variable: Variable, kind: str, texts: Sequence[str]) -> Typed:
    """Read what was typed for a variable; what its form's field would refuse is a problem.

    As JSON anything may be written, so that what a form cannot say can be repaired too.
    """
    clean = tuple(text.replace("\r\n", "\n") for text in texts)
    try:
        value = _READERS.get(kind, _json)(clean)
    except ValueError:
        return Typed(kind, clean, problem=_NOT_READ.get(kind, _NOT_READ[AS_JSON]))
    judged = kind != AS_JSON and _differs(variable, kind, value)
    return Typed(kind, clean, value, _refused(variable, value) if judged else None)


def is_changed(variable: Variable, typed: Typed) -> bool:
    """Whether another value was typed than the variable has; an empty box means none as well."""
    return _differs(variable, typed.kind, typed.value)


def _differs(variable: Variable, kind: str, value: object) -> bool:
    kept = variable.value
    if is_empty(kept) and (kind != AS_JSON or not variable.is_set):
        return not is_empty(value)
    return type(kept) is not type(value) or kept != value


def _refused(variable: Variable, value: Any) -> Problem | None:  # noqa: ANN401 - whatever was typed
    if variable.form is None or value is None:
        return None
    problems = variable.form.checker.problems({variable.name: value})
    return next(iter(problems.values()), None)


def _text(texts: Sequence[str]) -> str | None:
    return (texts[-1] if texts else "") or None


def _number(texts: Sequence[str]) -> int | float | None:
    written = (texts[-1] if texts else "").strip()
    if not written:
        return None
    if len(written) > LONGEST_NUMBER:
        raise ValueError(written)
    try:
        exact = Decimal(written)
    except InvalidOperation as error:
        raise ValueError(written) from error
    if not exact.is_finite() or abs(exact) > LARGEST:
        raise ValueError(written)
    return int(exact) if exact == exact.to_integral_value() else float(exact)


def _yes_no(texts: Sequence[str]) -> bool | None:
    answers = {**dict.fromkeys(_YES, True), **dict.fromkeys(_NO, False), EMPTY: None, "": None}
    written = (texts[-1] if texts else EMPTY).strip().lower()
    if written not in answers:
        raise ValueError(written)
    return answers[written]


def _date(texts: Sequence[str]) -> str | None:
    written = (texts[-1] if texts else "").strip()
    if not written:
        return None
    if not _DATE.fullmatch(written):
        raise ValueError(written)
    return date.fromisoformat(written).isoformat()


def _unsaid(texts: Sequence[str]) -> None:
    if any(text.strip() for text in texts):
        raise ValueError(texts)


def _list(texts: Sequence[str]) -> list[str]:
    lines = (line.strip() for text in texts for line in text.split("\n"))
    return [line for line in lines if line]


def _json(texts: Sequence[str]) -> object:
    return orjson.loads(texts[-1] if texts else "")


_READERS: Final[dict[str, Callable[[Sequence[str]], Any]]] = {
    TEXT: _text,
    NUMBER: _number,
    YES_NO: _yes_no,
    CHOICE: _text,
    LIST: _list,
    AS_JSON: _json,
    DATE: _date,
    UNSAID: _unsaid,
}
_NOT_READ: Final = {
    NUMBER: Problem(
        "请填数字，如 12 或 0.5，不带千分位。", "Type a number such as 12 or 0.5, ungrouped."
    ),
    YES_NO: Problem("请填“是”或“否”，没有值则空着。", "Type yes or no, or leave it empty."),
    DATE: Problem("请填真有的日期，如 2026-11-30。", "Type a date that exists, as 2026-11-30."),
    UNSAID: Problem(
        "请先选择类型：文字、数字、是否或日期。",
        "Choose what it is: a text, a number, yes/no or a date.",
    ),
    AS_JSON: Problem(
        '读不懂这个值。文字加引号，如 "KH-A7"；数字如 12；清单如 ["甲", "乙"]；没有值写 null。',
        'This cannot be read. A text in quotes: "KH-A7"; a number: 12; a list: ["a", "b"]; '
        "nothing: null.",
    ),
}

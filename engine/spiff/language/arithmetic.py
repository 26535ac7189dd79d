"""Arithmetic that cannot be used to fill memory: every result has a limit, numbers stay numbers."""

from __future__ import annotations

import ast
import operator
from datetime import date, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from math import isfinite
from typing import TYPE_CHECKING, Any, Final

from engine.spiff.language.dates import days_between, to_day, to_moment, to_span, written

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_INTEGER: Final = 10**18
MAX_LENGTH: Final = 10_000
MAX_EXPONENT: Final = 30
MAX_DIGITS: Final = 12
MAX_PARTS: Final = 40_000
MAX_DEPTH: Final = 50


class LimitError(Exception):
    """A value grew past a limit while an expression was evaluated."""


def _bounded(value: object) -> object:
    if isinstance(value, int) and abs(value) > MAX_INTEGER:
        msg = f"integer above {MAX_INTEGER}"
        raise LimitError(msg)
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() > MAX_EXPONENT:
        msg = f"number above 1E{MAX_EXPONENT}"
        raise LimitError(msg)
    if isinstance(value, (str, list, tuple)) and len(value) > MAX_LENGTH:
        msg = f"longer than {MAX_LENGTH}"
        raise LimitError(msg)
    return value


def exact(value: object) -> object:
    """Give a float, which only JSON from elsewhere brings, as the decimal that was written."""
    return Decimal(repr(value)) if isinstance(value, float) else value


def _number(value: object) -> int | Decimal:
    value = exact(value)
    if not isinstance(value, (int, Decimal)):
        msg = f"{type(value).__name__} is not a number"
        raise TypeError(msg)
    _bounded(value)
    return value


def _numbers_only(apply: Callable[[Any, Any], object]) -> Callable[[object, object], object]:
    def guarded(left: object, right: object) -> object:
        return _bounded(apply(_number(left), _number(right)))

    return guarded


def add(left: object, right: object) -> object:
    """Add numbers, or join texts or lists; LimitError when the result is too large."""
    for side in (left, right):
        if isinstance(side, (date, timedelta)):
            msg = "dates are not added; count with days_between(…)"
            raise TypeError(msg)
    return _bounded(operator.add(exact(left), exact(right)))


def _divided(left: int | Decimal, right: int | Decimal) -> Decimal:
    """Divide exactly, as far as 28 digits go: 1 / 20 is 0.05 and not a float beside it."""
    return Decimal(left) / Decimal(right)


def _floored(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    """Divide towards minus infinity for decimals as for integers; Decimal alone cuts off."""
    if isinstance(left, int) and isinstance(right, int):
        return left // right
    return _divided(left, right).to_integral_value(ROUND_FLOOR)


def _remainder(left: int | Decimal, right: int | Decimal) -> int | Decimal:
    return left - right * _floored(left, right)


def number(value: object) -> Decimal:
    """Read a decimal string, an integer or a Decimal exactly; None and "" are 0."""
    if value is None or value == "":
        return Decimal(0)
    value = exact(value)
    if not isinstance(value, (str, int, Decimal)):
        msg = f"{type(value).__name__} is not a number"
        raise TypeError(msg)
    result = Decimal(value if not isinstance(value, str) else value[: MAX_EXPONENT * 4])
    if not result.is_finite() or abs(result.adjusted()) > MAX_EXPONENT:
        msg = "not a number of ordinary size"
        raise ValueError(msg)
    return result


def _integer(value: object = 0) -> object:
    if isinstance(value, (str, int, float, Decimal)):
        if isinstance(value, str) and len(value) > MAX_EXPONENT:
            msg = "too many digits"
            raise ValueError(msg)
        return _bounded(int(_bounded(value)))  # type: ignore[call-overload]
    msg = f"{type(value).__name__} is not a number"
    raise TypeError(msg)


def _text(value: object = "") -> object:
    plain = format(value, "f") if isinstance(value, Decimal) else str(_measured(value))
    return _bounded(plain)


def _rounded(value: object, digits: int = 0) -> object:
    """Round half up, away from zero, as people do: 2.5 is 3 and 1.005 to two digits is 1.01."""
    if not isinstance(digits, int) or abs(digits) > MAX_DIGITS:
        msg = "cannot be rounded"
        raise TypeError(msg)
    read = _number(value)
    rounded = Decimal(read).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return rounded if digits > 0 and isinstance(read, Decimal) else int(rounded)


def _total(values: object) -> object:
    if not isinstance(values, (list, tuple)):
        msg = f"{type(values).__name__} is not a list"
        raise TypeError(msg)
    total: object = 0
    for value in _bounded(values):  # type: ignore[attr-defined]
        total = add(total, value)
    return total


def _short(apply: Callable[..., object]) -> Callable[..., object]:
    """Keep a function that walks over a list from walking over a very long one."""

    def guarded(*values: object) -> object:
        return apply(*(_measured(value) for value in values))

    return guarded


def _measured(value: object) -> object:
    measure(value)
    return _bounded(value)


def measure(value: object) -> None:
    """Raise LimitError for a value of so many parts or levels that no case can keep it."""
    if isinstance(value, (list, tuple, dict)):
        _count(value, MAX_PARTS, MAX_DEPTH)


def _count(value: object, left: int, depth: int) -> int:
    """Give how many parts may still come after this value; LimitError when there are too many."""
    if left <= 0 or depth <= 0:
        msg = f"more than {MAX_PARTS} parts, or {MAX_DEPTH} levels"
        raise LimitError(msg)
    left -= 1
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, (list, tuple)):
        return left
    for item in value:
        left = _count(item, left, depth - 1)
    return left


GUARDS: Final[Mapping[type[ast.operator], Callable[[object, object], object]]] = {
    ast.Add: add,
    ast.Sub: _numbers_only(operator.sub),
    ast.Mult: _numbers_only(operator.mul),
    ast.Mod: _numbers_only(_remainder),
    ast.Div: _numbers_only(_divided),
    ast.FloorDiv: _numbers_only(_floored),
}
FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = {
    "abs": abs, "all": _short(all), "any": _short(any), "bool": bool, "date": to_day,
    "date_time": to_moment, "days_between": days_between, "duration": to_span, "int": _integer,
    "len": len, "max": _short(max), "min": _short(min), "number": number, "round": _rounded,
    "sorted": _short(sorted), "str": _text, "sum": _total,
}  # fmt: skip


def storable(value: object) -> object:
    """Give a value as it is kept in a case: JSON only, decimals and dates as text.

    TypeError of any other, and of one with very many parts.
    """
    try:
        measure(value)
    except LimitError as error:
        raise TypeError(str(error)) from error
    return _stored(value)


def _stored(value: object) -> object:
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (date, timedelta)):
        return written(value)
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, (list, tuple)):
        return [_stored(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: _stored(item) for key, item in value.items()}
    msg = f"{type(value).__name__} cannot be kept in a case"
    raise TypeError(msg)

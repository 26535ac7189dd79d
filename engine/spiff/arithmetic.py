"""Arithmetic that cannot be used to fill memory: every result has a limit, numbers stay numbers."""

from __future__ import annotations

import ast
import operator
from decimal import Decimal
from math import isfinite
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_INTEGER: Final = 10**18
MAX_LENGTH: Final = 10_000
MAX_EXPONENT: Final = 30
MAX_DIGITS: Final = 12


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


def _numbers_only(apply: Callable[[object, object], object]) -> Callable[[object, object], object]:
    def guarded(left: object, right: object) -> object:
        for side in (left, right):
            if not isinstance(side, (int, float, Decimal)):
                msg = f"{type(side).__name__} is not a number"
                raise TypeError(msg)
            _bounded(side)
        return _bounded(apply(left, right))

    return guarded


def _add(left: object, right: object) -> object:
    return _bounded(operator.add(left, right))


def number(value: object) -> Decimal:
    """Read a decimal string, an integer or a Decimal exactly; None and "" are 0."""
    if value is None or value == "":
        return Decimal(0)
    if isinstance(value, float):
        value = repr(value)
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
    return _bounded(str(_bounded(value)))


def _rounded(value: object, digits: int = 0) -> object:
    if not isinstance(value, (int, float, Decimal)) or abs(digits) > MAX_DIGITS:
        msg = "cannot be rounded"
        raise TypeError(msg)
    return round(value, digits) if digits else round(value)


def _total(values: object) -> object:
    if not isinstance(values, (list, tuple)):
        msg = f"{type(values).__name__} is not a list"
        raise TypeError(msg)
    total: object = 0
    for value in values:
        total = GUARDS[ast.Add](total, value)
    return total


GUARDS: Final[Mapping[type[ast.operator], Callable[[object, object], object]]] = {
    ast.Add: _add,
    ast.Sub: _numbers_only(operator.sub),
    ast.Mult: _numbers_only(operator.mul),
    ast.Mod: _numbers_only(operator.mod),
    ast.Div: _numbers_only(operator.truediv),
    ast.FloorDiv: _numbers_only(operator.floordiv),
}
FUNCTIONS: Final[Mapping[str, Callable[..., object]]] = {
    "abs": abs, "all": all, "any": any, "bool": bool, "int": _integer, "len": len, "max": max,
    "min": min, "number": number, "round": _rounded, "sorted": sorted, "str": _text, "sum": _total,
}  # fmt: skip


def storable(value: object) -> object:
    """Give a value as it is kept in a case: JSON only, decimals as text."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, float) and isfinite(value):
        return value
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    if isinstance(value, dict) and all(isinstance(key, str) for key in value):
        return {key: storable(item) for key, item in value.items()}
    msg = f"{type(value).__name__} cannot be kept in a case"
    raise TypeError(msg)

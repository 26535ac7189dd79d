"""Kinds of values in tables: how a text is read as one, and how two values compare.

Comparing knows three answers, as FEEL does (DMN 1.3, 10.3.2.15): yes, no, and None where the two
are of different kinds or one of them is missing. A case keeps amounts, dates and durations as
texts, so a text that stands beside one of these is read as one before it is compared.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from engine.spiff.language.arithmetic import exact
from engine.spiff.language.dates import to_day, to_moment, to_span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NUMBER: Final = "number"
TEXT: Final = "text"
BOOLEAN: Final = "boolean"
DATE: Final = "date"
DATE_TIME: Final = "date_time"
DURATION: Final = "duration"
LIST: Final = "list"
ORDERED: Final = frozenset({NUMBER, TEXT, DATE, DATE_TIME, DURATION})
TYPES: Final[Mapping[str, str | None]] = {
    "string": TEXT, "number": NUMBER, "integer": NUMBER, "long": NUMBER, "double": NUMBER,
    "boolean": BOOLEAN, "date": DATE, "date and time": DATE_TIME, "dateTime": DATE_TIME,
    "days and time duration": DURATION, "dayTimeDuration": DURATION, "Any": None, "": None,
}  # fmt: skip
"""What a typeRef of DMN, or of its editors, means here; None is any kind."""
_DECIMAL: Final = re.compile(r"-?\d{1,30}(\.\d{1,30})?", re.ASCII)


def kind_of(value: object) -> str | None:
    """Name a value's kind; None of what is missing or cannot be compared."""
    return _KINDS.get(type(value))


_KINDS: Final[Mapping[type, str]] = {
    int: NUMBER, Decimal: NUMBER, float: NUMBER, str: TEXT, bool: BOOLEAN, date: DATE,
    datetime: DATE_TIME, timedelta: DURATION, list: LIST, tuple: LIST,
}  # fmt: skip


_RECKONED: Final = frozenset({int, Decimal})
_EXACT: Final = _RECKONED | {str, bool}
"""Types that need no reading."""


def _to_number(value: object) -> object:
    if isinstance(value, str):
        return Decimal(value) if _DECIMAL.fullmatch(value) else None
    return None if isinstance(value, bool) else exact(value)


_READERS: Final[Mapping[str, Callable[[object], object]]] = {
    NUMBER: _to_number, DATE: to_day, DATE_TIME: to_moment, DURATION: to_span,
}  # fmt: skip


def read_as(kind: str, value: object) -> object:
    """Give the value as one of this kind; None if it cannot be read so (DMN 1.3, 10.3.2.9.4)."""
    if type(value) in _EXACT and _KINDS[type(value)] == kind:
        return value
    if kind in _READERS:
        try:
            value = _READERS[kind](value)
        except (ValueError, OverflowError):
            return None
    return value if kind_of(value) == kind else None


def _alike(left: Any, right: Any) -> tuple[Any, Any] | None:
    """Give both as values of one kind, or None if they are of different kinds."""
    one, other = kind_of(left), kind_of(right)
    if one is None or other is None:
        return None
    if one != other:
        if one == TEXT:
            left, one = read_as(other, left), other
        elif other == TEXT:
            right, other = read_as(one, right), one
    return None if one != other or left is None or right is None else (exact(left), exact(right))


def equal(left: object, right: object) -> bool | None:
    """Whether two values are the same; None if they are of different kinds."""
    if left is None or right is None:
        return left is right
    if type(left) is type(right) and type(left) in _EXACT:
        return left == right
    both = _alike(left, right)
    return None if both is None else bool(both[0] == both[1])


def order(left: object, right: object) -> int | None:
    """Say whether a value comes before (-1) another, with it (0) or after; None without an order.

    Two texts that are both decimals are amounts: 900.00 comes before 5000.00.
    """
    if type(left) in _RECKONED and type(right) in _RECKONED:
        return int(left > right) - int(left < right)  # type: ignore[operator]
    both = _alike(left, right)
    if both is None or kind_of(both[0]) not in ORDERED:
        return None
    if kind_of(both[0]) == TEXT and _DECIMAL.fullmatch(both[0]) and _DECIMAL.fullmatch(both[1]):
        both = Decimal(both[0]), Decimal(both[1])
    return int(both[0] > both[1]) - int(both[0] < both[1])

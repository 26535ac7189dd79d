"""ISO 8601 durations, counted on the calendar."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from typing import Final

MAX_YEARS: Final = 100

_PATTERN: Final = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?"
    r"(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)


class DurationError(ValueError):
    """The text is not an ISO 8601 duration of at most a hundred years, such as P3D or PT4H."""


def looks_like_duration(text: str) -> bool:
    """Whether the text is a duration rather than an expression."""
    return _PATTERN.fullmatch(text) is not None


def due_after(start: datetime, duration: object) -> datetime:
    """Give the moment that lies one duration after an aware moment; months end with their month."""
    found = _PATTERN.fullmatch(duration) if isinstance(duration, str) else None
    if found is None:
        raise DurationError(repr(duration)[:80])
    parts = {name: int(value or 0) for name, value in found.groupdict().items()}
    months = parts.pop("years") * 12 + parts.pop("months")
    try:
        due = _months_later(start, months) + timedelta(**parts)
    except (OverflowError, ValueError) as error:
        raise DurationError(repr(duration)[:80]) from error
    if due.year - start.year > MAX_YEARS:
        raise DurationError(repr(duration)[:80])
    return due


def _months_later(start: datetime, months: int) -> datetime:
    if not months:
        return start
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    day = min(start.day, monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)

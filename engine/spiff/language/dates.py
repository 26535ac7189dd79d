"""Dates, moments and durations in expressions: read from the texts that a case keeps them as."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Final

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII
)
_SPAN: Final = re.compile(
    r"(-?)P(?=\d|T\d)(?:(\d{1,5})W)?(?:(\d{1,6})D)?"
    r"(?:T(?=\d)(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?",
    re.ASCII,
)


def to_day(value: object) -> date | None:
    """Read a day; of a moment the day that it has where it was written down. None stays None."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        return date.fromisoformat(value)
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value).date()
    raise ValueError(f'{_shown(value)} is no date such as "2026-09-30"')


def to_moment(value: object) -> datetime | None:
    """Read a moment, which has an offset from UTC. None stays None."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _MOMENT.fullmatch(value):
        return datetime.fromisoformat(value)
    raise ValueError(f'{_shown(value)} is no moment such as "2026-09-30T17:30:00+08:00"')


def to_span(value: object) -> timedelta | None:
    """Read a duration of weeks, days, hours, minutes, seconds; months have no fixed length."""
    if value is None or value == "":
        return None
    if isinstance(value, timedelta):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f'{_shown(value)} is no duration such as "P3D" or "PT4H"')
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:])
    span = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    return -span if found[1] else span


def days_between(first: object, last: object) -> int | None:
    """Count the days from one day to another, below nought if it lies before; None if one is."""
    begin, end = to_day(first), to_day(last)
    return None if begin is None or end is None else (end - begin).days


def written(value: date | timedelta) -> str:
    """Write a day, moment or duration as a case keeps it."""
    if not isinstance(value, timedelta):
        return value.isoformat()
    sign, span = ("-", -value) if value < timedelta() else ("", value)
    hours, rest = divmod(span.seconds, 3600)
    parts = [f"{n}{unit}" for n, unit in zip((hours, *divmod(rest, 60)), "HMS", strict=True) if n]
    days = f"{span.days}D" if span.days or not parts else ""
    return f"{sign}P{days}{'T' if parts else ''}{''.join(parts)}"


def _shown(value: object) -> str:
    return f'"{value}"'[:60]

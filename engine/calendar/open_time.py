"""Open time: from the wall clock of a place to moments and back, and walking along open spans."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

from engine.calendar.model import RuleError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calendar.model import Calendar, Span

MAX_YEARS: Final = 100
ONE_DAY: Final = timedelta(days=1)
_SECOND: Final = timedelta(seconds=1)


class Piece(NamedTuple):
    """A stretch of open time within one day; `start` and `end` are UTC."""

    day: date
    start: datetime
    end: datetime


def wall(moment: datetime, calendar: Calendar) -> datetime:
    """Give what the clock on the wall shows at a moment: without zone."""
    return moment.astimezone(ZoneInfo(calendar.zone)).replace(tzinfo=None)


def moment(day: date, offset: timedelta, calendar: Calendar) -> datetime:
    """Give the moment (UTC) at which the wall clock of a day shows midnight plus `offset`.

    A time that the clock shows twice is the first one; one that it leaps over is the leap.
    """
    shown = datetime.combine(day, time()) + offset
    zone = ZoneInfo(calendar.zone)
    before = shown.replace(tzinfo=zone)
    later = before.replace(fold=1)
    early, late = before.utcoffset(), later.utcoffset()
    if early is not None and late is not None and early < late:
        return _leap(later.astimezone(UTC), before.astimezone(UTC), zone)
    return before.astimezone(UTC)


def _leap(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """Find the second between two moments (UTC) in which the offset of a zone changes."""
    offset = before.astimezone(zone).utcoffset()
    while after - before > _SECOND:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)


def spans_of(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """Give the open spans of a day."""
    exception = calendar.days.get(day)
    return calendar.week[day.weekday()] if exception is None else exception.spans


def pieces(calendar: Calendar, since: datetime) -> Iterator[Piece]:
    """Walk along open time from a moment on; RuleError after a hundred years, or if there is none.

    What is open at `since` begins with it.
    """
    for day in _days(calendar, since):
        yield from _of(calendar, day, since)


def after(calendar: Calendar, since: datetime, length: timedelta) -> datetime:
    """Give the moment (UTC) at which `length` (positive) of open time is used up."""
    for n, day in enumerate(_days(calendar, since)):
        whole = _whole(calendar, day) if n else None
        if whole is not None and whole < length:
            length -= whole
            continue
        for piece in _of(calendar, day, since):
            if piece.end - piece.start >= length:
                return piece.start + length
            length -= piece.end - piece.start
    raise too_long()


def _days(calendar: Calendar, since: datetime) -> Iterator[date]:
    """Walk along the days of a hundred years; RuleError at their end, or if all are closed."""
    day = wall(since, calendar).date()
    if never_open(calendar, day):
        raise never(calendar)
    last = day.replace(year=min(day.year + MAX_YEARS, date.max.year), month=12, day=31)
    for number in range(day.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)
    raise too_long()


def _of(calendar: Calendar, day: date, since: datetime) -> Iterator[Piece]:
    """Give the open time of a day from a moment on."""
    for start, end in spans_of(calendar, day):
        closes = moment(day, timedelta(minutes=end), calendar)
        opens = max(moment(day, timedelta(minutes=start), calendar), since)
        if opens < closes:
            yield Piece(day, opens, closes)


def _whole(calendar: Calendar, day: date) -> timedelta | None:
    """Give how long a day is open by the wall clock; None if clocks may change in it."""
    zone = ZoneInfo(calendar.zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=zone)
    if day == date.max or midnight.utcoffset() != (midnight + ONE_DAY).utcoffset():
        return None
    return timedelta(minutes=sum(end - start for start, end in spans_of(calendar, day)))


def between(calendar: Calendar, start: datetime, end: datetime) -> timedelta:
    """Give how much open time lies between two moments."""
    total = timedelta()
    if start >= end or never_open(calendar, wall(start, calendar).date()):
        return total
    for piece in pieces(calendar, start):
        if piece.start >= end:
            return total
        total += min(piece.end, end) - piece.start
    return total


def opening(calendar: Calendar, since: datetime) -> Piece:
    """Give the open time in which a moment lies, else the next one."""
    return next(pieces(calendar, since))


def closing(calendar: Calendar, day: date) -> datetime:
    """Give the close of business (UTC) of a day that is open."""
    return moment(day, timedelta(minutes=spans_of(calendar, day)[-1][1]), calendar)


def working_days(calendar: Calendar, day: date, step: timedelta = ONE_DAY) -> Iterator[date]:
    """Walk along working days from a day on, or back; RuleError at the end of a hundred years."""
    for _ in range(MAX_YEARS * 366):
        if spans_of(calendar, day):
            yield day
        day += step
    raise never(calendar)


def into(calendar: Calendar, day: date, offset: timedelta) -> datetime:
    """Move a time of day into the open spans of a working day: on to the next one or the close."""
    for start, end in spans_of(calendar, day):
        opens, closes = timedelta(minutes=start), timedelta(minutes=end)
        if offset <= closes:
            return moment(day, max(offset, opens), calendar)
    return closing(calendar, day)


def offset_of(shown: datetime) -> timedelta:
    """Give how long after midnight a wall clock's time is."""
    return shown - datetime.combine(shown.date(), time())


def never_open(calendar: Calendar, day: date) -> bool:
    """Whether nothing is open from a day on."""
    return not any(calendar.week) and not any(
        exception.spans for each, exception in calendar.days.items() if each >= day
    )


def never(calendar: Calendar) -> RuleError:
    """Say that a calendar has no open time left."""
    return RuleError(
        f"日历“{calendar.zh}”（{calendar.code}）没有工作时间，期限算不出来。请在日历中设上班时间。",
        f'Calendar "{calendar.en}" ({calendar.code}) has no working time to count. '
        "Give it working hours.",
    )


def too_long() -> RuleError:
    """Say that a limit ends beyond what anybody waits for."""
    return RuleError(
        f"期限超过 {MAX_YEARS} 年，或超出公元 9999 年。请改短。",
        f"The limit ends more than {MAX_YEARS} years ahead, or after the year 9999. Shorten it.",
    )

"""How a due moment came about, as a person would explain it on the calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Final

from engine.calendar.limits import OpenDays, OpenTime
from engine.calendar.model import Words
from engine.calendar.open_time import (
    ONE_DAY,
    closing,
    into,
    offset_of,
    opening,
    pieces,
    spans_of,
    wall,
)
from engine.calendar.until import ByDay, NextDay, SameDay
from engine.calendar.words import (
    amount,
    clock_said,
    day_said,
    days_said,
    minutes_said,
    noted,
    stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.calendar.limits import Limit
    from engine.calendar.model import Calendar, Span

MOST_LINES: Final = 120
SATURDAY: Final = 5
MADE_UP: Final = ("调休", "补班", "make-up")
NO_NOTE: Final = Words("", "")


@dataclass(frozen=True)
class Counted:
    """What one day gave: `spans` of working time, or a working day, or nothing."""

    day: date
    spans: tuple[Span, ...] = ()
    days: int = 0


def derive(
    limit: Limit,
    since: datetime,
    at: datetime,
    calendar: Calendar,
    pauses: Iterable[tuple[datetime, datetime]],
) -> tuple[Words, ...]:
    """Tell from when, what each day gave, where the clock stood, and when it is due."""
    start, length = stamp(wall(since, calendar)), limit.length
    lines = [Words(f"{start.zh} 起，期限：{length.zh}", f"From {start.en}: {length.en}")]
    begun = since
    for stop, resume in pauses:
        lines += _middle(limit, begun, stop, calendar)
        limit = limit.rest(limit.due(begun, calendar), stop, calendar)
        lines += _paused(limit, stop, resume, calendar)
        begun = resume
    lines += _middle(limit, begun, at, calendar)
    end = stamp(wall(at, calendar))
    lines.append(Words(f"{end.zh} 到期", f"Due {end.en}"))
    if limit.by_calendar:
        lines += _provisional(since, at, calendar)
    return _shortened(lines)


def _paused(rest: Limit, stop: datetime, resume: datetime, calendar: Calendar) -> Iterator[Words]:
    start, end, left = stamp(wall(stop, calendar)), stamp(wall(resume, calendar)), rest.length
    yield Words(f"{start.zh} 暂停，余 {left.zh}", f"Paused {start.en}, {left.en} left")
    yield Words(f"{end.zh} 恢复，继续计算", f"Resumed {end.en}")


def counted(
    limit: Limit, since: datetime, until: datetime, calendar: Calendar
) -> Iterator[Counted]:
    """Give what each day from one moment to another gave to a limit of working time."""
    if isinstance(limit, OpenTime):
        yield from _time(since, until, calendar)
    elif isinstance(limit, OpenDays):
        yield from _days(limit, since, until, calendar)
    elif isinstance(limit, NextDay):
        yield from (Counted(day) for day in [*limit.days(since, calendar)][:-1])


def _middle(limit: Limit, since: datetime, until: datetime, calendar: Calendar) -> Iterator[Words]:
    if isinstance(limit, OpenDays | SameDay):
        yield from _begun_later(since, calendar)
    yield from _told(counted(limit, since, until, calendar), calendar)
    if isinstance(limit, OpenDays):
        yield from _moved(limit, since, until, calendar)
    elif isinstance(limit, ByDay):
        yield from _drawn(limit, since, calendar)


def _time(since: datetime, until: datetime, calendar: Calendar) -> Iterator[Counted]:
    """Give the working time used up on each day, closed days too."""
    used: dict[date, list[Span]] = {}
    for piece in pieces(calendar, since):
        if piece.start >= until:
            break
        start = _minute(piece.start, piece.day, calendar)
        end = _minute(min(piece.end, until), piece.day, calendar)
        used.setdefault(piece.day, []).append((start, end))
        if piece.end >= until:
            break
    for day in _between(wall(since, calendar).date(), max(used, default=None)):
        yield Counted(day, tuple(used.get(day, ())))


def _days(
    limit: OpenDays, since: datetime, until: datetime, calendar: Calendar
) -> Iterator[Counted]:
    """Give the working days that were counted, those off between them too; then what is more."""
    begins = opening(calendar, since)
    offset = offset_of(wall(begins.start, calendar))
    whole = limit.ends_with_day(since, calendar)
    day, left, reached = begins.day - ONE_DAY if whole else begins.day, limit.days, begins.start
    while left:
        day += ONE_DAY
        if works := bool(spans_of(calendar, day)):
            ends = closing(calendar, day) if whole else into(calendar, day, offset)
            if ends > until:
                break
            reached, left = ends, left - 1
        yield Counted(day, days=int(works))
    if not left and limit.more and reached < until:
        yield from _time(reached, until, calendar)


def _minute(moment: datetime, day: date, calendar: Calendar) -> int:
    """Give the minute that the wall clock shows, 1440 at the end of the day."""
    shown = wall(moment, calendar)
    minute = offset_of(shown) // timedelta(minutes=1)
    return minute + 1440 if shown.date() > day else minute


def _between(first: date, last: date | None) -> Iterator[date]:
    for days in range(0 if last is None else (last - first).days + 1):
        yield first + timedelta(days=days)


def _told(given: Iterable[Counted], calendar: Calendar) -> Iterator[Words]:
    """Tell runs of equal days in one line each."""
    for (kind, note, sure), run in groupby(given, key=lambda each: _kind(each, calendar)):
        days = list(run)
        off = kind == "off"
        when = days_said(days[0].day, days[-1].day, None if off else note)
        said = note if off else _gave(days)
        doubt = Words("", "") if sure else Words("（暂定）", " (provisional)")
        yield Words(f"{when.zh}{said.zh}{doubt.zh}", f"{when.en}: {said.en}{doubt.en}")


def _kind(given: Counted, calendar: Calendar) -> tuple[object, Words, bool]:
    """Tell days apart: what they gave, what is noted, whether their year is announced."""
    note = _note(given.day, calendar)
    sure = given.day.year in calendar.announced
    if given.spans or given.days or spans_of(calendar, given.day):
        return (given.spans, given.days), note, sure
    if given.day not in calendar.days and given.day.weekday() >= SATURDAY:
        note = Words("周末", "weekend")
    return "off", Words(f"{note.zh}休息", f"{note.en}, closed" if note.en else "closed"), sure


def _note(day: date, calendar: Calendar) -> Words:
    """Give what is noted of a day; one that is worked for another says so."""
    exception = calendar.days.get(day)
    if exception is None:
        return NO_NOTE
    instead = exception.spans and not calendar.week[day.weekday()]
    if instead and not any(said in exception.note for said in MADE_UP):
        return noted(f"{exception.note}{MADE_UP[0]}")
    return noted(exception.note)


def _gave(days: list[Counted]) -> Words:
    """Say what equal days gave together."""
    spans = days[0].spans
    if not spans and not days[0].days:
        return Words("已下班，不计", "after hours, not counted")
    if not spans:
        count = amount(len(days), "work_day")
        return Words(f"计 {count.zh}", count.en)
    length = minutes_said(len(days) * sum(end - start for start, end in spans))
    hours = [f"{clock_said(start)}–{clock_said(end)}" for start, end in spans]
    every = Words("每天 ", "daily ") if len(days) > 1 else NO_NOTE
    return Words(
        f"{every.zh}{'、'.join(hours)} 计 {length.zh}",
        f"{every.en}{', '.join(hours)}, {length.en}",
    )


def _begun_later(since: datetime, calendar: Calendar) -> Iterator[Words]:
    start = opening(calendar, since).start
    if start > since:
        said = stamp(wall(start, calendar))
        yield Words(f"不在上班时间，从 {said.zh} 上班起计", f"Closed: counted from {said.en}")


def _moved(
    limit: OpenDays, since: datetime, until: datetime, calendar: Calendar
) -> Iterator[Words]:
    """Tell that it ends with the last day, or that the time of day fell outside its hours."""
    offset = offset_of(wall(opening(calendar, since).start, calendar))
    shown = wall(until, calendar)
    ends = limit.days and not limit.more and until == limit.due(since, calendar)
    if ends and limit.ends_with_day(since, calendar):
        yield Words("按整日计，到最后一天下班为止", "Whole days: until the close of the last one")
    elif ends and offset_of(shown) != offset:
        was = clock_said(offset // timedelta(minutes=1))
        yield Words(
            f"{was} 不在当天上班时间内，移到 {shown:%H:%M}",
            f"{was} is outside that day's hours, moved to {shown:%H:%M}",
        )


def _drawn(limit: ByDay, since: datetime, calendar: Calendar) -> Iterator[Words]:
    drawn, day = limit.days(since, calendar)
    if drawn == day:
        return
    said, moved = day_said(drawn, _note(drawn, calendar)), day_said(day)
    yield Words(f"{said.zh}休息，提前到 {moved.zh}", f"{said.en} is a day off: on {moved.en}")


def _provisional(since: datetime, at: datetime, calendar: Calendar) -> Iterator[Words]:
    first, last = wall(since, calendar).year, wall(at, calendar).year
    for year in range(first, last + 1):
        if year not in calendar.announced:
            yield Words(
                f"{year} 年的节假日尚未公布，此期限是暂定的",
                f"Provisional: the public holidays of {year} are not published yet",
            )


def _shortened(lines: list[Words]) -> tuple[Words, ...]:
    if len(lines) <= MOST_LINES:
        return tuple(lines)
    half, left_out = MOST_LINES // 2, len(lines) - MOST_LINES
    dots = Words(f"……（其间 {left_out} 行从略）", f"… ({left_out} lines left out)")
    return (*lines[:half], dots, *lines[-half:])

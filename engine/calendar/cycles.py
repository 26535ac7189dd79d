"""Rules that come round again and again, and when they do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Final

from engine.calendar.model import Words
from engine.calendar.open_time import (
    ONE_DAY,
    moment,
    never,
    offset_of,
    spans_of,
    wall,
    working_days,
)
from engine.calendar.reckoning import Reckoning, is_provisional, reckon
from engine.calendar.rules import EveryWorkingDay
from engine.calendar.words import amount, clock_said, day_said, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calendar.dates import Point
    from engine.calendar.limits import Limit
    from engine.calendar.model import Calendar
    from engine.calendar.rules import Days

AHEAD: Final = 800
"""Days in which every rule comes round: a year, and what holidays may move."""


@dataclass(frozen=True)
class Occurrence(Reckoning):
    """One round of a cycle; `drawn` is the day and time that its rule says, without a zone.

    Holidays may move the moment, but never make two rounds of what is drawn once.
    """

    drawn: datetime


class Shift(Enum):
    """What happens to a day that is a day off."""

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True)
class Repeat:
    """Again and again after a limit; `times` in all, or for ever."""

    limit: Limit
    times: int | None = None

    @property
    def words(self) -> Words:
        zh, en = self.limit.length
        return _counted(Words(f"每隔 {zh}", f"every {en}"), self.times)

    def next(self, after: datetime, calendar: Calendar) -> Occurrence | None:
        found = reckon(self.limit, after, calendar)
        drawn = wall(found.at, calendar)
        return Occurrence(found.at, found.provisional, lambda: found.lines, drawn)

    def following(self, drawn: datetime, calendar: Calendar) -> Occurrence | None:
        return self.next(moment(drawn.date(), offset_of(drawn), calendar), calendar)


@dataclass(frozen=True)
class OnDays:
    """On days that a rule falls on, at each of `minutes` (of the day), or at their opening."""

    days: Days
    minutes: tuple[int, ...] = ()
    shift: Shift = Shift.NONE
    times: int | None = None

    @property
    def words(self) -> Words:
        zh, en = self.days.words
        clocks = [clock_said(minute) for minute in self.minutes]
        moved = _SHIFTED[self.shift]
        off = Words("", "") if moved.zh else Words("（休息日为 00:00）", " (00:00 on a day off)")
        zh += f" {'、'.join(clocks)}" if clocks else f" 上班时{off.zh}"
        en += f" at {', '.join(clocks)}" if clocks else f" at the opening{off.en}"
        return _counted(Words(zh + moved.zh, en + moved.en), self.times)

    def next(self, after: datetime, calendar: Calendar) -> Occurrence | None:
        today = wall(after, calendar).date()
        for drawn, at in self._rounds(self._first(today, calendar), calendar):
            if at > after:
                return self._told(drawn, at, after, calendar)
        return None

    def following(self, drawn: datetime, calendar: Calendar) -> Occurrence | None:
        since = moment(drawn.date(), offset_of(drawn), calendar)
        for later, at in self._rounds(drawn.date(), calendar):
            if later > drawn:
                return self._told(later, at, min(since, at), calendar)
        return None

    def _first(self, today: date, calendar: Calendar) -> date:
        """Give the day from which rules can be moved to today."""
        if self.shift is not Shift.AFTER:
            return today
        return next(working_days(calendar, today - ONE_DAY, -ONE_DAY), today)

    def _rounds(self, first: date, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
        """Give what the rule says and when it is, day by day from one on."""
        for days in range(AHEAD):
            if first.toordinal() + days > date.max.toordinal():
                return
            day = first + days * ONE_DAY
            if self.days.has(day, calendar):
                yield from self._moments(day, self._shifted(day, calendar), calendar)

    def _shifted(self, day: date, calendar: Calendar) -> date:
        if self.shift is Shift.NONE or spans_of(calendar, day):
            return day
        step = ONE_DAY if self.shift is Shift.AFTER else -ONE_DAY
        found = next(islice(working_days(calendar, day, step), 1), None)
        if found is None or abs(found - day).days > AHEAD:
            raise never(calendar)
        return found

    def _moments(
        self, drawn: date, day: date, calendar: Calendar
    ) -> Iterator[tuple[datetime, datetime]]:
        spans = spans_of(calendar, day)
        opening = (spans[0][0],) if spans else (0,)
        for minute in self.minutes or opening:
            said = timedelta(minutes=minute if self.minutes else 0)
            at = moment(day, timedelta(minutes=minute), calendar)
            yield datetime.combine(drawn, time()) + said, at

    def _told(
        self, drawn: datetime, at: datetime, since: datetime, calendar: Calendar
    ) -> Occurrence:
        matters = self.shift is not Shift.NONE or not self.minutes
        matters = matters or isinstance(self.days, EveryWorkingDay)
        lines = (self.words, *_told(drawn.date(), wall(at, calendar)))
        provisional = matters and is_provisional(since, at, calendar)
        return Occurrence(at, provisional, lambda: lines, drawn)


@dataclass(frozen=True)
class Once:
    """A single round, on a date."""

    point: Point
    times: int | None = 1

    @property
    def words(self) -> Words:
        return self.point.words

    def next(self, after: datetime, calendar: Calendar) -> Occurrence | None:
        found = self._round(calendar)
        return found if found.at > after else None

    def following(self, drawn: datetime, calendar: Calendar) -> Occurrence | None:
        found = self._round(calendar)
        return found if found.drawn > drawn else None

    def _round(self, calendar: Calendar) -> Occurrence:
        at, drawn = self.point.moment(calendar), self.point.drawn
        provisional = self.point.by_calendar and is_provisional(at, at, calendar)
        return Occurrence(at, provisional, lambda: _told(drawn.date(), wall(at, calendar)), drawn)


Cycle = Repeat | OnDays
Schedule = Cycle | Once
"""What may begin by itself: again and again, or once."""

_SHIFTED: Final = {
    Shift.NONE: Words("", ""),
    Shift.BEFORE: Words("，遇休息日提前到前一个工作日", ", the working day before a day off"),
    Shift.AFTER: Words("，遇休息日顺延到后一个工作日", ", the working day after a day off"),
}


def occurrence(cycle: Schedule, after: datetime, calendar: Calendar) -> Occurrence | None:
    """Give when a cycle comes round next, strictly after a moment; None if it never does.

    A repetition counts from that moment. RuleError if the calendar has no working day to move to.
    """
    try:
        return cycle.next(after, calendar)
    except OverflowError:
        return None


def following(cycle: Schedule, drawn: datetime, calendar: Calendar) -> Occurrence | None:
    """Give the round after the one that was drawn so, whenever the calendar has moved them to.

    None if there is none. RuleError as above.
    """
    try:
        return cycle.following(drawn, calendar)
    except OverflowError:
        return None


def _told(drawn: date, shown: datetime) -> tuple[Words, ...]:
    said = stamp(shown)
    next_one = Words(f"下一次：{said.zh}", f"Next: {said.en}")
    if drawn == shown.date():
        return (next_one,)
    zh, en = day_said(drawn)
    return Words(f"{zh}是休息日", f"{en} is a day off"), next_one


def _counted(said: Words, times: int | None) -> Words:
    if times is None:
        return said
    number = amount(times, "time")
    return Words(f"{said.zh}，共 {number.zh}", f"{said.en}, {number.en}")

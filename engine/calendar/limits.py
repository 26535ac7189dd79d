"""The kinds of limits, and when each of them is due."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from engine.calendar.model import Words
from engine.calendar.open_time import (
    MAX_YEARS,
    ONE_DAY,
    after,
    between,
    closing,
    into,
    moment,
    offset_of,
    opening,
    too_long,
    wall,
    working_days,
)
from engine.calendar.words import amount, calendar_length, clock_length, joined

if TYPE_CHECKING:
    from engine.calendar.model import Calendar

NOTHING: Final = timedelta()


class Limit(Protocol):
    """How long something may take, or until when."""

    @property
    def length(self) -> Words:
        """Say it in short: "3 个工作日"."""

    @property
    def words(self) -> Words:
        """Explain it to a process owner."""

    @property
    def by_calendar(self) -> bool:
        """Whether holidays matter to it, so that a year not yet published makes it provisional."""

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        """Give when it ends (UTC) if it begins at `since`; RuleError if that is too far."""

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> Limit:
        """Give what is left of it at `start` if it ends at `at`, later: to count once more."""


@dataclass(frozen=True)
class Elapsed:
    """Time that runs day and night; months end with their month, days keep the time of day."""

    months: int = 0
    days: int = 0
    time: timedelta = NOTHING

    by_calendar = False

    @property
    def length(self) -> Words:
        parts = calendar_length(self.months, self.days) + clock_length(self.time)
        return joined(parts or [amount(0, "second")])

    @property
    def words(self) -> Words:
        length = self.length
        if self.days or self.months:
            return Words(f"{length.zh}，不分工作日", f"{length.en}, working or not")
        return Words(f"{length.zh}，昼夜连续计算", f"{length.en}, day and night")

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        at = since
        if self.months or self.days:
            shown = wall(since, calendar)
            day = months_later(shown.date(), self.months) + self.days * ONE_DAY
            at = moment(day, offset_of(shown), calendar)
        at += self.time
        if at.year - since.year > MAX_YEARS:
            raise too_long()
        return at

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> Elapsed:
        del calendar
        return Elapsed(time=at - start)


@dataclass(frozen=True)
class OpenTime:
    """Working time: nothing counts while the place is closed."""

    time: timedelta

    by_calendar = True

    @property
    def length(self) -> Words:
        return joined(clock_length(self.time, "work_") or [amount(0, "work_minute")])

    @property
    def words(self) -> Words:
        length = self.length
        return Words(f"{length.zh}（只计上班时间）", f"{length.en} (only while open)")

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        return after(calendar, since, self.time)

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> OpenTime:
        return OpenTime(between(calendar, start, at))


@dataclass(frozen=True)
class OpenDays:
    """Working days: the time of day stays, moved into working time if it falls outside.

    Begun after hours or on a day off they end at the last one's close (Civil Code, 201 to 203).
    `more` is the working time that is left of a day which a pause has cut.
    """

    days: int
    more: timedelta = NOTHING

    by_calendar = True

    @property
    def length(self) -> Words:
        days = [amount(self.days, "work_day")] if self.days or not self.more else []
        return joined(days + clock_length(self.more, "work_"))

    @property
    def words(self) -> Words:
        length = self.length
        return Words(
            f"{length.zh}（跳过周末和节假日）", f"{length.en} (weekends and holidays skipped)"
        )

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        begins = opening(calendar, since)
        at, days = begins.start, working_days(calendar, begins.day)
        if self.ends_with_day(since, calendar):
            return closing(calendar, next(islice(days, self.days - 1, None)))
        if self.days:
            at = into(calendar, next(islice(days, self.days, None)), offset_of(wall(at, calendar)))
        return after(calendar, at, self.more) if self.more else at

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> OpenDays:
        stops = opening(calendar, start)
        offset = offset_of(wall(stops.start, calendar))
        days, reached = 0, stops.start
        for day in islice(working_days(calendar, stops.day), 1, None):
            following = into(calendar, day, offset)
            if following > at and between(calendar, at, following):
                break
            days, reached = days + 1, following
        return OpenDays(days, between(calendar, reached, at))

    def ends_with_day(self, since: datetime, calendar: Calendar) -> bool:
        """Whether it begins on a day off or after hours, so that it is whole days that count."""
        later = opening(calendar, since).day > wall(since, calendar).date()
        return later and self.days > 0 and not self.more


def months_later(day: date, months: int) -> date:
    """Give the same day some months later, or the last one of a shorter month."""
    if not months:
        return day
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def day_of_month(day: date, wanted: int) -> date:
    """Give a day of the month in which `day` lies, or its last one."""
    return day.replace(day=min(wanted, monthrange(day.year, day.month)[1]))

"""Limits that name the day on whose close of business they end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.calendar.limits import OpenTime, day_of_month, months_later
from engine.calendar.model import Words
from engine.calendar.open_time import (
    MAX_YEARS,
    ONE_DAY,
    between,
    closing,
    opening,
    too_long,
    wall,
    working_days,
)
from engine.calendar.words import february

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

    from engine.calendar.model import Calendar

LAST_DAY: Final = 31


@dataclass(frozen=True)
class SameDay:
    """Until the close of business of the same day, or of the next working day after hours."""

    by_calendar = True

    @property
    def length(self) -> Words:
        return Words("当天下班前", "by the close of business of the same day")

    @property
    def words(self) -> Words:
        return Words(
            f"{self.length.zh}；下班后或休息日开始的，到下一个工作日下班前",
            f"{self.length.en}; begun after hours or on a day off, of the next working day",
        )

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        return closing(calendar, opening(calendar, since).day)

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> OpenTime:
        return OpenTime(between(calendar, start, at))


@dataclass(frozen=True)
class NextDay:
    """Until the close of business of the first working day after the day on which it begins."""

    by_calendar = True

    @property
    def length(self) -> Words:
        return Words("次日下班前", "by the close of business of the next day")

    @property
    def words(self) -> Words:
        return Words(
            f"{self.length.zh}，从开始那天的第二天算起；遇休息日，到其后第一个工作日下班前",
            f"{self.length.en}, the day after it begins; if that is a day off, of the first "
            "working day after it",
        )

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        *_, day = self.days(since, calendar)
        return closing(calendar, day)

    def days(self, since: datetime, calendar: Calendar) -> Iterator[date]:
        """Give the days from the next one to the first that is worked, which is the last."""
        first = wall(since, calendar).date() + ONE_DAY
        last = next(working_days(calendar, first))
        return (first + n * ONE_DAY for n in range((last - first).days + 1))

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> OpenTime:
        return OpenTime(between(calendar, start, at))


@dataclass(frozen=True)
class ByDay:
    """Until the close of business of a day of the month; if it is a day off, of the day before.

    A month without that day ends with its last day. It is this month or the next one in which the
    day still lies ahead; ``later`` 1: the next month at the earliest.
    """

    day: int
    later: int = 0

    by_calendar = True

    @property
    def length(self) -> Words:
        zh, en = ("下月", "next month") if self.later else ("月", "the month")
        if self.day == LAST_DAY:
            return Words(f"{zh}底下班前", f"by the close of business of the last day of {en}")
        if self.later:
            return Words(
                f"{zh} {self.day} 日下班前", f"by the close of business of day {self.day} of {en}"
            )
        return Words(
            f"下一个 {self.day} 日下班前",
            f"by the close of business of the next day {self.day} of a month",
        )

    @property
    def words(self) -> Words:
        short = february((self.day,))
        return Words(
            f"{self.length.zh}{short.zh}；遇休息日提前到前一个工作日",
            f"{self.length.en}{short.en}; if that is a day off, of the working day before",
        )

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        return closing(calendar, self.days(since, calendar)[1])

    def days(self, since: datetime, calendar: Calendar) -> tuple[date, date]:
        """Give the day that is written down and the working day that stands for it."""
        first = wall(since, calendar).date().replace(day=1)
        for months in range(self.later, MAX_YEARS * 12):
            drawn = day_of_month(months_later(first, months), self.day)
            day = next(working_days(calendar, drawn, -ONE_DAY))
            if closing(calendar, day) > since:
                return drawn, day
        raise too_long()

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> OpenTime:
        return OpenTime(between(calendar, start, at))

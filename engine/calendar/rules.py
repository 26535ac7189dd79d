"""Which days a rule falls on: days of months or of the week, every day, every working day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from engine.calendar.limits import day_of_month
from engine.calendar.model import Words
from engine.calendar.open_time import spans_of
from engine.calendar.until import LAST_DAY
from engine.calendar.words import MONTHS, WEEKDAYS, february

if TYPE_CHECKING:
    from datetime import date

    from engine.calendar.model import Calendar

FEBRUARY: Final = 2
QUARTER_FIRSTS: Final = (1, 4, 7, 10)
QUARTER_LASTS: Final = (3, 6, 9, 12)
_MONTHS_SAID: Final = {
    tuple(range(1, 13)): Words("每月", "each month"),
    QUARTER_FIRSTS: Words("每季度首月", "the first month of each quarter"),
    QUARTER_LASTS: Words("每季度末月", "the last month of each quarter"),
}


class Days(Protocol):
    """Which days a rule falls on."""

    @property
    def words(self) -> Words:
        """Say which."""

    def has(self, day: date, calendar: Calendar) -> bool:
        """Whether the rule falls on a day."""


@dataclass(frozen=True)
class MonthDays:
    """Days of certain months; a shorter month has its last day instead (31 is always the last).

    So does a period of months that ends in one: Civil Code of China, article 202.
    """

    days: tuple[int, ...]
    months: tuple[int, ...] = tuple(range(1, 13))

    @property
    def words(self) -> Words:
        last = Words("最后一天", "the last day")
        days = [last if n == LAST_DAY else Words(f"{n} 日", f"day {n}") for n in self.days]
        zh, en = "、".join(day.zh for day in days), " and ".join(day.en for day in days)
        short = february(self.days) if FEBRUARY in self.months else Words("", "")
        if self.months in _MONTHS_SAID:
            said = _MONTHS_SAID[self.months]
            return Words(f"{said.zh} {zh}{short.zh}", f"{en} of {said.en}{short.en}")
        names = " and ".join(MONTHS[month - 1] for month in self.months)
        months = "、".join(str(month) for month in self.months)
        return Words(f"每年 {months} 月 {zh}{short.zh}", f"{en} of {names} each year{short.en}")

    def has(self, day: date, calendar: Calendar) -> bool:
        del calendar
        return day.month in self.months and any(
            day_of_month(day, wanted) == day for wanted in self.days
        )


@dataclass(frozen=True)
class WeekDays:
    """Days of the week, 0 is Monday."""

    weekdays: tuple[int, ...]

    @property
    def words(self) -> Words:
        names = [WEEKDAYS[n] for n in self.weekdays]
        return Words(
            f"每{'、'.join(name.zh for name in names)}",
            f"every {' and '.join(name.en for name in names)}",
        )

    def has(self, day: date, calendar: Calendar) -> bool:
        del calendar
        return day.weekday() in self.weekdays


@dataclass(frozen=True)
class EveryDay:
    @property
    def words(self) -> Words:
        return Words("每天", "every day")

    def has(self, day: date, calendar: Calendar) -> bool:
        del day, calendar
        return True


@dataclass(frozen=True)
class EveryWorkingDay:
    @property
    def words(self) -> Words:
        return Words("每个工作日", "every working day")

    def has(self, day: date, calendar: Calendar) -> bool:
        return bool(spans_of(calendar, day))

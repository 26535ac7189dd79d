"""Rules that come round again and again, and when they do next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from itertools import islice
from typing import TYPE_CHECKING, Final, Protocol

from engine.calendar.limits import LAST_DAY, day_of_month
from engine.calendar.model import Words
from engine.calendar.open_time import ONE_DAY, moment, never, spans_of, wall, working_days
from engine.calendar.reckoning import Reckoning, is_provisional, reckon
from engine.calendar.words import MONTHS, WEEKDAYS, amount, clock_said, stamp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calendar.limits import Limit
    from engine.calendar.model import Calendar

AHEAD: Final = 800
"""Days in which every rule comes round: a year, and what holidays may move."""


class Shift(Enum):
    """What happens to a day that is a day off."""

    NONE = "none"
    BEFORE = "before"
    AFTER = "after"


class Days(Protocol):
    """Which days a rule falls on."""

    @property
    def words(self) -> Words:
        """Say which."""

    def has(self, day: date, calendar: Calendar) -> bool:
        """Whether the rule falls on a day."""


@dataclass(frozen=True)
class MonthDays:
    """Days of certain months; 31 is the last one of a shorter month."""

    days: tuple[int, ...]
    months: tuple[int, ...] = tuple(range(1, 13))

    @property
    def words(self) -> Words:
        last = Words("最后一天", "the last day")
        days = [last if n == LAST_DAY else Words(f"{n} 日", f"day {n}") for n in self.days]
        zh, en = "、".join(day.zh for day in days), " and ".join(day.en for day in days)
        if self.months in _MONTHS_SAID:
            said = _MONTHS_SAID[self.months]
            return Words(f"{said.zh} {zh}", f"{en} of {said.en}")
        names = " and ".join(MONTHS[month - 1] for month in self.months)
        months = "、".join(str(month) for month in self.months)
        return Words(f"每年 {months} 月 {zh}", f"{en} of {names} each year")

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


@dataclass(frozen=True)
class Repeat:
    """Again and again after a limit; `times` in all, or for ever."""

    limit: Limit
    times: int | None = None

    @property
    def words(self) -> Words:
        zh, en = self.limit.length
        return _counted(Words(f"每隔 {zh}", f"every {en}"), self.times)

    def next(self, after: datetime, calendar: Calendar) -> Reckoning | None:
        return reckon(self.limit, after, calendar)


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

    def next(self, after: datetime, calendar: Calendar) -> Reckoning | None:
        today = wall(after, calendar).date()
        for day in self._falls(self._first(today, calendar), calendar):
            for at in self._moments(day, calendar):
                if at > after:
                    return self._told(at, after, calendar)
        return None

    def _first(self, today: date, calendar: Calendar) -> date:
        """Give the day from which rules can be moved to today."""
        if self.shift is not Shift.AFTER:
            return today
        return next(working_days(calendar, today - ONE_DAY, -ONE_DAY), today)

    def _falls(self, first: date, calendar: Calendar) -> Iterator[date]:
        for days in range(AHEAD):
            if first.toordinal() + days > date.max.toordinal():
                return
            day = first + days * ONE_DAY
            if self.days.has(day, calendar):
                yield self._shifted(day, calendar)

    def _shifted(self, day: date, calendar: Calendar) -> date:
        if self.shift is Shift.NONE or spans_of(calendar, day):
            return day
        step = ONE_DAY if self.shift is Shift.AFTER else -ONE_DAY
        found = next(islice(working_days(calendar, day, step), 1), None)
        if found is None or abs(found - day).days > AHEAD:
            raise never(calendar)
        return found

    def _moments(self, day: date, calendar: Calendar) -> list[datetime]:
        spans = spans_of(calendar, day)
        minutes = self.minutes or ((spans[0][0],) if spans else (0,))
        return [moment(day, timedelta(minutes=minute), calendar) for minute in sorted(minutes)]

    def _told(self, at: datetime, after: datetime, calendar: Calendar) -> Reckoning:
        matters = self.shift is not Shift.NONE or not self.minutes
        matters = matters or isinstance(self.days, EveryWorkingDay)
        rule, said = self.words, stamp(wall(at, calendar))
        lines = (rule, Words(f"下一次：{said.zh}", f"Next: {said.en}"))
        return Reckoning(at, matters and is_provisional(after, at, calendar), lambda: lines)


Cycle = Repeat | OnDays

QUARTER_FIRSTS: Final = (1, 4, 7, 10)
QUARTER_LASTS: Final = (3, 6, 9, 12)
_MONTHS_SAID: Final = {
    tuple(range(1, 13)): Words("每月", "each month"),
    QUARTER_FIRSTS: Words("每季度首月", "the first month of each quarter"),
    QUARTER_LASTS: Words("每季度末月", "the last month of each quarter"),
}

_SHIFTED: Final = {
    Shift.NONE: Words("", ""),
    Shift.BEFORE: Words("，遇休息日提前到前一个工作日", ", the working day before a day off"),
    Shift.AFTER: Words("，遇休息日顺延到后一个工作日", ", the working day after a day off"),
}


def occurrence(cycle: Cycle, after: datetime, calendar: Calendar) -> Reckoning | None:
    """Give when a cycle comes round next, strictly after a moment; None if it never does.

    A repetition counts from that moment. RuleError if the calendar has no working day to move to.
    """
    try:
        return cycle.next(after, calendar)
    except OverflowError:
        return None


def _counted(said: Words, times: int | None) -> Words:
    if times is None:
        return said
    number = amount(times, "time")
    return Words(f"{said.zh}，共 {number.zh}", f"{said.en}, {number.en}")

"""Amounts, days and moments in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.calendar.model import Words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime, timedelta

WEEKDAYS: Final = (
    Words("周一", "Monday"), Words("周二", "Tuesday"), Words("周三", "Wednesday"),
    Words("周四", "Thursday"), Words("周五", "Friday"), Words("周六", "Saturday"),
    Words("周日", "Sunday"),
)  # fmt: skip
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
MISSING_IN_FEBRUARY: Final = (29, 30)
_UNITS: Final = {
    "second": ("秒", "second"),
    "minute": ("分钟", "minute"),
    "hour": ("小时", "hour"),
    "day": ("天", "day"),
    "month": ("个月", "month"),
    "year": ("年", "year"),
    "work_minute": ("工作分钟", "working minute"),
    "work_hour": ("个工作小时", "working hour"),
    "work_day": ("个工作日", "working day"),
    "time": ("次", "time"),
}
_NOTES: Final = (
    Words("元旦", "New Year's Day"),
    Words("春节", "Spring Festival"),
    Words("清明节", "Tomb-sweeping Day"),
    Words("劳动节", "Labour Day"),
    Words("端午节", "Dragon Boat Festival"),
    Words("中秋节", "Mid-autumn Festival"),
    Words("国庆节", "National Day"),
    Words("抗战胜利纪念日", "Victory Day"),
    Words("除夕", "New Year's Eve"),
    Words("调休", "make-up workday"),
    Words("补班", "make-up workday"),
)


def amount(number: int, unit: str) -> Words:
    """Say a number of one unit."""
    zh, en = _UNITS[unit]
    return Words(f"{number} {zh}", f"{number} {en}{'' if number == 1 else 's'}")


def joined(parts: list[Words]) -> Words:
    return Words(" ".join(part.zh for part in parts), " ".join(part.en for part in parts))


def calendar_length(months: int, days: int) -> list[Words]:
    """Say months and days; nothing for none."""
    years, months = divmod(months, 12)
    parts = ((years, "year"), (months, "month"), (days, "day"))
    return [amount(number, unit) for number, unit in parts if number]


def clock_length(length: timedelta, prefix: str = "") -> list[Words]:
    """Say hours, minutes and seconds; nothing for none. `prefix` is "work_" for working hours."""
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, f"{prefix}hour"), (minutes, f"{prefix}minute"), (seconds, "second"))
    return [amount(number, unit) for number, unit in parts if number]


def minutes_said(minutes: int) -> Words:
    """Say minutes as hours and minutes."""
    hours, rest = divmod(minutes, 60)
    parts = [amount(n, unit) for n, unit in ((hours, "hour"), (rest, "minute")) if n]
    return joined(parts or [amount(0, "minute")])


def stamp(shown: datetime) -> Words:
    """Say what calendar and wall clock show, to the minute."""
    name = WEEKDAYS[shown.weekday()]
    day, clock = f"{shown:%Y-%m-%d}", f"{shown:%H:%M}"
    return Words(f"{day}（{name.zh}）{clock}", f"{name.en[:3]} {day} {clock}")


def day_said(day: date, note: Words | None = None) -> Words:
    """Say a day without its year, with a note beside its weekday."""
    name = WEEKDAYS[day.weekday()]
    zh, en = (f"，{note.zh}", f" ({note.en})") if note and note.zh else ("", "")
    return Words(f"{day:%m-%d}（{name.zh}{zh}）", f"{name.en[:3]} {day:%m-%d}{en}")


def days_said(first: date, last: date, note: Words | None = None) -> Words:
    """Say one day, or from which to which."""
    if first == last:
        return day_said(first, note)
    start, end = day_said(first), day_said(last, note)
    return Words(f"{start.zh}至 {end.zh}", f"{start.en} to {end.en}")


def noted(note: str) -> Words:
    """Say a calendar's note in both languages, where it names a holiday that we know."""
    zh = en = note
    for known in _NOTES:
        zh, en = zh.replace(known.en, known.zh), en.replace(known.zh, f" {known.en} ")
    return Words(zh, " ".join(en.split()))


def february(days: Iterable[int]) -> Words:
    """Say what a rule with such days of the month does in February; nothing if it has them.

    31 is always the last day of a month, and needs no words.
    """
    missing = [day for day in days if day in MISSING_IN_FEBRUARY]
    if not missing:
        return Words("", "")
    if max(missing) == min(MISSING_IN_FEBRUARY):
        return Words(
            "（平年 2 月为最后一天）", " (in February its last day, unless in a leap year)"
        )
    return Words("（2 月为最后一天）", " (in February its last day)")


def clock_said(minute: int) -> str:
    """Say a minute of the day."""
    return f"{minute // 60:02}:{minute % 60:02}"

"""Dates, with or without a time of day: how they are written, and which moment they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Final

from engine.calendar.model import RuleError, Words
from engine.calendar.open_time import ONE_DAY, moment, offset_of, spans_of
from engine.calendar.words import stamp
from engine.calendar.writing import MOST_LETTERS

if TYPE_CHECKING:
    from engine.calendar.model import Calendar

FIRST_YEAR: Final = 1900
LAST_YEAR: Final = 2199

_DATE: Final = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)-(?P<day>\d\d)"
    r"|年 ?(?P<zh_month>\d{1,2}) ?月 ?(?P<zh_day>\d{1,2}) ?[日号])"
    r"(?:[T ]?(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d{1,6})?)?"
    r" ?(?P<zone>Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class Point:
    """A day, and a time of day on the calendar's wall clock or with its own offset from UTC.

    Without a time it is the opening of the day, or the close of business where somebody is to be
    ready by it; of a day off, its first or last minute.
    """

    day: date
    time: timedelta | None = None
    zone: timezone | None = None
    closes: bool = False

    @property
    def by_calendar(self) -> bool:
        return self.time is None

    @property
    def length(self) -> Words:
        if self.time is not None:
            zh, en = stamp(self.drawn)
            zone = "" if self.zone is None else f" {self.zone}"
            return Words(zh + zone, en + zone)
        zh, en = (said.removesuffix(" 00:00").removesuffix("00:00") for said in self._midnight)
        if self.closes:
            return Words(f"{zh}下班前", f"by the close of business of {en}")
        return Words(f"{zh}上班时", f"the opening of {en}")

    @property
    def _midnight(self) -> Words:
        return stamp(datetime.combine(self.day, time()))

    @property
    def words(self) -> Words:
        if self.time is not None:
            return self.length
        off = Words("24:00", "midnight") if self.closes else Words("00:00", "00:00")
        zh, en = self.length
        return Words(f"{zh}（休息日为 {off.zh}）", f"{en} ({off.en} on a day off)")

    def until_close(self) -> Point:
        """Give the same day as a deadline: it ends with the day's business."""
        return replace(self, closes=True)

    @property
    def drawn(self) -> datetime:
        """The day and time as they are written, without a zone; midnight for none."""
        return datetime.combine(self.day, time()) + (self.time or timedelta())

    def due(self, since: datetime, calendar: Calendar) -> datetime:
        """Give the moment (UTC) that is meant, whenever it was asked for."""
        del since
        return self.moment(calendar)

    def moment(self, calendar: Calendar) -> datetime:
        """Give the moment (UTC) that is meant."""
        if self.zone is not None:
            return self.drawn.replace(tzinfo=self.zone).astimezone(UTC)
        if self.time is not None:
            return moment(self.day, self.time, calendar)
        spans = spans_of(calendar, self.day) or ((0, ONE_DAY // timedelta(minutes=1)),)
        minute = spans[-1][1] if self.closes else spans[0][0]
        return moment(self.day, timedelta(minutes=minute), calendar)

    def rest(self, at: datetime, start: datetime, calendar: Calendar) -> Point:
        """Give itself: a date does not move while a clock is paused."""
        del at, start, calendar
        return self


def parse_date(text: str) -> Point:
    """Read a date such as 2026-12-31, 2026-12-31 18:00, 2026-12-31T18:00:00+08:00.

    RuleError says what is wrong with the text and shows how to write it.
    """
    found = _DATE.fullmatch(text.strip()) if len(text) <= MOST_LETTERS else None
    if found is None:
        raise no_date(text)
    try:
        return _point(found)
    except ValueError as error:
        raise no_date(text) from error


def no_date(text: str) -> RuleError:
    """Say that a text is no date, and how one is written."""
    shown = text if len(text) <= MOST_LETTERS else f"{text[:MOST_LETTERS]}…"
    return RuleError(
        f"“{shown}”不是日期。请写 2026-12-31、2026-12-31 18:00 或 2026-12-31T18:00:00+08:00，"
        f"年份 {FIRST_YEAR} 到 {LAST_YEAR}。",
        f'"{shown}" is no date. Write 2026-12-31, 2026-12-31 18:00 or 2026-12-31T18:00:00+08:00, '
        f"the year within {FIRST_YEAR} to {LAST_YEAR}.",
    )


def _point(found: re.Match[str]) -> Point:
    month, day = found["month"] or found["zh_month"], found["day"] or found["zh_day"]
    when = date(int(found["year"]), int(month), int(day))
    if not FIRST_YEAR <= when.year <= LAST_YEAR:
        raise ValueError(when.year)
    if found["hour"] is None:
        return Point(when)
    clock = time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0))
    offset = offset_of(datetime.combine(when, clock))
    return Point(when, offset, _zone(found["zone"]))


def _zone(text: str | None) -> timezone | None:
    if text is None or text == "Z":
        return None if text is None else UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))

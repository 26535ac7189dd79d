"""Single values of a calendar: days, off or work, hours, as people write them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from engine.calendar.words import MONTHS
from engine.control import has_control

if TYPE_CHECKING:
    from engine.calendar import Span

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
MOST_NOTE: Final = 60
MOST_SPANS: Final = 8
DAY_LONG: Final = 24 * 60
_OFF: Final = frozenset(
    (
        *("休", "休息", "休假", "放假", "假", "假日", "节假日", "假期"),
        *("off", "holiday", "rest", "closed", "free"),
    )
)
_WORK: Final = frozenset(
    (
        *("班", "上班", "补班", "调班", "调休上班", "工作", "工作日"),
        *("work", "workday", "working", "open", "makeup", "make-up"),
    )
)
_YEAR_FIRST: Final = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_DIGITS: Final = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL: Final = re.compile(r"(\d{5})(?:\.0+)?")
_MIDNIGHT: Final = re.compile(r"[T ]0?0:00(:00(\.0+)?)?$")
_NAMED_MONTHS: Final = ("%d-%b-%y", "%d-%b-%Y", "%d %b %Y", "%d %B %Y")
_EXCEL_DAY_ZERO: Final = date(1899, 12, 30)
_SPAN: Final = re.compile(r"(\d{1,2})(?::(\d{2}))?\s*[-~—–至到]+\s*(\d{1,2})(?::(\d{2}))?")
_BETWEEN: Final = re.compile(r"[\s,;、/和]*")


class CellError(ValueError):
    """A value of a column (`date`, `kind`, `hours`, `note`) cannot be read; says the cure."""

    def __init__(self, column: str, zh: str, en: str) -> None:
        super().__init__(f"{zh} {en}")
        self.column = column
        self.zh = zh
        self.en = en


def day_in(text: str) -> date:
    """Return the day that is written, Excel's own numbers included. Raises CellError."""
    found = _day(_MIDNIGHT.sub("", text.strip()))
    if found is None:
        raise CellError(
            "date",
            f"“{text[:20]}”不是日期；请把年份写在最前，如 2027-02-06。",
            f"“{text[:20]}” is no date; write the year first, such as 2027-02-06.",
        )
    if not FIRST <= found <= LAST:
        raise CellError(
            "date",
            f"{found} 不在 {FIRST.year}–{LAST.year} 年之间，请核对年份。",
            f"{found} is not between {FIRST.year} and {LAST.year}; check the year.",
        )
    return found


def _day(text: str) -> date | None:
    try:
        if parts := _YEAR_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
            return _of_month(text, *map(int, parts.groups()))
        if serial := _SERIAL.fullmatch(text):
            return _EXCEL_DAY_ZERO + timedelta(days=int(serial[1]))
    except CellError:
        raise
    except ValueError:
        return None
    return _with_named_month(text)


def _of_month(text: str, year: int, month: int, day: int) -> date:
    """Return a day; CellError if its month has no such day, ValueError if that is no month."""
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise CellError(
            "date",
            f"没有“{text[:20]}”这一天：{year} 年 {month} 月只有 {last} 天，请改正日期。",
            f"There is no “{text[:20]}”: {MONTHS[month - 1]} {year} has {last} days. Correct it.",
        )
    return date(year, month, day)


def _with_named_month(text: str) -> date | None:
    for form in _NAMED_MONTHS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def is_off(text: str) -> bool:
    """Say whether a day is off, not worked. Raises CellError."""
    said = text.strip().lower()
    if said in _OFF:
        return True
    if said in _WORK:
        return False
    raise CellError(
        "kind",
        f"“{text[:20]}”不明；请写“休”或“班”。",
        f'“{text[:20]}” is neither; write "off" or "work".',
    )


def hours_in(text: str) -> tuple[Span, ...] | None:
    """Return the hours that are written, such as ``09:00-12:00 13:00-18:00``, or None for none.

    Raises CellError.
    """
    rest, spans = text.strip(), []
    if not rest:
        return None
    while rest:
        found = _SPAN.match(rest)
        if found is None:
            raise _not_hours(text)
        spans.append(_span(found, text))
        rest = rest[found.end() :]
        rest = rest[_between(rest) :]
    return _in_order(spans, text)


def _between(rest: str) -> int:
    found = _BETWEEN.match(rest)
    return found.end() if found else 0


def _span(found: re.Match[str], text: str) -> Span:
    hour, minute, until, last = (int(part or 0) for part in found.groups())
    start, end = hour * 60 + minute, until * 60 + last
    if max(minute, last) >= 60 or not start < end <= DAY_LONG:  # noqa: PLR2004 - minutes
        raise _not_hours(text)
    return start, end


def _in_order(spans: list[Span], text: str) -> tuple[Span, ...]:
    ordered = sorted(spans)
    if any(later[0] < earlier[1] for earlier, later in pairwise(ordered)):
        raise CellError(
            "hours",
            f"“{text[:40]}”里的时段互相重叠；请分开写，如 09:00-12:00 13:00-18:00。",
            f"The hours of “{text[:40]}” overlap; write them apart, such as "
            "09:00-12:00 13:00-18:00.",
        )
    if len(ordered) > MOST_SPANS:
        raise CellError(
            "hours",
            f"一天最多 {MOST_SPANS} 个时段。",
            f"A day has {MOST_SPANS} spans at most.",
        )
    return tuple(ordered)


def _not_hours(text: str) -> CellError:
    return CellError(
        "hours",
        f"“{text[:40]}”不是上班时间；写法如 09:00-12:00 13:00-18:00，结束晚于开始，最晚 24:00；"
        "跨夜的班次分写在两天。",
        f"“{text[:40]}” are no hours; write them such as 09:00-12:00 13:00-18:00, each end after "
        "its start, 24:00 at the latest; a night shift is written in two days.",
    )


def note_in(text: str) -> str:
    """Return a note without blanks around it. Raises CellError."""
    if len(text) > MOST_NOTE or has_control(text):
        raise CellError(
            "note",
            f"备注须为一行，最多 {MOST_NOTE} 字。",
            f"A note is one line of {MOST_NOTE} characters at most.",
        )
    return text.strip()


def hours_said(spans: tuple[Span, ...]) -> str:
    """Return hours as they are written."""
    return " ".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"

"""Changes of calendars, thought through before they are stored: each gives the calendars after it.

What a change would move can so be shown (engine.clocks.deadlines) before anybody confirms it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from zoneinfo import available_timezones

from engine.calendars import COMPANY, SetDay
from engine.calendars.cells import DAY_LONG, CellError, hours_in
from engine.control import has_control
from engine.errors import NotFoundError, Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date

    from engine.calendar import Span
    from engine.calendars import Kept, Stored
    from engine.calendars.files import Line

LONGEST_NAME: Final = 40
USES: Final = frozenset({"company", "site", "role"})
_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,29}")
_WEEKDAYS: Final = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class BadCalendarError(Refusal):
    """A calendar's code, name, zone or week cannot be."""

    code = "bad_calendar"


def with_days(
    stored: Stored, code: str, lines: Iterable[Line], *, announced: Collection[int], source: str
) -> Stored:
    """Return the calendars with days set; `announced` are years that are complete with them.

    What was only provisional in such a year is gone. Raises NotFoundError for a calendar that is
    not there.
    """
    kept = existing(stored, code)
    years = None if kept.announced is None else kept.announced | set(announced)
    days: dict[date, SetDay] = {
        day: each
        for day, each in kept.days.items()
        if not (day.year in announced and each.is_provisional)
    }
    days |= {line.day: SetDay(line.spans, line.note, source) for line in lines}
    return _with(stored, replace(kept, days=dict(sorted(days.items())), announced=years))


def complete_years(lines: Iterable[Line]) -> list[int]:
    """Return the years of which a file has every day off that China's law gives."""
    off = {line.day for line in lines if line.spans == ()}
    return sorted(year for year in {day.year for day in off} if by_law(year) <= off)


def by_law(year: int) -> frozenset[date]:
    """Return the statutory public holidays of a year in China, before the State Council's notice.

    Days that are moved to because a holiday falls on a weekend are none of them.
    """
    from holidays import country_holidays

    found = country_holidays("CN", years=year, language="zh_CN", observed=False)
    return frozenset(day for day, name in found.items() if "休息日" not in name)


def with_calendar(stored: Stored, new: Kept) -> Stored:
    """Return the calendars with one more. Raises BadCalendarError."""
    if not _CODE.fullmatch(new.code):
        raise BadCalendarError(
            "日历代码须以小写字母开头，只用小写字母、数字和短横线，最多 30 个字符，如 plant-2。",
            "A calendar's code begins with a small letter and has small letters, digits and hyphens"
            ", 30 characters at most, such as plant-2.",
        )
    if new.code in stored.kept:
        raise BadCalendarError(
            f"日历代码“{new.code}”已有；请换一个。",
            f"There is a calendar “{new.code}” already; choose another code.",
        )
    _check(new)
    return _with(stored, new)


def with_changes(stored: Stored, changed: Kept) -> Stored:
    """Return the calendars with other names, zone or week of one. Raises BadCalendarError."""
    existing(stored, changed.code)
    _check(changed)
    return _with(stored, changed)


def with_use(stored: Stored, kind: str, code: str, calendar: str | None) -> Stored:
    """Return the calendars with another one for the company, a site or a role; None for none."""
    if kind not in USES or (kind == COMPANY[0]) != (not code) or has_control(code):
        raise BadCalendarError(
            "日历只能给全公司、一个地点或一个角色用。",
            "A calendar is used by the company, by a site or by a role.",
        )
    uses = {use: each for use, each in stored.uses.items() if use != (kind, code)}
    if calendar is not None:
        uses[kind, code] = existing(stored, calendar).code
    return replace(stored, uses=uses)


def existing(stored: Stored, code: str) -> Kept:
    """Return a stored calendar. Raises NotFoundError."""
    found = stored.kept.get(code)
    if found is None:
        known = "、".join(stored.kept)
        raise NotFoundError(
            f"没有日历“{code}”；现有：{known}。",
            f"There is no calendar “{code}”; there are: {', '.join(stored.kept)}.",
        )
    return found


def week_from(texts: Sequence[str]) -> tuple[tuple[Span, ...], ...]:
    """Read the hours of seven days, Monday first; empty is off. Raises BadCalendarError."""
    week = []
    for zh, en, text in zip(_WEEKDAYS, _DAYS, texts, strict=True):
        try:
            week.append(hours_in(text) or ())
        except CellError as error:
            raise BadCalendarError(f"{zh}：{error.zh}", f"{en}: {error.en}") from None
    return tuple(week)


@cache
def zones() -> tuple[str, ...]:
    """Return the names of the time zones that there are."""
    return tuple(sorted(name for name in available_timezones() if "/" in name or name == "UTC"))


def _with(stored: Stored, kept: Kept) -> Stored:
    calendars: Mapping[str, Kept] = {**stored.kept, kept.code: kept}
    return replace(stored, kept=calendars)


def _check(kept: Kept) -> None:
    names = (kept.zh, kept.en)
    if any(not 0 < len(name) <= LONGEST_NAME or has_control(name) for name in names):
        raise BadCalendarError(
            f"日历要有中文名和英文名，各不超过 {LONGEST_NAME} 字。",
            f"A calendar has a Chinese and an English name of {LONGEST_NAME} characters at most.",
        )
    if kept.zone not in zones():
        raise BadCalendarError(
            f"没有时区“{kept.zone[:40]}”；请写地区名，如 Asia/Shanghai、Asia/Urumqi。",
            f"There is no time zone “{kept.zone[:40]}”; write its place, such as Asia/Shanghai, "
            "Asia/Urumqi.",
        )
    if not any(kept.week):
        raise BadCalendarError(
            "每周至少一天要有上班时间，否则期限永远到不了。",
            "At least one day of the week needs hours, or no deadline would ever come.",
        )
    if not all(_is_sound(spans) for spans in kept.week):
        message = "hours of a week overlap or leave the day"
        raise ValueError(message)


def _is_sound(spans: tuple[Span, ...]) -> bool:
    inside = all(0 <= start < end <= DAY_LONG for start, end in spans)
    return inside and all(one[1] <= other[0] for one, other in pairwise(spans))

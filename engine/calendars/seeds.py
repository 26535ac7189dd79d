"""The calendars that the product brings: China's public holidays, as far as they are announced.

What people set is never touched: a newer release adds the years that it knows and that nobody has
completed, and takes its own provisional days of those years back.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import chinese_calendar.constants as announced

from engine.calendar.model import OFFICE_HOURS
from engine.calendars import (
    BY_NOTICE,
    COMPANY,
    PROVISIONAL,
    STANDARD_CODE,
    Kept,
    SetDay,
    current,
)
from engine.calendars.cells import DAY_LONG
from engine.calendars.changes import change, lock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date, datetime

    import sqlalchemy as sa

    from engine.calendars import Revision, Stored

ANNOUNCED: Final = f"{BY_NOTICE}{version('chinesecalendar')}"
"""The source of days that the State Council has announced."""

AHEAD: Final = 3
"""Years after this one that have provisional days."""

KNOWN: Final = frozenset(day.year for day in announced.holidays)
"""The years whose public holidays this release knows."""

_FESTIVALS: Final = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}
_STATUTORY: Final = (*_FESTIVALS.values(), "除夕")
_NOTE: Final = "产品自带的放假安排 / Public holidays that come with the product"
_OFFICE: Final = Kept(
    STANDARD_CODE,
    "标准日历",
    "Standard calendar",
    "Asia/Shanghai",
    (*(OFFICE_HOURS,) * 5, (), ()),
)
_ALWAYS: Final = Kept(
    "always", "全天候（24×7）", "Always (24 × 7)", "Asia/Shanghai", (((0, DAY_LONG),),) * 7, None
)
BROUGHT: Final = frozenset({_OFFICE.code, _ALWAYS.code})
"""The calendars that are there once something is published."""


def seed(conn: sa.Connection, *, now: datetime) -> Revision | None:
    """Bring the calendars up to what this release knows; None if nothing is new."""
    lock(conn)
    before = current(conn)
    after = _seeded(before, now.year)
    if after == before:
        return None
    return change(conn, after, by=None, now=now, note=_NOTE)


def _seeded(stored: Stored, year: int) -> Stored:
    kept = {each.code: each for each in (_OFFICE, _ALWAYS)} | dict(stored.kept)
    return replace(
        stored,
        kept={code: _up_to_date(each, year) for code, each in kept.items()},
        uses={COMPANY: STANDARD_CODE} | dict(stored.uses),
    )


def _up_to_date(kept: Kept, year: int) -> Kept:
    """Return a calendar with what it does not know yet; one without public holidays as it is."""
    if kept.announced is None:
        return kept
    new = KNOWN - kept.announced
    days = {
        day: each
        for day, each in kept.days.items()
        if day.year not in new or not each.is_provisional
    }
    known = kept.announced | new
    coming = (later for later in range(max(KNOWN) + 1, year + AHEAD + 1) if later not in known)
    found = [*_announced(new), *_provisional(coming)]
    missing = {day: each for day, each in found if day not in days}
    return replace(kept, days=dict(sorted((days | missing).items())), announced=known)


def _announced(years: Iterable[int]) -> Iterator[tuple[date, SetDay]]:
    wanted = frozenset(years)
    for listed, spans in ((announced.holidays, ()), (announced.workdays, None)):
        for day, festival in listed.items():
            if day.year in wanted:
                name = getattr(festival, "value", festival)
                yield day, SetDay(spans, _FESTIVALS.get(name, name), ANNOUNCED)


def _provisional(years: Iterable[int]) -> Iterator[tuple[date, SetDay]]:
    """Give the statutory days of years that the State Council may not have announced yet."""
    from holidays import country_holidays

    source = f"{PROVISIONAL}{version('holidays')}"
    wanted = [*years]
    found = country_holidays("CN", years=wanted, language="zh_CN") if wanted else {}
    for day, said in found.items():
        note = "、".join(name for name in _STATUTORY if name in said).replace("除夕", "春节")
        yield day, SetDay((), note or said, source)

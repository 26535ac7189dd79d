"""Calendars for tests: the one of domain.md 4.3, and random ones."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from engine.calendar import STANDARD, Calendar, Day, parse_limit, reckon

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.calendar import Span

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE: tuple[Span, ...] = ((540, 720), (780, 1080))
COMPANY = replace(
    STANDARD.get("standard"),
    code="company",
    zh="公司日历",
    en="Company calendar",
    days={
        **{date(2026, 9, n): Day((), "中秋节", "国务院") for n in (25, 26, 27)},
        **{date(2026, 10, n): Day((), "国庆节", "国务院") for n in range(1, 8)},
        date(2026, 9, 20): Day(OFFICE, "国庆节调休", "国务院"),
        date(2026, 10, 10): Day(OFFICE, "国庆节调休", "国务院"),
    },
    announced=frozenset({2026}),
)
HOTLINE = replace(COMPANY, code="hotline", week=(((0, 1440),),) * 7, days={})
NEVER = replace(COMPANY, code="never", week=((),) * 7, days={})

MARCH = date(2026, 3, 16)
"""Two weeks around it, Europe goes over to summer time."""


def at(*moment: int, calendar: Calendar = COMPANY) -> datetime:
    return datetime(*moment, tzinfo=ZoneInfo(calendar.zone))  # type: ignore[arg-type,misc]


def due(
    text: str,
    since: datetime,
    calendar: Calendar = COMPANY,
    pauses: Sequence[tuple[datetime, datetime]] = (),
) -> datetime:
    """Give when a limit is due, on the calendar's own wall clock."""
    found = reckon(parse_limit(text), since, calendar, pauses).at
    assert found.utcoffset() == timedelta()
    return found.astimezone(ZoneInfo(calendar.zone))


@st.composite
def shifts(draw: st.DrawFn, least: int = 0) -> tuple[Span, ...]:
    """Up to three shifts of a day, none touching another."""
    edges = draw(
        st.lists(st.integers(0, 96), min_size=2 * least, max_size=6, unique=True).map(sorted)
    )
    return tuple((15 * a, 15 * b) for a, b in zip(edges[::2], edges[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn, zones: Sequence[str] = ("Asia/Shanghai",)) -> Calendar:
    """Draw a week with at least one open day, holidays, and make-up days on days off."""
    week = draw(
        st.lists(shifts(), min_size=7, max_size=7).filter(any).map(tuple[tuple["Span", ...], ...])
    )
    days = {}
    for offset in draw(st.sets(st.integers(0, 60), max_size=12)):
        day = MARCH + timedelta(days=offset)
        spans = () if week[day.weekday()] else draw(shifts(least=1))
        days[day] = Day(spans, "调休" if spans else "假", "试")
    zone = draw(st.sampled_from(zones))
    return Calendar("any", "任意", "Any", zone, week, days, frozenset({2026, 2027}))


def moments() -> st.SearchStrategy[datetime]:
    """Moments to the second from March to May 2026."""
    first = datetime(2026, 3, 16, tzinfo=UTC)
    return st.integers(0, 60 * 86_400).map(lambda seconds: first + timedelta(seconds=seconds))

"""What holds for every calendar: oracles beside ours, and laws of limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import businesstimedelta
import pytz
from businesstimedelta.rules.rule import Rule
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar, Day, parse_limit, reckon
from engine.calendar.derivation import counted
from engine.calendar.open_time import between, spans_of
from tests.engine.calendar.some import calendars, moments

if TYPE_CHECKING:
    from engine.calendar import Span

FAR = {date(year, 6, 1): Day((), "假", "试") for year in range(2026, 2045, 3)}
"""Holidays that keep the oracle going: it fails where the next one is five years away."""
ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
WORKING = ("3 working hours", "95 工作分钟", "40 working hours", "1 个工作日", "5 working days",
           "同一天", "次日", "by the 10th", "月底前", "下月底前")  # fmt: skip
NO_DAYS = ("3 working hours", "40 working hours", "当天", "次日", "by the 10th", "PT1S", "5 天",
           "1 个月")  # fmt: skip
"""Whole working days are left out: a short day may stand for a long one after a pause."""
ELAPSED = ("PT1S", "45 分钟", "P1D", "5 天", "1 个月", "2 周")


class MakeUp(Rule):  # type: ignore[misc]
    """Open spans of one date, for the oracle."""

    def __init__(self, start: datetime, end: datetime) -> None:
        super().__init__(tz=pytz.timezone("Asia/Shanghai"))
        self.span = start, end

    def next(self, dt: datetime) -> tuple[datetime, datetime]:
        start, end = self.span
        if dt < end:
            return max(start, dt), end
        never = datetime(2200, 1, 1, tzinfo=UTC)
        return never, never + timedelta(days=1)


def oracle(calendar: Calendar) -> businesstimedelta.Rules:
    """Write a calendar as rules of businesstimedelta."""
    zone = pytz.timezone(calendar.zone)
    rules: list[Rule] = [
        businesstimedelta.WorkDayRule(_clock(start), _clock(end), [n], tz=zone)
        for n, spans in enumerate(calendar.week)
        for start, end in spans
    ]
    off = [day for day, exception in calendar.days.items() if not exception.spans]
    rules.append(businesstimedelta.HolidayRule(off, tz=zone))
    for day, exception in calendar.days.items():
        midnight = zone.localize(datetime.combine(day, time()))
        rules += [
            MakeUp(midnight + timedelta(minutes=start), midnight + timedelta(minutes=end))
            for start, end in exception.spans
        ]
    return businesstimedelta.Rules(rules)


def _clock(minute: int) -> time:
    """Its days end a second before midnight: spans up to midnight are left out of the test."""
    return time(minute // 60, minute % 60)


def ends_before_midnight(calendar: Calendar) -> bool:
    every = [*calendar.week, *(day.spans for day in calendar.days.values())]
    return all(end < 1440 for spans in every for _, end in spans)


@settings(max_examples=300)
@given(calendars(), moments(), st.integers(1, 80 * 60))
def test_working_hours_agree_with_businesstimedelta(
    calendar: Calendar, since: datetime, minutes: int
) -> None:
    assume(ends_before_midnight(calendar))
    calendar = replace(calendar, days={**calendar.days, **FAR})
    expected = since + businesstimedelta.BusinessTimeDelta(oracle(calendar), seconds=60 * minutes)
    assert reckon(parse_limit(f"{minutes} 工作分钟"), since, calendar).at == expected


@settings(max_examples=200)
@given(calendars(ZONES), moments(), st.integers(1, 30))
def test_working_days_agree_with_counting_day_by_day(
    calendar: Calendar, since: datetime, days: int
) -> None:
    """Minute by minute to the opening, day by day to the last day, minute by minute into it.

    From an opening of a later day it is the close of the working day before: the same point of
    working time where days are equally long.
    """
    zone = ZoneInfo(calendar.zone)
    moment = since.replace(second=0)
    found = reckon(parse_limit(f"{days} 个工作日"), moment, calendar).at
    shown = moment.astimezone(zone)
    assume(not shown.fold)
    day, minute = shown.date(), shown.hour * 60 + shown.minute
    while not is_open(spans_of(calendar, day), minute):
        minute += 1
        if minute == 1440:
            day, minute = day + timedelta(days=1), 0
    left = days
    if day > shown.date():
        left, minute = left - 1, 1440
    while left:
        day += timedelta(days=1)
        left -= bool(spans_of(calendar, day))
    spans = spans_of(calendar, day)
    inside = [n for n in range(minute, 1441) if any(a <= n <= b for a, b in spans)]
    wanted = inside[0] if inside else spans[-1][1]
    local = datetime.combine(day, time()) + timedelta(minutes=wanted)
    assume(exists(local, zone))
    assert found == local.replace(tzinfo=zone)


def is_open(spans: tuple[Span, ...], minute: int) -> bool:
    return any(start <= minute < end for start, end in spans)


def exists(local: datetime, zone: ZoneInfo) -> bool:
    there = local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == local


@settings(max_examples=200)
@given(calendars(ZONES), st.sampled_from(WORKING), moments(), moments())
def test_who_begins_later_is_not_due_earlier(
    calendar: Calendar, limit: str, one: datetime, other: datetime
) -> None:
    assume(not any(m.astimezone(ZoneInfo(calendar.zone)).fold for m in (one, other)))
    early, late = sorted((one, other))
    assert _at(limit, early, calendar) <= _at(limit, late, calendar)


@given(calendars(ZONES), st.sampled_from(ELAPSED), moments(), moments())
def test_elapsed_time_keeps_the_order_of_what_begins(
    calendar: Calendar, limit: str, one: datetime, other: datetime
) -> None:
    assume(not any(m.astimezone(ZoneInfo(calendar.zone)).fold for m in (one, other)))
    early, late = sorted((one, other))
    assert _at(limit, early, calendar) <= _at(limit, late, calendar)


@settings(max_examples=200)
@given(calendars(ZONES), moments(), st.integers(1, 3000), st.integers(1, 3000))
def test_working_hours_add_up(calendar: Calendar, since: datetime, one: int, two: int) -> None:
    together = _at(f"{one + two} 工作分钟", since, calendar)
    assert _at(f"{two} 工作分钟", _at(f"{one} 工作分钟", since, calendar), calendar) == together
    assert between(calendar, since, together) == timedelta(minutes=one + two)


@settings(max_examples=200)
@given(calendars(ZONES), st.sampled_from(WORKING), moments())
def test_nothing_is_due_outside_of_open_time(
    calendar: Calendar, limit: str, since: datetime
) -> None:
    found = _at(limit, since, calendar)
    assert found > since
    assert between(calendar, found - timedelta(seconds=1), found) or between(
        calendar, found, found + timedelta(seconds=1)
    )


@settings(max_examples=200)
@given(calendars(ZONES), moments())
def test_the_next_day_is_never_the_same_one_and_no_working_day_is_left_out(
    calendar: Calendar, since: datetime
) -> None:
    zone = ZoneInfo(calendar.zone)
    first = since.astimezone(zone).date()
    due = _at("次日", since, calendar).astimezone(zone)
    last = (due - timedelta(seconds=1)).date()
    assert first < last
    between_them = (first + timedelta(days=n) for n in range(1, (last - first).days))
    assert not any(spans_of(calendar, day) for day in between_them)


@settings(max_examples=200)
@given(calendars(ZONES), st.sampled_from(WORKING + ELAPSED), moments(), moments())
def test_a_pause_of_no_length_changes_nothing(
    calendar: Calendar, limit: str, since: datetime, pause: datetime
) -> None:
    at = _at(limit, since, calendar)
    assert reckon(parse_limit(limit), since, calendar, [(pause, pause)]).at == at
    after = [(at, at + timedelta(days=3)), (since - timedelta(days=3), since)]
    assert reckon(parse_limit(limit), since, calendar, after).at == at


@settings(max_examples=200)
@given(calendars(ZONES), st.sampled_from(WORKING), moments(), st.integers(0, 40))
def test_a_pause_while_all_is_closed_changes_nothing(
    calendar: Calendar, limit: str, since: datetime, days: int
) -> None:
    gap = _closed_from(calendar, since + timedelta(days=days))
    found = reckon(parse_limit(limit), since, calendar, [gap])
    assert found.at == _at(limit, since, calendar)


def _closed_from(calendar: Calendar, moment: datetime) -> tuple[datetime, datetime]:
    """Give the next stretch of closed time: from the end of open time to the next opening."""
    zone = ZoneInfo(calendar.zone)
    edges = []
    for n in range(-1, 30):
        day = moment.astimezone(zone).date() + timedelta(days=n)
        midnight = datetime.combine(day, time())
        for span in spans_of(calendar, day):
            edges += [(midnight + timedelta(minutes=m)).replace(tzinfo=zone) for m in span]
    stretches = [(a, b) for a, b in pairwise(edges[1:]) if edges.index(a) % 2 and a < b]
    return stretches[0] if stretches else (moment, moment)


@settings(max_examples=200)
@given(calendars(ZONES), st.sampled_from(NO_DAYS), moments(), moments(), moments())
def test_a_pause_makes_nothing_due_earlier(
    calendar: Calendar, limit: str, since: datetime, one: datetime, two: datetime
) -> None:
    pause = min(one, two), max(one, two)
    plain = _at(limit, since, calendar)
    found = reckon(parse_limit(limit), since, calendar, [pause]).at
    assert found >= plain
    assert found == plain or found >= pause[1]


@settings(max_examples=200)
@given(calendars(), st.integers(1, 12), moments(), moments(), moments())
def test_a_pause_makes_working_days_of_equal_length_due_later_by_what_stood_still(
    calendar: Calendar, days: int, since: datetime, one: datetime, two: datetime
) -> None:
    """With the same hours on every open day, what is left is the same working time as before."""
    calendar = with_equal_days(calendar)
    start, end = min(one, two), max(one, two)
    limit = f"{days} 个工作日"
    plain = _at(limit, since, calendar)
    found = reckon(parse_limit(limit), since, calendar, [(start, end)]).at
    stood = between(calendar, max(start, since), end) if start < plain else timedelta()
    assert between(calendar, plain, found) == max(stood, timedelta())


def with_equal_days(calendar: Calendar) -> Calendar:
    hours = next(spans for spans in calendar.week if spans)
    week = tuple(hours if spans else () for spans in calendar.week)
    made_up = {
        day: replace(each, spans=each.spans and hours) for day, each in calendar.days.items()
    }
    return replace(calendar, week=week, days=made_up)


@settings(max_examples=200)
@given(calendars(), st.integers(1, 12), moments())
def test_working_days_of_equal_length_are_as_much_working_time(
    calendar: Calendar, days: int, since: datetime
) -> None:
    calendar = with_equal_days(calendar)
    minutes = days * sum(end - start for start, end in next(filter(None, calendar.week)))
    assert between(calendar, since, _at(f"{days} 个工作日", since, calendar)) == timedelta(
        minutes=minutes
    )


@settings(max_examples=100)
@given(calendars(), st.integers(1, 5000), moments(), moments(), moments())
def test_working_hours_stand_still_while_the_clock_is_paused(
    calendar: Calendar, minutes: int, since: datetime, one: datetime, two: datetime
) -> None:
    start, end = sorted((one, two))
    found = reckon(parse_limit(f"{minutes} 工作分钟"), since, calendar, [(start, end)]).at
    stood = between(calendar, max(start, since), min(end, found))
    used = between(calendar, since, found) - (
        stood if start < found and end > since else timedelta()
    )
    assert used == timedelta(minutes=minutes)


@settings(max_examples=150)
@given(calendars(ZONES), st.integers(1, 5000), moments())
def test_the_lines_of_working_hours_add_up(
    calendar: Calendar, minutes: int, since: datetime
) -> None:
    limit = parse_limit(f"{minutes} 工作分钟")
    found = reckon(limit, since, calendar)
    days = list(counted(limit, since, found.at, calendar))
    shown = sum(end - start for day in days for start, end in day.spans)
    if calendar.zone in ("Asia/Shanghai", "UTC"):
        assert shown == minutes
    dates = [day.day for day in days]
    assert dates == [dates[0] + timedelta(days=n) for n in range(len(dates))]
    assert len(found.lines) <= 121
    assert all(line.zh and line.en for line in found.lines)


@settings(max_examples=150)
@given(calendars(ZONES), st.integers(1, 40), moments())
def test_the_lines_of_working_days_add_up(calendar: Calendar, days: int, since: datetime) -> None:
    limit = parse_limit(f"{days} working days")
    found = reckon(limit, since, calendar)
    assert sum(day.days for day in counted(limit, since, found.at, calendar)) == days
    assert found.lines[-1].en.startswith("Due ")


def _at(limit: str, since: datetime, calendar: Calendar) -> datetime:
    return reckon(parse_limit(limit), since, calendar).at

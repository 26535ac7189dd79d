from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import Calendar, Day, RuleError, following, occurrence, parse_cycle
from engine.calendar.open_time import spans_of
from tests.engine.calendar.some import COMPANY, NEVER, SHANGHAI, at, calendars, moments

RULES = ("每月10日，遇假日提前", "每月31日，遇假日顺延", "每周二", "每季度首月2日 09:30",
         "每天 09:00、15:00", "每个工作日", "每月1日、15日 12:00，遇假日提前", "每周六，遇假日顺延",
         "每年2月29日")  # fmt: skip


@pytest.mark.parametrize(
    ("cycle", "after", "expected"),
    [
        ("每月10日，遇假日提前", at(2026, 9, 30, 10), [at(2026, 10, 10, 9), at(2026, 11, 10, 9)]),
        # Saturday 2026-11-07 is off; so are the first days of October
        ("每月7日，遇假日提前", at(2026, 9, 8), [at(2026, 9, 30, 9), at(2026, 11, 6, 9)]),
        ("每月7日，遇假日顺延", at(2026, 9, 8), [at(2026, 10, 8, 9), at(2026, 11, 9, 9)]),
        ("每月2日，遇假日顺延", at(2026, 10, 5), [at(2026, 10, 8, 9), at(2026, 11, 2, 9)]),
        ("每月30日 09:00", at(2027, 1, 30, 10), [at(2027, 2, 28, 9), at(2027, 3, 30, 9)]),
        ("每年2月29日 09:00", at(2027, 1, 1), [at(2027, 2, 28, 9), at(2028, 2, 29, 9)]),
        ("每月7日", at(2026, 9, 8), [at(2026, 10, 7, 0), at(2026, 11, 7, 0)]),
        ("每周二", at(2026, 11, 17, 9), [at(2026, 11, 24, 9), at(2026, 12, 1, 9)]),
        ("每周二", at(2026, 11, 17, 8, 59), [at(2026, 11, 17, 9)]),
        ("每季度首月2日", at(2026, 8, 1), [at(2026, 10, 2, 0), at(2027, 1, 2, 0)]),
        ("每季度首月2日，遇假日顺延", at(2026, 8, 1), [at(2026, 10, 8, 9), at(2027, 1, 4, 9)]),
        ("daily at 09:00, 15:00", at(2026, 11, 14, 9), [at(2026, 11, 14, 15), at(2026, 11, 15, 9)]),
        ("每个工作日 09:30", at(2026, 9, 30, 10), [at(2026, 10, 8, 9, 30), at(2026, 10, 9, 9, 30)]),
        ("每月31日 10:00", at(2027, 2, 1), [at(2027, 2, 28, 10), at(2027, 3, 31, 10)]),
        ("每年2月29日 10:00", at(2027, 1, 1), [at(2027, 2, 28, 10), at(2028, 2, 29, 10)]),
        ("R/PT30M", at(2026, 11, 14, 9), [at(2026, 11, 14, 9, 30), at(2026, 11, 14, 10)]),
        ("每 2 个工作日", at(2026, 11, 13, 9), [at(2026, 11, 17, 9), at(2026, 11, 19, 9)]),
    ],
)
def test_a_cycle_comes_round(cycle: str, after: datetime, expected: list[datetime]) -> None:
    rule, found = parse_cycle(cycle), []
    for _ in expected:
        reckoned = occurrence(rule, after, COMPANY)
        assert reckoned is not None
        after = reckoned.at.astimezone(SHANGHAI)
        found.append(after)
    assert found == expected


def test_what_holidays_move_is_provisional_until_they_are_published() -> None:
    moved = occurrence(parse_cycle("每月10日，遇假日提前"), at(2026, 12, 20), COMPANY)
    fixed = occurrence(parse_cycle("每月10日 09:00"), at(2026, 12, 20), COMPANY)
    assert moved is not None
    assert fixed is not None
    assert (moved.provisional, fixed.provisional) == (True, False)
    assert moved.lines[1].zh == "01-10（周日）是休息日"
    assert moved.lines[2].zh == "下一次：2027-01-08（周五）09:00"


def test_a_working_day_that_never_comes_is_refused() -> None:
    for cycle in ("每月10日，遇假日提前", "每周二，遇假日顺延"):
        with pytest.raises(RuleError):
            occurrence(parse_cycle(cycle), at(2026, 11, 1), NEVER)
    assert occurrence(parse_cycle("每个工作日 09:00"), at(2026, 11, 1), NEVER) is None
    assert occurrence(parse_cycle("每周二"), at(2026, 11, 1), NEVER) is not None


def test_after_the_last_day_of_the_calendar_nothing_comes() -> None:
    assert occurrence(parse_cycle("每天 09:00"), at(9999, 12, 31, 10), COMPANY) is None
    assert occurrence(parse_cycle("每月10日 09:00"), at(9999, 12, 30, 10), COMPANY) is None


@settings(max_examples=300)
@given(calendars(("Asia/Shanghai", "Europe/Berlin")), st.sampled_from(RULES), moments())
def test_occurrences_come_in_order_and_none_is_left_out(
    calendar: Calendar, cycle: str, after: datetime
) -> None:
    """From any moment before it, the next one is the same."""
    rule = parse_cycle(cycle)
    found = occurrence(rule, after, calendar)
    assert found is not None
    assert found.at > after
    half = after + (found.at - after) / 2
    assert occurrence(rule, half, calendar) == found
    just_before = found.at - timedelta(seconds=1)
    assert occurrence(rule, just_before, calendar) == found
    if "遇假日" in cycle:
        day = found.at.astimezone(ZoneInfo(calendar.zone)).date()
        assert spans_of(calendar, day)


@pytest.mark.parametrize(
    ("cycle", "drawn", "day", "expected"),
    [
        # run on 11-09 because 11-10 was off; that day is worked after all: no second time
        ("每月10日，遇假日提前", "2026-11-10", None, at(2026, 12, 10, 9)),
        ("每月10日，遇假日提前", "2026-10-10", date(2026, 11, 10), at(2026, 11, 9, 9)),
        # run on 11-10; the day turns out to be off, and 11-11 would be its day: no second time
        ("每月10日，遇假日顺延", "2026-11-10", date(2026, 11, 10), at(2026, 12, 10, 9)),
        ("每月10日，遇假日顺延", "2026-10-10", date(2026, 11, 10), at(2026, 11, 11, 9)),
        ("每天 09:00、15:00", "2026-11-14T09:00", None, at(2026, 11, 14, 15)),
        ("每天 09:00、15:00", "2026-11-14T15:00", None, at(2026, 11, 15, 9)),
        ("每个工作日", "2026-11-09", date(2026, 11, 10), at(2026, 11, 11, 9)),
        ("每周", "2026-11-09T10:00", None, at(2026, 11, 16, 10)),
    ],
)
def test_what_is_drawn_once_comes_once_whatever_becomes_of_the_calendar(
    cycle: str, drawn: str, day: date | None, expected: datetime
) -> None:
    off = {} if day is None else {day: Day((), "厂休", "")}
    calendar = replace(COMPANY, days={**COMPANY.days, **off})
    found = following(parse_cycle(cycle), datetime.fromisoformat(drawn), calendar)
    assert found is not None
    assert found.at.astimezone(SHANGHAI) == expected


@given(st.sampled_from(RULES), calendars(), moments())
def test_the_round_after_one_is_the_one_that_comes_next(
    text: str, calendar: Calendar, after: datetime
) -> None:
    rule = parse_cycle(text)
    try:
        first = occurrence(rule, after, calendar)
        if first is None:
            return
        then, drawn_next = (
            occurrence(rule, first.at, calendar),
            following(rule, first.drawn, calendar),
        )
    except RuleError:
        return
    while drawn_next is not None and drawn_next.at <= first.at:
        assert drawn_next.at == first.at, "two rounds on one moment, and none before it"
        drawn_next = following(rule, drawn_next.drawn, calendar)
    assert (then and then.at) == (drawn_next and drawn_next.at)


def test_the_days_of_a_month_share_their_word() -> None:
    assert parse_cycle("每月10、20日") == parse_cycle("每月10日、20日")
    assert parse_cycle("每月十、二十日") == parse_cycle("每月10日、20日")


@pytest.mark.parametrize("text", ["每月2月30日", "每三小天 3"])
def test_what_is_no_cycle_is_said_of_the_whole_text(text: str) -> None:
    with pytest.raises(RuleError) as refused:
        parse_cycle(text)
    assert refused.value.zh.startswith(f"“{text}”不是周期。")

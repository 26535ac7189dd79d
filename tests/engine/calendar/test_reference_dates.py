"""The dates of the issue and of domain.md 4.3, and what people mean beside them."""

from __future__ import annotations

import pytest

from engine.calendar import RuleError, parse_limit, reckon
from tests.engine.calendar.some import COMPANY, HOTLINE, NEVER, at, due


@pytest.mark.parametrize(
    ("limit", "since", "expected"),
    [
        ("4 working hours", at(2026, 9, 18, 16), at(2026, 9, 20, 11)),
        ("2 个工作小时", at(2026, 9, 30, 17, 30), at(2026, 10, 8, 10, 30)),
        ("工作日 5", at(2026, 9, 30, 10), at(2026, 10, 13, 10)),
        ("8 working hours", at(2026, 11, 23, 9, 10), at(2026, 11, 24, 9, 10)),
        # E01: five days, or five working days by policy; seven days abroad
        ("5 天", at(2026, 11, 9, 10), at(2026, 11, 14, 10)),
        ("5 个工作日", at(2026, 11, 9, 10), at(2026, 11, 16, 10)),
        ("7 days", at(2026, 11, 9, 10), at(2026, 11, 16, 10)),
        # E08: in the province, outside, remote
        ("3 天", at(2026, 11, 23, 9), at(2026, 11, 26, 9)),
        ("1 周", at(2026, 11, 23, 9), at(2026, 11, 30, 9)),
        ("10 天", at(2026, 11, 23, 9), at(2026, 12, 3, 9)),
        # E10: dispatch, arrival, repair, backup machine
        ("7 小时", at(2026, 11, 23, 9, 10), at(2026, 11, 23, 16, 10)),
        ("12 小时", at(2026, 11, 23, 9, 10), at(2026, 11, 23, 21, 10)),
        ("24 小时", at(2026, 11, 23, 9, 10), at(2026, 11, 24, 9, 10)),
        # E11: elapsed hours, not working hours
        ("24 hours", at(2026, 11, 20, 17, 30), at(2026, 11, 21, 17, 30)),
    ],
)
def test_the_reference_dates(limit: str, since: object, expected: object) -> None:
    assert due(limit, since) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("limit", "since", "expected"),
    [
        # working days: begun on a day off or after hours, they end at the close of the last one
        ("1 个工作日", at(2026, 11, 14, 15), at(2026, 11, 16, 18)),
        ("1 个工作日", at(2026, 11, 13, 18), at(2026, 11, 16, 18)),
        ("工作日 2", at(2026, 11, 22, 12, 40), at(2026, 11, 24, 18)),
        ("5 个工作日", at(2026, 9, 30, 18), at(2026, 10, 13, 18)),
        # begun before the opening or at noon, the time of day is moved into working time
        ("1 个工作日", at(2026, 11, 13, 12, 30), at(2026, 11, 16, 13)),
        ("1 个工作日", at(2026, 11, 13, 7), at(2026, 11, 16, 9)),
        # working hours end with the day, not at the next opening
        ("2 working hours", at(2026, 11, 13, 16), at(2026, 11, 13, 18)),
        ("1 working hour", at(2026, 11, 13, 18), at(2026, 11, 16, 10)),
        # months end with their month
        ("1 个月", at(2027, 1, 31, 16), at(2027, 2, 28, 16)),
        ("P1Y1M", at(2027, 1, 31, 16), at(2028, 2, 29, 16)),
        ("1 month", at(2027, 1, 31, 4), at(2027, 2, 28, 4)),
        # the same day: the close of business
        ("当天", at(2026, 11, 13, 8), at(2026, 11, 13, 18)),
        ("当天", at(2026, 11, 13, 17, 59, 59), at(2026, 11, 13, 18)),
        ("当天", at(2026, 11, 13, 18), at(2026, 11, 16, 18)),
        ("same day", at(2026, 10, 1, 12), at(2026, 10, 8, 18)),
        # by the 10th: the working day before a day off, never in the past
        ("每月10日前", at(2026, 9, 30, 10), at(2026, 10, 10, 18)),
        ("by the 10th", at(2026, 10, 10, 18), at(2026, 11, 10, 18)),
        ("by the 7th", at(2026, 9, 11, 10), at(2026, 9, 30, 18)),
        ("by the 7th", at(2026, 10, 1, 10), at(2026, 11, 6, 18)),
        ("by the end of the month", at(2026, 10, 10, 10), at(2026, 10, 30, 18)),
        ("每月31日前", at(2027, 2, 1, 10), at(2027, 2, 26, 18)),
    ],
)
def test_what_people_mean(limit: str, since: object, expected: object) -> None:
    assert due(limit, since) == expected  # type: ignore[arg-type]


def test_around_the_clock_working_hours_are_hours() -> None:
    assert due("8 working hours", at(2026, 11, 13, 22), HOTLINE) == at(2026, 11, 14, 6)
    assert due("当天", at(2026, 11, 13, 22), HOTLINE) == at(2026, 11, 14, 0)


@pytest.mark.parametrize("limit", ["3 working hours", "3 working days", "当天", "by the 10th"])
def test_a_calendar_that_is_never_open_is_refused(limit: str) -> None:
    with pytest.raises(RuleError) as caught:
        reckon(parse_limit(limit), at(2026, 11, 13, 10), NEVER)
    assert "没有工作时间" in caught.value.zh
    assert "no working time" in caught.value.en


@pytest.mark.parametrize(
    "limit", ["800000 working hours", "36600 working days", "P99Y11M366D", "876000 小时", "1 个月"]
)
def test_the_end_of_the_calendar_is_refused_in_words(limit: str) -> None:
    with pytest.raises(RuleError) as caught:
        reckon(parse_limit(limit), at(9999, 12, 20, 10), COMPANY)
    assert "9999" in caught.value.zh


@pytest.mark.parametrize("limit", ["当天", "1 working day", "3 working hours", "by the 10th"])
def test_the_last_evening_of_the_calendar_has_no_tomorrow(limit: str) -> None:
    with pytest.raises(RuleError):
        reckon(parse_limit(limit), at(9999, 12, 31, 23), COMPANY)


def test_a_hundred_years_are_the_most() -> None:
    assert due("P100Y", at(2026, 11, 23, 9)) == at(2126, 11, 23, 9)
    for limit in ("P100Y366D", "36600 working days", "800000 working hours"):
        with pytest.raises(RuleError):
            reckon(parse_limit(limit), at(2026, 11, 23, 9), COMPANY)

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from engine.calendar import (
    RuleError,
    following,
    occurrence,
    parse_cycle,
    parse_date,
    parse_schedule,
    reckon,
)
from tests.engine.calendar.some import COMPANY, HOTLINE, SHANGHAI, at


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("2026-11-20", at(2026, 11, 20, 9), at(2026, 11, 20, 18)),
        ("2026年11月20日", at(2026, 11, 20, 9), at(2026, 11, 20, 18)),
        ("2026-11-21", at(2026, 11, 21, 0), at(2026, 11, 22, 0)),
        ("2026-11-20 08:30", at(2026, 11, 20, 8, 30), at(2026, 11, 20, 8, 30)),
        ("2026-11-20T08:30:15", at(2026, 11, 20, 8, 30, 15), at(2026, 11, 20, 8, 30, 15)),
        ("2026-11-20T08:30:00Z", at(2026, 11, 20, 16, 30), at(2026, 11, 20, 16, 30)),
        ("2026-11-20 08:30 +01:00", at(2026, 11, 20, 15, 30), at(2026, 11, 20, 15, 30)),
        ("2026-11-20 08:30-0530", at(2026, 11, 20, 22), at(2026, 11, 20, 22)),
        ("2026年1月5日 8:30", at(2026, 1, 5, 8, 30), at(2026, 1, 5, 8, 30)),
    ],
)
def test_a_date_means_a_moment_of_its_calendar(text: str, opens: object, closes: object) -> None:
    since = at(2026, 11, 1)
    point = parse_date(text)
    assert reckon(point, since, COMPANY).at.astimezone(SHANGHAI) == opens
    assert reckon(point.until_close(), since, COMPANY).at.astimezone(SHANGHAI) == closes


def test_a_day_around_the_clock_begins_and_ends_at_midnight() -> None:
    point = parse_date("2026-11-20")
    assert reckon(point, at(2026, 11, 1), HOTLINE).at == at(2026, 11, 20)
    assert reckon(point.until_close(), at(2026, 11, 1), HOTLINE).at == at(2026, 11, 21)


def test_a_pause_does_not_move_a_date() -> None:
    point, pause = parse_date("2026-11-20"), (at(2026, 11, 3), at(2026, 11, 10))
    assert reckon(point, at(2026, 11, 1), COMPANY, [pause]).at == at(2026, 11, 20, 9)


def test_a_date_says_what_it_means() -> None:
    point = parse_date("2026-11-20")
    assert point.words == ("2026-11-20（周五）上班时（休息日为 00:00）",
                           "the opening of Fri 2026-11-20 (00:00 on a day off)")  # fmt: skip
    assert point.until_close().words == (
        "2026-11-20（周五）下班前（休息日为 24:00）",
        "by the close of business of Fri 2026-11-20 (midnight on a day off)",
    )
    assert parse_date("2026-11-20 08:30").words.zh == "2026-11-20（周五）08:30"
    assert parse_date("2026-11-20 08:30Z").words.en == "Fri 2026-11-20 08:30 UTC"
    found = reckon(point.until_close(), at(2026, 11, 18, 10), COMPANY)
    assert [line.zh for line in found.lines] == [
        "2026-11-18（周三）10:00 起，期限：2026-11-20（周五）下班前",
        "2026-11-20（周五）18:00 到期",
    ]
    provisional = reckon(parse_date("2027-01-04"), at(2026, 11, 18), COMPANY)
    assert provisional.provisional
    assert not reckon(parse_date("2027-01-04 09:00"), at(2026, 11, 18), COMPANY).provisional


@pytest.mark.parametrize(
    "text",
    ["", "3 天", "P3D", "2026-13-01", "2026-02-30", "2026/12/31", "12-31", "46000", "明天",
     "9999-12-31", "1899-12-31", "2026-12-31 24:00", "2026-12-31 18:00 +25:00", "２０２６-12-31",
     "2026-12-31" * 9],
)  # fmt: skip
def test_what_is_no_date_is_refused_with_reason_and_cure(text: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_date(text)
    assert "不是日期。请写 2026-12-31" in caught.value.zh
    assert "is no date. Write 2026-12-31" in caught.value.en


def test_a_schedule_is_a_cycle_or_a_date() -> None:
    once = parse_schedule("2026-11-20")
    assert once.times == 1
    assert once.words == parse_date("2026-11-20").words
    found = occurrence(once, at(2026, 11, 20, 8), COMPANY)
    assert found is not None
    assert (found.at, found.drawn) == (at(2026, 11, 20, 9), datetime(2026, 11, 20))  # noqa: DTZ001
    assert [line.zh for line in found.lines] == ["下一次：2026-11-20（周五）09:00"]
    assert occurrence(once, at(2026, 11, 20, 9), COMPANY) is None
    assert following(once, found.drawn, COMPANY) is None
    assert following(once, found.drawn - timedelta(minutes=1), HOTLINE) is not None
    assert parse_schedule("每周二") == parse_cycle("每周二")
    with pytest.raises(RuleError) as caught:
        parse_schedule("3 天")
    assert "不是周期" in caught.value.zh

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.calendar import parse_limit, reckon
from tests.engine.calendar.some import COMPANY, at


def told(limit: str, since: object, pauses: object = ()) -> tuple[list[str], list[str]]:
    found = reckon(parse_limit(limit), since, COMPANY, pauses)  # type: ignore[arg-type]
    return [line.zh for line in found.lines], [line.en for line in found.lines]


def test_working_hours_are_told_day_by_day() -> None:
    zh, en = told("2 个工作小时", at(2026, 9, 30, 17, 30))
    assert zh == [
        "2026-09-30（周三）17:30 起，期限：2 个工作小时",
        "09-30（周三）17:30–18:00 计 30 分钟",
        "10-01（周四）至 10-07（周三）国庆节休息",
        "10-08（周四）09:00–10:30 计 1 小时 30 分钟",
        "2026-10-08（周四）10:30 到期",
    ]
    assert en == [
        "From Wed 2026-09-30 17:30: 2 working hours",
        "Wed 09-30: 17:30–18:00, 30 minutes",
        "Thu 10-01 to Wed 10-07: National Day, closed",
        "Thu 10-08: 09:00–10:30, 1 hour 30 minutes",
        "Due Thu 2026-10-08 10:30",
    ]


def test_working_days_are_told_in_runs_of_equal_days() -> None:
    zh, en = told("5 个工作日", at(2026, 9, 30, 10))
    assert zh == [
        "2026-09-30（周三）10:00 起，期限：5 个工作日",
        "10-01（周四）至 10-07（周三）国庆节休息",
        "10-08（周四）至 10-09（周五）计 2 个工作日",
        "10-10（周六，国庆节调休）计 1 个工作日",
        "10-11（周日）周末休息",
        "10-12（周一）至 10-13（周二）计 2 个工作日",
        "2026-10-13（周二）10:00 到期",
    ]
    assert en[3] == "Sat 10-10 (National Day make-up workday): 1 working day"


def test_the_next_day_is_told_with_the_days_off_that_it_passes_over() -> None:
    zh, en = told("次日", at(2026, 9, 30, 17, 30))
    assert zh == [
        "2026-09-30（周三）17:30 起，期限：次日下班前",
        "10-01（周四）至 10-07（周三）国庆节休息",
        "2026-10-08（周四）18:00 到期",
    ]
    assert en[0] == "From Wed 2026-09-30 17:30: by the close of business of the next day"
    assert en[-1] == "Due Thu 2026-10-08 18:00"
    plain, _ = told("次日下班前", at(2026, 9, 28, 19))
    assert plain[1:] == ["2026-09-29（周二）18:00 到期"]


def test_the_next_month_is_not_this_one() -> None:
    zh, _ = told("次月10日前", at(2026, 9, 3, 10))
    assert zh[-1] == "2026-10-10（周六）18:00 到期"


def test_a_day_that_is_worked_for_a_holiday_says_so_however_it_is_noted() -> None:
    sunday = date(2026, 9, 20)
    for note, zh, en in (
        ("国庆节", "周日，国庆节调休", "National Day make-up workday"),
        ("National Day", "周日，国庆节调休", "National Day make-up workday"),
        ("补班", "周日，补班", "make-up workday"),
        ("", "周日，调休", "make-up workday"),
    ):
        days = {sunday: replace(COMPANY.days[sunday], note=note)}
        found = reckon(parse_limit("1 个工作日"), at(2026, 9, 18, 10), replace(COMPANY, days=days))
        assert found.lines[2].zh == f"09-20（{zh}）计 1 个工作日"
        assert found.lines[2].en == f"Sun 09-20 ({en}): 1 working day"


def test_equal_days_of_working_hours_are_one_line() -> None:
    zh, _ = told("24 working hours", at(2026, 11, 8, 20))
    assert zh[1:] == [
        "11-08（周日）周末休息",
        "11-09（周一）至 11-11（周三）每天 09:00–12:00、13:00–18:00 计 24 小时",
        "2026-11-11（周三）18:00 到期",
    ]


def test_what_begins_after_hours_says_so() -> None:
    zh, en = told("1 个工作日", at(2026, 11, 13, 19))
    assert zh[1] == "不在上班时间，从 2026-11-16（周一）09:00 上班起计"
    assert en[1] == "Closed: counted from Mon 2026-11-16 09:00"
    assert told("2 working hours", at(2026, 11, 12, 19))[0][1] == "11-12（周四）已下班，不计"


def test_whole_days_say_that_they_end_with_the_last_one() -> None:
    zh, en = told("工作日 2", at(2026, 11, 22, 12, 40))
    assert zh == [
        "2026-11-22（周日）12:40 起，期限：2 个工作日",
        "不在上班时间，从 2026-11-23（周一）09:00 上班起计",
        "11-23（周一）至 11-24（周二）计 2 个工作日",
        "按整日计，到最后一天下班为止",
        "2026-11-24（周二）18:00 到期",
    ]
    assert en[3] == "Whole days: until the close of the last one"
    pause = [(at(2026, 11, 23, 8), at(2026, 11, 24, 19))]
    assert told("工作日 2", at(2026, 11, 22, 12, 40), pause)[0][2:] == [
        "2026-11-23（周一）08:00 暂停，余 2 个工作日",
        "2026-11-24（周二）19:00 恢复，继续计算",
        "不在上班时间，从 2026-11-25（周三）09:00 上班起计",
        "11-25（周三）至 11-26（周四）计 2 个工作日",
        "按整日计，到最后一天下班为止",
        "2026-11-26（周四）18:00 到期",
    ]
    begun = [(at(2026, 11, 24, 10), at(2026, 11, 25, 10))]
    assert told("工作日 2", at(2026, 11, 22, 12, 40), begun)[0][2:] == [
        "11-23（周一）计 1 个工作日",
        "2026-11-24（周二）10:00 暂停，余 7 个工作小时",
        "2026-11-25（周三）10:00 恢复，继续计算",
        "11-25（周三）10:00–12:00、13:00–18:00 计 7 小时",
        "2026-11-25（周三）18:00 到期",
    ]


def test_elapsed_time_needs_two_lines() -> None:
    zh, en = told("5 天", at(2026, 11, 9, 10))
    assert zh == ["2026-11-09（周一）10:00 起，期限：5 天", "2026-11-14（周六）10:00 到期"]
    assert en == ["From Mon 2026-11-09 10:00: 5 days", "Due Sat 2026-11-14 10:00"]


def test_a_day_of_the_month_tells_what_moved_it() -> None:
    zh, en = told("每月7日前", at(2026, 9, 11, 10))
    assert zh[1] == "10-07（周三，国庆节）休息，提前到 09-30（周三）"
    assert en[1] == "Wed 10-07 (National Day) is a day off: on Wed 09-30"


def test_a_pause_tells_what_was_left() -> None:
    pause = [(at(2026, 11, 10, 14), at(2026, 11, 12, 16))]
    assert told("16 working hours", at(2026, 11, 9, 10), pause)[0] == [
        "2026-11-09（周一）10:00 起，期限：16 个工作小时",
        "11-09（周一）10:00–12:00、13:00–18:00 计 7 小时",
        "11-10（周二）09:00–12:00、13:00–14:00 计 4 小时",
        "2026-11-10（周二）14:00 暂停，余 5 个工作小时",
        "2026-11-12（周四）16:00 恢复，继续计算",
        "11-12（周四）16:00–18:00 计 2 小时",
        "11-13（周五）09:00–12:00 计 3 小时",
        "2026-11-13（周五）12:00 到期",
    ]
    assert told("5 working days", at(2026, 11, 9, 10), pause)[0] == [
        "2026-11-09（周一）10:00 起，期限：5 个工作日",
        "11-10（周二）计 1 个工作日",
        "2026-11-10（周二）14:00 暂停，余 3 个工作日 5 个工作小时",
        "2026-11-12（周四）16:00 恢复，继续计算",
        "11-13（周五）计 1 个工作日",
        "11-14（周六）至 11-15（周日）周末休息",
        "11-16（周一）至 11-17（周二）计 2 个工作日",
        "11-17（周二）16:00–18:00 计 2 小时",
        "11-18（周三）09:00–12:00 计 3 小时",
        "2026-11-18（周三）12:00 到期",
    ]
    assert told("2 天", at(2026, 11, 9, 10), pause)[1] == [
        "From Mon 2026-11-09 10:00: 2 days",
        "Paused Tue 2026-11-10 14:00, 20 hours left",
        "Resumed Thu 2026-11-12 16:00",
        "Due Fri 2026-11-13 12:00",
    ]


def test_a_year_that_is_not_published_is_marked() -> None:
    found = reckon(parse_limit("3 个工作日"), at(2026, 12, 30, 10), COMPANY)
    assert found.provisional
    assert [line.zh for line in found.lines[2:]] == [
        "01-01（周五）计 1 个工作日（暂定）",
        "01-02（周六）至 01-03（周日）周末休息（暂定）",
        "01-04（周一）计 1 个工作日（暂定）",
        "2027-01-04（周一）10:00 到期",
        "2027 年的节假日尚未公布，此期限是暂定的",
    ]
    assert not reckon(parse_limit("30 天"), at(2026, 12, 30, 10), COMPANY).provisional


def test_seconds_are_kept_but_minutes_are_told_and_add_up() -> None:
    since = at(2026, 9, 30, 17, 30, 45)
    assert told("2 个工作小时", since)[0] == told("2 个工作小时", at(2026, 9, 30, 17, 30))[0]
    exact = reckon(parse_limit("2 个工作小时"), since, COMPANY).at
    assert exact == at(2026, 10, 8, 10, 30) + timedelta(seconds=45)


@pytest.mark.parametrize("limit", ["20000 个工作小时", "9000 个工作日"])
def test_a_long_derivation_is_shortened(limit: str) -> None:
    zh, _ = told(limit, at(2026, 9, 30, 10))
    assert len(zh) == 121
    assert "行从略" in zh[60]

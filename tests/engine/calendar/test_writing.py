from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import RuleError, parse_cycle, parse_date, parse_limit, parse_schedule

BY_CLOSE = "by the close of business of the "


@pytest.mark.parametrize(
    ("texts", "zh", "en"),
    [
        (
            ["3 个工作日", "3个工作日", "工作日 3", "3 工作日", "3 working days", "3 Business Days",
             "3 workdays", "working days 3", "within 3 working days", "3 个工作日内", "三个工作日",
             "三个工作天", "工作天 3", "三工作日内"],
            "3 个工作日（跳过周末和节假日）",
            "3 working days (weekends and holidays skipped)",
        ),
        (
            ["4 工作小时", "工作小时 4", "4 个工作小时", "4 working hours", "240 工作分钟",
             "3.5 工作小时 30 工作分钟", "四个工作小时", "三个半工作小时三十工作分钟"],
            "4 个工作小时（只计上班时间）",
            "4 working hours (only while open)",
        ),
        (
            ["4 小时", "4小时", "4 hours", "PT4H", "4 hrs", "240 分钟",
             "3 小时 60 分钟", "4 小时内", "四小时", "四个小时以内", "二百四十分钟", "4h", "4 H",
             "in four hours", "不超过 4 小时", "最迟四小时内", "4 個小時"],
            "4 小时，昼夜连续计算",
            "4 hours, day and night",
        ),
        (
            ["14 天", "2 周", "2 weeks", "P2W", "P14D", "14 日", "14 个自然日", "2 个星期",
             "1 week and 7 days", "十四天", "两周", "二个星期", "14天内", "14d", "2w", "两周内",
             "two weeks", "within fourteen days", "2 weeks at most", "2 週"],
            "14 天，不分工作日",
            "14 days, working or not",
        ),
        (["1 个月", "1 month", "P1M", "1个月", "1 个月以内"], "1 个月，不分工作日",
         "1 month, working or not"),
        (["1 年 3 个月", "P1Y3M", "5 个季度", "15 months"], "1 年 3 个月，不分工作日",
         "1 year 3 months, working or not"),
        (["1 天 12 小时", "P1DT12H", "1 day 12 hours"], "1 天 12 小时，不分工作日",
         "1 day 12 hours, working or not"),
        (["1 天", "1 day", "P1D"], "1 天，不分工作日", "1 day, working or not"),
        (["1 小时 30 分钟", "一个半小时", "1个半钟头", "一小时三十分钟", "一小时半",
          "1h30m", "an hour and a half", "one and a half hours"],
         "1 小时 30 分钟，昼夜连续计算", "1 hour 30 minutes, day and night"),
        (["30 分钟", "半小时", "半个小时", "三十分", "half an hour", "half hour"],
         "30 分钟，昼夜连续计算", "30 minutes, day and night"),
        (["6 个月", "半年", "六个月"], "6 个月，不分工作日", "6 months, working or not"),
        (["103 天", "一百零三天"], "103 天，不分工作日", "103 days, working or not"),
        (["PT90S"], "1 分钟 30 秒，昼夜连续计算", "1 minute 30 seconds, day and night"),
        (
            ["当天", "当日", "same day", "Same  Day", "the same day", "当天内", "下班前",
             "今天下班前", "当日下班以前", "end of day", "by the end of the day",
             "by close of business"],
            "当天下班前；下班后或休息日开始的，到下一个工作日下班前",
            BY_CLOSE + "same day; begun after hours or on a day off, of the next working day",
        ),
        (
            ["次日", "次日下班前", "明天下班前", "第二天", "翌日", "次一工作日", "下一个工作日",
             "下个工作日下班前", "next day", "the next working day", "by the end of the next day",
             "by the following business day"],
            "次日下班前，从开始那天的第二天算起；遇休息日，到其后第一个工作日下班前",
            BY_CLOSE + "next day, the day after it begins; if that is a day off, of the first "
            "working day after it",
        ),
        (
            ["次月10日前", "下个月十日前", "by the 10th of next month"],
            "下月 10 日下班前；遇休息日提前到前一个工作日",
            BY_CLOSE[:-4] + "day 10 of next month; if that is a day off, of the working day before",
        ),
        (
            ["下月底前", "by the end of next month"],
            "下月底下班前；遇休息日提前到前一个工作日",
            BY_CLOSE + "last day of next month; if that is a day off, of the working day before",
        ),
        (
            ["每月10日前", "每月 10 日 前", "每月10号之前", "每月十日前", "by the 10th",
             "by the 10th of the month", "by 10th"],
            "下一个 10 日下班前；遇休息日提前到前一个工作日",
            BY_CLOSE + "next day 10 of a month; if that is a day off, of the working day before",
        ),
        (
            ["每月30日前", "by the 30th"],
            "下一个 30 日下班前（2 月为最后一天）；遇休息日提前到前一个工作日",
            BY_CLOSE + "next day 30 of a month (in February its last day); if that is a day off, "
            "of the working day before",
        ),
        (
            ["月底前", "每月31日前", "by the end of the month", "by the 31st", "月底", "本月底前",
             "月末下班前", "end of month"],
            "月底下班前；遇休息日提前到前一个工作日",
            BY_CLOSE + "last day of the month; if that is a day off, of the working day before",
        ),
    ],
)  # fmt: skip
def test_a_limit_is_read_however_it_is_written(texts: list[str], zh: str, en: str) -> None:
    for text in texts:
        assert parse_limit(text).words == (zh, en), text


@pytest.mark.parametrize(
    ("text", "reason", "cure"),
    [
        ("", "不是期限", "请写 3 天"),
        ("3", "没有单位", "请写 3 天、3 个工作日或 3 小时"),
        ("一天半", "说不清有多长", "请写 36 小时，或 12 个工作小时（一天按 8 小时）"),
        ("a day and a half", "说不清有多长", "请写 36 小时，或 12 个工作小时（一天按 8 小时）"),
        ("1个半工作日", "说不清有多长", "请写 12 个工作小时（一天按 8 小时）"),
        ("一个半月", "说不清有多长", "请写 1 个月 15 天"),
        ("一周半", "说不清有多长", "请写 10 天或 11 天"),
        ("半个季度", "说不清有多长", "请写 1 个月 15 天"),
        ("3个工作曰", "“曰”应为“日”", "请写 3个工作日"),
        ("3个工做日", "“做”应为“作”", "请写 3个工作日"),
        ("P3", "没有单位", "请写 P3D（3 天）"),
        ("9点", "钟点", "当天下班前、次日下班前"),
        ("次日9点前", "钟点", "每个工作日 09:00"),
        ("by 9:00", "钟点", "每个工作日 09:00"),
        ("九点半", "钟点", "当天下班前"),
        ("3m", "看不出 m 是分钟还是月", "请写 3 分钟或 3 个月"),
        ("3天前", "“前”要有一个日子", "请写 3天内"),
        ("15号前", "哪一天", "请写 每月15日前，或 15 天"),
        ("3-5天", "只有一个数", "请写 5天"),
        ("大约3天", "要准", "请写 3天"),
        ("工作日3天", "连写", "请写 3 个工作日"),
        ("3天（工作日）", "连写", "请写 3 个工作日"),
        ("隔天", "哪一天", "次日下班前"),
        ("周五前", "星期几", "每周五"),
        ("end of week", "星期几", "每周五"),
        ("年底前", "年底", "2026-12-31"),
        ("尽快", "最迟多久", "当天下班前"),
        ("as soon as possible", "最迟多久", "当天下班前"),
        ("1.3 天", "不是整数", "更小的单位"),
        ("三五天", "不是期限", "请写 3 天"),
        ("一百二天", "不是期限", "请写 3 天"),
        ("零天", "是零", "大于零"),
        ("半天", "说不清有多长", "4 个工作小时"),
        ("半个工作日", "说不清有多长", "4 个工作小时"),
        ("半个月", "说不清有多长", "15 天"),
        ("3 天左右", "不是期限", "请写 3 天"),
        ("3 fortnights", "不是期限", "请写 3 天"),
        ("PT1.5H", "不是期限", "PT4H"),
        ("P3天", "不是期限", "P3D"),
        ("2026-12-31", "不是期限", "请写 3 天"),
        ("P", "不是期限", "P3D"),
        ("每 3 天", "不是期限", "请写 3 天"),
        ("3 天" * 200, "不是期限", "请写 3 天"),
        ("0 天", "是零", "大于零"),
        ("PT0S", "是零", "大于零"),
        ("0 个工作日", "是零", "大于零"),
        ("-3 天", "是负数", "请写正数"),
        ("-P3D", "是负数", "请写正数"),
        ("P-3D", "是负数", "请写正数"),
        ("minus 3 days", "是负数", "请写正数"),
        ("３ 天", "全角", "半角"),
        ("²天", "特殊数字", "半角"),
        ("=A1+3", "表格软件", "请写 3 天"),
        ("72:00:00", "表格软件", "请写 3 天"),
        ("1 个工作日 4 小时", "混用", "请只用工作日"),
        ("1 working day 4 working hours", "混用", "请只用工作日"),
        ("1.5 天", "不是整数", "36 小时"),
        ("0.5 个工作日", "不是整数", "4 个工作小时"),
        ("每月32日前", "没有第 32 日", "1 到 31"),
        ("by the 0th", "没有第 0 日", "1 到 31"),
        ("101 年", "超过 100 年", "请改短"),
        ("36601 天", "超过 100 年", "请改短"),
        ("1000000 working hours", "超过 100 年", "请改短"),
        ("P999Y", "超过 100 年", "请改短"),
    ],
)
def test_what_is_no_limit_is_refused_with_reason_and_cure(
    text: str, reason: str, cure: str
) -> None:
    with pytest.raises(RuleError) as caught:
        parse_limit(text)
    assert reason in caught.value.zh
    assert cure in caught.value.zh
    assert len(caught.value.en) < 600


@pytest.mark.parametrize(
    ("texts", "zh", "en"),
    [
        (["R/PT30M", "每 30 分钟", "每30分钟", "every 30 minutes", "每隔 30 分钟"],
         "每隔 30 分钟", "every 30 minutes"),
        (["R3/PT30M", "每 30 分钟，3 次", "every 30 minutes, 3 times", "每 30 分钟，共 3 次",
          "每三十分钟，三次"],
         "每隔 30 分钟，共 3 次", "every 30 minutes, 3 times"),
        (["R/PT1H", "每小时", "every hour", "hourly", "every 1 hour"],
         "每隔 1 小时", "every 1 hour"),
        (["每 2 个工作日", "every 2 working days"], "每隔 2 个工作日", "every 2 working days"),
        (["每月10日，遇假日提前", "每月 10 日，遇节假日提前", "每月10号,遇休息日提前到前一个工作日",
          "day 10 of each month, the working day before",
          "the 10th of each month, the working day before if it is a holiday",
          "monthly on the 10th, the working day before"],
         "每月 10 日 上班时，遇休息日提前到前一个工作日",
         "day 10 of each month at the opening, the working day before a day off"),
        (["每月10日 09:30，遇假日顺延", "每月10日，遇假日顺延，09:30",
          "day 10 of each month at 09:30, the working day after"],
         "每月 10 日 09:30，遇休息日顺延到后一个工作日",
         "day 10 of each month at 09:30, the working day after a day off"),
        (["每月2日、16日 8:00", "每月二日、十六日 8:00"],
         "每月 2 日、16 日 08:00", "day 2 and day 16 of each month at 08:00"),
        (["每月最后一天 18:00", "每月底 18:00",
          "the last day of each month at 18:00"],
         "每月 最后一天 18:00", "the last day of each month at 18:00"),
        (["每周二", "每星期二", "Tuesdays", "every Tuesday", "on Tuesdays"],
         "每周二 上班时（休息日为 00:00）", "every Tuesday at the opening (00:00 on a day off)"),
        (["每周一、三、五 8:00", "每周一、周三和周五 08:00",
          "Mondays, Wednesdays and Fridays at 8:00"],
         "每周一、周三、周五 08:00", "every Monday and Wednesday and Friday at 08:00"),
        (["每周日 10:00", "每周天 10:00", "Sundays at 10:00"],
         "每周日 10:00", "every Sunday at 10:00"),
        (["每季度首月2日 09:00", "每季度第一个月的二日 09:00", "每个季度首月 2 日 09:00",
          "the 2nd of the first month of a quarter at 09:00"],
         "每季度首月 2 日 09:00", "day 2 of the first month of each quarter at 09:00"),
        (["每季度末月25日 09:00", "the 25th of the last month of each quarter at 09:00"],
         "每季度末月 25 日 09:00", "day 25 of the last month of each quarter at 09:00"),
        (["每年3月1日 09:00", "每年三月一日 09:00", "March 1 of each year at 09:00"],
         "每年 3 月 1 日 09:00", "day 1 of March each year at 09:00"),
        (["每月30日 09:00"], "每月 30 日（2 月为最后一天） 09:00",
         "day 30 of each month (in February its last day) at 09:00"),
        (["每月29日、31日 09:00"], "每月 29 日、最后一天（平年 2 月为最后一天） 09:00",
         ("day 29 and the last day of each month (in February its last day, unless in a leap "
          "year) at 09:00")),
        (["每季度首月30日 09:00"],
         "每季度首月 30 日 09:00", "day 30 of the first month of each quarter at 09:00"),
        (["每年2月29日 09:00", "February 29 of each year at 09:00"],
         "每年 2 月 29 日（平年 2 月为最后一天） 09:00",
         "day 29 of February each year (in February its last day, unless in a leap year) at 09:00"),
        (["每年2月最后一天 09:00", "每年二月底 09:00",
          "the last day of February of each year at 09:00"],
         "每年 2 月 最后一天 09:00", "the last day of February each year at 09:00"),
        (["每天 09:00、15:00", "每日15:00，09:00", "daily at 09:00, 15:00",
          "every day at 09:00 and 15:00", "每天 9：00、15：00"],
         "每天 09:00、15:00", "every day at 09:00, 15:00"),
        (["每个工作日 09:00", "每工作日 09:00", "每个工作天 09:00",
          "every working day at 09:00"],
         "每个工作日 09:00", "every working day at 09:00"),
        (["每天 09:00，5 次", "daily at 09:00, 5 times"],
         "每天 09:00，共 5 次", "every day at 09:00, 5 times"),
    ],
)  # fmt: skip
def test_a_cycle_is_read_however_it_is_written(texts: list[str], zh: str, en: str) -> None:
    for text in texts:
        assert parse_cycle(text).words == (zh, en), text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "不是周期"),
        ("P3D", "不是周期"),
        ("3 天", "不是周期"),
        ("R3/2026-01-01/P1D", "不是周期"),
        ("0 9 * * 1", "不是周期"),
        ("每当天", "不是周期"),
        ("每逢佳节", "不是周期"),
        ("R0/PT1H", "不在 1 到"),
        ("R99999/PT1H", "不在 1 到"),
        ("每 1 天，0 次", "不在 1 到"),
        ("R-1/PT1H", "是负数"),
        ("R/PT1S", "不到一分钟"),
        ("每 30 秒", "不到一分钟"),
        ("R/PT0S", "是零"),
        ("每 ３０ 分钟", "全角"),
        ("每天 24:00", "不是时刻"),
        ("每天 09:75", "不是时刻"),
        ("每月32日", "没有第 32 日"),
        ("每年13月1日", "没有第 13 月"),
        ("每年2月30日", "2 月没有 30 日，这一天永远不会来"),
        ("每年四月三十一日", "请写有的日期，或 每年4月最后一天"),
        ("February 31 of each year", "每年2月最后一天"),
        ("每天 09:00，遇假日提前", "不用提前或顺延"),
        ("每 101 年", "超过 100 年"),
    ],
)
def test_what_is_no_cycle_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_cycle(text)
    assert reason in caught.value.zh
    assert caught.value.en


@given(
    st.text(
        alphabet="PTRDHMSWY0123456789/. 每天日周月年工作个小时分钟当前以内"
        "一两三十百零半,，:：nthdays-=",
        max_size=24,
    )
)
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    for read in (parse_limit, parse_cycle):
        try:
            words = read(text).words
        except RuleError as error:
            words = error.zh, error.en  # type: ignore[assignment]
        assert all(words)


def test_ten_megabytes_are_refused_unread_and_not_repeated() -> None:
    for read in (parse_limit, parse_cycle, parse_date, parse_schedule):
        with pytest.raises(RuleError) as caught:
            read("每周一、3 天" * 1_000_000)
        assert len(caught.value.zh) < 600

"""How a cycle is written: ISO 8601, or words in Chinese or English."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from engine.calendar.cycles import Cycle, Once, OnDays, Repeat, Schedule, Shift
from engine.calendar.dates import parse_date
from engine.calendar.limits import Elapsed, OpenTime
from engine.calendar.model import NoLimitError, RuleError
from engine.calendar.rules import (
    QUARTER_FIRSTS,
    QUARTER_LASTS,
    EveryDay,
    EveryWorkingDay,
    MonthDays,
    WeekDays,
)
from engine.calendar.until import LAST_DAY, ByDay, NextDay, SameDay
from engine.calendar.words import MONTHS, WEEKDAYS
from engine.calendar.writing import MOST_LETTERS, day_number, parse_limit, tidied

if TYPE_CHECKING:
    from engine.calendar.rules import Days

MOST_TIMES: Final = 10_000
A_LEAP_YEAR: Final = 2000
HOURS: Final = 24
MINUTES: Final = 60
SHORTEST: Final = timedelta(minutes=1)

_ISO: Final = re.compile(r"R(?P<times>\d{0,6})/(?P<limit>P.*)", re.ASCII)
_TIMES: Final = re.compile(r" ?[,，]? ?(?:(?:共|最多) ?)?(?P<times>\d{1,6}) ?(?:次|times?)$")
_SHIFT: Final = re.compile(
    r" ?[,，]? ?(?:(?:如|若)?[遇逢](?:法定)?(?:节假日|节日|假日|休息日|周末|非工作日)时?"
    r"(?:则|就)?(?:(?P<zh_before>提前)|(?P<zh_after>顺延|推迟|延后))"
    r"(?:到|至)?(?:前一个?工作日|后一个?工作日|下一个?工作日)?"
    r"|(?:on )?the working day (?:(?P<en_before>before)|(?P<en_after>after))"
    r"(?: (?:if (?:it is|on|that is) )?an? (?:holiday|day off))?)$"
)
_CLOCK: Final = r"\d{1,2}[:：]\d{2}"
_CLOCKS: Final = re.compile(
    rf"(?:^| ?[,，]? ?(?:的|at )?)(?P<clocks>{_CLOCK}(?: ?(?:[、,，和]|and) ?{_CLOCK})*)$"
)
_ZH_WEEK: Final = "一二三四五六日"
_WEEKDAY: Final = f"[{_ZH_WEEK}天]"
_DAY: Final = r"\d{1,2} ?[日号]"
_TH: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_QUARTER: Final = r"(?:a|each|every|the) quarter"
_FIRST_OR_LAST: Final = r"the (?:(?P<first>first)|(?P<final>last)) month"
_EN_WEEK: Final = "|".join(name.en.casefold() for name in WEEKDAYS)
_EN_MONTH: Final = "|".join(name.casefold() for name in MONTHS)
_EACH: Final = r"(?:of )?(?:each|every|the)"
_RULES: Final = tuple(
    re.compile(text)
    for text in (
        rf"每个?月(?:的)? ?(?P<days>(?:\d{{1,2}} ?[日号]? ?[、,，和] ?)*{_DAY})",
        r"每个?月(?:的)?(?P<last>(?:最后一|末)[天日]|月?底)",
        rf"每个?季度?的?(?:(?P<first>第一个|首个?)|(?P<final>最后一个|末))月的? ?(?P<days>{_DAY})",
        rf"每年的? ?(?P<month>\d{{1,2}}) ?月的? ?(?P<days>{_DAY})",
        r"每年的? ?(?P<month>\d{1,2}) ?月的? ?(?P<last>(?:最后一|末)[天日]|底)",
        rf"每(?:个?星期|周|礼拜)(?P<week>{_WEEKDAY}(?: ?[、,，和] ?(?:周|星期)?{_WEEKDAY})*)",
        r"每个?(?P<working>工作日)",
        r"每(?P<daily>天|日)",
        rf"(?:on )?(?:the )?(?:day )?(?P<days>{_TH}) {_EACH} month",
        rf"monthly on (?:the )?(?:day )?(?P<days>{_TH})",
        rf"(?P<last>(?:on )?the last day) {_EACH} month",
        rf"(?:the )?(?:day )?(?P<days>{_TH}) of {_FIRST_OR_LAST} of {_QUARTER}",
        rf"(?P<name>{_EN_MONTH}) (?P<days>{_TH}) {_EACH} year",
        rf"(?:on )?(?P<last>the last day) of (?P<name>{_EN_MONTH}) {_EACH} year",
        rf"(?:every |on )?(?P<week>(?:{_EN_WEEK})s?(?:(?:, ?| and )(?:{_EN_WEEK})s?)*)",
        r"(?:every |each |on )?(?P<working>(?:working|business) days?|weekdays? at work)",
        r"(?P<daily>daily|every day|each day)",
    )
)


def parse_cycle(text: str) -> Cycle:
    """Read a cycle such as R3/PT1H, 每 30 分钟, 每月10日，遇假日提前, daily at 09:00, 15:00.

    RuleError says what is wrong with the text and shows how to write it.
    """
    if len(text) > MOST_LETTERS:
        raise no_cycle(f"{text[:MOST_LETTERS]}…")
    plain = tidied(text)
    iso = _ISO.fullmatch(text.strip())
    if iso is not None:
        return _repeat(iso["limit"], _times(iso["times"]))
    found = _TIMES.search(plain)
    times, plain = (_times(found["times"]), plain[: found.start()]) if found else (None, plain)
    rule = _on_days(plain, text)
    if rule is not None:
        return replace(rule, times=times)
    limit = re.fullmatch(r"(?:每隔?|every) ?(?P<limit>.+)|(?P<hourly>hourly)", plain)
    if limit is None:
        raise no_cycle(text)
    return _repeat("1 hour" if limit["hourly"] else limit["limit"], times, text)


def parse_schedule(text: str) -> Schedule:
    """Read a cycle, or a date on which something begins once. RuleError as for cycles."""
    try:
        return parse_cycle(text)
    except RuleError as error:
        try:
            return Once(parse_date(text))
        except RuleError:
            raise error from None


def no_cycle(text: str) -> RuleError:
    """Say that a text is no cycle, and how one is written."""
    return RuleError(
        f"“{text}”不是周期。请写 每 30 分钟、每 30 分钟，3 次、每月10日，遇假日提前、每周二、"
        "每季度首月2日、每天 09:00、15:00、每个工作日 09:00，或 R3/PT1H。",
        f'"{text}" is no cycle. Write every 30 minutes; every 30 minutes, 3 times; day 10 of each '
        "month, the working day before; Tuesdays; the 2nd of the first month of a quarter; "
        "daily at 09:00, 15:00; every working day at 09:00; or R3/PT1H.",
    )


def _times(text: str) -> int | None:
    if not text:
        return None
    if not 0 < int(text) <= MOST_TIMES:
        raise RuleError(
            f"次数 {text} 不在 1 到 {MOST_TIMES} 之间。请改次数，或不写次数表示一直重复。",
            f"{text} times is not within 1 to {MOST_TIMES}. Change it, or leave it out "
            "to repeat for ever.",
        )
    return int(text)


def _repeat(written: str, times: int | None, text: str | None = None) -> Repeat:
    bare = re.fullmatch(r"[^\d]+", written)
    try:
        limit = parse_limit(f"1 {written}" if bare else written)
    except NoLimitError:
        raise no_cycle(text or written) from None
    if isinstance(limit, SameDay | NextDay | ByDay):
        raise no_cycle(text or written)
    if isinstance(limit, Elapsed | OpenTime) and _is_short(limit):
        raise RuleError(
            f"“{text or written}”不到一分钟就重复一次。请写一分钟以上。",
            f'"{text or written}" comes round in less than a minute. Write a minute or more.',
        )
    return Repeat(limit, times)


def _is_short(limit: Elapsed | OpenTime) -> bool:
    whole_days = isinstance(limit, Elapsed) and (limit.days or limit.months)
    return not whole_days and limit.time < SHORTEST


def _on_days(plain: str, text: str) -> OnDays | None:
    """Read a rule of the calendar with its times and what a holiday does; None if it is none."""
    plain, shift = _shift(plain)
    plain, minutes = _clocks(plain, text)
    if shift is Shift.NONE:
        plain, shift = _shift(plain)
    found = next((match for rule in _RULES if (match := rule.fullmatch(plain))), None)
    if found is None:
        return None
    days = _days(found.groupdict())
    if shift is not Shift.NONE and isinstance(days, EveryDay | EveryWorkingDay):
        raise RuleError(
            f"“{text}”：每天或每个工作日的规则不用提前或顺延。请删去。",
            f'"{text}": a rule for every day is not moved. Leave out the working day before or '
            "after.",
        )
    return OnDays(days, minutes, shift)


def _shift(plain: str) -> tuple[str, Shift]:
    found = _SHIFT.search(plain)
    if found is None:
        return plain, Shift.NONE
    before = found["zh_before"] or found["en_before"]
    return plain[: found.start()].strip(), Shift.BEFORE if before else Shift.AFTER


def _clocks(plain: str, text: str) -> tuple[str, tuple[int, ...]]:
    found = _CLOCKS.search(plain)
    if found is None:
        return plain, ()
    minutes = []
    for clock in re.findall(_CLOCK, found["clocks"]):
        hour, minute = map(int, re.split("[:：]", clock))
        if hour >= HOURS or minute >= MINUTES:
            raise RuleError(
                f"“{text}”中的 {clock} 不是时刻。请写 00:00 到 23:59。",
                f'{clock} in "{text}" is no time of day. Write 00:00 to 23:59.',
            )
        minutes.append(hour * 60 + minute)
    return plain[: found.start()].strip(), tuple(sorted(set(minutes)))


def _days(found: dict[str, str | None]) -> Days:
    if found.get("working"):
        return EveryWorkingDay()
    if found.get("daily"):
        return EveryDay()
    if week := found.get("week"):
        return WeekDays(_weekdays(week))
    months, numbers = _months(found), re.findall(r"\d+", found.get("days") or "")
    days = tuple(sorted({day_number(n) for n in numbers})) or (LAST_DAY,)
    if len(months) == 1 and numbers:
        _check_comes(months[0], days[-1])
    return MonthDays(days, months)


def _check_comes(month: int, day: int) -> None:
    """Raise RuleError for a day that the month has in no year."""
    if day > monthrange(A_LEAP_YEAR, month)[1]:
        name = MONTHS[month - 1]
        raise RuleError(
            f"{month} 月没有 {day} 日，这一天永远不会来。请写有的日期，或 每年{month}月最后一天。",
            f"No {name} has a day {day}: it would never come. Write a day that it has, or the last "
            f"day of {name} of each year.",
        )


def _weekdays(text: str) -> tuple[int, ...]:
    zh = {_ZH_WEEK.index(each) for each in text.replace("天", "日") if each in _ZH_WEEK}
    en = {n for n, name in enumerate(WEEKDAYS) if name.en.casefold() in text}
    return tuple(sorted(zh | en))


def _months(found: dict[str, str | None]) -> tuple[int, ...]:
    if found.get("first"):
        return QUARTER_FIRSTS
    if found.get("final"):
        return QUARTER_LASTS
    if name := found.get("name"):
        return (_EN_MONTH.split("|").index(name) + 1,)
    month = found.get("month")
    if month is None:
        return tuple(range(1, len(MONTHS) + 1))
    if not 1 <= int(month) <= len(MONTHS):
        raise RuleError(
            f"一年没有第 {month} 月。请写 1 到 12。", f"No year has a month {month}. Write 1 to 12."
        )
    return (int(month),)

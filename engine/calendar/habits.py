"""How people write limits: brought into the words that are read, or told what to write instead."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, NamedTuple

from engine.calendar.model import NoLimitError, RuleError, Words

_EN_UNIT: Final = (
    r"(?:(?:calendar|working|business) )?(?:work ?days?|days?|hours?|hrs?|min(?:ute)?s?|weeks?|"
    r"months?|quarters?|years?)"
)
_ZH_UNIT: Final = (
    r"(?:个?(?:工作[日天]|工作小时|工时|小时|钟头|自然日|日历日|星期|礼拜|周|月|季度?)"
    r"|工作分钟?|分钟?|天|日|年)"
)
_UNIT: Final = rf"(?:{_ZH_UNIT}|{_EN_UNIT})"
_AMOUNT: Final = rf"\d{{1,9}}(?:\.\d{{1,4}})? ?{_UNIT}"
_COUNTS: Final = {
    "a": "1", "an": "1", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "twelve": "12",
    "fourteen": "14", "fifteen": "15", "twenty": "20", "thirty": "30",
}  # fmt: skip
_WORD: Final = "|".join(sorted(_COUNTS, key=len, reverse=True))
_LETTERS: Final = {"h": "hours", "d": "days", "w": "weeks"}
_AT_MOST: Final = re.compile(
    r"^(?:不超过|不得超过|最多|至多|最迟|最长) ?|^(?:in|within|at most|no more than|up to) "
    r"|(?:(?:以|之)?内| at most| max(?:imum)?| or less)$"
)


def usual(plain: str) -> str:
    """Give a limit in the words that are read: 24h, an hour and a half, 最迟 3 天, 一刻钟."""
    plain = _AT_MOST.sub("", plain).strip().replace("1刻钟", "15分钟").replace("一刻钟", "15分钟")
    plain = re.sub(rf"^half (?:an? )?(?={_EN_UNIT}$)", "0.5 ", plain)
    plain = re.sub(rf"\b({_WORD}) (?={_EN_UNIT}\b)", lambda m: f"{_COUNTS[m[1]]} ", plain)
    plain = re.sub(rf"\b({_WORD}|\d+) and a half(?= {_EN_UNIT})", _and_a_half, plain)
    plain = re.sub(rf"^(\d+) ({_EN_UNIT}) and a half$", r"\1.5 \2", plain)
    plain = re.sub(r"^(\d+) ?h ?(\d+) ?m(?:in)?$", r"\1 hours \2 minutes", plain)
    plain = re.sub(r"(?<=[a-z])-(?=[a-z])", " ", plain)
    return re.sub(r"(?<=\d) ?([hdw])(?=$|[ \d])", lambda m: f" {_LETTERS[m[1]]}", plain)


def _and_a_half(found: re.Match[str]) -> str:
    return f"{_COUNTS.get(found[1], found[1])}.5"


def no_whole(text: str, number: Fraction, unit: str) -> RuleError:
    """Say that half a day, or the like, has no certain length, and what it may be."""
    hours, whole, half = 8 * number, int(number), number % 1 == Fraction(1, 2)
    days_zh, days_en = f"{hours} 个工作小时（一天按 8 小时）", f"{hours} working hours (8 a day)"
    instead = {
        "days": Words(f"{24 * number} 小时，或 {days_zh}", f"{24 * number} hours, or {days_en}"),
        "work_days": Words(days_zh, days_en),
        "weeks": Words(f"{7 * whole + 3} 天或 {7 * whole + 4} 天",
                       f"{7 * whole + 3} days or {7 * whole + 4} days"),
        "months": Words(f"{whole} 个月 15 天" if whole else "15 天",
                        f"{whole} months 15 days" if whole else "15 days"),
        "quarters": Words(f"{3 * whole + 1} 个月 15 天", f"{3 * whole + 1} months 15 days"),
    }.get(unit) if half else None  # fmt: skip
    zh, en = instead or (
        "更小的单位，如 1 小时 30 分钟",
        "a smaller unit, such as 1 hour 30 minutes",
    )
    return RuleError(
        f"“{text}”不是整数，说不清有多长。请写 {zh}。",
        f'"{text}" is no whole number: its length is not clear. Write {en}.',
    )


class _Habit(NamedTuple):
    """What some people write, why it is no limit, and what they mean; {…} are the groups."""

    written: re.Pattern[str]
    why: Words
    instead: Words


def _habit(written: str, why: tuple[str, str], instead: tuple[str, str]) -> _Habit:
    return _Habit(re.compile(written), Words(*why), Words(*instead))


_CLOCK: Final = (
    r"(?:\d{1,2}[:：]\d{2}|(?:\d{1,2}|[一二两三四五六七八九十]+) ?(?:点|时(?!间))半?"
    r"|\d{1,2} ?[ap]\.?m\.?|noon)"
)
_BEFORE: Final = "(?:(?:之|以)?前)"
_HABITS: Final = (
    _habit(
        r"(?P<number>\d{1,9}(?:\.\d{1,4})?)",
        ("没有单位", "it has no unit"),
        ("{number} 天、{number} 个工作日或 {number} 小时",
         "{number} days, {number} working days or {number} hours"),
    ),
    _habit(
        r"p(?P<number>\d{1,5})",
        ("没有单位", "it has no unit"),
        ("P{number}D（{number} 天）或 PT{number}H（{number} 小时）",
         "P{number}D ({number} days) or PT{number}H ({number} hours)"),
    ),
    _habit(
        r"(?P<number>\d{1,9}) ?m",
        ("看不出 m 是分钟还是月", "m may be minutes or months"),
        ("{number} 分钟或 {number} 个月", "{number} minutes or {number} months"),
    ),
    _habit(
        rf"(?P<most>(?P<number>\d{{1,9}}) ?(?P<unit>{_UNIT})) ?(?:左右|上下)"
        rf"|(?:大?约|大概|about |around |approximately )(?P<about>{_AMOUNT})",
        ("期限要准", "a limit is exact"),
        ("{most}{about}", "{most}{about}"),
    ),
    _habit(
        rf"\d{{1,9}} ?{_UNIT}? ?(?:-|~|～|—|–|至|到|to|or|或) ?(?P<most>{_AMOUNT})",
        ("一个期限只有一个数；较长的那个才是期限", "a limit is one number, the longer one"),
        ("{most}", "{most}"),
    ),
    _habit(
        rf"(?:本月|当月|每个月)? ?(?P<day>\d{{1,2}}) ?[日号]{_BEFORE}",
        ("看不出是每月的哪一天，还是几天之内", "it may be a day of the month, or a number of days"),
        ("每月{day}日前，或 {day} 天", "by the {day}th, or {day} days"),
    ),
    _habit(
        rf"(?P<amount>\d{{1,9}} ?{_ZH_UNIT}){_BEFORE}",
        ("“前”要有一个日子，期限是从开始往后算的", "limits count forward from the beginning"),
        ("{amount}内", "{amount}内"),
    ),
    _habit(
        r"工作日 ?(?P<first>\d{1,9}) ?天|(?P<second>\d{1,9}) ?天 ?[(（]? ?工作日 ?[)）]?",
        ("天和工作日连写，不知道按哪个算", "days and working days stand side by side"),
        ("{first}{second} 个工作日", "{first}{second} working days"),
    ),
    _habit(
        rf".*{_CLOCK}.*",
        ("写的是钟点，期限写的是多久", "it names a time of day, and a limit says how long"),
        ("当天下班前、次日下班前或 4 个工作小时；每天定时的是周期（timeCycle）：每个工作日 09:00",
         "same day, next day or 4 working hours; a cycle (timeCycle) comes daily at 09:00"),
    ),
    _habit(
        r"(?:by )?tomorrow",
        ("只认 next day", "the words for it are next day"),
        ("次日下班前", "next day"),
    ),
    _habit(
        r"(?:by )?today",
        ("只认 same day", "the words for it are same day"),
        ("当天下班前", "same day"),
    ),
    _habit(
        r"(?:隔|后|大后)[天日]",
        ("说不准是哪一天", "it may be one day or another"),
        ("次日下班前、2 天或 2 个工作日", "next day, 2 days or 2 working days"),
    ),
    _habit(
        r"(?:.*(?:周|星期|礼拜)[一二三四五六日天末].*|(?:本|当|这)(?:周|星期|礼拜).*"
        r"|.*(?:mon|tues|wednes|thurs|fri|satur|sun)day.*|.*end of (?:the |this )?week.*)",
        ("期限不能按星期几写", "a limit names no day of the week"),
        ("3 个工作日、5 天或 1 周；每周一次的，写成周期（timeCycle），如 每周五",
         "3 working days, 5 days or 1 week; what comes weekly is a cycle (timeCycle): Fridays"),
    ),
    _habit(
        r"(?:.*(?:年|季度?)(?:底|末).*|.*end of (?:the |this )?(?:year|quarter).*)",
        ("期限不能写到年底或季末", "a limit does not run to the end of a quarter or year"),
        ("3 个月，或写成日期（timeDate），如 2026-12-31",
         "3 months, or a date (timeDate): 2026-12-31"),
    ),
    _habit(
        r"(?:尽快|尽早|立即|立刻|马上|及时|随时|即时|asap|at once|immediately|(?:as )?soon"
        r"(?: as possible)?|now|urgent(?:ly)?|promptly|quickly|right away|without delay)",
        ("没有说最迟多久", "it does not say how late is too late"),
        ("1 个工作小时、当天下班前或 次日下班前", "1 working hour, same day or next day"),
    ),
)  # fmt: skip
_LOOKALIKES: Final = str.maketrans("曰目夭做", "日日天作")


def refusal(text: str, plain: str) -> RuleError | None:
    """Say of a text that is no limit what its writer may have meant; None if nobody knows."""
    mended = plain.translate(_LOOKALIKES)
    if mended != plain and re.fullmatch(_AMOUNT, mended):
        odd = next(each for each in plain if ord(each) in _LOOKALIKES)
        right = odd.translate(_LOOKALIKES)
        return _no(text, Words(f"“{odd}”应为“{right}”", f"{odd} should be {right}"),
                   Words(mended, mended))  # fmt: skip
    for habit in _HABITS:
        if (found := habit.written.fullmatch(plain)) is not None:
            groups = {name: value or "" for name, value in found.groupdict().items()}
            return _no(text, habit.why, Words(*(said.format(**groups) for said in habit.instead)))
    return None


def _no(text: str, why: Words, instead: Words) -> NoLimitError:
    return NoLimitError(
        f"“{text}”不是期限：{why.zh}。请写 {instead.zh}。",
        f'"{text}" is no limit: {why.en}. Write {instead.en}.',
    )

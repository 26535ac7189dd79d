"""How a limit is written: ISO 8601, or words in Chinese or English."""

from __future__ import annotations

import re
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.calendar.habits import no_whole, refusal, usual
from engine.calendar.limits import Elapsed, OpenDays, OpenTime
from engine.calendar.model import NoLimitError, NothingError, RuleError, Words
from engine.calendar.numerals import in_digits
from engine.calendar.open_time import MAX_YEARS, too_long
from engine.calendar.until import LAST_DAY, ByDay, NextDay, SameDay

if TYPE_CHECKING:
    from engine.calendar.limits import Limit

MOST_LETTERS: Final = 160
_ISO: Final = re.compile(
    r"P(?=.)(?:(?P<years>\d{1,3})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<weeks>\d{1,4})W)?"
    r"(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?=.)(?:(?P<hours>\d{1,6})H)?(?:(?P<minutes>\d{1,8})M)?(?:(?P<seconds>\d{1,9})S)?)?",
    re.ASCII,
)
_NUMBER: Final = r"\d{1,9}(?:\.\d{1,4})?"
_UNITS: Final = {
    "work_days": r"个?工作日|(?:working|business) ?days?|work ?days?",
    "work_hours": r"个?(?:工作小时|工时)|(?:working|business) ?(?:hours?|hrs?)",
    "work_minutes": r"工作分钟?|(?:working|business) ?min(?:ute)?s?",
    "years": r"年|years?",
    "quarters": r"个?季度?|quarters?",
    "months": r"个?月|months?",
    "weeks": r"个?(?:周|星期|礼拜)|weeks?",
    "days": r"天|日|个?自然日|个?日历日|(?:calendar ?)?days?",
    "hours": r"个?(?:小时|钟头)|hours?|hrs?",
    "minutes": r"分钟?|min(?:ute)?s?",
    "seconds": r"秒钟?|sec(?:ond)?s?",
}
_ANY: Final = "|".join(f"(?P<{name}>{unit})" for name, unit in _UNITS.items())
_PART: Final = re.compile(
    rf"(?P<number>{_NUMBER}) ?(?:{_ANY})(?: ?(?:,|，|、|和|零|又|and) ?| |$|(?=\d))"
)
_TURNED: Final = re.compile(rf"(?:{_ANY}) ?(?P<number>{_NUMBER})")
_BEFORE: Final = "(?:下班)? ?(?:之|以)?前"
_BUSINESS: Final = "(?:working |business )?day"
_SAME_DAY: Final = re.compile(
    rf"(?:当|本|今|同一?)[天日](?:{_BEFORE})?|下班(?:之|以)?前"
    rf"|(?:(?:on|by) )?(?:the )?same {_BUSINESS}"
    rf"|(?:by )?(?:the )?(?:end|close) of (?:business|(?:the )?(?:same )?{_BUSINESS})"
)
_NEXT_DAY: Final = re.compile(
    rf"(?:(?:次|翌|明|第二)[天日]|[次下][一1]?个?工作日)(?:{_BEFORE})?"
    rf"|(?:by )?(?:(?:the )?(?:end|close) of (?:business (?:of|on) )?)?"
    rf"(?:the )?(?:next|following) {_BUSINESS}"
)
_BY_DAY: Final = re.compile(
    rf"(?:每个?月|(?P<zh_next>[次下]个?月)) ?(?P<zh>\d{{1,2}}) ?[日号] ?{_BEFORE}"
    r"|by (?:the )?(?P<en>\d{1,2})(?:st|nd|rd|th)"
    r"(?: of (?:(?:the|each|every) month|(?P<en_next>(?:the )?next month)))?"
)
_BY_END: Final = re.compile(
    rf"(?:每|本|当|(?P<zh_next>[次下]))?个?月(?:底|末)(?:{_BEFORE})?"
    r"|(?:by )?(?:the )?(?:end|last day) of (?:(?:the|this|each) )?month"
    r"|by (?:the )?(?:end|last day) of (?P<en_next>(?:the )?next month)"
)
_EARLY: Final = str.maketrans("個週時鐘鍾點內兩號", "个周时钟钟点内两号")
_MINUTES: Final = {"work_hours": 60, "work_minutes": 1}
_SECONDS: Final = {"hours": 3600, "minutes": 60, "seconds": 1}
_DAYS: Final = {"weeks": 7, "days": 1}
_MONTHS: Final = {"years": 12, "quarters": 3, "months": 1}
_MOST_DAYS: Final = MAX_YEARS * 366
DAY: Final = 86_400
MONTH: Final = 2_629_800


class _Part(NamedTuple):
    number: Fraction
    unit: str


def parse_limit(text: str) -> Limit:
    """Read a limit such as P3D, 3 个工作日, 4 working hours, 当天, by the 10th.

    RuleError says what is wrong with the text and shows how to write it.
    """
    plain = usual(tidied(text))
    iso = _ISO.fullmatch(text.strip())
    if iso is not None:
        parts = [_Part(Fraction(value), unit) for unit, value in iso.groupdict().items() if value]
    elif _SAME_DAY.fullmatch(plain):
        return SameDay()
    elif _NEXT_DAY.fullmatch(plain):
        return NextDay()
    elif (by_end := _BY_END.fullmatch(plain)) is not None:
        return ByDay(LAST_DAY, _later(by_end))
    elif (by_day := _BY_DAY.fullmatch(plain)) is not None:
        return ByDay(day_number(by_day["zh"] or by_day["en"]), _later(by_day))
    else:
        parts = _parts(plain)
    if not parts:
        raise refusal(text, plain) or no_limit(text)
    return _limit(parts, text)


def _later(found: re.Match[str]) -> int:
    """Give in how many months a day of the month is meant at the earliest."""
    return int(bool(found["zh_next"] or found["en_next"]))


def tidied(text: str) -> str:
    """Give a text in small letters, with single blanks and with digits.

    RuleError for what must be typed anew.
    """
    if len(text) > MOST_LETTERS:
        raise no_limit(f"{text[:MOST_LETTERS]}…")
    plain = " ".join(text.split()).casefold().translate(_EARLY)
    odd = next((each for each in plain if each.isdigit() and not each.isascii()), None)
    if odd is not None:
        raise RuleError(
            f"“{text}”中的“{odd}”是全角或特殊数字。请改用半角数字，如 3。",
            f'"{odd}" in "{text}" is a full-width or special digit. Type plain ones, such as 3.',
        )
    if plain.startswith(("-", "−", "－", "负", "minus")) or re.match(r"p-|r-", plain):
        raise RuleError(
            f"“{text}”是负数。期限从开始时往后算，请写正数。",
            f'"{text}" is negative. Limits count forward: write a positive number.',
        )
    if plain.startswith("=") or re.fullmatch(r"\d+(:\d+){2}", plain):
        raise RuleError(
            f"“{text}”是表格软件的写法。{EXAMPLES.zh}",
            f'"{text}" is how a spreadsheet writes it. {EXAMPLES.en}',
        )
    return in_digits(plain)


EXAMPLES: Final = Words(
    "请写 3 天、4 小时、3 个工作日、4 个工作小时、2 周、1 个月、当天、次日、每月10日前，"
    "或 P3D、PT4H。",
    "Write 3 days, 4 hours, 3 working days, 4 working hours, 2 weeks, 1 month, "
    "same day, next day, by the 10th, or P3D, PT4H.",
)


def limit_said(text: str) -> Words:
    """Say a limit as people do: 12 小时 for PT12H; what is none, as it stands."""
    try:
        return parse_limit(text).length
    except RuleError:
        return Words(text, text)


def no_limit(text: str) -> NoLimitError:
    """Say that a text is no limit, and how one is written."""
    return NoLimitError(f"“{text}”不是期限。{EXAMPLES.zh}", f'"{text}" is no limit. {EXAMPLES.en}')


def day_number(text: str) -> int:
    """Read a day of the month; RuleError if no month has it."""
    if not 1 <= int(text) <= LAST_DAY:
        raise RuleError(
            f"一个月没有第 {text} 日。请写 1 到 31。",
            f"No month has a day {text}. Write 1 to 31.",
        )
    return int(text)


def _parts(plain: str) -> list[_Part]:
    """Read "1 天 4 小时" part by part; nothing if some of it is none."""
    turned = _TURNED.fullmatch(plain)
    if turned is not None:
        return [_part(turned)]
    parts, place = [], 0
    while place < len(plain):
        found = _PART.match(plain, place)
        if found is None:
            return []
        parts.append(_part(found))
        place = found.end()
    return parts


def _part(found: re.Match[str]) -> _Part:
    unit = next(name for name in _UNITS if found[name] is not None)
    return _Part(Fraction(found["number"]), unit)


def _limit(parts: list[_Part], text: str) -> Limit:
    units = {unit for _, unit in parts}
    if units == {"work_days"}:
        return OpenDays(_checked(_total(parts, {"work_days": 1}, text), _MOST_DAYS, text))
    if units <= _MINUTES.keys():
        minutes = _checked(_total(parts, _MINUTES, text), _MOST_DAYS * 24 * 60, text)
        return OpenTime(timedelta(minutes=minutes))
    if any(unit.startswith("work_") for unit in units):
        raise RuleError(
            f"“{text}”混用了不同的单位。请只用工作日，或只用工作小时，或都不用。",
            f'"{text}" mixes units. Use working days alone, working hours alone, or neither.',
        )
    months, days, seconds = (_total(parts, each, text) for each in (_MONTHS, _DAYS, _SECONDS))
    _checked(months * MONTH + days * DAY + seconds, _MOST_DAYS * DAY, text)
    return Elapsed(months, days, timedelta(seconds=seconds))


def _total(parts: list[_Part], units: dict[str, int], text: str) -> int:
    total = sum((number * units[unit] for number, unit in parts if unit in units), Fraction())
    if total.denominator != 1:
        broken = (part for part in parts if (part.number * units.get(part.unit, 1)) % 1)
        raise no_whole(text, *next(broken))
    return int(total)


def _checked(total: int, most: int, text: str) -> int:
    if total == 0:
        raise NothingError(
            f"“{text}”是零，没有时间可等。请写大于零的期限。",
            f'"{text}" is nothing: there is no time to wait. Write a limit above zero.',
        )
    if total > most:
        raise too_long()
    return total

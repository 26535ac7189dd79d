"""Chinese numerals before units, and half a unit, as digits: 十五个工作日, 两小时, 一个半小时."""

from __future__ import annotations

import re
from typing import Final

_ONE_TO_NINE: Final = "一二三四五六七八九"
_DIGITS: Final = {**{each: n for n, each in enumerate(_ONE_TO_NINE, 1)}, "两": 2, "零": 0}
_ONE: Final = f"[{_ONE_TO_NINE}]"
_NUMERAL: Final = (
    rf"(?:[{_ONE_TO_NINE}两]百(?:零{_ONE}|{_ONE}?十{_ONE}?)?|{_ONE}?十{_ONE}?|{_ONE}|[两零])"
)
_HOUR: Final = "(?:小时|钟头|工作小时|工时)"
_UNIT: Final = (
    "个?(?:工作[日天]|工作分|自然日|日历日|星期|礼拜|季|周|月)"
    rf"|个?{_HOUR}|年|天|日|号|分|秒|次"
)
_LIST: Final = r" ?[、,，和] ?"
_WHOLE: Final = re.compile(
    rf"(?<![\d.{_ONE_TO_NINE}两零十百千万亿半第周期拜前后上下末当同])(?P<numeral>{_NUMERAL})"
    rf"(?=(?:{_LIST}{_NUMERAL})* ?(?:{_UNIT}))"
)
_AMOUNT: Final = rf"(?P<number>{_NUMERAL}|\d{{1,6}})"
_AND_A_HALF: Final = re.compile(rf"{_AMOUNT} ?个半个?(?={_UNIT})")
_HALF_MORE: Final = re.compile(rf"{_AMOUNT} ?(?P<unit>{_UNIT})半(?=$| |内|以|之|[,，])")
_HALF: Final = re.compile(rf"(?<![个\d{_ONE_TO_NINE}两十百天日年月周时])半个?(?={_UNIT})")
_WORKING_DAY: Final = re.compile("工作天")


def in_digits(plain: str) -> str:
    """Give a text with the numerals and halves before units as digits; others (每周一) stay."""
    plain = _WORKING_DAY.sub("工作日", plain)
    plain = _AND_A_HALF.sub(lambda found: f"{_number(found['number'])}.5", plain)
    plain = _HALF_MORE.sub(lambda found: f"{_number(found['number'])}.5{found['unit']}", plain)
    plain = _HALF.sub("0.5", plain)
    return _WHOLE.sub(lambda found: str(_number(found["numeral"])), plain)


def _number(numeral: str) -> int:
    """Read a number below a thousand: 十五, 二十, 一百零三."""
    if numeral.isdecimal():
        return int(numeral)
    hundreds, _, rest = numeral.rpartition("百")
    tens, ten, ones = rest.removeprefix("零").rpartition("十")
    number = _DIGITS.get(hundreds, 0) * 100 + _DIGITS.get(ones, 0)
    return number + (_DIGITS.get(tens, 1) * 10 if ten else 0)

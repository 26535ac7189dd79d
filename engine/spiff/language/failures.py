"""Why an expression cannot be computed with its data, in the words that staff read."""

from __future__ import annotations

import re
from decimal import InvalidOperation
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

Words = tuple[str, str]

_KINDS: Final[dict[str, Words]] = {
    "str": ("文字", "text"), "int": ("数字", "a number"), "Decimal": ("数字", "a number"),
    "float": ("数字", "a number"), "decimal.Decimal": ("数字", "a number"),
    "NoneType": ("空值", "nothing (no value)"), "bool": ("是/否", "yes or no"),
    "list": ("清单", "a list"), "tuple": ("清单", "a list"), "dict": ("一组数据", "a record"),
    "date": ("日期", "a date"), "datetime.date": ("日期", "a date"),
    "datetime": ("时刻", "a moment"), "datetime.datetime": ("时刻", "a moment"),
    "timedelta": ("时长", "a duration"), "datetime.timedelta": ("时长", "a duration"),
}  # fmt: skip
_ZERO: Final = ("除数为零", "division by zero")
_NO_NUMBER: Final = ("这个文字不能当数字", "this text cannot be read as a number")
_NO_ITEM: Final = ("清单里没有这一项", "the list has no such item")
_NO_DAY: Final = ("没有这一天", "there is no such day")
_UNKNOWN: Final = ("这些值不能这样算", "these values cannot be used so")
_DEEP: Final = ("数据嵌套过深", "the data are nested too deeply")


def _not_a_number(kind: str) -> Words:
    zh, en = _kind(kind)
    return f"{zh}不能当数字", f"{en} is used where a number is needed"


def _not_added(left: str, right: str) -> Words:
    (zh, en), (zh_too, en_too) = _kind(left), _kind(right)
    return f"{zh}和{zh_too}不能相加", f"{en} and {en_too} cannot be added"


def _not_compared(left: str, right: str) -> Words:
    (zh, en), (zh_too, en_too) = _kind(left), _kind(right)
    return f"{zh}和{zh_too}不能比较", f"{en} and {en_too} cannot be compared"


def _no_list(kind: str) -> Words:
    zh, en = _kind(kind)
    return f"{zh}不是清单", f"{en} is used where a list is needed"


def _not_kept(kind: str) -> Words:
    zh, en = _kind(kind)
    return f"{zh}不能存入案件", f"{en} cannot be kept in a case"


def _too_many(parts: str, levels: str) -> Words:
    return f"超过 {parts} 个部分，或 {levels} 层", f"more than {parts} parts, or {levels} levels"


def _no_day(shown: str) -> Words:
    return f"{shown} 不是 2026-09-30 这样的日期", f"{shown} is no date such as 2026-09-30"


def _no_moment(shown: str) -> Words:
    example = "2026-09-30T17:30:00+08:00"
    return f"{shown} 不是 {example} 这样的时刻", f"{shown} is no moment such as {example}"


def _no_span(shown: str) -> Words:
    return f"{shown} 不是 P3D、PT4H 这样的时长", f"{shown} is no duration such as P3D or PT4H"


_SAID: Final[tuple[tuple[re.Pattern[str], Callable[..., Words]], ...]] = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"(\w+) is not a number$", _not_a_number),
        (r"bad operand type for \S+ ?\S*: '([\w.]+)'", _not_a_number),
        (r"unsupported operand type\(s\) for \+: '([\w.]+)' and '([\w.]+)'", _not_added),
        (r"can only concatenate (\w+) \(not \"([\w.]+)\"\)", _not_added),
        (r"not supported between instances of '([\w.]+)' and '([\w.]+)'", _not_compared),
        (r"object of type '([\w.]+)' has no len", _no_list),
        (r"argument of type '([\w.]+)' is not (?:iterable|a container)", _no_list),
        (r"'([\w.]+)' object is not (?:iterable|subscriptable)", _no_list),
        (r"(\w+) is not a list$", _no_list),
        (r"(\w+) cannot be kept in a case", _not_kept),
        (r"above (\S+)$", lambda most: (f"数超过 {most}", f"a number above {most}")),
        (r"longer than (\d+)", lambda most: (f"长度超过 {most}", f"longer than {most}")),
        (r"more than (\d+) parts, or (\d+) levels", _too_many),
        (r"(.+) is no date such", _no_day),
        (r"(.+) is no moment such", _no_moment),
        (r"(.+) is no duration such", _no_span),
    )
)
_PLAIN: Final[tuple[tuple[str, Words], ...]] = (
    ("dates are not added", ("日期不能相加，天数请用 days_between(…) 算",
                             "dates are not added; count days with days_between(…)")),
    ("empty sequence", ("清单是空的", "the list is empty")),
    ("iterable argument is empty", ("清单是空的", "the list is empty")),
    ("invalid literal for int", _NO_NUMBER),
    ("not a number of ordinary size", ("不是普通大小的数字", "not a number of ordinary size")),
    ("too many digits", ("数字位数过多", "the number has too many digits")),
    ("indices must be integers", ("清单的序号必须是整数", "an item's place must be an integer")),
    ("out of range for month", _NO_DAY),
    ("month must be in", _NO_DAY),
    ("date value out of range", _NO_DAY),
    ("out of range", _NO_ITEM),
    ("cannot be rounded", ("不能这样取整", "it cannot be rounded so")),
    ("argument", ("函数括号里的值，个数或种类不对",
                  "the function takes other values, or more or fewer")),
)  # fmt: skip


def in_words(error: BaseException) -> Words:
    """Say why it failed, in Chinese and English, in general words where nothing is known."""
    if isinstance(error, ZeroDivisionError) or "DivisionUndefined" in str(error):
        return _ZERO
    if isinstance(error, KeyError):
        return f"没有“{error.args[0]}”这一项"[:200], f'there is no "{error.args[0]}" in it'[:200]
    if isinstance(error, RecursionError):
        return _DEEP
    if isinstance(error, InvalidOperation):
        return _NO_NUMBER
    return _as_said(str(error)) or _UNKNOWN


def _as_said(said: str) -> Words | None:
    for pattern, words in _SAID:
        found = pattern.search(said)
        if found is not None:
            return words(*found.groups())
    return next((words for part, words in _PLAIN if part in said), None)


def _kind(name: str) -> Words:
    return _KINDS.get(name, ("这种值", "such a value"))

"""What is wrong with an answer, in the words of the person who typed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from forms.fields import Kind
from forms.names import Problem

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal

    from forms.fields import Field
    from forms.names import Names

NOT_A_WHOLE_NUMBER = Problem("请填写整数，例如 120", "Enter a whole number, such as 120")
NOT_A_DECIMAL = Problem("请填写数字，例如 12.5", "Enter a number, such as 12.5")
NOT_MONEY = Problem(
    "请填写金额，最多两位小数，例如 1280.50", "Enter an amount with up to two decimals: 1280.50"
)
BAD_COMMAS = Problem(
    "千分位逗号的位置不对，请写成 1,280.50 或 1280.50",
    "The commas are misplaced: write 1,280.50 or 1280.50",
)
TOO_LARGE = Problem("数字太长", "The number is too long")
TOO_EXACT = Problem("小数最多 6 位", "At most 6 decimals")
NOT_A_DATE = Problem(
    "请填写日期，例如 2026-11-09 或 2026年11月9日", "Enter a date, such as 2026-11-09"
)
NOT_A_TIME = Problem(
    "请填写日期和时间，例如 2026-11-09 14:30", "Enter a date and time, such as 2026-11-09 14:30"
)
OUT_OF_CALENDAR = Problem("年份应在 1900 到 2199 之间", "The year must be from 1900 to 2199")
NOT_YES_OR_NO = Problem("请选择“是”或“否”", "Choose yes or no")
NOT_A_CHOICE = Problem("请从所列选项中选择", "Choose one of the options listed")
NOT_AN_EMAIL = Problem(
    "请填写电子邮箱，例如 li@example.com", "Enter an e-mail address, such as li@example.com"
)
NOT_A_FILE = Problem("附件无效，请重新添加", "This attachment is not valid: add it again")
REQUIRED = Problem("必填", "Required")
TOO_MUCH = Problem(
    "提交的内容过多（超过 500 项），多出的部分没有读取",
    "Too much was sent (over 500 items): the rest was not read",
)
NOT_JUDGED = Problem(
    "无法核对这一项，请检查所填的内容", "This cannot be checked: look at what was entered"
)
TO_BE_TICKED = Problem("必须勾选", "Has to be ticked")
UNSUITABLE = Problem("所填的内容不合要求", "This answer is not suitable")


def in_full(number: Decimal) -> Problem:
    """Ask for what was written with 万 in digits; it is not taken as read, a figure is binding."""
    digits = f"{number:f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return Problem(f"请写 {digits}", f"Write {digits}")


def no_such_day(year: int, month: int, day: int) -> Problem:
    return Problem(
        f"没有 {year} 年 {month} 月 {day} 日这一天", f"There is no day {year}-{month:02}-{day:02}"
    )


def after_today(today: date) -> Problem:
    return Problem(f"不得晚于今天（{today}）", f"Cannot be after today ({today})")


def before_today(today: date) -> Problem:
    return Problem(f"不得早于今天（{today}）", f"Cannot be before today ({today})")


_MISSING = {
    Kind.CHOICE: Problem("必填，请选择一项", "Required: choose one"),
    Kind.BOOLEAN: Problem("必填，请选择一项", "Required: choose one"),
    Kind.CHOICES: Problem("必填，请至少选择一项", "Required: choose at least one"),
    Kind.ATTACHMENTS: Problem("必填，请添加附件", "Required: add an attachment"),
    Kind.ROWS: Problem("必填，请至少填写一行", "Required: fill in at least one row"),
}
_UNSUITABLE = {
    Kind.EMAIL: NOT_AN_EMAIL,
    Kind.CHOICE: NOT_A_CHOICE,
    Kind.CHOICES: NOT_A_CHOICE,
    Kind.ATTACHMENTS: NOT_A_FILE,
}
_BOUNDS = {
    "minimum": ("不能小于", "Must be at least"),
    "maximum": ("不能大于", "Must be at most"),
    "above": ("必须大于", "Must be more than"),
    "below": ("必须小于", "Must be less than"),
}
_COUNTED = {Kind.ROWS: ("行", "rows"), Kind.ATTACHMENTS: ("个附件", "attachments")}


def missing(field: Field) -> Problem:
    """Say what to do, which differs by how the field is filled in."""
    if field.choices and field.limits.min_items == len(field.choices):
        return _all_of(field)
    return _MISSING.get(field.kind, REQUIRED)


def _all_of(field: Field) -> Problem:
    """Ask for every box of a list of which none may stay empty, with the form's own reason."""
    why = field.look.help
    zh, en = (f"{why.zh}，", f"{why.en}: ") if why else ("", "")
    return Problem(f"{zh}请全部勾选", f"{en}tick every box")


def one_of(titles: Sequence[Names]) -> Problem:
    zh, en = "、".join(t.zh for t in titles), ", ".join(t.en for t in titles)
    return Problem(f"请至少填写其中一项：{zh}", f"Fill in at least one of these: {en}")


def bound(kind: str, limit: Decimal) -> Problem:
    zh, en = _BOUNDS[kind]
    return Problem(f"{zh} {limit:,f}", f"{en} {limit:,f}")


def by_keyword(keyword: str, limit: object, field: Field, given: object) -> Problem:
    """Put a failed keyword of the schema into words; `limit` is what it allows."""
    match keyword:
        case "minLength" | "maxLength":
            zh, en = ("至少", "At least") if keyword == "minLength" else ("最多", "At most")
            now = len(given) if isinstance(given, str) else 0
            return Problem(
                f"{zh} {limit} 个字（现在 {now} 个）", f"{en} {limit} characters (now {now})"
            )
        case "minItems" if field.choices and limit == len(field.choices):
            return _all_of(field)
        case "minItems" | "maxItems":
            zh, en = ("至少", "At least") if keyword == "minItems" else ("最多", "At most")
            unit = _COUNTED.get(field.kind, ("项", "options"))
            return Problem(f"{zh} {limit} {unit[0]}", f"{en} {limit} {unit[1]}")
        case "required":
            return missing(field)
        case _:
            return _unsuitable(field)


def _unsuitable(field: Field) -> Problem:
    if field.must_be_true:
        return TO_BE_TICKED
    if field.kind is Kind.TEXT:
        hint = field.look.help
        zh, en = (f"：{hint.zh}", f": {hint.en}") if hint else ("", "")
        if (example := field.limits.example) and not hint:
            zh, en = f"，例如 {example}", f", such as {example}"
        return Problem(f"格式不正确{zh}", f"The format is not right{en}")
    return _UNSUITABLE.get(field.kind, UNSUITABLE)

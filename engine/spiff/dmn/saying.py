"""Values of tables and their kinds, in the words that people write and read."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.kinds import BOOLEAN, DATE, DATE_TIME, DURATION, LIST, NUMBER, TEXT
from engine.spiff.language.arithmetic import storable

if TYPE_CHECKING:
    from collections.abc import Mapping

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    NUMBER: ("数", "a number"), TEXT: ("文字", "a text"), BOOLEAN: ("是/否", "yes or no"),
    DATE: ("日期", "a date"), DATE_TIME: ("时刻", "a moment"), DURATION: ("时长", "a duration"),
    LIST: ("清单", "a list"),
}  # fmt: skip
_TRUTHS: Final = {None: ("未填", "nothing"), True: ("是", "yes"), False: ("否", "no")}
_FUNCTIONS: Final = {date: "date", datetime: "date_time", timedelta: "duration"}


def said(value: object) -> tuple[str, str]:
    """Give a value as people who read Chinese and English say it."""
    if value is None or isinstance(value, bool):
        return _TRUTHS[value]
    if isinstance(value, (list, tuple)):
        each = [said(item) for item in value]
        return f"[{'、'.join(zh for zh, _ in each)}]", f"[{', '.join(en for _, en in each)}]"
    kept = str(storable(value))
    return (f'"{kept}"' if isinstance(value, str) else kept,) * 2


def spelled(value: object) -> tuple[str, str]:
    """Give a value as cells and conditions write it, yes and no in words beside it."""
    zh, en = said(value)
    if isinstance(value, bool):
        return f"{value}（{zh}）", f"{value} ({en})"
    function = _FUNCTIONS.get(type(value))
    return (f'{function}("{zh}")',) * 2 if function else (zh, en)

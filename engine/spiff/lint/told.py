"""How the lint says what a name can be, and what it can never be."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.saying import spelled
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from engine.spiff.language.inference import Values

Where = tuple[str, str | None, str, str]  # file, element, and what comes before in both languages
NEAR: Final = 0.7
"""How alike a name is that may be meant, as difflib counts."""
_SHOWN: Final = 12
_KINDS: Final = {
    "text": ("文字", "a text"), "number": ("数", "a number"), "exact": ("数", "a number"),
    "list": ("清单", "a list"), "boolean": ("是或否", "yes or no"),
    "decimal": ("存为文字的金额或小数，请写 number(…)", "an amount kept as text: write number(…)"),
    "day": ('日期，写作 "2026-09-30"', 'a date, written "2026-09-30"'),
    "moment": ("日期时间，请写 date(…) 或 date_time(…)", "a moment: write date(…) or date_time(…)"),
    "date": ('日期，写作 date("2026-09-30")', 'a date, written date("2026-09-30")'),
    "date_time": ("日期时间，写作 date_time(…)", "a moment, written date_time(…)"),
    "duration": ('时长，写作 duration("P3D")', 'a duration, written duration("P3D")'),
}  # fmt: skip


def meant(name: str, known: Iterable[str]) -> tuple[str, str]:
    """Give a question after what may be meant, in both languages, or nothing."""
    close = get_close_matches(name, known, n=2, cutoff=NEAR)
    if not close:
        return "", ""
    zh, en = "”或“".join(close), '" or "'.join(close)
    return f"是否为“{zh}”？", f' Did you mean "{en}"?'


def impossible(where: Where, name: str, value: object, values: Values) -> Problem:
    """Say that a name can never be this value, and what it can be."""
    file, element, zh, en = where
    listed = [spelled(v) for _, v in sorted(values.listed, key=str)]
    more = [("…", "…")] if len(listed) > _SHOWN else []
    kinds = [_KINDS[kind] for kind in sorted(values.open)]
    can_be = list(dict.fromkeys([*listed[:_SHOWN], *more, *kinds])) or [("无", "nothing")]
    wrong_zh, wrong_en = spelled(value)
    return Problem(
        file, element, "unknown_value",
        f"{zh}“{name}”不可能是 {wrong_zh}。可能的值：{'、'.join(zh for zh, _ in can_be)}。请改正。",
        f'{en}"{name}" can never be {wrong_en}. It can be: {", ".join(en for _, en in can_be)}. '
        "Correct it.",
    )  # fmt: skip

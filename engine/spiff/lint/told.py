"""How the lint says what a name can be, and what it can never be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.language.arithmetic import storable
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from engine.spiff.language.inference import Values

_SHOWN: Final = 12
_KINDS: Final = {
    "text": ("文字", "a text"), "number": ("数", "a number"), "exact": ("数", "a number"),
    "list": ("列表", "a list"), "boolean": ("True 或 False", "True or False"),
    "decimal": ("存为文字的金额或小数，请写 number(…)", "an amount kept as text: write number(…)"),
    "day": ('日期，写作 "2026-09-30"', 'a date, written "2026-09-30"'),
    "moment": ("日期时间，请写 date(…) 或 date_time(…)", "a moment: write date(…) or date_time(…)"),
    "date": ('日期，写作 date("2026-09-30")', 'a date, written date("2026-09-30")'),
    "date_time": ("日期时间，写作 date_time(…)", "a moment, written date_time(…)"),
    "duration": ('时长，写作 duration("P3D")', 'a duration, written duration("P3D")'),
}  # fmt: skip


def word(value: object) -> str:
    """Write a value as it stands in a cell."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "True", False: "False"}[value]
    kept = storable(value)
    return f'"{kept}"' if isinstance(value, str) else str(kept)


def impossible(
    where: tuple[str, str | None, str, str], name: str, value: object, values: Values
) -> Problem:
    """Say that a name can never be this value, and what it can be."""
    file, element, zh, en = where
    listed = [word(v) for _, v in sorted(values.listed, key=str)]
    more = ["…"] if len(listed) > _SHOWN else []
    kinds = [_KINDS.get(kind, (kind, kind)) for kind in sorted(values.open)]
    in_zh = [*listed[:_SHOWN], *more, *dict.fromkeys(said for said, _ in kinds)]
    in_en = [*listed[:_SHOWN], *more, *dict.fromkeys(said for _, said in kinds)]
    return Problem(
        file, element, "unknown_value",
        f"{zh}“{name}”不可能是 {word(value)}。可能的值：{'、'.join(in_zh) or '无'}。请改正。",
        f'{en}"{name}" can never be {word(value)}. It can be: {", ".join(in_en) or "nothing"}. '
        "Correct it.",
    )  # fmt: skip

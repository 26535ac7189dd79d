"""What people write out of habit from other languages, each with the words that cure it."""

from __future__ import annotations

import re
from typing import Final

_QUOTED: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_HABITS: Final = (
    (r"[“”‘’「」＂＇]", '请改用英文引号 "。', 'Use straight quotes: ".'),
    (r"[０-９]", "请改用半角数字，如 1000。", "Use half-width digits, as 1000."),
    (r"[，；：（）！＝＜＞。]", "请改用半角标点。", "Use half-width punctuation."),
    (r"\$\{|#\{", "不用 ${ }，直接写变量名。", "Write the name alone, without ${ }."),
    (r"&&", "“并且”请写 and，不写 &&。", "Write and for &&."),
    (r"\|\|", "“或者”请写 or，不写 ||。", "Write or for ||."),
    (r"!(?!=)", "“不”请写 not，不写 !。", "Write not for !."),
)
_SINGLE: Final = re.compile(r"(?<![=!<>])=(?!=)")
_WORDS: Final = {"true": "True", "false": "False", "null": "None"}

_DATE: Final = ('日期请写 date("2026-09-30")。', 'Write dates as date("2026-09-30").')
_TRAPS: Final = (
    (r"\b\d{4}([-/.])\d{1,2}\1\d{1,2}\b|\d年", *_DATE),
    (r"^\s*(—+|–|－|−|\*|不限|任意|any)\s*$", "不限请写 -。", "Write - for any value."),
    (r"\d\s*[%％]", "百分数请写小数，如 0.05。", "Write percentages as decimals: 0.05."),
    (r"[≤≥≠]", "请写 <=、>=、not(…)。", "Write <=, >= or not(…)."),
    (r"[，；：（）！＝＜＞。、]", "请改用半角标点。", "Use half-width punctuation."),
    (r"[０-９]", "请改用半角数字，如 1000。", "Use half-width digits, as 1000."),
    (r"[“”‘’「」＂＇]", '请改用英文引号 "。', 'Use straight quotes: ".'),
)
_RANGE: Final = re.compile(
    r"(?<![\w.])(\d+(?:\.\d+)?)\s*(?:[-‐‑–—−~～〜至到]|—{2})\s*(\d+(?:\.\d+)?)(?![\w.])"
)
_TRUTHS: Final = (
    (r"(?<!\w)是(?!\w)", "“是”请写 true。", "Write true for 是."),
    (r"(?<!\w)否(?!\w)", "“否”请写 false。", "Write false for 否."),
)
_QUOTES: Final = (
    r"[\u4e00-\u9fff]", '文字要加引号，如 "甲"、"5 个工作日"。',
    'Put texts in quotes, such as "甲", "5 个工作日".',
)  # fmt: skip
_CURES: Final = (
    *_TRUTHS,
    (r"\bbetween\b", "两头的限写 [1..5]。", "Write both limits as [1..5]."),
    (r"\b(in|not in)\b", '几个值用逗号隔开，如 "a", "b"。', 'Write several values as "a", "b".'),
    (r"\b(some|every|for|if|instance)\b", "单元格里不用这个词；请把这一行分成几行。",
     "That word does not stand in a cell; split the row into several."),
    (r"\d\s*[元万天日个件年月]", "数字后面不写单位。", "Write numbers without a unit."),
    _QUOTES,
)  # fmt: skip


def cell_trap(bare: str) -> tuple[str, str] | None:
    """Give the cure for what would mean something else in a cell; `bare` is it without texts."""
    return _first(_TRAPS, bare)


def range_trap(bare: str) -> tuple[str, str] | None:
    """Give the cure for 60-80, which is minus twenty here; `bare` as above."""
    found = _RANGE.search(bare)
    if found is None:
        return None
    whole, both = found[0], f"[{found[1]}..{found[2]}]"
    return (
        f"“{whole}”不是范围。请写 {both}（两头都算在内）。",
        f'"{whole}" is no range. Write {both}, which holds both its ends.',
    )


def cell_cure(bare: str) -> tuple[str, str] | None:
    """Give the cure for a habit in a cell that cannot be read."""
    return _first(_CURES, bare)


def output_cure(bare: str) -> tuple[str, str] | None:
    """Give the cure for words of an output cell that stand in no quotes."""
    return _first((*_TRUTHS, _QUOTES), bare)


def _first(habits: tuple[tuple[str, str, str], ...], bare: str) -> tuple[str, str] | None:
    return next(((zh, en) for pattern, zh, en in habits if re.search(pattern, bare)), None)


def cure(text: str, *, script: bool = False) -> tuple[str, str] | None:
    """Give the cure in Chinese and English for a habit seen outside quotes, or None."""
    bare = _QUOTED.sub(" ", text)
    for pattern, zh, en in _HABITS:
        if re.search(pattern, bare):
            return zh, en
    if not script and _SINGLE.search(bare):
        return "比较相等请写两个等号 ==。", "Write == for equality, not a single =."
    return None


def foreign_word(name: str) -> tuple[str, str] | None:
    """Give the cure for true, false and null, which are no names here."""
    ours = _WORDS.get(name)
    return None if ours is None else (f"{name} 请写 {ours}。", f"Write {ours} for {name}.")


def place_of(error: BaseException) -> tuple[str, str]:
    """Give line and column of a syntax error in both languages, empty if it has none."""
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return "", ""
    column = error.offset or 1
    return (
        f"第{error.lineno}行第{column}个字符处",
        f"at line {error.lineno}, character {column}",
    )

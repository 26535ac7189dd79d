"""What people write out of habit from other languages, each with the words that cure it."""

from __future__ import annotations

import re
from typing import Final

_QUOTED: Final = re.compile(r"\"[^\"\n]*\"|'[^'\n]*'")
_PARTS: Final = re.compile(
    r"\"[^\"\n]*\"|'[^'\n]*'|[“「『＂](?P<text>[^”」』＂\"\n]*)[”」』＂]|.", re.DOTALL
)
_SHOWN: Final = 200
_HALF: Final[dict[int, str | int]] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **str.maketrans("\u3000、“”‘’「」『』【】−×÷", ' ,""\'\'""""[]-*/'),
    ord("。"): ".",
    ord("；"): ",",
    ord("≤"): "<=",
    ord("≥"): ">=",
    ord("≠"): "!=",
}
"""What people mean who type with a Chinese keyboard."""
_COMPARED: Final = r"大于|小于|等于|超过|不足|不少于|不低于|以上|以下"
_DATE: Final = (
    r"\b\d{4}([-/.])\d{1,2}\1\d{1,2}\b|\d年",
    '日期请写 date("2026-09-30")。', 'Write dates as date("2026-09-30").',
)  # fmt: skip
_HABITS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"\d,\d{3}(?!\d)", "数字不加千分号，如 5000。", "Write numbers without separators: 5000."),
    (r"^[^\[({]*,[^\])}]*$", "几个条件之间请写 and 或 or。", "Write and or or between conditions."),
    (r"[¥￥]|\d\s*[元万天日个件]", "数字不写单位和货币符号，如 5000。",
     "Write numbers without units or currencies: 5000."),
    _DATE,
    (r"\d\s*[%](?!\s*[\w(])", "百分数请写小数，如 0.05。", "Write percentages as decimals: 0.05."),
    (r"\$\{|#\{", "不用 ${ }，直接写变量名。", "Write the name alone, without ${ }."),
    (r"&&|并且|而且|且|同时", "“并且”请写 and。", "Write and for && and 并且."),
    (r"\|\||或者|或", "“或者”请写 or。", "Write or for || and 或者."),
    (_COMPARED, "比较请写 >、>=、<、<= 或 ==，如 days > 3。",
     "Write >, >=, <, <= or == to compare, such as days > 3."),
    (r"不是|!(?!=)", "“不”请写 not，“不是”请写 !=。", "Write not for !, and != for 不是."),
    (r"(?<!\w)[是真](?!\w)", "“是”请写 True。", "Write True for 是."),
    (r"(?<!\w)[否假](?!\w)", "“否”请写 False。", "Write False for 否."),
    (r"<>", "不等于请写 !=。", "Write != for unequal."),
    (r"=>|=<", "请写 >= 或 <=。", "Write >= or <=."),
    (r"(\b(and|or|not|in|is)|[-+*/%<>=(,])\s*$", "末尾少了内容，请补上。",
     "Something is missing at the end."),
    (r"[\u4e00-\u9fff]", '文字要加引号，如 "甲"；字段写表单里的名称（字母、数字、下划线）。',
     'Put texts in quotes, such as "甲"; fields go by their names, in letters and digits.'),
)  # fmt: skip
_SINGLE: Final = re.compile(r"(?<![=!<>])=(?!=)")
_WORDS: Final = {
    **dict.fromkeys(("true", "TRUE", "yes", "Yes", "YES"), "True"),
    **dict.fromkeys(("false", "FALSE", "no", "No", "NO"), "False"),
    **dict.fromkeys(("null", "NULL", "none", "nil"), "None"),
}

_TRAPS: Final = (
    _DATE,
    (r"^\s*(—+|–|－|−|\*|不限|任意|any)\s*$", "不限请写 -。", "Write - for any value."),
    (r"\d\s*[%％]", "百分数请写小数，如 0.05。", "Write percentages as decimals: 0.05."),
    (r"[≠!](?!=)", '除外请写 not(…)，如 not("a")。', 'Write others than one as not("a").'),
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
    (_COMPARED, "比较请写 <、<=、>、>=，如 < 5。",
     "Write <, <=, > or >= to compare, such as < 5."),
    (r"不是|除外|除了|非", '除外请写 not(…)，如 not("a")。', 'Write others than one as not("a").'),
    (r"[¥￥$]", "金额只写数字，如 5000。", "Write amounts without a currency: 5000."),
    (r"\bbetween\b", "两头的限写 [1..5]。", "Write both limits as [1..5]."),
    (r"\b(in|not in)\b|[和与或;]", '几个值用逗号隔开，如 "a", "b"。',
     'Write several values as "a", "b".'),
    (r"\b(some|every|for|if|instance)\b", "单元格里不用这个词；请把这一行分成几行。",
     "That word does not stand in a cell; split the row into several."),
    (r"\d\s*[元万天日个件年月]", "数字后面不写单位。", "Write numbers without a unit."),
    _QUOTES,
)  # fmt: skip


def half_width(text: str) -> tuple[str, str] | None:
    """Give the cure for signs of a Chinese keyboard outside of texts, or None if there are none."""
    wide, mended = _halved(text)
    return None if not wide else (
        f"“{wide}”不能识别，请用半角符号。应写：{mended[:_SHOWN]}",
        f'"{wide}" is not read here. Write half-width signs: {mended[:_SHOWN]}',
    )  # fmt: skip


def _halved(text: str) -> tuple[str, str]:
    """Give the first wide sign outside of texts, and the text with half-width ones.

    Wide quotes become straight ones, and what stands in them stays.
    """
    found: list[str] = []

    def half(part: re.Match[str]) -> str:
        inside: str | None = part["text"]
        sign: str = part[0]
        if inside is None and (len(sign) > 1 or ord(sign) not in _HALF):
            return sign
        found.append(sign[0])
        return sign.translate(_HALF) if inside is None else f'"{inside}"'

    mended = _PARTS.sub(half, text.strip().rstrip("。"))
    last = "。" if text.strip().endswith("。") else ""
    return next(iter(found), last), mended


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
    wide, mended = _halved(text)
    bare = _QUOTED.sub('""', mended)
    habit = _first(_HABITS, bare)
    if habit is None and not script and _SINGLE.search(bare):
        habit = "比较相等请写两个等号 ==。", "Write == for equality, not a single =."
    if not wide or habit is None:
        return habit or half_width(text)
    zh, en = habit
    return f"“{wide}”不能识别，请用半角符号。{zh}", f'"{wide}" is not read here. {en}'


def foreign_word(name: str) -> tuple[str, str] | None:
    """Give the cure for true, false and null, which are no names here."""
    ours = _WORDS.get(name)
    return None if ours is None else (f"{name} 请写 {ours}。", f"Write {ours} for {name}.")


def place_of(error: BaseException) -> tuple[str, str]:
    """Give line and column of a syntax error in both languages, empty if it has none."""
    if not isinstance(error, SyntaxError) or error.lineno is None:
        return "", ""
    column = error.offset
    if not column:
        return f"第{error.lineno}行末尾", f"at the end of line {error.lineno}"
    return (
        f"第{error.lineno}行第{column}个字符处",
        f"at line {error.lineno}, character {column}",
    )

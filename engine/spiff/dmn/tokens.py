"""The words of a table's cell: texts, numbers, signs and brackets, and their spelling in ours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.language.expressions import ExpressionError
from engine.spiff.language.habits import half_width

if TYPE_CHECKING:
    from collections.abc import Sequence

INPUT: Final = "this"
"""The variable that holds a column's input in what a cell asks by `?`."""
_PATTERN: Final = re.compile(
    r"""
    (?P<blank>\s+)
  | (?P<string>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')
  | (?P<number>(?:\d+(?:\.(?!\.)\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
  | (?P<range>\.\.)
  | (?P<sign><=|>=|!=|==|<|>|=)
  | (?P<name>[^\W\d]\w*)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS: Final = {"true": "True", "false": "False", "null": "None", "?": INPUT}
_THOUSANDS: Final = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d])")
_AT: Final = ((re.compile(r".\d{4}-\d\d-\d\d."), "date"), (re.compile(r".-?P.*"), "duration"))


class Token(NamedTuple):
    """One word of a cell; `kind` is string, number, range, sign, name or mark."""

    kind: str
    text: str
    start: int
    end: int


def tokens_of(cell: str) -> list[Token]:
    """Cut a cell into its words; ExpressionError when a quote is left open."""
    found = [
        Token(match.lastgroup or "", match[0], match.start(), match.end())
        for match in _PATTERN.finditer(cell)
        if match.lastgroup != "blank"
    ]
    if any(token.kind == "mark" and token.text in "\"'" for token in found):
        zh, en = half_width(cell) or (
            '引号没有成对。文字两边都要有引号，如 "material"。',
            'A quote is left open. Texts have one at both ends: "material".',
        )
        raise ExpressionError(cell, zh, en)
    return found


def bare(cell: str, tokens: Sequence[Token]) -> str:
    """Give a cell with blanks in the place of its texts."""
    chars = list(cell)
    for token in tokens:
        if token.kind == "string":
            chars[token.start : token.end] = " " * (token.end - token.start)
    return "".join(chars)


def refuse_thousands(cell: str, tokens: Sequence[Token]) -> None:
    """Refuse 10,000, which is two numbers here (ExpressionError)."""
    found = _THOUSANDS.search(bare(cell, tokens))
    if found:
        plain = found[0].replace(",", "")
        raise ExpressionError(
            cell,
            f"请写 {plain}，不加千分号；几个数之间的逗号后加空格。",
            f"Write {plain}, without separators; between several numbers put comma and space.",
        )


def in_ours(cell: str, tokens: Sequence[Token]) -> str:
    """Spell words of FEEL as our expressions do: `true`, `date and time(…)`, `@"…"`, `?`."""
    said: list[str] = []
    end = tokens[0].start if tokens else 0
    rest = list(tokens)
    while rest:
        token = rest.pop(0)
        said.append(cell[end : token.start])
        end = token.end
        if token.text == "@" and rest and rest[0].kind == "string":
            text = rest.pop(0)
            end = text.end
            said.append(f"{_function_of(text.text)}({text.text})")
        elif [token.text, *(t.text for t in rest[:3])] == ["date", "and", "time", "("]:
            end = rest[1].end
            del rest[:2]
            said.append("date_time")
        else:
            said.append(
                token.text if token.kind == "string" else _WORDS.get(token.text, token.text)
            )
    return "".join(said)


def _function_of(text: str) -> str:
    return next((name for pattern, name in _AT if pattern.fullmatch(text)), "date_time")

"""Hit policies: what a table answers when no row fits, or one, or several.

DMN 1.3, 8.2.11: a unique or first table answers with one row, ANY with several that say the same,
COLLECT with all of them or their sum, minimum, maximum or number. When no row fits, 10.3.2.10
gives the default output, else null; a list without rows is empty and their number is 0 here,
by 8.2.11 and the FEEL functions (10.3.4.4: count([]) = 0, sum([]) = null), as other engines do it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from engine.spiff.language.arithmetic import add
from engine.spiff.model import Names

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

UNIQUE: Final = "UNIQUE"
COUNT: Final = "COUNT"
WORDS: Final[Mapping[str, Names]] = {
    UNIQUE: Names("恰有一行适合", "Exactly one row fits"),
    "FIRST": Names("取最先适合的一行", "The first row that fits counts"),
    "ANY": Names("适合的各行说的都一样", "All rows that fit say the same"),
    "COLLECT": Names("列出所有适合的行", "All rows that fit, as a list"),
    "RULE ORDER": Names("按行的顺序列出所有适合的行", "All rows that fit, in order, as a list"),
    "COLLECT SUM": Names("所有适合的行相加", "The sum of all rows that fit"),
    "COLLECT MIN": Names("适合的行中取最小", "The least of all rows that fit"),
    "COLLECT MAX": Names("适合的行中取最大", "The greatest of all rows that fit"),
    "COLLECT COUNT": Names("有几行适合", "How many rows fit"),
}
CURES: Final[Mapping[str, Names]] = {
    "PRIORITY": Names(
        "请改用 FIRST，并把优先的行放在前面。", "Use FIRST and put the rows in order of priority."
    ),
    "OUTPUT ORDER": Names(
        "请改用 RULE ORDER，并把行按要的顺序排。",
        "Use RULE ORDER and put the rows into the order wanted.",
    ),
}
_ORDINARY: Final = Names(
    "请用 UNIQUE、FIRST、ANY、COLLECT 或 RULE ORDER；SUM、MIN、MAX、COUNT 只能配 COLLECT。",
    "Use UNIQUE, FIRST, ANY, COLLECT or RULE ORDER; SUM, MIN, MAX, COUNT go with COLLECT only.",
)


class AmbiguousError(Exception):
    """Rows fit of which the hit policy allows only one, or only such as say the same."""

    def __init__(self, rows: tuple[str, ...], zh: str, en: str) -> None:
        super().__init__(", ".join(rows))
        self.rows = rows
        self.zh = zh
        self.en = en
        self.text: str | None = None
        self.variable: str | None = None


@dataclass(frozen=True)
class Policy:
    """A hit policy; `name` as DMN spells it, `aggregation` of a COLLECT table that has one."""

    name: str = UNIQUE
    aggregation: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.name} {self.aggregation}".rstrip()

    @property
    def words(self) -> Names | None:
        """What it means; None of one that we do not run."""
        return WORDS.get(self.full_name)

    @property
    def cure(self) -> Names:
        """What to write instead of one that we do not run."""
        return CURES.get(self.name, _ORDINARY)

    @property
    def lists(self) -> bool:
        """Whether it answers with a list, in which nothing may stand."""
        return self.name in {"COLLECT", "RULE ORDER"} and not self.aggregation

    @property
    def needs_a_row(self) -> bool:
        """Whether no fitting row means no answer at all."""
        return not self.lists and self.aggregation != COUNT

    @property
    def reckons(self) -> bool:
        """Whether outputs must be numbers."""
        return bool(self.aggregation) and self.aggregation != COUNT

    def check(self, rows: Sequence[str]) -> None:
        """Raise AmbiguousError if it does not allow all these rows to fit at once."""
        if self.name == UNIQUE and len(rows) > 1:
            raise AmbiguousError(
                tuple(rows),
                f"这几行同时适合：{'、'.join(rows)}。请改用 FIRST 或修正条件。",
                f"Several rows fit: {', '.join(rows)}. Use FIRST or mend the rows.",
            )

    def answer(self, rows: Sequence[str], made: Sequence[Sequence[object]]) -> list[object]:
        """Give each column's answer from the outputs of the fitting rows, of which there is one.

        AmbiguousError when rows of an ANY table differ, TypeError when what is to be reckoned with
        is no number.
        """
        if self.name == "ANY":
            _agree(rows, made)
        columns = list(zip(*made, strict=True))
        if self.lists:
            return [list(column) for column in columns]
        return [_AGGREGATED[self.aggregation](column) for column in columns]

    def nothing(self, columns: int) -> list[object]:
        """Give each column's answer when no row fits and nothing else is said."""
        if self.lists:
            return [[] for _ in range(columns)]
        return [0 if self.aggregation == COUNT else None] * columns


def _agree(rows: Sequence[str], made: Sequence[Sequence[object]]) -> None:
    others = [row for row, outputs in zip(rows, made, strict=True) if outputs != made[0]]
    if others:
        raise AmbiguousError(
            (rows[0], *others),
            f"适合的几行说法不一：{rows[0]}、{'、'.join(others)}。请改得一致，或改用 FIRST。",
            f"Rows fit that differ: {rows[0]}, {', '.join(others)}. Make them agree or use FIRST.",
        )


def _numbers(values: Sequence[object]) -> list[int | Decimal]:
    for value in values:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            msg = f"{type(value).__name__} is not a number"
            raise TypeError(msg)
    return list(values)  # type: ignore[arg-type]


def _sum(values: Sequence[object]) -> object:
    total: object = 0
    for value in _numbers(values):
        total = add(total, value)
    return total


_AGGREGATED: Final = {
    "": lambda values: values[0],
    "SUM": _sum,
    "MIN": lambda values: min(_numbers(values)),
    "MAX": lambda values: max(_numbers(values)),
    COUNT: len,
}

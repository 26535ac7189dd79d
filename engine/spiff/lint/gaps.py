"""Gaps and overlaps of a table: for whatever can be answered, so many rows fit as it promises.

Every combination of the pieces of the inputs is looked at, as far as rows are left that it divides:
combinations that leave the same rows behind them are one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from engine.spiff.dmn.heads import constant_of
from engine.spiff.dmn.policies import UNIQUE
from engine.spiff.dmn.saying import said
from engine.spiff.language.expressions import EvaluationError
from engine.spiff.lint.cells import misfits
from engine.spiff.lint.pieces import Index, Piece, pieces_of
from engine.spiff.model import Problem
from engine.spiff.possible import Seen, comparable, possible

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.spiff.dmn.decisions import Decider
    from engine.spiff.files.sources import Sources

MOST_TRIED: Final = 3_000_000
MOST_PLACES: Final = 300_000
MOST_TOLD: Final = 3
MOST_ROWS: Final = 5


class TooIntricateError(Exception):
    """Nobody could look at all combinations of a table in a reasonable time."""


def one_row_fits(sources: Sources) -> Iterator[Problem]:
    """Let a row fit each choice of the inputs, and one only where the hit policy says so.

    A table is not tried whose cells read variables or ask in vain, or whose inputs can be
    anything.
    """
    if sources.is_partly_unknown:
        return
    known, asked = possible(sources), comparable(sources)
    for reading in sources.tables.values():
        decider = reading.decider
        columns = pieces_of(decider, Seen(known, decider.given)) if decider else None
        if decider is None or columns is None or any(misfits(reading.file, decider, asked)):
            continue
        try:
            search = Search(decider, columns)
            search.run()
        except EvaluationError:
            continue
        except TooIntricateError:
            yield Problem(
                reading.file, reading.id, "too_intricate",
                f"决策表“{reading.id}”的组合太多，无法检查漏洞和重叠。请拆成几张表。",
                f'"{reading.id}" has too many combinations to look for gaps. Split the table.',
            )  # fmt: skip
            continue
        yield from _told(reading.file, reading.id, search)


def _told(file: str, table: str, search: Search) -> Iterator[Problem]:
    for gap in search.gaps:
        zh, en = _said(search.decider, gap)
        yield Problem(
            file, table, "no_row",
            f"没有一行适合：{zh}。请补一行、改边界，或给输出写默认值。",
            f"No row fits {en}. Add a row, move a limit, or give the outputs a default.",
        )  # fmt: skip
    for rows, gap in search.overlaps.items():
        zh, en = _said(search.decider, gap)
        which = [str(row + 1) for row in rows[:MOST_ROWS]] + ["…"] * (len(rows) > MOST_ROWS)
        more = ("，说法不一", " and differ") if search.decider.policy.name != UNIQUE else ("", "")
        yield Problem(
            file, search.decider.rules[rows[-1]].id, "two_rows",
            f"第{'、'.join(which)}行同时适合{more[0]}：{zh}。请改得不重叠。",
            f"Rows {', '.join(which)} all fit {en}{more[1]}. Let only one of them.",
        )  # fmt: skip


def _said(decider: Decider, path: Sequence[object]) -> tuple[str, str]:
    told = [said(value) for value in path]
    heads = decider.table.input_names[: len(told)]
    zh = "，".join(f"{head.zh} = {each[0]}" for head, each in zip(heads, told, strict=True))
    en = ", ".join(f"{head.en} = {each[1]}" for head, each in zip(heads, told, strict=True))
    return zh or "任何情况", en or "anything"


@dataclass
class Search:
    """Walks the columns from left to right; rows still in the running are bits of a number."""

    decider: Decider
    columns: list[list[Piece]]
    gaps: list[tuple[object, ...]] = field(default_factory=list)
    overlaps: dict[tuple[int, ...], tuple[object, ...]] = field(default_factory=dict)

    def run(self) -> None:
        """Look everywhere; TooIntricateError after so many steps that nobody would wait."""
        policy, rules = self.decider.policy, self.decider.rules
        self._wants_row = policy.needs_a_row and not self.decider.is_complete_by_default
        self._wants_one = policy.name in {UNIQUE, "ANY"}
        self._tried = MOST_TRIED
        self._ways = [self._divided(c, pieces) for c, pieces in enumerate(self.columns)]
        self._sure = [self._fitting_from(c) for c in range(len(self.columns) + 1)]
        self._seen: set[tuple[int, int, bool]] = set()
        self._left = MOST_PLACES
        self._look(0, (1 << len(rules)) - 1, (), counts=True)

    def _divided(self, c: int, pieces: Sequence[Piece]) -> list[tuple[int, Piece]]:
        """Give which rows each piece leaves, once for pieces that leave the same rows."""
        found: dict[tuple[int, object], tuple[int, Piece]] = {}
        index = Index([rule.tests[c] for rule in self.decider.rules], pieces)
        self._tried -= len(index.others) * len(pieces)
        if self._tried < 0:
            raise TooIntricateError
        for place, piece in enumerate(pieces):
            try:
                rows = index.rows(piece)
            except EvaluationError:
                if piece.counts:
                    raise
                continue
            found.setdefault((rows, 0 if rows else place), (rows, piece))
        return list(found.values())

    def _fitting_from(self, c: int) -> int:
        """Give the rows that ask nothing from this column on."""
        return sum(1 << n for n, rule in enumerate(self.decider.rules) if not any(rule.tests[c:]))

    def _look(self, c: int, rows: int, path: tuple[object, ...], *, counts: bool) -> None:
        if not rows:
            if counts and self._wants_row:
                self.gaps.append(path)
                self._wants_row = len(self.gaps) < MOST_TOLD
            return
        if not self._is_open(c, rows, counts=counts) or (c, rows, counts) in self._seen:
            return
        self._seen.add((c, rows, counts))
        if c == len(self.columns):
            self._meet(rows, path)
            return
        for left, piece in self._ways[c]:
            self._left -= 1
            if self._left < 0:
                raise TooIntricateError
            self._look(c + 1, rows & left, (*path, piece.value), counts=counts and piece.counts)

    def _is_open(self, c: int, rows: int, *, counts: bool) -> bool:
        """Whether something may be found behind here."""
        may_miss = counts and self._wants_row and not rows & self._sure[c]
        return may_miss or (self._wants_one and rows & (rows - 1) > 0)

    def _meet(self, rows: int, path: tuple[object, ...]) -> None:
        which = tuple(n for n in range(rows.bit_length()) if rows >> n & 1)
        if len(which) > 1 and (self.decider.policy.name == UNIQUE or self._differ(which)):
            self.overlaps.setdefault(which, path)
            self._wants_one = len(self.overlaps) < MOST_TOLD

    def _differ(self, which: Sequence[int]) -> bool:
        """Whether rows are known to answer differently."""
        rows = [[constant_of(cell) for cell in self.decider.rules[n].outputs] for n in which]
        return any(
            known and other and value != first
            for row in rows[1:]
            for (known, value), (other, first) in zip(row, rows[0], strict=True)
        )

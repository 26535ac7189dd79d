"""Rows of a table whose first fitting row counts, of which some can never be the first."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from engine.spiff.dmn.unary import Asked
from engine.spiff.language.expressions import EvaluationError
from engine.spiff.language.inference import inferred, tree_of
from engine.spiff.lint.gaps import MOST_PLACES, MOST_ROWS, MOST_TRIED, TooIntricateError
from engine.spiff.lint.pieces import Index, Piece, pieces_of, within
from engine.spiff.model import Problem
from engine.spiff.possible import Seen, comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.dmn.decisions import Decider, Rule
    from engine.spiff.files.sources import Sources
    from engine.spiff.language.inference import Values


def rows_can_answer(sources: Sources) -> Iterator[Problem]:
    """Let no row of a FIRST table stand behind rows that fit wherever it does.

    A table that cannot be tried is only searched for rows that ask no more than a later one.
    """
    if sources.is_partly_unknown:
        return
    known = comparable(sources)
    for reading in sources.tables.values():
        decider = reading.decider
        if decider is None or decider.policy.name != "FIRST":
            continue
        for row, by in hidden_rows(decider, Seen(known, decider.given)).items():
            which = [str(n + 1) for n in by[:MOST_ROWS]] + ["…"] * (len(by) > MOST_ROWS)
            yield Problem(
                reading.file, decider.rules[row].id, "row_hidden",
                f"第{row + 1}行永远轮不到：适合它的，前面的第{'、'.join(which)}行先适合。"
                "请把它移到前面、改条件，或删去。",
                f"Row {row + 1} never counts: what fits it fits row {', '.join(which)} before it. "
                "Move it up, change what it asks, or delete it.",
            )  # fmt: skip


def hidden_rows(decider: Decider, known: Mapping[str, Values]) -> dict[int, tuple[int, ...]]:
    """Give the rows that fit but never first, with those that stand before them; from nought."""
    try:
        columns = pieces_of(decider, known)
        if columns is not None:
            walk = _Walk(tuple(_ways(decider, columns, known)))
            walk.look(0, (1 << len(decider.rules)) - 1)
            return walk.hidden()
    except (EvaluationError, TooIntricateError):
        pass
    return _asking_more(decider.rules)


def _asking_more(rules: tuple[Rule, ...]) -> dict[int, tuple[int, ...]]:
    """Give the rows whose every cell is asked, or not at all, by one of the first rows as well."""
    first = range(min(len(rules), MOST_ROWS))
    found = {n: tuple(m for m in first if m < n and _covers(rules[m], rules[n]))
             for n in range(len(rules))}  # fmt: skip
    return {n: by[:1] for n, by in found.items() if by}


def _covers(one: Rule, other: Rule) -> bool:
    return all(
        mine is None or (theirs is not None and mine.text == theirs.text)
        for mine, theirs in zip(one.tests, other.tests, strict=True)
    )


def _ways(
    decider: Decider, columns: list[list[Piece]], known: Mapping[str, Values]
) -> Iterator[tuple[int, ...]]:
    """Give, for every column, the sets of rows that some piece of its values leaves."""
    left = MOST_TRIED
    for c, (asked, head) in enumerate(zip(decider.inputs, decider.asked, strict=True)):
        cells = [rule.tests[c] for rule in decider.rules]
        pieces = columns[c]
        values = inferred(tree_of(asked.text), known).read(head.kind)
        if values.closed is None:
            if any(isinstance(leaf, Asked) for cell in cells if cell for leaf in cell.leaves()):
                raise TooIntricateError
            more = [
                each
                for each in _more(pieces)
                if (not head.allowed or head.allowed.fits(each, {})) and within(each, values)
            ]
            pieces = [*pieces, *map(Piece, more)]
        index = Index(cells, pieces)
        left -= len(index.others) * len(pieces)
        if left < 0:
            raise TooIntricateError
        yield tuple(dict.fromkeys(index.rows(piece) for piece in pieces))


def _more(pieces: list[Piece]) -> Iterator[object]:
    """Give what may be answered besides and is no gap: other texts, and less than nought."""
    values = [piece.value for piece in pieces]
    texts = [value for value in values if isinstance(value, str)]
    yield from (text + after for text in ("", *texts) for after in ("", "\0") if texts)
    for kind, below in ((int, -1), (Decimal, Decimal(-1)), (timedelta, timedelta(days=-1))):
        if any(type(value) is kind for value in values):
            yield below


@dataclass
class _Walk:
    """Looks for combinations in which a row is the first; sets of rows are bits of a number."""

    ways: tuple[tuple[int, ...], ...]
    alive: int = 0
    before: dict[int, int] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def look(self, c: int, rows: int) -> None:
        if not rows & ~self.alive or (c, rows) in self.seen:
            return
        self.seen.add((c, rows))
        if len(self.seen) > MOST_PLACES:
            raise TooIntricateError
        if c == len(self.ways):
            self._meet(rows)
            return
        for left in self.ways[c]:
            self.look(c + 1, rows & left)

    def _meet(self, rows: int) -> None:
        first = rows & -rows
        self.alive |= first
        rest = (rows ^ first) & ~self.alive
        while rest:
            row = rest & -rest
            self.before[row] = self.before.get(row, 0) | first
            rest ^= row

    def hidden(self) -> dict[int, tuple[int, ...]]:
        found = {row: by for row, by in sorted(self.before.items()) if not row & self.alive}
        return {
            row.bit_length() - 1: tuple(n for n in range(by.bit_length()) if by >> n & 1)
            for row, by in found.items()
        }

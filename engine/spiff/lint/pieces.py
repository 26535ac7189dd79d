"""Pieces of an input's values: on each of them every cell of the column says one thing."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from engine.spiff.dmn.kinds import DATE, DATE_TIME, DURATION, NUMBER, TEXT, read_as
from engine.spiff.dmn.unary import Asked, Compared
from engine.spiff.language.inference import EXACT, KEPT, inferred, kind_of, tree_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from engine.spiff.dmn.decisions import Column, Decider
    from engine.spiff.dmn.unary import Cell
    from engine.spiff.language.inference import Values

_STEPS: Final[Mapping[str, Any]] = {
    NUMBER: 1, DATE: timedelta(days=1), DATE_TIME: timedelta(seconds=1),
    DURATION: timedelta(seconds=1),
}  # fmt: skip
_NOUGHT: Final[Mapping[str, Any]] = {NUMBER: Decimal(0), DURATION: timedelta()}


@dataclass(frozen=True)
class Piece:
    """A value that stands for its piece; one that does not count may go without a row."""

    value: object
    counts: bool = True


NOTHING: Final = Piece(None, counts=False)


def pieces_of(decider: Decider, known: Mapping[str, Values]) -> list[list[Piece]] | None:
    """Give the pieces of every input, or None where nobody can say them before a case runs.

    Numbers, dates and durations are cut at all limits of their column and of their field; below
    nought only if one lies there. Free text is tried with the texts of its column. A question may
    be unanswered.
    """
    columns: list[list[Piece]] = []
    for c, (asked, head) in enumerate(zip(decider.inputs, decider.asked, strict=True)):
        cells = [rule.tests[c] for rule in decider.rules]
        if any(cell.names for cell in cells if cell):
            return None
        values = inferred(tree_of(asked.text), known).read(head.kind)
        found = _pieces(values, head, [cell for cell in (*cells, head.allowed) if cell])
        if found is None:
            return None
        columns.append([*(piece for piece in found if _allowed(piece, head)), NOTHING])
    return columns


def _allowed(piece: Piece, head: Column) -> bool:
    return head.allowed is None or head.allowed.fits(piece.value, {})


def _pieces(values: Values, head: Column, cells: Sequence[Cell]) -> list[Piece] | None:
    if values.closed is not None:
        return [Piece(value) for value in values.closed]
    limits = [each for cell in cells for each in _constants(cell) if each is not None]
    kind = _order(values, limits)
    if kind is None:
        return None
    read = [value for value in (read_as(kind, each) for each in limits) if value is not None]
    if kind == TEXT:
        return [Piece(text) for text in dict.fromkeys(read)] or [Piece("")]
    whole = kind == DATE or (kind == NUMBER and values.kinds == {NUMBER} and head.kind is None)
    ends = [end for end in (values.least, values.most) if end is not None and kind == NUMBER]
    found = [each for each in _cut(kind, [*read, *ends], whole=whole) if within(each, values)]
    beyond = [value for _, value in values.listed if not within(value, values)]
    return [Piece(value) for value in (*found, *beyond)]


def within(value: Any, values: Values) -> bool:
    """Whether a value lies between the least and the most, if it is a number; others always do."""
    if not isinstance(value, (int, Decimal)):
        return True
    return (values.least is None or value >= values.least) and (
        values.most is None or value <= values.most
    )


def _constants(cell: Cell) -> Iterable[object]:
    """Give the values that a cell may change its mind at, also those in what it asks by `?`."""
    yield from cell.constants
    for leaf in cell.leaves():
        if isinstance(leaf, Asked):
            for node in ast.walk(tree_of(leaf.expression.text)):
                if isinstance(node, ast.Constant) and not isinstance(node.value, bool):
                    yield node.value


def _order(values: Values, limits: Sequence[object]) -> str | None:
    """Say by which order a column is cut, if by one."""
    kinds = values.kinds - KEPT.keys()
    if kinds and kinds <= {NUMBER, EXACT}:
        return NUMBER
    if kinds == {DATE, DATE_TIME}:
        asked = {kind_of(limit) for limit in limits}
        return DATE_TIME if asked == {DATE_TIME} else DATE if DATE_TIME not in asked else None
    return next(iter(kinds)) if len(kinds) == 1 and kinds <= {TEXT, *_STEPS} else None


def _cut(kind: str, limits: Sequence[Any], *, whole: bool) -> list[Any]:
    step, floor = _STEPS[kind], _NOUGHT.get(kind)
    at = sorted(set(limits)) or [floor] if floor is not None or limits else []
    if not at:
        return []
    between = [low + step if whole else low + (high - low) / 2 for low, high in pairwise(at)]
    tried = {*at, *between, *_beyond(at, step)}
    lowest = None if floor is None or at[0] < floor else floor
    return [each for each in sorted(tried) if lowest is None or each >= lowest]


def _beyond(at: Sequence[Any], step: Any) -> list[Any]:
    found = []
    for limit, there in ((at[0], -step), (at[-1], step)):
        try:
            found.append(limit + there)
        except OverflowError:
            continue
    return found


class Index:
    """Which rows fit a piece, as bits of a number; `others` are those that have to be asked.

    Lookup tables have thousands of rows that each name a key: those are found by it.
    """

    def __init__(self, cells: Sequence[Cell | None], pieces: Sequence[Piece]) -> None:
        kinds = {kind_of(piece.value) for piece in pieces} - {"none"}
        self._always = sum(1 << n for n, cell in enumerate(cells) if cell is None)
        self._by_key: dict[object, int] = {}
        self.others: list[tuple[int, Cell]] = []
        for n, cell in enumerate(cells):
            keys = _keys(cell) if cell and len(kinds) == 1 else []
            if cell and not (keys and {kind_of(key) for key in keys} == kinds):
                self.others.append((n, cell))
                continue
            for key in keys:
                self._by_key[key] = self._by_key.get(key, 0) | 1 << n

    def rows(self, piece: Piece) -> int:
        """Give the rows; EvaluationError if one cannot be asked about this piece."""
        asked = sum(1 << n for n, cell in self.others if cell.fits(piece.value, {}))
        known = self._by_key.get(piece.value, 0) if piece.value is not None else 0
        return self._always | known | asked


def _keys(cell: Cell) -> list[object]:
    """Give the values that a cell names, if it does nothing else."""
    plain = cell.inner is None and all(
        isinstance(test, Compared) and test.sign == "==" for test in cell.tests
    )
    return cell.constants if plain and None not in cell.constants else []

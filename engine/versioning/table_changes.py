"""What changed in a decision table, row by row and cell by cell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from engine.calendar import limit_said
from engine.spiff import Names
from engine.versioning.saying import (
    all_turned,
    otherwise,
    renamed,
    turned,
    whole,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff import Row, Table

_POLICY = Names("几行同时适合时", "when several rows fit")
_NOTE = Names("说明", "description")
_OURS = Names("本公司默认", "our default")
_ISO: Final = re.compile('"P[^"]+"')
_YES, _NO = Names("是", "yes"), Names("否", "no")


def table_changes(was: Table | None, now: Table | None) -> Iterator[Names]:
    """Say what changed between two tables."""
    if was is None or now is None:
        yield from whole(was, now)
        return
    said = [*_said(was, now)]
    yield from said
    if was != now and not said:
        yield otherwise(Names("决策表", "the table"))


def _said(was: Table, now: Table) -> Iterator[Names]:
    if was.names != now.names:
        yield renamed(was.names.quoted, now.names.quoted)
    if was.policy != now.policy:
        yield turned(Names("此表", "this table"), _POLICY, was.policy, now.policy)
    yield from _rows(was, now)
    whose = Names("没有一行适合时", "when no row fits")
    yield from all_turned(whose, _default(was), _default(now))


def _rows(was: Table, now: Table) -> Iterator[Names]:
    before, after = _by_id(was.rules), _by_id(now.rules)
    before = _under_new_ids(before, after)
    for key, row in after.items():
        if key not in before:
            yield Names(f"新的一行：{_row(row, now).zh}", f"New row: {_row(row, now).en}")
        else:
            yield from _same_row(before[key], row, was, now)
    for key, row in before.items():
        if key not in after:
            yield Names(
                f"不再有的一行：{_row(row, was).zh}", f"Row that is gone: {_row(row, was).en}"
            )
    both = [key for key in before if key in after], [key for key in after if key in before]
    if both[0] != both[1]:
        yield Names("行的先后次序有修改", "The rows are in another order")


def _by_id(rows: Iterable[Row]) -> dict[str, Row]:
    return {row.id: row for row in rows}


def _under_new_ids(before: Mapping[str, Row], after: Mapping[str, Row]) -> dict[str, Row]:
    """Give the rows as they were, those that only got another id under it."""
    same = {(row.inputs, row.outputs): id_ for id_, row in after.items() if id_ not in before}
    return {
        id_ if id_ in after else same.get((row.inputs, row.outputs), id_): row
        for id_, row in before.items()
    }


def _same_row(was: Row, now: Row, old: Table, new: Table) -> Iterator[Names]:
    whose = Names(f"“{_row(now, new).zh}”一行", f"row “{_row(now, new).en}”")
    before, after = _cells(was, old), _cells(now, new)
    yield from all_turned(whose, before, after)
    if was.note != now.note and before == after:  # else it names the numbers that are told already
        yield turned(whose, _NOTE, was.note, now.note)
    if was.our_default != now.our_default:
        both = [_YES if row.our_default else _NO for row in (was, now)]
        yield turned(whose, _OURS, *both)


def _cells(row: Row, table: Table) -> dict[Names, Names]:
    """Give what a row says by the heading of its column."""
    heads = (*table.input_names, *table.output_names)
    cells = (*row.inputs, *row.outputs)
    said = zip(heads, cells, strict=True)
    return {head.quoted: _written(cell or "-") for head, cell in said}


def _default(table: Table) -> dict[Names, Names]:
    said = zip(table.output_names, table.default, strict=False)
    return {head.quoted: _written(text) for head, text in said}


def _written(cell: str) -> Names:
    """Give a cell as it is written, a limit of ISO 8601 in words."""
    if not _ISO.fullmatch(cell):
        return Names(cell, cell)
    said = limit_said(cell[1:-1])
    return Names(said.zh, said.en)


def _row(row: Row, table: Table) -> Names:
    """Say which row it is: its description, or its cells."""
    if row.note.zh:
        return row.note
    cells = _cells(row, table).items()
    return Names(
        "，".join(f"{head.zh} {cell.zh}" for head, cell in cells),
        ", ".join(f"{head.en} {cell.en}" for head, cell in cells),
    )

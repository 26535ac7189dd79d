"""Storing a move: one statement, so that a step costs one round trip whatever it writes."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.direct import Direct
from engine.tables import cases, drafts, entries, tasks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

Row = dict[str, Any]

_TASK = (*("id", "case_id", "process", "element", "within", "item", "role", "due_at", "opened_at"),)
_ENTRY = tuple(entries.c.keys())
_CHANGED = (
    *("state", "revision", "entries", "head", "number", "next_due", "reckoned", "status"),
    *("outcome", "clock", "due_at", "closed_at", "ended_at", "stuck"),
    *("customer", "product", "amount", "zone"),
)


def store(
    conn: sa.Connection,
    case: Mapping[str, Any],
    *,
    closed: Sequence[UUID],
    opened: Sequence[Row],
    entered: Sequence[Row],
    forgotten: Sequence[str] = (),
) -> dict[UUID, UUID | None]:
    """Write a locked case's row, the tasks that closed and opened, and its new entries.

    `case` holds its id and every column that a move may change; `forgotten` are the subjects of
    drafts that go with it. Returns who held each of the closed tasks at last.
    """
    values: Row = {f"case_{name}": value for name, value in case.items()}
    for number, key in enumerate(closed):
        values[f"closed{number}"] = key
    for number, subject in enumerate(forgotten):
        values[f"forgotten{number}"] = subject
    for kind, rows in (("task", opened), ("entry", entered)):
        for number, row in enumerate(rows):
            for name, value in row.items():
                values[f"{kind}{number}_{name}"] = value
    statement = _statement(len(closed), len(opened), len(entered), len(forgotten))
    return dict(statement.rows(conn, values))


@cache
def _statement(closed: int, opened: int, entered: int, forgotten: int) -> Direct:
    """Compose the statement for so many rows; few combinations ever occur."""
    gone = (
        sa.delete(tasks)
        .where(_one_of(tasks.c.id, "closed", closed))
        .returning(tasks.c.id, tasks.c.claimed_by)
        .cte("closed")
    )
    moved = (
        sa.update(cases)
        .where(cases.c.id == sa.bindparam("case_id"))
        .values({name: sa.bindparam(f"case_{name}") for name in _CHANGED})
        .cte("moved")
    )
    parts = [moved, sa.insert(entries).values(_rows("entry", _ENTRY, entered)).cte("entered")]
    if opened:
        parts.append(sa.insert(tasks).values(_rows("task", _TASK, opened)).cte("opened"))
    if forgotten:
        dropped = sa.delete(drafts).where(_one_of(drafts.c.subject, "forgotten", forgotten))
        parts.append(dropped.cte("forgotten"))
    return Direct(sa.select(gone.c.id, gone.c.claimed_by).add_cte(*parts))


def _one_of(column: sa.Column[Any], name: str, count: int) -> sa.ColumnElement[bool]:
    given: list[sa.BindParameter[Any]] = [
        sa.bindparam(f"{name}{number}") for number in range(count)
    ]
    return column.in_(given) if given else sa.false()


def _rows(kind: str, columns: Sequence[str], count: int) -> list[dict[str, sa.BindParameter[Any]]]:
    return [
        {name: sa.bindparam(f"{kind}{number}_{name}") for name in columns}
        for number in range(count)
    ]

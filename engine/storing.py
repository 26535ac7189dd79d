"""Storing a move: one statement, so that a step costs one round trip whatever it writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.direct import Direct
from engine.tables import cases, drafts, entries, tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.sql.dml import UpdateBase

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Write:
    """Something that few moves write besides: ``compose`` says it in SQL, for so many rows.

    The values of row 2 are the parameters ``<name>2_<column>``.
    """

    name: str
    compose: Callable[[str, int], UpdateBase]


NOTHING: Final[Mapping[Write, Sequence[Row]]] = MappingProxyType({})

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
    besides: Mapping[Write, Sequence[Row]] = NOTHING,
) -> dict[UUID, UUID | None]:
    """Write a locked case's row, the tasks that closed and opened, and its new entries.

    `case` holds its id and every column that a move may change; `forgotten` are the subjects of
    drafts that go with it; `besides` is what this move writes elsewhere. Returns who held each
    of the closed tasks at last.
    """
    values: Row = {f"case_{name}": value for name, value in case.items()}
    for number, key in enumerate(closed):
        values[f"closed{number}"] = key
    for number, subject in enumerate(forgotten):
        values[f"forgotten{number}"] = subject
    _number(values, "task", opened)
    _number(values, "entry", entered)
    for write, rows in besides.items():
        _number(values, write.name, rows)
    more = tuple([(write, len(rows)) for write, rows in besides.items()])
    statement = _statement(len(closed), len(opened), len(entered), len(forgotten), more)
    return dict(statement.rows(conn, values))


def _number(values: Row, kind: str, rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows):
        for name, value in row.items():
            values[f"{kind}{number}_{name}"] = value


@cache
def _statement(
    closed: int, opened: int, entered: int, forgotten: int, more: tuple[tuple[Write, int], ...]
) -> Direct:
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
    parts = [moved, sa.insert(entries).values(rows_of("entry", _ENTRY, entered)).cte("entered")]
    if opened:
        parts.append(sa.insert(tasks).values(rows_of("task", _TASK, opened)).cte("opened"))
    if forgotten:
        dropped = sa.delete(drafts).where(_one_of(drafts.c.subject, "forgotten", forgotten))
        parts.append(dropped.cte("forgotten"))
    parts += [write.compose(write.name, count).cte(f"{write.name}_rows") for write, count in more]
    return Direct(sa.select(gone.c.id, gone.c.claimed_by).add_cte(*parts))


def _one_of(column: sa.Column[Any], name: str, count: int) -> sa.ColumnElement[bool]:
    given: list[sa.BindParameter[Any]] = [
        sa.bindparam(f"{name}{number}") for number in range(count)
    ]
    return column.in_(given) if given else sa.false()


def rows_of(
    kind: str, columns: Sequence[str], count: int
) -> list[dict[str, sa.BindParameter[Any]]]:
    """Return the parameters of so many rows of a kind, as ``insert().values()`` takes them."""
    return [
        {name: sa.bindparam(f"{kind}{number}_{name}") for name in columns}
        for number in range(count)
    ]


def inserts(table: sa.Table, columns: Sequence[str]) -> Callable[[str, int], UpdateBase]:
    """Return how so many rows of a kind are inserted into a table."""
    return lambda name, count: sa.insert(table).values(rows_of(name, columns, count))


def keys_of(kind: str, count: int) -> list[sa.BindParameter[Any]]:
    """Return the parameters for the ids of so many rows of a kind."""
    return [sa.bindparam(f"{kind}{number}_id", type_=sa.Uuid) for number in range(count)]

"""Storing a move: one statement, so that a step costs one round trip whatever it writes.

Only what opens or ends for hundreds of items at once takes more of them, in portions of a few
sizes: a statement is composed once for each combination of counts, and kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

import sqlalchemy as sa

from engine.direct import Direct
from engine.tables import cases, drafts, entries, tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.sql.dml import UpdateBase

Row = dict[str, Any]
Some = TypeVar("Some")


@dataclass(frozen=True, slots=True)
class Write:
    """Something that few moves write besides: ``compose`` says it in SQL, for so many rows.

    The values of row 2 are the parameters ``<name>2_<column>``.
    """

    name: str
    compose: Callable[[str, int], UpdateBase]


FEW: Final = 16
PORTIONS: Final = (64, 16, 4, 1)
NOTHING: Final[Mapping[Write, Sequence[Row]]] = MappingProxyType({})

_TASK = (
    *("id", "case_id", "process", "element", "within", "item", "role", "due_at", "stands"),
    "opened_at",
)
_ENTRY = tuple(entries.c.keys())
_CHANGED = (
    *("state", "revision", "entries", "head", "number", "next_due", "reckoned", "status"),
    *("outcome", "clock", "due_at", "closed_at", "ended_at", "stuck", "kept"),
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
    parts: dict[Write, Sequence[Row]] = {_CLOSED: [{"id": key} for key in closed]}
    parts |= {_ENTERED: entered, _OPENED: opened, **besides}
    list(_in_portions(conn, _ENTERED, entered[FEW:]))
    holders = _at_once(conn, case, parts, forgotten)
    for write, rows in parts.items():
        if len(rows) > FEW and write is not _ENTERED:
            holders |= dict(_in_portions(conn, write, rows[FEW:]))
    return holders


def _at_once(
    conn: sa.Connection,
    case: Mapping[str, Any],
    parts: Mapping[Write, Sequence[Row]],
    forgotten: Sequence[str],
) -> dict[UUID, UUID | None]:
    values: Row = {f"case_{name}": value for name, value in case.items()}
    for number, subject in enumerate(forgotten):
        values[f"forgotten{number}"] = subject
    for write, rows in parts.items():
        _number(values, write.name, rows[:FEW])
    counts = tuple([(write, min(len(rows), FEW)) for write, rows in parts.items()])
    return dict(_statement(len(forgotten), counts).rows(conn, values))


def _in_portions(
    conn: sa.Connection, write: Write, rows: Sequence[Row]
) -> Iterator[tuple[UUID, UUID | None]]:
    """Write many rows of a kind, and give what the statements return."""
    for some in portions(rows):
        values: Row = {}
        _number(values, write.name, some)
        yield from _portion(write, len(some)).rows(conn, values)


def portions(rows: Sequence[Some]) -> Iterator[Sequence[Some]]:
    """Divide rows into portions of a few sizes, for each of which a statement is kept."""
    begun = 0
    for size in PORTIONS:
        while begun + size <= len(rows):
            yield rows[begun : begun + size]
            begun += size


@cache
def _portion(write: Write, count: int) -> Direct:
    part = write.compose(write.name, count).cte(write.name)
    if part.c:
        return Direct(sa.select(part))
    return Direct(sa.select(sa.null()).where(sa.false()).add_cte(part))


def _number(values: Row, kind: str, rows: Sequence[Row]) -> None:
    for number, row in enumerate(rows):
        for name, value in row.items():
            values[f"{kind}{number}_{name}"] = value


@cache
def _statement(forgotten: int, counts: tuple[tuple[Write, int], ...]) -> Direct:
    """Compose the statement for so many rows; few combinations ever occur."""
    moved = (
        sa.update(cases)
        .where(cases.c.id == sa.bindparam("case_id"))
        .values({name: sa.bindparam(f"case_{name}") for name in _CHANGED})
        .cte("moved")
    )
    parts = {
        write: write.compose(write.name, count).cte(f"{write.name}_rows")
        for write, count in counts
        if count or write is _CLOSED
    }
    gone = parts.pop(_CLOSED)
    more = [moved, *parts.values()]
    if forgotten:
        names = [f"forgotten{number}" for number in range(forgotten)]
        dropped = sa.delete(drafts).where(drafts.c.subject.in_(map(sa.bindparam, names)))
        more.append(dropped.cte("forgotten"))
    return Direct(sa.select(gone.c.id, gone.c.claimed_by).add_cte(*more))


def _closing(name: str, count: int) -> UpdateBase:
    which = tasks.c.id.in_(keys_of(name, count)) if count else sa.false()
    return sa.delete(tasks).where(which).returning(tasks.c.id, tasks.c.claimed_by)


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


_CLOSED: Final = Write("closed", _closing)
_OPENED: Final = Write("task", inserts(tasks, _TASK))
_ENTERED: Final = Write("entry", inserts(entries, _ENTRY))

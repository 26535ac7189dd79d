"""Deadlines that a change of the calendars moves: foreseen before it, and told after it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures, spiff
from engine.history import read
from engine.history.entrynotes import named
from engine.tables import cases, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from uuid import UUID

    from engine.calendars import Revision, Stored
    from engine.procedures import Version
    from engine.spiff import Names

_RUNNING = sa.and_(cases.c.status == "open", cases.c.next_due.is_not(None))


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline of an open case that a change of the calendars moves. Times are UTC.

    One that only `reminds` is the next round of a reminder, for one that `waits` the flow waits.
    """

    case_id: UUID
    case_code: str
    customer: str | None
    timer: Names
    host: Names
    before: datetime
    after: datetime
    reminds: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a change would move; `looked` of `waiting` open cases with deadlines were looked at."""

    moved: list[Moved]
    looked: int
    waiting: int


def foresee(conn: sa.Connection, after: Stored, *, now: datetime, most: int) -> Foreseen:
    """Say which deadlines calendars would move that are not stored, of the `most` next cases."""
    waiting = int(conn.scalar(sa.select(sa.func.count()).where(_RUNNING)) or 0)
    next_ones = sa.select(cases).where(_RUNNING).order_by(cases.c.next_due).limit(most)
    moved: list[Moved] = []
    looked = 0
    for row in conn.execute(next_ones):
        looked += 1
        version = procedures.version(conn, row.version_id)
        move = spiff.reckon_anew(version.compiled, row.state, now=now, calendars=after)
        moved += (_moved(version, row, shift) for shift in move.shifted)
    return Foreseen(moved, looked, waiting)


def _moved(version: Version, row: sa.Row[Any], shift: spiff.Shift) -> Moved:
    timer = shift.timer
    return Moved(
        row.id,
        row.number or row.code,
        row.customer,
        named(version, timer.process, timer.element),
        named(version, timer.process, timer.host or timer.element),
        shift.before,
        timer.due,
        timer.reminds,
        waits=timer.host == timer.element,
    )


def waiting(conn: sa.Connection, revision: int) -> int:
    """Return how many open cases have still to be reckoned by a revision."""
    older = sa.select(sa.func.count()).where(_RUNNING, cases.c.reckoned < revision)
    return int(conn.scalar(older) or 0)


def moved(conn: sa.Connection, revision: Revision, *, limit: int = 500) -> list[Moved]:
    """Return the deadlines that a revision has moved, in the order in which it did."""
    told = (
        sa.select(entries.c.body, cases)
        .join(cases, cases.c.id == entries.c.case_id)
        .where(entries.c.kind == "deadline_moved", entries.c.at >= revision.at)
        .order_by(entries.c.at, entries.c.case_id)
        .limit(limit)
    )
    return [each for row in conn.execute(told) for each in _told(conn, row, revision.id)]


def _told(conn: sa.Connection, row: sa.Row[Any], revision: int) -> Iterator[Moved]:
    body = read(row.body)
    if body.get("calendars") != revision:
        return
    version = procedures.version(conn, row.version_id)
    shifted: Iterable[list[str]] = body.get("shifted", ())
    for place, host, before, after, *reminds in shifted:
        yield Moved(
            row.id,
            row.number or row.code,
            row.customer,
            named(version, *place.split(":")),
            named(version, *host.split(":")),
            datetime.fromisoformat(before),
            datetime.fromisoformat(after),
            bool(reminds),
            waits=place == host,
        )

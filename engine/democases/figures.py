"""What a year came to, counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures
from engine.history.entrynotes import named
from engine.replaying.record import DONE, FIRED
from engine.tables import cases, entries, tasks

if TYPE_CHECKING:
    from engine.procedures import Version
    from engine.spiff import Names


@dataclass(frozen=True, slots=True)
class Figures:
    """How many cases ended how, at which steps open ones wait, and what happened in all of them."""

    ended: tuple[tuple[Names, int], ...]
    waiting: tuple[tuple[Names, int], ...]
    cases: int
    steps: int
    timers: int
    entries: int


def figures(conn: sa.Connection, procedure: str) -> Figures:
    """Count the cases of a procedure."""
    version = procedures.in_force(conn, procedure)
    mine = sa.select(cases.c.id).where(cases.c.procedure == procedure)
    count = sa.func.count()
    kinds = sa.select(entries.c.kind, count).where(entries.c.case_id.in_(mine))
    told = {row.kind: row[1] for row in conn.execute(kinds.group_by(entries.c.kind))}
    outcomes = sa.select(cases.c.outcome, count).where(
        cases.c.procedure == procedure, cases.c.outcome.is_not(None)
    )
    places = sa.select(tasks.c.process + ":" + tasks.c.element, count).where(
        tasks.c.case_id.in_(mine)
    )
    return Figures(
        ended=_named(conn, version, outcomes.group_by(cases.c.outcome)),
        waiting=_named(conn, version, places.group_by(tasks.c.process, tasks.c.element)),
        cases=int(conn.scalar(sa.select(count).where(cases.c.procedure == procedure)) or 0),
        steps=told.get(DONE, 0),
        timers=told.get(FIRED, 0),
        entries=sum(told.values()),
    )


def _named(
    conn: sa.Connection, version: Version, counted: sa.Select[Any]
) -> tuple[tuple[Names, int], ...]:
    rows = conn.execute(counted).all()
    found = [(named(version, *row[0].split(":")), int(row[1])) for row in rows]
    return tuple(sorted(found, key=lambda each: -each[1]))

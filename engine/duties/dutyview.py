"""Duties as their page shows them: the rule in words, the next round, and the runs so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import calendars, procedures
from engine.duties import schedules
from engine.spiff import Names
from engine.tables import cases, duties, duty_runs, duty_switches, people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

SHOWN = 5
"""How many of its runs, and of its switches, are shown."""


@dataclass(frozen=True, slots=True)
class Run:
    """One case that a duty has started; ``stands_for`` is None if a person started it by hand.

    ``missed`` are the rounds before it that nobody started.
    """

    case_id: UUID
    case_code: str
    is_open: bool
    stands_for: datetime | None
    started_at: datetime
    who: str | None
    missed: int


@dataclass(frozen=True, slots=True)
class Switch:
    """A duty was switched on or off, by whom (None for a command), when (UTC) and why."""

    active: bool
    who: str | None
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Duty:
    """One duty. Times are UTC; ``next_for`` is the day that the rule draws, without a zone."""

    procedure: str
    names: Names
    role_names: Names
    rule: Names
    calendar: Names
    active: bool
    stuck: bool
    next_at: datetime | None
    next_for: datetime | None
    derivation: tuple[Names, ...]
    provisional: bool
    missed: int
    runs: list[Run]
    switches: list[Switch]


_DUTIES = sa.select(
    duties,
    sa.select(sa.func.coalesce(sa.func.sum(duty_runs.c.missed), 0))
    .where(duty_runs.c.procedure == duties.c.procedure)
    .scalar_subquery()
    .label("missed"),
).order_by(duties.c.next_at.asc().nulls_last(), duties.c.procedure)
_RUNS = (
    sa.select(
        duty_runs.c.case_id,
        sa.func.coalesce(cases.c.number, cases.c.code),
        cases.c.status == "open",
        duty_runs.c.stands_for,
        duty_runs.c.started_at,
        people.c.name,
        duty_runs.c.missed,
    )
    .join(cases, cases.c.id == duty_runs.c.case_id)
    .join(people, people.c.id == duty_runs.c.started_by, isouter=True)
    .where(duty_runs.c.procedure == sa.bindparam("procedure"))
    .order_by(duty_runs.c.started_at.desc())
    .limit(SHOWN)
)


_SWITCHES = (
    sa.select(duty_switches.c.active, people.c.name, duty_switches.c.at, duty_switches.c.reason)
    .join(people, people.c.id == duty_switches.c.switched_by, isouter=True)
    .where(duty_switches.c.procedure == sa.bindparam("procedure"))
    .order_by(duty_switches.c.id.desc())
    .limit(SHOWN)
)


def all_duties(conn: sa.Connection) -> list[Duty]:
    """Return the duties, the one that is due first at the top."""
    return [_duty(conn, row) for row in conn.execute(_DUTIES).all()]


def _duty(conn: sa.Connection, row: sa.Row[Any]) -> Duty:
    version = procedures.in_force(conn, row.procedure)
    start = version.compiled.start
    calendar = schedules.calendar_of(calendars.current(conn), start)
    planned = None
    if row.next_for is not None:
        planned = schedules.again(row.rule, row.next_for, calendar)
    return Duty(
        procedure=row.procedure,
        names=version.names,
        role_names=version.bundle.roles[start.role],
        rule=Names(*schedules.words(row.rule)),
        calendar=Names(calendar.zh, calendar.en),
        active=row.active,
        stuck=row.stuck,
        next_at=row.next_at,
        next_for=row.next_for,
        derivation=() if planned is None else tuple(Names(*line) for line in planned.lines),
        provisional=planned is not None and planned.provisional,
        missed=row.missed,
        runs=_runs(conn, row.procedure),
        switches=_switches(conn, row.procedure),
    )


def _runs(conn: sa.Connection, procedure: str) -> list[Run]:
    found: Sequence[sa.Row[*tuple[Any, ...]]]
    found = conn.execute(_RUNS, {"procedure": procedure}).all()
    return [Run(*row) for row in found]


def _switches(conn: sa.Connection, procedure: str) -> list[Switch]:
    return [Switch(*row) for row in conn.execute(_SWITCHES, {"procedure": procedure})]

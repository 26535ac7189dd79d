"""Planning duties: which procedures the clock starts, when the next time, and whether at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine import calendars, procedures
from engine.duties import schedules
from engine.errors import NotFoundError
from engine.reasons import checked_reason
from engine.tables import duties, duty_runs, duty_switches

if TYPE_CHECKING:
    from datetime import datetime

    from engine.calendar import Calendar, Occurrence
    from engine.calendars import Stored
    from engine.people import Person
    from engine.spiff import Compiled, Names

ONE: Final = (
    sa.select(duties).where(duties.c.procedure == sa.bindparam("procedure")).with_for_update()
)


def plan(conn: sa.Connection, compiled: Compiled, *, now: datetime) -> None:
    """Bring the duty up to a procedure that is published: it is one if a timer starts it.

    A rule that stays keeps its next round.
    """
    start = compiled.start
    if start.kind != "timer" or start.schedule is None:
        conn.execute(sa.delete(duties).where(duties.c.procedure == compiled.id))
        return
    row = conn.execute(ONE, {"procedure": compiled.id}).one_or_none()
    if row is not None and row.rule == start.schedule:
        return
    calendar = schedules.calendar_of(calendars.current(conn), start)
    values = {
        **coming(_first(conn, compiled.id, start.schedule, calendar, now)),
        "rule": start.schedule,
        "rounds": 0,
        "stuck": False,
    }
    if row is not None and not row.active:
        values |= coming(None)
    written = insert(duties).values(procedure=compiled.id, **values)
    conn.execute(written.on_conflict_do_update(index_elements=["procedure"], set_=values))


def _first(
    conn: sa.Connection, procedure: str, rule: str, calendar: Calendar, now: datetime
) -> Occurrence | None:
    """Return the first round after ``now`` that has not been run, by another rule or calendar."""
    planned = schedules.first(rule, now, calendar)
    while planned is not None and _was_run(conn, procedure, planned.drawn):
        planned = schedules.after(rule, planned.drawn, calendar, rounds=0)
    return planned


def _was_run(conn: sa.Connection, procedure: str, drawn: datetime) -> bool:
    of_it = sa.and_(duty_runs.c.procedure == procedure, duty_runs.c.stands_for == drawn)
    return bool(conn.scalar(sa.select(sa.exists().where(of_it))))


def replan(conn: sa.Connection, *, known: Stored) -> None:
    """Move the next rounds of all duties to where other calendars have them."""
    rows = conn.execute(sa.select(duties).where(duties.c.next_for.is_not(None)).with_for_update())
    for row in rows.all():
        write(conn, row.procedure, **coming(_moved(conn, row, known)))


@dataclass(frozen=True, slots=True)
class MovedDuty:
    """A duty whose next round other calendars move. Times are UTC."""

    names: Names
    before: datetime
    after: datetime | None


def foresee(conn: sa.Connection, after: Stored) -> list[MovedDuty]:
    """Say which next rounds calendars would move that are not stored."""
    rows = conn.execute(sa.select(duties).where(duties.c.next_for.is_not(None)))
    moved = []
    for row in rows.all():
        planned = _moved(conn, row, after)
        at = None if planned is None else planned.at
        if at != row.next_at:
            names = procedures.in_force(conn, row.procedure).names
            moved.append(MovedDuty(names, row.next_at, at))
    return moved


def _moved(conn: sa.Connection, row: sa.Row[Any], known: Stored) -> Occurrence | None:
    start = procedures.in_force(conn, row.procedure).compiled.start
    return schedules.again(row.rule, row.next_for, schedules.calendar_of(known, start))


def coming(planned: Occurrence | None) -> dict[str, object]:
    """Return the columns that say when a duty comes next."""
    if planned is None:
        return {"next_at": None, "next_for": None}
    return {"next_at": planned.at, "next_for": planned.drawn}


def switch_on(
    conn: sa.Connection, procedure: str, *, why: str, by: Person | None, now: datetime
) -> None:
    """Let a duty start again; what it would have done meanwhile is not made up for.

    Raises NotFoundError and BadReasonError, here and below; one that is on already stays as it is.
    """
    row, said = found(conn, procedure), checked_reason(why)
    if row.active:
        return
    start = procedures.in_force(conn, procedure).compiled.start
    calendar = schedules.calendar_of(calendars.current(conn), start)
    planned = _first(conn, procedure, row.rule, calendar, now)
    write(conn, procedure, active=True, **coming(planned))
    _enter(conn, procedure, said, active=True, switched_by=by and by.id, at=now)


def switch_off(
    conn: sa.Connection, procedure: str, *, why: str, by: Person | None, now: datetime
) -> None:
    """Let a duty start no more until it is switched on; cases that it has started go on."""
    row, said = found(conn, procedure), checked_reason(why)
    if not row.active:
        return
    write(conn, procedure, active=False, stuck=False, **coming(None))
    _enter(conn, procedure, said, active=False, switched_by=by and by.id, at=now)


def _enter(conn: sa.Connection, procedure: str, reason: str, **values: object) -> None:
    switched = {"procedure": procedure, "reason": reason, **values}
    conn.execute(sa.insert(duty_switches).values(switched))


def found(conn: sa.Connection, procedure: str) -> sa.Row[Any]:
    """Return a duty's row, locked. Raises NotFoundError."""
    row = conn.execute(ONE, {"procedure": procedure}).one_or_none()
    if row is None:
        raise NotFoundError(f"没有定期任务“{procedure}”。", f"There is no duty “{procedure}”.")
    return row


def write(conn: sa.Connection, procedure: str, **values: object) -> None:
    """Change a duty's row."""
    conn.execute(sa.update(duties).where(duties.c.procedure == procedure).values(**values))

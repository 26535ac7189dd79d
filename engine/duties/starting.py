"""Duties: procedures that the clock starts, once for each round, over any number of workers.

The round that a run stands for is the one that the rule draws (day 10 of a month); when it starts
is the calendar's doing. So holidays that become known later never make two runs of one round.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.calendar.open_time import wall
from engine.cases.opening import every_field, move_on, new_case
from engine.database import is_away
from engine.duties import schedules
from engine.duties.planning import ONE, coming, found, write
from engine.errors import Refusal
from engine.history import Draft
from engine.incidents import recording
from engine.incidents.kinds import DUTY
from engine.reasons import checked_reason
from engine.roles import PROCESS_OWNER
from engine.tables import duties, duty_runs
from engine.versioning.switching import switch_next

if TYPE_CHECKING:
    from uuid import UUID

    from engine.calendar import Calendar, Occurrence
    from engine.incidents.incident import Incident
    from engine.people import Person
    from engine.procedures import Version


STARTED: Final = "duty_started"

MOST_MISSED: Final = 5000
_log = logging.getLogger("banjie.duties")
_DUE = (
    sa.select(duties)
    .where(duties.c.active, sa.not_(duties.c.stuck), duties.c.next_at <= sa.bindparam("now"))
    .order_by(duties.c.next_at)
    .limit(1)
    .with_for_update(skip_locked=True)
)


class DutyFailedError(Refusal):
    """A duty that somebody wants to start now cannot run: its diagram or a table is at fault."""

    code = "duty_failed"

    def __init__(self, error: spiff.RunError) -> None:
        super().__init__(
            f"没有启动：{error.zh} 请更正规程并重新发布后再试。",
            f"Nothing was started: {error.en} Mend the procedure, publish it and try again.",
        )


@dataclass(frozen=True, slots=True)
class _Round:
    """What one run stands for, what was missed before it, and what comes after it."""

    at: datetime
    drawn: datetime
    missed: int
    then: Occurrence | None


@dataclass(frozen=True, slots=True)
class _ByHand:
    """Who starts a run beside the rounds, and why."""

    by: Person
    why: str


def start_now(conn: sa.Connection, procedure: str, *, why: str, by: Person, now: datetime) -> UUID:
    """Start a duty's case beside its rounds, which stay as they are; return the case.

    Its first entry keeps the reason. Raises NotFoundError, BadReasonError and DutyFailedError.
    """
    found(conn, procedure)
    cause = _ByHand(by, checked_reason(why))
    version = procedures.in_force(conn, procedure)
    try:
        return _begin(conn, version, cause, now=now)
    except spiff.RunError as error:
        raise DutyFailedError(error) from error


def start_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Start one duty that is due at ``now`` and that nobody else is starting.

    Rounds that were missed are made up for by one run. Returns False when none is due. A duty that
    fails stands aside as an incident; only a database that is away is raised.
    """
    if switch_next(conn, now=now):
        return True
    row = conn.execute(_DUE, {"now": now}).one_or_none()
    if row is None:
        return False
    try:
        with conn.begin_nested():
            _start(conn, row, now=now)
    except Exception as error:
        if is_away(error):
            raise
        write(conn, row.procedure, stuck=True)
        place = (row.procedure, "")
        number = recording.record(conn, DUTY, error, place=place, procedure=row.procedure, now=now)
        _log.warning("Duty %s cannot be started: incident %d, %s", row.procedure, number, error)
    return True


def start_again(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | None:
    """Start a duty that stood aside, if its round still waits; return the case."""
    row = conn.execute(ONE, {"procedure": incident.procedure}).one_or_none()
    if row is None or not row.active or row.next_at is None or row.next_at > now:
        return None
    case_id = _start(conn, row, now=now)
    write(conn, row.procedure, stuck=False)
    return case_id


def _start(conn: sa.Connection, row: sa.Row[Any], *, now: datetime) -> UUID:
    version = procedures.in_force(conn, row.procedure)
    calendar = schedules.calendar_of(calendars.current(conn), version.compiled.start)
    due = _round(row, calendar, now)
    case_id = _begin(conn, version, due, now=now)
    write(conn, row.procedure, rounds=row.rounds + 1 + due.missed, **coming(due.then))
    return case_id


def _round(row: sa.Row[Any], calendar: Calendar, now: datetime) -> _Round:
    """Return the newest round that is due; those before it that had their own moment are missed."""
    newest = _Round(row.next_at, row.next_for, 0, None)
    for _ in range(MOST_MISSED):
        rounds = row.rounds + newest.missed + 1
        then = schedules.after(row.rule, newest.drawn, calendar, rounds=rounds)
        if then is None or then.at > now:
            return replace(newest, then=then)
        newest = _Round(then.at, then.drawn, newest.missed + (then.at > newest.at), None)
    return replace(newest, then=schedules.first(row.rule, now, calendar))


def _begin(
    conn: sa.Connection,
    version: Version,
    cause: _Round | _ByHand,
    *,
    now: datetime,
) -> UUID:
    """Open the case of a round, or one that a person starts, and run it to its first tasks."""
    start, form = version.compiled.start, version.start_form
    due, hand = (cause, None) if isinstance(cause, _Round) else (None, cause)
    by = None if hand is None else hand.by
    case, known = new_case(conn, version, uuid4(), by=by, now=now)
    days = calendars.of(conn, case.calendars)
    today = datetime.combine(wall(now, schedules.calendar_of(days, start)).date(), time())
    drawn = today if due is None else due.drawn
    given = {**(every_field(form, {}) if form else {}), spiff.DUTY_DATE: drawn.date().isoformat()}
    move = spiff.start(version.compiled, given, now=now, calendars=days)
    facts = {
        "process": start.process,
        "element": start.element,
        "role": start.role if by is None else _let_by(by, start.role),
        "facts": known,
        "stands_for": written(drawn),
        "missed": 0 if due is None else due.missed,
    }
    if hand is not None:
        facts["reason"] = hand.why
    move_on(conn, case, version, move, [Draft(STARTED, facts)], by=by, now=now)
    _enter(conn, case.id, version.compiled.id, cause, now=now)
    return case.id


def _enter(
    conn: sa.Connection, case_id: UUID, procedure: str, cause: _Round | _ByHand, *, now: datetime
) -> None:
    """Write down what a run stands for, or who has started it."""
    due, hand = (cause, None) if isinstance(cause, _Round) else (None, cause)
    conn.execute(
        sa.insert(duty_runs).values(
            case_id=case_id,
            procedure=procedure,
            stands_for=None if due is None else due.drawn,
            planned_at=now if due is None else due.at,
            started_at=now,
            started_by=None if hand is None else hand.by.id,
            missed=0 if due is None else due.missed,
        )
    )


def _let_by(by: Person, role: str) -> str | None:
    """Return the role that lets a person start a duty: that of its lane, or the process owner's."""
    return next((held for held in (role, PROCESS_OWNER) if held in by.roles), None)


def written(drawn: datetime) -> str:
    """Return the round that something stands for: its day, and its time if the rule draws one."""
    return f"{drawn:%Y-%m-%d %H:%M}".removesuffix(" 00:00")

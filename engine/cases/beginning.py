"""Beginning: a person starts an event that the diagram offers to their role, each arming once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.cases.starts import Completed, NotYoursError, next_of
from engine.clocks.reckoning import fresh
from engine.errors import NotFoundError, Refusal
from engine.history import Draft, moment, read
from engine.incidents import recording
from engine.incidents.kinds import EVENT
from engine.spiff import NotAwaitedError
from engine.suspending.standstill import check_goes_on
from engine.tables import cases, entries, waits
from engine.tasks.foureyes import Eyes

if TYPE_CHECKING:
    from datetime import datetime

    from engine.incidents.incident import Incident
    from engine.people import Person


BEGUN_BY: Final = "begun_by_role"
"""The variable that gets the role of who starts an event, if its message carries it."""


class EventGoneError(Refusal):
    """The event has been started, or the case has gone past it."""

    code = "event_gone"

    def __init__(self, case_id: UUID, name: str | None, at: datetime | None) -> None:
        zh, en = "案件已越过此处，不能再发起。", "The case has gone past it; it cannot be started."
        if name is not None:
            zh = f"{name} 刚刚已发起；如需再次发起，请从案件页重新进入。"
            en = f"{name} has just started it; to start it once more, go on from the case."
        super().__init__(zh, en, case_id=case_id)
        self.at = at


_BEGUN = sa.select(entries.c.body).where(
    entries.c.case_id == sa.bindparam("case"), entries.c.timer_id == sa.bindparam("wait")
)


def begin(
    conn: sa.Connection, case_id: UUID, wait_id: UUID, *, by: Person, now: datetime
) -> Completed:
    """Start an event that is offered to a role of this person, and run on.

    The same wait started again by the same person, as by a double click, gives the same result.
    Raises EventGoneError, SuspendedError, NotYoursError, NotFoundError and spiff.RunError.
    """
    case = fresh(conn, lock(conn, case_id), now=now)
    check_goes_on(case)
    mine = sa.select(waits).where(waits.c.id == wait_id, waits.c.case_id == case_id)
    row = conn.execute(mine).one_or_none()
    if row is None:
        return _begun_before(conn, case_id, wait_id, by=by)
    version = procedures.version(conn, case.version_id)
    role = next((code for code in row.offered if code in by.roles), None)
    if role is None:
        raise _not_offered(version, row.offered)
    days = calendars.of(conn, case.calendars)
    try:
        move = spiff.deliver(
            version.compiled, case.state, wait_id, {BEGUN_BY: role}, now=now, calendars=days
        )
    except NotAwaitedError:
        raise EventGoneError(case_id, None, now) from None
    next_task = next_of(move, Eyes(conn, version, case_id, (by,)))
    facts = {
        "process": row.process,
        "element": row.element,
        "role": role,
        "next": None if next_task is None else next_task.hex,
    }
    happened = Draft("event_begun", facts, timer_id=wait_id)
    move_on(conn, case, version, move, [happened], by=by, now=now)
    return Completed(case_id, next_task)


def _not_offered(version: procedures.Version, offered: list[str]) -> Refusal:
    if not offered:
        return NotFoundError()
    return NotYoursError(version.bundle.roles[offered[0]])


def _begun_before(conn: sa.Connection, case_id: UUID, wait_id: UUID, *, by: Person) -> Completed:
    stored = conn.scalar(_BEGUN, {"case": case_id, "wait": wait_id})
    body = {} if stored is None else read(stored)
    if body.get("kind") != "event_begun":
        raise EventGoneError(case_id, None, None)
    if body.get("by") != by.id.hex:
        raise EventGoneError(case_id, body.get("name"), moment(body))
    return Completed(case_id, UUID(body["next"]) if body["next"] else None)


def record(
    conn: sa.Connection,
    case_id: UUID,
    wait_id: UUID,
    error: Exception,
    *,
    by: Person,
    now: datetime,
) -> int:
    """Record, after the rollback, that a person could not start an event; return its number."""
    joined = cases.outerjoin(waits, waits.c.id == wait_id)
    found = sa.select(cases.c.procedure, waits.c.process, waits.c.element).select_from(joined)
    procedure, process, element = conn.execute(found.where(cases.c.id == case_id)).one()
    about = {"case_id": case_id, "procedure": procedure, "subject": wait_id, "person_id": by.id}
    place = (process or procedure, element or "")
    return recording.record_as(
        conn, {"kind": EVENT, **about}, error, place, {"sent_at": now}, now=now
    )


def begin_again(conn: sa.Connection, incident: Incident, by: Person, now: datetime) -> UUID | None:
    """Start once more, for the same person, what could not be started. Raises what it raises."""
    if incident.case_id is None or incident.subject is None:
        return None
    try:
        return begin(conn, incident.case_id, incident.subject, by=by, now=now).case_id
    except EventGoneError:
        return None

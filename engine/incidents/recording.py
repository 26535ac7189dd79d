"""Incidents: what failed. The case keeps its last good state; what failed can be tried again.

The same thing failing again is the same incident; engine.incidents.retrying does it, by its kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine import procedures
from engine.cases.moving import lock
from engine.cases.sending import FIELD, unopened
from engine.errors import NotFoundError, Refusal
from engine.incidents import failures
from engine.incidents.incident import COLUMNS, incident_of
from engine.incidents.kinds import START, STEP, TIMER
from engine.tables import cases, incidents, tasks
from engine.tasks.waiting import gone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.incidents.incident import Incident
    from engine.people import Person


_CAUSE = ("process", "element", "expression", "variable")
_SAME = ("kind", "case_id", "procedure", "task_id", "subject", "person_id")


def record_task(
    conn: sa.Connection,
    task_id: UUID,
    error: Exception,
    *,
    posted: Mapping[str, Sequence[str]],
    by: Person,
    now: datetime,
) -> int:
    """Record, after the rollback and in a transaction of its own, that completing a task failed.

    Raises TaskGoneError when the case has got on without it meanwhile.
    """
    joined = cases.join(tasks, tasks.c.case_id == cases.c.id)
    case = sa.select(cases.c.id, cases.c.procedure, tasks.c.process, tasks.c.element)
    row = conn.execute(case.select_from(joined).where(tasks.c.id == task_id)).one_or_none()
    if row is None:
        raise gone(conn, task_id, by=by)
    case_id, procedure, *place = row
    where = {"case_id": case_id, "procedure": procedure, "task_id": task_id, "person_id": by.id}
    sent = {"answers": _kept(posted), "sent_at": now}
    return record_as(conn, {"kind": STEP, **where}, error, (place[0], place[1]), sent, now=now)


def record_start(
    conn: sa.Connection,
    procedure: str,
    error: Exception,
    *,
    posted: Mapping[str, Sequence[str]],
    by: Person,
    now: datetime,
) -> int:
    """Record that opening a case failed; the same form corrected and sent again is one start."""
    same = {"kind": START, "procedure": procedure, "person_id": by.id}
    subject, answers = unopened(conn, posted), {"answers": _kept(posted)}
    try:
        place = procedures.in_force(conn, procedure).compiled.start.element
    except Refusal:
        place = ""
    about = {**same, **(answers if subject is None else {"subject": subject})}
    return record_as(conn, about, error, (procedure, place), {**answers, "sent_at": now}, now=now)


def record_timer(
    conn: sa.Connection, case: Case, error: Exception, *, place: tuple[str, str], now: datetime
) -> int:
    """Record that waking a case failed, and let workers pass it by until it is tried again.

    ``place`` is the process and element that were at work, as far as they are known.
    """
    conn.execute(sa.update(cases).where(cases.c.id == case.id).values(stuck=True))
    return record(conn, TIMER, error, case_id=case.id, place=place, now=now)


def record(
    conn: sa.Connection,
    kind: str,
    error: Exception,
    *,
    place: tuple[str, str],
    case_id: UUID | None = None,
    procedure: str = "",
    subject: UUID | None = None,
    now: datetime,
) -> int:
    """Record, after the rollback, that a worker could not do something; return its number.

    ``place`` (process, element) holds for an error that does not name its own; what is no RunError
    has its reason in the log, under a reference that the incident tells. ``procedure`` may be left
    out where there is a case.
    """
    if not procedure:
        procedure = str(conn.scalar(sa.select(cases.c.procedure).where(cases.c.id == case_id)))
    same = {"kind": kind, "case_id": case_id, "procedure": procedure, "subject": subject}
    return record_as(conn, same, error, (place[0] or procedure, place[1]), {}, now=now)


def _kept(posted: Mapping[str, Sequence[str]]) -> bytes:
    return orjson.dumps({key: list(values) for key, values in posted.items() if key != FIELD})


def record_as(
    conn: sa.Connection,
    same: Mapping[str, Any],
    error: Exception,
    place: tuple[str, str],
    also: Mapping[str, Any],
    *,
    now: datetime,
) -> int:
    """Record what failed; the ``same`` again is the incident that there is, with a new cause.

    A new one of a case stands in its history, and so does what failed in it anew elsewhere.
    """
    about = {**dict.fromkeys(_SAME), **same}
    told = {**also, **failures.cause(error, place), "tried_at": now}
    if about["case_id"] is not None:
        lock(conn, about["case_id"])
    like = [incidents.c[name].is_not_distinct_from(value) for name, value in about.items()]
    known = sa.select(*COLUMNS).where(*like, incidents.c.resolved_at.is_(None)).limit(1)
    if (row := conn.execute(known).one_or_none()) is not None:
        _tried(conn, incident_of(row), told)
        return int(row.id)
    before = sa.select(sa.func.max(incidents.c.tries)).where(
        incidents.c.kind == about["kind"],
        incidents.c.subject.in_([about["subject"]]),  # of none there is no other
    )
    tries = sa.func.coalesce(before.scalar_subquery(), 0) + 1
    new = sa.insert(incidents).values(**{**about, **told}, at=now, tries=tries)
    number = int(conn.scalar(new.returning(incidents.c.id)) or 0)
    if about["case_id"] is not None:
        failures.enter(conn, about["case_id"], number, told, now=now)
    return number


def unresolved(conn: sa.Connection) -> list[Incident]:
    """Return the open incidents, oldest first."""
    query = sa.select(*COLUMNS).where(incidents.c.resolved_at.is_(None)).order_by(incidents.c.id)
    return [incident_of(row) for row in conn.execute(query)]


def find(conn: sa.Connection, key: int) -> Incident:
    """Return an open incident. Raises NotFoundError."""
    query = sa.select(*COLUMNS).where(incidents.c.id == key, incidents.c.resolved_at.is_(None))
    if (row := conn.execute(query).one_or_none()) is None:
        raise none_open(key)
    return incident_of(row)


def none_open(key: int) -> NotFoundError:
    """Return the refusal of an incident that is over, or never was."""
    return NotFoundError(f"没有未解决的异常 {key}。", f"There is no open incident {key}.")


def take(conn: sa.Connection, key: int) -> Incident:
    """Return an open incident, its case locked and then itself. Raises NotFoundError."""
    case_id = find(conn, key).case_id
    if case_id is not None:
        conn.execute(sa.select(cases.c.id).where(cases.c.id == case_id).with_for_update())
    conn.execute(sa.select(incidents.c.id).where(incidents.c.id == key).with_for_update())
    return find(conn, key)


def fail_again(
    conn: sa.Connection, incident: Incident, error: Exception, *, now: datetime
) -> Incident:
    """Tell the new cause of an incident that was tried once more, in vain."""
    cause = failures.cause(error, (incident.process, incident.element))
    _tried(conn, incident, {**cause, "tried_at": now})
    return find(conn, incident.id)


def _tried(conn: sa.Connection, incident: Incident, told: Mapping[str, Any]) -> None:
    mine = sa.update(incidents).where(incidents.c.id == incident.id)
    conn.execute(mine.values(**told, tries=incidents.c.tries + 1))
    is_another = any(getattr(incident, name) != told[name] for name in _CAUSE)
    if incident.case_id is not None and is_another:
        failures.enter(conn, incident.case_id, incident.id, told, now=told["tried_at"])


def resolve(conn: sa.Connection, incident: Incident, *, now: datetime) -> None:
    """Close an incident, and give its case back to the workers if no other one holds it up."""
    mine = sa.update(incidents).where(incidents.c.id == incident.id)
    conn.execute(mine.values(resolved_at=now))
    held = sa.exists().where(
        incidents.c.case_id == cases.c.id,
        incidents.c.kind == TIMER,
        incidents.c.resolved_at.is_(None),
    )
    freed = sa.update(cases).where(cases.c.id == incident.case_id, cases.c.stuck, sa.not_(held))
    conn.execute(freed.values(stuck=False))

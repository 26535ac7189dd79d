"""Retrying an incident: what failed once more, by its kind; a step by the same person, as posted.

Who adds a kind of work that can fail adds it to KINDS: its name, how it is done again, and how to
know that there is nothing left to do. It records its failures by ``incidents.record``, with the
same kind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import cases, history, incidents, notices, people, timers
from engine.database import is_away
from engine.delivering import STUCK, deliver_again
from engine.drafts import Kept
from engine.errors import NotFoundError, Refusal
from engine.history import Draft
from engine.intake import MESSAGE
from engine.moving import lock
from engine.spiff import Names
from engine.tables import cases as case_rows
from engine.tables import incidents as rows
from engine.tables import tasks as task_rows
from engine.tasks import complete_task
from engine.waiting import TaskGoneError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.incidents import Incident
    from engine.people import Person


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of work that can fail.

    ``again`` does it once more, the incident's case locked, and returns the case that it was done
    in; it may raise anything. ``over`` is a condition on a row of ``incidents``: nothing is left
    to do, whoever has done it.
    """

    names: Names
    again: Callable[[sa.Connection, Incident, datetime], UUID | None]
    over: sa.ColumnElement[bool]


def retry(conn: sa.Connection, key: int, *, by: Person | None, now: datetime) -> Incident:
    """Do again what failed; when it works now, or needs no more doing, the incident is resolved.

    When it fails again the incident is returned unresolved, with its new cause and one more try,
    and nothing else has changed. ``by`` is the operator, None on the command line; the person
    whose step it was is told. Raises NotFoundError, and the refusals of completing a task.
    """
    incident = incidents.take(conn, key)
    try:
        with conn.begin_nested():
            case_id = KINDS[incident.kind].again(conn, incident, now)
    except Refusal:
        raise
    except Exception as error:
        if is_away(error):
            raise
        return incidents.fail_again(conn, incident, error, now=now)
    incidents.resolve(conn, incident, now=now)
    if case_id is not None:
        _enter(conn, incident, case_id, by=by, now=now)
    return replace(incident, resolved_at=now)


def _enter(
    conn: sa.Connection, incident: Incident, case_id: UUID, *, by: Person | None, now: datetime
) -> None:
    facts = {"incident": incident.id, "process": incident.process, "element": incident.element}
    case = lock(conn, case_id)
    history.enter(conn, case, Draft("incident_resolved", facts), by=by, now=now)
    if incident.person_id is not None and (by is None or by.id != incident.person_id):
        notices.tell_one(conn, incident.person_id, _DONE, case_id=case_id, now=now)


_DONE: Final = Names(
    "您填写后受阻的一步已由管理员重试成功，您不必再填。",
    "What you had filled in and could not be carried out has been now; nothing is left to do.",
)


def _wake(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | None:
    if incident.case_id is None:
        return None
    case = lock(conn, incident.case_id)
    due = sa.select(case_rows.c.next_due <= now).where(case_rows.c.id == case.id)
    if not conn.scalar(due):
        return None
    timers.wake(conn, case, now=now)
    return case.id


def _complete(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | None:
    by = _person(conn, incident)
    if incident.task_id is None:
        return None
    try:
        done = complete_task(conn, incident.task_id, Kept(incident.answers or {}), by=by, now=now)
    except TaskGoneError:
        return None
    return done.case_id


def _open(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | None:
    by, posted = _person(conn, incident), Kept(incident.answers or {})
    return cases.open_case(conn, incident.procedure, posted, by=by, now=now).case_id


def _person(conn: sa.Connection, incident: Incident) -> Person:
    found = None if incident.person_id is None else people.person(conn, incident.person_id)
    if found is None:
        raise NotFoundError(
            "办理人已离职，请由他人重新办理。", "The person has left; somebody else must do it."
        )
    return found


_OPEN_TASK = sa.exists().where(task_rows.c.id == rows.c.task_id)
_STUCK_CASE = sa.exists().where(case_rows.c.id == rows.c.case_id, case_rows.c.stuck)

KINDS: Final[Mapping[str, Kind]] = {
    incidents.STEP: Kind(Names("办理步骤", "Step"), _complete, sa.not_(_OPEN_TASK)),
    incidents.START: Kind(Names("立案", "Opening a case"), _open, sa.false()),
    incidents.TIMER: Kind(Names("到期处理", "Deadline"), _wake, sa.not_(_STUCK_CASE)),
    MESSAGE: Kind(Names("收取消息", "Message"), deliver_again, sa.not_(STUCK)),
}


def is_over(kinds: Mapping[str, Kind] = KINDS) -> sa.ColumnElement[bool]:
    """Return the condition on a row of ``incidents`` that nothing is left to do."""
    return sa.or_(*(sa.and_(rows.c.kind == name, kind.over) for name, kind in kinds.items()))


def settle(conn: sa.Connection, *, now: datetime) -> int:
    """Close the incidents that are over; return how many."""
    open_ones = sa.update(rows).where(rows.c.resolved_at.is_(None), is_over())
    return conn.execute(open_ones.values(resolved_at=now)).rowcount

"""Retrying an incident: the failed step again, by the same person with the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import cases, incidents, people, timers
from engine.drafts import Kept
from engine.errors import NotFoundError
from engine.tables import cases as rows
from engine.tasks import complete_task

if TYPE_CHECKING:
    from datetime import datetime

    from engine.incidents import Incident


def retry(conn: sa.Connection, key: int, *, now: datetime) -> Incident:
    """Do again what failed; when it works now, or needs no more doing, the incident is resolved.

    Raises NotFoundError, spiff.RunError when it fails again, and the refusals of completing a task.
    """
    incident = incidents.find(conn, key)
    if incident.person_id is None:
        _wake(conn, incident, now=now)
    else:
        _complete(conn, incident, now=now)
    incidents.resolve(conn, incident, now=now)
    return incident


def _wake(conn: sa.Connection, incident: Incident, *, now: datetime) -> None:
    if incident.case_id is None:
        return
    case = cases.lock(conn, incident.case_id)
    if conn.scalar(sa.select(rows.c.next_due <= now).where(rows.c.id == case.id)):
        timers.wake(conn, case, now=now)


def _complete(conn: sa.Connection, incident: Incident, *, now: datetime) -> None:
    by = None if incident.person_id is None else people.person(conn, incident.person_id)
    if by is None:
        zh, en = (
            "办理人已离职，请由他人重新办理。",
            "The person has left; somebody else must do it.",
        )
        raise NotFoundError(zh, en)
    posted = Kept(incident.answers or {})
    if incident.task_id is None:
        cases.open_case(conn, incident.procedure, posted, by=by, now=now)
    else:
        complete_task(conn, incident.task_id, posted, by=by, now=now)

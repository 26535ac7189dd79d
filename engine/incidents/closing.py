"""Closing an incident: left undone for a reason, or over since nothing is left to do."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import history, notices
from engine.cases.moving import lock
from engine.errors import Refusal
from engine.history import Draft
from engine.incidents import recording
from engine.incidents.failures import place_of
from engine.incidents.kinds import KINDS, STEP, is_over
from engine.reasons import checked_reason
from engine.roles import OPERATOR, check_holds
from engine.spiff import Names
from engine.tables import incidents as rows

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.incidents.incident import Incident
    from engine.people import Person


class NotClosableError(Refusal):
    """Something still waits for what failed, so it cannot be left undone."""

    code = "not_closable"

    def __init__(self) -> None:
        super().__init__(
            "案件还在等这件事，不能搁下。请排除原因后重试。",
            "The case still waits for this, so it cannot be left undone. Mend the cause and retry.",
        )


def close(conn: sa.Connection, key: int, *, reason: str, by: Person, now: datetime) -> Incident:
    """Leave undone what failed, for a reason that the person whose step it was is told.

    Raises NotFoundError and NotClosableError.
    """
    check_holds(conn, by, {OPERATOR})
    incident = recording.take(conn, key)
    if not KINDS[incident.kind].may_close:
        raise NotClosableError
    reason = checked_reason(reason)
    recording.resolve(conn, incident, now=now)
    if incident.case_id is not None:
        facts = {**place_of(incident), "reason": reason}
        case = lock(conn, incident.case_id)
        history.enter(conn, case, Draft("incident_closed", facts), by=by, now=now)
        _tell_closed(conn, incident, incident.case_id, reason, now=now)
    return replace(incident, resolved_at=now)


def _tell_closed(
    conn: sa.Connection, incident: Incident, case_id: UUID, reason: str, *, now: datetime
) -> None:
    """Tell the person whose step failed that nobody does it for them any more."""
    if incident.kind != STEP or incident.person_id is None:
        return
    reason = reason.rstrip("。.")
    text = Names(
        f"您提交后受阻的一步（异常 {incident.id}）不再由管理员处理：{reason}。请改正后重新提交。",
        f"The step that you sent and that failed (incident {incident.id}) is no longer seen to by "
        f"the operators: {reason}. Please correct it and send it again.",
    )
    notices.tell_one(conn, incident.person_id, text, case_id=case_id, now=now)


def settle(conn: sa.Connection, *, now: datetime) -> int:
    """Close the incidents that are over; return how many."""
    open_ones = sa.update(rows).where(rows.c.resolved_at.is_(None), is_over())
    return conn.execute(open_ones.values(resolved_at=now)).rowcount

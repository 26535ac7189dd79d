"""An incident that is over: when, by whom, and in which case."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.history import read
from engine.incidents.incident import COLUMNS, Incident, incident_of
from engine.incidents.recording import none_open
from engine.tables import entries, incidents

if TYPE_CHECKING:
    from datetime import datetime

_HOW = ("incident_resolved", "incident_closed", "call_queued")


@dataclass(frozen=True, slots=True)
class Resolved:
    """An incident that was over ``at``; ``by`` is who did it, None where nothing was left to do.

    ``is_left``: it was left undone, for a ``reason``.
    """

    incident: Incident
    at: datetime
    by: str | None
    reason: str | None

    @property
    def is_left(self) -> bool:
        """Whether it was left undone."""
        return self.reason is not None


def resolved(conn: sa.Connection, key: int) -> Resolved:
    """Return an incident that is over. Raises NotFoundError."""
    query = sa.select(*COLUMNS).where(incidents.c.id == key, incidents.c.resolved_at.is_not(None))
    row = conn.execute(query).one_or_none()
    if row is None:
        raise none_open(key)
    incident = incident_of(row)
    told = sa.select(entries.c.body).where(
        entries.c.case_id == incident.case_id,
        entries.c.kind.in_(_HOW),
        entries.c.at >= incident.at,
    )
    bodies = map(read, conn.scalars(told.order_by(entries.c.seq.desc())))
    body = next((each for each in bodies if each.get("incident") == key), {})
    return Resolved(incident, row.resolved_at, body.get("name"), body.get("reason"))

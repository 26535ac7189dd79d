"""An incident, as its row tells of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from engine.spiff import Names
from engine.tables import incidents

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Incident:
    """One failure: where, which expression and variable, and the answers as posted.

    ``subject`` is the message, call or event that it is about; of a start, the case that its form
    opens whenever it is sent. ``tries`` counts its failures up to ``tried_at`` (with that cause),
    sent last at ``sent_at``. ``is_queued``: a worker retries it. ``was_over``: nothing was left.
    """

    id: int
    kind: str
    case_id: UUID | None
    procedure: str
    task_id: UUID | None
    subject: UUID | None
    person_id: UUID | None
    process: str
    element: str
    expression: str | None
    variable: str | None
    text: Names
    answers: dict[str, list[str]] | None
    at: datetime
    tries: int
    tried_at: datetime
    resolved_at: datetime | None
    sent_at: datetime | None = None
    is_queued: bool = False
    was_over: bool = False


_NAMES = tuple(name for name in Incident.__dataclass_fields__ if name in incidents.c)
COLUMNS = (*(incidents.c[name] for name in _NAMES), incidents.c.zh, incidents.c.en)


def incident_of(row: sa.Row[Any]) -> Incident:
    """Return what a row with COLUMNS says."""
    values = {name: getattr(row, name) for name in _NAMES}
    values["answers"] = None if row.answers is None else orjson.loads(row.answers)
    return Incident(**values, text=Names(row.zh, row.en))

"""Who did the finished steps that a case can go back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine.history import read
from engine.tables import entries

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

SKIPPED = "step_skipped"
FINISHING = ("step_completed", SKIPPED)


@dataclass(frozen=True, slots=True)
class Deed:
    """One finished step: ``who`` signed it, for ``acted_for`` if named; ``at`` is UTC.

    ``principal`` is whose step it was, nobody's if it was skipped; ``answers`` what was sent, as
    long as it is kept.
    """

    task: UUID
    seq: int
    at: datetime
    who: str | None
    acted_for: str | None
    principal: UUID | None
    body: Mapping[str, Any]
    answers: Mapping[str, Any]

    @property
    def skipped(self) -> bool:
        """Whether it was passed over instead of being done."""
        return self.body.get("kind") == SKIPPED


_DONE = (
    sa.select(entries)
    .where(
        entries.c.case_id == sa.bindparam("case"),
        entries.c.task_id.in_(sa.bindparam("tasks", expanding=True)),
        entries.c.kind.in_(FINISHING),
    )
    .order_by(entries.c.seq)
)


def deeds(conn: sa.Connection, case_id: UUID, tasks: Collection[UUID]) -> dict[UUID, Deed]:
    """Return how tasks of a case were finished, by their ids."""
    rows = conn.execute(_DONE, {"case": case_id, "tasks": list(tasks)}) if tasks else ()
    return {row.task_id: _deed(row) for row in rows}


def _deed(row: sa.Row[Any]) -> Deed:
    body = read(row.body)
    answers = {} if row.answers is None else orjson.loads(row.answers)
    whose = None if row.kind == SKIPPED else row.acted_for or row.actor
    who, absent = body.get("name"), body.get("for_name")
    return Deed(row.task_id, row.seq, row.at, who, absent, whose, body, answers)

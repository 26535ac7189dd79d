"""The steps of a case that wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import items
from engine.clocks.pauses import has_clock, pause_of
from engine.tables import tasks

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.clocks.pauses import Pause
    from engine.procedures import Version
    from engine.spiff import Names
    from forms import Names as FormNames


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A task that waits in the case; one that ``has_clock`` stands while its case is paused.

    ``again`` is how a step that was done before came to be open anew (``tasks.again``).
    """

    task_id: UUID
    place: str
    names: Names
    within: Names | None
    role: str
    role_names: Names
    due: datetime | None
    paused: Pause | None
    since: datetime
    claimed_by: UUID | None
    item: FormNames | None
    has_clock: bool
    again: str | None


def open_steps(conn: sa.Connection, version: Version, case_id: UUID) -> list[OpenStep]:
    """Return the open tasks of a case, the one that waits longest first."""
    query = sa.select(tasks).where(tasks.c.case_id == case_id).order_by(tasks.c.opened_at)
    found = sorted(conn.execute(query), key=lambda row: (row.opened_at, items.place(row.item)))
    return [
        OpenStep(
            row.id,
            f"{row.process}:{row.element}",
            version.step(row.process, row.element).names,
            version.place(row.within),
            row.role,
            version.bundle.roles[row.role],
            row.due_at,
            pause_of(row, None, None),
            row.opened_at,
            row.claimed_by,
            items.told(version, row.item),
            has_clock(row),
            row.again,
        )
        for row in found
    ]

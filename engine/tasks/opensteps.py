"""The steps of a case that wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from engine.clocks.pauses import has_clock, pause_of
from engine.history import items
from engine.tables import people, signings, tasks

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

    ``again`` is how a step that was done before came to be open anew (``tasks.again``). ``holder``
    and ``owner`` are the names of whoever has it and of whoever it comes back to, ``signers`` of
    those whose signatures it waits for.
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
    holder: str | None
    owner: str | None
    signing: str | None
    signers: tuple[str, ...]


_OWNER, _SIGNER = people.alias("owner"), people.alias("signer")
_SIGNERS = (
    sa.select(sa.func.array_agg(aggregate_order_by(_SIGNER.c.name, signings.c.number)))
    .join(_SIGNER, _SIGNER.c.id == signings.c.person_id)
    .where(signings.c.task_id == tasks.c.id, signings.c.status == "asked")
    .scalar_subquery()
)
_OPEN = (
    sa.select(
        tasks,
        people.c.name.label("holder"),
        _OWNER.c.name.label("owner_name"),
        _SIGNERS.label("signers"),
    )
    .join(people, people.c.id == tasks.c.claimed_by, isouter=True)
    .join(_OWNER, _OWNER.c.id == tasks.c.owner, isouter=True)
    .where(tasks.c.case_id == sa.bindparam("case"))
    .order_by(tasks.c.opened_at)
)


def open_steps(conn: sa.Connection, version: Version, case_id: UUID) -> list[OpenStep]:
    """Return the open tasks of a case, the one that waits longest first."""
    rows = conn.execute(_OPEN, {"case": case_id})
    found = sorted(rows, key=lambda row: (row.opened_at, items.place(row.item)))
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
            row.holder,
            row.owner_name,
            row.signing,
            tuple(row.signers or ()),
        )
        for row in found
    ]

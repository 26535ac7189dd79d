"""Telling those concerned that a case has gone back, or is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import notices
from engine.spiff import Names
from engine.tasks import left

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Cancelled, OpenTask


def tell_who_has_it(
    conn: sa.Connection,
    opened: Sequence[OpenTask],
    holder: Person | None,
    text: Names,
    *,
    to: UUID,
    by: Person,
    now: datetime,
) -> None:
    """Tell of a step that is open anew whoever holds it, or else its role; not who did it."""
    if holder is None:
        notices.tell(conn, {task.role for task in opened}, text, case_id=to, now=now)
    elif holder.id != by.id:
        notices.tell_one(conn, holder.id, text, case_id=to, now=now)


def tell_who_stops(
    conn: sa.Connection,
    version: Version,
    cancelled: Cancelled,
    holders: Mapping[UUID, UUID | None],
    text: Names,
    *,
    to: UUID,
    by: Person,
    now: datetime,
) -> None:
    """Tell whoever held a task that stopped, or has a draft of it, why it did; not who did it."""
    typed = left.writers(conn, [task.id for task in cancelled.tasks])
    for task in cancelled.tasks:
        concerned = {holders.get(task.id), *(key for key, _ in typed.get(task.id, ()))}
        for holder in filter(None, concerned - {each.id for each in by.both}):
            step = version.step(task.process, task.element).names
            told = Names(f"“{step.zh}”已取消：{text.zh}", f"“{step.en}” is cancelled: {text.en}")
            notices.tell_one(conn, holder, told, case_id=to, now=now)

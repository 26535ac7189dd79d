"""What is kept of a case that was looked at, and whether it is still so when the case moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.spiff import Dues
from engine.tables import people, tasks

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.spiff import Transfer
    from engine.transfers.handing import Handed

Told = dict[str, Any]


def told(
    found: Transfer,
    others: Sequence[Handed],
    stands: list[list[Any]],
    lies: list[list[str]],
    due: Dues,
) -> Told:
    """Return what is kept, as JSON, to be read by engine.transfers.foreseen."""
    opened = () if found.move is None else found.move.opened
    return {
        "stands": stands,
        "lies": lies,
        "obstacles": [[o.process, o.element, o.zh, o.en] for o in found.obstacles],
        "limits": limits_told(found, due),
        "handed": [one.told for one in others],
        "opened": [[task.process, task.element, task.role] for task in opened],
        "deadlines": [
            [d.process, d.element, d.host, *_moments(d.before, d.after, d.drawn), d.reminds]
            for d in found.deadlines
        ],
    }


def _moments(*moments: datetime | None) -> list[str | None]:
    return [None if moment is None else moment.isoformat() for moment in moments]


def limits_told(found: Transfer, due: Dues) -> list[list[str | None]]:
    """Return what is told of limits, for engine.history.timernotes; nothing if all are kept."""
    if due is Dues.KEPT:
        return []
    return [[one.table, one.variable, one.before, one.after] for one in found.limits]


def standing(conn: sa.Connection, case_id: UUID) -> list[list[Any]]:
    """Return the open steps of a case: process, element, role, and who holds it or None."""
    mine = (
        sa.select(tasks.c.process, tasks.c.element, tasks.c.role, people.c.name)
        .outerjoin(people, people.c.id == tasks.c.claimed_by)
        .where(tasks.c.case_id == case_id)
        .order_by(tasks.c.opened_at, tasks.c.process, tasks.c.element)
    )
    return [list(row) for row in conn.execute(mine)]


def is_as_told(before: Told, now: Told) -> bool:
    """Whether a case goes where it was shown to go.

    It may have come further meanwhile; but what opens, who loses a step, which new step it has
    passed, and where a deadline goes that was shown must be as somebody has read it.
    """
    shown, due = _due(before), _due(now)
    moved = [key for key in shown.keys() & due.keys() if shown[key] != due[key]]
    kept = ("opened", "handed", "lies")
    return not moved and all(before.get(key, []) == now[key] for key in kept)


def _due(said: Told) -> dict[tuple[str, ...], str]:
    """Give when deadlines are due then, by what they are and when they are due now."""
    return {
        (process, element, host, before): after
        for process, element, host, before, after, *_ in said.get("deadlines", ())
        if before is not None
    }

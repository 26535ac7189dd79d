"""The clocks of a case after a move: its own, and those of its open steps."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.cases.storing import Write
from engine.tables import Moment, tasks

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.sql.dml import UpdateBase

    from engine.cases.moving import Case
    from engine.procedures import Version
    from engine.spiff import Move


def clocked(case: Case, version: Version, move: Move, now: datetime) -> Case:
    """Start the case's clock with its timer, and stop it when the activity under it is left."""
    for timer in (*move.armed, *(shift.timer for shift in move.shifted)):
        host = f"{timer.process}:{timer.host}"
        if timer.clock and (timer in move.armed or case.clock == host):
            closed = None if timer in move.armed else case.closed_at
            case = replace(case, clock=host, due_at=timer.due, closed_at=closed)
    for taken in move.flows:
        process, _, flow = taken.partition(":")
        source = version.compiled.diagrams[process].flows[flow].source
        if case.clock == f"{process}:{source}" and case.closed_at is None:
            case = replace(case, closed_at=now)
    return case


def reckoned(case: Case) -> int:
    """Return the revision by which every timer of the case has been reckoned, or an older one."""
    return case.calendars if case.next_due is None else min(case.reckoned, case.calendars)


def retimed(move: Move) -> dict[Write, list[dict[str, object]]]:
    """Return what is written of steps that stay open with another due time or clock, or none."""
    rows: list[dict[str, object]] = [
        {"id": step.id, "due_at": step.due, "stands": step.stands} for step in move.retimed
    ]
    return {_RETIMED: rows} if rows else {}


def _update(name: str, count: int) -> UpdateBase:
    columns = sa.column("id", sa.Uuid), sa.column("due_at", Moment), sa.column("stands", sa.Boolean)
    due = sa.values(*columns, name="due").data(
        [
            (
                sa.bindparam(f"{name}{number}_id", type_=sa.Uuid),
                sa.bindparam(f"{name}{number}_due_at", type_=Moment),
                sa.bindparam(f"{name}{number}_stands", type_=sa.Boolean),
            )
            for number in range(count)
        ]
    )
    values = {"due_at": due.c.due_at, "stands": due.c.stands}
    return sa.update(tasks).where(tasks.c.id == due.c.id).values(values)


_RETIMED = Write("retimed", _update)

"""The page of returning a task: the steps that it may go back to, and what stops with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import procedures, spiff
from engine.flexible.actview import ActView, act_view
from engine.going_back.earlier import EarlierStep, earlier_steps
from engine.tables import cases
from engine.tasks.waiting import passed

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person


@dataclass(frozen=True, slots=True)
class ReturnView:
    """What the page of an action shows, and the steps to be chosen from, the nearest first."""

    action: ActView
    steps: list[EarlierStep]


def return_view(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> ReturnView:
    """Return the page of returning a task.

    Raises TaskGoneError, NotOfferedError and NotFoundError.
    """
    action = act_view(conn, task_id, "return", by=by)
    row = conn.execute(cases.select().where(cases.c.id == action.case.id)).one()
    version = procedures.version(conn, row.version_id)
    try:
        found = spiff.returns(version.compiled, row.state, task_id)
    except spiff.TaskNotReadyError:
        raise passed(row.id, now) from None
    return ReturnView(action, earlier_steps(conn, version, row.id, found))

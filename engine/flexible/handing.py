"""Handing a task to another person for good: by its holder (transfer), or from above (assign)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import notices, procedures
from engine.errors import Refusal
from engine.flexible.allowed import assigner
from engine.flexible.held import giving, put, said, step_of, taker_of
from engine.history import enter
from engine.people import whoever
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tasks.waiting import SigningError, lock_any

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from engine.spiff import Step
    from engine.tasks.waiting import Waiting

TRANSFERRED = "task_transferred"
ASSIGNED = "task_assigned"
_GIVEN: Final = Names(
    "{by} 将“{step}”转给您办理：{why}", "{by} has transferred “{step}” to you: {why}"
)


class MayNotAssignError(Refusal):
    """Only whom the diagram names gives a step to somebody."""

    code = "may_not_assign"

    def __init__(self) -> None:
        super().__init__(
            "这一步只有上级或规程管理员可以指派；请联系他们。",
            "Only a supervisor or a process owner assigns this step; ask one of them.",
        )


def transfer(
    conn: sa.Connection, task_id: UUID, to: UUID | None, reason: str, *, by: Person, now: datetime
) -> None:
    """Give a task that a person holds, or may claim, to another for good, with what was typed.

    Raises NobodyChosenError, BadReasonError, TaskGoneError, NotYoursError, TaskClaimedError,
    DelegatedError and SigningError.
    """
    giving(conn, task_id, to, reason, "transfer", by=by).enter(conn, TRANSFERRED, _GIVEN, now=now)


def assign(
    conn: sa.Connection, task_id: UUID, to: UUID | None, reason: str, *, by: Person, now: datetime
) -> None:
    """Give a task, free or held, to a person of its role; whoever held it is told.

    Raises MayNotAssignError, NobodyChosenError, BadReasonError, TaskGoneError and SigningError.
    """
    waiting = lock_any(conn, task_id, by=by)
    step = step_of(conn, waiting)
    by = _assigner(conn, waiting, step, by)
    if waiting.signing == "after":
        raise SigningError(waiting.case.id)
    before = {held for held in (waiting.claimed_by, waiting.owner) if held is not None}
    taker = taker_of(conn, waiting, to, ("role",), without=before)
    why = checked_reason(reason)
    holder = [whoever(conn, waiting.claimed_by)] if waiting.claimed_by else []
    prepared = put(conn, waiting, taker.id, givers=holder, now=now)
    entry = said(waiting, ASSIGNED, to=[taker], reason=why, prepared=prepared)
    enter(conn, waiting.case, entry, by=by, now=now)
    zh, en = step.names.zh, step.names.en
    given = Names(
        f"{by.name} 指派您办理“{zh}”：{why}", f"{by.name} has assigned “{en}” to you: {why}"
    )
    taken = Names(f"“{zh}”已改派 {taker.name} 办理：{why}", f"“{en}” is now {taker.name}'s: {why}")
    notices.tell_one(conn, taker.id, given, case_id=waiting.case.id, now=now)
    for key in before - {by.id}:
        notices.tell_one(conn, key, taken, case_id=waiting.case.id, now=now)


def _assigner(conn: sa.Connection, waiting: Waiting, step: Step, by: Person) -> Person:
    """Return as who a person assigns a step. Raises MayNotAssignError."""
    procedure = procedures.version(conn, waiting.case.version_id).compiled.id
    if (who := assigner(step, waiting.role, procedure, by)) is None:
        raise MayNotAssignError
    return who

"""Delegating: somebody else prepares a task, and it comes back to its owner, who sends it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import notices, procedures
from engine.cases.starts import NotYoursError
from engine.errors import Refusal
from engine.flexible.allowed import fits, words_for
from engine.flexible.held import free, giving, hands, put, said, step_of
from engine.history import enter
from engine.people import person, whoever
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import lock_any, lock_task

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from engine.spiff import Step
    from engine.tasks.waiting import Waiting

DELEGATED = "task_delegated"
GIVEN_BACK = "task_given_back"
TAKEN_BACK = "task_taken_back"
_LENT: Final = Names(
    "{by} 请您先办“{step}”，办好交回：{why}",
    "{by} asks you to prepare “{step}” and give it back: {why}",
)


class NotDelegatedError(Refusal):
    """The task has not been delegated, or not by this person, or it is back already."""

    code = "not_delegated"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "这件待办不在委派中，或不由您交回、收回。",
            "This task is not delegated, or it is not yours to give or take back.",
            case_id=case_id,
        )


def delegate(
    conn: sa.Connection, task_id: UUID, to: UUID | None, reason: str, *, by: Person, now: datetime
) -> None:
    """Let somebody else prepare a task that a person holds, or may claim; it comes back to them.

    Raises NobodyChosenError, BadReasonError, TaskGoneError, NotYoursError, TaskClaimedError,
    DelegatedError and SigningError.
    """
    lent = giving(conn, task_id, to, reason, "delegate", by=by)
    lent.enter(conn, DELEGATED, _LENT, owner=lent.waiting.by.principal.id, now=now)


def give_back(conn: sa.Connection, task_id: UUID, note: str, *, by: Person, now: datetime) -> None:
    """Give a delegated task back to its owner, with a word and what was typed as their draft.

    An owner who has left, or no longer has the role, is followed by the role.

    Raises NotDelegatedError, BadReasonError, TaskGoneError, NotYoursError, TaskClaimedError and
    FourEyesError.
    """
    waiting = lock_task(conn, task_id, by=by)
    by = waiting.by
    if waiting.owner is None:
        raise NotDelegatedError(waiting.case.id)
    eyes_on(conn, waiting).check(waiting, waiting.case.state)
    step, word = step_of(conn, waiting), checked_reason(note)
    owner = person(conn, waiting.owner)
    if owner is None or not _may_have(step, waiting, owner):
        owner = None
        free(conn, waiting)
    else:
        put(conn, waiting, owner.id, givers=hands(by), now=now)
        told = Names(
            f"{by.name} 交回“{step.names.zh}”：{word}",
            f"{by.name} has given “{step.names.en}” back: {word}",
        )
        notices.tell_one(conn, owner.id, told, case_id=waiting.case.id, now=now)
    back = said(waiting, GIVEN_BACK, to=[owner] if owner else (), reason=word)
    enter(conn, waiting.case, back, by=by, now=now)


def _may_have(step: Step, waiting: Waiting, owner: Person) -> bool:
    """Whether an owner still has the role, or may do without it."""
    words = words_for(step, "transfer")
    return waiting.role in owner.roles or fits(words, waiting.role, owner.roles)


def take_back(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> None:
    """Let the owner of a delegated task have it again, with what the other has typed.

    Raises NotDelegatedError, NotYoursError and TaskGoneError.
    """
    waiting = lock_any(conn, task_id, by=by)
    by = waiting.by
    if waiting.owner != by.principal.id or waiting.claimed_by is None:
        raise NotDelegatedError(waiting.case.id)
    step = step_of(conn, waiting)
    if not _may_have(step, waiting, by.principal):
        version = procedures.version(conn, waiting.case.version_id)
        raise NotYoursError(version.bundle.roles[waiting.role])
    other = whoever(conn, waiting.claimed_by)
    prepared = put(conn, waiting, by.principal.id, givers=[other], now=now)
    enter(conn, waiting.case, said(waiting, TAKEN_BACK, prepared=prepared), by=by, now=now)
    told = Names(
        f"{by.name} 收回了“{step.names.zh}”，您不必再办",
        f"{by.name} has taken “{step.names.en}” back; you need not go on with it",
    )
    notices.tell_one(conn, other.id, told, case_id=waiting.case.id, now=now)

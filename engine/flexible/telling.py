"""Telling people of a task: urging whoever has it, and copying the case to somebody else."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import notices
from engine.errors import Refusal
from engine.flexible.allowed import words_for
from engine.flexible.choosing import chosen
from engine.flexible.concerned import is_concerned, may_urge
from engine.flexible.held import said, step_of
from engine.history import enter
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tables import entries, signings
from engine.tasks.lost import check_role
from engine.tasks.waiting import lock_any

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Step
    from engine.tasks.waiting import Waiting

URGED = "task_urged"
COPIED = "case_copied"
PAUSE: Final = timedelta(hours=1)


class MayNotUrgeError(Refusal):
    """Only who is concerned, or whom the diagram names, urges a step; nobody urges themselves."""

    code = "may_not_urge"

    def __init__(self) -> None:
        super().__init__(
            "您与本案无关，或这件待办就在您名下，不必催办。",
            "You are not concerned with this case, or the task is your own.",
        )


class UrgedAlreadyError(Refusal):
    """This person has urged this task within the hour."""

    code = "urged_already"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "一小时内您已催过这件待办，请稍后再催。",
            "You have urged this task within the hour; wait a while.",
            case_id=case_id,
        )


def urge(conn: sa.Connection, task_id: UUID, reason: str, *, by: Person, now: datetime) -> None:
    """Tell whoever holds a task, its role when it is free, or who has to sign it, to get on.

    ``reason`` may be empty. Raises MayNotUrgeError, UrgedAlreadyError, BadReasonError and
    TaskGoneError.
    """
    waiting = lock_any(conn, task_id, by=by)
    step, case_id = step_of(conn, waiting), waiting.case.id
    concerned = is_concerned(conn, case_id, by=by)
    allowed = may_urge(step, waiting.role, by=by, concerned=concerned)
    if not allowed or (waiting.claimed_by == waiting.by.principal.id and waiting.signing is None):
        raise MayNotUrgeError
    lately = sa.exists().where(
        *(entries.c.case_id == case_id, entries.c.task_id == task_id, entries.c.kind == URGED),
        *(entries.c.actor == by.id, entries.c.at > now - PAUSE),
    )
    if conn.scalar(sa.select(lately)):
        raise UrgedAlreadyError(case_id)
    why = _word(reason)
    enter(conn, waiting.case, said(waiting, URGED, reason=why), by=by, now=now)
    _tell_who_has_it(conn, waiting, _urging(step, by, why), now=now)


def _urging(step: Step, by: Person, why: str) -> Names:
    zh, en = (f"：{why}", f": {why}") if why else ("", "")
    return Names(f"{by.name} 催办“{step.names.zh}”{zh}", f"{by.name} urges “{step.names.en}”{en}")


def _tell_who_has_it(conn: sa.Connection, waiting: Waiting, text: Names, *, now: datetime) -> None:
    asked = sa.select(signings.c.person_id).where(
        signings.c.task_id == waiting.id, signings.c.status == "asked"
    )
    held = [waiting.claimed_by] if waiting.claimed_by else []
    concerned = held if waiting.signing is None else list(conn.scalars(asked))
    for key in concerned:
        notices.tell_one(conn, key, text, case_id=waiting.case.id, now=now)
    if not concerned:
        notices.tell(conn, [waiting.role], text, case_id=waiting.case.id, now=now)


def copy(
    conn: sa.Connection,
    task_id: UUID,
    to: Collection[UUID],
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Tell people of a case who have nothing to do in it; they may read it from then on.

    ``reason`` may be empty. Raises NobodyChosenError, BadReasonError, TaskGoneError and
    NotYoursError.
    """
    waiting = lock_any(conn, task_id, by=by)
    by, own = waiting.by, (waiting.given_to, waiting.owner)
    check_role(conn, task_id, waiting.role, waiting.case.version_id, by=by, own=own)
    step = step_of(conn, waiting)
    words = words_for(step, "copy")
    keys: list[UUID | None] = [*dict.fromkeys(to)]
    role, myself = waiting.role, {by.id}
    readers = [chosen(conn, key, words, role, without=myself) for key in keys or [None]]
    why = _word(reason)
    enter(conn, waiting.case, said(waiting, COPIED, to=readers, reason=why), by=by, now=now)
    zh, en = (f"：{why}", f": {why}") if why else ("", "")
    told = Names(
        f"{by.name} 抄送您本案（“{step.names.zh}”）{zh}",
        f"{by.name} has copied this case to you (“{step.names.en}”){en}",
    )
    for reader in readers:
        notices.tell_one(conn, reader.id, told, case_id=waiting.case.id, now=now)


def _word(reason: str) -> str:
    """Return what is said besides, which may be nothing. Raises BadReasonError."""
    return checked_reason(reason) if reason.strip() else ""

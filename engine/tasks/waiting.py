"""A task that waits: found and locked for one person, or a refusal that says what became of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.cases.moving import COLUMNS, Case
from engine.direct import Direct
from engine.errors import Refusal
from engine.history import moment, read
from engine.history.overtaken import ended
from engine.substituting.acting import acting
from engine.suspending.standstill import check_goes_on
from engine.tables import cases, entries, people, tasks
from engine.tasks.lost import check_role

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person


class TaskGoneError(Refusal):
    """The task was completed, the case moved past it, or it never existed."""

    code = "task_gone"

    def __init__(self, zh: str, en: str, *, case_id: UUID | None, at: datetime | None) -> None:
        super().__init__(zh, en, case_id=case_id)
        self.at = at


class TaskClaimedError(Refusal):
    """Somebody else has claimed the task."""

    code = "task_claimed"

    def __init__(self, name: str, case_id: UUID) -> None:
        super().__init__(
            f"{name} 已领取此待办；请与其联系或等待其放回。",
            f"{name} has claimed this task; ask them, or wait until they release it.",
            case_id=case_id,
        )


class NotClaimedError(Refusal):
    """Only who holds a task can release it."""

    code = "not_claimed"

    def __init__(self) -> None:
        zh, en = "此待办不在您名下，无需放回。", "You do not hold this task."
        super().__init__(zh, en)


class DelegatedError(Refusal):
    """Somebody prepares the task for its owner: it comes back first."""

    code = "delegated"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "这件待办是委派来的，须交回委派人；请用“交回”。",
            "This task was delegated and comes back to its owner; use “Give back”.",
            case_id=case_id,
        )


class SigningError(Refusal):
    """Signatures are asked for the task, and it stays as it is until they are there."""

    code = "signing"

    def __init__(self, case_id: UUID) -> None:
        super().__init__(
            "这件待办正在会签，签完之前不能这样办；可先减签。",
            "Signatures are asked for this task; until they are there this cannot be done. "
            "You may take signatures away first.",
            case_id=case_id,
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task under the lock of its case.

    ``given_to`` is who may do it without its role, for it was handed to them, ``owner`` to whom it
    comes back, ``signing`` whether signatures are asked ``before`` or
    ``after`` its answers, ``again`` how a step that was done before came to be open anew.
    """

    id: UUID
    process: str
    element: str
    role: str
    claimed_by: UUID | None
    item: str | None
    given_to: UUID | None
    owner: UUID | None
    signing: str | None
    again: str | None
    case: Case
    by: Person
    """Who acts on it: whoever asked, for themselves or for one whom they represent."""

    @property
    def where(self) -> dict[str, object]:
        """What entries say of the task's place."""
        found: dict[str, object] = {
            "process": self.process, "element": self.element, "role": self.role,
        }  # fmt: skip
        return found if self.item is None else {**found, "item": self.item}


_TASK = tuple(tasks.c[name] for name in Waiting.__dataclass_fields__ if name in tasks.c)
# The case is locked first, as everywhere; the task after it, so that what it says is not of before.
_LOCK = Direct(
    sa.select(*_TASK, *COLUMNS)
    .select_from(cases.join(tasks, cases.c.id == tasks.c.case_id))
    .where(tasks.c.id == sa.bindparam("task"))
    .with_for_update(of=[cases, tasks])
)
COMPLETION = (
    sa.select(entries.c.case_id, entries.c.at, entries.c.actor, entries.c.salt, entries.c.body)
    .where(entries.c.task_id == sa.bindparam("task"), entries.c.kind == "step_completed")
    .limit(1)
)
RELEASED = {"claimed_by": None, "claimed_at": None, "claimed_through": None, "given_to": None}
"""What a task's row says once it is given back to its role."""


def lock_task(conn: sa.Connection, task_id: UUID, *, by: Person) -> Waiting:
    """Return an open task that this person may act on, its case locked.

    Raises TaskGoneError, SuspendedError, NotYoursError and TaskClaimedError.
    """
    waiting = lock_any(conn, task_id, by=by)
    by = waiting.by
    check_role(conn, task_id, waiting.role, waiting.case.version_id, by=by, own=(waiting.given_to,))
    if waiting.claimed_by not in (None, by.principal.id):
        raise claimed_error(conn, waiting.claimed_by, waiting.case.id)
    return waiting


def lock_any(conn: sa.Connection, task_id: UUID, *, by: Person) -> Waiting:
    """Return an open task that something can be done with, whoever may do it, its case locked.

    Raises TaskGoneError and SuspendedError.
    """
    waiting = lock_held(conn, task_id, by=by)
    check_goes_on(waiting.case)
    return waiting


def lock_held(conn: sa.Connection, task_id: UUID, *, by: Person) -> Waiting:
    """Return an open task, also of a suspended case, its case locked. Raises TaskGoneError."""
    row = _LOCK.row(conn, {"task": task_id})
    if row is None:
        raise gone(conn, task_id, by=by)
    waiting = _waiting(row, by)
    who = acting(conn, by, waiting, waiting.case.version_id)
    return waiting if who is by else replace(waiting, by=who)


def _waiting(row: tuple[Any, ...], by: Person) -> Waiting:
    count = len(_TASK)
    return Waiting(*(*row[:count], Case(*row[count:]), by))


def check_own(waiting: Waiting) -> None:
    """Refuse what only an owner may do, and not while it is signed (DelegatedError, SigningError).

    The person holds the task, or it is free.
    """
    if waiting.owner is not None:
        raise DelegatedError(waiting.case.id)
    if waiting.signing == "after":
        raise SigningError(waiting.case.id)


def check_completable(waiting: Waiting) -> None:
    """Refuse to complete what goes back to an owner, or waits for signatures."""
    check_own(waiting)
    if waiting.signing is not None:
        raise SigningError(waiting.case.id)


def claimed_error(conn: sa.Connection, holder: UUID | None, case_id: UUID) -> TaskClaimedError:
    """Return the refusal that names who holds the task."""
    name = conn.scalar(sa.select(people.c.name).where(people.c.id == holder))
    return TaskClaimedError(str(name), case_id)


def gone(conn: sa.Connection, task_id: UUID, *, by: Person | None = None) -> TaskGoneError:
    """Return the refusal that says what became of a task that is no longer open.

    ``by`` is who asks: their own deed is told as such.
    """
    done = conn.execute(COMPLETION, {"task": task_id}).one_or_none()
    if done is not None:
        body = read(done.body)
        name, absent = body.get("name"), body.get("for_name")
        zh, en = f"{name} 已完成此待办", f"{name} has completed this task"
        if absent is not None:
            zh, en = f"{name} 已代 {absent} 完成此待办", f"{name} has completed this for {absent}"
        if by is not None and body.get("by") == by.id.hex:
            zh, en = "您已完成此待办", "You have completed this task"
        zh, en = f"{zh}，案件已进入下一步。", f"{en}; the case has moved on."
        return TaskGoneError(zh, en, case_id=done.case_id, at=moment(body))
    if (past := ended(conn, task_id)) is None:
        return TaskGoneError("没有这个待办。", "There is no such task.", case_id=None, at=None)
    if (how := past.how) is None:
        return passed(past.case_id, past.at)
    return TaskGoneError(how.zh, how.en, case_id=past.case_id, at=past.at)


def passed(case_id: UUID, at: datetime | None) -> TaskGoneError:
    """Return the refusal of a step that the case went past without it."""
    zh, en = "案件已越过此步骤，无需再办。", "The case has moved past this step."
    return TaskGoneError(zh, en, case_id=case_id, at=at)

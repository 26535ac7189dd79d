"""Tasks: claiming, releasing and completing the steps that wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.attachments import enclosing
from engine.cases.lineage import version_then
from engine.cases.opening import every_field, move_on
from engine.cases.starts import Completed, next_of, next_open, read_answers
from engine.clocks.reckoning import fresh
from engine.going_back.anew import come_back
from engine.history import Draft, enter, read, says_the_same
from engine.substituting.acting import acting
from engine.tables import cases, tasks
from engine.tasks import drafts
from engine.tasks.foureyes import eyes_on
from engine.tasks.lost import check_role
from engine.tasks.waiting import (
    COMPLETION,
    RELEASED,
    NotClaimedError,
    TaskGoneError,
    Waiting,
    check_completable,
    check_own,
    claimed_error,
    gone,
    lock_task,
    passed,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move
    from engine.tasks.foureyes import Eyes
    from forms import Posted

_OPEN = (
    sa.select(
        *(tasks.c.role, tasks.c.process, tasks.c.element, tasks.c.claimed_by),
        *(tasks.c.given_to, tasks.c.owner, cases.c.version_id),
    )
    .select_from(cases.join(tasks, cases.c.id == tasks.c.case_id))
    .where(tasks.c.id == sa.bindparam("task"))
    .with_for_update(of=[cases, tasks])
)


def claim(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> None:
    """Take a role's task into a person's own list; claiming it again changes nothing.

    Raises TaskGoneError, NotYoursError, TaskClaimedError and FourEyesError.
    """
    waiting = lock_task(conn, task_id, by=by)
    who = waiting.by
    if waiting.claimed_by == who.principal.id:
        return
    free = sa.update(tasks).where(tasks.c.id == task_id, tasks.c.claimed_by.is_(None))
    eyes_on(conn, waiting).check(waiting, waiting.case.state)
    through = None if who.acts_for is None else who.id
    taken = {"claimed_by": who.principal.id, "claimed_at": now, "claimed_through": through}
    if conn.execute(free.values(taken)).rowcount == 0:
        raise gone(conn, task_id, by=by)
    enter(conn, waiting.case, _about(waiting, "task_claimed"), by=who, now=now)


def release(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> None:
    """Give a claimed task back to its role.

    Raises NotClaimedError when this person has no hold, DelegatedError and SigningError.
    """
    waiting = lock_task(conn, task_id, by=by)
    holder = waiting.by.principal.id
    if waiting.claimed_by != holder:
        raise NotClaimedError
    check_own(waiting)
    held = sa.update(tasks).where(tasks.c.id == task_id, tasks.c.claimed_by == holder)
    if conn.execute(held.values(RELEASED)).rowcount == 0:
        raise gone(conn, task_id, by=by)
    enter(conn, waiting.case, _about(waiting, "task_released"), by=waiting.by, now=now)


def _about(waiting: Waiting, kind: str) -> Draft:
    return Draft(kind, waiting.where, task_id=waiting.id)


def save_draft(
    conn: sa.Connection, task_id: UUID, typed: dict[str, list[str]], *, by: Person, now: datetime
) -> None:
    """Keep what a person has typed for an open task. Raises TaskGoneError and NotYoursError."""
    row = conn.execute(_OPEN, {"task": task_id}).one_or_none()
    if row is None:
        raise gone(conn, task_id, by=by)
    by = acting(conn, by, row, row.version_id)
    check_role(conn, task_id, row.role, row.version_id, by=by, own=(row.given_to, row.owner))
    form = procedures.version(conn, row.version_id).form(row.process, row.element)
    subject = drafts.of_task(task_id)
    kept = enclosing.only_stored(conn, form, typed, subject=subject, by=by)
    drafts.save(conn, subject, kept, by=by, now=now)


def complete_task(
    conn: sa.Connection, task_id: UUID, posted: Posted, *, by: Person, now: datetime
) -> Completed:
    """Record a person's answers and run the procedure to its next waiting places.

    The same answers again, for a task that this person has just completed, give the same result.
    Raises InvalidAnswersError, TaskGoneError, TaskClaimedError, NotYoursError, DelegatedError,
    SigningError, FourEyesError and spiff.RunError.
    """
    try:
        return _complete(conn, task_id, posted, by=by, now=now)
    except TaskGoneError:
        if (again := _again(conn, task_id, posted, by=by)) is not None:
            return again
        raise


def _complete(
    conn: sa.Connection, task_id: UUID, posted: Posted, *, by: Person, now: datetime
) -> Completed:
    waiting = lock_task(conn, task_id, by=by)
    check_completable(waiting)
    return _finish(conn, waiting, posted, now=now)


def complete_signed(
    conn: sa.Connection, waiting: Waiting, posted: Posted, *, now: datetime
) -> Completed:
    """Complete a locked task with answers that were kept until they were signed.

    Whoever ``waiting`` is by sent them. Raises InvalidAnswersError, TaskGoneError, FourEyesError
    and spiff.RunError.
    """
    return _finish(conn, waiting, posted, now=now)


def _finish(conn: sa.Connection, waiting: Waiting, posted: Posted, *, now: datetime) -> Completed:
    by, eyes, task_id = waiting.by, eyes_on(conn, waiting), waiting.id
    eyes.check(waiting, waiting.case.state)
    case = fresh(conn, waiting.case, now=now)
    version = eyes.version
    form = version.form(waiting.process, waiting.element)
    subject = drafts.of_task(task_id)
    answers = read_answers(conn, form, posted, subject=subject, by=by, now=now)
    try:
        move = spiff.complete(
            version.compiled,
            case.state,
            task_id,
            every_field(form, answers.values),
            now=now,
            calendars=calendars.of(conn, case.calendars),
        )
    except spiff.TaskNotReadyError:
        told = gone(conn, task_id, by=by)
        raise (told if told.case_id else passed(case.id, now)) from None

    files = enclosing.attach(conn, form, answers.values, case_id=case.id, subject=subject, by=by)
    next_task = _next(conn, waiting, move, eyes)
    done = _completion(version, waiting, answers.values, next_task, files=files)
    holders = move_on(conn, case, version, move, [done], by=by, now=now)
    come_back(conn, version, waiting, move, now=now)
    _check_still_free(conn, holders.get(task_id), waiting, by=by)
    if next_task is None and move.awaits_number:
        next_task = _next(conn, waiting, move, eyes)
    return Completed(case.id, next_task)


def _next(conn: sa.Connection, waiting: Waiting, move: Move, eyes: Eyes) -> UUID | None:
    """Return what a person does next in the case: what a move opened, or a task that was open."""
    just = (f"{waiting.process}:{waiting.element}",)
    if (opened := next_of(move, eyes, just=just)) is not None:
        return opened
    gone = [waiting.id, *move.closed]
    return next_open(conn, waiting.case.id, move.state, eyes, gone=gone, just=just)


def _completion(
    version: Version,
    waiting: Waiting,
    values: Mapping[str, Any],
    next_task: UUID | None,
    *,
    files: list[list[object]],
) -> Draft:
    step = version.step(waiting.process, waiting.element)
    facts: dict[str, object] = {
        **waiting.where,
        "clauses": list(step.clauses),
        "next": None if next_task is None else next_task.hex,
        "files": files,
    }
    known = version.form(waiting.process, waiting.element).facts(values)
    return Draft("step_completed", facts, answers=values, task_id=waiting.id, known=known)


def _check_still_free(
    conn: sa.Connection, holder: UUID | None, waiting: Waiting, *, by: Person
) -> None:
    """Refuse when somebody claimed the task while this person waited for the case's lock."""
    if holder not in (None, by.principal.id):
        raise claimed_error(conn, holder, waiting.case.id)


def _again(conn: sa.Connection, task_id: UUID, posted: Posted, *, by: Person) -> Completed | None:
    """Return what came of the same answers when this person sent them before, else None."""
    row = conn.execute(COMPLETION, {"task": task_id}).one_or_none()
    body = {} if row is None else read(row.body)
    if row is None or body.get("by") != by.id.hex or row.salt is None:
        return None
    version = version_then(conn, row.case_id, body)
    answers = version.form(body["process"], body["element"]).read(posted)
    if answers.problems or not says_the_same(row.salt, answers.values, body):
        return None
    return Completed(row.case_id, UUID(body["next"]) if body["next"] else None)

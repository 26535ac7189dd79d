"""Pausing the clock of a case or of one step, with a reason, and letting it go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.facts import written
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import NotFoundError, Refusal
from engine.history import Draft
from engine.history.told import PAUSED
from engine.reasons import checked_reason
from engine.roles import PROCESS_OWNER
from engine.suspending.standstill import check_goes_on
from engine.tables import cases, tasks
from engine.tasks.waiting import lock_task, passed

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person

RESUMED = "clock_resumed"


class ClockStandsError(Refusal):
    """The clock is paused already, or it is not, or nothing of it could be."""

    code = "clock_stands"


class MayNotPauseError(Refusal):
    """Only who has something to do in the case, or answers for procedures, stops its clock."""

    code = "may_not_pause"

    def __init__(self) -> None:
        super().__init__(
            "只有在本案中有待办的角色或规程管理员可以暂停或恢复全案计时；请联系他们。",
            "Only a role with an open task in this case, or a process owner, pauses the clock of "
            "the case or lets it go on; ask one of them.",
        )


def pause_task(
    conn: sa.Connection, task_id: UUID, reason: str, *, by: Person, now: datetime
) -> None:
    """Stop the clock of a step: its own deadlines do not run until it goes on.

    Raises BadReasonError, ClockStandsError, TaskGoneError, NotYoursError and TaskClaimedError.
    """
    said = checked_reason(reason)
    case, facts, since, who = _task(conn, task_id, by=by, now=now)
    if since is not None:
        raise _paused_already(case.id)
    told = Draft(PAUSED, {**facts, "reason": said}, task_id=task_id)
    _move(conn, case, spiff.pause, task_id, told, by=who, now=now)
    _write_task(conn, task_id, paused_at=now, paused_for=said)


def resume_task(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> None:
    """Let the clock of a step go on: what was left of its deadlines counts from now.

    Raises ClockStandsError, TaskGoneError, NotYoursError and TaskClaimedError.
    """
    case, facts, since, who = _task(conn, task_id, by=by, now=now)
    if since is None:
        raise _runs(case.id)
    told = Draft(RESUMED, facts, task_id=task_id)
    _move(conn, case, spiff.resume, task_id, told, by=who, now=now)
    _write_task(conn, task_id, paused_at=None, paused_for=None)


def pause_case(
    conn: sa.Connection, case_id: UUID, reason: str, *, by: Person, now: datetime
) -> None:
    """Stop every clock of a case, of its steps too, until it goes on; people go on working.

    Raises BadReasonError, ClockStandsError, MayNotPauseError and NotFoundError.
    """
    said = checked_reason(reason)
    case = _case(conn, case_id, by=by, now=now)
    if case.paused_at is not None:
        raise _paused_already(case.id)
    told = Draft(PAUSED, {"reason": said, "facts": {"paused_at": written(now)}})
    _move(conn, case, spiff.pause, None, told, by=by, now=now)
    _write_case(conn, case_id, paused_at=now, paused_for=said)


def resume_case(conn: sa.Connection, case_id: UUID, *, by: Person, now: datetime) -> None:
    """Let the clocks of a case go on, but for steps that are paused by themselves.

    Raises ClockStandsError, MayNotPauseError and NotFoundError.
    """
    case = _case(conn, case_id, by=by, now=now)
    if case.paused_at is None:
        raise _runs(case.id)
    told = Draft(RESUMED, {"facts": {"paused_at": None}})
    _move(conn, case, spiff.resume, None, told, by=by, now=now)
    _write_case(conn, case_id, paused_at=None, paused_for=None)


def may_pause(held: frozenset[str], waiting: set[str]) -> bool:
    """Whether somebody with these roles may pause a case in which those roles have open tasks."""
    return PROCESS_OWNER in held or not held.isdisjoint(waiting)


def _task(
    conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime
) -> tuple[Case, dict[str, object], datetime | None, Person]:
    """Return the case of a task one may do, what its entry says, since when it stands, who acts."""
    waiting = lock_task(conn, task_id, by=by)
    since: datetime | None = conn.scalar(sa.select(tasks.c.paused_at).where(tasks.c.id == task_id))
    facts: dict[str, object] = {"process": waiting.process, "element": waiting.element}
    facts["role"] = waiting.role
    return fresh(conn, waiting.case, now=now), facts, since, waiting.by


def _case(conn: sa.Connection, case_id: UUID, *, by: Person, now: datetime) -> Case:
    query = sa.select(cases.c.status).where(cases.c.id == case_id)
    if conn.scalar(query) is None or not by.is_staff:
        raise NotFoundError
    case = lock(conn, case_id)
    roles = set(conn.scalars(sa.select(tasks.c.role).where(tasks.c.case_id == case_id)))
    if not may_pause(by.roles, roles):
        raise MayNotPauseError
    if conn.scalar(query) != "open":
        zh, en = spiff.CaseOverError.zh, spiff.CaseOverError.en
        raise ClockStandsError(zh, en, case_id=case_id)
    check_goes_on(case)
    return fresh(conn, case, now=now)


def _move(
    conn: sa.Connection,
    case: Case,
    verb: Callable[..., spiff.Move],
    task_id: UUID | None,
    told: Draft,
    *,
    by: Person,
    now: datetime,
) -> None:
    version = procedures.version(conn, case.version_id)
    known = calendars.of(conn, case.calendars)
    try:
        move = verb(version.compiled, case.state, task_id, now=now, calendars=known)
    except spiff.TaskNotReadyError:
        raise passed(case.id, now) from None
    if told.kind == PAUSED and not _stands(spiff.position(version.compiled, move.state), now):
        raise ClockStandsError(
            "这里没有在走的期限，无需暂停。",
            "No deadline runs here, so there is nothing to pause.",
            case_id=case.id,
        )
    move_on(conn, case, version, move, [told], by=by, now=now)


def _stands(position: spiff.Position, now: datetime) -> bool:
    return any(timer.stopped == now for timer in position.timers)


def _paused_already(case_id: UUID) -> ClockStandsError:
    zh, en = "计时已经暂停，无需再次暂停。", "The clock is paused already."
    return ClockStandsError(zh, en, case_id=case_id)


def _runs(case_id: UUID) -> ClockStandsError:
    zh, en = "计时没有暂停，无需恢复。", "The clock is not paused, so it goes on anyway."
    return ClockStandsError(zh, en, case_id=case_id)


def _write_task(conn: sa.Connection, task_id: UUID, **values: object) -> None:
    conn.execute(sa.update(tasks).where(tasks.c.id == task_id).values(**values))


def _write_case(conn: sa.Connection, case_id: UUID, **values: object) -> None:
    conn.execute(sa.update(cases).where(cases.c.id == case_id).values(**values))

"""Returning a task 退回 to a step that was done before, with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from engine import calendars, procedures, spiff
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import Refusal
from engine.flexible.allowed import is_switched_on
from engine.going_back.anew import RETURNED, STRAIGHT, THROUGH, give, opened_anew
from engine.going_back.clocks import unwound
from engine.going_back.deeds import deeds
from engine.going_back.earlier import as_seen
from engine.going_back.notes import back_to
from engine.going_back.told import tell_who_has_it, tell_who_stops
from engine.going_back.undone import tell_who_did
from engine.history import Draft
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import check_completable, gone, lock_task, passed

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move, Return
    from engine.tasks.waiting import Waiting

_VERBS: Final = {THROUGH: spiff.return_to, STRAIGHT: spiff.return_straight}


class MayNotReturnError(Refusal):
    """The procedure lets nobody return this step."""

    code = "may_not_return"

    def __init__(self) -> None:
        super().__init__(
            "规程不允许退回这一步；请按图办理，或联系规程管理员。",
            "The procedure lets nobody return this step; do it as drawn, or ask a process owner.",
        )


class NoStepChosenError(Refusal):
    """No step was chosen to go back to, or no way of coming back from it."""

    code = "no_step_chosen"

    def __init__(self) -> None:
        super().__init__("请选择从哪一步办起。", "Choose the step to go on from.")


class NoWayError(Refusal):
    """The case cannot go back like this; the words say why, and what to do instead."""

    code = "no_way_back"


def return_task(
    conn: sa.Connection,
    task_id: UUID,
    target: UUID | None,
    way: str,
    reason: str,
    *,
    seen: str | None = None,
    by: Person,
    now: datetime,
) -> None:
    """Return an open task to a finished step (the task that it was), which is open anew.

    ``way`` is how the case comes back: THROUGH the steps between, or STRAIGHT to who returned it.
    ``seen`` is the digest of what the person has read of it (EarlierStep.seen).
    Raises PreviewChangedError, NoStepChosenError, NoWayError, MayNotReturnError, BadReasonError,
    TaskGoneError, NotYoursError, TaskClaimedError, DelegatedError, SigningError and FourEyesError.
    """
    waiting, version = _locked(conn, task_id, by=by)
    why = checked_reason(reason)
    if target is None or way not in _VERBS:
        raise NoStepChosenError
    waiting = replace(waiting, case=fresh(conn, waiting.case, now=now))
    found, move = _moved(conn, version, waiting, target, way, now=now)
    shown = as_seen(conn, version, waiting.case.id, found, seen if way == THROUGH else None)
    case, facts = unwound(waiting.case, move)
    told = {**waiting.where, **facts, "back": back_to(found, way), "reason": why}
    said = Draft(RETURNED, told, task_id=task_id)
    by, case_id = waiting.by, case.id
    holders = move_on(conn, case, version, move, [said], by=by, now=now)
    deed = deeds(conn, case_id, [target]).get(target)
    again = "straight" if way == STRAIGHT else "returned"
    holder = give(conn, version, move, found, deed, case_id=case_id, again=again, now=now)
    words = _words(version, waiting, found, why)
    tell_who_has_it(conn, opened_anew(move, found), holder, words, to=case_id, by=by, now=now)
    if way == THROUGH:
        tell_who_stops(conn, version, found.cancelled, holders, words, to=case_id, by=by, now=now)
        tell_who_did(conn, shown.undoes, words, to=case_id, by=by, now=now)


def _words(version: Version, waiting: Waiting, found: Return, why: str) -> Names:
    left = version.step(waiting.process, waiting.element).names
    step, who = version.step(found.process, found.element).names, waiting.by.name
    return Names(
        f"{who} 从“{left.zh}”退回到“{step.zh}”：{why}",
        f"{who} has returned the case from “{left.en}” to “{step.en}”: {why}",
    )


def _locked(conn: sa.Connection, task_id: UUID, *, by: Person) -> tuple[Waiting, Version]:
    """Return a task that this person may return, its case locked, and its version."""
    waiting = lock_task(conn, task_id, by=by)
    check_completable(waiting)
    version = procedures.version(conn, waiting.case.version_id)
    if not is_switched_on(version.step(waiting.process, waiting.element), "return"):
        raise MayNotReturnError
    eyes_on(conn, waiting).check(waiting, waiting.case.state)
    return waiting, version


def _moved(
    conn: sa.Connection,
    version: Version,
    waiting: Waiting,
    target: UUID,
    way: str,
    *,
    now: datetime,
) -> tuple[Return, Move]:
    case = waiting.case
    known = calendars.of(conn, case.calendars)
    try:
        listed = spiff.returns(version.compiled, case.state, waiting.id)
        move = _VERBS[way](
            version.compiled, case.state, waiting.id, target, now=now, calendars=known
        )
    except spiff.TaskNotReadyError:
        told = gone(conn, waiting.id, by=waiting.by)
        raise (told if told.case_id else passed(case.id, now)) from None
    except (spiff.NoWayBackError, spiff.RunError) as error:
        raise NoWayError(error.zh, error.en, case_id=case.id) from error
    return next(each for each in listed if each.target == target), move

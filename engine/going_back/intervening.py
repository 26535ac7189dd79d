"""Interventions of operators: skip a step 跳过, move a token 移动, with a reason.

Where the company wants a second person (settings.Company.second_person), another operator agrees
first; what was asked for waits in ``interventions`` till then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import calendars, notices, procedures, spiff
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import NotFoundError
from engine.going_back.anew import come_back
from engine.going_back.bypasses import bypasses
from engine.going_back.clocks import unwound
from engine.going_back.lacks import lacks
from engine.going_back.returning import NoWayError
from engine.going_back.stuck import stuck
from engine.history import Draft
from engine.history.telling import SKIPPED
from engine.spiff import Names
from engine.suspending.standstill import check_goes_on
from engine.tables import tasks
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import gone, lock_any, passed

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move, Place
    from engine.tasks.waiting import Waiting

SKIP: Final = "skip"
PLACE: Final = "place"
MOVED: Final = "token_moved"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an operator wants done: ``kind`` SKIP or PLACE, to an open ``task`` (None: one more).

    ``to`` are the calls down to the place with its element last; empty for SKIP.
    """

    kind: str
    case_id: UUID
    task: UUID | None
    to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ready:
    """An intervention that could be stored: the locked case, and where the engine has run it."""

    wanted: Wanted
    case: Case
    version: Version
    waiting: Waiting | None
    place: Place | None
    move: Move


def place_of(version: Version, to: tuple[str, ...]) -> Place:
    """Return the place that these calls and this element lead to. Raises NotFoundError."""
    for each in spiff.places(version.compiled):
        if (*each.path, each.element) == to:
            return each
    raise NotFoundError


def prepared(conn: sa.Connection, wanted: Wanted, *, by: Person, now: datetime) -> Ready:
    """Run an intervention in the engine, storing nothing; the case is locked from then on.

    Raises TaskGoneError, SuspendedError, NoWayError and NotFoundError.
    """
    waiting, case = _locked(conn, wanted, by=by)
    case = fresh(conn, case, now=now)
    version = procedures.version(conn, case.version_id)
    at = place_of(version, wanted.to) if wanted.kind == PLACE else None
    known = calendars.of(conn, case.calendars)
    compiled, state, task = version.compiled, case.state, wanted.task
    try:
        if at is not None:
            move = spiff.place(compiled, state, task, at, now=now, calendars=known)
        elif task is not None:
            move = spiff.skip(compiled, state, task, now=now, calendars=known)
        else:
            raise NotFoundError
    except spiff.TaskNotReadyError:
        told = gone(conn, task or case.id, by=by)
        raise (told if told.case_id else passed(case.id, now)) from None
    except spiff.RunError as error:
        raise stuck(version, error, case.id) from error
    except (spiff.NoPlaceError, spiff.CaseOverError) as error:
        raise NoWayError(error.zh, error.en, case_id=case.id) from error
    return Ready(wanted, case, version, waiting, at, move)


def _locked(conn: sa.Connection, wanted: Wanted, *, by: Person) -> tuple[Waiting | None, Case]:
    """Return the task and the case that an operator may do something to, locked."""
    waiting = None if wanted.task is None else lock_any(conn, wanted.task, by=by)
    case = lock(conn, wanted.case_id) if waiting is None else waiting.case
    if case.id != wanted.case_id or (waiting is None and wanted.kind == SKIP):
        raise NotFoundError
    check_goes_on(case)
    if waiting is not None:
        _check_eyes(conn, waiting)
    return waiting, case


def _check_eyes(conn: sa.Connection, waiting: Waiting) -> None:
    """Refuse to skip a step, or to lead past it, to whom a guarantee keeps from it."""
    kept = eyes_on(conn, waiting).hindrance(waiting, waiting.case.state)
    if kept is not None:
        zh, en = f"{kept.why.zh}，不能跳过“{kept.step.zh}”", f"{kept.why.en}, and do not skip"
        raise NoWayError(
            f"“{kept.guarantee.zh}”：{zh}；请另一位系统管理员处理。",
            f"“{kept.guarantee.en}”: {en} “{kept.step.en}”; ask another operator.",
            case_id=waiting.case.id,
        )


def check_asker(conn: sa.Connection, ready: Ready, asker: Person) -> None:
    """Refuse to do what somebody asked for whom a guarantee keeps from the step by now.

    Raises NoWayError.
    """
    if (waiting := ready.waiting) is None:
        return
    why = eyes_on(conn, waiting, asker).barred(waiting, waiting.case.state).get(asker.id)
    if why is not None:
        raise NoWayError(
            f"提出这项干预的 {asker.name} 须回避这一步：{why.zh}。"
            "请不同意，由另一位系统管理员重新提出。",
            f"{asker.name}, who asked for this, is kept from the step: {why.en}. Do not agree; let "
            "another operator ask for it anew.",
            case_id=waiting.case.id,
        )


def carry_out(
    conn: sa.Connection,
    ready: Ready,
    reason: str,
    *,
    asker: Person | None = None,
    by: Person,
    now: datetime,
) -> None:
    """Store an intervention; ``asker`` is who asked for what another person now agrees to."""
    version, waiting, move = ready.version, ready.waiting, ready.move
    case, stopped = unwound(ready.case, move) if ready.place is not None else (ready.case, {})
    around = [[one.id, one.names.zh, one.names.en] for one in bypasses(conn, ready)]
    facts = {"reason": reason, "bypassed": around, **_left_undone(conn, ready), **stopped}
    said = _said(ready, facts, asker)
    closed = sa.select(tasks).where(tasks.c.id.in_(move.closed))
    steps = {row.id: version.step(row.process, row.element).names for row in conn.execute(closed)}
    holders = move_on(conn, case, version, move, [said], by=by, now=now)
    if waiting is not None and ready.wanted.kind == SKIP:
        come_back(conn, version, replace(waiting, case=case), move, now=now)
    for key, holder in holders.items():
        if holder not in {None, by.id}:
            zh, en = steps[key].zh, steps[key].en
            told = Names(
                f"“{zh}”已由 {by.name} 干预结束：{reason}",
                f"“{en}” was ended by {by.name}: {reason}",
            )
            notices.tell_one(conn, holder, told, case_id=case.id, now=now)


def _left_undone(conn: sa.Connection, ready: Ready) -> dict[str, object]:
    """Return what an entry says of the step that was left: its clauses, and what will be missing.

    The latter is what whoever confirmed it was warned of, in both languages.
    """
    if (waiting := ready.waiting) is None:
        return {}
    left = ready.version.element(waiting.process, waiting.element)
    missing = [[each.zh, each.en] for each in lacks(conn, ready)]
    return {"passed_over": list(left.clauses), "missing": missing}


def _said(ready: Ready, facts: dict[str, object], asker: Person | None) -> Draft:
    if asker is not None:
        facts["asked_by"] = [asker.id.hex, asker.name]
    waiting, at = ready.waiting, ready.place
    if at is None and waiting is not None:
        return Draft(SKIPPED, {**waiting.where, **facts}, task_id=waiting.id)
    if at is not None:
        facts |= {"process": at.process, "element": at.element, "path": list(at.path)}
    if waiting is not None:
        facts["left"] = f"{waiting.process}:{waiting.element}"
    return Draft(MOVED, facts, task_id=None if waiting is None else waiting.id)

"""Cancelling a case 撤销, and opening one that is over again 重新打开, each with a reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import calendars, notices, procedures, settings, spiff
from engine.cases.facts import written
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import Refusal
from engine.flexible.allowed import whole_case_fits
from engine.going_back.anew import give, holds, opened_anew
from engine.going_back.deeds import deeds
from engine.going_back.earlier import as_seen
from engine.going_back.notes import back_to
from engine.going_back.seen import check_seen, digest
from engine.going_back.stops import all_stops
from engine.going_back.told import tell_who_has_it
from engine.going_back.undone import tell_who_did
from engine.history import Draft, dossier
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.suspending.holding import lift
from engine.tables import entries, tasks
from engine.tasks import left

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move, Return

CANCELLED: Final = "case_cancelled"
REOPENED: Final = "case_reopened"


class MayNotEndError(Refusal):
    """Only certain people cancel a case, or open it again."""

    code = "may_not_end"

    def __init__(self) -> None:
        super().__init__(
            "撤销或重新打开案件，须由立案岗位的主管或规程管理员办理；立案人只能在别人办理之前撤销，"
            "或重新打开自己撤销的案件。请联系他们。",
            "A supervisor of the role that opens cases, or a process owner, cancels a case or "
            "opens it again; whoever opened it, only before anybody else has acted, or after "
            "cancelling it themselves. Ask one of them.",
        )


class CaseEndError(Refusal):
    """The case is over, or is not, or was for too long; the words say what to do."""

    code = "case_end"


@dataclass(frozen=True, slots=True)
class Found:
    """A case that somebody wants to cancel or open again, as its row says, and its version."""

    row: sa.Row[Any]
    version: Version


def found(conn: sa.Connection, case_id: UUID, *, by: Person) -> Found:
    """Return a case's row as it is now. Raises NotFoundError."""
    row = dossier.case_row(conn, case_id, by=by)
    return Found(row, procedures.version(conn, row.version_id))


def may_cancel(conn: sa.Connection, case: Found, *, by: Person) -> bool:
    """Whether a person may cancel an open case."""
    if whole_case_fits(case.version, "cancel", by.roles):
        return True
    others = sa.exists().where(entries.c.case_id == case.row.id, entries.c.actor != by.id)
    return case.row.opened_by == by.id and not conn.scalar(sa.select(others))


def may_reopen(conn: sa.Connection, case: Found, *, by: Person) -> bool:
    """Whether a person may open a case again that is over."""
    if whole_case_fits(case.version, "reopen", by.roles):
        return True
    last = sa.select(entries.c.kind, entries.c.actor).where(entries.c.case_id == case.row.id)
    row = conn.execute(last.order_by(entries.c.seq.desc()).limit(1)).one()
    return (row.kind, row.actor) == (CANCELLED, by.id)


def reopened_until(conn: sa.Connection, case: Found) -> datetime | None:
    """Return until when (UTC) a case may be opened again, None while it is open."""
    ended: datetime | None = case.row.ended_at
    return None if ended is None else ended + grace(conn)


def grace(conn: sa.Connection) -> timedelta:
    """Return for how long a case may be opened again once it is over."""
    return timedelta(days=settings.company(conn).reopen_days)


def goes_on(version: Version, state: bytes) -> tuple[Names, ...]:
    """Return the names of all that is open again if a cancelled case goes on where it was."""
    places = spiff.cancelled_at(version.compiled, state)
    return tuple(version.element(*place.split(":")).names for place in places)


def cancel_case(
    conn: sa.Connection,
    case_id: UUID,
    reason: str,
    *,
    seen: str | None = None,
    by: Person,
    now: datetime,
) -> None:
    """End an open case before its time; nothing of it waits any more.

    ``seen`` is the digest of what the person has read of it (CaseActView.seen).
    Raises PreviewChangedError, MayNotEndError, CaseEndError, BadReasonError and NotFoundError.
    """
    locked = lock(conn, found(conn, case_id, by=by).row.id)
    case = found(conn, case_id, by=by)
    if case.row.status != "open":
        raise CaseEndError(spiff.CaseOverError.zh, spiff.CaseOverError.en, case_id=case_id)
    if not may_cancel(conn, case, by=by):
        raise MayNotEndError
    why = checked_reason(reason)
    check_seen(seen, digest(all_stops(conn, case.version, locked.state)))
    locked = fresh(conn, locked, now=now)
    known = calendars.of(conn, locked.calendars)
    move = spiff.cancel(case.version.compiled, locked.state, now=now, calendars=known)
    locked, lifted = lift(conn, locked)
    said = Draft(CANCELLED, {"reason": why, "facts": lifted})
    holders = move_on(conn, locked, case.version, move, [said], by=by, now=now)
    told = Names(f"{by.name} 撤销了本案：{why}", f"{by.name} has cancelled the case: {why}")
    typed = left.writers(conn, move.closed)
    wrote = {key for found in typed.values() for key, _ in found}
    for key in {case.row.opened_by, *holders.values(), *wrote} - {None, by.id}:
        notices.tell_one(conn, key, told, case_id=case_id, now=now)


def reopen_case(
    conn: sa.Connection,
    case_id: UUID,
    target: UUID | None,
    reason: str,
    *,
    seen: str | None = None,
    by: Person,
    now: datetime,
) -> None:
    """Let a case go on that is over: at a finished step, or where it was cancelled (None).

    ``seen`` is the digest of what the person has read (EarlierStep.seen, CaseActView.seen).
    Raises PreviewChangedError, MayNotEndError, CaseEndError, BadReasonError and NotFoundError.
    """
    locked = lock(conn, found(conn, case_id, by=by).row.id)
    case = found(conn, case_id, by=by)
    _check_grace(conn, case, by=by, now=now)
    why = checked_reason(reason)
    version, known = case.version, calendars.of(conn, locked.calendars)
    try:
        listed = spiff.reopenings(version.compiled, locked.state)
        move = spiff.reopen(version.compiled, locked.state, target, now=now, calendars=known)
    except (spiff.NoWayBackError, spiff.CaseOverError, spiff.RunError) as error:
        raise CaseEndError(error.zh, error.en, case_id=case_id) from error
    step = next((each for each in listed if each.target == target), None)
    if step is None:
        check_seen(seen, digest(goes_on(version, locked.state)))
    undone = [] if step is None else as_seen(conn, version, case_id, step, seen).undoes
    closed = None if locked.closed_at == case.row.ended_at else case.row.closed_at
    said = _said(step, why, closed)
    locked = replace(locked, closed_at=closed)
    move_on(conn, locked, version, move, [said], by=by, now=now)
    told = Names(f"{by.name} 重新打开了案件：{why}", f"{by.name} has opened the case again: {why}")
    _hand_out(conn, case, move, step, told, by=by, now=now)
    tell_who_did(conn, undone, told, to=case_id, by=by, now=now)


def _check_grace(conn: sa.Connection, case: Found, *, by: Person, now: datetime) -> None:
    until = reopened_until(conn, case)
    if until is None:
        raise CaseEndError(spiff.CaseOpenError.zh, spiff.CaseOpenError.en, case_id=case.row.id)
    if not may_reopen(conn, case, by=by):
        raise MayNotEndError
    if now > until:
        days = settings.company(conn).reopen_days
        raise CaseEndError(
            f"案件结束已超过 {days} 天，不能再打开。请另立新案并写明原案编号。",
            f"The case has been over for more than {days} days and stays so. Open a new one that "
            "names it.",
            case_id=case.row.id,
        )


def _said(step: Return | None, why: str, closed: datetime | None) -> Draft:
    """Return the entry; the case's facts are told here, since it was not open before."""
    facts = {"status": "open", "outcome": None, "ended_at": None, "closed_at": written(closed)}
    said: dict[str, object] = {"reason": why, "facts": facts}
    if step is not None:
        said["back"] = back_to(step, "reopened")
    return Draft(REOPENED, said)


def _hand_out(
    conn: sa.Connection,
    case: Found,
    move: Move,
    step: Return | None,
    told: Names,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Mark what is open again, give it to whoever did a chosen step or held the rest, and tell."""
    to = case.row.id
    mine = tasks.c.id.in_([task.id for task in move.opened])
    conn.execute(sa.update(tasks).where(mine).values(again="reopened"))
    rest = list(move.opened)
    if step is not None:
        deed = deeds(conn, to, [step.target]).get(step.target)
        again = "reopened"
        holder = give(conn, case.version, move, step, deed, case_id=to, again=again, now=now)
        chosen = opened_anew(move, step)
        tell_who_has_it(conn, chosen, holder, told, to=to, by=by, now=now)
        rest = [task for task in rest if task not in chosen]
    held = left.held_before(conn, rest)
    for task in rest:
        key = held.get(task.id)
        holder = None
        if key is not None:
            holder = holds(conn, case.version, move, task, key, case_id=to, now=now)
        tell_who_has_it(conn, [task], holder, told, to=to, by=by, now=now)

"""Handing over: somebody leaves, and all that they had in hand goes on, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import notices
from engine.flexible.asking import REMOVED
from engine.flexible.groups import OPEN
from engine.flexible.held import free, put, said
from engine.flexible.settling import settle
from engine.going_back.seen import check_seen
from engine.history import enter, journal
from engine.people import end_sessions
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.substituting import making
from engine.substituting.leaving import Leaving, LeavingOneselfError, leaving
from engine.tables import people as staff
from engine.tables import signings, substitutions, tasks
from engine.tasks import drafts
from engine.tasks.waiting import TaskGoneError, lock_held

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.people import Person
    from engine.substituting.leaving import Assignment, Piece
    from engine.tasks.waiting import Waiting

HANDED_OVER = "task_handed_over"


def leave(
    conn: sa.Connection,
    login: str,
    to: Sequence[str],
    reason: str,
    *,
    seen: str | None = None,
    by: Person | None,
    now: datetime,
) -> Leaving:
    """Let somebody never sign in again, and hand over what they had, as ``leaving`` tells it.

    Returns what became of it. Cases are locked in one order. ``seen`` is the digest of what
    somebody has read of it (Leaving.seen). Raises BadReasonError, NotFoundError,
    LeavingOneselfError, BadSuccessorError and PreviewChangedError.
    """
    why = checked_reason(reason)
    making.lock(conn)
    found = leaving(conn, login, to, now=now)
    if by is not None and by.id == found.person.id:
        raise LeavingOneselfError
    check_seen(seen, found.seen)
    conn.execute(sa.update(staff).where(staff.c.id == found.person.id).values(active=False))
    end_sessions(conn, found.person)
    for piece in found.pieces:
        _hand_over(conn, piece, found.person, why, by=by, now=now)
    for assignment in found.assignments:
        _end(conn, assignment, why, by=by, now=now)
    return found


def _hand_over(
    conn: sa.Connection, piece: Piece, leaver: Person, why: str, *, by: Person | None, now: datetime
) -> None:
    try:
        waiting = lock_held(conn, piece.task_id, by=leaver)
    except TaskGoneError:
        return
    if piece.kind == "signature" and piece.to is None:
        _unask(conn, replace(waiting, by=by or leaver), leaver, why, now=now)
        return
    if not _MOVES[piece.kind](conn, piece, waiting, leaver, now):
        return
    taken = [] if piece.to is None else [piece.to]
    whose = [leaver.id.hex, leaver.name]
    entry = said(waiting, HANDED_OVER, to=taken, reason=why, hand=piece.kind, whose=whose)
    enter(conn, waiting.case, entry, by=by, now=now)
    if piece.to is not None:
        zh, en = piece.step.zh, piece.step.en
        text = Names(
            f"{leaver.name} 离开，“{zh}”交由您接手：{why}",
            f"{leaver.name} has left, and you take over “{en}”: {why}",
        )
        notices.tell_one(conn, piece.to.id, text, case_id=waiting.case.id, now=now)


def _hold(
    conn: sa.Connection, piece: Piece, waiting: Waiting, leaver: Person, now: datetime
) -> bool:
    """Give a task that they hold to who takes over, or back to its role."""
    if waiting.claimed_by != leaver.id:
        return False
    if piece.to is None:
        free(conn, waiting)
    else:
        put(conn, waiting, piece.to.id, givers=[leaver], now=now)
    return True


def _own(
    conn: sa.Connection, piece: Piece, waiting: Waiting, leaver: Person, _now: datetime
) -> bool:
    """Let a task that they delegated come back to who takes over."""
    if piece.to is None or waiting.owner != leaver.id:
        return False
    owned = sa.update(tasks).where(tasks.c.id == waiting.id)
    conn.execute(owned.values(owner=piece.to.id))
    drafts.pass_on(conn, drafts.of_task(waiting.id), giver=leaver.id, taker=piece.to.id)
    return True


def _sign(
    conn: sa.Connection, piece: Piece, waiting: Waiting, leaver: Person, _now: datetime
) -> bool:
    """Ask who takes over for the signature that they were asked for."""
    if piece.to is None:
        return False
    return conn.execute(_asked_of(leaver, waiting).values(person_id=piece.to.id)).rowcount > 0


def _asked_of(leaver: Person, waiting: Waiting) -> sa.Update:
    theirs = (signings.c.task_id == waiting.id, signings.c.person_id == leaver.id)
    return sa.update(signings).where(*theirs, signings.c.status.in_(OPEN))


def _unask(
    conn: sa.Connection, waiting: Waiting, leaver: Person, why: str, *, now: datetime
) -> None:
    """Take away a signature that nobody takes over; without it the others' may be enough."""
    removed = _asked_of(leaver, waiting).values(status="removed", settled_at=now)
    for group in conn.scalars(removed.returning(signings.c.group_id)).all():
        settle(conn, waiting, group, said(waiting, REMOVED, to=[leaver], reason=why), now=now)


_MOVES = {"held": _hold, "delegated": _own, "signature": _sign}


def _end(
    conn: sa.Connection, ending: Assignment, why: str, *, by: Person | None, now: datetime
) -> None:
    """End a substitution; who takes over stands in for what is left of it."""
    one = substitutions.c.id == ending.substitution.id
    key = None if by is None else by.id
    ended = sa.update(substitutions).where(one).values(ended_at=now, ended_by=key)
    row = conn.execute(ended.returning(*substitutions.c)).one()
    touched = [row.id]
    if ending.to is not None:
        going_on = {
            "person_id": row.person_id,
            "substitute_id": ending.to.id,
            "begins": max(row.begins, now),
            "ends": row.ends,
            "procedure": row.procedure,
            "steps": row.steps,
            "reason": why,
            "made_by": key,
            "made_at": now,
        }
        made = sa.insert(substitutions).values(going_on).returning(substitutions.c.id)
        touched.append(conn.execute(made).scalar_one())
    journal.enter(conn, journal.SUBSTITUTION_ENDED, substitutions, touched, by=by, now=now)

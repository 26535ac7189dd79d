"""Timers: cases whose time has come are woken one by one, by any number of workers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.moving import COLUMNS, Case
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.database import is_away
from engine.errors import Refusal
from engine.history import Draft
from engine.incidents import recording
from engine.suspending.holding import resume_due
from engine.tables import cases

if TYPE_CHECKING:
    from datetime import datetime

_log = logging.getLogger("banjie.timers")
_DUE = (
    sa.select(*COLUMNS)
    .where(cases.c.next_due <= sa.bindparam("now"), sa.not_(cases.c.stuck))
    .order_by(cases.c.next_due)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def wake_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Fire every timer of one case that is due at ``now`` and that nobody else is waking.

    Returns False when no case is left to wake. A case that fails, for whatever reason of its
    own, stands aside as an incident; only a database that is away is raised.
    """
    row = conn.execute(_DUE, {"now": now}).one_or_none()
    if row is None:
        return False
    case = Case(*row)
    try:
        with conn.begin_nested():
            wake(conn, case, now=now)
    except Exception as error:
        if is_away(error):
            raise
        place = _at_work(conn, case, now=now)
        number = recording.record_timer(conn, case, error, place=place, now=now)
        _log.warning("Case %s cannot be woken: incident %d, %s", case.id, number, error)
    return True


def _at_work(conn: sa.Connection, case: Case, *, now: datetime) -> tuple[str, str]:
    """Return process and element of the first timer that is due, as far as it can be told."""
    try:
        version = procedures.version(conn, case.version_id)
        timers = spiff.position(version.compiled, case.state).timers
    except (KeyError, ValueError, Refusal):
        return "", ""
    first = min(timers, key=lambda timer: timer.due, default=None)
    return ("", "") if first is None or first.due > now else (first.process, first.element)


def wake(conn: sa.Connection, case: Case, *, now: datetime) -> None:
    """Fire a locked case's due timers, with one entry for each arming. Raises spiff.RunError.

    One that was suspended until now goes on.
    """
    case = fresh(conn, case, now=now)
    if case.next_due is None or case.next_due > now:
        return
    if case.suspended_at is not None:
        resume_due(conn, case, now=now)
        return
    version = procedures.version(conn, case.version_id)
    known = calendars.of(conn, case.calendars)
    move = spiff.wake(version.compiled, case.state, now=now, calendars=known)
    happened = [] if move.fired else [Draft("woken")]
    move_on(conn, case, version, move, happened, by=None, now=now)

"""Timers: cases whose time has come are woken one by one, by any number of workers."""

from __future__ import annotations

import logging
from collections import deque
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.moving import COLUMNS, Case
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.database import is_away
from engine.direct import Direct
from engine.errors import Refusal
from engine.history import Draft
from engine.incidents import recording
from engine.suspending.holding import resume_due
from engine.tables import cases

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

_log = logging.getLogger("banjie.timers")
AHEAD: Final = 100
"""Cases that are looked for at once."""

_DUE = (cases.c.next_due <= sa.bindparam("now"), sa.not_(cases.c.stuck))
_NEXT = Direct(
    sa.select(cases.c.id)
    .where(*_DUE)
    .order_by(cases.c.next_due)
    .limit(sa.literal_column(str(AHEAD)))
)
_LOCK = Direct(
    sa.select(*COLUMNS)
    .where(cases.c.id == sa.bindparam("case"), *_DUE)
    .with_for_update(skip_locked=True)
)


class Waking:
    """Wakes due cases, each call one of them, and remembers which others it has found due.

    To look passes over the index entries of whatever was woken since its last vacuum, so that
    looking for each of many cases would take longer and longer.
    """

    def __init__(self) -> None:
        """Nothing has been looked for yet."""
        self._found: deque[UUID] = deque()

    def __call__(self, conn: sa.Connection, *, now: datetime) -> bool:
        """Fire every timer of one case that is due at ``now`` and that nobody else is waking.

        Returns False when no case is left to wake. A case that fails, for whatever reason of its
        own, stands aside as an incident; only a database that is away is raised.
        """
        if self._wake_found(conn, now):
            return True
        self._found.extend(key for (key,) in _NEXT.rows(conn, {"now": now}))
        return self._wake_found(conn, now)

    def _wake_found(self, conn: sa.Connection, now: datetime) -> bool:
        """Wake the first of those found that is still due; False if none is."""
        while self._found:
            row = _LOCK.row(conn, {"case": self._found.popleft(), "now": now})
            if row is not None:
                _wake_aside(conn, Case(*row), now=now)
                return True
        return False


def wake_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Wake one due case, as Waking does."""
    return Waking()(conn, now=now)


def _wake_aside(conn: sa.Connection, case: Case, *, now: datetime) -> None:
    try:
        with conn.begin_nested():
            wake(conn, case, now=now)
    except Exception as error:
        if is_away(error):
            raise
        place = _at_work(conn, case, now=now)
        number = recording.record_timer(conn, case, error, place=place, now=now)
        _log.warning("Case %s cannot be woken: incident %d, %s", case.id, number, error)


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

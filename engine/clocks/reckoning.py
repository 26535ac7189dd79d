"""Reckoning open deadlines anew after a change of the calendars, one case at a time, by workers.

No timer fires by calendars that were changed: whoever wants to wake or move a case that has one
due reckons it first.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.calendars import chain
from engine.cases.moving import COLUMNS, Case, lock, move_to
from engine.database import is_away
from engine.history import Draft
from engine.incidents import recording
from engine.tables import cases

if TYPE_CHECKING:
    from datetime import datetime

MOVED: Final = "deadline_moved"
_log = logging.getLogger("banjie.reckoning")
_OUTDATED = (
    sa.select(*COLUMNS)
    .where(
        cases.c.status == "open",
        cases.c.next_due.is_not(None),
        sa.not_(cases.c.stuck),
        cases.c.reckoned < calendars.REVISION.scalar_subquery(),
    )
    .order_by(cases.c.reckoned)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def reckon_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Reckon one open case by the newest calendars that nobody else is reckoning.

    Returns False when every case is up to date. A case that fails stands aside as an incident;
    only a database that is away is raised.
    """
    row = conn.execute(_OUTDATED).one_or_none()
    if row is None:
        return False
    case = Case(*row)
    try:
        with conn.begin_nested():
            reckon(conn, case, now=now)
    except Exception as error:
        if is_away(error):
            raise
        number = recording.record_timer(conn, case, error, place=("", ""), now=now)
        _log.warning("Case %s cannot be reckoned: incident %d, %s", case.id, number, error)
    return True


def reckon(conn: sa.Connection, case: Case, *, now: datetime) -> None:
    """Bring a locked case's deadlines up to the newest calendars; one entry if any moves."""
    version = procedures.version(conn, case.version_id)
    known = calendars.of(conn, case.calendars)
    move = spiff.reckon_anew(version.compiled, case.state, now=now, calendars=known)
    reckoned = case.reckoned
    case = replace(case, reckoned=known.revision, calendars=known.revision)
    if move.shifted:
        revised = chain.told(conn, after=reckoned, until=known.revision)
        happened = [Draft(MOVED, {"calendars": known.revision, "revised": revised})]
        move_to(conn, case, version, move, happened, by=None, now=now)
        return
    mine = sa.update(cases).where(cases.c.id == case.id)
    conn.execute(mine.values(reckoned=known.revision, state=move.state))


def fresh(conn: sa.Connection, case: Case, *, now: datetime) -> Case:
    """Return a locked case that has something due, reckoned by the newest calendars first.

    Raises spiff.RunError.
    """
    if case.reckoned >= case.calendars or case.next_due is None or case.next_due > now:
        return case
    reckon(conn, case, now=now)
    return lock(conn, case.id)

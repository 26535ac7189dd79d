"""Switching: a planned version comes into force at its moment, once over any number of workers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.duties import planning
from engine.procedures import VersionChangedError
from engine.spiff import BrokenFilesError
from engine.tables import versions
from engine.versioning.line import PLANNED, lock
from engine.versioning.writing import end, withdraw

if TYPE_CHECKING:
    from datetime import datetime

_log = logging.getLogger("banjie.versions")
_DUE = (
    sa.select(versions)
    .where(PLANNED, versions.c.begins_at <= sa.bindparam("now"))
    .order_by(versions.c.begins_at, versions.c.id)
    .limit(1)
)


def switch_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Put one planned version in force whose moment has come; False when there is none.

    A version whose files cannot be trusted or read is withdrawn, and the one before it stays.
    """
    if conn.execute(_DUE, {"now": now}).one_or_none() is None:
        return False
    lock(conn)
    row = conn.execute(_DUE, {"now": now}).one_or_none()
    if row is None:
        return False
    try:
        compiled = procedures.version(conn, row.id).compiled
    except (VersionChangedError, BrokenFilesError) as error:
        _log.warning("Version %d of %s stays out of force: %s", row.number, row.procedure, error)
        withdraw(conn, row, reason=str(error), by=None, now=now)
        return True
    end(conn, row.procedure)
    begun = sa.update(versions).where(versions.c.id == row.id)
    conn.execute(begun.values(in_force=True, began_at=now))
    planning.plan(conn, compiled, now=now)
    return True


def catch_up(conn: sa.Connection, *, now: datetime) -> None:
    """Put in force all that is due, for who needs the version in force at this very moment.

    So a case that begins in the first minute of a new version takes it, however late workers are.
    """
    while switch_next(conn, now=now):
        pass

"""Switching: a planned version comes into force at its moment, once over any number of workers."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures
from engine.duties import planning
from engine.history import journal
from engine.incidents.failures import cause
from engine.incidents.kinds import VERSION
from engine.people import save_roles
from engine.procedures import VersionChangedError
from engine.spiff import BrokenFilesError, Names, RunError
from engine.tables import incidents, versions
from engine.versioning.line import PLANNED, lock
from engine.versioning.writing import end, withdraw

if TYPE_CHECKING:
    from datetime import datetime

    from engine.incidents.incident import Incident

_log = logging.getLogger("banjie.versions")
_DUE = (
    sa.select(versions)
    .where(PLANNED, versions.c.begins_at <= sa.bindparam("now"))
    .order_by(versions.c.begins_at, versions.c.id)
    .limit(1)
)


def switch_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Put one planned version in force whose moment has come; False when there is none.

    One whose files cannot be trusted or read stays out, the one before it goes on, and an incident
    tells operators and process owners why.
    """
    if conn.execute(_DUE, {"now": now}).one_or_none() is None:
        return False
    lock(conn)
    row = conn.execute(_DUE, {"now": now}).one_or_none()
    if row is None:
        return False
    try:
        _begin(conn, row, now=now)
    except RunError as error:
        _log.warning("Version %d of %s stays out of force: %s", row.number, row.procedure, error)
        withdraw(conn, row, reason=f"{error.zh} / {error.en}", by=None, now=now)
        journal.enter(conn, journal.WITHDRAWN, versions, [row.id], by=None, now=now)
        told = {**cause(error, (row.procedure, "")), "at": now, "tried_at": now}
        failed = {"kind": VERSION, "procedure": row.procedure, **told}
        conn.execute(sa.insert(incidents).values(failed))
    return True


def _begin(conn: sa.Connection, row: sa.Row[Any], *, now: datetime) -> None:
    """Put a version in force instead of the one before it. Raises RunError with the cure."""
    try:
        begun = procedures.version(conn, row.id)
    except VersionChangedError as error:
        raise _failed(row, Names(error.zh, error.en)) from error
    except BrokenFilesError as error:
        at = error.problems[0]
        why = Names(f"{at.file}：{at.zh}", f"{at.file}: {at.en}")
        raise _failed(row, why) from error
    ended = end(conn, row.procedure)
    out = dict.fromkeys(("withdrawn_at", "withdrawn_by", "withdrawn_for"))
    mine = sa.update(versions).where(versions.c.id == row.id)
    conn.execute(mine.values(in_force=True, began_at=now, **out))
    journal.enter(conn, journal.BEGAN, versions, [row.id, *ended], by=None, now=now)
    save_roles(conn, begun.bundle.roles)
    planning.plan(conn, begun.compiled, now=now)


def _failed(row: sa.Row[Any], why: Names) -> RunError:
    return RunError(
        process=row.procedure,
        element="",
        zh=f"第 {row.number} 版到期没有生效，现行的版本继续有效。原因：{why.zh}"
        "恢复后请重试；或改好文件重新发布。",
        en=f"Version {row.number} did not come into force when it was due; the one before it goes "
        f"on. Cause: {why.en} Retry once that is mended, or publish the procedure again.",
    )


def begin_again(conn: sa.Connection, incident: Incident, now: datetime) -> None:
    """Put the version in force that an incident is about. Raises RunError."""
    lock(conn)
    failed = sa.select(versions).where(
        versions.c.procedure == incident.procedure, versions.c.withdrawn_at == incident.at
    )
    _begin(conn, conn.execute(failed).one(), now=now)


def catch_up(conn: sa.Connection, *, now: datetime) -> None:
    """Put in force all that is due, for who needs the version in force at this very moment.

    So a case that begins in the first minute of a new version takes it, however late workers are.
    """
    while switch_next(conn, now=now):
        pass

"""Writing a version down, with its files, at its place in the line."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.history import journal
from engine.people import add_roles, save_roles
from engine.tables import files as file_rows
from engine.tables import version_files, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.people import Person
    from engine.procedures.bundles import Bundle
    from engine.procedures.promises import Dropped
    from engine.versioning.line import Place
    from engine.versioning.terms import Source


@dataclass(frozen=True, slots=True)
class Deed:
    """Who publishes, when, why, from which source, and what is dropped by it.

    ``again_of`` is the id of an old version.
    """

    by: Person | None
    now: datetime
    note: str
    source: Source
    dropped: Sequence[Dropped] = ()
    again_of: int | None = None


def add(conn: sa.Connection, bundle: Bundle, at: Place, deed: Deed) -> int:
    """Add a version, in force now or planned, and return its number.

    What is planned after it is withdrawn. Roles that a planned version brings are there at once, so
    that people can be given them before its day; what others are called waits for it.
    """
    compiled, is_planned = bundle.compiled, at.begins > deed.now
    highest = sa.select(sa.func.max(versions.c.number)).where(versions.c.procedure == compiled.id)
    number = (conn.scalar(highest) or 0) + 1
    for row in at.after:
        withdraw(conn, row, reason=deed.note, by=deed.by, now=deed.now)
    ended = [] if is_planned else end(conn, compiled.id)
    made = sa.insert(versions).values(**_row(bundle, at, deed), number=number)
    key = conn.execute(made.returning(versions.c.id)).scalar_one()
    _store_files(conn, key, bundle.files)
    (add_roles if is_planned else save_roles)(conn, bundle.roles)
    touched = [key, *ended, *(row.id for row in at.after)]
    journal.enter(conn, journal.PUBLISHED, versions, touched, by=deed.by, now=deed.now)
    return number


def _row(bundle: Bundle, at: Place, deed: Deed) -> dict[str, Any]:
    compiled, is_planned = bundle.compiled, at.begins > deed.now
    return {
        "procedure": compiled.id,
        "digest": bundle.digest,
        "zh": compiled.names.zh,
        "en": compiled.names.en,
        "start_role": compiled.start.role,
        "start_message": compiled.start.message,
        "start_signal": compiled.start.signal,
        "awaits": dict(compiled.awaits),
        "note": deed.note,
        "published_by": None if deed.by is None else deed.by.id,
        "published_at": deed.now,
        "source": deed.source,
        "based_on": None if at.before is None else at.before.id,
        "again_of": deed.again_of,
        "dropped": [[one.kind, one.id, one.names.zh, one.names.en] for one in deed.dropped],
        "begins_at": at.begins,
        "began_at": None if is_planned else deed.now,
        "in_force": not is_planned,
    }


def end(conn: sa.Connection, procedure: str) -> Sequence[int]:
    """Let the version in force, if any, be in force no more; return its id, for the journal."""
    mine = sa.and_(versions.c.procedure == procedure, versions.c.in_force)
    ended = sa.update(versions).where(mine).values(in_force=False)
    return conn.scalars(ended.returning(versions.c.id)).all()


def withdraw(
    conn: sa.Connection, row: sa.Row[Any], *, reason: str, by: Person | None, now: datetime
) -> None:
    """Note that a planned version does not come into force; the caller enters it in the journal."""
    conn.execute(
        sa.update(versions)
        .where(versions.c.id == row.id)
        .values(withdrawn_at=now, withdrawn_by=None if by is None else by.id, withdrawn_for=reason)
    )


def _store_files(conn: sa.Connection, key: int, contents: Mapping[str, bytes]) -> None:
    named = {path: sha256(content).digest() for path, content in contents.items()}
    rows = [{"sha256": named[path], "content": content} for path, content in contents.items()]
    conn.execute(insert(file_rows).on_conflict_do_nothing(), rows)
    links = [{"version_id": key, "path": p, "sha256": digest} for p, digest in named.items()]
    conn.execute(sa.insert(version_files), links)

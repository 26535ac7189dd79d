"""Publishing: a checked bundle becomes the next immutable version of its procedure."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.bundles import prepare_all
from engine.calendars import current
from engine.calendars.seeds import BROUGHT, seed
from engine.duties import planning
from engine.firsts import taken_by_others
from engine.people import save_roles
from engine.procedures import IN_FORCE, VersionChangedError, files_of
from engine.promises import dropped
from engine.spiff import BrokenFilesError, roots
from engine.tables import files as file_rows
from engine.tables import version_files, versions
from engine.wordlists import read_roles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.bundles import Bundle
    from engine.people import Person
    from engine.spiff import Names, Problem

_PUBLISHING = 0x42_61_6E_6A  # advisory lock: one publisher at a time


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did for one procedure: the version in force now, and whether it is new."""

    procedure: str
    names: Names
    number: int
    changed: bool


def publish(
    conn: sa.Connection,
    given: Mapping[str, bytes],
    *,
    by: Person | None,
    now: datetime,
    note: str = "",
) -> list[Published]:
    """Publish every procedure among the files; one whose files did not change stays as it is.

    All or none: raises BrokenFilesError naming every problem, and then nothing was written. A
    guarantee or clause of the version in force may be dropped only with a note that says why.
    The calendars that the product brings are there afterwards.
    """
    known = current(conn).kept.keys() | BROUGHT
    bundles = prepare_all(given, roots(given), calendars=known)
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHING)))
    problems = taken_by_others(conn, bundles)
    if not note.strip():
        problems += [each for new in bundles for each in _dropped(conn, new)]
    if problems:
        raise BrokenFilesError(tuple(problems))
    save_roles(conn, read_roles(given))
    seed(conn, now=now)
    published = [_publish(conn, bundle, by=by, now=now, note=note) for bundle in bundles]
    for bundle in bundles:
        planning.plan(conn, bundle.compiled, now=now)
    return published


def _dropped(conn: sa.Connection, new: Bundle) -> list[Problem]:
    current = conn.execute(IN_FORCE, {"procedure": new.compiled.id}).one_or_none()
    if current is None or current.digest == new.digest:
        return []
    try:
        return list(dropped(files_of(conn, current), new.files, new.compiled.id))
    except VersionChangedError:
        return []  # what was promised cannot be known, and publishing again is the cure


def _publish(
    conn: sa.Connection, bundle: Bundle, *, by: Person | None, now: datetime, note: str
) -> Published:
    compiled = bundle.compiled
    current = conn.execute(IN_FORCE, {"procedure": compiled.id}).one_or_none()
    if current is not None and current.digest == bundle.digest:
        return Published(compiled.id, compiled.names, current.number, changed=False)
    number = 1 if current is None else current.number + 1
    old = sa.update(versions).where(versions.c.procedure == compiled.id, versions.c.in_force)
    conn.execute(old.values(in_force=False))
    key = conn.scalar(
        sa.insert(versions)
        .values(
            procedure=compiled.id,
            number=number,
            digest=bundle.digest,
            zh=compiled.names.zh,
            en=compiled.names.en,
            start_role=compiled.start.role,
            start_message=compiled.start.message,
            start_signal=compiled.start.signal,
            awaits=dict(compiled.awaits),
            note=note,
            published_by=None if by is None else by.id,
            published_at=now,
            in_force=True,
        )
        .returning(versions.c.id)
    )
    _store_files(conn, key, bundle.files)
    return Published(compiled.id, compiled.names, number, changed=True)


def _store_files(conn: sa.Connection, key: int | None, contents: Mapping[str, bytes]) -> None:
    named = {path: sha256(content).digest() for path, content in contents.items()}
    rows = [{"sha256": named[path], "content": content} for path, content in contents.items()]
    conn.execute(insert(file_rows).on_conflict_do_nothing(), rows)
    links = [{"version_id": key, "path": p, "sha256": digest} for p, digest in named.items()]
    conn.execute(sa.insert(version_files), links)

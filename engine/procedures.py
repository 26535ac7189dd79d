"""Procedures: a checked bundle is published as the next immutable version, and read back."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.bundles import Bundle, digest_of, load, prepare_all
from engine.errors import NotFoundError, Refusal
from engine.people import save_roles
from engine.promises import dropped
from engine.spiff import BrokenFilesError, Names, roots
from engine.tables import files as file_rows
from engine.tables import version_files, versions
from engine.wordlists import read_clauses, read_roles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.people import Person
    from engine.spiff import Compiled, Element, Problem, Step
    from engine.wordlists import Clause
    from forms import Form

_PUBLISHING = 0x42_61_6E_6A  # advisory lock: one publisher at a time


@dataclass(frozen=True, slots=True)
class Version:
    """One published, immutable state of a procedure, ready to run; shared read-only by threads."""

    id: int
    number: int
    bundle: Bundle
    digest: bytes
    clauses: Mapping[str, Clause]

    @property
    def compiled(self) -> Compiled:
        """The diagrams and tables, made ready by engine.spiff."""
        return self.bundle.compiled

    @property
    def names(self) -> Names:
        """The procedure's two names."""
        return self.bundle.compiled.names

    def step(self, process: str, element: str) -> Step:
        """Return the step that an open task stands for."""
        return self.compiled.diagrams[process].steps[element]

    def element(self, process: str, element: str) -> Element:
        """Return any named element of one of the version's diagrams."""
        return self.compiled.diagrams[process].elements[element]

    def place(self, place: str | None) -> Names | None:
        """Return the names of "process:element", None for None."""
        return None if place is None else self.element(*place.split(":")).names

    def form(self, process: str, element: str) -> Form:
        """Return the form of a step or of the start."""
        return self.bundle.forms[f"{process}/{element}"]

    @property
    def start_form(self) -> Form:
        """The form that opens a case."""
        start = self.compiled.start
        return self.form(start.process, start.element)


class VersionChangedError(Refusal):
    """The stored files of a version are not those that were published."""

    code = "version_changed"

    def __init__(self, row: sa.Row[Any], path: str = "") -> None:
        zh = f"（{path}）" if path else ""
        en = f" ({path})" if path else ""
        super().__init__(
            f"规程“{row.zh}”第 {row.number} 版的文件{zh}与发布时不符，已停止执行；"
            "请从备份恢复该版本的文件。",
            f"The files of version {row.number} of “{row.en}”{en} are not those that were "
            "published, so it does not run; restore them from a backup.",
        )


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did for one procedure: the version in force now, and whether it is new."""

    procedure: str
    names: Names
    number: int
    changed: bool


_IN_FORCE = sa.select(versions).where(
    versions.c.procedure == sa.bindparam("procedure"), versions.c.in_force
)
_BY_MESSAGE = sa.select(versions.c.id).where(
    versions.c.start_message == sa.bindparam("message"), versions.c.in_force
)
_FILES = (
    sa.select(version_files.c.path, file_rows.c.sha256, file_rows.c.content)
    .join(file_rows, file_rows.c.sha256 == version_files.c.sha256)
    .where(version_files.c.version_id == sa.bindparam("version"))
)

_ready: WeakKeyDictionary[sa.Dialect, dict[int, Version]] = WeakKeyDictionary()
"""By database, for which its engine's dialect stands: quick to find, where the engine's URL is
written out to be hashed, each time."""

_NONE: dict[int, Version] = {}
_preparing = Lock()


def version(conn: sa.Connection, key: int) -> Version:
    """Return a published version, prepared once per process and database.

    Raises VersionChangedError when its files are not those that were published.
    """
    found = _ready.get(conn.dialect, _NONE).get(key)
    if found is not None:
        return found
    with _preparing:
        ready = _ready.setdefault(conn.dialect, {})
        if key not in ready:
            ready[key] = _prepared(conn, key)
        return ready[key]


def _prepared(conn: sa.Connection, key: int) -> Version:
    row = conn.execute(sa.select(versions).where(versions.c.id == key)).one()
    stored = files_of(conn, row)
    bundle = load(stored, row.procedure)
    return Version(row.id, row.number, bundle, row.digest, read_clauses(stored))


def files_of(conn: sa.Connection, row: sa.Row[Any]) -> dict[str, bytes]:
    """Return the files of a row of ``versions``. Raises VersionChangedError."""
    stored: dict[str, bytes] = {}
    for path, digest, content in conn.execute(_FILES, {"version": row.id}):
        if sha256(content).digest() != digest:
            raise VersionChangedError(row, path)
        stored[path] = content
    if digest_of(stored) != row.digest:
        raise VersionChangedError(row)
    return stored


def in_force(conn: sa.Connection, procedure: str) -> Version:
    """Return the version that new cases of a procedure take. Raises NotFoundError."""
    row = conn.execute(_IN_FORCE, {"procedure": procedure}).one_or_none()
    if row is None:
        raise NotFoundError(
            f"没有已发布的规程“{procedure}”。", f"No procedure “{procedure}” is published."
        )
    return version(conn, row.id)


def started_by(conn: sa.Connection, message: str) -> Version | None:
    """Return the version in force whose cases a message starts, if any."""
    key = conn.scalar(_BY_MESSAGE, {"message": message})
    return None if key is None else version(conn, key)


def all_in_force(conn: sa.Connection) -> list[Version]:
    """Return the versions in force of all procedures, by name."""
    ordered = sa.select(versions.c.id).where(versions.c.in_force).order_by(versions.c.procedure)
    return [version(conn, key) for key in conn.scalars(ordered).all()]


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
    """
    bundles = prepare_all(given, roots(given))
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_PUBLISHING)))
    if not note.strip() and (gone := [each for new in bundles for each in _dropped(conn, new)]):
        raise BrokenFilesError(tuple(gone))
    save_roles(conn, read_roles(given))
    return [_publish(conn, bundle, by=by, now=now, note=note) for bundle in bundles]


def _dropped(conn: sa.Connection, new: Bundle) -> list[Problem]:
    current = conn.execute(_IN_FORCE, {"procedure": new.compiled.id}).one_or_none()
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
    current = conn.execute(_IN_FORCE, {"procedure": compiled.id}).one_or_none()
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

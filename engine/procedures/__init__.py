"""Procedures: their published, immutable versions, read back and made ready to run."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from engine.direct import Direct
from engine.errors import NotFoundError, Refusal
from engine.procedures.bundles import load
from engine.procedures.digests import digest_of
from engine.procedures.wordlists import read_clauses
from engine.tables import files as file_rows
from engine.tables import version_files, versions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.procedures.bundles import Bundle
    from engine.procedures.wordlists import Clause
    from engine.spiff import Compiled, Element, Names, Step
    from forms import Form


class NotByHandError(Refusal):
    """Cases of the procedure are opened by a timer or a signal; its start has no form."""

    code = "not_by_hand"

    def __init__(self, names: Names) -> None:
        super().__init__(
            f"“{names.zh}”由定时器或信号自动发起；如需手工发起，请给开始事件加表单并重新发布。",
            f"“{names.en}” begins by a timer or signal; to open it by hand, give its start a form.",
        )


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
        """Return what "process:element" is called, None for None."""
        if place is None:
            return None
        process, element = place.split(":")
        return self.compiled.diagrams[process].called(element)

    def form(self, process: str, element: str) -> Form:
        """Return the form of a step or of the start."""
        return self.bundle.forms[f"{process}/{element}"]

    def shown(self, process: str, element: str) -> Form:
        """Return what the form of a step only shows, as the fields of a form."""
        return self.form(process, element).showing(self.bundle.forms.values())

    @property
    def start_form(self) -> Form | None:
        """The form that opens a case; None if cases are opened by a timer or a signal alone."""
        start = self.compiled.start
        return self.bundle.forms.get(f"{start.process}/{start.element}")

    @property
    def start_mark(self) -> str:
        """What tells the form that opens a case from another version's: a digest of its files."""
        start = self.compiled.start
        place = f"forms/{start.process}/{start.element}"
        own = {
            path: self.bundle.files.get(path, b"") for path in (f"{place}.json", f"{place}.ui.json")
        }
        return digest_of(own).hex()[:16]

    def form_by_hand(self) -> Form:
        """Return the form that opens a case. Raises NotByHandError if there is none."""
        if self.start_form is None:
            raise NotByHandError(self.names)
        return self.start_form


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


IN_FORCE = sa.select(versions).where(
    versions.c.procedure == sa.bindparam("procedure"), versions.c.in_force
)
_ALL_IN_FORCE = Direct(
    sa.select(versions.c.id).where(versions.c.in_force).order_by(versions.c.procedure)
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
    row = conn.execute(IN_FORCE, {"procedure": procedure}).one_or_none()
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
    return [version(conn, key) for (key,) in _ALL_IN_FORCE.rows(conn, {})]

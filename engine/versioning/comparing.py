"""What differs between the files of two versions, by path."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.tables import version_files

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class FileChanges:
    """The paths that are new, gone, or have other contents; each sorted."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> FileChanges:
    """Compare two sets of files, each a digest by path."""
    return FileChanges(
        tuple(sorted(after.keys() - before.keys())),
        tuple(sorted(before.keys() - after.keys())),
        tuple(sorted(p for p in before.keys() & after.keys() if before[p] != after[p])),
    )


def digests(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the SHA-256 of each file."""
    return {path: sha256(content).digest() for path, content in files.items()}


def stored(conn: sa.Connection, version_id: int) -> dict[str, bytes]:
    """Return the SHA-256 of each file of a version."""
    columns = version_files.c
    mine = sa.select(columns.path, columns.sha256).where(columns.version_id == version_id)
    return {row.path: row.sha256 for row in conn.execute(mine)}

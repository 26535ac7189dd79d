"""Published files that are not what was published, each once, with all that it holds up."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.procedures.digests import digest_from
from engine.spiff import Names
from engine.tables import cases, files, version_files, versions

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Damage:
    """A file that was changed or is gone, or (``path`` None) which files a version has.

    ``versions`` are the ids of those that do not run because of it, ``called`` their names, and
    ``cases`` how many cases have them.
    """

    path: str | None
    versions: tuple[int, ...]
    called: tuple[Names, ...]
    cases: int

    @property
    def said(self) -> Names:
        """What happened, what follows from it, and what to do."""
        zh = f"文件 {self.path} " if self.path else "文件清单"
        en = f"The file {self.path} is" if self.path else "The list of files is"
        return Names(
            f"{zh}与发布时不符，涉及{'、'.join(each.zh for each in self.called)}，"
            f"其 {self.cases} 个案件的状态无法核对，也不再执行；请从备份恢复。",
            f"{en} not what was published in {', '.join(each.en for each in self.called)}: the "
            f"states of their {self.cases} case(s) cannot be checked, and they do not run. "
            "Restore it from a backup.",
        )


_CASES = (
    sa.select(sa.func.count())
    .select_from(cases)
    .where(cases.c.version_id.in_(sa.bindparam("versions", expanding=True)))
)


def damages(conn: sa.Connection) -> list[Damage]:
    """Return what is wrong with the files of versions, each file once."""
    changed = _changed(conn)
    found: dict[str | None, list[sa.Row[tuple[object, ...]]]] = {}
    for row in conn.execute(sa.select(versions).order_by(versions.c.id)).all():
        mine = sa.select(version_files).where(version_files.c.version_id == row.id)
        named = {each.path: each.sha256 for each in conn.execute(mine)}
        paths: list[str | None] = [path for path, digest in named.items() if digest in changed]
        if digest_from(named) != row.digest:
            paths.append(None)
        for path in paths:
            found.setdefault(path, []).append(row)
    return [_damage(conn, path, rows) for path, rows in found.items()]


def _changed(conn: sa.Connection) -> set[bytes]:
    stored = conn.execute(sa.select(files), execution_options={"yield_per": 50})
    return {row.sha256 for row in stored if sha256(row.content).digest() != row.sha256}


def _damage(
    conn: sa.Connection, path: str | None, rows: Sequence[sa.Row[tuple[object, ...]]]
) -> Damage:
    ids = tuple(row.id for row in rows)
    called = tuple(
        Names(f"“{row.zh}”第 {row.number} 版", f"version {row.number} of “{row.en}”")
        for row in rows
    )
    return Damage(path, ids, called, conn.scalar(_CASES, {"versions": ids}) or 0)

"""The versions that a case has run under: its entries are read by the one of their time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.history import read
from engine.tables import cases, versions

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import Diagram

MOVED: Final = "case_moved"
"""The kind of entry that says that a case went to another version; ``moved`` is from, to, how."""


@dataclass(frozen=True, slots=True)
class Lineage:
    """The version that a case runs under ``now``; ``past`` are (seq at which it was left, version).

    Of a case that was never moved there is no past.
    """

    now: Version
    past: tuple[tuple[int, Version], ...] = ()

    def at(self, seq: int) -> Version:
        """Return the version under which an entry was made."""
        return next((version for left, version in self.past if seq < left), self.now)

    @property
    def diagrams(self) -> Mapping[str, Diagram]:
        """All diagrams that it has run by; what several versions draw is as the newest has it."""
        found: dict[str, Diagram] = dict(self.now.compiled.diagrams)
        for _, version in reversed(self.past):
            for process, older in version.compiled.diagrams.items():
                newer = found.get(process, older)
                found[process] = replace(
                    newer,
                    elements={**older.elements, **newer.elements},
                    flows={**older.flows, **newer.flows},
                    calls={**older.calls, **newer.calls},
                )
        return found


def lineage(conn: sa.Connection, version: Version, rows: Sequence[sa.Row[Any]]) -> Lineage:
    """Return the versions of a case, which is under ``version`` now, as its entries say."""
    moves = [(row.seq, read(row.body)) for row in rows if row.kind == MOVED]
    left = {body["moved"][0] for _, body in moves if body.get("moved")}
    if not left:
        return Lineage(version)
    mine = sa.select(versions.c.number, versions.c.id).where(
        versions.c.procedure == version.compiled.id, versions.c.number.in_(left)
    )
    keys = {row.number: row.id for row in conn.execute(mine)}
    past = [
        (seq, procedures.version(conn, keys[body["moved"][0]]))
        for seq, body in moves
        if body.get("moved") and body["moved"][0] in keys
    ]
    return Lineage(version, tuple(past))


def version_then(conn: sa.Connection, case_id: UUID, body: Mapping[str, Any]) -> Version:
    """Return the version under which a case made the move that an entry's body tells of."""
    number = versions.c.number == body["version"]
    mine = sa.select(versions.c.id).join(cases, cases.c.procedure == versions.c.procedure)
    key = conn.scalar(mine.where(cases.c.id == case_id, number))
    return procedures.version(conn, int(key or 0))

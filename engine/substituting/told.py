"""What substitutes have done for somebody, as the one who was away reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.history.entryview import EntryView, view
from engine.settings import company
from engine.tables import cases, entries

if TYPE_CHECKING:
    from uuid import UUID

MOST = 30


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry that was made for somebody, and the case that has it."""

    case_id: UUID
    case_code: str
    number: str | None
    customer: str | None
    entry: EntryView


_DONE = (
    sa.select(entries, cases.c.version_id, cases.c.code, cases.c.number, cases.c.customer)
    .join(cases, cases.c.id == entries.c.case_id)
    .where(entries.c.acted_for == sa.bindparam("person"))
    .order_by(entries.c.at.desc(), entries.c.case_id, entries.c.seq.desc())
    .limit(MOST)
)


def done_for(conn: sa.Connection, key: UUID) -> list[Deed]:
    """Return the last 30 things that substitutes did for a person, the latest first."""
    zone = company(conn).zone
    return [
        Deed(
            row.case_id,
            row.code,
            row.number,
            row.customer,
            view(procedures.version(conn, row.version_id), row, None, zone=zone, is_erased=True),
        )
        for row in conn.execute(_DONE, {"person": key}).all()
    ]

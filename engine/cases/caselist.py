"""The list of cases: newest first, searched by number, code, customer or product."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.clocks.pauses import pause_of
from engine.suspending.standstill import suspension_of
from engine.tables import cases

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.clocks.pauses import Pause
    from engine.people import Person
    from engine.spiff import Names
    from engine.suspending.standstill import Suspension

PAGE = 30


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One line of the list of cases."""

    id: UUID
    code: str
    number: str | None
    procedure: Names
    status: str
    stuck: bool
    customer: str | None
    product: str | None
    opened_at: datetime
    due: datetime | None
    paused: Pause | None
    suspended: Suspension | None
    closed_at: datetime | None
    is_cancelled: bool


def search(
    conn: sa.Connection, by: Person, *, query: str = "", status: str = "", page: int = 1
) -> tuple[list[CaseRow], bool]:
    """Return one page of cases, newest first, and whether there are more; nothing without a role.

    ``query`` is looked for in number, code, customer and product; ``status`` is open,
    suspended, ended or "".
    """
    wanted = sa.select(cases).order_by(cases.c.opened_at.desc(), cases.c.id)
    if query:
        pattern = "%" + query.replace("\\", "\\\\").replace("%", r"\%").replace("_", r"\_") + "%"
        places = (cases.c.number, cases.c.code, cases.c.customer, cases.c.product)
        wanted = wanted.where(sa.or_(*(place.ilike(pattern) for place in places)))
    if status == "suspended":
        wanted = wanted.where(cases.c.suspended_at.is_not(None))
    elif status:
        wanted = wanted.where(cases.c.status == status)
    wanted = wanted.limit(PAGE + 1).offset((page - 1) * PAGE)
    rows = conn.execute(wanted).all() if by.is_staff else []
    found = [
        CaseRow(
            r.id,
            r.code,
            r.number,
            procedures.version(conn, r.version_id).names,
            r.status,
            r.stuck,
            r.customer,
            r.product,
            r.opened_at,
            r.due_at,
            pause_of(r, None, None) if r.status == "open" else None,
            suspension_of(r),
            r.closed_at,
            r.status != "open" and r.outcome is None,
        )
        for r in rows[:PAGE]
    ]
    return found, len(rows) > PAGE

"""What a person has delegated and not got back yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.tables import cases, people, tasks

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Names

MOST = 50


@dataclass(frozen=True, slots=True)
class Lent:
    """A task that somebody else prepares for its owner; ``since`` is UTC."""

    task_id: UUID
    case_code: str
    number: str | None
    customer: str | None
    product: str | None
    step: Names
    holder: str
    since: datetime


_LENT = (
    sa.select(
        *(tasks, people.c.name.label("holder"), cases.c.code, cases.c.version_id),
        *(cases.c.number, cases.c.customer, cases.c.product),
    )
    .join(people, people.c.id == tasks.c.claimed_by)
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.owner == sa.bindparam("person"))
    .order_by(tasks.c.claimed_at, tasks.c.id)
    .limit(MOST)
)


def lent_by(conn: sa.Connection, by: Person) -> list[Lent]:
    """Return the first 50 tasks that a person has delegated, the longest first."""
    return [
        Lent(
            task_id=row.id,
            case_code=row.code,
            number=row.number,
            customer=row.customer,
            product=row.product,
            step=procedures.version(conn, row.version_id).step(row.process, row.element).names,
            holder=row.holder,
            since=row.claimed_at,
        )
        for row in conn.execute(_LENT, {"person": by.id})
    ]

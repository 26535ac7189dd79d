"""The cases that one is linked to, as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.linking.relations import RELATIONS
from engine.tables import case_ties as ties
from engine.tables import cases, people

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.spiff import Names


@dataclass(frozen=True, slots=True)
class Tie:
    """One link: what the other case is to this one, who said so, when (UTC) and why."""

    key: int
    id: UUID
    code: str
    number: str | None
    relation: Names
    reason: str
    who: str
    at: datetime


_TIES = (
    sa.select(ties, cases.c.id.label("there"), cases.c.code, cases.c.number, people.c.name)
    .join(people, people.c.id == ties.c.made_by)
    .join(
        cases,
        sa.and_(
            cases.c.id.in_((ties.c.case_id, ties.c.other_id)), cases.c.id != sa.bindparam("case")
        ),
    )
    .where(
        sa.or_(ties.c.case_id == sa.bindparam("case"), ties.c.other_id == sa.bindparam("case")),
        ties.c.ended_at.is_(None),
    )
    .order_by(ties.c.id)
)


def ties_of(conn: sa.Connection, case_id: UUID) -> list[Tie]:
    """Return the links of a case, either way, the oldest first."""
    return [
        Tie(
            key=row.id,
            id=row.there,
            code=row.code,
            number=row.number,
            relation=_named(row.relation, is_back=row.other_id == case_id),
            reason=row.reason,
            who=row.name,
            at=row.made_at,
        )
        for row in conn.execute(_TIES, {"case": case_id})
    ]


def _named(relation: str, *, is_back: bool) -> Names:
    known = RELATIONS[relation]
    return known.back if is_back else known.there

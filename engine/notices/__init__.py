"""Notices: what the procedure tells a role, in the inbox of everybody who holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.spiff import Names
from engine.tables import cases, notices, people, substitutions

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that a person was told about a case; ``at`` is UTC."""

    id: int
    case_id: UUID
    case_code: str
    number: str | None
    customer: str | None
    text: Names
    at: datetime
    seen_at: datetime | None


_AT = sa.bindparam("at", type_=sa.DateTime(timezone=True))
_CASE = sa.bindparam("case", type_=sa.Uuid)
_ROLES = sa.bindparam("roles", type_=sa.ARRAY(sa.Text))
_AWAY, _THERE = people.alias("away"), people.alias("there")
_HOLDERS = sa.select(people.c.id).where(people.c.active, people.c.roles.overlap(_ROLES))
_SUBSTITUTES = (
    sa.select(substitutions.c.substitute_id)
    .join(_AWAY, _AWAY.c.id == substitutions.c.person_id)
    .join(_THERE, _THERE.c.id == substitutions.c.substitute_id)
    .where(
        *(_AWAY.c.active, _THERE.c.active, _AWAY.c.roles.overlap(_ROLES)),
        substitutions.c.ended_at.is_(None),
        *(substitutions.c.begins <= _AT, substitutions.c.ends > _AT),
        sa.func.cardinality(substitutions.c.steps) == 0,
        sa.or_(
            substitutions.c.procedure.is_(None),
            sa.exists().where(cases.c.id == _CASE, cases.c.procedure == substitutions.c.procedure),
        ),
    )
)
_TOLD = sa.union(_HOLDERS, _SUBSTITUTES).subquery()
_TELL = sa.insert(notices).from_select(
    ["person_id", "case_id", "zh", "en", "at"],
    sa.select(
        _TOLD.c.id,
        _CASE,
        sa.bindparam("zh", type_=sa.Text),
        sa.bindparam("en", type_=sa.Text),
        _AT,
    ),
)
_MINE = (
    sa.select(notices, cases.c.code, cases.c.number, cases.c.customer)
    .join(cases, cases.c.id == notices.c.case_id)
    .where(notices.c.person_id == sa.bindparam("person"), notices.c.seen_at.is_(None))
    .order_by(notices.c.id.desc())
    .limit(sa.bindparam("limit"))
)


def tell(
    conn: sa.Connection, held: Collection[str], text: Names, *, case_id: UUID, now: datetime
) -> None:
    """Put a notice before everybody who holds one of the roles, or stands in for who does.

    Who stands in for certain steps only is not told, since a notice is of the whole case.
    """
    values = {"case": case_id, "zh": text.zh, "en": text.en, "at": now, "roles": list(held)}
    conn.execute(_TELL, values)


def tell_one(
    conn: sa.Connection, person_id: UUID, text: Names, *, case_id: UUID, now: datetime
) -> None:
    """Put a notice before one person."""
    values = {"person_id": person_id, "case_id": case_id, "zh": text.zh, "en": text.en, "at": now}
    conn.execute(sa.insert(notices).values(values))


def was_told(conn: sa.Connection, case_id: UUID, *, by: Person) -> bool:
    """Whether a person was ever told of a case."""
    told = sa.exists().where(notices.c.person_id == by.id, notices.c.case_id == case_id)
    return bool(conn.scalar(sa.select(told)))


def unseen(conn: sa.Connection, by: Person, *, limit: int = 20) -> list[Notice]:
    """Return a person's unseen notices, newest first."""
    rows = conn.execute(_MINE, {"person": by.id, "limit": limit})
    return [
        Notice(r.id, r.case_id, r.code, r.number, r.customer, Names(r.zh, r.en), r.at, r.seen_at)
        for r in rows
    ]


def mark_seen(conn: sa.Connection, keys: Collection[int], *, by: Person, now: datetime) -> None:
    """Put a person's notices away."""
    mine = sa.and_(notices.c.person_id == by.id, notices.c.id.in_(keys))
    conn.execute(sa.update(notices).where(mine, notices.c.seen_at.is_(None)).values(seen_at=now))

"""Whom a person stands in for at a moment: the statement that finds the person asks if anybody."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.direct import Direct
from engine.people import BY_ID, COLUMNS, Represented, person_of
from engine.tables import people, substitutions

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person

_NOW = sa.and_(
    substitutions.c.ended_at.is_(None),
    substitutions.c.begins <= sa.bindparam("now", type_=sa.DateTime(timezone=True)),
    substitutions.c.ends > sa.bindparam("now", type_=sa.DateTime(timezone=True)),
)
_STANDS_IN = sa.exists().where(substitutions.c.substitute_id == people.c.id, _NOW)
_BY_ID = BY_ID.add_columns(_STANDS_IN.correlate(people))
_BY_SESSION = Direct(_BY_ID.where(people.c.generation == sa.bindparam("generation")))
_REPRESENTED = (
    sa.select(*COLUMNS, substitutions.c.procedure, substitutions.c.steps)
    .join_from(substitutions, people, people.c.id == substitutions.c.person_id)
    .where(substitutions.c.substitute_id == sa.bindparam("id"), _NOW, people.c.active)
    .order_by(substitutions.c.begins, substitutions.c.id)
)


def of_session(conn: sa.Connection, key: UUID, generation: int, *, now: datetime) -> Person | None:
    """Return the active person whose sessions of this generation have not been ended, or None.

    Whom they stand in for at ``now`` is known with it.
    """
    row = _BY_SESSION.row(conn, {"id": key, "generation": generation, "now": now})
    return None if row is None else _standing_in(conn, row, now)


def standing_in(conn: sa.Connection, key: UUID, *, now: datetime) -> Person | None:
    """Return the active person with this id, and whom they stand in for at ``now``; or None."""
    row = conn.execute(_BY_ID, {"id": key, "now": now}).one_or_none()
    return None if row is None else _standing_in(conn, row, now)


def _standing_in(
    conn: sa.Connection, row: sa.Row[*tuple[Any, ...]] | tuple[Any, ...], now: datetime
) -> Person:
    person, stands_in = person_of(row), row[-1]
    if not stands_in:
        return person
    rows = conn.execute(_REPRESENTED, {"id": person.id, "now": now}).all()
    represents = tuple(Represented(person_of(r), r.procedure, frozenset(r.steps)) for r in rows)
    return replace(person, represents=represents)

"""Whom a person stands in for at a moment, found in the statement that finds the person."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import aggregate_order_by

from engine.direct import Direct
from engine.people import BY_ID, Person, Represented, person_of
from engine.tables import people, substitutions

if TYPE_CHECKING:
    from datetime import datetime

_OTHER = people.alias("other")
_ROW = (
    *(
        sa.cast(_OTHER.c.id, sa.Text),
        _OTHER.c.login,
        _OTHER.c.name,
        sa.func.to_jsonb(_OTHER.c.roles),
    ),
    *(_OTHER.c.lang, substitutions.c.procedure, sa.func.to_jsonb(substitutions.c.steps)),
)
_REPRESENTED = (
    sa.select(
        sa.func.jsonb_agg(
            aggregate_order_by(
                sa.func.jsonb_build_array(*_ROW), substitutions.c.begins, substitutions.c.id
            )
        )
    )
    .join_from(substitutions, _OTHER, _OTHER.c.id == substitutions.c.person_id)
    .where(
        substitutions.c.substitute_id == people.c.id,
        substitutions.c.ended_at.is_(None),
        substitutions.c.begins <= sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        substitutions.c.ends > sa.bindparam("now", type_=sa.DateTime(timezone=True)),
        _OTHER.c.active,
    )
    .correlate(people)
    .scalar_subquery()
)
_STANDING_IN = BY_ID.add_columns(_REPRESENTED)
_BY_SESSION = Direct(_STANDING_IN.where(people.c.generation == sa.bindparam("generation")))


def of_session(conn: sa.Connection, key: UUID, generation: int, *, now: datetime) -> Person | None:
    """Return the active person whose sessions of this generation have not been ended, or None.

    Whom they stand in for at ``now`` is known with it.
    """
    row = _BY_SESSION.row(conn, {"id": key, "generation": generation, "now": now})
    return None if row is None else _standing_in(row)


def standing_in(conn: sa.Connection, key: UUID, *, now: datetime) -> Person | None:
    """Return the active person with this id, and whom they stand in for at ``now``; or None."""
    row = conn.execute(_STANDING_IN, {"id": key, "now": now}).one_or_none()
    return None if row is None else _standing_in(row)


def _standing_in(row: sa.Row[*tuple[Any, ...]] | tuple[Any, ...]) -> Person:
    return replace(person_of(row), represents=tuple(_represented(one) for one in row[-1] or ()))


def _represented(row: list[Any]) -> Represented:
    key, login, name, held, lang, procedure, steps = row
    person = Person(UUID(key), login, name, frozenset(held), lang)
    return Represented(person, procedure, frozenset(steps))

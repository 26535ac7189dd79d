"""Substitutions as pages list them: those made for somebody, and those in which they stand in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from engine import procedures
from engine.history.entrynotes import named
from engine.settings import company
from engine.spiff import Names
from engine.tables import people, substitutions, versions

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from engine.procedures import Version

LISTED = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One substitution; ``first`` and ``last`` are days of the company's zone, both in it.

    ``procedure`` and ``steps`` are named as in the version in force; () is all steps. ``arranger``
    is who made it, if that was not its person.
    """

    id: int
    person_id: UUID
    person: str
    substitute_id: UUID
    substitute: str
    first: date
    last: date
    procedure: Names | None
    steps: tuple[Names, ...]
    reason: str
    arranger: str | None
    state: Literal["planned", "now", "over"]
    ended_early: bool


_PERSON, _SUBSTITUTE, _MAKER = (people.alias(name) for name in ("whose", "substitute", "maker"))
_LISTED = (
    sa.select(
        substitutions,
        _PERSON.c.name.label("person"),
        _SUBSTITUTE.c.name.label("substitute"),
        _MAKER.c.name.label("maker"),
        versions.c.id.label("version_id"),
    )
    .join(_PERSON, _PERSON.c.id == substitutions.c.person_id)
    .join(_SUBSTITUTE, _SUBSTITUTE.c.id == substitutions.c.substitute_id)
    .outerjoin(_MAKER, _MAKER.c.id == substitutions.c.made_by)
    .outerjoin(
        versions, sa.and_(versions.c.procedure == substitutions.c.procedure, versions.c.in_force)
    )
    .order_by(substitutions.c.ends.desc(), substitutions.c.id.desc())
)


def of_person(conn: sa.Connection, key: UUID, *, now: datetime) -> list[Listed]:
    """Return who stands, stood or will stand in for somebody, the latest first."""
    return _listed(conn, substitutions.c.person_id == key, now)


def by_substitute(conn: sa.Connection, key: UUID, *, now: datetime) -> list[Listed]:
    """Return for whom somebody stands, stood or will stand in, the latest first."""
    return _listed(conn, substitutions.c.substitute_id == key, now)


def arranged(conn: sa.Connection, *, now: datetime) -> list[Listed]:
    """Return everybody's substitutions that hold or are to come."""
    return _listed(conn, _coming(now), now)


def _coming(now: datetime) -> sa.ColumnElement[bool]:
    return sa.and_(substitutions.c.ended_at.is_(None), substitutions.c.ends > now)


def concerning(conn: sa.Connection, key: UUID, *, now: datetime) -> list[Listed]:
    """Return those that hold or are to come of a person and of whom they stand in for."""
    of = sa.or_(substitutions.c.person_id == key, substitutions.c.substitute_id == key)
    return _listed(conn, sa.and_(of, _coming(now)), now, most=None)


def today(conn: sa.Connection, now: datetime) -> date:
    """Return the company's day."""
    return now.astimezone(company(conn).zone).date()


def _listed(
    conn: sa.Connection,
    which: sa.ColumnElement[bool],
    now: datetime,
    *,
    most: int | None = LISTED,
) -> list[Listed]:
    zone = company(conn).zone
    rows = conn.execute(_LISTED.where(which).limit(most)).all()
    return [_one(conn, row, zone, now) for row in rows]


def _one(
    conn: sa.Connection, row: sa.Row[tuple[object, ...]], zone: ZoneInfo, now: datetime
) -> Listed:
    version = None if row.version_id is None else procedures.version(conn, row.version_id)
    over = row.ended_at is not None or row.ends <= now
    return Listed(
        id=row.id,
        person_id=row.person_id,
        person=row.person,
        substitute_id=row.substitute_id,
        substitute=row.substitute,
        first=row.begins.astimezone(zone).date(),
        last=(row.ends - timedelta(seconds=1)).astimezone(zone).date(),
        procedure=_procedure(version, row.procedure),
        steps=tuple(_step(version, place) for place in row.steps),
        reason=row.reason,
        arranger=None if row.made_by == row.person_id else row.maker,
        state="over" if over else "now" if row.begins <= now else "planned",
        ended_early=row.ended_at is not None,
    )


def _procedure(version: Version | None, code: str | None) -> Names | None:
    if code is None:
        return None
    return Names(code, code) if version is None else version.names


def _step(version: Version | None, place: str) -> Names:
    """Return the names of a step, or its id where the version in force has it no more."""
    if version is None:
        return Names(place, place)
    return named(version, *place.split(":"))

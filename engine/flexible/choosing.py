"""Choosing people: who may be drawn into a step, found by name, login or role."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.errors import Refusal
from engine.flexible.allowed import fits, meant
from engine.flexible.groups import OPEN
from engine.people import Person, person, person_of, role_names
from engine.spiff import Names
from engine.tables import people, signings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from typing import Any
    from uuid import UUID

MOST = 50


class NobodyChosenError(Refusal):
    """Nobody was chosen, or somebody who may not be."""

    code = "nobody_chosen"


@dataclass(frozen=True, slots=True)
class Choice:
    """One person with the names of their roles; ``barred`` is why they may not be chosen."""

    id: UUID
    name: str
    login: str
    roles: tuple[Names, ...]
    barred: Names | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """The people found, the step's own role first; ``more`` says that there are others."""

    found: list[Choice]
    more: bool


def nobody(_people: Sequence[Person]) -> Mapping[UUID, Names]:
    """Keep nobody from being chosen."""
    return {}


def choices(
    conn: sa.Connection,
    words: Collection[str],
    role: str,
    *,
    barred: Callable[[Sequence[Person]], Mapping[UUID, Names]] = nobody,
    without: Collection[UUID],
    query: str = "",
    kept: Collection[UUID] = (),
) -> Choices:
    """Return who may be chosen by words of the diagram for a step of this role.

    ``query`` is part of a name, a login, or the name of a role; ``kept`` are listed whatever it is.
    ``barred`` tells who of those found may not be chosen all the same, and why.
    """
    named = role_names(conn)
    wanted = sa.and_(people.c.active, people.c.id.not_in(without), _allowed(words, role))
    sought = sa.or_(_matches(query, named), people.c.id.in_(kept))
    first = [people.c.id.in_(kept).desc(), people.c.roles.contains([role]).desc()]
    rows = conn.execute(
        sa.select(people).where(wanted, sought).order_by(*first, people.c.login).limit(MOST + 1)
    ).all()
    why = barred([person_of(row) for row in rows[:MOST]])
    found = [replace(one, barred=why.get(one.id)) for one in _told(rows[:MOST], named)]
    return Choices(found, len(rows) > MOST)


def waited_for(conn: sa.Connection, task_id: UUID) -> Choices:
    """Return the people whose signatures a task waits for, in their order."""
    joined = people.join(signings, signings.c.person_id == people.c.id)
    theirs = sa.and_(signings.c.task_id == task_id, signings.c.status.in_(OPEN))
    rows = conn.execute(
        sa.select(people).select_from(joined).where(theirs).order_by(signings.c.number)
    ).all()
    return Choices(_told(rows, role_names(conn)), more=False)


def _told(rows: Sequence[sa.Row[Any]], named: dict[str, tuple[str, str]]) -> list[Choice]:
    found = []
    for row in rows:
        held = tuple(Names(*named[role]) for role in row.roles if role in named)
        found.append(Choice(row.id, row.name, row.login, held))
    return found


def _allowed(words: Collection[str], role: str) -> sa.ColumnElement[bool]:
    wanted = meant(words, role)
    return sa.true() if wanted is None else people.c.roles.overlap(sorted(wanted))


def _matches(query: str, named: dict[str, tuple[str, str]]) -> sa.ColumnElement[bool]:
    sought = query.strip().casefold()
    if not sought:
        return sa.true()
    roles = [code for code, names in named.items() if any(sought in n.casefold() for n in names)]
    return sa.or_(
        sa.func.lower(people.c.name).contains(sought, autoescape=True),
        sa.func.lower(people.c.login).contains(sought, autoescape=True),
        people.c.roles.overlap(sa.cast(roles, sa.ARRAY(sa.Text))),
    )


def chosen(
    conn: sa.Connection,
    key: UUID | None,
    words: Collection[str],
    role: str,
    *,
    without: Collection[UUID],
) -> Person:
    """Return the active person with this id whom the words allow. Raises NobodyChosenError."""
    found = None if key is None else person(conn, key)
    if found is None:
        zh, en = "请选择一个人。", "Choose somebody."
        raise NobodyChosenError(zh, en)
    if found.id in without or not fits(words, role, found.roles):
        raise NobodyChosenError(
            f"{found.name} 不能接手这件待办，请另选一人。",
            f"{found.name} cannot take this task; choose somebody else.",
        )
    return found

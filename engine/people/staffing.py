"""Staff: a new password and other roles, which end the person's sessions; who acts by a command."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine.cases.moving import lock
from engine.errors import NotFoundError
from engine.history import Draft, enter
from engine.people import (
    COLUMNS,
    LONGEST_LOGIN,
    check_roles,
    end_sessions,
    password_hash,
    person_of,
    with_password,
)
from engine.roles import OPERATOR
from engine.tables import people, tasks
from engine.tasks.waiting import RELEASED

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person


_OWNER = (
    sa.select(people.c.id)
    .where(people.c.id == tasks.c.owner, people.c.active, tasks.c.role == sa.any_(people.c.roles))
    .correlate(tasks)
    .scalar_subquery()
)
"""Whoever a delegated task comes back to, if they may still do it."""


def set_password(conn: sa.Connection, login: str, password: str) -> Person:
    """Give a person another password. Raises NotFoundError and BadPasswordError."""
    found = _found(conn, login)
    _change(conn, found, password=password_hash(password))
    return found


def set_roles(
    conn: sa.Connection, login: str, held: Collection[str], *, now: datetime
) -> tuple[Person, int]:
    """Give a person these roles and no others; what they had claimed for others is released.

    Returns the person as before, and how many tasks were released. Raises NotFoundError and
    UnknownRoleError.
    """
    found = _found(conn, login)
    check_roles(conn, held)
    _change(conn, found, roles=sorted(set(held)))
    return found, _release(conn, found, held, now=now)


def at_terminal(conn: sa.Connection, account: str, *, now: datetime) -> Person:
    """Return who acts on the command line without a name of their own: an account of the machine.

    Whoever may do so is an operator. Such a one never signs in; their first act adds them.
    """
    name = f"命令行 · {account}"[:LONGEST_LOGIN]
    added = {"id": uuid4(), "login": name, "name": name, "password": "", "active": False}
    once = insert(people).values(**added, created_at=now).on_conflict_do_nothing()
    conn.execute(once)
    row = conn.execute(sa.select(*COLUMNS).where(people.c.login == name)).one()
    return replace(person_of(row), roles=frozenset({OPERATOR}))


def _found(conn: sa.Connection, login: str) -> Person:
    found = with_password(conn, login)
    if found is None:
        raise NotFoundError(f"没有人员“{login}”。", f"There is nobody with the login “{login}”.")
    return found[0]


def _change(conn: sa.Connection, who: Person, **values: object) -> None:
    conn.execute(sa.update(people).where(people.c.id == who.id).values(values))
    end_sessions(conn, who)


def _release(conn: sa.Connection, who: Person, held: Collection[str], *, now: datetime) -> int:
    """Give back the tasks of roles that are not held, what was delegated to its owner.

    Cases are locked in one order.
    """
    theirs = sa.select(tasks.c.id, tasks.c.case_id).where(
        tasks.c.claimed_by == who.id, tasks.c.role.not_in(held)
    )
    found = conn.execute(theirs.order_by(tasks.c.case_id, tasks.c.id)).all()
    return sum(_release_one(conn, who, row.id, row.case_id, now=now) for row in found)


def _release_one(
    conn: sa.Connection, who: Person, task_id: UUID, case_id: UUID, *, now: datetime
) -> int:
    case = lock(conn, case_id)
    freed = (
        sa.update(tasks)
        .where(tasks.c.id == task_id, tasks.c.claimed_by == who.id)
        .values(RELEASED | {"claimed_by": _OWNER, "owner": None})
        .returning(tasks.c.process, tasks.c.element, tasks.c.role)
    )
    row = conn.execute(freed).one_or_none()
    if row is None:
        return 0
    facts = {"process": row.process, "element": row.element, "role": row.role}
    enter(conn, case, Draft("task_released", facts, task_id=task_id), by=None, now=now)
    return 1

"""Staff: a new password and other roles; each ends the person's sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.history import Draft, enter
from engine.moving import lock
from engine.people import check_roles, end_sessions, password_hash, with_password
from engine.tables import people, tasks
from engine.waiting import RELEASED

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

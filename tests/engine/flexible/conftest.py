from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import notices, tasks
from tests.engine.astray import astray
from tests.engine.errand import asked, waiting
from tests.engine.small import somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def chief(connection: Connection, clerk: Person) -> Person:
    """Give somebody who stands above the clerks."""
    assert clerk.roles == {"clerk"}
    from engine import people
    from engine.spiff import Names

    people.save_roles(connection, {"clerk-supervisor": Names("内勤主管", "Chief clerk")})
    return somebody(connection, "chief", {"clerk-supervisor"})


@pytest.fixture
def task(connection: Connection, clerk: Person) -> UUID:
    """Give the first task of an errand: prepare, of a clerk."""
    return waiting(connection, asked(connection, clerk).case_id)["prepare"]


def row(conn: Connection, task: UUID) -> sa.Row[tuple[object, ...]]:
    return conn.execute(sa.select(tasks).where(tasks.c.id == task)).one()


def told(conn: Connection, person: Person) -> list[str]:
    """Give the notices of a person, oldest first."""
    mine = sa.select(notices.c.zh).where(notices.c.person_id == person.id)
    return list(conn.scalars(mine.order_by(notices.c.id)))


@pytest.fixture(autouse=True)
def _verified(connection: Connection) -> Iterator[None]:
    """See to it that whatever a test did verifies."""
    yield
    assert astray(connection) == {}

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.astray import astray
from tests.engine.errand import errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def verified(connection: Connection) -> Iterator[None]:
    """See to it that whatever a test did verifies."""
    yield
    assert astray(connection) == {}


@pytest.fixture
def conn(connection: Connection) -> Connection:
    """Give the connection, with the errand in force."""
    put_in_force(connection, errand())
    return connection


@pytest.fixture
def ill(conn: Connection) -> Person:
    """Give a clerk who is away."""
    return somebody(conn, "ill", {"clerk"})

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import people
from engine.spiff import Names
from tests.engine.errand import errand
from tests.engine.small import NOW, put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

__all__ = ["NOW"]


@pytest.fixture
def anna(connection: Connection) -> Person:
    """Give somebody of quality control."""
    people.save_roles(connection, {"qc": Names("品管部", "Quality control")})
    return people.add_person(
        connection, "anna", "安娜", password="the right one", held={"qc"}, now=NOW
    )


@pytest.fixture
def bert(connection: Connection) -> Person:
    """Give somebody else, without a role."""
    return people.add_person(connection, "bert", "伯特", password="another one", held=(), now=NOW)


@pytest.fixture
def clerk(connection: Connection) -> Person:
    """Give a clerk, with the errand in force."""
    put_in_force(connection, errand())
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def colleague(connection: Connection, clerk: Person) -> Person:
    """Give another clerk."""
    return somebody(connection, "clerk-two", clerk.roles)


@pytest.fixture
def inspector(connection: Connection, clerk: Person) -> Person:
    """Give somebody of quality control, who checks the errand."""
    assert clerk.roles == {"clerk"}
    return somebody(connection, "inspector", {"qc"})


@pytest.fixture
def manager(connection: Connection, clerk: Person) -> Person:
    """Give the general manager, who signs the errand."""
    assert clerk.roles == {"clerk"}
    return somebody(connection, "manager", {"gm"})

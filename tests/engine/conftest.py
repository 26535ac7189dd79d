from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from engine import people
from engine.spiff import Names

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)


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

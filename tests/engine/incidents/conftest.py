from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.cases.starts import open_case
from forms import Answered
from tests.engine.parcel import parcel
from tests.engine.small import NOW, put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    """Give a clerk, with the parcel in force."""
    put_in_force(connection, parcel())
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def parcels(connection: Connection, clerk: Person) -> UUID:
    """Give a case of the parcel."""
    return open_case(connection, "parcel", Answered({}), by=clerk, now=NOW).case_id

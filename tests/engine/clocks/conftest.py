from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.clocks.deskwork import deskwork
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    """Give a clerk, with the deskwork in force."""
    put_in_force(connection, deskwork())
    return somebody(connection, "clerk-one", {"clerk"})

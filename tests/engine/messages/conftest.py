from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.letters import claim, reply
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    """Give a clerk, with the claim and the reply in force."""
    put_in_force(connection, claim())
    put_in_force(connection, reply())
    return somebody(connection, "clerk-one", {"clerk"})

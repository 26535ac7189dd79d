from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import demo
from tests.procedures.complaint import USUAL
from tests.procedures.walk import ACCEPTED, Walk

if TYPE_CHECKING:
    from sqlalchemy import Connection


@pytest.fixture
def walk(connection: Connection) -> Walk:
    """Give a case of the manufacturer's complaint procedure to be opened."""
    demo.load(connection, now=ACCEPTED)
    return Walk(connection, "manufacturer-complaint", USUAL)

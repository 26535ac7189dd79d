from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.astray import astray
from tests.engine.errand import asked, errand
from tests.engine.going_back.errands import Errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@pytest.fixture
def errands(connection: Connection) -> Errand:
    """Give an errand that is asked for, with the people who do its steps."""
    put_in_force(connection, errand())
    clerk = somebody(connection, "clerk-one", {"clerk"})
    return Errand(
        connection,
        asked(connection, clerk).case_id,
        clerk=clerk,
        colleague=somebody(connection, "clerk-two", {"clerk"}),
        inspector=somebody(connection, "inspector", {"qc"}),
        manager=somebody(connection, "manager", {"gm"}),
    )


@pytest.fixture(autouse=True)
def _verified(connection: Connection) -> Iterator[None]:
    """See to it that whatever a test did verifies."""
    yield
    assert astray(connection) == {}

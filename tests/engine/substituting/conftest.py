from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.astray import astray

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@pytest.fixture
def verified(connection: Connection) -> Iterator[None]:
    """See to it that whatever a test did verifies."""
    yield
    assert astray(connection) == {}

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.verifying.everything import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


@pytest.fixture
def verified(connection: Connection) -> Iterator[None]:
    """See to it that whatever a test did verifies."""
    yield
    assert [case.astray for case in check(connection) if not case.is_sound] == []

from __future__ import annotations

from engine.errors import ToldError


class DatabaseStartError(ToldError):
    """The embedded PostgreSQL cannot be started; zh and en give the reason and the cure."""

"""PostgreSQL without an installation: started by whoever needs it first, on a Unix socket only."""

from __future__ import annotations

from engine.embedded.errors import DatabaseStartError
from engine.embedded.passing import ThrowAway, throw_away
from engine.embedded.server import Server, start

__all__ = ["DatabaseStartError", "Server", "ThrowAway", "start", "throw_away"]

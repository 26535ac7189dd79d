"""The time of a move, given by whoever asks for it and never read from the machine.

SpiffWorkflow reads the system clock in its timer module; our timers (engine.spiff.specs) read this
variable instead, which is set from `now=` for the length of one move.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_moment: ContextVar[datetime] = ContextVar("moment of the move")


def current() -> datetime:
    """Give the moment of the move that is being made (UTC); LookupError outside of one."""
    return _moment.get()


@contextmanager
def standing_at(now: datetime) -> Iterator[None]:
    """Let everything inside happen at `now`, which must be aware; ValueError otherwise."""
    if now.tzinfo is None:
        msg = "a move needs an aware moment"
        raise ValueError(msg)
    token = _moment.set(now.astimezone(UTC))
    try:
        yield
    finally:
        _moment.reset(token)


def moment(text: str) -> datetime:
    """Read a moment written by isoformat()."""
    return datetime.fromisoformat(text)

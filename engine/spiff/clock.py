"""The time of a move, given by whoever asks for it and never read from the machine.

SpiffWorkflow reads the system clock in its timer module; our timers (elements.timers) read this
variable instead, which is set from `now=` and `calendars=` for the length of one move.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from engine.calendar import STANDARD

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.calendar import Calendars


class Time(NamedTuple):
    """The moment (aware) of a move, and the calendars that its deadlines are reckoned on."""

    now: datetime
    calendars: Calendars = STANDARD


_time: ContextVar[Time] = ContextVar("time of the move")


def current() -> datetime:
    """Give the moment of the move that is being made (UTC); LookupError outside of one."""
    return _time.get().now


def calendars() -> Calendars:
    """Give the calendars of the move that is being made; LookupError outside of one."""
    return _time.get().calendars


@contextmanager
def standing_at(time: Time) -> Iterator[None]:
    """Let everything inside happen at a moment, which must be aware; ValueError otherwise."""
    if time.now.tzinfo is None:
        msg = "a move needs an aware moment"
        raise ValueError(msg)
    token = _time.set(time._replace(now=time.now.astimezone(UTC)))
    try:
        yield
    finally:
        _time.reset(token)


def moment(text: str) -> datetime:
    """Read a moment written by isoformat()."""
    return datetime.fromisoformat(text)

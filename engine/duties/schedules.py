"""When a duty comes round: its rule as drawn, read, and one round after the other."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from engine.calendar import following, occurrence, parse_schedule

if TYPE_CHECKING:
    from datetime import datetime

    from engine.calendar import Calendar, Occurrence, Words
    from engine.calendars import Stored
    from engine.spiff import Start

_MOMENT: Final = timedelta(microseconds=1)


def calendar_of(known: Stored, start: Start) -> Calendar:
    """Return the calendar that a duty goes by: the one that is drawn, else its role's."""
    return known.choose(named=start.calendar, role=start.role, site=None)


def first(rule: str, now: datetime, calendar: Calendar) -> Occurrence | None:
    """Return the first round after ``now``, None if there is none. Raises RuleError."""
    return occurrence(parse_schedule(rule), now, calendar)


def after(rule: str, drawn: datetime, calendar: Calendar, *, rounds: int) -> Occurrence | None:
    """Return the round after the one that was drawn so; ``rounds`` have been in all.

    None when there is no other one. Raises RuleError.
    """
    cycle = parse_schedule(rule)
    if cycle.times is not None and rounds >= cycle.times:
        return None
    return following(cycle, drawn, calendar)


def again(rule: str, drawn: datetime, calendar: Calendar) -> Occurrence | None:
    """Return the same round on another calendar, or the next one if it is none there.

    Raises RuleError.
    """
    cycle = parse_schedule(rule)
    return following(cycle, drawn - _MOMENT, calendar)


def words(rule: str) -> Words:
    """Say a rule as its owner reads it. Raises RuleError."""
    return parse_schedule(rule).words

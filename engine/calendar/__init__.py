"""Working time: calendars, how limits and cycles are written, and when they are due.

Pure: nothing here reads a clock, a file or a database.
"""

from __future__ import annotations

from engine.calendar.cycle_writing import parse_cycle, parse_schedule
from engine.calendar.cycles import Cycle, Occurrence, following, occurrence
from engine.calendar.dates import Point, parse_date
from engine.calendar.limits import Limit
from engine.calendar.model import (
    STANDARD,
    Calendar,
    Calendars,
    Day,
    NothingError,
    RuleError,
    Span,
    Words,
)
from engine.calendar.reckoning import Pause, Reckoning, reckon
from engine.calendar.writing import limit_said, parse_limit

__all__ = [
    "STANDARD", "Calendar", "Calendars", "Cycle", "Day", "Limit", "NothingError", "Occurrence",
    "Pause", "Point", "Reckoning", "RuleError", "Span", "Words", "following", "limit_said",
    "occurrence", "parse_cycle", "parse_date", "parse_limit", "parse_schedule", "reckon",
]  # fmt: skip

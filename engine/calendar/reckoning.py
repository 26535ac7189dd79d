"""From a limit to the moment when it is due, with its derivation in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from engine.calendar.derivation import derive
from engine.calendar.model import RuleError
from engine.calendar.open_time import between, too_long, wall

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.calendar.limits import Limit
    from engine.calendar.model import Calendar, Words

Pause = tuple[datetime, datetime]


@dataclass(frozen=True)
class Reckoning:
    """When something is due (UTC), and why.

    `provisional`: it passes through a year whose holidays are not published yet. `lines` are made
    when they are asked for.
    """

    at: datetime
    provisional: bool
    tell: Callable[[], tuple[Words, ...]] = field(repr=False, compare=False)

    @cached_property
    def lines(self) -> tuple[Words, ...]:
        """Derive the moment as a person would, a line for each day or run of equal days."""
        return self.tell()


def reckon(
    limit: Limit, since: datetime, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Reckoning:
    """Give when a limit that begins at an aware moment is due.

    What is left of it when a pause begins counts again from the pause's end. RuleError if it never
    ends, ends more than a hundred years ahead or after the year 9999.
    """
    since = since.astimezone(UTC)
    try:
        at, kept = _reckon(limit, since, calendar, pauses)
        provisional = limit.by_calendar and is_provisional(since, at, calendar)
    except RuleError:
        raise
    except (OverflowError, ValueError) as error:
        raise too_long() from error
    return Reckoning(at, provisional, lambda: derive(limit, since, at, calendar, kept))


def is_provisional(since: datetime, at: datetime, calendar: Calendar) -> bool:
    """Whether a year between two moments has no published holidays."""
    first, last = wall(since, calendar).year, wall(at, calendar).year
    return any(year not in calendar.announced for year in range(first, last + 1))


def _reckon(
    limit: Limit, since: datetime, calendar: Calendar, pauses: Sequence[Pause]
) -> tuple[datetime, tuple[Pause, ...]]:
    """Give the moment and the pauses that moved it."""
    at, kept = limit.due(since, calendar), []
    for start, end in merged(pauses, since):
        if start >= at:
            break
        if not limit.by_calendar or between(calendar, start, end):
            kept.append((start, end))
            limit = limit.rest(at, start, calendar)
            at = limit.due(end, calendar)
    return at, tuple(kept)


def merged(pauses: Sequence[Pause], since: datetime) -> list[Pause]:
    """Sort pauses, join those that overlap, and leave out what lies before a moment."""
    found: list[Pause] = []
    for start, end in sorted((max(start, since), end) for start, end in pauses):
        if start >= end:
            continue
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found

"""One round of a cycle after the other, with pauses, and without those that were missed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.calendar.cycles import Occurrence, Repeat, following, occurrence
from engine.calendar.limits import Elapsed, OpenTime
from engine.calendar.open_time import after, between, too_long
from engine.calendar.reckoning import merged, reckon

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

    from engine.calendar.cycles import Cycle
    from engine.calendar.model import Calendar
    from engine.calendar.reckoning import Pause, Reckoning


@dataclass(frozen=True)
class Round:
    """Where a round begins: at the moment (UTC) of the one before, which was `drawn` so.

    `left` are the rounds that follow this one; None if there is no end.
    """

    since: datetime
    drawn: datetime | None = None
    left: int | None = None


def reach(
    cycle: Cycle, begun: Round, calendar: Calendar, pauses: Sequence[Pause] = ()
) -> Reckoning:
    """Give when a round happens. RuleError if it never does.

    A repetition counts what was left when a pause began from its end; of a rule of the calendar,
    rounds within a pause are left out.
    """
    if isinstance(cycle, Repeat):
        return reckon(cycle.limit, begun.since, calendar, pauses)
    if begun.drawn is None:
        found = occurrence(cycle, begun.since, calendar)
    else:
        found = following(cycle, begun.drawn, calendar)
    for start, end in merged(pauses, begun.since):
        if found is not None and start < found.at <= end:
            found = occurrence(cycle, end, calendar)
    if found is None:
        raise too_long()
    return found


def next_round(
    cycle: Cycle, begun: Round, at: Reckoning, now: datetime, calendar: Calendar
) -> Round | None:
    """Give the round after one that happened at a moment: the first that is later than `now`.

    Rounds that were missed count as done. None if none is left.
    """
    since, left = at.at, begun.left
    drawn = at.drawn if isinstance(at, Occurrence) else None
    if isinstance(cycle, Repeat):
        since, left = _skipped(cycle, since, now, left, calendar)
    while left is None or left > 0:
        left = None if left is None else left - 1
        found = reach(cycle, Round(since, drawn), calendar)
        if found.at > now:
            return Round(since, drawn, left)
        since, drawn = found.at, found.drawn if isinstance(found, Occurrence) else None
    return None


def _skipped(
    cycle: Repeat, since: datetime, now: datetime, left: int | None, calendar: Calendar
) -> tuple[datetime, int | None]:
    """Leap over the rounds that were missed, where their length is the same every time."""
    limit = cycle.limit
    if now <= since:
        return since, left
    if isinstance(limit, OpenTime):
        missed = between(calendar, since, now) // limit.time
    elif isinstance(limit, Elapsed) and limit == Elapsed(time=limit.time):
        missed = (now - since) // limit.time
    else:
        return since, left
    if left is not None:
        missed = min(missed, left)
    if not missed:
        return since, left
    length: timedelta = missed * limit.time
    since = after(calendar, since, length) if isinstance(limit, OpenTime) else since + length
    return since, None if left is None else left - missed

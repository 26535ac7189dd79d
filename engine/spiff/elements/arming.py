"""What the token of an armed timer knows of itself: since when, by which rule, when it stood."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from engine.calendar import Point, RuleError, reckon
from engine.calendar.cycles import OnDays, Repeat
from engine.calendar.rounds import Round, reach
from engine.spiff import clock
from engine.spiff.elements.timing import read
from engine.spiff.errors import ValueRefusedError
from engine.spiff.moves import Timer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from engine.calendar import Calendar, Calendars, Reckoning
    from engine.spiff.fixes import Token

SITE: Final = "site"
"""The variable that says at which place of the company a case is handled."""
CASE: Final = "case"
STEP: Final = "step"
SUSPENSION: Final = "suspension"
"""What holds clocks: that of the case is paused, or of a step; or the whole case is suspended."""
KIND: Final = "kind"
"""The kind of the rule that a timer was armed by, where another version draws another kind."""


def hold(token: Token, whole: str) -> None:
    """Stop the clock of a timer, for one of the things that hold clocks."""
    internal = token.internal_data
    internal.setdefault("stopped", clock.current().isoformat())
    if whole not in internal.setdefault("held", []):
        internal["held"].append(whole)


def release(token: Token, whole: str) -> None:
    """Let the clock of a timer go on if nothing else holds it; it is due later for that."""
    internal = token.internal_data
    if whole not in internal.get("held", ()):
        return
    internal["held"].remove(whole)
    if internal["held"]:
        return
    del internal["held"]
    pause = [internal.pop("stopped"), clock.current().isoformat()]
    internal.setdefault("pauses", []).append(pause)
    if "rule" in internal:
        set_due(token, clock.calendars())
    else:
        stood = clock.moment(pause[1]) - clock.moment(pause[0])
        internal["due"] = (due_of(token) + stood).isoformat()


def set_due(token: Token, calendars: Calendars) -> None:
    """Reckon when a timer is due, from what it knows of itself. RuleError if it cannot be."""
    calendar = calendar_of(token, calendars)
    at = reckoned(token, calendar)
    token.internal_data.update(due=at.at.isoformat(), calendar=calendar.code)


def reckoned(token: Token, calendar: Calendar) -> Reckoning:
    """Reckon when an armed timer is due. RuleError if it cannot be."""
    rule, internal = token.task_spec.event_definition.rule, token.internal_data
    when, begun = read(kind_of(token), internal["rule"]), round_of(internal)
    pauses = pauses_of(token)
    if isinstance(when, Repeat | OnDays):
        return reach(when, begun, calendar, pauses)
    if isinstance(when, Point) and rule.closes:
        when = when.until_close()
    return reckon(when, begun.since, calendar, pauses)


def kind_of(token: Token) -> str:
    """Give the kind of the rule that a timer was armed by; its drawing may say another now."""
    kind: str = token.internal_data.get(KIND) or token.task_spec.event_definition.rule.kind
    return kind


def calendar_of(token: Token, calendars: Calendars) -> Calendar:
    """Choose the calendar of an armed timer. RuleError if the drawing names one that is not."""
    named = token.task_spec.event_definition.rule.calendar
    internal = token.internal_data
    try:
        return calendars.choose(named=named, role=internal.get("role"), site=internal.get(SITE))
    except KeyError as error:
        raise RuleError(
            f"没有代码为“{named}”的日历。请建立该日历，或改图上的 calendar。",
            f'There is no calendar "{named}". Add it, or change the calendar that is drawn.',
        ) from error


def pauses_of(token: Token) -> list[tuple[datetime, datetime]]:
    """Give when a timer's clock stood, without the pause that goes on now."""
    return [
        (clock.moment(start), clock.moment(end))
        for start, end in token.internal_data.get("pauses", ())
    ]


def is_due(token: Token) -> bool:
    """Whether a timer runs and has come to its moment, at the moment of the move."""
    return is_running(token) and due_of(token) <= clock.current()


def is_running(token: Token) -> bool:
    """Whether a timer's clock does not stand."""
    return "stopped" not in token.internal_data


def due_of(token: Token) -> datetime:
    """Give the moment (UTC) at which an armed timer's token is due."""
    return clock.moment(token.internal_data["due"])


def timer_of(token: Token) -> Timer:
    """Describe the arming of a timer's token."""
    mark, internal = token.mark, token.internal_data
    since, stopped = internal.get("since"), internal.get("stopped")
    return Timer(
        id=UUID(hex=internal["arming"]),
        process=mark.process,
        element=mark.element,
        host=mark.host,
        due=due_of(token),
        clock=mark.clock,
        rule=internal.get("rule", ""),
        since=clock.moment(since) if since else None,
        calendar=internal.get("calendar", ""),
        stopped=clock.moment(stopped) if stopped else None,
        reminds=token.task_spec.event_definition.rule.repeats,
    )


def round_of(internal: Mapping[str, Any]) -> Round:
    """Give where the round of a timer begins."""
    drawn = internal.get("drawn")
    left = internal.get("left")
    since = clock.moment(internal["since"])
    return Round(since, clock.moment(drawn) if drawn else None, left)


def written(begun: Round) -> dict[str, object]:
    """Give what a token keeps of where a round begins."""
    written: dict[str, object] = {"since": begun.since.isoformat()}
    if begun.drawn is not None:
        written["drawn"] = begun.drawn.isoformat()
    if begun.left is not None:
        written["left"] = begun.left
    return written


@contextmanager
def telling(token: Token, expression: str | None = None) -> Iterator[None]:
    """Turn what cannot be reckoned into the RunError of a timer, naming its expression."""
    try:
        yield
    except RuleError as error:
        mark = token.mark
        raise ValueRefusedError(
            process=mark.process,
            element=mark.element,
            zh=error.zh,
            en=error.en,
            expression=expression,
            variable=expression,
        ) from error

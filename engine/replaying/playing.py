"""Playing a record once more, from its first entry to the last, with the timers in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine import spiff
from engine.going_back.ending import REOPENED
from engine.replaying.acts import deed
from engine.replaying.given import given
from engine.replaying.play import CannotFollowError, Play
from engine.replaying.stage import Stage, place_of
from engine.spiff import DUTY_DATE, NotAwaitedError, Obstacle, RunError, TaskNotReadyError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any

    from engine.replaying.play import Terms
    from engine.replaying.record import Event, Firing, Record

AT_ONCE: Final = -1


def play(record: Record, terms: Terms, *, until: datetime) -> Play:
    """Do a case once more until a moment (UTC), or until nothing is left to be done.

    Raises CannotFollowError.
    """
    began = _begun(record)
    stage = Stage(terms.to, terms.calendars, began.at, number=record.number)
    found = Play(terms, record, stage, list(record.events))
    try:
        _begin(found, began)
        while _goes_on(found, until):
            pass
    except RunError as error:
        obstacle = Obstacle(error.process, error.element, error.zh, error.en)
        raise CannotFollowError(obstacle) from error
    return found


def _begun(record: Record) -> Event:
    if record.broken is None and record.began is not None:
        return record.began
    seq = record.broken or 1
    zh = f"履历从第 {seq} 条起核对不上，不能作为重演的依据。"
    en = f"The history does not verify from entry {seq} on, so nothing can be based on it."
    raise CannotFollowError(Obstacle("", "", zh, en))


def _begin(found: Play, began: Event) -> None:
    start = found.stage.bundle.compiled.start
    answers: dict[str, Any] = given(found, began, start.process, start.element)
    if "stands_for" in began.body:
        answers[DUTY_DATE] = began.body["stands_for"].partition(" ")[0]
    found.stage.take(spiff.start(found.stage.bundle.compiled, answers, **found.stage.then))


def _goes_on(found: Play, until: datetime) -> bool:
    """Let the next thing happen: a timer, or what the record says; False when nothing does."""
    stage = found.stage
    event, act = _next(found)
    then = until if event is None else max(event.at, stage.now)
    if (fires := _firing(found, then)) is not None:
        moment, seq = fires
        if moment <= until and (event is None or (moment, seq) < (then, event.seq)):
            stage.now = max(moment, stage.now)
            _wake(stage)
            return True
    if event is None or act is None or then > until:
        return False
    found.pending.remove(event)
    stage.now = then
    try:
        act()
    except (TaskNotReadyError, NotAwaitedError):
        found.note(event, "同一时刻期限已到，不再等它。", "a deadline took it away at that moment.")
        _wake(stage)
    return True


def _next(found: Play) -> tuple[Event | None, Callable[[], None] | None]:
    """Return the first entry that can be done as things stand, and what it does."""
    over = found.stage.is_over
    for event in found.pending:
        if (not over or event.kind == REOPENED) and (act := deed(found, event)) is not None:
            return event, act
    return None, None


def _firing(found: Play, then: datetime) -> tuple[datetime, int] | None:
    """Return when the next timer fires, and in which turn, if it is due by then.

    It fires as late as it did, where it was due at the same moment; otherwise at once.
    """
    due = found.stage.next_due
    if due is None or due > then:
        return None
    timers = (timer for timer in found.stage.timers() if timer.due == due)
    late = (_recorded(found, place_of(timer), due) for timer in timers)
    first = min(filter(None, late), key=lambda firing: firing.seq, default=None)
    return (due, AT_ONCE) if first is None else (first.at, first.seq)


def _recorded(found: Play, place: str, due: datetime) -> Firing | None:
    firings = found.record.firings.get(place, ())
    return next((each for each in firings if each.due == due), None)


def _wake(stage: Stage) -> None:
    stage.take(spiff.wake(stage.bundle.compiled, stage.state, **stage.then))

"""Verbs on the clocks of a case: stop, go on, reckon anew, and explain."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine.calendar import STANDARD, Reckoning, Words
from engine.calendar.open_time import wall
from engine.calendar.words import stamp
from engine.spiff.clock import Time, moment
from engine.spiff.codec import load
from engine.spiff.elements import arming
from engine.spiff.elements.arming import CASE, STEP, SUSPENSION, telling
from engine.spiff.elements.catching import is_open
from engine.spiff.errors import NotAwaitedError, TaskNotReadyError
from engine.spiff.fixes import COMPLETED, WAITING
from engine.spiff.moves import Shift
from engine.spiff.stepping import at_rest, moved, moving
from engine.spiff.survey import look_over, open_task

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.calendar import Calendar, Calendars
    from engine.spiff.fixes import Token
    from engine.spiff.flows import CaseFlow
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move, OpenTask
    from engine.spiff.survey import Survey


class _Dues(NamedTuple):
    steps: dict[UUID, tuple[datetime | None, bool]]
    timers: dict[UUID, datetime]


def pause(
    compiled: Compiled,
    state: bytes,
    task: UUID | None,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Stop the clock of a whole case (None), or of one open step: its own timers do not run.

    Timers that are due fire first. People go on working; a timer that is armed while the case's
    clock stands begins when it goes on. Move.retimed are steps with another due time or none,
    and those with a clock that stands now.
    TaskNotReadyError if the step is not open.
    """
    whole = CASE if task is None else STEP
    return _stop(compiled, state, whole, task=task, time=Time(now, calendars))


def resume(
    compiled: Compiled,
    state: bytes,
    task: UUID | None,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Let the clock of a whole case (None) or of one open step go on.

    What was left of each limit when the clock stopped counts from `now`: Move.shifted and
    Move.retimed say what is due when. TaskNotReadyError if the step is not open.
    """
    whole = CASE if task is None else STEP
    return _let_go(compiled, state, whole, task=task, time=Time(now, calendars))


def suspend(
    compiled: Compiled, state: bytes, *, now: datetime, calendars: Calendars = STANDARD
) -> Move:
    """Let nothing of a case run any more, those clocks too that stand already for a pause.

    As `pause` does with the case's clock; who asks sees to it that nobody moves it meanwhile.
    """
    return _stop(compiled, state, SUSPENSION, task=None, time=Time(now, calendars))


def unsuspend(
    compiled: Compiled, state: bytes, *, now: datetime, calendars: Calendars = STANDARD
) -> Move:
    """Let a suspended case go on, but for clocks that are paused; as `resume` does."""
    return _let_go(compiled, state, SUSPENSION, task=None, time=Time(now, calendars))


def _stop(compiled: Compiled, state: bytes, whole: str, *, task: UUID | None, time: Time) -> Move:
    case, before, ready, _ = at_rest(compiled, state, time)
    with moving(case, time):
        was = _Dues(_due_steps(ready), _due_timers(ready))
        for token in _held(case, ready, task):
            arming.hold(token, whole)
        case.held |= {whole} - {STEP}
        return _retimed(case, before, was, ready)


def _let_go(compiled: Compiled, state: bytes, whole: str, *, task: UUID | None, time: Time) -> Move:
    case, before, ready, fire = at_rest(compiled, state, time)
    with moving(case, time):
        was = _Dues(_due_steps(ready), _due_timers(ready))
        for token in _held(case, ready, task):
            with telling(token):
                arming.release(token, whole)
        case.held -= {whole}
        return _retimed(case, before, was, fire(case))


def reckon_anew(
    compiled: Compiled, state: bytes, *, now: datetime, calendars: Calendars = STANDARD
) -> Move:
    """Reckon when the running timers of a case are due, by other calendars than when they began.

    Move.shifted and Move.retimed say what is due when. What has become overdue waits for `wake`;
    what has fired stays as it was, and what is paused is reckoned when it goes on. RunError if a
    calendar is not there any more.
    """
    case = load(compiled.plan, state)
    with moving(case, Time(now, calendars)):
        survey = look_over(case)
        was = _Dues(_due_steps(survey), _due_timers(survey))
        for token in survey.timers.values():
            if "rule" in token.internal_data and arming.is_running(token):
                with telling(token):
                    arming.set_due(token, calendars)
        return _retimed(case, survey, was, survey)


def derivation(
    compiled: Compiled, state: bytes, timer: UUID, *, calendars: Calendars = STANDARD
) -> Reckoning:
    """Explain by which calendar and when an armed timer is due.

    One that has fired is explained too as long as its activity is open.
    NotAwaitedError if it is gone; RunError if it cannot be reckoned on these calendars.
    """
    case = load(compiled.plan, state)
    for token in _armed(case):
        if UUID(hex=token.internal_data["arming"]) == timer:
            with telling(token):
                return _explained(token, arming.calendar_of(token, calendars))
    raise NotAwaitedError(timer)


def _held(case: CaseFlow, survey: Survey, task: UUID | None) -> list[Token]:
    """Give the timers of the whole case, or those at the border of one step."""
    if task is None:
        return list(survey.timers.values())
    if task not in survey.steps:
        raise TaskNotReadyError(task)
    split = survey.steps[task].parent
    case.current = survey.steps[task]
    if split is None or not isinstance(split.task_spec, BoundaryEventSplit):
        return []
    return [token for token in survey.timers.values() if token.parent is split]


def _due_steps(survey: Survey) -> dict[UUID, tuple[datetime | None, bool]]:
    return {task: _clock(open_task(task, token)) for task, token in survey.steps.items()}


def _clock(step: OpenTask) -> tuple[datetime | None, bool]:
    return step.due, step.stands


def _due_timers(survey: Survey) -> dict[UUID, datetime]:
    return {id_: arming.due_of(token) for id_, token in survey.timers.items()}


def _retimed(case: CaseFlow, before: Survey, was: _Dues, after: Survey) -> Move:
    """Give the move with what is due at another moment than it was."""
    shifted = [
        Shift(after.timer(id_), was.timers[id_])
        for id_, token in after.timers.items()
        if id_ in was.timers and was.timers[id_] != arming.due_of(token)
    ]
    steps = [open_task(task, token) for task, token in after.steps.items() if task in was.steps]
    retimed = [step for step in steps if _clock(step) != was.steps[step.id]]
    return replace(moved(case, before, after), shifted=tuple(shifted), retimed=tuple(retimed))


def _armed(case: CaseFlow) -> Iterator[Token]:
    """Give the tokens of timers that run, or have fired beside an activity that is open."""
    for instance in case.instances():
        for token in instance.tasks.values():
            if "arming" not in token.internal_data:
                continue
            if token.state == WAITING or (token.state == COMPLETED and is_open(token)):
                yield token


def _explained(token: Token, calendar: Calendar) -> Reckoning:
    internal = token.internal_data
    if "rule" not in internal:
        at = arming.due_of(token)
        zh, en = stamp(wall(at, calendar))
        return Reckoning(at, provisional=False, tell=lambda: (Words(f"{zh} 到期", f"Due {en}"),))
    reckoned = arming.reckoned(token, calendar)
    by = Words(f"日历：{calendar.zh}", f"Calendar: {calendar.en}")
    found = replace(reckoned, tell=lambda: (by, *reckoned.lines))
    if arming.is_running(token):
        return found
    zh, en = stamp(wall(moment(internal["stopped"]), calendar))
    stands = Words(f"{zh} 起暂停，恢复后顺延", f"Paused since {en}: due later once resumed")
    return replace(found, tell=lambda: (*found.lines, stands))

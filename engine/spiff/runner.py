"""The verbs on a running case: start, complete, wake, deliver; and where it stands.

Each takes the state as bytes and gives a Move: the new bytes and the difference. `calendars` are
those that new deadlines are reckoned on; they are asked for one only where a timer is armed.
Nothing here keeps a case in memory, knows a person or writes anything down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import load
from engine.spiff.elements.arming import CASE, SUSPENSION, timer_of
from engine.spiff.errors import NotAwaitedError, TaskNotReadyError
from engine.spiff.flows import CaseFlow
from engine.spiff.moves import Position
from engine.spiff.reading import Scripts
from engine.spiff.stepping import at_rest, fire_due, moved, moving, take
from engine.spiff.survey import Survey, live, look_over, open_task

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.calendar import Calendars
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move


def start(
    compiled: Compiled,
    answers: Mapping[str, object],
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Begin a case: the answers are the payload of the start message. RunError if it cannot run."""
    case = CaseFlow(compiled.plan, Scripts())
    for name, value in compiled.plan.defaults.items():
        case.assign(name, value)
    with moving(case, Time(now, calendars)):
        take(case, answers, case)
        case.plant()
        case.advance()
        return moved(case, Survey(), fire_due(case))


def complete(
    compiled: Compiled,
    state: bytes,
    task: UUID,
    answers: Mapping[str, object],
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Finish an open step with its answers and run on.

    Timers that are due fire first: TaskNotReadyError if one of them cancelled the step, or if it
    is not open at all. RunError if the diagram cannot go on with these answers.
    """
    time = Time(now, calendars)
    case, before, ready, fire = at_rest(compiled, state, time)
    with moving(case, time):
        token = ready.steps.get(task)
        if token is None or task not in before.steps:
            raise TaskNotReadyError(task)
        case.current = token
        take(case, answers, token.workflow)
        token.run()
        case.advance()
        return moved(case, before, fire(case))


def deliver(
    compiled: Compiled,
    state: bytes,
    wait: UUID,
    payload: Mapping[str, object],
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Give a case the message or signal that it waits for, and run on.

    Of the payload the names that the diagram lets it carry become variables. Timers that are due
    fire first: NotAwaitedError if one of them took the wait away, or if it is not there at all.
    RunError if the diagram cannot go on.
    """
    time = Time(now, calendars)
    case, before, ready, fire = at_rest(compiled, state, time)
    with moving(case, time):
        token = ready.waits.get(wait)
        if token is None or wait not in before.waits:
            raise NotAwaitedError(wait)
        case.current = token
        token.task_spec.meet(token, payload)
        case.advance()
        return moved(case, before, fire(case))


def wake(
    compiled: Compiled, state: bytes, *, now: datetime, calendars: Calendars = STANDARD
) -> Move:
    """Fire every timer that is due at `now`, earliest first, and run on; RunError if it cannot.

    Conditions are looked at as well: somebody may have mended the values that they read.
    """
    case = load(compiled.plan, state)
    with moving(case, Time(now, calendars)):
        before = look_over(case)
        if case.parked:
            case.advance()
        return moved(case, before, fire_due(case))


def known(compiled: Compiled, state: bytes, task: UUID) -> dict[str, object]:
    """Give the variables that an open step sees; none if it is not open."""
    token = look_over(load(compiled.plan, state)).steps.get(task)
    return {} if token is None else dict(token.data)


def position(compiled: Compiled, state: bytes) -> Position:
    """Say where a stored case stands."""
    case = load(compiled.plan, state)
    survey = look_over(case)
    return Position(
        tasks=tuple(open_task(task, token) for task, token in survey.steps.items()),
        timers=tuple(timer_of(token) for token in survey.timers.values()),
        live=tuple(dict.fromkeys(live(case))),
        waits=tuple(survey.wait(wait) for wait in survey.waits),
        calls=tuple(survey.calls),
        paused=CASE in case.held,
        suspended=SUSPENSION in case.held,
    )

"""The verbs that take a case back to a finished step: return 退回 and withdraw 撤回."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final
from uuid import UUID

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import load
from engine.spiff.errors import CaseOverError, NoWayBackError, TaskNotReadyError
from engine.spiff.fixes import TASK, UNFINISHED
from engine.spiff.going_back.detours import detour
from engine.spiff.going_back.first_runs import first_run
from engine.spiff.going_back.places import is_repeated
from engine.spiff.going_back.standing import misfit, stands
from engine.spiff.going_back.undoing import go_back
from engine.spiff.going_back.ways import (
    NOT_BEFORE,
    TOGETHER,
    TOO_LATE,
    TOUCHED,
    described,
    way_to,
    ways_back,
)
from engine.spiff.model import Names
from engine.spiff.pruning import last_runs
from engine.spiff.stepping import at_rest, moved, moving
from engine.spiff.survey import look_over

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.calendar import Calendars
    from engine.spiff.fixes import Token
    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.causes import Aftermath
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move, Return
    from engine.spiff.stepping import Rest

OTHER: Final = Names("请选择别的步骤。", "Choose another step.")


def returns(compiled: Compiled, state: bytes, task: UUID) -> tuple[Return, ...]:
    """List the finished steps that an open one may be returned to, the nearest first.

    TaskNotReadyError if the step is not open.
    """
    case = load(compiled.plan, state)
    survey = look_over(case)
    token = survey.steps.get(task)
    if token is None:
        raise TaskNotReadyError(task)
    return tuple(described(way, survey, token) for way in ways_back(case, token))


def return_to(
    compiled: Compiled,
    state: bytes,
    task: UUID,
    target: UUID,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Return an open step to a finished one, which is open anew; what came of that is undone.

    Variables stay as they are. Timers that are due fire first: TaskNotReadyError if one of them
    cancelled the step, or if it is not open at all. NoWayBackError if `returns` does not list the
    target. RunError if the target cannot be opened with the variables as they are.
    """
    time = Time(now, calendars)
    rest = at_rest(compiled, state, time)
    with moving(rest.case, time):
        _, way = _found(rest, task, target)
        undo(rest.case, way)
        return moved(rest.case, rest.before, rest.fire(rest.case))


def return_straight(
    compiled: Compiled,
    state: bytes,
    task: UUID,
    target: UUID,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Return an open step to a finished one, and open it again as soon as that is done.

    Nothing else is undone or done again, and nothing beside it stops. The deadlines of both count
    anew. Raises what `return_to` does.
    """
    time = Time(now, calendars)
    rest = at_rest(compiled, state, time)
    with moving(rest.case, time):
        token, way = _found(rest, task, target)
        detour(token, way.step)
        rest.case.advance()
        return moved(rest.case, rest.before, rest.fire(rest.case))


def undo(case: CaseFlow, way: Aftermath) -> Token:
    """Go back by a way, and give the token of what is open anew.

    NoWayBackError if the case would then stand as no drawing lets it. That may be where an operator
    has put a token that did not come of what was done before.
    """
    before = stands(case)
    fresh = go_back(case, way)
    if (why := misfit(case, before)) is not None:
        target = UUID(hex=way.step.internal_data[TASK])
        raise NoWayBackError(target, f"{why.zh}{OTHER.zh}", f"{why.en} {OTHER.en}")
    return fresh


def _found(rest: Rest, task: UUID, target: UUID) -> tuple[Token, Aftermath]:
    """Give the token of an open step, and the way back to a finished one; refuse what is not."""
    token = rest.ready.steps.get(task)
    if token is None or task not in rest.before.steps:
        raise TaskNotReadyError(task)
    way = way_to(rest.case, target)
    if not way.holds(token):
        raise NoWayBackError(target, *NOT_BEFORE)
    return token, way


def withdrawal(compiled: Compiled, state: bytes, target: UUID) -> Return:
    """Say what is undone if whoever did a step takes it back: `cancelled` is all that came of it.

    Whoever asks must see to it that nobody has begun to work on that, and that all of it was opened
    by the step itself. CaseOverError if the case is over; NoWayBackError if a later step was done.
    """
    case = load(compiled.plan, state)
    return described(untouched(case, target), look_over(case))


def withdraw(
    compiled: Compiled,
    state: bytes,
    target: UUID,
    *,
    since: datetime | None = None,
    stood: Sequence[tuple[datetime, datetime]] = (),
    halted: Sequence[tuple[datetime, datetime]] = (),
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Take back a step that was just finished: it is open anew, and all that it opened is not.

    Its deadlines count on from ``since`` (None: anew), without the times in which its clocks
    ``stood``; those of calls and sub-processes around it that are open again, from when these
    began, without the times in which the whole case ``halted``. Timers that are due fire first.
    Raises what `withdrawal` does, and NoWayBackError if its time is over.
    """
    time = Time(now, calendars)
    case, before, _, fire = at_rest(compiled, state, time)
    with moving(case, time):
        way = untouched(case, target)
        around = [flow.host for flow in way.reopened if flow is not case]
        runs = [(host, first_run(host)) for host in around]
        own = replace(first_run(way.step), since=since)
        fresh = undo(case, way)
        for activity, run in ((fresh, own), *runs):
            if run.since is not None:
                run.go_on(activity, run.since, stood if activity is fresh else halted)
        after = fire(case)
        if not fresh._state & UNFINISHED:
            raise NoWayBackError(target, *TOO_LATE)
        return moved(case, before, after)


def untouched(case: CaseFlow, target: UUID) -> Aftermath:
    """Find what is undone to take a step back; NoWayBackError if a step after it was done."""
    if case.completed:
        raise CaseOverError
    undone = way_to(case, target)
    if is_repeated(undone.step.task_spec):
        raise NoWayBackError(target, *TOGETHER)
    if any(undone.holds(step) for step in last_runs(case)):
        raise NoWayBackError(target, *TOUCHED)
    return undone

"""Interventions of an operator: skip a step 跳过, and move a token to any step 移动.

A token is only put where the case then stands as its drawing could have come to stand: a join
behind the place neither waits for a way on which nobody comes any more, nor is anything done twice
(going_back.standing). Who finds a case that stands otherwise may put one anywhere to mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import load
from engine.spiff.elements.turns import Turn
from engine.spiff.errors import (
    CaseOverError,
    InterruptedPlaceError,
    JoinLeftError,
    NoPlaceError,
    TaskNotReadyError,
)
from engine.spiff.fixes import COMPLETED, STARTED, UNFINISHED, Token
from engine.spiff.flows import hosts
from engine.spiff.going_back.detours import Detour
from engine.spiff.going_back.places import drawn, is_repeated
from engine.spiff.going_back.standing import misfit, stands
from engine.spiff.going_back.undoing import drop, open_below, stop_border, subtree
from engine.spiff.going_back.ways import cancelled_with
from engine.spiff.runner import complete
from engine.spiff.stepping import at_rest, moved, moving
from engine.spiff.survey import look_over

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.calendar import Calendars
    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.places import Place
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Cancelled, Move


def skip(
    compiled: Compiled,
    state: bytes,
    task: UUID,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Let an open step count as done without answers, and run on. Raises what `complete` does."""
    return complete(compiled, state, task, {}, now=now, calendars=calendars)


def placing(compiled: Compiled, state: bytes, task: UUID, at: Place) -> Cancelled:
    """Say what stops besides an open step when its token is moved to one of the `places`.

    TaskNotReadyError if the step is not open.
    """
    survey = look_over(load(compiled.plan, state))
    token = survey.steps.get(task)
    if token is None:
        raise TaskNotReadyError(task)
    leaving, _ = _leaving(token, at)
    return cancelled_with(survey, token, lambda other: leaving in {other, *hosts(other)})


def place(
    compiled: Compiled,
    state: bytes,
    task: UUID | None,
    at: Place,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Move the token of an open step to one of the `places`, or put one more there (no task).

    Called processes on the way are opened with a copy of the variables, unless the token stands in
    them already. Timers that are due fire first: TaskNotReadyError if one of them cancelled the
    step, or if it is not open at all. NoPlaceError if the place is inside a turn that the token is
    not in, or in an activity that is interrupted at once, JoinLeftError if a join behind it would
    wait for ever, or what follows be done twice; CaseOverError if the case is over.
    RunError if it cannot be opened with the variables.
    """
    time = Time(now, calendars)
    case, before, ready, fire = at_rest(compiled, state, time)
    with moving(case, time):
        if case.completed:
            raise CaseOverError
        token = ready.steps.get(task) if task is not None else None
        if task is not None and (token is None or task not in before.steps):
            raise TaskNotReadyError(task)
        put(case, token, at)
        return moved(case, before, fire(case))


def put(case: CaseFlow, token: Token | None, at: Place) -> None:
    """Open a place instead of a token, or beside all others (None); let the case run to rest."""
    case.current = token
    before = stands(case)
    if token is None:
        ground, depth = _ground(case, at)
    else:
        leaving, depth = _leaving(token, at)
        ground = _leave(leaving)
    for element in at.route[depth:]:
        ground = _enter(ground, element, at)
    fresh = open_below(ground, drawn(ground.workflow.spec, at.element))
    if (why := misfit(case, before)) is not None:
        raise JoinLeftError(at.path, at.element, why)
    case.journal.reached.append(fresh.mark.label)
    case.journal.entered.add(fresh.id)
    case.advance()


def _leaving(token: Token, at: Place) -> tuple[Token, int]:
    """Give what makes way for a place, and how many activities around it stay.

    It is the step itself, or the outermost activity around it that the place is not in.
    """
    around = [
        each for each in (token, *hosts(token)) if not isinstance(each.workflow, Turn | Detour)
    ]
    depth = 0
    for each, element in zip(reversed(around[1:]), at.route, strict=False):
        if each.mark.element != element:
            break
        depth += 1
    return around[-1 - depth], depth


def _leave(token: Token) -> Token:
    """Cancel an activity, with what waits at its border; give the place that led to it."""
    split: Token = token.parent
    if not isinstance(split.task_spec, BoundaryEventSplit):
        token.cancel()
        return split
    stop_border(split)
    for event in split.children:
        for child in event.children:
            if isinstance(child.task_spec, BoundaryEventJoin) and child._state & UNFINISHED:
                child.cancel()
    token.cancel()
    ground: Token = split.parent
    return ground


def _ground(case: CaseFlow, at: Place) -> tuple[Token, int]:
    """Give where a new token grows: the beginning of the innermost process that is open."""
    flow, depth = case, 0
    for element in at.route:
        inner = [
            case.subprocesses[token.id]
            for token in flow.tasks.values()
            if token._state == STARTED
            and token.mark.element == element
            and token.id in case.subprocesses
        ]
        if not inner:
            break
        flow, depth = inner[0], depth + 1
    return flow.task_tree, depth


def _enter(ground: Token, element: str, at: Place) -> Token:
    """Open a called process or sub-process without beginning it; give its beginning."""
    spec = drawn(ground.workflow.spec, element)
    if is_repeated(spec):
        raise NoPlaceError(at.path, at.element)
    host = open_below(ground, spec)
    case = host.workflow.top_workflow
    if host._state != STARTED:
        raise InterruptedPlaceError(at.path, at.element)
    begun: Token = case.subprocesses[host.id].task_tree
    drop(case, subtree(begun)[1:])
    begun._state = COMPLETED
    return begun

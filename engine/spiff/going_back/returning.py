"""The verbs that take a case back to a finished step: return 退回 and withdraw 撤回."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import load
from engine.spiff.elements.catching import beside
from engine.spiff.elements.turns import which
from engine.spiff.errors import NoWayBackError, TaskNotReadyError
from engine.spiff.fixes import COMPLETED, TASK
from engine.spiff.flows import hosts
from engine.spiff.going_back.causes import aftermath, takers
from engine.spiff.going_back.undoing import go_back
from engine.spiff.moves import Cancelled, Return
from engine.spiff.pruning import last_runs
from engine.spiff.stepping import at_rest, moved, moving
from engine.spiff.survey import is_call, look_over, open_task

if TYPE_CHECKING:
    from datetime import datetime

    from engine.calendar import Calendars
    from engine.spiff.fixes import Token
    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.causes import Aftermath
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move
    from engine.spiff.survey import Survey


class Refusal(NamedTuple):
    """Why a case does not go back to a step."""

    zh: str
    en: str


_UNKNOWN = Refusal(
    "这一步没有办过，或者之后又办过一次。请从列表中选择一步。",
    "This step was never done, or was done once more since. Choose one from the list.",
)
_NOT_BEFORE = Refusal(
    "现在的任务不是由这一步引出的。请从列表中选择一步。",
    "The task did not come of this step. Choose one from the list.",
)
_CUT_OFF = Refusal(
    "这一步所在的子流程已被中断，不能回到其中。请选择子流程之前的一步。",
    "The process of this step was interrupted, and cannot be gone on with. Choose one before it.",
)


def returns(compiled: Compiled, state: bytes, task: UUID) -> tuple[Return, ...]:
    """List the finished steps that an open one may be returned to, the nearest first.

    TaskNotReadyError if the step is not open.
    """
    case = load(compiled.plan, state)
    survey = look_over(case)
    token = survey.steps.get(task)
    if token is None:
        raise TaskNotReadyError(task)
    return tuple(_return(way, survey, token) for way in ways_back(case, token))


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
    case, before, ready, fire = at_rest(compiled, state, time)
    with moving(case, time):
        token = ready.steps.get(task)
        if token is None or task not in before.steps:
            raise TaskNotReadyError(task)
        step = _run_of(case, target)
        undone = aftermath(step, takers(case))
        if not undone.holds(token):
            raise NoWayBackError(target, *_NOT_BEFORE)
        go_back(case, undone)
        return moved(case, before, fire(case))


def ways_back(case: CaseFlow, token: Token) -> list[Aftermath]:
    """Give what each finished step would undo from which an open one came, the nearest first."""
    taken_by = takers(case)
    found = [aftermath(step, taken_by) for step in last_runs(case) if is_whole(step)]
    ways = [way for way in found if way.holds(token)]
    later = {way.step.id: sum(way.holds(other.step) for other in ways) for way in ways}
    return sorted(ways, key=lambda way: (later[way.step.id], -way.step.id))


def is_whole(step: Token) -> bool:
    """Whether all that a step ran in is open, came to its end, or was cut off at an end."""
    flow = step.workflow
    while flow is not flow.top_workflow:
        host = flow.host
        if flow.completed and host._state != COMPLETED and host.id not in host.workflow.cut:
            return False
        flow = host.workflow
    return True


def _run_of(case: CaseFlow, target: UUID) -> Token:
    """Find the finished step that a task was; NoWayBackError if the case cannot go there."""
    for step in last_runs(case):
        if step.internal_data[TASK] == target.hex:
            if not is_whole(step):
                raise NoWayBackError(target, *_CUT_OFF)
            return step
    raise NoWayBackError(target, *_UNKNOWN)


def _return(way: Aftermath, survey: Survey, token: Token) -> Return:
    step = way.step
    return Return(
        target=UUID(hex=step.internal_data[TASK]),
        process=step.mark.process,
        element=step.mark.element,
        path=tuple(reversed([host.mark.element for host in hosts(step) if is_call(host)])),
        item=which(step)[0],
        cancelled=_cancelled(way, survey, token),
    )


def _cancelled(way: Aftermath, survey: Survey, token: Token) -> Cancelled:
    """Say what goes besides a token that is returned, and what hangs on it and around it."""
    own = {token.id}.union(*({e.id for e in beside(each)} for each in (token, *hosts(token))))

    def goes(other: Token) -> bool:
        return other.id not in own and way.holds(other)

    return Cancelled(
        tasks=tuple(open_task(task, other) for task, other in survey.steps.items() if goes(other)),
        timers=tuple(survey.timer(id_) for id_, other in survey.timers.items() if goes(other)),
        waits=tuple(survey.wait(id_) for id_, other in survey.waits.items() if goes(other)),
        calls=tuple(call for call, other in survey.calls.items() if goes(other)),
    )

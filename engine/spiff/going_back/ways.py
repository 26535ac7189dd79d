"""Which finished steps a case can go back to, and in words why not to others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple
from uuid import UUID

from engine.spiff.elements.catching import beside
from engine.spiff.elements.turns import which
from engine.spiff.errors import NoWayBackError
from engine.spiff.fixes import COMPLETED, TASK
from engine.spiff.flows import hosts
from engine.spiff.going_back.causes import aftermath, takers
from engine.spiff.going_back.places import is_repeated
from engine.spiff.going_back.undoing import opened_with
from engine.spiff.model import Names
from engine.spiff.moves import Cancelled, Return
from engine.spiff.pruning import flows, last_runs
from engine.spiff.survey import open_task, path_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from engine.spiff.fixes import Token
    from engine.spiff.flows import CaseFlow
    from engine.spiff.going_back.causes import Aftermath
    from engine.spiff.survey import Survey


class Refusal(NamedTuple):
    """Why a case does not go back to a step, and what to do instead."""

    zh: str
    en: str


UNKNOWN: Final = Refusal(
    "这一步没有办过，或者之后又办过一次。请从列表中选择一步。",
    "This step was never done, or was done once more since. Choose one from the list.",
)
NOT_BEFORE: Final = Refusal(
    "现在的任务不是由这一步引出的。请从列表中选择一步。",
    "The task did not come of this step. Choose one from the list.",
)
SETTLED: Final = Names(
    "图上有网关按这一步填的内容分路，又按它汇合，单改这一步会合不拢。只能逐步再办，不能直接回来。",
    "Gateways split and join by what this step fills in; changed alone, they would never join. It "
    "comes back through the steps between only.",
)
CUT_OFF: Final = Refusal(
    "这一步所在的流程已被其他步骤中断，不能回到其中。请选择更早的一步。",
    "The process of this step was interrupted by another one. Choose an earlier step.",
)
TOUCHED: Final = Refusal(
    "这一步之后流程已经继续办理，不能撤回。请让现在的办理人退回。",
    "The case has moved on since this step. Ask who has it now to return it.",
)
TOO_LATE: Final = Refusal(
    "这一步的期限已过，撤回后也不能再办。请让现在的办理人退回。",
    "The time for this step is over, so that it could not be done again. Ask for a return.",
)
TOGETHER: Final = Refusal(
    "这一步由多人分别办理，不能单独撤回其中一份。请让现在的办理人退回。",
    "This step was done several times over; one of them cannot be taken back. Ask for a return.",
)


def ways_back(case: CaseFlow, token: Token) -> list[Aftermath]:
    """Give what each finished step would undo from which an open one came, the nearest first."""
    return nearest(way for way in all_ways(case) if way.holds(token))


def all_ways(case: CaseFlow) -> list[Aftermath]:
    """Give what each finished step would undo that the case can go back to."""
    taken_by = takers(case)
    ways = (aftermath(step, taken_by) for step in last_runs(case) if is_whole(step))
    return [way for way in ways if way.undoes_ends()]


def nearest(ways: Iterable[Aftermath]) -> list[Aftermath]:
    """Put those first after which fewest others came."""
    found = list(ways)
    later = {way.step.id: sum(way.holds(other.step) for other in found) for way in found}
    return sorted(found, key=lambda way: (later[way.step.id], -way.step.id))


def way_to(case: CaseFlow, target: UUID) -> Aftermath:
    """Find what is undone to go back to a finished task; NoWayBackError if the case cannot."""
    for step in last_runs(case):
        if step.internal_data[TASK] == target.hex:
            way = aftermath(step, takers(case))
            if not is_whole(step) or not way.undoes_ends():
                raise NoWayBackError(target, *CUT_OFF)
            return way
    raise NoWayBackError(target, *UNKNOWN)


def is_whole(step: Token) -> bool:
    """Whether all that a step ran in is open, came to its end, or was cut off at an end."""
    flow = step.workflow
    while flow is not flow.top_workflow:
        host = flow.host
        if flow.completed and host._state != COMPLETED and host.id not in host.workflow.cut:
            return False
        flow = host.workflow
    return True


def described(way: Aftermath, survey: Survey, token: Token | None = None) -> Return:
    """Say where a way leads, and what goes besides a token that is returned."""
    step = way.step
    return Return(
        target=UUID(hex=step.internal_data[TASK]),
        process=step.mark.process,
        element=step.mark.element,
        path=path_of(step),
        item=which(step)[0],
        cancelled=cancelled_with(survey, token, way.holds),
        opened=tuple(opened.mark.label for opened in _opened_with(way)),
        undone=tuple(
            UUID(hex=each.internal_data[TASK])
            for each in last_runs(step.workflow.top_workflow)
            if each is step or way.holds(each)
        ),
        turns=tuple(_turns(way)),
        no_straight=None if token is None else why_not_straight(step),
    )


def why_not_straight(step: Token) -> Names | None:
    """Say why a finished step cannot be done once more by itself, None if it can."""
    return SETTLED if step.mark.label in step.workflow.top_workflow.plan.settled else None


def _turns(way: Aftermath) -> Iterator[str]:
    """Name the repeated activities that go with all their turns."""
    for flow in flows(way.step.workflow.top_workflow):
        for token in flow.tasks.values():
            if is_repeated(token.task_spec) and (token is way.step or way.holds(token)):
                yield str(token.id)


def _opened_with(way: Aftermath) -> Iterator[Token]:
    """Give what is open again besides the step: it was cut off when its process ended at once."""
    inside = {flow.host.id for flow in way.reopened if flow is not flow.top_workflow}
    for flow in way.reopened:
        for token in opened_with(flow, inside):
            if not way.holds(token):
                yield token


def cancelled_with(survey: Survey, token: Token | None, goes: Callable[[Token], bool]) -> Cancelled:
    """Say which of all that `goes` is more than a token, and what hangs on it and around it."""
    around = (token, *hosts(token)) if token is not None else ()
    own = {each.id for activity in around for each in (activity, *beside(activity))}

    def is_gone(other: Token) -> bool:
        return other.id not in own and goes(other)

    return Cancelled(
        tasks=tuple(open_task(id_, each) for id_, each in survey.steps.items() if is_gone(each)),
        timers=tuple(survey.timer(id_) for id_, each in survey.timers.items() if is_gone(each)),
        waits=tuple(survey.wait(id_) for id_, each in survey.waits.items() if is_gone(each)),
        calls=tuple(call for call, each in survey.calls.items() if is_gone(each)),
    )

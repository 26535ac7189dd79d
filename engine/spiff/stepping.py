"""What the verbs on a running case share: moving at a moment, due timers, and the Move itself."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.clock import standing_at
from engine.spiff.codec import dump, load
from engine.spiff.elements.arming import due_of, is_due
from engine.spiff.elements.throwing import is_trap
from engine.spiff.errors import NotPossibleError, RunError
from engine.spiff.fixes import WAITING, InclusiveGateway, ParallelGateway
from engine.spiff.moves import Call, Move
from engine.spiff.survey import Survey, look_over, open_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from engine.spiff.clock import Time
    from engine.spiff.flows import CaseFlow, Instance
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Message, Signal

JOINS: Final = (ParallelGateway, InclusiveGateway)
_log = logging.getLogger("banjie.spiff")


class Rest(NamedTuple):
    """A stored case whose due timers have fired: what was open `before`, and is `ready` now.

    `fire` fires the timers that come due by what is done next.
    """

    case: CaseFlow
    before: Survey
    ready: Survey
    fire: Callable[[CaseFlow], Survey]


def at_rest(compiled: Compiled, state: bytes, time: Time) -> Rest:
    """Load a case for somebody who waits for it: due timers fire first, or all wait for `wake`."""
    case = load(compiled.plan, state)
    before = look_over(case)
    try:
        with moving(case, time):
            return Rest(case, before, fire_due(case, before), fire_due)
    except RunError:
        case = load(compiled.plan, state)
        before = look_over(case)
        return Rest(case, before, before, look_over)


@contextmanager
def moving(case: CaseFlow, time: Time) -> Iterator[None]:
    """Let a case move at a moment, and turn what SpiffWorkflow raises into a RunError.

    The text of upstream's exceptions is not asked for: making it can fail by itself.
    """
    with standing_at(time):
        try:
            yield
        except (RunError, NotPossibleError):
            raise
        except Exception as error:
            mark = case.current.mark if case.current is not None else None
            process = mark.process if mark else case.spec.name
            element = mark.element if mark else ""
            _log.error("Stopped at %s:%s by a %s", process, element, type(error).__name__)
            raise RunError(
                process=process,
                element=element,
                zh="流程引擎停在这里。请联系管理员检查流程图。",
                en="The engine stopped here. Ask the administrator about the diagram.",
            ) from error


def take(case: CaseFlow, answers: Mapping[str, object], instance: Instance) -> None:
    """Assign the answers that some expression of the procedure may read."""
    for name in case.plan.variables:
        if name in answers:
            instance.assign(name, answers[name])


def fire_due(case: CaseFlow, survey: Survey | None = None) -> Survey:
    """Fire one due timer after the other, since an early one may cancel a later one."""
    survey = survey or look_over(case)
    while due := [token for token in survey.timers.values() if is_due(token)]:
        token = min(due, key=lambda timer: (due_of(timer), timer.id))
        case.current = token
        token.task_spec._update(token)
        case.advance()
        survey = look_over(case)
    return survey


def moved(case: CaseFlow, before: Survey, after: Survey) -> Move:
    """Say what has happened to a case between two moments at rest.

    RunError if it has run to where nobody and nothing will ever move it again, and is not over.
    """
    journal = case.journal
    stood = not (journal.steps or before.awaits())
    if not (stood or case.completed or after.awaits()) and (error := _stranded(case)):
        raise error
    fired = {timer.id for timer in journal.fired}
    return Move(
        state=dump(case),
        opened=tuple(
            open_task(task, token)
            for task, token in after.steps.items()
            if task not in before.steps
        ),
        closed=tuple(task for task in before.steps if task not in after.steps),
        armed=tuple(t for t in journal.armed if t.id in after.timers or t.id in fired),
        fired=tuple(journal.fired),
        disarmed=tuple(
            before.timer(arming)
            for arming in before.timers
            if arming not in after.timers and arming not in fired
        ),
        flows=tuple(journal.flows),
        reached=tuple(journal.reached),
        effects=tuple(e for e in journal.effects if _still_wanted(e, after)),
        decisions=tuple(journal.decisions),
        next_due=after.next_due(),
        ended=journal.last_end if case.completed else None,
        awaited=tuple(after.wait(wait) for wait in after.waits if wait not in before.waits),
        unawaited=tuple(wait for wait in before.waits if wait not in after.waits),
        abandoned=tuple(before.calls.keys() - after.calls.keys() - journal.answered),
    )


def _stranded(case: CaseFlow) -> RunError | None:
    """Say at which join a case waits for what can never come; None if it waits for a condition."""
    waiting = [
        token
        for flow in case.instances()
        for token in flow.tasks.values()
        if token.state == WAITING and token.mark.element and not is_trap(token)
    ]
    joins = [token for token in waiting if isinstance(token.task_spec, JOINS)]
    if not joins or len(joins) < len(waiting):
        return None
    return RunError(
        process=joins[-1].mark.process,
        element=joins[-1].mark.element,
        zh="案件到这里就再也走不下去：没有待办，也没有在等的期限或消息，而这里要等的另一路不会再来。"
        "请改图：前面只走一路的，用排他网关汇合。",
        en="The case would stand here for ever: nobody has a task, no deadline or message is "
        "waited for, and the other way in brings nothing any more. Redraw: where only one way is "
        "taken, join by an exclusive gateway.",
    )


def _still_wanted(effect: Message | Signal | Call, after: Survey) -> bool:
    """Whether an effect is not a call that has been abandoned in the move that made it."""
    return not isinstance(effect, Call) or effect.id is None or effect.id in after.calls

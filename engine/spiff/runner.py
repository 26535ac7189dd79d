"""The verbs on a running case: start, complete, wake; and where it stands.

Each takes the state as bytes and gives a Move: the new bytes and the difference. Nothing here
keeps a case in memory, knows a person or writes anything down.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from engine.spiff.clock import current, standing_at
from engine.spiff.codec import dump, load
from engine.spiff.errors import NotAwaitedError, RunError, TaskNotReadyError
from engine.spiff.flows import CaseFlow
from engine.spiff.moves import Call, Move, Position
from engine.spiff.reading import Scripts
from engine.spiff.specs import due_of, timer_of
from engine.spiff.survey import Survey, live, look_over, open_task

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.spiff.flows import Instance
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Message, Signal

_NOTHING = Survey({}, {})


def start(compiled: Compiled, answers: Mapping[str, object], *, now: datetime) -> Move:
    """Begin a case: the answers are the payload of the start message. RunError if it cannot run."""
    case = CaseFlow(compiled.plan, Scripts())
    for name, value in compiled.plan.defaults.items():
        case.assign(name, value)
    with moving(case, now):
        _take(case, answers, case)
        case.plant()
        case.advance()
        return moved(case, _NOTHING, _fire_due(case))


def complete(
    compiled: Compiled, state: bytes, task: UUID, answers: Mapping[str, object], *, now: datetime
) -> Move:
    """Finish an open step with its answers and run on.

    Timers that are due fire first: TaskNotReadyError if one of them cancelled the step, or if it
    is not open at all. When they cannot fire they all wait for `wake` to say so: nobody's step is
    held up by a deadline drawn wrongly. RunError if the diagram cannot go on with these answers.
    """
    case, before, ready, fire = at_rest(compiled, state, now)
    with moving(case, now):
        token = ready.steps.get(task)
        if token is None or task not in before.steps:
            raise TaskNotReadyError(task)
        _take(case, answers, token.workflow)
        case.current = token
        token.run()
        case.advance()
        return moved(case, before, fire(case))


def wake(compiled: Compiled, state: bytes, *, now: datetime) -> Move:
    """Fire every timer that is due at `now`, earliest first, and run on; RunError if it cannot."""
    case = load(compiled.plan, state)
    with moving(case, now):
        before = look_over(case)
        return moved(case, before, _fire_due(case, before))


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
        live=tuple(live(case)),
        calls=tuple(survey.calls),
    )


class Rest(NamedTuple):
    """A stored case whose due timers have fired: what was open `before`, and is `ready` now.

    `fire` fires the timers that come due by what is done next.
    """

    case: CaseFlow
    before: Survey
    ready: Survey
    fire: Callable[[CaseFlow], Survey]


def at_rest(compiled: Compiled, state: bytes, now: datetime) -> Rest:
    """Load a case for somebody who waits for it: due timers fire first, or all wait for `wake`."""
    case = load(compiled.plan, state)
    before = look_over(case)
    try:
        with moving(case, now):
            return Rest(case, before, _fire_due(case, before), _fire_due)
    except RunError:
        case = load(compiled.plan, state)
        before = look_over(case)
        return Rest(case, before, before, look_over)


@contextmanager
def moving(case: CaseFlow, now: datetime) -> Iterator[None]:
    """Let a case move at `now`, and turn what SpiffWorkflow raises into a RunError.

    The text of upstream's exceptions is not asked for: making it can fail by itself.
    """
    with standing_at(now):
        try:
            yield
        except (RunError, TaskNotReadyError, NotAwaitedError):
            raise
        except Exception as error:
            mark = case.current.mark if case.current is not None else None
            reason = type(error).__name__
            raise RunError(
                process=mark.process if mark else case.spec.name,
                element=mark.element if mark else "",
                zh=f"流程引擎停在这里（{reason}）。请联系管理员检查流程图。",
                en=f"The engine stopped here ({reason}). Ask the administrator about the diagram.",
            ) from error


def _take(case: CaseFlow, answers: Mapping[str, object], instance: Instance) -> None:
    for name in case.plan.variables:
        if name in answers:
            instance.assign(name, answers[name])


def _fire_due(case: CaseFlow, survey: Survey | None = None) -> Survey:
    """Fire one due timer after the other, since an early one may cancel a later one."""
    survey = survey or look_over(case)
    while due := [token for token in survey.timers.values() if due_of(token) <= current()]:
        token = min(due, key=lambda timer: (due_of(timer), timer.id))
        case.current = token
        token.task_spec._update(token)
        case.advance()
        survey = look_over(case)
    return survey


def moved(case: CaseFlow, before: Survey, after: Survey) -> Move:
    """Say what has happened to a case between two moments at rest."""
    journal = case.journal
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
        abandoned=tuple(before.calls.keys() - after.calls.keys() - journal.answered),
    )


def _still_wanted(effect: Message | Signal | Call, after: Survey) -> bool:
    """Whether an effect is not a call that has been abandoned in the move that made it."""
    return not isinstance(effect, Call) or effect.id is None or effect.id in after.calls

"""The verb that takes a stored case from one version of its procedure to another."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import dump, load
from engine.spiff.errors import RunError
from engine.spiff.stepping import fire_due, moved, moving
from engine.spiff.survey import look_over, open_task
from engine.spiff.transferring import dues
from engine.spiff.transferring.carrying import carry_over, paused_steps
from engine.spiff.transferring.fitting import check_fit
from engine.spiff.transferring.limits import limits
from engine.spiff.transferring.settling import begin, new_values, roles_anew
from engine.spiff.transferring.verdicts import (
    CannotTransferError,
    Dues,
    Obstacle,
    Transfer,
    Verdict,
)
from engine.spiff.transferring.words import Words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.calendar import Calendars
    from engine.spiff.flows import CaseFlow
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move, OpenTask
    from engine.spiff.survey import Survey


def transfer(
    old: Compiled,
    new: Compiled,
    state: bytes,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
    due: Dues = Dues.KEPT,
    answers: Mapping[str, object] = MappingProxyType({}),
) -> Transfer:
    """Let a case of the version `old` go on in `new`, from where it stands.

    Open steps, running timers, waits and calls keep their ids. Timers that the new version draws
    beside what is open begin now; those that it does not draw are gone; those that it draws
    otherwise, or by tables that say otherwise, are due as before, or with DRAWN as drawn now,
    counted from when they began; what later timers read is of the new tables then as well. Then
    the case runs to its next waiting places. Nothing that has been done is asked for again:
    `answers` are what people said whom the older version did not listen to, by variable.
    """
    time, kept = Time(now, calendars), load(old.plan, state)
    before = look_over(kept)
    try:
        case = _carried(old, new, state)
        with moving(case, time):
            new_values(case, answers)
        check_fit(kept, case, Words(old, new))
        with moving(case, time):
            return _begun(case, kept, before, due)
    except CannotTransferError as error:
        obstacles = error.obstacles
    except RunError as error:
        obstacles = (Obstacle(error.process, error.element, error.zh, error.en),)
    deadlines = dues.deadlines(before, before, {})
    return Transfer(Verdict.CANNOT, None, deadlines, obstacles)


def _carried(old: Compiled, new: Compiled, state: bytes) -> CaseFlow:
    """Load a case in another version, where nothing has moved yet. CannotTransferError."""
    case = load(old.plan, state)
    carry_over(case, old, new)
    return load(new.plan, dump(case))


def _begun(case: CaseFlow, kept: CaseFlow, before: Survey, due: Dues) -> Transfer:
    standing, altered = look_over(case), limits(case, kept.plan)
    drawn = dues.redrawn(before, standing, due, altered)
    told = altered.told(standing.timers.values())
    reassigned = roles_anew(before, standing)
    begin(case, paused_steps(kept))
    case.advance()
    after = fire_due(case)
    move = _move(case, before, after)
    return Transfer(
        verdict=Verdict.NEXT if _goes_on(move) else Verdict.SAME,
        move=move,
        deadlines=dues.deadlines(before, after, drawn),
        limits=told,
        reassigned=tuple(
            open_task(task, after.steps[task]) for task in reassigned if task in after.steps
        ),
    )


def _move(case: CaseFlow, before: Survey, after: Survey) -> Move:
    steps = [open_task(id_, token) for id_, token in after.steps.items() if id_ in before.steps]
    was = {step.id: _clock(open_task(step.id, before.steps[step.id])) for step in steps}
    return replace(
        moved(case, before, after),
        shifted=dues.shifts(before, after),
        retimed=tuple(step for step in steps if _clock(step) != was[step.id]),
    )


def _clock(step: OpenTask) -> tuple[object, ...]:
    return step.due, step.due_timer, step.stands


def _goes_on(move: Move) -> bool:
    """Whether a case does more than wait at the same places, with other events beside them."""
    return bool(move.opened or move.closed or move.flows or move.ended)

"""The verbs at the end of a case: cancel it 撤销, and open it again 重新打开."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.calendar import STANDARD
from engine.spiff.clock import Time
from engine.spiff.codec import load
from engine.spiff.elements.arming import SUSPENSION
from engine.spiff.errors import CaseOpenError, CaseOverError
from engine.spiff.going_back.returning import undo
from engine.spiff.going_back.undoing import opened_with, revive_cut
from engine.spiff.going_back.ways import all_ways, described, nearest, way_to
from engine.spiff.pruning import ends_all
from engine.spiff.stepping import fire_due, moved, moving
from engine.spiff.survey import Survey, look_over

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.calendar import Calendars
    from engine.spiff.flows import CaseFlow
    from engine.spiff.model import Compiled
    from engine.spiff.moves import Move, Return


def cancel(
    compiled: Compiled, state: bytes, *, now: datetime, calendars: Calendars = STANDARD
) -> Move:
    """End a case before its time: nothing is open any more, no timer runs, `ended` is None.

    CaseOverError if it has ended. One that
    was suspended no longer is.
    """
    case = load(compiled.plan, state)
    with moving(case, Time(now, calendars)):
        before = look_over(case)
        if case.completed:
            raise CaseOverError
        case.terminate()
        case.held.discard(SUSPENSION)
        return replace(moved(case, before, look_over(case)), cancelled=True)


def reopenings(compiled: Compiled, state: bytes) -> tuple[Return, ...]:
    """List the finished steps that a case that is over may go on at, the last ones first.

    CaseOpenError if it is not over.
    """
    case = load(compiled.plan, state)
    if not case.completed:
        raise CaseOpenError
    return tuple(described(way, Survey()) for way in nearest(all_ways(case)))


def cancelled_at(compiled: Compiled, state: bytes) -> tuple[str, ...]:
    """Give "process:element" of all that is open again if a cancelled case goes on where it was.

    None if the case was not cancelled.
    """
    case = load(compiled.plan, state)
    if not was_cancelled(case):
        return ()
    return tuple(token.mark.label for token in opened_with(case, set()))


def reopen(
    compiled: Compiled,
    state: bytes,
    target: UUID | None = None,
    *,
    now: datetime,
    calendars: Calendars = STANDARD,
) -> Move:
    """Let a case that is over go on at a finished step, or a cancelled one where it was (None).

    What was open beside that when it was cancelled is open anew: deadlines count from `now`, a
    multi-instance activity or loop begins with its first turn. CaseOpenError if the case is not
    over, NoWayBackError if `reopenings` does not list the target; CaseOverError for None if it was
    not cancelled. RunError if something cannot be opened with the variables as they are.
    """
    case = load(compiled.plan, state)
    with moving(case, Time(now, calendars)):
        if not case.completed:
            raise CaseOpenError
        if target is not None:
            undo(case, way_to(case, target))
        elif was_cancelled(case):
            go_on(case)
        else:
            raise CaseOverError
        return moved(case, Survey(), fire_due(case))


def was_cancelled(case: CaseFlow) -> bool:
    """Whether a case was cancelled, and has not come to an end of its own."""
    return bool(case.completed and case.cut) and not any(map(ends_all, case.tasks.values()))


def go_on(case: CaseFlow) -> None:
    """Open a cancelled case anew, where it was."""
    case.completed = False
    revive_cut(case, set())
    case.advance()

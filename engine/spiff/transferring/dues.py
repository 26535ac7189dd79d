"""Timers that run on in another version: when they are due before and after."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING

from engine.spiff.elements import arming
from engine.spiff.language.expressions import Expression
from engine.spiff.moves import Shift
from engine.spiff.transferring.verdicts import Deadline, Dues

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.spiff.elements.timers import Rule
    from engine.spiff.fixes import Token
    from engine.spiff.moves import Timer
    from engine.spiff.survey import Survey
    from engine.spiff.transferring.limits import Limits


def redrawn(before: Survey, after: Survey, dues: Dues, limits: Limits) -> dict[UUID, datetime]:
    """Give when the timers whose drawing or limit has changed would be due by it, and set them so.

    With KEPT they stay due, and the limits stay, as they were. RunError if what is drawn cannot be
    reckoned.
    """
    limits.set()
    found = _redrawn(before, after, dues, limits)
    if dues is Dues.KEPT:
        limits.take_back()
    return found


def _redrawn(before: Survey, after: Survey, dues: Dues, limits: Limits) -> dict[UUID, datetime]:
    found = {}
    for id_, token in after.timers.items():
        was = before.timers.get(id_)
        if was is None or "rule" not in token.internal_data:
            continue
        kind = arming.kind_of(was)
        altered = any(limit.after is not None for limit in limits.of(token))
        if altered or _drawn(_rule(was)) != _drawn(_rule(token)):
            found[id_] = _counted_anew(token, dues)
        if (found.get(id_) is None or dues is Dues.KEPT) and kind != _rule(token).kind:
            token.internal_data[arming.KIND] = kind
    return found


def _counted_anew(token: Token, dues: Dues) -> datetime:
    kept = deepcopy(token.internal_data)
    token.task_spec.event_definition.count_anew(token)
    due = arming.due_of(token)
    if dues is Dues.KEPT:
        token.internal_data = kept
    return due


def _rule(token: Token) -> Rule:
    rule: Rule = token.task_spec.event_definition.rule
    return rule


def _drawn(rule: Rule) -> tuple[object, ...]:
    says = rule.says.text if isinstance(rule.says, Expression) else rule.says
    return rule.kind, says, isinstance(rule.says, Expression), rule.calendar, rule.repeats


def shifts(before: Survey, after: Survey) -> tuple[Shift, ...]:
    """Give the timers that run on and are due at another moment than before."""
    return tuple(
        Shift(after.timer(id_), arming.due_of(before.timers[id_]))
        for id_, token in after.timers.items()
        if id_ in before.timers and arming.due_of(before.timers[id_]) != arming.due_of(token)
    )


def deadlines(
    before: Survey, after: Survey, drawn: Mapping[UUID, datetime]
) -> tuple[Deadline, ...]:
    """Give each timer that runs before or after, by the moment that it is due."""
    found = []
    for id_ in (*before.timers, *(id_ for id_ in after.timers if id_ not in before.timers)):
        was = before.timer(id_) if id_ in before.timers else None
        now = after.timer(id_) if id_ in after.timers else None
        found.append(_deadline(was, now, drawn.get(id_)))
    return tuple(sorted(found, key=lambda each: (_first(each), each.process, each.element)))


def _deadline(was: Timer | None, now: Timer | None, drawn: datetime | None) -> Deadline:
    timer = now or was
    assert timer is not None  # noqa: S101 - for the type checker
    return Deadline(
        id=timer.id,
        process=timer.process,
        element=timer.element,
        host=timer.host,
        before=None if was is None else was.due,
        after=None if now is None else now.due,
        drawn=drawn,
        reminds=timer.reminds,
    )


def _first(deadline: Deadline) -> str:
    return min(str(due) for due in (deadline.before, deadline.after) if due is not None)

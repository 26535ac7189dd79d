"""Letting a case that has just come into another version begin there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit

from engine.spiff.elements.arming import STEP, hold
from engine.spiff.elements.catching import BoundaryEvent
from engine.spiff.elements.choosing import EventGateway
from engine.spiff.elements.lanes import decided_at, role_at
from engine.spiff.fixes import READY, STARTED, UNFINISHED, WAITING, Token
from engine.spiff.flows import CalledFlow
from engine.spiff.going_back.detours import Detour

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from uuid import UUID

    from engine.spiff.flows import CaseFlow
    from engine.spiff.survey import Survey


def begin(case: CaseFlow, paused: Collection[int]) -> None:
    """Predict what follows, and let what is drawn beside open places wait as well.

    Joins look again whether all have come. `paused` are the activities whose own clock stands.
    """
    tokens = list(_open(case))
    for token in tokens:
        token.task_spec._predict(token, mask=UNFINISHED)
    for token in tokens:
        for missing in _missing(token):
            _wait_too(token, missing, paused)
    for token in list(_open(case)):
        case.current = token
        if token._state == WAITING and not token.internal_data:
            token.task_spec._update(token)


def new_values(case: CaseFlow, answers: Mapping[str, object]) -> None:
    """Give the variables that the case has not yet what was answered, or what they begin with."""
    known = {name: answers[name] for name in answers if name in case.plan.variables}
    given = {**case.plan.defaults, **known}
    for name, value in given.items():
        if name not in case.values:
            case.assign(name, value)
    for instance in case.subprocesses.values():
        if instance.completed or instance.shares:
            continue
        hands = instance.spec.hands if isinstance(instance, CalledFlow) else None
        around = hands.own if hands is not None else instance.parent_workflow.values
        for name in given:
            if name in around:
                instance.values.setdefault(name, around[name])


def roles_anew(before: Survey, after: Survey) -> list[UUID]:
    """Read the roles of open steps where the drawing says otherwise whose they are.

    Gives the steps whose role is another one than before. RunError if a variable holds none.
    """
    moved = []
    for task, token in after.steps.items():
        was = before.steps.get(task)
        if was is None:
            continue
        role = _role(was)
        if _source(was) != _source(token):
            token.internal_data.pop("role", None)
            if token.mark.whose.role is None:
                token.internal_data["role"] = role_at(token)
        if _role(token) != role:
            moved.append(task)
    return moved


def _role(token: Token) -> object:
    return token.internal_data.get("role") or token.mark.whose.role


def _source(token: Token) -> object:
    who, place = decided_at(token)
    return who.role, who.variable, place.id if who.variable is not None else None


def _open(case: CaseFlow) -> Iterator[Token]:
    for instance in case.instances():
        for token in list(instance.tasks.values()):
            if token._state & (READY | WAITING | STARTED):
                yield token


def _missing(token: Token) -> list[Any]:
    """Give the events that are drawn beside an open place, or beside its event, and not there."""
    above = token.parent
    if above is None or isinstance(token.task_spec, BoundaryEvent):
        return []
    if not isinstance(above.task_spec, BoundaryEventSplit | EventGateway):
        return []
    there = {child.task_spec.name for child in above.children}
    drawn = [spec for spec in above.task_spec.outputs if spec.name not in there]
    if isinstance(token.workflow, Detour):
        return [spec for spec in drawn if not getattr(spec, "cancel_activity", False)]
    return drawn


def _wait_too(token: Token, spec: Any, paused: Collection[int]) -> None:
    top = token.workflow.top_workflow
    following = token.parent._add_child(spec)
    top.current = following
    spec._update(following)
    if token.id in paused and "arming" in following.internal_data:
        hold(following, STEP)

"""Looking over a case that stands still: who is waited for, which timers run, what is due when."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

from engine.spiff.elements.arming import due_of, is_running, timer_of
from engine.spiff.elements.catching import beside
from engine.spiff.elements.lanes import role_at
from engine.spiff.elements.messages import wait_of
from engine.spiff.elements.specs import CallActivity
from engine.spiff.elements.throwing import is_trap
from engine.spiff.elements.timers import Deadline
from engine.spiff.elements.turns import which
from engine.spiff.fixes import READY, STARTED, TASK, WAITING, Token
from engine.spiff.flows import drawn_around, hosts
from engine.spiff.moves import OpenTask, Timer, Wait

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from engine.spiff.flows import CaseFlow

ROLE: Final = "role"
PATH: Final = "path"
"""What the token of a step knows that is done once more inside another one."""


@dataclass(frozen=True)
class Survey:
    """The tokens of open steps by task id, of running timers by arming, of waits and calls."""

    steps: dict[UUID, Token] = field(default_factory=dict)
    timers: dict[UUID, Token] = field(default_factory=dict)
    waits: dict[UUID, Token] = field(default_factory=dict)
    calls: dict[UUID, Token] = field(default_factory=dict)

    def wait(self, wait: UUID) -> Wait:
        return wait_of(self.waits[wait])

    def timer(self, arming: UUID) -> Timer:
        return timer_of(self.timers[arming])

    def awaits(self) -> bool:
        """Whether anybody or anything may still move the case."""
        return bool(self.steps or self.timers or self.waits or self.calls)

    def next_due(self) -> datetime | None:
        """Give the earliest moment (UTC) at which the case moves by itself."""
        running = (token for token in self.timers.values() if is_running(token))
        return min((due_of(token) for token in running), default=None)


def look_over(case: CaseFlow) -> Survey:
    """Collect what is waited for; a step that has just opened gets its id and its role here."""
    found = Survey()
    for instance in case.instances():
        if instance.completed:
            continue
        for token in instance.tasks.values():
            if token._state == READY:
                found.steps[_task_id(token)] = token
            elif token._state == WAITING and token.internal_data:
                _add_waiting(token, found)
            elif token._state == STARTED and "call" in token.internal_data:
                found.calls[UUID(hex=token.internal_data["call"])] = token
    return found


def _add_waiting(token: Token, found: Survey) -> None:
    internal = token.internal_data
    if "arming" in internal:
        found.timers[UUID(hex=internal["arming"])] = token
    elif "wait" in internal:
        found.waits[UUID(hex=internal["wait"])] = token


def _task_id(token: Token) -> UUID:
    internal = token.internal_data
    if TASK not in internal:
        if token.mark.whose.role is None and ROLE not in internal:
            internal[ROLE] = role_at(token)
        internal[TASK] = uuid4().hex
    return UUID(hex=internal[TASK])


def open_task(task: UUID, token: Token) -> OpenTask:
    """Describe an open step with its deadline, drawn on it or around it; none that stands."""
    mark = token.mark
    clocks = list(_clocks(token))
    running = [found for found in clocks if is_running(found)]
    deadlines = [
        timer_of(found) for found in running if found.task_spec.event_definition.is_deadline
    ]
    first = min(deadlines, key=lambda timer: timer.due, default=None)
    item, turn = which(token)
    return OpenTask(
        id=task,
        process=mark.process,
        element=mark.element,
        role=token.internal_data.get(ROLE) or mark.whose.role or "",
        due=first.due if first else None,
        due_timer=f"{first.process}:{first.element}" if first else None,
        path=path_of(token),
        item=item,
        turn=turn,
        stands=len(running) < len(clocks),
    )


def live(case: CaseFlow) -> Iterator[str]:
    """Give "process:element" of every place where the case is, drawn ones only.

    A boundary event for an error and the like is none: nobody waits there until it is thrown.
    """
    for instance in case.instances():
        for token in instance.tasks.values():
            is_here = token.state & (READY | WAITING | STARTED) and not is_trap(token)
            if is_here and token.mark.element:
                yield token.mark.label


def path_of(token: Token) -> tuple[str, ...]:
    """Give the call activities from the procedure down to a step, as it is drawn."""
    calls: list[str] = []
    for place in (token, *drawn_around(token)):
        if PATH in place.internal_data:
            return (*place.internal_data[PATH], *reversed(calls))
        if place is not token and is_call(place):
            calls.append(place.mark.element)
    return tuple(reversed(calls))


def is_call(host: Token) -> bool:
    return isinstance(host.task_spec, CallActivity)


def _clocks(token: Token) -> Iterator[Token]:
    """Give the timers beside a step and the activities around it, fired ones too."""
    for activity in (token, *hosts(token)):
        for child in beside(activity):
            event = getattr(child.task_spec, "event_definition", None)
            if isinstance(event, Deadline) and "due" in child.internal_data:
                yield child

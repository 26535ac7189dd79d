"""Errors, escalations and cancels: thrown outwards, caught by the innermost boundary that fits.

Upstream looks for whoever catches anywhere in the case, lets an error that nobody catches end the
case as a success, and lets nothing but an end event throw. Here what is thrown goes out through
the activities around it, one by one, whether they are drawn in the same diagram or call it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from typing_extensions import override

from engine.spiff.elements.alarms import ERROR, ESCALATION, Alarm
from engine.spiff.elements.catching import Awaited, beside
from engine.spiff.elements.messages import payload_of
from engine.spiff.files.eventful import Parcel
from engine.spiff.fixes import WAITING
from engine.spiff.flows import hosts
from engine.spiff.reading import failure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.fixes import Token


class Throw(EventDefinition):
    """Throws an alarm; an escalation that nobody catches goes on."""

    def __init__(self, thrown: Alarm) -> None:
        super().__init__(thrown.code)
        self.thrown = thrown

    @override
    def throw(self, my_task: Token) -> None:
        """Let whoever is around catch it; RunError if nobody catches an error."""
        payload = payload_of(my_task, Parcel(carries=self.thrown.carries))
        caught = spring(my_task, self.thrown, payload)
        if not caught and self.thrown.kind != ESCALATION:
            raise uncaught(my_task, self.thrown)


class Trap(Awaited):
    """Waits beside an activity for an alarm out of it."""

    def __init__(self, caught: Alarm) -> None:
        super().__init__(caught.code)
        self.caught = caught

    @override
    def has_fired(self, my_task: Token) -> bool:
        return "sprung" in my_task.internal_data

    @override
    def happens_again(self, _my_task: Token) -> bool:
        """Whether another may come out of the activity: always."""
        return True

    def meet(self, my_task: Token, payload: Mapping[str, object]) -> None:
        """Take what the alarm carries, and let the token go on."""
        for name, value in payload.items():
            my_task.workflow.assign(name, value)
        my_task.internal_data["sprung"] = True


def spring(token: Token, thrown: Alarm, payload: Mapping[str, object]) -> bool:
    """Let the innermost boundary event that fits catch an alarm; whether there is one.

    On the same activity one with the code comes before one that catches any.
    """
    for activity in (token, *hosts(token)):
        traps = (each for each in beside(activity) if each._state == WAITING and is_trap(each))
        fitting = [trap for trap in traps if _caught_by(trap).fits(thrown)]
        if fitting:
            trap = max(fitting, key=lambda each: bool(_caught_by(each).code))
            trap.task_spec.meet(trap, payload)
            return True
    return False


def is_trap(token: Token) -> bool:
    """Whether a token waits beside an activity for an alarm."""
    return isinstance(getattr(token.task_spec, "event_definition", None), Trap)


def _caught_by(trap: Token) -> Alarm:
    caught: Alarm = trap.task_spec.event_definition.caught
    return caught


def uncaught(token: Token, thrown: Alarm) -> Exception:
    """Make the RunError of an alarm that nobody catches."""
    return failure(
        token,
        f"错误“{thrown.code}”没有边界事件处理。请排除原因后重试。",
        f'Nobody catches the error "{thrown.code}". Remove its cause and retry.',
    )


def throw(token: Token, code: str) -> None:
    """Throw an error at an activity itself; RunError if nobody catches it."""
    thrown = Alarm(ERROR, code)
    if not spring(token, thrown, {}):
        raise uncaught(token, thrown)

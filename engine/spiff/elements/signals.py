"""Signals: heard at once by all that wait for them in the case, and told to the other cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition

from engine.spiff.elements.messages import Subscription, payload_of
from engine.spiff.fixes import WAITING
from engine.spiff.moves import Signal

if TYPE_CHECKING:
    from engine.spiff.files.eventful import Parcel
    from engine.spiff.fixes import Token
    from engine.spiff.flows import CaseFlow

KIND = "signal"


class Broadcast(EventDefinition):
    """A signal that is thrown. Upstream reads none from an end event: nobody would hear it."""

    def __init__(self, parcel: Parcel) -> None:
        super().__init__(parcel.name)
        self.parcel = parcel

    def throw(self, my_task: Token) -> None:
        """Let every catch of the case that waits now hear it, and tell the other cases.

        Hearing it may end the activity that it is thrown in, and other waits with it.
        """
        top, mark = my_task.workflow.top_workflow, my_task.mark
        payload = payload_of(my_task, self.parcel)
        top.journal.effects.append(Signal(self.parcel.name, mark.process, mark.element, payload))
        for token in _listening(top, self.parcel.name):
            if token._state == WAITING:
                token.task_spec.meet(token, payload)


def _listening(case: CaseFlow, name: str) -> list[Token]:
    return [
        token
        for instance in list(case.instances())
        for token in instance.tasks.values()
        if token._state == WAITING and _hears(token.task_spec, name)
    ]


def _hears(task_spec: object, name: str) -> bool:
    event = getattr(task_spec, "event_definition", None)
    return isinstance(event, Subscription) and event.post == (KIND, name)

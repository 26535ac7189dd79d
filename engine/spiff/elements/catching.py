"""Places where a token waits for an event: catching and boundary events, receive tasks.

Upstream keeps a list of waiting tasks beside the tree, lets all of several boundary events of one
moment interrupt, lets one that does not interrupt fire once only, and runs a receive task's
preScript at every look. Here a token waits for itself: what it waits for stands in its
internal data, and whichever event comes first withdraws its rivals at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from typing_extensions import override

from engine.spiff.elements.choosing import EventGateway
from engine.spiff.fixes import UNFINISHED, WAITING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff.fixes import Token


class Awaited(EventDefinition):
    """What a token waits for."""

    def has_fired(self, my_task: Token) -> bool:
        """Whether the token may go on; whoever asks first arms it."""
        raise NotImplementedError

    def update_task_data(self, my_task: Token) -> None:
        """Nothing more to take over when the token goes on."""

    def happens_again(self, _my_task: Token) -> bool:
        """Whether what has just happened beside an open activity may happen once more."""
        return False

    def take_over(self, _before: Token, _after: Token) -> None:
        """Hand on what the next arming must know of this one."""


class _Catches:
    """A token waits here until its event definition says that it has fired."""

    event_definition: Any
    if TYPE_CHECKING:
        name: str

    def meet(self, my_task: Token, payload: Mapping[str, object]) -> None:
        """Let what is waited for happen now."""
        self.event_definition.meet(my_task, payload)
        my_task.task_spec._update(my_task)

    def _update_hook(self, my_task: Token) -> bool:
        if self.event_definition.has_fired(my_task):
            return True
        my_task._set_state(WAITING)
        return False

    def _on_ready_hook(self, my_task: Token) -> None:
        """Withdraw what waits beside it behind an event-based gateway."""
        gateway = my_task.parent
        if gateway is not None and isinstance(gateway.task_spec, EventGateway):
            my_task.workflow.top_workflow.journal.flows.append(gateway.mark.choices[self.name])
            _withdraw(token for token in gateway.children if token is not my_task)

    def _run_hook(self, my_task: Token) -> bool:
        self.event_definition.update_task_data(my_task)
        return True

    def _predict_hook(self, my_task: Token) -> None:
        SpiffBpmnTask._predict_hook(self, my_task)

    def _on_cancel(self, _my_task: Token) -> None:
        """No list to be taken from."""


class CatchEvent(_Catches, defaults.IntermediateCatchEvent):
    """An intermediate catching event."""


class ReceiveTask(_Catches, SpiffBpmnTask):
    """Waits for a message. Its preScript runs once, before its keys are read."""

    def __init__(self, wf_spec: Any, name: str, event_definition: Any, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.event_definition = event_definition

    @override
    def _update_hook(self, my_task: Token) -> bool:
        if my_task._state != WAITING and self.prescript is not None:
            self.execute_script(my_task, self.prescript)
        return super()._update_hook(my_task)


class BoundaryEvent(_Catches, defaults.BoundaryEvent):
    """Beside an activity: interrupting, it ends the activity at once; else it waits again."""

    @override
    def _on_ready_hook(self, my_task: Token) -> None:
        if self.cancel_activity:
            _withdraw(token for token in my_task.parent.children if token is not my_task)
        elif is_open(my_task) and self.event_definition.happens_again(my_task):
            self._wait_again(my_task)

    def _wait_again(self, my_task: Token) -> None:
        """Put a new token beside the one that goes on, which needs no join of its own then."""
        following = my_task.parent._add_child(self)
        self.event_definition.take_over(my_task, following)
        self._update(following)
        for child in my_task.children:
            if isinstance(child.task_spec, BoundaryEventJoin):
                my_task.workflow._remove_task(child.id)


def _withdraw(rivals: Iterable[Token]) -> None:
    for token in rivals:
        if token._state & UNFINISHED:
            token.cancel()


def beside(activity: Token) -> Iterator[Token]:
    """Give what waits, or has happened, at the border of an activity."""
    split = activity.parent
    if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
        for token in split.children:
            if isinstance(token.task_spec, BoundaryEvent):
                yield token


def is_open(event: Token) -> bool:
    """Whether the activity at whose border a token is, or was, is still open."""
    return any(token._state & UNFINISHED for token in beside_what(event))


def beside_what(event: Token) -> Iterator[Token]:
    """Give the activity at whose border a token is, or was; none of one that stands alone."""
    split = event.parent
    if split is not None and isinstance(split.task_spec, BoundaryEventSplit):
        yield from (t for t in split.children if not isinstance(t.task_spec, BoundaryEvent))

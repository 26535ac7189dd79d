"""What our elements do when a token is on them: deadlines, calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.spiff.specs.defaults import CallActivity as UpstreamCallActivity
from SpiffWorkflow.spiff.specs.defaults import SubWorkflowTask as UpstreamSubProcess
from SpiffWorkflow.spiff.specs.defaults import TransactionSubprocess as UpstreamTransaction
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask
from typing_extensions import override

from engine.spiff import clock
from engine.spiff.catching import Awaited
from engine.spiff.durations import DurationError, due_after
from engine.spiff.fixes import STARTED, EndJoin
from engine.spiff.flows import CalledFlow
from engine.spiff.moves import Timer
from engine.spiff.reading import evaluate, failure

if TYPE_CHECKING:
    from datetime import datetime

    from engine.spiff.expressions import Expression
    from engine.spiff.fixes import Token
    from engine.spiff.handing_over import Handing


class ProcessSpec(BpmnProcessSpec):
    """A process whose end does not walk the tree; `embedded` for one drawn inside another.

    `hands` says what it is given and gives back, if it says so itself.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.embedded = False
        self.hands: Handing | None = None
        end = f"{self.name}.EndJoin"
        del self.task_specs[end], self.task_specs["End"]
        self.end = EndJoin(self, end)
        self.end.connect(SimpleBpmnTask(self, "End"))


class _Starts(SubWorkflowTask):
    """Runs another process where the token stands."""

    def _update_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        if my_task.id not in top.subprocesses:
            SpiffBpmnTask._update_hook(self, my_task)
            spec = top.plan.called[self.spec]
            called = CalledFlow(my_task, spec)
            if spec.hands is not None:
                called.values = spec.hands.given(my_task)
            top.subprocesses[my_task.id] = called
            my_task._set_state(STARTED)
            called.plant()
        return False


class CallActivity(_Starts, UpstreamCallActivity):
    """Runs a called process with a copy of the variables."""


class SubProcess(_Starts, UpstreamSubProcess):
    """Runs an embedded sub-process on the same variables."""


class Transaction(_Starts, UpstreamTransaction):
    """Runs an embedded sub-process that may be cancelled from inside."""


class Deadline(Awaited):
    """A timer: armed when its token first waits, due at exactly `now` of then plus the duration.

    Upstream reads the system clock and fires only after the due time, not at it. Its due time
    stays when it has fired: an open task still shows a deadline that has passed.
    """

    def __init__(self, duration: str | Expression) -> None:
        super().__init__()
        self.duration = duration

    @override
    def has_fired(self, my_task: Token) -> bool:
        """Whether it is due at the moment of the move; arms it when asked for the first time."""
        if "due" not in my_task.internal_data:
            self._arm(my_task)
        return due_of(my_task) <= clock.current()

    @override
    def update_task_data(self, my_task: Token) -> None:
        """Write down that it has fired, now that its token goes on."""
        my_task.workflow.top_workflow.journal.fired.append(timer_of(my_task))

    def _arm(self, my_task: Token) -> None:
        duration, text = self.duration, None
        if not isinstance(duration, str):
            text = duration.text
            duration = evaluate(my_task, duration)  # type: ignore[assignment]
        try:
            due = due_after(clock.current(), duration)
        except DurationError as error:
            raise failure(
                my_task,
                f"期限 {duration!r} 不是 ISO 8601 时长（如 P3D、PT4H）。",
                f"The duration {duration!r} is not ISO 8601 (such as P3D, PT4H).",
                expression=text, variable=text,
            ) from error  # fmt: skip
        my_task.internal_data.update(due=due.isoformat(), arming=uuid4().hex)
        my_task.workflow.top_workflow.journal.armed.append(timer_of(my_task))


def due_of(token: Token) -> datetime:
    """Give the moment (UTC) at which an armed timer's token is due."""
    return clock.moment(token.internal_data["due"])


def timer_of(token: Token) -> Timer:
    """Describe the arming of a timer's token."""
    mark = token.mark
    return Timer(
        id=UUID(hex=token.internal_data["arming"]),
        process=mark.process,
        element=mark.element,
        host=mark.host,
        due=due_of(token),
        clock=mark.clock,
    )

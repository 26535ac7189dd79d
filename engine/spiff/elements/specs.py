"""What our elements do when a token is on them: processes and those that they call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import SimpleBpmnTask
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.spiff.specs.defaults import CallActivity as UpstreamCallActivity
from SpiffWorkflow.spiff.specs.defaults import SubWorkflowTask as UpstreamSubProcess
from SpiffWorkflow.spiff.specs.defaults import TransactionSubprocess as UpstreamTransaction
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.spiff.fixes import STARTED, EndJoin
from engine.spiff.flows import CalledFlow

if TYPE_CHECKING:
    from engine.spiff.elements.handing_over import Handing
    from engine.spiff.fixes import Token


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

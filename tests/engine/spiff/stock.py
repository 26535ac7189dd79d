"""The stock engine on the same drawings, to see whether upstream still needs what we do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.spiff.parser import SpiffBpmnParser
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from tests.engine.spiff.drawing import Process

READY = TaskState.READY


def stock(*processes: Process) -> Any:
    """Begin the first process in an engine without any of our classes; starts must be plain."""
    parser = SpiffBpmnParser()
    for each in processes:
        parser.add_bpmn_xml(etree.fromstring(each.bytes()))
    root = processes[0].process
    workflow = BpmnWorkflow(parser.get_spec(root), parser.get_subprocess_specs(root))
    workflow.do_engine_steps()
    return workflow


def waits(workflow: Any) -> list[str]:
    return sorted(task.task_spec.name for task in workflow.get_tasks(state=READY, manual=True))


def does(workflow: Any, element: str, **answers: object) -> None:
    task = workflow.get_next_task(state=READY, spec_name=element)
    task.set_data(**answers)
    task.run()
    workflow.do_engine_steps()

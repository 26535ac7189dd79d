"""Service tasks: what the engine does with the move, and what a connector answers afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from SpiffWorkflow.spiff.parser.task_spec import SpiffTaskParser
from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.spiff.files.plain import SAID
from engine.spiff.files.sheet import AT_ONCE
from engine.spiff.files.xml import NAMESPACES
from engine.spiff.language.arithmetic import storable
from engine.spiff.language.expressions import compile_expression
from engine.spiff.moves import Call
from engine.spiff.reading import evaluate, failure

if TYPE_CHECKING:
    from uuid import UUID

    from engine.spiff.files.sheet import Node
    from engine.spiff.fixes import Token
    from engine.spiff.language.expressions import Expression

_EXTENSION: Final = "bpmn:extensionElements/spiff:"


class Operation(SpiffBpmnTask):
    """Asks the engine for an operation, which happens when the move is stored."""

    def __init__(self, wf_spec: Any, name: str, operator: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.operator = operator

    def _run_hook(self, my_task: Token) -> bool:
        mark = my_task.mark
        effect = Call(self.operator, mark.process, mark.element)
        my_task.workflow.top_workflow.journal.effects.append(effect)
        return True


class Request(SpiffBpmnTask):
    """Asks a connector or for the number, and keeps its token until the answer is brought."""

    def __init__(self, wf_spec: Any, name: str, operator: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.operator = operator
        self.parameters: dict[str, Expression] = {}
        self.result: str | None = None

    def dress(self, node: Node) -> None:
        """Take the parameters and the variable of the answer from the drawing."""
        self.parameters = {name: compile_expression(text) for name, text in node.parameters}
        self.result = node.result

    def _run_hook(self, my_task: Token) -> None:
        call = uuid4()
        my_task.internal_data["call"] = call.hex
        my_task.workflow.top_workflow.journal.effects.append(self.asked(my_task, call))

    def asked(self, my_task: Token, call: UUID) -> Call:
        """Say what is asked, by the variables as they are; RunError if that cannot be said."""
        given = {
            name: _kept(my_task, name, evaluate(my_task, expression))
            for name, expression in self.parameters.items()
        }
        mark = my_task.mark
        return Call(self.operator, mark.process, mark.element, call, given)

    def answered(self, my_task: Token, result: object) -> None:
        """Take the answer and go on; RunError if it cannot be kept."""
        if self.result is not None:
            my_task.workflow.assign(self.result, _kept(my_task, self.result, result))
        my_task.complete()


def _kept(token: Token, name: str, value: object) -> object:
    try:
        return storable(value)
    except (TypeError, RecursionError) as error:
        raise failure(
            token,
            f"“{name}”的值不能保存。请检查连接器的返回值或参数表达式。",
            f'The value of "{name}" cannot be kept. Check the connector or the expression.',
            variable=name,
        ) from error


class OperationParser(SpiffTaskParser):
    """Makes an Operation or a Request. Upstream gives up on a parameter without a type."""

    def parse_extensions(self, _node: Any = None) -> dict[str, str | None]:
        found = ((name, self.node.find(_EXTENSION + name, NAMESPACES)) for name in _SCRIPTS)
        return {name: xml.text for name, xml in found if xml is not None}

    def create_task(self) -> Operation | Request:
        asked = self.node.find(f"{_EXTENSION}serviceTaskOperator", NAMESPACES)
        operator, result = asked.get(SAID), asked.get("resultVariable")
        scripts = self.parse_extensions()
        return (Operation if operator in AT_ONCE and not result else Request)(
            self.spec,
            self.bpmn_id,
            operator,
            prescript=scripts.get("preScript"),
            postscript=scripts.get("postScript"),
            **self.bpmn_attributes,
        )


_SCRIPTS: Final = ("preScript", "postScript")

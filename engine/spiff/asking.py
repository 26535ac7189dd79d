"""A business rule task: it asks a decision table and takes the answer as variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.spiff.expressions import EvaluationError
from engine.spiff.moves import Decision
from engine.spiff.policies import AmbiguousError
from engine.spiff.reading import failure

if TYPE_CHECKING:
    from engine.spiff.fixes import Token


class BusinessRule(SpiffBpmnTask):
    """Asks a decision table and takes its outputs as variables."""

    def __init__(self, wf_spec: Any, name: str, decision: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _run_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        decider = top.plan.deciders[self.decision]
        try:
            rule, inputs, outputs = decider.decide(my_task.data)
        except EvaluationError as error:
            raise failure(
                my_task, error.zh, error.en, expression=error.text, variable=error.variable
            ) from error
        except AmbiguousError as error:
            raise failure(
                my_task,
                f"决策表“{self.decision}”：{error.zh}",
                f'Table "{self.decision}": {error.en}',
            ) from error
        for name, value in outputs.items():
            my_task.workflow.assign(name, value)
        mark, table = my_task.mark, decider.table
        ours = any(row.our_default for row in table.rows(rule))
        top.journal.decisions.append(
            Decision(table.id, mark.process, mark.element, rule, inputs, outputs, ours)
        )
        return True

"""A business rule task: it asks a decision table and takes the answer as variables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.spiff.specs.spiff_task import SpiffBpmnTask

from engine.spiff.dmn.chains import FailedError, ask
from engine.spiff.moves import Decision
from engine.spiff.reading import failure

if TYPE_CHECKING:
    from engine.spiff.dmn.chains import Answer
    from engine.spiff.fixes import Token


class BusinessRule(SpiffBpmnTask):
    """Asks a decision table and takes its outputs as variables."""

    def __init__(self, wf_spec: Any, name: str, decision: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, name, **kwargs)
        self.decision = decision

    def _run_hook(self, my_task: Token) -> bool:
        top = my_task.workflow.top_workflow
        if self.decision not in top.plan.deciders:
            raise failure(
                my_task,
                f"这一版的决策“{self.decision}”读不出来。请联系管理员。",
                f'The decision "{self.decision}" of this version cannot be read. Ask the operator.',
            )
        try:
            answers = ask(top.plan.deciders, self.decision, my_task.data)
        except FailedError as error:
            names, cause = error.table.names, error.cause
            raise failure(
                my_task,
                f"决策“{names.zh}”：{cause.zh}",
                f'Decision "{names.en}": {cause.en}',
                expression=cause.text,
                variable=cause.variable,
            ) from error
        for name, value in answers[self.decision].outputs.items():
            my_task.workflow.assign(name, value)
        top.journal.decisions += [_told(answer, my_task) for answer in answers.values()]
        return True


def _told(answer: Answer, token: Token) -> Decision:
    table, mark = answer.decider.table, token.mark
    ours = any(row.our_default for row in table.rows(answer.rule))
    return Decision(
        table.id, mark.process, mark.element, answer.rule, answer.inputs, answer.outputs, ours
    )

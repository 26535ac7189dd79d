"""What a diagram leans on: called processes, decision tables, operations of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.sheet import AT_ONCE, local
from engine.spiff.files.xml import NAMESPACES
from engine.spiff.language.expressions import is_name
from engine.spiff.lint.told import meant
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node
    from engine.spiff.files.sources import Sources

_OPERATOR: Final = "bpmn:extensionElements/spiff:serviceTaskOperator"


def called_exist(sources: Sources) -> Iterator[Problem]:
    """Let every call activity call a process that there is."""
    for sheet, node in sources.nodes():
        if node.kind == "callActivity" and node.called not in {*sources.sheets, *sources.unread}:
            zh, en = meant(node.called or "", sources.named(".bpmn"))
            yield Problem(
                sheet.file, node.id, "no_process",
                f"调用活动“{node.id}”调用的流程“{node.called or '—'}”没有可读的 .bpmn 文件。"
                f"{zh}",
                f'"{node.id}" calls "{node.called or "—"}", for which there is no readable file.'
                f"{en}",
            )  # fmt: skip


def no_recursion(sources: Sources) -> Iterator[Problem]:
    """Let no process call itself, directly or through others."""
    for sheet, node in sources.nodes():
        if node.called and _leads_to(sources, node.called, sheet.process_id):
            yield Problem(
                sheet.file, node.id, "recursion",
                f"调用活动“{node.id}”最终又调用本流程“{sheet.process_id}”。请用循环代替。",
                f'"{node.id}" in the end calls its own process "{sheet.process_id}". Draw a loop.',
            )  # fmt: skip


def _leads_to(sources: Sources, process: str, goal: str) -> bool:
    seen, pending = {process}, [process]
    while pending:
        sheet = sources.sheets.get(pending.pop())
        for node in sheet.nodes.values() if sheet else ():
            if node.called and node.called not in seen:
                seen.add(node.called)
                pending.append(node.called)
    return goal in seen


def tables_exist(sources: Sources) -> Iterator[Problem]:
    """Let every business rule task ask a table that there is."""
    for sheet, node in sources.nodes():
        if node.kind == "businessRuleTask" and node.decision not in sources.tables:
            zh, en = meant(node.decision or "", sources.named(".dmn"))
            yield Problem(
                sheet.file, node.id, "no_table",
                f"规则任务“{node.id}”的决策表“{node.decision or '—'}”不存在。{zh}"
                "请在其 extensionElements 内写 <spiffworkflow:calledDecisionId>表的 id"
                "</spiffworkflow:calledDecisionId>，并在 bpmn/decisions 放同名 .dmn。",
                f'"{node.id}" asks the table "{node.decision or "—"}", which does not exist.{en} '
                "Write <spiffworkflow:calledDecisionId>the table's id"
                "</spiffworkflow:calledDecisionId> into its extensionElements and put the .dmn "
                "of that name in bpmn/decisions.",
            )  # fmt: skip


def tables_readable(sources: Sources) -> Iterator[Problem]:
    """Let every cell of every table be one that we can read."""
    for reading in sources.tables.values():
        yield from reading.problems


def operations_known(sources: Sources) -> Iterator[Problem]:
    """Let service tasks ask only for operations that the engine or a connector does."""
    operators = {**sources.operators, **AT_ONCE}
    for sheet, node in sources.nodes():
        if node.kind != "serviceTask":
            continue
        if node.operator not in operators:
            known = ", ".join(sorted(operators))
            yield Problem(
                sheet.file, node.id, "no_operation",
                f"服务任务“{node.id}”的操作“{node.operator or '—'}”不存在。可用：{known}。",
                f'"{node.id}" asks for "{node.operator or "—"}". There are: {known}.',
            )  # fmt: skip
            continue
        for zh, en in _odd_parameters(node, operators[node.operator]):
            yield Problem(
                sheet.file, node.id, "bad_parameters",
                f"服务任务“{node.id}”（{node.operator}）{zh}",
                f'"{node.id}" ({node.operator}) {en}',
            )  # fmt: skip


def _odd_parameters(node: Node, wanted: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    given = [name for name, _ in node.parameters]
    there_are = "、".join(wanted) or "无", ", ".join(wanted) or "none"
    for name in sorted(set(given) - set(wanted)):
        yield (
            f"没有参数“{name}”。它的参数：{there_are[0]}。",
            f'has no parameter "{name}". There are: {there_are[1]}.',
        )
    for name in wanted:
        if given.count(name) != 1:
            yield (
                f"应恰有一个参数“{name}”，现有 {given.count(name)} 个。请写成表达式。",
                f'needs the parameter "{name}" once, not {given.count(name)} times: an expression.',
            )
    found = node.xml.find(_OPERATOR, NAMESPACES)
    for child in found if found is not None else ():
        if local(child) != "parameters":
            yield (
                f"的 {local(child)} 不会生效：连接器自行重试。请删去。",
                f"has {local(child)}, which is ignored: connectors retry by themselves. Delete it.",
            )
    if node.result and not is_name(node.result):
        yield (
            f"的结果变量“{node.result}”不是变量名。请用小写字母、数字和下划线。",
            f'has the result variable "{node.result}", which is no name. Write it in snake_case.',
        )

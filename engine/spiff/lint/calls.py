"""What a diagram leans on: called processes, decision tables, operations of the engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.bundle import Bundle

OPERATIONS: Final = frozenset({"allot_number"})


def called_exist(bundle: Bundle) -> Iterator[Problem]:
    """Let every call activity call a process that there is."""
    for sheet, node in bundle.nodes():
        if node.kind == "callActivity" and node.called not in {*bundle.sheets, *bundle.unread}:
            yield Problem(
                sheet.file, node.id, "no_process",
                f"调用活动“{node.id}”调用的流程“{node.called or '—'}”没有可读的 .bpmn 文件。",
                f'"{node.id}" calls "{node.called or "—"}", for which there is no readable file.',
            )  # fmt: skip


def no_recursion(bundle: Bundle) -> Iterator[Problem]:
    """Let no process call itself, directly or through others."""
    for sheet, node in bundle.nodes():
        if node.called and _leads_to(bundle, node.called, sheet.process_id):
            yield Problem(
                sheet.file, node.id, "recursion",
                f"调用活动“{node.id}”最终又调用本流程“{sheet.process_id}”。请用循环代替。",
                f'"{node.id}" in the end calls its own process "{sheet.process_id}". Draw a loop.',
            )  # fmt: skip


def _leads_to(bundle: Bundle, process: str, goal: str) -> bool:
    seen, pending = {process}, [process]
    while pending:
        sheet = bundle.sheets.get(pending.pop())
        for node in sheet.nodes.values() if sheet else ():
            if node.called and node.called not in seen:
                seen.add(node.called)
                pending.append(node.called)
    return goal in seen


def tables_exist(bundle: Bundle) -> Iterator[Problem]:
    """Let every business rule task ask a table that there is."""
    for sheet, node in bundle.nodes():
        if node.kind == "businessRuleTask" and node.decision not in bundle.tables:
            yield Problem(
                sheet.file, node.id, "no_table",
                f"规则任务“{node.id}”的决策表“{node.decision or '—'}”不存在。"
                "请填 calledDecisionId，并在 bpmn/decisions 放同名 .dmn。",
                f'"{node.id}" asks the table "{node.decision or "—"}", which does not exist. '
                "Set calledDecisionId and put the .dmn of that name in bpmn/decisions.",
            )  # fmt: skip


def tables_readable(bundle: Bundle) -> Iterator[Problem]:
    """Let every cell of every table be one that we can read."""
    for reading in bundle.tables.values():
        yield from reading.problems


def operations_known(bundle: Bundle) -> Iterator[Problem]:
    """Let service tasks ask only for operations that the engine has."""
    for sheet, node in bundle.nodes():
        if node.kind == "serviceTask" and node.operator not in OPERATIONS:
            known = ", ".join(sorted(OPERATIONS))
            yield Problem(
                sheet.file, node.id, "no_operation",
                f"服务任务“{node.id}”的操作“{node.operator or '—'}”不存在。可用：{known}。",
                f'"{node.id}" asks for "{node.operator or "—"}". There are: {known}.',
            )  # fmt: skip

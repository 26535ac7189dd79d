"""Which elements we execute: what is not listed here is refused by name, never ignored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.eventful import CHOICE, CONDITIONAL, MESSAGE, SIGNAL, STARTS, TIMER
from engine.spiff.files.sheet import AT_ONCE, EMBEDDED
from engine.spiff.lint import refused
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sheet import Node
    from engine.spiff.files.sources import Sources

TERMINATE: Final = "terminateEventDefinition"
ERROR: Final = "errorEventDefinition"
ESCALATION: Final = "escalationEventDefinition"
CANCEL: Final = "cancelEventDefinition"
CATCHES: Final = frozenset({(TIMER,), (MESSAGE,), (SIGNAL,), (CONDITIONAL,)})
THROWS: Final = frozenset({(), (MESSAGE,), (SIGNAL,), (ESCALATION,)})
EVENTS: Final[Mapping[str, frozenset[tuple[str, ...]]]] = {
    "startEvent": frozenset(STARTS),
    "endEvent": THROWS | {(TERMINATE,), (ERROR,), (CANCEL,)},
    "intermediateThrowEvent": THROWS,
    "intermediateCatchEvent": CATCHES,
    "boundaryEvent": CATCHES | {(ERROR,), (ESCALATION,), (CANCEL,)},
}
HOSTS: Final = EMBEDDED | {"userTask", "manualTask", "receiveTask", "callActivity"}
ACTIVITIES: Final = HOSTS | {"scriptTask", "businessRuleTask", "serviceTask", "sendTask"}
GATEWAYS: Final = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", CHOICE})
_KINDS: Final = {
    "plain": "普通", "message": "消息", "signal": "信号", "timer": "定时", "conditional": "条件",
    "error": "错误", "escalation": "升级", "terminate": "终止", "cancel": "取消",
}  # fmt: skip
SUPPORTED: Final = ACTIVITIES | GATEWAYS | EVENTS.keys()


def supported(sources: Sources) -> Iterator[Problem]:
    """Let elements and their event definitions be ones that are proven to run."""
    for sheet, node in sources.nodes():
        if node.kind not in SUPPORTED:
            yield refused.KINDS.get(node.kind, _other(node)).of(sheet.file, node.id)
        elif node.kind in EVENTS and node.events not in EVENTS[node.kind]:
            refusal = refused.event(node)
            if refusal is not None:
                yield refusal.of(sheet.file, node.id, "unsupported_event")
                continue
            zh, en = _said(node.events)
            known = [_said(event) for event in sorted(EVENTS[node.kind])]
            yield Problem(
                sheet.file, node.id, "unsupported_event",
                f"事件“{node.id}”（{node.kind}）是{zh}事件，不支持。"
                f"请改用{'、'.join(zh for zh, _ in known)}事件。",
                f'Event "{node.id}" ({node.kind}) is of the kind "{en}", which is not supported. '
                f"Use one of {', '.join(en for _, en in known)}.",
            )  # fmt: skip


def _said(events: tuple[str, ...]) -> tuple[str, str]:
    """Give an event's definitions in Chinese and English; of a kind we do not know, its tag."""
    tags = [event.removesuffix("EventDefinition") for event in events] or ["plain"]
    zh = "加".join(_KINDS.get(tag, f" {tag} ") for tag in tags)
    return zh, " and ".join(tags)


def _other(node: Node) -> refused.Refusal:
    return refused.Refusal(
        (f" {node.kind}", f"a {node.kind}"),
        ("引擎不执行这种元素", "the engine does not run such elements"),
        ("请改画成任务、网关、事件或子流程", "Draw it as a task, gateway, event or sub-process"),
    )


def supported_details(sources: Sources) -> Iterator[Problem]:
    """Let activities carry no markers, associations or scripts that would be ignored."""
    for sheet, node in sources.nodes():
        for zh, en in _odd_details(node):
            yield Problem(
                sheet.file, node.id, "unsupported",
                f"元素“{node.id}”带有{zh}，不支持。请删去并画成普通元素。",
                f'"{node.id}" has {en}, which is not supported. Remove it and draw it plainly.',
            )  # fmt: skip


def _odd_details(node: Node) -> Iterator[tuple[str, str]]:
    if node.kind not in ACTIVITIES - {"scriptTask", "sendTask"}:
        for script in ("preScript", "postScript"):
            if node.extension(script):
                yield f"不会执行的 {script}", f"a {script}, which would not run"


def one_start(sources: Sources) -> Iterator[Problem]:
    """Let every scope have one start event: of any kind for a procedure, else a plain one."""
    for sheet in sources.sheets.values():
        for scope in sheet.scopes:
            starts = [node for node in sheet.inside(scope) if node.kind == "startEvent"]
            if len(starts) != 1:
                yield Problem(
                    sheet.file, scope, "one_start",
                    f"“{scope}”有 {len(starts)} 个开始事件，应恰有一个。",
                    f'"{scope}" has {len(starts)} start events; it must have one.',
                )  # fmt: skip
                continue
            node = starts[0]
            if node.events and scope != sources.root:
                yield Problem(
                    sheet.file, node.id, "start_kind",
                    f"“{scope}”由别的图调用，开始事件“{node.id}”应为普通开始事件。"
                    "请删去它的事件定义。",
                    f'"{scope}" is begun by another diagram, so "{node.id}" must be a plain start '
                    "event. Delete its event definition.",
                )  # fmt: skip


def some_end(sources: Sources) -> Iterator[Problem]:
    """Let every scope have an end event."""
    for sheet in sources.sheets.values():
        for scope in sheet.scopes:
            if not any(node.kind == "endEvent" for node in sheet.inside(scope)):
                yield Problem(
                    sheet.file, scope, "no_end",
                    f"“{scope}”没有结束事件。请画一个。", f'"{scope}" has no end event. Draw one.',
                )  # fmt: skip


def hosts_wait(sources: Sources) -> Iterator[Problem]:
    """Let boundary events hang on activities that wait, in their own scope."""
    for sheet, node in sources.nodes():
        if node.kind != "boundaryEvent":
            continue
        host = sheet.nodes.get(node.attached or "")
        if host is not None and (not _waits(host) or host.scope != node.scope):
            yield Problem(
                sheet.file, node.id, "bad_host",
                f"边界事件“{node.id}”所附的“{node.attached}”不是等待的活动。"
                "请附在用户任务、接收任务、服务任务、调用活动或子流程上。",
                f'Boundary event "{node.id}" hangs on "{node.attached}", which does not wait. '
                "Attach it to a step, a receive or service task, a call activity or a sub-process.",
            )  # fmt: skip


def _waits(node: Node) -> bool:
    return node.kind in HOSTS or (node.kind == "serviceTask" and node.operator not in AT_ONCE)

"""Event-based gateways: what follows one waits, and waits for nothing but this gateway."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.eventful import CHOICE
from engine.spiff.files.sheet import local
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

CATCHING: Final = frozenset({"intermediateCatchEvent", "receiveTask"})
LOOPS: Final = frozenset({"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"})


def plain_choices(sources: Sources) -> Iterator[Problem]:
    """Let event-based gateways be exclusive, and inside the flow rather than at its start."""
    for sheet, node in sources.nodes():
        if node.kind != CHOICE:
            continue
        if node.xml.get("eventGatewayType", "Exclusive") != "Exclusive":
            yield Problem(
                sheet.file, node.id, "unsupported",
                f"并行的事件网关“{node.id}”不支持。请改用并行网关，后面各接一个等待事件。",
                f'"{node.id}" is a parallel event-based gateway, which is not supported. Draw a '
                "parallel gateway with a catch event on each way.",
            )  # fmt: skip
        if node.xml.get("instantiate") == "true":
            yield Problem(
                sheet.file, node.id, "unsupported",
                f"事件网关“{node.id}”不能发起流程（instantiate）。请用开始事件。",
                f'The event-based gateway "{node.id}" cannot begin a process (instantiate). '
                "Draw a start event.",
            )  # fmt: skip


def choices_wait(sources: Sources) -> Iterator[Problem]:
    """Let only what waits follow an event-based gateway, reached from there alone."""
    for sheet, node in sources.nodes():
        for edge in sheet.outgoing(node.id) if node.kind == CHOICE else ():
            target = sheet.nodes.get(edge.target)
            objection = _objection(sheet, target) if target else None
            if target is not None and objection:
                zh, en = objection
                yield Problem(
                    sheet.file, target.id, "bad_choice",
                    f"事件网关“{node.id}”后面的“{target.id}”{zh}。"
                    "请只接等待消息、信号、时间或条件的中间事件，或接收任务。",
                    f'"{target.id}" after the event-based gateway "{node.id}" {en}. Let only '
                    "catch events for a message, signal, time or condition, or receive tasks, "
                    "follow it.",
                )  # fmt: skip


def _objection(sheet: Sheet, target: Node) -> tuple[str, str] | None:
    if target.kind not in CATCHING:
        return f"是 {target.kind}，不等待事件", f"is a {target.kind}, which waits for no event"
    if len(sheet.incoming(target.id)) > 1:
        return "还有别的入口", "has other ways in"
    if sheet.boundary(target.id):
        return "带有边界事件", "has boundary events"
    if any(local(child) in LOOPS for child in target.xml):
        return "带有循环或多实例标记", "has a loop or multi-instance marker"
    return None

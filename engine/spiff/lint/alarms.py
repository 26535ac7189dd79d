"""Errors, escalations and cancels: thrown with a code, caught around, and caught for a reason."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from engine.spiff.elements.alarms import (
    CANCEL,
    ERROR,
    ESCALATION,
    Alarm,
    alarm,
    caught_at,
    reference,
    thrown_by,
)
from engine.spiff.files.labels import label
from engine.spiff.language.expressions import is_name
from engine.spiff.model import Names, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

_ZH: Final = {ERROR: "错误", ESCALATION: "升级", CANCEL: "取消"}
_EN: Final = {ERROR: "error", ESCALATION: "escalation", CANCEL: "cancel"}
_ATTRIBUTE: Final = {ERROR: "errorCode", ESCALATION: "escalationCode"}
_SCOPES: Final = frozenset({"subProcess", "transaction", "callActivity"})
_HOSTS: Final = {ERROR: _SCOPES, ESCALATION: _SCOPES, CANCEL: frozenset({"transaction"})}
_PLACES: Final = {
    ERROR: (
        "子流程、事务、调用活动或服务任务",
        "a sub-process, a transaction, a call activity or a service task",
    ),
    ESCALATION: ("子流程、事务或调用活动", "a sub-process, a transaction or a call activity"),
    CANCEL: ("事务子流程", "a transaction"),
}


def alarms(sources: Sources) -> Iterator[tuple[Sheet, Node, Alarm]]:
    """Give every event that throws or catches an error, an escalation or a cancel."""
    for sheet, node in sources.nodes():
        found = alarm(node, sheet)
        if found is not None:
            yield sheet, node, found


def have_codes(sources: Sources) -> Iterator[Problem]:
    """Let what is thrown have a code; a boundary event without a reference catches any."""
    for sheet, node, found in alarms(sources):
        refers = reference(node, found.kind) is not None
        if found.kind != CANCEL and not found.code and (refers or not _catches(node)):
            zh, en = _ZH[found.kind], _EN[found.kind]
            attribute = _ATTRIBUTE[found.kind]
            yield Problem(
                sheet.file, node.id, "no_code",
                f"{zh}事件“{node.id}”没有引用带 {attribute} 的{zh}。请定义{zh}、填写代码并选择它。",
                f'The {en} event "{node.id}" refers to no {en} with an {attribute}. Define one '
                "with a code and choose it.",
            )  # fmt: skip
        for name in found.carries:
            if not is_name(name):
                yield Problem(
                    sheet.file, node.id, "bad_name",
                    f"“{node.id}”携带的“{name}”不能作变量名。名称用小写字母和下划线，以空格分开。",
                    f'"{node.id}" carries "{name}", which is no name of a variable. '
                    "Write snake_case names with blanks between.",
                )  # fmt: skip


def hang_where_it_is_thrown(sources: Sources) -> Iterator[Problem]:
    """Let boundary events hang on activities out of which their alarm can come."""
    sprung = {trap for flight in _flights(sources) for trap in flight.sprung}
    for sheet, node, found in alarms(sources):
        host = sheet.nodes.get(node.attached or "")
        if not _catches(node) or host is None:
            continue
        zh, en = _ZH[found.kind], _EN[found.kind]
        itself = thrown_by(host, sheet)
        if host.kind not in _HOSTS[found.kind] and (not itself or itself.kind != found.kind):
            yield Problem(
                sheet.file, node.id, "bad_host",
                f"{zh}边界事件“{node.id}”所附的“{host.id}”不会发出{zh}。"
                f"请附在{_PLACES[found.kind][0]}上。",
                f'The {en} boundary event "{node.id}" hangs on "{host.id}", out of which no {en} '
                f"comes. Attach it to {_PLACES[found.kind][1]}.",
            )  # fmt: skip
        elif (sheet.process_id, node.id) not in sprung:
            code = f" {found.code}" if found.code else ""
            yield Problem(
                sheet.file, node.id, "never_thrown",
                f"“{host.id}”里面没有人发出“{node.id}”等待的{zh}{code}，或里面已经处理。"
                "请核对代码，或删去该边界事件。",
                f'Nothing inside "{host.id}" throws the {en}{code} that "{node.id}" waits for, or '
                "it is caught further inside. Check the code, or delete the boundary event.",
            )  # fmt: skip


def interrupt_once(sources: Sources) -> Iterator[Problem]:
    """Let errors and cancels interrupt, and nothing be caught twice on one activity."""
    for sheet, node, found in alarms(sources):
        if not _catches(node):
            continue
        zh, en = _ZH[found.kind], _EN[found.kind]
        if found.kind != ESCALATION and not node.interrupts:
            yield Problem(
                sheet.file, node.id, "must_interrupt",
                f"{zh}边界事件“{node.id}”必须中断活动。请去掉 cancelActivity。",
                f'The {en} boundary event "{node.id}" must interrupt. Delete cancelActivity.',
            )  # fmt: skip
        for other in sheet.boundary(node.attached or ""):
            same = alarm(other, sheet)
            if other.id < node.id and same and (same.kind, same.code) == (found.kind, found.code):
                yield Problem(
                    sheet.file, node.id, "caught_twice",
                    f"“{node.id}”与“{other.id}”在同一活动上等待同一个{zh}。请删去一个。",
                    f'"{node.id}" and "{other.id}" wait for the same {en} on one activity. '
                    "Delete one of them.",
                )  # fmt: skip


def are_caught(sources: Sources) -> Iterator[Problem]:
    """Let every error that an event throws be caught somewhere around it, whoever calls it."""
    for flight in _flights(sources):
        if flight.way is not None and flight.thrown.kind == ERROR and flight.thrown.code:
            zh = " → ".join(each.zh for each in flight.way)
            en = " → ".join(each.en for each in flight.way)
            yield Problem(
                flight.sheet.file, flight.node.id, "uncaught",
                f"错误 {flight.thrown.code} 没有人处理：{zh} → 规程之外。"
                "请在其中一个外层活动上画错误边界事件。",
                f"Nobody catches the error {flight.thrown.code}: {en} → out of the procedure. "
                "Draw an error boundary event on an activity around it.",
            )  # fmt: skip


def cancels_lie_in_transactions(sources: Sources) -> Iterator[Problem]:
    """Let cancel ends lie directly in a transaction that has a boundary event for them."""
    for sheet, node, thrown in alarms(sources):
        if thrown.kind != CANCEL or _catches(node):
            continue
        scope = sheet.nodes.get(node.scope)
        if scope is None or scope.kind != "transaction":
            yield Problem(
                sheet.file, node.id, "bad_cancel",
                f"取消结束事件“{node.id}”不直接在事务里。请移到事务子流程中，或改为错误结束事件。",
                f'The cancel end event "{node.id}" does not lie directly in a transaction. Move '
                "it into one, or make it an error end event.",
            )  # fmt: skip
        elif not caught_at(scope, sheet, thrown)[0]:
            yield Problem(
                sheet.file, node.id, "uncaught",
                f"取消“{node.id}”没有人处理。请在事务“{scope.id}”上画取消边界事件。",
                f'Nobody catches the cancel of "{node.id}". Draw a cancel boundary event on the '
                f'transaction "{scope.id}".',
            )  # fmt: skip


def _catches(node: Node) -> bool:
    return node.kind == "boundaryEvent"


@dataclass
class _Flight:
    """How far an alarm flies: what it may spring, and a way on which nobody catches it."""

    sheet: Sheet
    node: Node
    thrown: Alarm
    sprung: set[tuple[str, str]] = field(default_factory=set)
    way: list[Names] | None = None


def _flights(sources: Sources) -> Iterator[_Flight]:
    callers: dict[str, list[tuple[Sheet, Node]]] = {}
    for sheet, node in sources.nodes():
        if node.called:
            callers.setdefault(node.called, []).append((sheet, node))
    for sheet, node in sources.nodes():
        thrown = thrown_by(node, sheet)
        if thrown is not None:
            yield _fly(sources, callers, _Flight(sheet, node, thrown))


def _fly(
    sources: Sources, callers: Mapping[str, list[tuple[Sheet, Node]]], flight: _Flight
) -> _Flight:
    pending = deque([(flight.sheet, flight.node, flight.thrown, list[Names]())])
    seen: set[tuple[str, str, Alarm]] = set()
    while pending:
        sheet, host, thrown, way = pending.popleft()
        here = sheet.process_id, host.id, thrown
        if here in seen:
            continue
        seen.add(here)
        traps, left = caught_at(host, sheet, thrown)
        flight.sprung.update((sheet.process_id, trap.id) for trap in traps)
        way = [*way, label(host.names, f"{sheet.process_id}:{host.id}")]
        if left is None:
            continue
        if host.scope == sources.root:
            flight.way = flight.way or way
        around = callers.get(host.scope, []) if host.scope == sheet.process_id else None
        for outer, node in around if around is not None else [(sheet, sheet.nodes[host.scope])]:
            pending.append((outer, node, left, way))
    return flight

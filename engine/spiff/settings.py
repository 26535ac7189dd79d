"""What is set at an element, under the words that people know it by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.building import rule_of
from engine.spiff.elements.repeats import Again, Many, repetition
from engine.spiff.explaining import meaning
from engine.spiff.files.actions import actions_of
from engine.spiff.files.eventful import TIMER, Parcel
from engine.spiff.files.sheet import own
from engine.spiff.files.xml import NAMESPACES
from engine.spiff.model import Names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from engine.spiff.elements.timers import Rule
    from engine.spiff.files.sheet import Node, Sheet

    Known = Mapping[str, Names]
    Said = tuple[Names, str | Names | None]

_DEADLINE: Final = Names("期限", "deadline")
_REMINDER: Final = Names("提醒", "reminder")
_WAITING: Final = Names("等候时间", "waiting time")
_BEGINS: Final = Names("启动时间", "starting time")
_CASE: Final = Names("整个案件", "the whole case")
_ACTIONS: Final[Mapping[str, Names]] = {
    "transfer": Names("转办", "transfer"),
    "delegate": Names("委派", "delegate"),
    "addsign": Names("加签", "add-sign"),
    "copy": Names("抄送", "copy"),
    "assign": Names("指派", "assign"),
    "urge": Names("催办", "urge"),
    "return": Names("退回", "return"),
    "withdraw": Names("撤回", "withdraw"),
}
_YES, _NO = Names("是", "yes"), Names("否", "no")


def settings_of(sheet: Sheet, node: Node, known: Known) -> dict[Names, Names]:
    """Give what is set at an element, by label; `known` names what is referred to by id or code."""
    said = (
        *_timed(sheet, node),
        *_hung(node, known),
        *_told(sheet, node, known),
        *_computed(node, known),
        *_repeated(node),
        *_roles(node, known),
    )
    return {
        label: value if isinstance(value, Names) else Names(value, value)
        for label, value in said
        if value
    }


def _timed(sheet: Sheet, node: Node) -> Iterator[Said]:
    if TIMER not in node.events or node.timing is None:
        return
    rule = rule_of(node, node.timing, sheet)
    words = meaning(rule)
    yield timer_label(node, rule), Names(words.zh, words.en)
    yield Names("日历", "calendar"), node.calendar


def timer_label(node: Node, rule: Rule) -> Names:
    """Say what a timer is to people: a deadline, a reminder, or how long the flow waits."""
    if node.kind == "startEvent":
        return _BEGINS
    if node.kind != "boundaryEvent":
        return _WAITING
    return _REMINDER if rule.repeats else _DEADLINE


def _hung(node: Node, known: Known) -> Iterator[Said]:
    if node.attached is None:
        return
    yield Names("所附的步骤", "step that it hangs on"), known.get(node.attached)
    yield Names("中断该步骤", "ends that step"), _YES if node.interrupts else _NO
    clock = own(node.xml, "clock")
    yield Names("计时范围", "whose clock"), _CASE if clock == "case" else clock


def _told(sheet: Sheet, node: Node, known: Known) -> Iterator[Said]:
    parcel = sheet.parcel(node)
    yield Names("消息或信号", "message or signal"), parcel.name
    yield Names("消息的关键字", "keys of the message"), _listed(parcel.keys, known)
    yield Names("消息带来的内容", "what the message carries"), _listed(parcel.carries, known)
    for each in ("error", "escalation"):
        found = node.xml.find(f"bpmn:{each}EventDefinition", NAMESPACES)
        if found is not None:
            code = sheet.codes.get(found.get(f"{each}Ref") or "", Parcel())
            yield Names("代码", "code"), code.name
    yield Names("可由谁发起", "who may begin it"), _listed(node.offered, known)
    yield Names("通知", "whom it notifies"), _listed(node.notifies, known)


def _computed(node: Node, known: Known) -> Iterator[Said]:
    yield Names("条件", "condition"), node.condition
    yield Names("计算", "script"), (node.script or "").strip()
    yield Names("开始前的计算", "script before it"), node.extension("preScript")
    yield Names("完成后的计算", "script after it"), node.extension("postScript")
    yield Names("决策表", "table"), _named(node.decision, known)
    yield Names("调用的流程", "diagram that it calls"), _named(node.called, known)
    yield Names("操作", "operation"), node.operator
    yield Names("操作的参数", "parameters"), _pairs(node.parameters)
    yield Names("答复存入", "answer goes to"), node.result


def _repeated(node: Node) -> Iterator[Said]:
    drawn = repetition(node)
    if isinstance(drawn, Many):
        yield Names("逐项办理的清单", "done for each of"), drawn.items
        yield Names("办理次数", "times"), drawn.count
        yield Names("逐项依次办理", "one after the other"), _YES if drawn.sequential else _NO
        yield Names("提前结束的条件", "ends early when"), drawn.until
    elif isinstance(drawn, Again):
        yield Names("重复的条件", "again while"), drawn.condition
        yield Names("最多遍数", "times at most"), drawn.most


def _roles(node: Node, known: Known) -> Iterator[Said]:
    if node.lane is not None:
        yield Names("办理角色取自", "role taken from"), node.lane.role_from
    yield Names("依据", "source"), own(node.xml, "source")
    for action, words in actions_of(node.xml).items():
        names = _ACTIONS.get(action, Names(action, action))
        yield Names(f"可{names.zh}", f"{names.en} to"), _listed(words, known)


def _named(key: str | None, known: Known) -> Names | None:
    return None if key is None else known.get(key, Names(key, key))


def _listed(words: Collection[str], known: Known) -> Names | None:
    names = [known.get(word, Names(word, word)) for word in words]
    if not names:
        return None
    return Names("、".join(each.zh for each in names), ", ".join(each.en for each in names))


def _pairs(parameters: Collection[tuple[str, str]]) -> str:
    return "；".join(f"{name} = {value}" for name, value in parameters)

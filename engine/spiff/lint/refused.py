"""What BPMN has and we do not run: each by its name, with the reason and the cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from engine.spiff.files.eventful import CONDITIONAL
from engine.spiff.files.sheet import local
from engine.spiff.files.xml import BPMN, NAMESPACES
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources


class Refusal(NamedTuple):
    """Name, reason and cure, each as (Chinese, English)."""

    name: tuple[str, str]
    reason: tuple[str, str]
    cure: tuple[str, str]

    def of(self, file: str, element: str | None, code: str = "unsupported") -> Problem:
        """Make the problem of one element."""
        return Problem(
            file, element, code,
            f"“{element or '—'}”是{self.name[0]}，不支持：{self.reason[0]}。{self.cure[0]}。",
            f'"{element or "—"}" is {self.name[1]}, which is not supported: {self.reason[1]}. '
            f"{self.cure[1]}.",
        )  # fmt: skip


_UNDO: Final = (
    ("做过的事不会自动撤销", "nothing that was done is undone by itself"),
    (
        "请在错误、取消或其他边界事件之后画出撤销的步骤",
        "Draw the steps that undo it after an error, cancel or other boundary event",
    ),
)
_PERFORMER: Final = Refusal(
    ("执行人", "assigned to a performer"),
    ("由谁做取决于泳道", "the lane says who works"),
    ("请把任务放进其角色的泳道，并删去执行人", "Put it into the lane of its role; delete that"),
)
_GLOBAL: Final = Refusal(
    ("全局任务", "a global task"),
    ("它不在任何流程里", "it lies in no process"),
    ("请画成一个流程文件，用调用活动调用", "Draw a process in a file of its own and call that"),
)
_CHOREOGRAPHY: Final = Refusal(
    ("编排", "a choreography"),
    ("它说明各方怎样交换消息，不说明由谁执行", "it says who sends what to whom, and runs nowhere"),
    ("请画成流程，用消息事件往来", "Draw processes that exchange messages"),
)
KINDS: Final = {
    "task": Refusal(
        ("未说明类型的任务", "a task of no kind"),
        ("没有说明由谁怎样完成", "it does not say who does it, or how"),
        (
            "由人做请改为用户任务，自动做请改为服务、脚本或规则任务",
            "Make it a user task if a person does it, else a service, script or business rule task",
        ),
    ),
    "complexGateway": Refusal(
        ("复杂网关", "a complex gateway"),
        ("它的激活条件没有统一的含义", "its activation condition has no one meaning"),
        (
            "请改用包容或并行网关；“几份中有几份完成即可”用带完成条件的多实例",
            "Use an inclusive gateway, or several instances with a completion condition",
        ),
    ),
    "adHocSubProcess": Refusal(
        ("临时子流程", "an ad hoc sub-process"),
        ("没有画顺序，无法判断何时完成", "without an order nobody can tell when it is done"),
        (
            "请画出顺序或并行；随时可做的事画成带 banjie:offeredTo 的非中断边界事件",
            "Draw an order; what may be done any time is a boundary event with banjie:offeredTo",
        ),
    ),
    "implicitThrowEvent": Refusal(
        ("隐含抛出事件", "an implicit throw event"),
        ("图上看不见它", "nobody can see it on the diagram"),
        ("请画成抛出事件", "Draw a throw event"),
    ),
    "choreographyTask": _CHOREOGRAPHY,
    "subChoreography": _CHOREOGRAPHY,
    "callChoreography": _CHOREOGRAPHY,
}
DEFINITIONS: Final = {
    "linkEventDefinition": Refusal(
        ("链接事件", "a link event"),
        ("它只是一条看不见的连线", "it is only a flow that nobody sees"),
        ("请直接画顺序流", "Draw the sequence flow"),
    ),
    "compensateEventDefinition": Refusal(("补偿事件", "a compensation event"), *_UNDO),
}
COMPENSATION: Final = Refusal(("补偿活动", "an activity for compensation"), *_UNDO)
EVENT_SUB_PROCESS: Final = Refusal(
    ("事件子流程", "an event sub-process"),
    (
        "引擎不能可靠地等待它的开始事件",
        "the engine cannot be trusted to wait for its start event",
    ),
    (
        "请把受它影响的部分画成子流程，在上面画边界事件（中断或非中断）",
        "Draw the part that it is for as a sub-process with a boundary event, interrupting or not",
    ),
)
MULTIPLE: Final = Refusal(
    ("多重事件", "a multiple event"),
    ("一个事件只能有一个定义", "an event has one definition"),
    (
        "请为每个定义画一个事件，如几个边界事件，或事件网关后的几个事件",
        "Draw an event for each: several boundary events, or several after an event-based gateway",
    ),
)
STARTS: Final = {
    CONDITIONAL: Refusal(
        ("条件开始事件", "a conditional start event"),
        ("案件还没有开始，没有变量可以判断", "before a case begins there are no variables"),
        ("请用定时开始，再用排他网关判断", "Use a timer start, then an exclusive gateway"),
    ),
    **{
        f"{tag}EventDefinition": Refusal(
            (f"{zh}开始事件", f"{en} start event"),
            ("只有事件子流程能由它开始", "only event sub-processes begin so"),
            (f"请在活动上画{zh}边界事件", f"Draw {en} boundary event on an activity"),
        )
        for tag, zh, en in (("error", "错误", "an error"), ("escalation", "升级", "an escalation"))
    },
}
ERROR_THROW: Final = Refusal(
    ("错误抛出事件", "an error throw event"),
    ("错误一旦抛出，所在的流程就结束", "an error ends what it is thrown in"),
    ("请改为错误结束事件，或改用升级", "Make it an error end event, or throw an escalation"),
)
PERFORMERS: Final = frozenset({"resourceRole", "performer", "humanPerformer", "potentialOwner"})
ROOTS: Final = {
    **dict.fromkeys(
        ("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask",
         "globalBusinessRuleTask"),
        _GLOBAL,
    ),
    **dict.fromkeys(("choreography", "globalChoreographyTask"), _CHOREOGRAPHY),
}  # fmt: skip
DATA_STORE: Final = Refusal(
    ("读写数据存储的活动", "an activity that reads or writes a data store"),
    ("案件以外的数据只经过连接器", "data outside of a case pass through connectors only"),
    (
        "请用服务任务读写，并删去这条关联；数据存储可以留作图示",
        "Use a service task and delete the association; the store may stay as a picture",
    ),
)


_USES: Final = (
    "bpmn:dataInputAssociation/bpmn:sourceRef",
    "bpmn:dataOutputAssociation/bpmn:targetRef",
)


def event(node: Node) -> Refusal | None:
    """Give why an event is refused that is not among those that run, if there is more to say."""
    if len(node.events) > 1:
        return MULTIPLE
    definition = node.events[0] if node.events else ""
    if node.kind == "startEvent" and definition in STARTS:
        return STARTS[definition]
    if node.kind == "intermediateThrowEvent" and definition == "errorEventDefinition":
        return ERROR_THROW
    return DEFINITIONS.get(definition)


def markers(sources: Sources) -> Iterator[Problem]:
    """Let nothing carry a marker or an assignment that would be ignored."""
    for sheet, node in sources.nodes():
        for refusal in _markers(node):
            yield refusal.of(sheet.file, node.id)


def _markers(node: Node) -> Iterator[Refusal]:
    if node.xml.get("triggeredByEvent") in {"true", "1"}:
        yield EVENT_SUB_PROCESS
    if node.xml.get("isForCompensation") in {"true", "1"}:
        yield COMPENSATION
    if node.xml.get("parallelMultiple") in {"true", "1"}:
        yield MULTIPLE
    if any(local(child) in PERFORMERS for child in node.xml):
        yield _PERFORMER
    for name in ("startQuantity", "completionQuantity"):
        if node.xml.get(name) not in {None, "1"}:
            yield Refusal(
                (f"带有 {name} 的活动", f"an activity with {name}"),
                ("一次只来一个、只走一个令牌", "one token comes and one goes on"),
                ("请用并行网关或多实例", "Use a parallel gateway or several instances"),
            )


def outside(sources: Sources) -> Iterator[Problem]:
    """Let nothing stand beside the process that would be ignored, and no data store be used."""
    for sheet in sources.sheets.values():
        for xml in sheet.root.iterchildren(f"{{{BPMN}}}*"):
            if local(xml) in ROOTS:
                yield ROOTS[local(xml)].of(sheet.file, xml.get("id"))
        yield from _stores(sheet)


def _stores(sheet: Sheet) -> Iterator[Problem]:
    stores = {xml.get("id") for xml in sheet.root.iter(f"{{{BPMN}}}dataStoreReference")}
    if not stores:
        return
    for node in sheet.nodes.values():
        refs = (xml for path in _USES for xml in node.xml.iterfind(path, NAMESPACES))
        if stores & {(xml.text or "").strip() for xml in refs}:
            yield DATA_STORE.of(sheet.file, node.id)

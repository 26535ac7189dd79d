"""Activities that run several times: everything that says how is there, and is read by us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.dmn.kinds import LIST
from engine.spiff.elements.repeats import COUNTER, COUNTERS, Again, Many, marker, repetition
from engine.spiff.files.xml import BANJIE, BPMN, SPIFF
from engine.spiff.language.expressions import is_name
from engine.spiff.language.inference import ANY
from engine.spiff.lint.elements import ACTIVITIES
from engine.spiff.model import Problem
from engine.spiff.possible import possible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Node, Sheet
    from engine.spiff.files.sources import Sources

READ: Final = frozenset(
    {
        "loopDataInputRef", "inputDataItem", "loopDataOutputRef", "outputDataItem",
        "loopCardinality", "completionCondition", "loopCondition", "extensionElements",
        "documentation",
    }
)  # fmt: skip
"""What stands in loop characteristics and is read."""
SAID: Final = frozenset(
    {"isSequential", "testBefore", "loopMaximum", "behavior", "id", "scriptsOnInstances"}
)
OURS: Final = frozenset({None, SPIFF, BANJIE, BPMN})
Words = tuple[str, str]


def repeats_read(sources: Sources) -> Iterator[Problem]:
    """Let nothing in loop characteristics be written for another engine, or be left unread."""
    for sheet, node in sources.nodes():
        xml = marker(node)
        for zh, en in _unread(xml) if xml is not None else ():
            yield Problem(
                sheet.file, node.id, "repeat_unread",
                f"“{node.id}”的多实例或循环标记里有{zh}，不支持。请改用 BPMN 的 loopDataInputRef、"
                "inputDataItem、loopDataOutputRef、outputDataItem、completionCondition。",
                f'The loop marker of "{node.id}" has {en}, which is not read. Write BPMN\'s '
                "loopDataInputRef, inputDataItem, loopDataOutputRef, outputDataItem, "
                "completionCondition.",
            )  # fmt: skip


def _unread(xml: etree._Element) -> Iterator[Words]:
    for attribute in map(etree.QName, map(str, xml.attrib)):
        name = attribute.localname
        if attribute.namespace not in OURS:
            yield f"其他引擎的属性 {name}", f"another engine's {name}"
        elif name not in SAID:
            yield f"属性 {name}", f"the attribute {name}"
    if xml.get("behavior", "All") != "All":
        yield f"behavior={xml.get('behavior')}", f"behavior={xml.get('behavior')}"
    for element in map(etree.QName, xml):
        if element.localname not in READ:
            yield f"元素 {element.localname}", f"the element {element.localname}"
    yield from _foreign(xml)


def _foreign(xml: etree._Element) -> Iterator[Words]:
    for inner in map(etree.QName, xml.iterfind(f"{{{BPMN}}}extensionElements/*")):
        if inner.namespace not in OURS:
            yield f"其他引擎的元素 {inner.localname}", f"another engine's {inner.localname}"


def repeats_whole(sources: Sources) -> Iterator[Problem]:
    """Let repeated activities say over what, with names that expressions can use."""
    for sheet, node in sources.nodes():
        drawn = repetition(node)
        if drawn is None:
            continue
        if node.kind not in ACTIVITIES:
            yield _problem(
                sheet, node,
                f"类型 {node.kind} 不能重复。请只在任务、子流程、调用活动上标多实例或循环。",
                f"a {node.kind} cannot be repeated. Mark tasks, sub-processes and calls only.",
            )  # fmt: skip
        for zh, en in _lacking(drawn):
            yield _problem(sheet, node, zh, en)


def repeats_over_lists(sources: Sources) -> Iterator[Problem]:
    """Let what an activity is repeated over be something that can be a list."""
    if sources.is_partly_unknown:
        return
    known = possible(sources)
    for sheet, node in sources.nodes():
        drawn = repetition(node)
        items = drawn.items if isinstance(drawn, Many) else None
        if items in known and not known[items].open & {LIST, ANY}:
            yield _problem(
                sheet, node,
                f"“{items}”不可能是列表。请改用多选字段、表格字段，或由脚本赋值的列表。",
                f'"{items}" can never be a list. Use a field of several choices or of rows, or a '
                "list that a script makes.",
            )  # fmt: skip


def _problem(sheet: Sheet, node: Node, zh: str, en: str) -> Problem:
    return Problem(
        sheet.file, node.id, "bad_repeat", f"“{node.id}”：{zh}", f'"{node.id}": {en}'
    )  # fmt: skip


def _lacking(drawn: Many | Again) -> Iterator[Words]:
    if isinstance(drawn, Again):
        yield from _bad_loop(drawn)
        return
    if (drawn.items is None) == (drawn.count is None):
        yield (
            "多实例应恰有一个来源：列表变量 loopDataInputRef，或个数 loopCardinality。",
            "a multi-instance needs one source, loopDataInputRef (a list) or loopCardinality.",
        )
    if (drawn.result is None) != (drawn.results is None):
        yield (
            "outputDataItem（每个实例留下的变量）和 loopDataOutputRef（收集它们的列表）要一起写。",
            "outputDataItem (what each leaves) and loopDataOutputRef (their list) go together.",
        )
    if drawn.item is not None and drawn.items is None:
        yield (
            "按个数重复时没有 inputDataItem。请改用列表，或用 loopCounter。",
            "there is no inputDataItem where a number is given. Give a list, or use loopCounter.",
        )
    yield from _bad_names(drawn)


def _bad_names(drawn: Many) -> Iterator[Words]:
    for name in (drawn.items, drawn.item, drawn.results, drawn.result):
        if name is not None and (not is_name(name) or name in {COUNTER, *COUNTERS}):
            yield f"“{name}”不是变量名，请改名。", f'"{name}" is no variable. Rename it.'
    if drawn.item is not None and drawn.item in {drawn.items, drawn.results}:
        yield (
            f"每个实例的变量“{drawn.item}”和列表同名。请用单数，如 dept 与 depts。",
            f'the item "{drawn.item}" is called like the list. Call it dept for depts.',
        )
    if drawn.result is not None and drawn.result == drawn.results:
        yield (
            f"outputDataItem 和 loopDataOutputRef 同名“{drawn.result}”。请改其中一个。",
            f'outputDataItem and loopDataOutputRef are both "{drawn.result}". Rename one.',
        )


def _bad_loop(drawn: Again) -> Iterator[Words]:
    if drawn.condition is None and drawn.most is None:
        yield (
            "循环要有 loopCondition 或 loopMaximum。",
            "a loop needs a loopCondition or a loopMaximum.",
        )
    if drawn.most is not None and not (drawn.most.isascii() and drawn.most.strip().isdigit()):
        yield (
            f"loopMaximum“{drawn.most}”应为正整数。",
            f'loopMaximum "{drawn.most}" must be a whole number from 1.',
        )
    elif drawn.most is not None and int(drawn.most) == 0:
        yield "loopMaximum 不能是 0。请删去该活动。", "loopMaximum is 0. Delete the activity."

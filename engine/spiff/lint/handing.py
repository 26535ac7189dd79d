"""What is handed over: specifications on called processes, data objects that are only drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.elements.data_objects import data_objects
from engine.spiff.elements.handing_over import handing, specification
from engine.spiff.files.sheet import local
from engine.spiff.files.xml import BPMN, NAMESPACES
from engine.spiff.language.expressions import is_name
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.files.sources import Sources

SETS: Final = {
    "inputSet": ("dataInput", frozenset({"dataInputRefs", "optionalInputRefs", "outputSetRefs"})),
    "outputSet": (
        "dataOutput",
        frozenset({"dataOutputRefs", "optionalOutputRefs", "inputSetRefs"}),
    ),
}
ASSOCIATIONS: Final = ("dataInputAssociation", "dataOutputAssociation")


def specifications_read(sources: Sources) -> Iterator[Problem]:
    """Let what a called process is given and gives back be said by names, in one set each."""
    for sheet in sources.sheets.values():
        xml = specification(sheet.process)
        for place in sheet.root.iter(f"{{{BPMN}}}ioSpecification"):
            if place is not xml:
                yield from _misplaced(sheet, place)
        if xml is None:
            continue
        if sheet is sources.sheets[sources.root]:
            yield Problem(
                sheet.file, sheet.process_id, "bad_specification",
                f"规程“{sheet.process_id}”没有人调用，ioSpecification 不起作用。请删去。",
                f'"{sheet.process_id}" is called by nobody: delete its ioSpecification.',
            )  # fmt: skip
        yield from _bad_names(sheet)
        for tag, (what, known) in SETS.items():
            yield from _bad_sets(sheet, xml, tag, what, known)


def _misplaced(sheet: Sheet, xml: etree._Element) -> Iterator[Problem]:
    parent = xml.getparent()
    element = (parent.get("id") if parent is not None else None) or sheet.process_id
    yield Problem(
        sheet.file, element, "unsupported",
        f"“{element}”带有 ioSpecification，不支持。请写在被调用的流程（process）上。",
        f'"{element}" has an ioSpecification, which is not read. Write it on the called process.',
    )  # fmt: skip


def _bad_names(sheet: Sheet) -> Iterator[Problem]:
    hands = handing(sheet)
    assert hands is not None  # noqa: S101 - for the type checker
    for names in (hands.inputs, hands.outputs):
        for name in dict.fromkeys(names):
            if not is_name(name) or names.count(name) > 1:
                yield Problem(
                    sheet.file, sheet.process_id, "bad_specification",
                    f"ioSpecification 里的“{name}”不是变量名，或写了两次。请改 name。",
                    f'"{name}" of the ioSpecification is no variable, or stands there twice. '
                    "Correct its name.",
                )  # fmt: skip


def _bad_sets(
    sheet: Sheet, xml: etree._Element, tag: str, what: str, known: frozenset[str]
) -> Iterator[Problem]:
    found = xml.findall(f"bpmn:{tag}", NAMESPACES)
    refs = [child for each in found for child in each]
    odd = sorted({local(child) for child in refs} - known - {"extensionElements", "documentation"})
    there = {(child.text or "").strip() for child in refs if local(child) == f"{what}Refs"}
    left = [x.get("id") or "" for x in xml.iterfind(f"bpmn:{what}", NAMESPACES)]
    left = [id_ for id_ in left if id_ not in there]
    if len(found) != 1 or odd or left:
        wrong = "、".join([*odd, *left]) or f"{len(found)} × {tag}"
        yield Problem(
            sheet.file, sheet.process_id, "bad_specification",
            f"ioSpecification 应恰有一个 {tag}，列出每个 {what}（{what}Refs）。不对的是：{wrong}。",
            f"The ioSpecification must have one {tag} that lists every {what} as {what}Refs. "
            f"Wrong: {wrong.replace('、', ', ')}.",
        )  # fmt: skip


def associations_only_drawn(sources: Sources) -> Iterator[Problem]:
    """Let data associations be lines on the drawing: what they would compute is not."""
    for sheet in sources.sheets.values():
        for xml in sheet.process.iter(*(f"{{{BPMN}}}{name}" for name in ASSOCIATIONS)):
            odd = sorted({local(child) for child in xml} & {"transformation", "assignment"})
            if odd:
                yield Problem(
                    sheet.file, xml.get("id"), "unsupported",
                    f"数据关联“{xml.get('id') or '—'}”带有 {odd[0]}，不会执行。"
                    "请删去，改用脚本任务赋值。",
                    f'The data association "{xml.get("id") or "—"}" has a {odd[0]}, which would not'
                    " run. Delete it and assign in a script task.",
                )  # fmt: skip


def data_objects_named(sources: Sources) -> Iterator[Problem]:
    """Let every data object that is drawn stand for a variable."""
    for sheet in sources.sheets.values():
        for each in data_objects(sheet):
            if not is_name(each.variable):
                yield Problem(
                    sheet.file, each.id, "bad_data_object",
                    f"数据对象“{each.id}”没有指明变量（“{each.variable or '—'}”不是变量名）。"
                    '请加 banjie:variable="变量名"。',
                    f'Data object "{each.id}" names no variable ("{each.variable or "—"}" is none).'
                    ' Give it banjie:variable="name".',
                )  # fmt: skip

"""Ids, names, clauses and shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.files.sheet import STEPS, names_of
from engine.spiff.files.xml import BPMN
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.files.sources import Sources


DRAWN: Final = (
    *("participant", "messageFlow", "lane"), *("dataObjectReference", "dataStoreReference"),
)  # fmt: skip
_COMMAS: Final = "，、,；;"
_BLANKS: Final = ("条款之间请用空格分隔，不用标点。", "Separate them by blanks, not by commas.")
_LOOK: Final = ("请核对 bpmn/clauses。", "Compare it with those there.")


def free_ids(sources: Sources) -> Iterator[Problem]:
    """Let everything have an id, and scopes one that is unique over the files."""
    seen: dict[str, str] = {}
    for sheet in sources.sheets.values():
        for id_ in (*sheet.nodes, *(edge.id for edge in sheet.edges)):
            if not id_:
                yield Problem(
                    sheet.file, None, "no_id",
                    "有元素没有 id。请给每个元素起一个 id，如 case_closed。",
                    "An element has no id. Give each one an id, such as case_closed.",
                )  # fmt: skip
        yield from _twice(sheet)
        for scope in sheet.scopes:
            if scope in seen and seen[scope] != sheet.file:
                yield Problem(
                    sheet.file, scope, "duplicate_id",
                    f"流程或子流程的 id“{scope}”在 {seen[scope]} 中已有。请改名。",
                    f'The process or sub-process id "{scope}" is also in {seen[scope]}. Rename it.',
                )  # fmt: skip
            seen[scope] = sheet.file
        for id_ in sheet.nodes.keys() & sources.sheets.keys():
            yield Problem(
                sheet.file, id_, "duplicate_id",
                f"元素“{id_}”与一个流程同名。请改名。",
                f'Element "{id_}" is called like a process. Rename it.',
            )  # fmt: skip


def _twice(sheet: Sheet) -> Iterator[Problem]:
    seen: set[str] = set()
    for xml in sheet.root.iter(f"{{{BPMN}}}*"):
        id_ = xml.get("id")
        if id_ and id_ in seen:
            yield Problem(
                sheet.file, id_, "duplicate_id",
                f"id“{id_}”在文件中出现两次。请改其中一个。",
                f'The id "{id_}" is in the file twice. Change one of them.',
            )  # fmt: skip
        seen.add(id_ or "")


def both_names(sources: Sources) -> Iterator[Problem]:
    """Let steps and processes have both names, and whatever has one name have the other too."""
    for sheet in sources.sheets.values():
        must = {sheet.process_id, *(n.id for n in sheet.nodes.values() if n.kind in STEPS)}
        named: list[etree._Element] = [sheet.process]
        for tag in DRAWN:
            named += sheet.root.iter(f"{{{BPMN}}}{tag}")
        named += [node.xml for node in sheet.nodes.values()]
        named += [edge.xml for edge in sheet.edges]
        for xml in named:
            names, id_ = names_of(xml), xml.get("id")
            if bool(names.zh) != bool(names.en) or (id_ in must and not names.zh):
                lacking = "name" if not names.zh else "banjie:nameEn"
                yield Problem(
                    sheet.file, id_, "name_missing",
                    f"元素“{names.zh or id_}”缺少 {lacking}。"
                    "请在该元素的标签里写上 name（中文）和 banjie:nameEn（英文）。",
                    f'Element "{names.en or id_}" lacks {lacking}. Write both names as '
                    "attributes of its tag.",
                )  # fmt: skip


def drawn(sources: Sources) -> Iterator[Problem]:
    """Let every element and flow that runs be drawn."""
    for sheet in sources.sheets.values():
        shapes = ((node.id, "形状", "shape") for node in sheet.nodes.values())
        lines = ((edge.id, "连线", "edge") for edge in sheet.edges)
        for id_, zh, en in (*shapes, *lines):
            if id_ not in sheet.drawn:
                yield Problem(
                    sheet.file, id_, "not_drawn",
                    f"元素“{id_}”会执行，图上却没有它的{zh}。请在图上画出或删去。",
                    f'"{id_}" would run but has no {en} on the diagram. Draw it or delete it.',
                )  # fmt: skip


def known_clauses(sources: Sources) -> Iterator[Problem]:
    """Let elements name only clauses that the regulations have."""
    for sheet, node in sources.nodes():
        for clause in node.clauses:
            if clause not in sources.clauses:
                zh, en = _BLANKS if any(mark in clause for mark in _COMMAS) else _LOOK
                yield Problem(
                    sheet.file, node.id, "unknown_clause",
                    f"元素“{node.id}”引用的条款“{clause}”不存在。{zh}",
                    f'"{node.id}" names the clause "{clause}", unknown in bpmn/clauses. {en}',
                )  # fmt: skip

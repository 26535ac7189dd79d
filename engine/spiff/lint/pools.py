"""Pools: beside the process that runs, others are black boxes that only messages go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.files.sheet import names_of
from engine.spiff.files.sources import stem
from engine.spiff.files.xml import BPMN
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.files.sources import Sources


def one_process_a_file(sources: Sources) -> Iterator[Problem]:
    """Let a file hold one executable process whose id is the file's name, and black boxes."""
    for sheet in sources.sheets.values():
        running = [xml for xml in sheet.processes if xml.get("isExecutable") == "true"]
        if len(running) > 1:
            ids = "、".join(xml.get("id") or "—" for xml in running)
            yield Problem(
                sheet.file, running[1].get("id"), "one_process",
                f"文件中有 {len(running)} 个可执行流程（{ids}），应恰有一个。请给另一个自己的文件，"
                "这里只画成黑盒泳池（不引用流程），用消息流相连。",
                f"The file holds {len(running)} executable processes ({ids.replace('、', ', ')}); "
                "it must hold one. Give the other a file of its own, and draw it here as a black "
                "box (a pool without a process) with message flows.",
            )  # fmt: skip
            continue
        for xml in sheet.processes[1:]:
            if any(child.tag != f"{{{BPMN}}}extensionElements" for child in xml):
                yield Problem(
                    sheet.file, xml.get("id"), "one_process",
                    f"泳池里的流程“{xml.get('id') or '—'}”不会执行，却画有元素。请收成黑盒泳池。",
                    f'The process "{xml.get("id") or "—"}" of the other pool would not run, but '
                    "has elements. Make that pool a black box.",
                )  # fmt: skip
        yield from _named_like_its_file(sheet)


def _named_like_its_file(sheet: Sheet) -> Iterator[Problem]:
    if sheet.process_id != stem(sheet.file):
        yield Problem(
            sheet.file, sheet.process_id, "process_id",
            f"流程的 id 是“{sheet.process_id}”，应与文件名“{stem(sheet.file)}”相同。",
            f'Process "{sheet.process_id}" must be called "{stem(sheet.file)}" like its file.',
        )  # fmt: skip
    if sheet.process.get("isExecutable") != "true":
        yield Problem(
            sheet.file, sheet.process_id, "not_executable",
            f"流程“{sheet.process_id}”没有标为可执行。请勾选 isExecutable。",
            f'Process "{sheet.process_id}" is not executable. Tick isExecutable.',
        )  # fmt: skip


def pools_named(sources: Sources) -> Iterator[Problem]:
    """Let every pool have both names and, if any, a process of this file."""
    for sheet in sources.sheets.values():
        processes = {xml.get("id") for xml in sheet.processes}
        for xml in sheet.root.iter(f"{{{BPMN}}}participant"):
            names, process = names_of(xml), xml.get("processRef")
            if not (names.zh or names.en):
                yield Problem(
                    sheet.file, xml.get("id"), "name_missing",
                    f"泳池“{xml.get('id') or '—'}”没有名称。请写上 name 和 banjie:nameEn。",
                    f'Pool "{xml.get("id") or "—"}" has no name. Write name and banjie:nameEn.',
                )  # fmt: skip
            if process is not None and process not in processes:
                yield Problem(
                    sheet.file, xml.get("id"), "no_process",
                    f"泳池“{names.zh}”引用的流程“{process}”不在文件中。"
                    "请删去 processRef，画成黑盒。",
                    f'Pool "{names.en}" refers to "{process}", which is not in the file. Delete '
                    "its processRef: it is a black box then.",
                )  # fmt: skip


def message_flows_between_pools(sources: Sources) -> Iterator[Problem]:
    """Let message flows lead from one pool to another."""
    for sheet in sources.sheets.values():
        pool_of = dict.fromkeys(sheet.nodes, sheet.process_id)
        for xml in sheet.root.iter(f"{{{BPMN}}}participant"):
            pool_of[xml.get("id") or ""] = xml.get("processRef") or xml.get("id") or ""
        for xml in sheet.root.iter(f"{{{BPMN}}}messageFlow"):
            ends = pool_of.get(xml.get("sourceRef") or ""), pool_of.get(xml.get("targetRef") or "")
            if None in ends or ends[0] == ends[1]:
                yield Problem(
                    sheet.file, xml.get("id"), "loose_message_flow",
                    f"消息流“{xml.get('id') or '—'}”没有连接两个泳池。请重新连接，或改用顺序流。",
                    f'Message flow "{xml.get("id") or "—"}" does not lead from one pool to another.'
                    " Connect it again, or draw a sequence flow.",
                )  # fmt: skip

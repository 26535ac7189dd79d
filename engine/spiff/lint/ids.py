"""Ids that XML takes: what is called otherwise is found by nobody who names it."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import BPMN, BPMNDI
from engine.spiff.lint.told import NEAR
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.files.sources import Sources

_TAKEN: Final = re.compile(r"[^\W\d][\w.\-]*")


def ids_are_taken(sources: Sources) -> Iterator[Problem]:
    """Let every id begin with a letter or underscore, and hold no blanks and the like."""
    for sheet in sources.sheets.values():
        for id_ in unusable(sheet):
            better = _better(id_, sheet)
            yield Problem(
                sheet.file, id_, "bad_id",
                f"“{id_}”的 id“{id_}”不能用：id 以字母、汉字或下划线开头，其后只用字母、汉字、"
                "数字、下划线、连字符和点，不用空格和冒号。"
                f"请改为如 {better}，连线等引用它的地方写成一样。",
                f'"{id_}" has the id "{id_}", which cannot be one: an id begins with a letter or '
                "underscore, and goes on with letters, digits, underscores, hyphens and dots, "
                f"without blanks or colons. Write {better}, say, and the same wherever it is "
                "referred to.",
            )  # fmt: skip


def unusable(sheet: Sheet) -> list[str]:
    """Give the ids of a diagram that XML does not take, extension elements left out."""
    found = (xml.get("id") for space in (BPMN, BPMNDI) for xml in sheet.root.iter(f"{{{space}}}*"))
    return list(dict.fromkeys(id_ for id_ in found if id_ and not _TAKEN.fullmatch(id_)))


def _better(id_: str, sheet: Sheet) -> str:
    """Give the id that flows and events lead to instead, or else this one made usable."""
    ends = {end for edge in sheet.edges for end in (edge.source, edge.target)}
    ends |= {node.attached for node in sheet.nodes.values() if node.attached}
    free = sorted(end for end in ends - sheet.nodes.keys() if _TAKEN.fullmatch(end))
    near = get_close_matches(id_, free, n=1, cutoff=NEAR)
    plain = re.sub(r"[^\w.\-]+", "_", id_).strip("_")
    return near[0] if near else plain if _TAKEN.fullmatch(plain) else f"e_{plain}".strip("_")

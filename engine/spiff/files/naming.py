"""What an element is called inside SpiffWorkflow: by its id, unless upstream needs that itself.

An end event called `End` would end its process, or lose its branch, without a word.
"""

from __future__ import annotations

import re
from copy import deepcopy
from typing import TYPE_CHECKING, Final

from engine.spiff.files.xml import BPMN

if TYPE_CHECKING:
    from lxml import etree

    from engine.spiff.files.sheet import Sheet

_TAKEN: Final = re.compile(
    r"Start|End|Root|StartEvent(Split|Join)|.*\.(EndJoin|BoundaryEvent(Split|Join))"
)
_REFERENCES: Final = ("sourceRef", "targetRef", "attachedToRef", "bpmnElement")


def inside(id_: str) -> str:
    """Give the name of an element's spec; no other id can be the same, for want of a colon."""
    return f"{id_}:drawn" if _TAKEN.fullmatch(id_) else id_


def renamed(root: etree._Element, sheet: Sheet) -> etree._Element:
    """Give a drawing with the ids that upstream needs itself changed; the same one if it has none.

    `sheet` is the reading of that drawing.
    """
    taken = {id_ for id_ in sheet.nodes if inside(id_) != id_}
    if not taken:
        return root
    root = deepcopy(root)
    for xml in root.iter("{*}*"):
        names = ("id", *_REFERENCES) if xml.tag.startswith(f"{{{BPMN}}}") else _REFERENCES
        for name in names:
            if xml.get(name) in taken:
                xml.set(name, inside(xml.get(name, "")))
    return root

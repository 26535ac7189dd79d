"""Data objects: the variables that a drawing shows. They are drawn, and run nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff.files.xml import BANJIE, BPMN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from engine.spiff.files.sheet import Sheet


@dataclass(frozen=True)
class DataObject:
    """What a data object reference stands for: a variable of the scope that it is drawn in."""

    id: str
    variable: str
    scope: str


def data_objects(sheet: Sheet) -> Iterator[DataObject]:
    """Give the data objects that are drawn.

    The variable is `banjie:variable` of the reference, or else the id of its data object.
    """
    for xml in sheet.process.iter(f"{{{BPMN}}}dataObjectReference"):
        variable = xml.get(f"{{{BANJIE}}}variable") or xml.get("dataObjectRef") or ""
        yield DataObject(xml.get("id") or "", variable, _scope(xml))


def _scope(xml: etree._Element) -> str:
    parent = xml.getparent()
    return "" if parent is None else parent.get("id") or ""

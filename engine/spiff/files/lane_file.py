"""Reading lanes from a BPMN file: the innermost lane that lists an element is its lane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff.files.sheet import Lane, names_of, own
from engine.spiff.files.xml import BPMN, NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree


@dataclass(frozen=True)
class Lanes:
    """The lanes of a file, the one that holds each element, and what two lanes claim at once."""

    lanes: tuple[Lane, ...]
    holds: Mapping[str, Lane]
    twice: tuple[str, ...]


def read_lanes(root: etree._Element) -> Lanes:
    """Read all lanes, outer ones before those inside."""
    drawn = list(root.iter(f"{{{BPMN}}}lane"))
    innermost: dict[str, etree._Element] = {}
    twice: dict[str, None] = {}
    for xml in drawn:
        for ref in xml.findall("bpmn:flowNodeRef", NAMESPACES):
            element = (ref.text or "").strip()
            before = innermost.get(element)
            if before is not None and before not in xml.iterancestors():
                twice[element] = None
            innermost[element] = xml
    holding = set(innermost.values())
    lanes = {xml: _lane(xml, is_frame=xml not in holding) for xml in drawn}
    return Lanes(
        tuple(lanes.values()), {ref: lanes[xml] for ref, xml in innermost.items()}, tuple(twice)
    )


def _lane(xml: etree._Element, *, is_frame: bool) -> Lane:
    outer = xml.find("bpmn:childLaneSet/bpmn:lane", NAMESPACES) is not None
    names = names_of(xml)
    holds_lanes = is_frame and outer
    return Lane(xml.get("id") or "", names.zh, own(xml, "roleFrom"), holds_lanes, names.en)

"""Reading a BPMN file into a Sheet, without judging it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.files.eventful import Parcel
from engine.spiff.files.lane_file import read_lanes
from engine.spiff.files.sheet import (
    Edge,
    Lane,
    Node,
    Sheet,
    Variable,
    local,
)
from engine.spiff.files.xml import BPMN, NAMESPACES, UnreadableError, read_root, words_of
from engine.spiff.model import Guarantee, Names, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

NOT_NODES: Final = frozenset(
    {
        "sequenceFlow", "laneSet", "documentation", "extensionElements", "incoming", "outgoing",
        "textAnnotation", "association", "group", "category", "property", "auditing", "monitoring",
        "conditionExpression", "script", "ioSpecification", "dataObject", "dataObjectReference",
        "dataStoreReference", "dataInputAssociation", "dataOutputAssociation", "resourceRole",
        "correlationSubscription", "supports", "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics", "completionCondition", "performer", "humanPerformer",
        "potentialOwner",
    }
)  # fmt: skip


@lru_cache(maxsize=8)
def sheets_of(drawings: tuple[tuple[str, bytes], ...]) -> Mapping[str, Sheet]:
    """Read the drawings of a version, by their processes; they are read once."""
    return {process: read_sheet(process, data) for process, data in drawings}


def read_sheet(file: str, data: bytes) -> Sheet:
    """Read a BPMN file as drawn; UnreadableError when it is no BPMN at all."""
    root = read_root(file, data, namespace=BPMN)
    found = root.findall("bpmn:process", NAMESPACES)
    processes = tuple(sorted(found, key=lambda xml: xml.get("isExecutable") != "true"))
    if not processes:
        raise UnreadableError(_no_process(file))
    lanes = read_lanes(root)
    return Sheet(
        file=file,
        data=data,
        root=root,
        processes=processes,
        nodes=_nodes(processes[:1], lanes.holds),
        edges=tuple(_edges(processes[:1])),
        lanes=lanes.lanes,
        twice_in_lanes=lanes.twice,
        drawn=_drawn(root),
        messages=_parcels(root, "message", "name"),
        signals=_parcels(root, "signal", "name"),
        codes={
            **_parcels(root, "error", "errorCode"),
            **_parcels(root, "escalation", "escalationCode"),
        },
        variables=tuple(_variables(processes[:1])),
        guarantees=tuple(_guarantees(processes[:1])),
    )


def _no_process(file: str) -> Problem:
    return Problem(
        file, None, "one_process",
        "文件中没有流程。请画一个流程。", "The file holds no process. Draw one.",
    )  # fmt: skip


def _parcels(root: etree._Element, tag: str, name: str) -> dict[str, Parcel]:
    return {
        xml.get("id") or "": Parcel(
            xml.get(name) or "", words_of(xml, "keys"), words_of(xml, "carries")
        )
        for xml in root.findall(f"bpmn:{tag}", NAMESPACES)
    }


def _nodes(processes: tuple[etree._Element, ...], lanes: Mapping[str, Lane]) -> dict[str, Node]:
    nodes: dict[str, Node] = {}
    scopes: list[tuple[etree._Element, str, Lane | None]] = [
        (xml, xml.get("id") or "", None) for xml in processes
    ]
    for parent, scope, around in scopes:
        for xml in parent:
            name = etree.QName(xml)
            if name.namespace != BPMN or name.localname in NOT_NODES:
                continue
            node = _node(xml, scope, lanes, around)
            nodes[node.id] = node
            if node.kind in {"subProcess", "transaction", "adHocSubProcess"}:
                scopes.append((xml, node.id, node.lane))
    return nodes


def _node(xml: etree._Element, scope: str, lanes: Mapping[str, Lane], around: Lane | None) -> Node:
    id_ = xml.get("id") or ""
    events = tuple(local(child) for child in xml if local(child).endswith("EventDefinition"))
    lane = lanes.get(id_, around)
    return Node(id_, local(xml), scope, lane, xml.get("attachedToRef"), events, xml)


def _edges(processes: tuple[etree._Element, ...]) -> Iterator[Edge]:
    for process in processes:
        for xml in process.iter(f"{{{BPMN}}}sequenceFlow"):
            condition = xml.find("bpmn:conditionExpression", NAMESPACES)
            text = (condition.text or "").strip() if condition is not None else None
            ends = xml.get("sourceRef") or "", xml.get("targetRef") or ""
            yield Edge(xml.get("id") or "", *ends, text, xml)


def _drawn(root: etree._Element) -> frozenset[str]:
    found = set()
    for xml in root.iter(f"{{{NAMESPACES['di']}}}BPMNShape", f"{{{NAMESPACES['di']}}}BPMNEdge"):
        if xml.find("dc:Bounds", NAMESPACES) is not None or local(xml) == "BPMNEdge":
            found.add(xml.get("bpmnElement") or "")
    return frozenset(found)


def _variables(processes: tuple[etree._Element, ...]) -> Iterator[Variable]:
    for process in processes:
        for xml in process.findall("bpmn:extensionElements/banjie:variable", NAMESPACES):
            yield Variable(xml.get("name") or "", xml.get("default") or "null", xml)


def _guarantees(processes: tuple[etree._Element, ...]) -> Iterator[Guarantee]:
    for process in processes:
        for xml in process.findall("bpmn:extensionElements/banjie:guarantee", NAMESPACES):
            yield Guarantee(
                id=xml.get("id") or "",
                kind=xml.get("kind") or "",
                names=Names(xml.get("zh") or "", xml.get("en") or ""),
                what=_places(xml, "what", process),
                after=_places(xml, "after", process),
                other=_places(xml, "other", process),
                person=tuple((xml.get("person") or "").split()),
            )


def _places(xml: etree._Element, name: str, process: etree._Element) -> tuple[str, ...]:
    """Give what an attribute names as "process:id"; the file's own process may be left out."""
    typed = (xml.get(name) or "").split()
    return tuple(each if ":" in each else f"{process.get('id')}:{each}" for each in typed)

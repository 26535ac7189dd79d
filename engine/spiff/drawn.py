"""What the diagrams of a procedure say, place by place, so that two versions can be compared."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import canonicalize

from lxml import etree

from engine.spiff.files.sheet import own
from engine.spiff.files.sources import read_needed
from engine.spiff.files.xml import BANJIE, BPMNDI
from engine.spiff.model import Names
from engine.spiff.settings import settings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from engine.spiff.files.sheet import Edge, Node, Sheet

_KINDS: Final[Mapping[str, Names]] = {
    "exclusiveGateway": Names("排他网关", "exclusive gateway"),
    "parallelGateway": Names("并行网关", "parallel gateway"),
    "inclusiveGateway": Names("包容网关", "inclusive gateway"),
    "eventBasedGateway": Names("事件网关", "event-based gateway"),
    "startEvent": Names("开始事件", "start event"),
    "endEvent": Names("结束事件", "end event"),
    "boundaryEvent": Names("边界事件", "boundary event"),
    "intermediateCatchEvent": Names("等候事件", "catch event"),
    "intermediateThrowEvent": Names("发出事件", "throw event"),
}
_ELEMENT: Final = Names("元素", "element")
_TOLD_APART: Final = {"name", f"{{{BANJIE}}}nameEn", f"{{{BANJIE}}}clauses"}
_FLOWS: Final = ("incoming", "outgoing")


@dataclass(frozen=True)
class Piece:
    """An element: what people call it, what is set there by label, and all else as `rest`."""

    called: Names
    settings: Mapping[Names, Names]
    rest: bytes = field(repr=False)


@dataclass(frozen=True)
class Way:
    """A flow; `leads` are the ends of it as people call them, `is_default` if no other holds."""

    ends: tuple[str, str]
    leads: tuple[Names, Names]
    names: Names
    condition: str | None
    is_default: bool


@dataclass(frozen=True)
class Drawn:
    """A diagram: elements and flows by id, its variables with their defaults.

    `means` is all that is drawn but the layout, and `whole` with it, in one spelling each.
    """

    pieces: Mapping[str, Piece]
    ways: Mapping[str, Way]
    variables: Mapping[str, str]
    means: bytes = field(repr=False)
    whole: bytes = field(repr=False)


def drawn(files: Mapping[str, bytes], root: str, known: Mapping[str, Names]) -> dict[str, Drawn]:
    """Read the diagrams of a procedure, by process; `known` names its roles and tables."""
    sheets, _, _ = read_needed(files, root)
    known = {**known, **{process: _process(sheet) for process, sheet in sheets.items()}}
    return {process: _drawn(sheet, known) for process, sheet in sheets.items()}


def _process(sheet: Sheet) -> Names:
    return Names(sheet.process.get("name") or "", own(sheet.process, "nameEn") or "")


def _drawn(sheet: Sheet, known: Mapping[str, Names]) -> Drawn:
    called = {id_: _called(sheet, node) for id_, node in sheet.nodes.items()}
    near = {**known, **{id_: node.names for id_, node in sheet.nodes.items()}}
    bare = deepcopy(sheet.root)
    for layout in bare.findall(f"{{{BPMNDI}}}BPMNDiagram"):
        bare.remove(layout)
    return Drawn(
        {id_: _piece(sheet, node, called[id_], near) for id_, node in sheet.nodes.items()},
        {edge.id: _way(sheet, edge, called) for edge in sheet.edges},
        {each.name: each.default for each in sheet.variables},
        _spelt(bare),
        _spelt(sheet.root),
    )


def _piece(sheet: Sheet, node: Node, called: Names, near: Mapping[str, Names]) -> Piece:
    rest = deepcopy(node.xml)
    rest.tail = None
    for name in _TOLD_APART & set(rest.attrib):
        del rest.attrib[name]
    flows = {edge.id for edge in sheet.edges}
    for child in list(rest):
        inner = child.get("id")
        if etree.QName(child).localname in _FLOWS or inner in sheet.nodes or inner in flows:
            rest.remove(child)
    return Piece(called, settings_of(sheet, node, near), _spelt(rest))


def _way(sheet: Sheet, edge: Edge, called: Mapping[str, Names]) -> Way:
    unknown = Names("？", "?")
    source = sheet.nodes.get(edge.source)
    return Way(
        (edge.source, edge.target),
        (called.get(edge.source, unknown), called.get(edge.target, unknown)),
        Names(edge.xml.get("name") or "", own(edge.xml, "nameEn") or ""),
        edge.condition,
        source is not None and source.xml.get("default") == edge.id,
    )


def _called(sheet: Sheet, node: Node) -> Names:
    """Say which element it is: its name, or its kind and the next one with a name."""
    if node.names.zh or node.names.en:
        return node.names.quoted
    kind = _KINDS.get(node.kind, _ELEMENT)
    if before := _nearest(sheet, node, lambda at: [e.source for e in sheet.incoming(at)]):
        names = before.names.quoted
        return Names(f"{names.zh}之后的{kind.zh}", f"the {kind.en} after {names.en}")
    if after := _nearest(sheet, node, lambda at: [e.target for e in sheet.outgoing(at)]):
        names = after.names.quoted
        return Names(f"{names.zh}之前的{kind.zh}", f"the {kind.en} before {names.en}")
    return Names(f"{kind.zh} {node.id}", f"the {kind.en} {node.id}")


def _nearest(sheet: Sheet, node: Node, onward: Callable[[str], list[str]]) -> Node | None:
    """Give the nearest element with a name, one flow after the other."""
    seen, near = {node.id}, [node.id]
    while near:
        ends = dict.fromkeys(end for at in near for end in onward(at))
        near = [end for end in ends if end in sheet.nodes and end not in seen]
        seen |= set(near)
        if named := [end for end in near if sheet.nodes[end].names.zh]:
            return sheet.nodes[named[0]]
    return None


def _spelt(xml: etree._Element) -> bytes:
    return canonicalize(xml_data=etree.tostring(xml, encoding="unicode"), strip_text=True).encode()

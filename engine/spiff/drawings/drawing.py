"""A drawing as its diagram interchange has it: frames, shapes, arrows and where labels stand.

What the engine runs does not depend on any of this; what people see on the case page does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.drawings import legibility
from engine.spiff.drawings.geometry import Box
from engine.spiff.files.labels import labelled
from engine.spiff.files.sheet import EMBEDDED
from engine.spiff.files.xml import BANJIE, BPMN, NAMESPACES, UnreadableError, read_root
from engine.spiff.model import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff.drawings.geometry import Line, Point

MOST_PIECES: Final = 1000
_POINT: Final = "{http://www.omg.org/spec/DD/20100524/DI}waypoint"
_LABEL: Final = "di:BPMNLabel/dc:Bounds"


@dataclass(frozen=True)
class Shape:
    """A node, lane or pool; `host` is what a boundary event sits on, `lane` what it lies in.

    `is_frame`: other shapes lie in it (lanes, pools with a process, open sub-processes).
    """

    id: str
    kind: str
    box: Box
    texts: tuple[str, ...]
    label: Box | None
    host: str | None
    lane: str | None
    is_frame: bool


@dataclass(frozen=True)
class Arrow:
    """A sequence or message flow."""

    id: str
    kind: str
    source: str
    target: str
    points: tuple[Point, ...]
    texts: tuple[str, ...]
    label: Box | None

    @property
    def lines(self) -> list[Line]:
        return list(pairwise(self.points))


@dataclass(frozen=True)
class Drawing:
    """One BPMN file's picture; `unreadable` are the ids whose figures are no numbers."""

    shapes: dict[str, Shape] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def solid(self) -> list[Shape]:
        """What nothing may lie on or run through: nodes, and pools drawn as black boxes."""
        return [shape for shape in self.shapes.values() if not shape.is_frame]

    @property
    def pools(self) -> list[Box]:
        return [shape.box for shape in self.shapes.values() if shape.kind == "participant"]


def check_drawings(files: Mapping[str, bytes]) -> tuple[Problem, ...]:
    """Look over the drawing of every BPMN file among repository-relative paths and their bytes."""
    return tuple(
        problem
        for path, data in sorted(files.items())
        if path.endswith(".bpmn")
        for problem in _check_file(path, data)
    )


def _check_file(file: str, data: bytes) -> tuple[Problem, ...]:
    try:
        root = read_root(file, data, namespace=BPMN)
    except UnreadableError as error:
        return (error.problem,)
    return check_drawing(file, root)


def check_drawing(file: str, root: etree._Element) -> tuple[Problem, ...]:
    """Give all that hinders reading a BPMN file's drawing; nothing for a good one.

    `root` is its `definitions`. Whether every element is drawn at all is asked elsewhere.
    """
    drawing = read_drawing(root)
    if len(drawing.shapes) + len(drawing.arrows) > MOST_PIECES:
        zh = f"图形和连线超过 {MOST_PIECES} 个。请拆分为几个图。"
        en = f"More than {MOST_PIECES} shapes and lines. Split it into several diagrams."
        return (Problem(file, None, "drawing_too_large", zh, en),)
    found = [
        Problem(file, f.element, f.code, f"“{f.element}”{f.zh}", f'"{f.element}" {f.en}')
        for f in legibility.faults(drawing)
    ]
    return tuple(labelled(found, {file: root}))


def read_drawing(root: etree._Element) -> Drawing:
    """Read all shapes and edges that stand for an element of the file."""
    drawing = Drawing()
    known = {xml.get("id", ""): xml for xml in root.iter(f"{{{BPMN}}}*")}
    lanes = {
        (ref.text or "").strip(): lane.get("id", "")
        for lane in root.iter(f"{{{BPMN}}}lane")
        for ref in lane.findall("bpmn:flowNodeRef", NAMESPACES)
    }
    for outer in root.iter(f"{{{BPMN}}}lane"):
        for lane in outer.iterfind("bpmn:childLaneSet/bpmn:lane", NAMESPACES):
            lanes[lane.get("id", "")] = outer.get("id", "")
    for drawn in root.iter("{*}BPMNShape", "{*}BPMNEdge"):
        xml = known.get(drawn.get("bpmnElement", ""))
        if xml is None:
            continue
        try:
            if etree.QName(drawn).localname == "BPMNShape":
                shape = _shape(xml, drawn, lanes)
                drawing.shapes[shape.id] = shape
            else:
                drawing.arrows.extend(_arrows(xml, drawn))
        except ValueError:
            drawing.unreadable.append(xml.get("id", ""))
    return drawing


def _shape(xml: etree._Element, drawn: etree._Element, lanes: Mapping[str, str]) -> Shape:
    kind, id_ = etree.QName(xml).localname, xml.get("id", "")
    opened = kind in EMBEDDED and drawn.get("isExpanded") == "true"
    box = _box(drawn.find("dc:Bounds", NAMESPACES))
    if box is None:
        raise ValueError(id_)
    return Shape(
        id=id_,
        kind=kind,
        box=box,
        texts=_texts(xml),
        label=label_of(drawn),
        host=xml.get("attachedToRef"),
        lane=lanes.get(id_),
        is_frame=kind == "lane" or opened or xml.get("processRef") is not None,
    )


def _arrows(xml: etree._Element, drawn: etree._Element) -> Iterator[Arrow]:
    kind = etree.QName(xml).localname
    if kind not in {"sequenceFlow", "messageFlow"}:
        return
    ends = xml.get("sourceRef", ""), xml.get("targetRef", "")
    yield Arrow(xml.get("id", ""), kind, *ends, points_of(drawn), _texts(xml), label_of(drawn))


def points_of(drawn: etree._Element) -> tuple[Point, ...]:
    """Give the corners of a line; raise ValueError for what are no numbers."""
    return tuple((_number(p.get("x")), _number(p.get("y"))) for p in drawn.iter(_POINT))


def label_of(drawn: etree._Element) -> Box | None:
    """Give the place of a label; raise ValueError for what are no numbers."""
    return _box(drawn.find(_LABEL, NAMESPACES))


def _texts(xml: etree._Element) -> tuple[str, ...]:
    """Give the Chinese and the English name, as far as they are there."""
    names = xml.get("name"), xml.get(f"{{{BANJIE}}}nameEn")
    return tuple(name for name in names if name and name.strip())


def _box(bounds: etree._Element | None) -> Box | None:
    if bounds is None:
        return None
    return Box(*(_number(bounds.get(key)) for key in ("x", "y", "width", "height")))


def _number(text: str | None) -> float:
    """Read a coordinate in pixels; raise ValueError for what is none."""
    value = float(text or "")
    if not math.isfinite(value):
        raise ValueError(text)
    return value

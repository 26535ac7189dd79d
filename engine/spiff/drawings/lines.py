"""Flows and associations as BPMN draws them, with their heads and labels."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan2, degrees
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.drawings import naming, pen
from engine.spiff.drawings.drawing import label_of, points_of
from engine.spiff.drawings.geometry import Box
from engine.spiff.files.xml import NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from engine.spiff.drawings.geometry import Point

_ARROW: Final = "M0,0 L-10,-4.5 L-10,4.5 z"
_OPEN_ARROW: Final = "M-9,-4.5 L0,0 L-9,4.5"
_DIAMOND: Final = "M0,0 L8,-4.5 L16,0 L8,4.5 z"
_SLASH: Final = "M6,5 L12,-5"
_DASHES: Final = {
    "messageFlow": "9 5",
    "association": "1.5 4",
    "dataInputAssociation": "1.5 4",
    "dataOutputAssociation": "1.5 4",
}


@dataclass(frozen=True)
class Edge:
    """A line with what stands at its ends; `name` is in the language of the picture."""

    kind: str
    points: tuple[Point, ...]
    name: str
    room: Box | None
    is_default: bool
    is_conditional: bool


def read(root: etree._Element, known: Mapping[str, etree._Element], lang: str) -> Iterator[Edge]:
    """Read the lines of a file; those that cannot be drawn are left out."""
    defaults = {xml.get("default") for xml in known.values()} - {None}
    for drawn in root.iter("{*}BPMNEdge"):
        xml = known.get(drawn.get("bpmnElement", ""))
        if xml is None:
            continue
        try:
            points, room = points_of(drawn), label_of(drawn)
        except ValueError:
            continue
        if len(points) > 1:
            source = known.get(xml.get("sourceRef", ""))
            yield Edge(
                etree.QName(xml).localname, points, naming.name_of(xml, lang), room,
                is_default=xml.get("id") in defaults,
                is_conditional=_is_conditional(xml, source),
            )  # fmt: skip


def _is_conditional(xml: etree._Element, source: etree._Element | None) -> bool:
    """Whether a flow has a condition and leaves no gateway, which would show it."""
    asked = xml.find("bpmn:conditionExpression", NAMESPACES) is not None
    return asked and source is not None and not etree.QName(source).localname.endswith("Gateway")


def boxes(edges: Iterable[Edge]) -> Iterator[Box]:
    """Give the room that lines and their labels take."""
    for edge in edges:
        yield from (Box(x, y, 0, 0) for x, y in edge.points)
        if edge.room is not None:
            yield edge.room


def draw(parent: etree._Element, edge: Edge) -> None:
    """Draw a line with what stands at its ends."""
    pen.put(
        parent, "path", d=pen.route(edge.points), fill="none", stroke=pen.INK,
        stroke_width="1.5", stroke_dasharray=_DASHES.get(edge.kind, "none"),
    )  # fmt: skip
    last, first = (edge.points[-2], edge.points[-1]), (edge.points[0], edge.points[1])
    if edge.kind == "sequenceFlow":
        _end(parent, _ARROW, edge.points[-1], last, fill=pen.INK)
    elif edge.kind == "messageFlow":
        _end(parent, _ARROW, edge.points[-1], last, fill=pen.PAPER)
    elif edge.kind != "association":
        _end(parent, _OPEN_ARROW, edge.points[-1], last, fill="none")
    if edge.is_conditional:
        _end(parent, _DIAMOND, edge.points[0], first, fill=pen.PAPER)
    elif edge.is_default:
        _end(parent, _SLASH, edge.points[0], first, fill="none")


def finish(parent: etree._Element, edge: Edge) -> None:
    """Draw what lies on top of everything: where a message begins, and a line's name.

    A name without a place stands beside the longest piece.
    """
    if edge.kind == "messageFlow":
        x, y = (pen.exact(value) for value in edge.points[0])
        pen.put(parent, "circle", cx=x, cy=y, r="4", fill=pen.PAPER, stroke=pen.INK)
    room = edge.room
    if room is None:
        (x1, y1), (x2, y2) = pen.longest(edge.points)
        room = Box((x1 + x2) / 2 - 45, (y1 + y2) / 2 - 16, 90, 14)
    if edge.name:
        pen.words(parent, edge.name, room, font=pen.SMALL, top=True)


def _end(
    parent: etree._Element, head: str, at: Point, along: tuple[Point, Point], *, fill: str
) -> None:
    """Draw what stands at an end of a line, turned as the line runs."""
    (x1, y1), (x2, y2) = along
    turn = pen.exact(degrees(atan2(y2 - y1, x2 - x1)))
    x, y = (pen.exact(value) for value in at)
    moved = pen.put(parent, "g", transform=f"translate({x} {y}) rotate({turn})")
    pen.path(moved, head, fill=fill, width=1.2)

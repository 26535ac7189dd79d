"""A diagram as a picture: an SVG that needs no script, made from the diagram interchange.

It shows what people see in the modeller and on the case page: pools, lanes, activities with the
signs of their kinds, gateways, events, flows with their labels, data and notes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.drawings import activities, lines, naming, nodes, pen
from engine.spiff.drawings.drawing import read_drawing
from engine.spiff.drawings.geometry import Box
from engine.spiff.files.xml import BPMN, read_root

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from engine.spiff.drawings.drawing import Shape

MARGIN: Final = 16.0
KEPT: Final = 64
"""Pictures that a process keeps at hand."""


@dataclass(frozen=True)
class Piece:
    """A shape with its element's XML and its name in the language of the picture."""

    shape: Shape
    xml: etree._Element
    name: str


@lru_cache(maxsize=KEPT)
def picture(file: str, data: bytes, lang: str) -> bytes:
    """Draw a BPMN file as SVG, names in Chinese ("zh") or English ("en").

    Raises UnreadableError for a file that is none.
    """
    root = read_root(file, data, namespace=BPMN)
    known = {xml.get("id", ""): xml for xml in root.iter(f"{{{BPMN}}}*")}
    drawing = read_drawing(root)
    pieces = [
        Piece(s, known[id_], naming.name_of(known[id_], lang)) for id_, s in drawing.shapes.items()
    ]
    edges = list(lines.read(root, known, lang))
    view = _around([*_boxes(pieces), *lines.boxes(edges)])
    svg = _page(view)
    opened = {piece.shape.id for piece in pieces if piece.shape.is_frame}
    for piece in sorted(pieces, key=_order):
        if piece.shape.id in opened:
            _frame(svg, piece)
    for edge in edges:
        lines.draw(svg, edge)
    for piece in sorted(pieces, key=_order):
        if piece.shape.id not in opened:
            _node(svg, piece)
    for edge in edges:
        lines.finish(svg, edge)
    return etree.tostring(svg, encoding="UTF-8", xml_declaration=True)


def _page(view: Box) -> etree._Element:
    svg: etree._Element = etree.Element(f"{{{pen.SVG}}}svg", nsmap={None: pen.SVG})  # type: ignore[dict-item]
    sides = [pen.exact(side) for side in (view.x, view.y, view.width, view.height)]
    svg.set("viewBox", " ".join(sides))
    svg.set("width", sides[2])
    svg.set("height", sides[3])
    svg.set("font-family", pen.TYPEFACE)
    return svg


def _order(piece: Piece) -> int:
    """Pools below lanes below open sub-processes; boundary events on top of their hosts."""
    kind = piece.shape.kind
    return {"participant": 0, "lane": 1, "boundaryEvent": 4}.get(kind, 3 - piece.shape.is_frame)


def _frame(svg: etree._Element, piece: Piece) -> None:
    shape = piece.shape
    if shape.kind not in {"participant", "lane"}:
        activities.draw_open(svg, piece)
        return
    drawn = shape.box
    pen.box(svg, drawn, fill="none" if shape.kind == "lane" else pen.PAPER)
    strip = drawn.x + activities.STRIP
    if shape.kind == "participant":
        pen.path(svg, f"M{pen.exact(strip)},{pen.exact(drawn.y)} v{pen.exact(drawn.height)}")
    at = (drawn.x + activities.STRIP / 2, drawn.middle[1])
    pen.upright(svg, piece.name, at, drawn.height - 10)


def _node(svg: etree._Element, piece: Piece) -> None:
    group = pen.put(svg, "g")
    pen.put(group, "title").text = piece.name
    kind = piece.shape.kind
    if kind.endswith("Event"):
        nodes.event(group, piece)
    elif kind.endswith("Gateway"):
        nodes.gateway(group, piece)
    elif kind.startswith("data") or kind in {"textAnnotation", "group"}:
        nodes.artifact(group, piece)
    elif kind == "participant":
        pen.box(group, piece.shape.box)
        pen.words(group, piece.name, piece.shape.box, font=pen.LARGE)
    else:
        activities.draw(group, piece)
    if piece.shape.label is not None and piece.name and nodes.is_beside(kind):
        pen.words(group, piece.name, piece.shape.label, font=pen.SMALL, top=True)


def _boxes(pieces: Iterable[Piece]) -> Iterator[Box]:
    for piece in pieces:
        yield piece.shape.box
        if piece.shape.label is not None:
            yield piece.shape.label


def _around(boxes: list[Box]) -> Box:
    """Give the box around all, with a margin; nothing drawn is a small empty page."""
    if not boxes:
        return Box(0, 0, 2 * MARGIN, 2 * MARGIN)
    left, top = min(each.x for each in boxes) - MARGIN, min(each.y for each in boxes) - MARGIN
    right, bottom = max(each.right for each in boxes), max(each.bottom for each in boxes)
    return Box(left, top, right + MARGIN - left, bottom + MARGIN - top)

"""Events, gateways, data and notes as BPMN draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.drawings import pen
from engine.spiff.drawings.geometry import Box
from engine.spiff.drawings.symbols import EVENTS, GATEWAYS

if TYPE_CHECKING:
    from engine.spiff.drawings.picture import Piece

_BESIDE: Final = ("Event", "Gateway", "Reference")
_DASHES: Final = "5 3"
_FOLD: Final = 10.0


def is_beside(kind: str) -> bool:
    """Whether the name of such an element stands beside it."""
    return kind.endswith(_BESIDE)


def event(parent: etree._Element, piece: Piece) -> None:
    """Draw an event: thin to begin, double on the way, thick to end; dashed if nothing stops."""
    drawn, kind, xml = piece.shape.box, piece.shape.kind, piece.xml
    goes_on = xml.get("cancelActivity") == "false" or xml.get("isInterrupting") == "false"
    x, y = (pen.exact(value) for value in drawn.middle)
    is_between = kind.startswith(("intermediate", "boundary"))
    for radius in (drawn.width / 2, drawn.width / 2 - 3)[: 2 if is_between else 1]:
        pen.put(
            parent, "circle", cx=x, cy=y, r=pen.exact(radius), fill=pen.PAPER, stroke=pen.INK,
            stroke_width="3.5" if kind == "endEvent" else "1.5",
            stroke_dasharray=_DASHES if goes_on else "none",
        )  # fmt: skip
    throws = kind in {"endEvent", "intermediateThrowEvent"}
    for child in xml:
        found = EVENTS.get(etree.QName(child).localname)
        if found is not None:
            pen.signs(parent, found, drawn.middle, filled=throws)


def gateway(parent: etree._Element, piece: Piece) -> None:
    """Draw a gateway with its sign."""
    drawn = piece.shape.box
    x, y = drawn.middle
    corners = ((x, drawn.y), (drawn.right, y), (x, drawn.bottom), (drawn.x, y))
    outline = " L".join(f"{pen.exact(a)},{pen.exact(b)}" for a, b in corners)
    pen.path(parent, f"M{outline} z", fill=pen.PAPER)
    pen.signs(parent, GATEWAYS.get(piece.shape.kind, ()), drawn.middle)


def artifact(parent: etree._Element, piece: Piece) -> None:
    """Draw data, a store, a note or a group."""
    drawn, kind = piece.shape.box, piece.shape.kind
    left, top = pen.exact(drawn.x), pen.exact(drawn.y)
    wide, high = drawn.width, drawn.height
    if kind == "textAnnotation":
        pen.path(parent, f"M{pen.exact(drawn.x + 10)},{top} h-10 v{pen.exact(high)} h10")
        room = Box(drawn.x + 5, drawn.y + 3, wide - 10, high - 6)
        pen.words(parent, piece.name, room, font=pen.LARGE, top=True)
    elif kind == "group":
        pen.box(parent, drawn, dashes="8 3 1 3", round_by=10, fill="none")
    elif kind == "dataStoreReference":
        arc = f"a{pen.exact(wide / 2)},6 0 0"
        pen.path(
            parent,
            f"M{left},{pen.exact(drawn.y + 6)} v{pen.exact(high - 12)} {arc} 0 {pen.exact(wide)},0 "
            f"v-{pen.exact(high - 12)} {arc} 0 -{pen.exact(wide)},0 {arc} 0 {pen.exact(wide)},0",
            fill=pen.PAPER,
        )
    else:
        pen.path(
            parent,
            f"M{left},{top} h{pen.exact(wide - _FOLD)} l{_FOLD:g},{_FOLD:g} "
            f"v{pen.exact(high - _FOLD)} h-{pen.exact(wide)} z "
            f"m{pen.exact(wide - _FOLD)},0 v{_FOLD:g} h{_FOLD:g}",
            fill=pen.PAPER,
        )

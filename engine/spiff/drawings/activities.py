"""Tasks, calls and sub-processes as BPMN draws them, with the signs of kind and repetition."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from engine.spiff.drawings import pen
from engine.spiff.drawings.geometry import Box
from engine.spiff.drawings.symbols import INSIDE, LOOP, TASKS, TURNS, TURNS_IN_ORDER
from engine.spiff.files.sheet import EMBEDDED
from engine.spiff.files.xml import NAMESPACES

if TYPE_CHECKING:
    from lxml import etree

    from engine.spiff.drawings.picture import Piece
    from engine.spiff.drawings.symbols import Sign

STRIP: Final = 30.0
"""The width of the strip in which pools and lanes have their names."""

_ROUND: Final = 10.0
_PADDING: Final = 6.0
_FOOT: Final = 10.0


def draw(parent: etree._Element, piece: Piece) -> None:
    """Draw an activity with its name in it."""
    drawn, kind = piece.shape.box, piece.shape.kind
    _outline(parent, piece)
    pen.signs(parent, TASKS.get(kind, ()), (drawn.x + 14, drawn.y + 12))
    foot = _foot(piece)
    for number, sign in enumerate(foot):
        x = drawn.middle[0] + (number - (len(foot) - 1) / 2) * 20
        pen.signs(parent, sign, (x, drawn.bottom - 10))
    low = _FOOT if foot else 0.0
    room = Box(drawn.x + _PADDING, drawn.y, drawn.width - 2 * _PADDING, drawn.height - low)
    pen.words(parent, piece.name, room, font=pen.LARGE)


def draw_open(parent: etree._Element, piece: Piece) -> None:
    """Draw a sub-process whose inside is shown."""
    drawn = piece.shape.box
    _outline(parent, piece)
    room = Box(drawn.x + _PADDING, drawn.y + 6, drawn.width - 2 * _PADDING, 20)
    pen.words(parent, piece.name, room, font=pen.LARGE, top=True)
    for sign in _turns(piece.xml):
        pen.signs(parent, sign, (drawn.middle[0], drawn.bottom - 10))


def _outline(parent: etree._Element, piece: Piece) -> None:
    drawn, kind = piece.shape.box, piece.shape.kind
    pen.box(parent, drawn, round_by=_ROUND, width=4 if kind == "callActivity" else 1.5)
    if kind == "transaction":
        inner = Box(drawn.x + 3, drawn.y + 3, drawn.width - 6, drawn.height - 6)
        pen.box(parent, inner, round_by=_ROUND - 3, fill="none")


def _foot(piece: Piece) -> list[tuple[Sign, ...]]:
    is_host = piece.shape.kind == "callActivity" or piece.shape.kind in EMBEDDED
    return [*_turns(piece.xml), *([INSIDE] if is_host else [])]


def _turns(xml: etree._Element) -> list[tuple[Sign, ...]]:
    """Give the sign of an activity that is done several times."""
    several = xml.find("bpmn:multiInstanceLoopCharacteristics", NAMESPACES)
    if several is not None:
        return [TURNS_IN_ORDER if several.get("isSequential") == "true" else TURNS]
    again = xml.find("bpmn:standardLoopCharacteristics", NAMESPACES)
    return [] if again is None else [LOOP]

"""Drawing with SVG 1.1: boxes, signs, lines with heads, and text in its place."""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.drawings.geometry import Font

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.spiff.drawings.geometry import Box, Point
    from engine.spiff.drawings.symbols import Sign

SVG: Final = "http://www.w3.org/2000/svg"
INK: Final = "#1f2937"
PAPER: Final = "#ffffff"
TYPEFACE: Final = "Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', 'PingFang SC', sans-serif"
LARGE: Final = Font(han=12, latin=6.7, line=14.4)
SMALL: Final = Font(han=11, latin=6.1, line=13.2)
_BEND: Final = 5.0


def put(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    """Add an element; an underscore in a name is a hyphen."""
    given = {name.replace("_", "-"): value for name, value in attributes.items()}
    return etree.SubElement(parent, f"{{{SVG}}}{tag}", given)


def exact(value: float) -> str:
    """Write a coordinate down."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def box(
    parent: etree._Element,
    drawn: Box,
    *,
    width: float = 1.5,
    round_by: float = 0,
    dashes: str = "none",
    fill: str = PAPER,
) -> None:
    """Draw a rectangle."""
    put(
        parent, "rect", x=exact(drawn.x), y=exact(drawn.y), width=exact(drawn.width),
        height=exact(drawn.height), rx=exact(round_by), fill=fill, stroke=INK,
        stroke_width=exact(width), stroke_dasharray=dashes,
    )  # fmt: skip


def path(parent: etree._Element, text: str, *, width: float = 1.5, fill: str = "none") -> None:
    """Draw a path as it is given."""
    put(parent, "path", d=text, fill=fill, stroke=INK, stroke_width=exact(width))


def signs(
    parent: etree._Element, given: Sequence[Sign], at: Point, *, filled: bool = False
) -> None:
    """Draw a sign with its middle at a point; filled: as a thrown event has it."""
    moved = f"translate({exact(at[0])} {exact(at[1])})"
    group = put(parent, "g", transform=moved, stroke_linejoin="round")
    for number, sign in enumerate(given):
        is_solid = sign.is_solid or (filled and number == 0)
        is_pale = sign.width < 0 or (filled and number > 0)
        put(
            group, "path", d=sign.path, fill=INK if is_solid else "none",
            stroke=PAPER if is_pale else INK, stroke_width=exact(abs(sign.width)),
        )  # fmt: skip


def route(points: Sequence[Point]) -> str:
    """Give the path of a line whose corners are rounded a little."""
    parts = [f"M{_at(points[0])}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        bend = min(_BEND, dist(before, corner) / 2, dist(corner, after) / 2)
        enter, leave = _towards(corner, before, bend), _towards(corner, after, bend)
        parts.append(f"L{_at(enter)} Q{_at(corner)} {_at(leave)}")
    parts.append(f"L{_at(points[-1])}")
    return " ".join(parts)


def _towards(start: Point, end: Point, length: float) -> Point:
    whole = dist(start, end) or 1.0
    part = length / whole
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part


def _at(point: Point) -> str:
    return f"{exact(point[0])},{exact(point[1])}"


def words(parent: etree._Element, text: str, room: Box, *, font: Font, top: bool = False) -> None:
    """Write text into a box, line by line, each in the middle; `top`: from its upper edge."""
    lines = font.broken(text, room.width)
    x, middle = room.middle
    first = room.y if top else middle - font.line * len(lines) / 2
    for number, line in enumerate(lines):
        y = first + font.line * number + font.han * 0.95
        _line(parent, line, (x, y), font)


def upright(parent: etree._Element, text: str, at: Point, length: float) -> None:
    """Write text upwards around a point, as pools and lanes have their names."""
    lines = LARGE.broken(text, length)
    x, y = exact(at[0]), exact(at[1])
    turned = put(parent, "g", transform=f"translate({x} {y}) rotate(-90)")
    for number, line in enumerate(lines):
        lower = (number - (len(lines) - 1) / 2) * LARGE.line + LARGE.han * 0.36
        _line(turned, line, (0, lower), LARGE)


def _line(parent: etree._Element, text: str, at: Point, font: Font) -> None:
    written = put(
        parent, "text", x=exact(at[0]), y=exact(at[1]), font_size=exact(font.han), fill=INK,
        text_anchor="middle",
    )  # fmt: skip
    written.text = "".join(char for char in text if char.isprintable())


def longest(points: Sequence[Point]) -> tuple[Point, Point]:
    """Give the longest straight piece of a line."""
    return max(pairwise(points), key=lambda piece: dist(*piece))

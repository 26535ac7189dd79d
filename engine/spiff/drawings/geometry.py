"""Boxes, lines and the room that text takes on a drawing, in pixels; y grows downwards."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Final, TypeAlias

Point: TypeAlias = tuple[float, float]
Line: TypeAlias = tuple[Point, Point]

SLACK: Final = 1.0
_PIECE: Final = re.compile(r"\s+|[\u2e80-\uffff]|[^\s\u2e80-\uffff]+")


@dataclass(frozen=True, slots=True)
class Box:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    def holds(self, other: Box) -> bool:
        """Say whether the other lies inside, its border on ours allowed."""
        return (
            self.x - SLACK <= other.x
            and self.y - SLACK <= other.y
            and other.right <= self.right + SLACK
            and other.bottom <= self.bottom + SLACK
        )

    def overlaps(self, other: Box) -> bool:
        """Say whether the two share more than a border."""
        return (
            self.x + SLACK < other.right
            and other.x + SLACK < self.right
            and self.y + SLACK < other.bottom
            and other.y + SLACK < self.bottom
        )

    def touches(self, point: Point) -> bool:
        """Say whether a point lies on the border."""
        x, y = point
        inside = Box(x, y, 0, 0)
        core = Box(self.x + SLACK, self.y + SLACK, self.width - 2 * SLACK, self.height - 2 * SLACK)
        return self.holds(inside) and not (core.x < x < core.right and core.y < y < core.bottom)

    def crossed_by(self, line: Line) -> bool:
        """Say whether a straight line runs through the inside (Liang and Barsky's clipping)."""
        (x1, y1), (x2, y2) = line
        begin, end = 0.0, 1.0
        for step, low, high in (
            (x2 - x1, self.x + SLACK - x1, self.right - SLACK - x1),
            (y2 - y1, self.y + SLACK - y1, self.bottom - SLACK - y1),
        ):
            if not step:
                if not low < 0 < high:
                    return False
                continue
            ends = sorted((low / step, high / step))
            begin, end = max(begin, ends[0]), min(end, ends[1])
        return begin < end


def is_straight(line: Line) -> bool:
    """Say whether a line runs level or upright."""
    (x1, y1), (x2, y2) = line
    return abs(x1 - x2) < SLACK or abs(y1 - y2) < SLACK


def shared_length(one: Line, other: Line) -> float:
    """Give how long two level (or two upright) lines lie on each other."""
    for axis in (0, 1):
        across = [point[1 - axis] for point in (*one, *other)]
        if max(across) - min(across) < SLACK:
            a, b = sorted((one[0][axis], one[1][axis])), sorted((other[0][axis], other[1][axis]))
            return min(a[1], b[1]) - max(a[0], b[0])
    return 0.0


@dataclass(frozen=True, slots=True)
class Font:
    """Widths are a little above what Noto Sans and Arial need, so that other fonts fit as well."""

    han: float
    latin: float
    line: float

    def width(self, text: str) -> float:
        return sum(
            self.han if unicodedata.east_asian_width(char) in "WF" else self.latin for char in text
        )

    def lines(self, text: str, width: float) -> int | None:
        """Count the lines that text takes, broken as bpmn-js does; None if a word is too wide."""
        broken = self.broken(text, width)
        return None if any(self.width(line) > width for line in broken) else len(broken)

    def broken(self, text: str, width: float) -> list[str]:
        """Break text into lines; a word that is too wide stands in a line of its own."""
        lines = [""]
        for piece in _PIECE.findall(text.strip()):
            if self.width((lines[-1] + piece).rstrip()) <= width or not lines[-1]:
                lines[-1] += piece
            else:
                lines.append(piece.lstrip())
        return [line.rstrip() for line in lines]

    def fits(self, text: str, box: Box) -> bool:
        needed = self.lines(text, box.width)
        return needed is not None and needed * self.line <= box.height + SLACK


INSIDE: Final = Font(han=14, latin=7, line=15)
BESIDE: Final = Font(han=12.5, latin=6.6, line=14)

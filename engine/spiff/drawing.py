"""Is a drawing legible? Lanes, shapes, lines and labels checked over the diagram interchange.

What the engine runs does not depend on any of this; what people see on the case page does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import combinations, pairwise
from typing import TYPE_CHECKING, Final

from lxml import etree

from engine.spiff.geometry import BESIDE, INSIDE, Box, is_straight, shared_length
from engine.spiff.model import Problem
from engine.spiff.xml import BANJIE, BPMN, BPMNDI, DC

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.spiff.geometry import Line, Point

MOST_SHAPES: Final = 1000
PADDING: Final = 5
MARKERS: Final = 16
_DI: Final = "http://www.omg.org/spec/DD/20100524/DI"
_FRAMES: Final = frozenset({"participant", "lane"})
_BESIDE: Final = ("Event", "Gateway")


@dataclass(frozen=True)
class Shape:
    """A node, lane or pool as drawn; `host` is the activity that a boundary event sits on."""

    id: str
    kind: str
    box: Box
    texts: tuple[str, ...]
    label: Box | None
    host: str | None
    lane: str | None

    @property
    def is_frame(self) -> bool:
        return self.kind in _FRAMES

    @property
    def is_labelled_beside(self) -> bool:
        return self.kind.endswith(_BESIDE)


@dataclass(frozen=True)
class Arrow:
    """A sequence or message flow as drawn."""

    id: str
    source: str
    target: str
    points: tuple[Point, ...]
    texts: tuple[str, ...]
    label: Box | None

    @property
    def lines(self) -> list[Line]:
        return list(pairwise(self.points))


@dataclass
class Drawing:
    file: str
    shapes: dict[str, Shape] = field(default_factory=dict)
    arrows: list[Arrow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def bad(self, element: str, code: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.file, element, code, f"{element}：{zh}", f"{element}: {en}"))

    @property
    def solid(self) -> list[Shape]:
        """What nothing may run through: all nodes, and pools that are drawn as black boxes."""
        pools = {lane.lane for lane in self.shapes.values() if lane.kind == "lane"}
        return [s for s in self.shapes.values() if not s.is_frame or s.kind not in {"lane"} and s.id not in pools]


def check_drawing(file: str, root: etree._Element) -> tuple[Problem, ...]:
    """Give everything on a BPMN file's drawing that hinders reading; empty for a good one.

    `root` is its `definitions`. Whether every element is drawn at all is not asked here.
    """

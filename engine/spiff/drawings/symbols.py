"""The small signs of BPMN 2.0 (chapters 10 to 12), as SVG paths around their middle, in pixels."""

from __future__ import annotations

from math import cos, pi, sin
from typing import Final, NamedTuple


class Sign(NamedTuple):
    """One stroke of a sign; ``is_solid``: filled with the line's colour."""

    path: str
    is_solid: bool = False
    width: float = 1.2


def circle(radius: float) -> str:
    """Give a circle's path."""
    r = f"{radius:g}"
    return f"M-{r},0 a{r},{r} 0 1 0 {2 * radius:g},0 a{r},{r} 0 1 0 -{2 * radius:g},0 z"


def _ring(points: int, inner: float, outer: float) -> str:
    """Give a cogwheel's outline with so many teeth."""
    step = pi / points / 2
    turns = [(n * step, outer if n % 4 in {0, 1} else inner) for n in range(points * 4)]
    corners = (f"{r * cos(a):.2f},{r * sin(a):.2f}" for a, r in turns)
    return f"M{' L'.join(corners)} z"


_ENVELOPE: Final = "M-9,-6.5 h18 v13 h-18 z"
_FLAP: Final = "M-9,-6.5 L0,1.5 L9,-6.5"
_SMALL_ENVELOPE: Final = "M-8,-5.5 h16 v11 h-16 z"
_SMALL_FLAP: Final = "M-8,-5.5 L0,1 L8,-5.5"
_TICKS: Final = "M0,-10.5 v2.5 M0,10.5 v-2.5 M-10.5,0 h2.5 M10.5,0 h-2.5"
_CROSS: Final = (
    "M-8,-5.5 L-5.5,-8 L0,-2.5 L5.5,-8 L8,-5.5 L2.5,0 "
    "L8,5.5 L5.5,8 L0,2.5 L-5.5,8 L-8,5.5 L-2.5,0 z"
)

EVENTS: Final[dict[str, tuple[Sign, ...]]] = {
    "messageEventDefinition": (Sign(_ENVELOPE), Sign(_FLAP)),
    "timerEventDefinition": (Sign(circle(10.5)), Sign(_TICKS), Sign("M0,-7 V0 L4.5,3.5")),
    "signalEventDefinition": (Sign("M0,-9 L9,6 H-9 z"),),
    "conditionalEventDefinition": (
        Sign("M-7,-9 h14 v18 h-14 z"),
        Sign("M-4.5,-5.4 h9 M-4.5,-1.8 h9 M-4.5,1.8 h9 M-4.5,5.4 h9"),
    ),
    "errorEventDefinition": (Sign("M-8,8 L-3.5,-7 L2,2 L8,-8 L3.5,7 L-2,-2 z"),),
    "escalationEventDefinition": (Sign("M0,-10 L7,8 L0,1 L-7,8 z"),),
    "terminateEventDefinition": (Sign(circle(9.5)),),
    "cancelEventDefinition": (Sign(_CROSS),),
}
"""What stands in an event; thrown ones are filled."""

TASKS: Final[dict[str, tuple[Sign, ...]]] = {
    "userTask": (
        Sign("M-7,7 V4 C-7,0 -4,-1 0,-1 C4,-1 7,0 7,4 V7 z"),
        Sign("M-3.5,-4.5 a3.5,3.5 0 1 0 7,0 a3.5,3.5 0 1 0 -7,0 z"),
    ),
    "manualTask": (
        Sign(
            "M-8,2 L-2,-6 L0,-4.5 L-2,-1.5 H7 v2.2 H1 M7,0.7 h0.5 v2 H1 M7,2.7 v2 H1 "
            "M6,4.7 v1.8 H-5 L-8,4 z"
        ),
    ),
    "serviceTask": (Sign(_ring(8, 5.5, 7.5)), Sign(circle(2.5))),
    "scriptTask": (
        Sign("M-5,-7 H6 C2,-3 8,2 4,7 H-7 C-3,2 -9,-3 -5,-7 z"),
        Sign("M-3,-3.5 h6 M-2.5,0 h6 M-2,3.5 h6"),
    ),
    "businessRuleTask": (
        Sign("M-8,-6 h16 v12 h-16 z"),
        Sign("M-8,-6 h16 v3 h-16 z", is_solid=True),
        Sign("M-8,1.5 h16 M-3,-3 v9"),
    ),
    "sendTask": (Sign(_SMALL_ENVELOPE, is_solid=True), Sign(_SMALL_FLAP, width=-1.2)),
    "receiveTask": (Sign(_SMALL_ENVELOPE), Sign(_SMALL_FLAP)),
}
"""What stands in the upper left of a task; a negative width is a line in the colour of paper."""

GATEWAYS: Final[dict[str, tuple[Sign, ...]]] = {
    "exclusiveGateway": (
        Sign("M-8,-9 h4 L0,-3 L4,-9 h4 L2.5,0 L8,9 h-4 L0,3 L-4,9 h-4 L-2.5,0 z", is_solid=True),
    ),
    "parallelGateway": (
        Sign(
            "M-2,-11 h4 v9 h9 v4 h-9 v9 h-4 v-9 h-9 v-4 h9 z",
            is_solid=True,
        ),
    ),
    "inclusiveGateway": (Sign(circle(11), width=2.5),),
    "eventBasedGateway": (
        Sign(circle(14)),
        Sign(circle(11)),
        Sign("M0,-7 L6.7,-2.2 L4.1,5.7 H-4.1 L-6.7,-2.2 z"),
    ),
}

TURNS: Final = (Sign("M-5,-6 v12 M0,-6 v12 M5,-6 v12", width=2),)
TURNS_IN_ORDER: Final = (Sign("M-6,-5 h12 M-6,0 h12 M-6,5 h12", width=2),)
LOOP: Final = (Sign("M3,5.2 A6,6 0 1 0 -3,5.2 M-3,5.2 h-4 M-3,5.2 v-4", width=1.6),)
INSIDE: Final = (Sign("M-7,-7 h14 v14 h-14 z"), Sign("M0,-4.5 v9 M-4.5,0 h9"))
"""What stands at the foot of an activity."""

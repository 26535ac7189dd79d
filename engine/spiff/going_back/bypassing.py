"""Which guarantees an intervention bypasses: what a case can do after it, and could not before.

Guarantees hold on the drawing, so a case that goes on as drawn keeps them. A token that is put
elsewhere, or leaves a step without its being done, can lead around them. What has been passed
already counts; conditions are ignored, as in publishing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.spiff.escaping import Escapes
from engine.spiff.going_back.leaps import Ground
from engine.spiff.graph import Graph, way_to
from engine.spiff.model import ALWAYS_AFTER, EVERY_END, ONLY_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff.files.sheet import Sheet
    from engine.spiff.going_back.leaps import Leap
    from engine.spiff.graph import Place
    from engine.spiff.model import Compiled, Guarantee
    from engine.spiff.moves import Position


def bypassed(
    compiled: Compiled, at: Position, leap: Leap, passed: Mapping[str, int]
) -> tuple[Guarantee, ...]:
    """Give the guarantees that a leap leads around, for a case that stands `at`.

    `passed` are the elements done and flows taken that still hold ("process:id"), each with a
    number that says when.
    """
    ground = Ground(compiled)
    case = _Case(ground.sheets, passed)
    before = list(ground.standing(at))
    after = [*ground.standing(at, without=leap.closed), *ground.landing(at, leap)]
    return tuple(
        guarantee
        for guarantee in compiled.guarantees
        if case.escapes(guarantee, after) and not case.escapes(guarantee, before)
    )


@dataclass(frozen=True)
class _Case:
    sheets: Mapping[str, Sheet]
    passed: Mapping[str, int]

    def escapes(self, guarantee: Guarantee, places: list[Place]) -> bool:
        """Whether a case with tokens at these places can do what a guarantee says it never does."""
        last = max((self.passed.get(name, -1) for name in guarantee.after), default=-1)
        done = max((self.passed.get(name, -1) for name in guarantee.what), default=-1)
        if guarantee.kind == ONLY_AFTER:
            return last < 0 and self._comes_to(guarantee, places)
        if guarantee.kind == ALWAYS_AFTER:
            return last > done and self._ends(guarantee, places)
        return guarantee.kind == EVERY_END and done < 0 and self._ends(guarantee, places)

    def _comes_to(self, guarantee: Guarantee, places: list[Place]) -> bool:
        came = Graph(self.sheets, {*guarantee.after}).reach(places, self.passed)
        return any(way_to(name, came) is not None for name in guarantee.what)

    def _ends(self, guarantee: Guarantee, places: list[Place]) -> bool:
        escapes = Escapes(Graph(self.sheets, {*guarantee.what}))
        return all(escapes.way(place) is not None for place in places)

"""What lies ahead of a case: all that it may still come to without going back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff.going_back.leaps import Ground
from engine.spiff.graph import Graph

if TYPE_CHECKING:
    from collections.abc import Collection

    from engine.spiff.model import Compiled
    from engine.spiff.moves import Position


def ahead(compiled: Compiled, at: Position, passed: Collection[str]) -> frozenset[str]:
    """Return the elements ("process:id") that a case which stands `at` may still come to.

    Conditions are ignored. `passed` are the elements done and flows taken that still hold: a way
    that leads back to one of them ends there.
    """
    ground = Ground(compiled)
    standing = list(ground.standing(at))
    here = {f"{place.process}:{place.element}" for place in standing}
    came = Graph(ground.sheets, {*passed} - here).reach(standing, passed)
    return frozenset(f"{place.process}:{place.element}" for place in came)

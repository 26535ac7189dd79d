"""What a replay says of a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, timedelta

    from engine.spiff import Obstacle


class Verdict(StrEnum):
    """What becomes of a case that is replayed in another version.

    SAME: the same steps to the same place. URGED: the same but for steps by which somebody is
    urged. OTHER: its answers lead it elsewhere, or past a step. WAITING: a step opens that nobody
    was ever asked to do. CANNOT: it stops before.
    """

    SAME = "same_path"
    URGED = "other_urging"
    OTHER = "other_path"
    WAITING = "new_step"
    CANNOT = "cannot"

    @property
    def names(self) -> Names:
        """What people call it."""
        return _NAMES[self]


_NAMES: Final[Mapping[Verdict, Names]] = {
    Verdict.SAME: Names("走同一条路", "same path"),
    Verdict.URGED: Names("走同一条路，催办不同", "same path, other urging"),
    Verdict.OTHER: Names("走另一条路", "another path"),
    Verdict.WAITING: Names("停在新步骤", "a new step waits"),
    Verdict.CANNOT: Names("无法重演", "cannot follow"),
}


@dataclass(frozen=True, slots=True)
class NewStep:
    """A step ("process" and "element") that would wait, and for which role (a code)."""

    process: str
    element: str
    role: str


@dataclass(frozen=True, slots=True)
class Missed:
    """A deadline that passes in the replay; ``due`` is UTC.

    ``late`` is how long after it the activity ``host`` was done, or that it is open still. It
    ``passed`` in the case's own history as well.
    """

    process: str
    element: str
    host: str
    due: datetime
    late: timedelta
    passed: bool


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a case fares; ``notes`` say what of its history could not be done again, and why.

    ``done`` are the steps completed, in turn, and ``unused`` those whose answers nobody asked for,
    as "process:element". ``spared`` are steps that urged somebody in its own history, and do not
    open here. ``met`` are deadlines that passed in its own history and do not here,
    ``unreached`` those that this case never comes to. ``others`` are steps that another role does.
    """

    verdict: Verdict
    waiting: tuple[NewStep, ...] = ()
    obstacle: Obstacle | None = None
    missed: tuple[Missed, ...] = ()
    met: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    others: tuple[NewStep, ...] = ()
    done: tuple[str, ...] = ()
    unused: tuple[str, ...] = ()
    spared: tuple[str, ...] = ()
    outcome: str | None = None
    notes: tuple[Names, ...] = ()

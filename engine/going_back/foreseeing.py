"""What an intervention would do, in words, for those who read it before it is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import spiff
from engine.going_back.bypasses import bypasses
from engine.going_back.intervening import PLACE, place_of, prepared
from engine.going_back.lacks import lacks
from engine.going_back.seen import digest
from engine.going_back.stops import stops
from engine.history import dossier, items
from engine.spiff import Names
from engine.tables import tasks

if TYPE_CHECKING:
    from datetime import datetime

    from engine.going_back.intervening import Ready, Wanted
    from engine.history.dossier import CaseHeader
    from engine.people import Person
    from engine.procedures import Version


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a token can be moved to; ``to`` is its key on pages."""

    to: tuple[str, ...]
    names: Names
    within: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an intervention would do: what stops and what opens, or how the case would end.

    ``bypassed`` are the guarantees that it leads around, ``lacks`` say what stays unfilled that
    something reads later. Unless ``joins_fit``, nobody has seen that no join waits for ever.
    """

    case: CaseHeader
    kind: str
    step: Names | None
    spot: Spot | None
    stops: list[Names]
    opens: list[Names]
    ends: Names | None
    bypassed: list[Names]
    lacks: list[Names]
    joins_fit: bool

    @property
    def seen(self) -> str:
        """The digest of all that changes with the case until somebody confirms it."""
        ends = [] if self.ends is None else [self.ends]
        return digest(self.stops, self.opens, ends, self.bypassed, self.lacks)


def spot_of(version: Version, to: tuple[str, ...]) -> Spot:
    """Return the place that these calls and this element lead to. Raises NotFoundError."""
    at = place_of(version, to)
    process, within = version.compiled.id, []
    for call in to[:-1]:
        within.append(version.element(process, call).names)
        process = version.compiled.diagrams[process].calls[call]
    return Spot(to, version.element(at.process, at.element).names, tuple(within))


def foreseen(conn: sa.Connection, wanted: Wanted, *, by: Person, now: datetime) -> Foreseen:
    """Return what an intervention would do, storing nothing.

    Raises TaskGoneError, SuspendedError, NoWayError and NotFoundError.
    """
    return foretold(conn, prepared(conn, wanted, by=by, now=now), by=by)


def foretold(conn: sa.Connection, ready: Ready, *, by: Person) -> Foreseen:
    """Return what an intervention does that could be stored."""
    version, waiting, move, wanted = ready.version, ready.waiting, ready.move, ready.wanted
    ended = None if move.ended is None else version.element(*move.ended.split(":")).names
    return Foreseen(
        case=dossier.header(conn, dossier.case_row(conn, wanted.case_id, by=by)),
        kind=wanted.kind,
        step=None if waiting is None else version.step(waiting.process, waiting.element).names,
        spot=spot_of(version, wanted.to) if wanted.kind == PLACE else None,
        stops=_stops(conn, ready),
        opens=[_opened(version, task) for task in move.opened],
        ends=ended,
        bypassed=[guarantee.names for guarantee in bypasses(conn, ready)],
        lacks=lacks(conn, ready),
        joins_fit=spiff.joins_fit(version.compiled, move.state),
    )


def _stops(conn: sa.Connection, ready: Ready) -> list[Names]:
    """Return what stops besides the step itself."""
    version, wanted = ready.version, ready.wanted
    if wanted.task is not None and ready.place is not None:
        gone = spiff.placing(version.compiled, ready.case.state, wanted.task, ready.place)
        return stops(conn, version, gone)
    others = [key for key in ready.move.closed if key != wanted.task]
    rows = conn.execute(sa.select(tasks).where(tasks.c.id.in_(others)))
    return [version.step(row.process, row.element).names for row in rows]


def _opened(version: Version, task: spiff.OpenTask) -> Names:
    step, role = version.step(task.process, task.element).names, version.bundle.roles[task.role]
    one = items.told(version, task.item)
    zh, en = (f"（{one.zh}）", f" ({one.en})") if one else ("", "")
    return Names(f"“{step.zh}”{zh}：{role.zh}", f"“{step.en}”{en}: {role.en}")

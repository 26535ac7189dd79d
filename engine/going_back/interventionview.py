"""The operators' page of a case: its open steps, where a token can go, and what would follow."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures, spiff
from engine.errors import NotFoundError
from engine.going_back.bypasses import bypasses
from engine.going_back.intervening import PLACE, place_of, prepared
from engine.going_back.seconding import asked_for
from engine.going_back.stops import stops
from engine.history import dossier, items
from engine.spiff import Names
from engine.tables import tasks
from engine.tasks.opensteps import open_steps

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.going_back.intervening import Ready, Wanted
    from engine.history.dossier import CaseHeader
    from engine.people import Person
    from engine.procedures import Version
    from engine.tasks.opensteps import OpenStep


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a token can be moved to; ``to`` is its key on pages."""

    to: tuple[str, ...]
    names: Names
    within: tuple[Names, ...]


@dataclass(frozen=True, slots=True)
class Requested:
    """What waits for a second person: ``row`` of seconding.asked_for, and from where to where.

    ``step`` is None once it is no longer open, ``spot`` where nothing is moved to.
    """

    row: sa.Row[Any]
    step: Names | None
    spot: Spot | None


@dataclass(frozen=True, slots=True)
class CaseToMend:
    """An open case as operators see it: steps that wait, where tokens can go, what is asked for."""

    header: CaseHeader
    steps: list[OpenStep]
    spots: list[Spot]
    asked: list[Requested]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an intervention would do: what stops and what opens, or how the case would end.

    ``bypassed`` are the guarantees that it leads around.
    """

    case: CaseHeader
    kind: str
    step: Names | None
    spot: Spot | None
    stops: list[Names]
    opens: list[Names]
    ends: Names | None
    bypassed: list[Names]


def case_to_mend(conn: sa.Connection, case_id: UUID, *, by: Person) -> CaseToMend:
    """Return an open case for operators. Raises NotFoundError."""
    row = dossier.case_row(conn, case_id, by=by)
    version = procedures.version(conn, row.version_id)
    spots = [_spot(version, (*at.path, at.element)) for at in spiff.places(version.compiled)]
    mine = [one for one in requested(conn) if one.row.case_id == case_id]
    return CaseToMend(dossier.header(conn, row), open_steps(conn, version, case_id), spots, mine)


def requested(conn: sa.Connection) -> list[Requested]:
    """Return what waits for a second person, the oldest first, in words."""
    return [_requested(conn, row) for row in asked_for(conn)]


def _requested(conn: sa.Connection, row: sa.Row[Any]) -> Requested:
    version, spot = procedures.version(conn, row.version_id), None
    if row.place:
        with suppress(NotFoundError):  # the case has gone on to a version without it
            spot = _spot(version, tuple(row.place))
    step = None if row.element is None else version.step(row.process, row.element).names
    return Requested(row, step, spot)


def _spot(version: Version, to: tuple[str, ...]) -> Spot:
    at = place_of(version, to)
    process, within = version.compiled.id, []
    for call in to[:-1]:
        within.append(version.element(process, call).names)
        process = version.compiled.diagrams[process].calls[call]
    return Spot(to, version.element(at.process, at.element).names, tuple(within))


def foreseen(conn: sa.Connection, wanted: Wanted, *, by: Person, now: datetime) -> Foreseen:
    """Return what an intervention would do, storing nothing.

    Raises TaskGoneError, NoWayError and NotFoundError.
    """
    row = dossier.case_row(conn, wanted.case_id, by=by)
    ready = prepared(conn, wanted, by=by, now=now)
    version, waiting, move = ready.version, ready.waiting, ready.move
    ended = None if move.ended is None else version.element(*move.ended.split(":")).names
    return Foreseen(
        case=dossier.header(conn, row),
        kind=wanted.kind,
        step=None if waiting is None else version.step(waiting.process, waiting.element).names,
        spot=_spot(version, wanted.to) if wanted.kind == PLACE else None,
        stops=_stops(conn, ready),
        opens=[_opened(version, task) for task in move.opened],
        ends=ended,
        bypassed=[guarantee.names for guarantee in bypasses(conn, ready)],
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

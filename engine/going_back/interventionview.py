"""The operators' page of a case: its open steps, where a token can go, what was asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine import procedures, spiff
from engine.errors import NotFoundError
from engine.going_back.foreseeing import spot_of
from engine.going_back.seconding import asked_for
from engine.history import dossier
from engine.tasks.opensteps import open_steps

if TYPE_CHECKING:
    from uuid import UUID

    import sqlalchemy as sa

    from engine.going_back.foreseeing import Spot
    from engine.history.dossier import CaseHeader
    from engine.people import Person
    from engine.spiff import Names
    from engine.tasks.opensteps import OpenStep


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


def case_to_mend(conn: sa.Connection, case_id: UUID, *, by: Person) -> CaseToMend:
    """Return an open case for operators. Raises NotFoundError."""
    row = dossier.case_row(conn, case_id, by=by)
    version = procedures.version(conn, row.version_id)
    spots = [spot_of(version, (*at.path, at.element)) for at in spiff.places(version.compiled)]
    mine = [one for one in requested(conn) if one.row.case_id == case_id]
    return CaseToMend(dossier.header(conn, row), open_steps(conn, version, case_id), spots, mine)


def requested(conn: sa.Connection) -> list[Requested]:
    """Return what waits for a second person, the oldest first, in words."""
    return [_requested(conn, row) for row in asked_for(conn)]


def _requested(conn: sa.Connection, row: sa.Row[Any]) -> Requested:
    version, spot = procedures.version(conn, row.version_id), None
    if row.place:
        with suppress(NotFoundError):  # the case has gone on to a version without it
            spot = spot_of(version, tuple(row.place))
    step = None if row.element is None else version.step(row.process, row.element).names
    return Requested(row, step, spot)

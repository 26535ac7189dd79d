"""What a batch would do, or has done, as pages and the command line show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures
from engine.errors import NotFoundError
from engine.history.entrynotes import handed_over, lying, named
from engine.history.timernotes import limited
from engine.spiff import Dues, Names
from engine.tables import cases, people, transfer_cases, transfers, versions

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from uuid import UUID

    from engine.procedures import Version


@dataclass(frozen=True, slots=True)
class DueThen:
    """A deadline of a case before and after (UTC); None for one that begins or is gone.

    ``drawn`` is when it would be due by the new version, where that draws it otherwise. One that
    ``reminds`` is the next round of a reminder, for one that ``waits`` the flow waits.
    """

    timer: Names
    host: Names
    before: datetime | None
    after: datetime | None
    drawn: datetime | None
    reminds: bool
    waits: bool


@dataclass(frozen=True, slots=True)
class Stand:
    """An open step of a case, whose it is, and the name of who holds it or None."""

    step: Names
    role: Names
    holder: str | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """One case of a batch. ``verdict`` is that of engine.spiff, "ended", or None until looked at.

    ``stands`` are the steps that were open when it was looked at.
    ``obstacles`` say why it cannot move, ``handed`` which open steps are another role's then and
    who loses them, ``opened`` are the steps that wait then, with their roles, ``lies`` say of the
    other new steps whether they lie ahead, ``limits`` what altered tables make of the limits that
    the case has been given.
    """

    case_id: UUID
    case_code: str
    customer: str | None
    number: int
    verdict: str | None
    stands: tuple[Stand, ...]
    obstacles: tuple[Names, ...]
    handed: tuple[Names, ...]
    opened: tuple[tuple[Names, Names], ...]
    lies: tuple[Names, ...]
    deadlines: tuple[DueThen, ...]
    limits: tuple[Names, ...]
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of cases, as far as it has come. Times are UTC.

    ``begun_by`` and ``ended_by`` are names, None for the command line. Once it has ended and none
    of them moved, ``ended_for`` says why, None if it was given up.
    """

    id: int
    procedure: str
    names: Names
    to: int
    due: Dues
    reason: str
    begun_by: str | None
    begun_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    ended_for: Names | None
    cases: tuple[Foreseen, ...]

    @property
    def moved(self) -> int:
        """How many of its cases have moved."""
        return sum(case.moved_at is not None for case in self.cases)

    def count(self, verdict: str | None) -> int:
        """Return how many of its cases were found so."""
        return sum(case.verdict == verdict for case in self.cases)


@dataclass(frozen=True, slots=True)
class Line:
    """One batch in a list. Times are UTC; ``who`` is None for the command line.

    One that ended was ``refused`` if none of its cases could be moved.
    """

    id: int
    names: Names
    to: int
    reason: str
    who: str | None
    begun_at: datetime
    ended_at: datetime | None
    refused: bool
    moved: int
    cases: int


def latest(conn: sa.Connection, *, limit: int = 30) -> list[Line]:
    """Return the newest batches, the newest first."""
    columns = transfer_cases.c
    wanted = (
        sa.select(transfers, versions.c.zh, versions.c.en, versions.c.number, people.c.name)
        .add_columns(sa.func.count(columns.moved_at).label("moved"), sa.func.count().label("all"))
        .join(versions, versions.c.id == transfers.c.to_version)
        .join(transfer_cases, columns.transfer_id == transfers.c.id)
        .join(people, people.c.id == transfers.c.begun_by, isouter=True)
        .group_by(transfers.c.id, versions.c.id, people.c.id)
        .order_by(transfers.c.id.desc())
        .limit(limit)
    )
    return [
        Line(
            row.id, Names(row.zh, row.en), row.number, row.reason, row.name,
            row.begun_at, row.ended_at, row.ended_for is not None, row.moved, row.all,
        )
        for row in conn.execute(wanted)
    ]  # fmt: skip


_BEGAN, _ENDED = people.alias("began"), people.alias("ended")
_BATCH = (
    sa.select(transfers, _BEGAN.c.name.label("beginner"), _ENDED.c.name.label("ender"))
    .outerjoin(_BEGAN, _BEGAN.c.id == transfers.c.begun_by)
    .outerjoin(_ENDED, _ENDED.c.id == transfers.c.ended_by)
)


def batch(conn: sa.Connection, key: int) -> Batch:
    """Return a batch with its cases, those that cannot move first. Raises NotFoundError."""
    row = conn.execute(_BATCH.where(transfers.c.id == key)).one_or_none()
    if row is None:
        raise NotFoundError
    to = procedures.version(conn, row.to_version)
    found = [_foreseen(to, each, procedures.version(conn, each.from_version))
             for each in _rows(conn, key)]  # fmt: skip
    return Batch(
        row.id, row.procedure, to.names, to.number, Dues(row.due), row.reason,
        row.beginner, row.begun_at, row.ender, row.ended_at,
        None if row.ended_for is None else Names(*row.ended_for), tuple(sorted(found, key=_first)),
    )  # fmt: skip


def _first(case: Foreseen) -> tuple[int, str]:
    return ["cannot", "new_step", "same_place", "ended", None].index(case.verdict), case.case_code


def _rows(conn: sa.Connection, key: int) -> Sequence[sa.Row[Any]]:
    wanted = (
        sa.select(transfer_cases, versions.c.number, cases.c.customer)
        .add_columns(sa.func.coalesce(cases.c.number, cases.c.code).label("code"))
        .join(cases, cases.c.id == transfer_cases.c.case_id)
        .join(versions, versions.c.id == transfer_cases.c.from_version)
        .where(transfer_cases.c.transfer_id == key)
    )
    return conn.execute(wanted).all()


def _foreseen(to: Version, row: sa.Row[Any], was: Version) -> Foreseen:
    told = row.told
    return Foreseen(
        case_id=row.case_id,
        case_code=row.code,
        customer=row.customer,
        number=row.number,
        verdict=row.verdict,
        stands=tuple(
            Stand(*stood, holder)
            for *place, holder in told.get("stands", ())
            for stood in _opened(was, [place])
        ),
        obstacles=tuple(Names(zh, en) for _, _, zh, en in told.get("obstacles", ())),
        handed=tuple(handed_over(to, each) for each in told.get("handed", ())),
        opened=tuple(_opened(to, told.get("opened", ()))),
        lies=tuple(lying(to, told.get("lies", ()))),
        deadlines=tuple(_deadlines(to, was, told.get("deadlines", ()))),
        limits=tuple(limited(to, told.get("limits", ()))),
        moved_at=row.moved_at,
    )


def _opened(to: Version, rows: Sequence[list[str]]) -> Iterator[tuple[Names, Names]]:
    for process, element, role in rows:
        holder = to.bundle.roles.get(role)
        yield named(to, process, element), Names(role, role) if holder is None else holder


def _deadlines(to: Version, was: Version, rows: Sequence[list[Any]]) -> Iterator[DueThen]:
    for process, element, host, *moments, reminds in rows:
        before, after, drawn = (m and datetime.fromisoformat(m) for m in moments)
        version = was if after is None else to
        names = named(version, process, element), named(version, process, host)
        yield DueThen(*names, before, after, drawn, reminds, waits=host == element)

"""What a batch would do, or has done, as pages and the command line show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures
from engine.entrynotes import handed_over, named
from engine.errors import NotFoundError
from engine.spiff import Dues, Names
from engine.tables import cases, people, transfer_cases, transfers, versions
from engine.timernotes import limited

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
class Foreseen:
    """One case of a batch. ``verdict`` is that of engine.spiff, "ended", or None until looked at.

    ``obstacles`` say why it cannot move, ``handed`` which open steps are another role's then and
    who loses them, ``opened`` are the steps that wait then, with their roles, ``limits`` what
    altered tables make of the limits that the case has been given.
    """

    case_id: UUID
    case_code: str
    customer: str | None
    number: int
    verdict: str | None
    obstacles: tuple[Names, ...]
    handed: tuple[Names, ...]
    opened: tuple[tuple[Names, Names], ...]
    deadlines: tuple[DueThen, ...]
    limits: tuple[Names, ...]
    moved_at: datetime | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of cases, as far as it has come. Times are UTC."""

    id: int
    procedure: str
    names: Names
    to: int
    due: Dues
    reason: str
    begun_at: datetime
    ended_at: datetime | None
    cases: tuple[Foreseen, ...]

    def count(self, verdict: str | None) -> int:
        """Return how many of its cases were found so."""
        return sum(case.verdict == verdict for case in self.cases)


@dataclass(frozen=True, slots=True)
class Line:
    """One batch in a list. Times are UTC; ``who`` is None for the command line."""

    id: int
    names: Names
    to: int
    reason: str
    who: str | None
    begun_at: datetime
    ended_at: datetime | None
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
            row.begun_at, row.ended_at, row.moved, row.all,
        )
        for row in conn.execute(wanted)
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Target:
    """A version to which open cases of its procedure could go, and how many there are."""

    procedure: str
    names: Names
    number: int
    in_force: bool
    cases: int


def targets(conn: sa.Connection) -> list[Target]:
    """Return the versions that cases could go to, those in force first."""
    older = versions.alias()
    elsewhere = (
        sa.select(sa.func.count())
        .select_from(cases)
        .where(
            cases.c.procedure == older.c.procedure,
            cases.c.status == "open",
            cases.c.version_id != older.c.id,
        )
        .scalar_subquery()
    )
    wanted = (
        sa.select(older, elsewhere.label("cases"))
        .where(older.c.began_at.is_not(None), older.c.withdrawn_at.is_(None))
        .order_by(older.c.in_force.desc(), older.c.procedure, older.c.number.desc())
    )
    return [
        Target(row.procedure, Names(row.zh, row.en), row.number, row.in_force, row.cases)
        for row in conn.execute(wanted)
        if row.cases
    ]


def batch(conn: sa.Connection, key: int) -> Batch:
    """Return a batch with its cases, those that cannot move first. Raises NotFoundError."""
    row = conn.execute(sa.select(transfers).where(transfers.c.id == key)).one_or_none()
    if row is None:
        raise NotFoundError
    to = procedures.version(conn, row.to_version)
    found = [_foreseen(to, each, procedures.version(conn, each.from_version))
             for each in _rows(conn, key)]  # fmt: skip
    return Batch(
        row.id, row.procedure, to.names, to.number, Dues(row.due), row.reason,
        row.begun_at, row.ended_at, tuple(sorted(found, key=_first)),
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
        obstacles=tuple(Names(zh, en) for _, _, zh, en in told.get("obstacles", ())),
        handed=tuple(handed_over(to, each) for each in told.get("handed", ())),
        opened=tuple(_opened(to, told.get("opened", ()))),
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

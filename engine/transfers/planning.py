"""Planning a batch: which open cases go to which version, why, and on what terms."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.history import journal
from engine.reasons import checked_reason
from engine.spiff import Dues, Names
from engine.tables import cases, transfer_cases, transfers, versions
from engine.transfers.refusals import NothingToMoveError, NotInForceError

if TYPE_CHECKING:
    from datetime import datetime

    from engine.people import Person


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


def begin(
    conn: sa.Connection,
    procedure: str,
    number: int,
    *,
    reason: str,
    due: Dues = Dues.KEPT,
    by: Person | None,
    now: datetime,
) -> int:
    """Plan to move every open case of a procedure to a version; return the batch.

    Raises NotFoundError, NotInForceError, NothingToMoveError and BadReasonError.
    """
    said = checked_reason(reason)
    to = _target(conn, procedure, number)
    open_ones = sa.select(cases.c.id, cases.c.version_id).where(
        cases.c.procedure == procedure, cases.c.status == "open", cases.c.version_id != to
    )
    found = conn.execute(open_ones).all()
    if not found:
        raise NothingToMoveError(procedure, number)
    values = {"procedure": procedure, "to_version": to, "due": due.value, "reason": said}
    begun = {**values, "begun_at": now, "begun_by": None if by is None else by.id}
    batch = int(conn.scalar(sa.insert(transfers).values(begun).returning(transfers.c.id)) or 0)
    rows = [{"transfer_id": batch, "case_id": r.id, "from_version": r.version_id} for r in found]
    conn.execute(sa.insert(transfer_cases), rows)
    journal.enter(conn, journal.MOVES_BEGUN, transfers, [batch], by=by, now=now)
    return batch


def unfinished(
    conn: sa.Connection, procedure: str, number: int, *, reason: str, due: Dues
) -> int | None:
    """Return the newest batch on the same terms that was neither carried out nor given up."""
    mine = sa.select(sa.func.max(transfers.c.id)).where(
        transfers.c.to_version == _target(conn, procedure, number),
        transfers.c.ended_at.is_(None),
        transfers.c.reason == reason.strip(),
        transfers.c.due == due.value,
    )
    found: int | None = conn.scalar(mine)
    return found


def _target(conn: sa.Connection, procedure: str, number: int) -> int:
    wanted = versions.c.procedure == procedure, versions.c.number == number
    row = conn.execute(sa.select(versions).where(*wanted)).one_or_none()
    if row is None:
        raise NotFoundError(
            f"规程“{procedure}”没有第 {number} 版。",
            f"There is no version {number} of a procedure “{procedure}”.",
        )
    if row.began_at is None or row.withdrawn_at is not None:
        raise NotInForceError(number)
    return int(row.id)

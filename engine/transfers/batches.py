"""A batch of cases: each is foreseen and written down, then all of them move in one transaction.

Whoever runs it commits after each case that is foreseen: after a kill the next one goes on there.
The move itself is one transaction, so that a kill leaves none of them moved, and all of them still
foreseen.
"""

from __future__ import annotations

import logging
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.cases.moving import COLUMNS, Case
from engine.database import is_away
from engine.history import journal
from engine.spiff import Dues, Obstacle, Transfer, Verdict
from engine.tables import cases, transfer_cases, transfers
from engine.transfers import telling
from engine.transfers.ending import NONE_WAS_ABLE, end, opened
from engine.transfers.handing import handed
from engine.transfers.lying import lying
from engine.transfers.one import CannotMoveError, Terms, foresee, move
from engine.transfers.refusals import (
    NotForeseenError,
    OtherwiseError,
    SomeCannotError,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person


_log = logging.getLogger("banjie.transfers")
_UNREADABLE: Final = Obstacle(
    "",
    "",
    "案件或其版本的文件无法读取，请先用 banjie verify 查明原因。",
    "The case, or the files of its version, cannot be read; find out why by banjie verify.",
)


class Which(StrEnum):
    """Which cases of a batch move: all or none, or those that can, the others staying."""

    ALL = "all"
    ABLE = "able"


_NEXT = (
    sa.select(transfer_cases.c.case_id, *COLUMNS)
    .join(cases, cases.c.id == transfer_cases.c.case_id)
    .where(
        transfer_cases.c.transfer_id == sa.bindparam("batch"), transfer_cases.c.verdict.is_(None)
    )
    .order_by(transfer_cases.c.case_id)
    .limit(1)
    .with_for_update(of=transfer_cases, skip_locked=True)
)


_ANY = (
    sa.select(transfers.c.id)
    .where(
        transfers.c.ended_at.is_(None),
        sa.exists().where(
            transfer_cases.c.transfer_id == transfers.c.id, transfer_cases.c.verdict.is_(None)
        ),
    )
    .order_by(transfers.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)


def foresee_any(conn: sa.Connection, *, now: datetime) -> bool:
    """Look at one case of any batch that nobody else is at; False when there is none."""
    batch = conn.scalar(_ANY)
    return batch is not None and foresee_next(conn, batch, now=now)


def foresee_next(conn: sa.Connection, batch: int, *, now: datetime) -> bool:
    """Look at one case that nobody else is looking at; False when each was looked at.

    Raises NotFoundError and OverError.
    """
    terms = _terms(opened(conn, batch), conn)
    row = conn.execute(_NEXT, {"batch": batch}).one_or_none()
    if row is None:
        return False
    case = Case(*row[1:])
    if not _is_to_move(conn, case, terms):
        _write(conn, batch, case, verdict="ended")
        return True
    found = _foreseen(conn, case, terms, now=now)
    was = procedures.version(conn, case.version_id)
    stands = telling.standing(conn, case.id)
    lies = lying(conn, case, was, terms.to, found)
    said = telling.told(found, handed(conn, was, found), stands, lies, terms.due)
    looked = {"verdict": found.verdict.value, "told": said, "from_version": case.version_id}
    _write(conn, batch, case, **looked)
    return True


def _foreseen(conn: sa.Connection, case: Case, terms: Terms, *, now: datetime) -> Transfer:
    """Look at a case; one that cannot even be read cannot be moved."""
    try:
        with conn.begin_nested():
            return foresee(conn, case, terms, now=now)
    except Exception as error:
        if is_away(error):
            raise
        _log.warning("Case %s cannot be looked at: %s", case.id, error)
        return Transfer(Verdict.CANNOT, None, (), (_UNREADABLE,))


def carry_out(
    conn: sa.Connection, batch: int, which: Which, *, by: Person | None, now: datetime
) -> int:
    """Move the cases of a batch, in this transaction; return how many.

    A case that has ended, or has come to that version, meanwhile is passed over. One that was taken
    on is judged anew: it moves if it still goes where it was shown to go. Raises OverError,
    NotForeseenError, SomeCannotError and OtherwiseError: then nothing must be committed.
    """
    terms = _terms(opened(conn, batch), conn)
    left = _count(conn, batch, transfer_cases.c.verdict.is_(None))
    cannot = _count(conn, batch, transfer_cases.c.verdict == Verdict.CANNOT.value)
    if left:
        raise NotForeseenError(left)
    if cannot and which is Which.ALL:
        raise SomeCannotError(cannot)
    able = sa.select(transfer_cases).where(
        transfer_cases.c.transfer_id == batch,
        transfer_cases.c.verdict.in_((Verdict.SAME.value, Verdict.NEXT.value)),
    )
    moved, otherwise = 0, []
    for row in conn.execute(able.order_by(transfer_cases.c.case_id)).all():
        case = Case(*conn.execute(_CASE, {"case": row.case_id}).one())
        if not _is_to_move(conn, case, terms):
            continue
        if _moves(conn, case, row, terms, by=by, now=now):
            moved += 1
        else:
            otherwise.append(case.id)
    if otherwise:
        raise OtherwiseError(_codes(conn, otherwise))
    why = None if moved else NONE_WAS_ABLE
    end(conn, batch, journal.MOVES_CARRIED_OUT, why, by=by, now=now)
    return moved


def _moves(
    conn: sa.Connection,
    case: Case,
    row: sa.Row[Any],
    terms: Terms,
    *,
    by: Person | None,
    now: datetime,
) -> bool:
    """Move a case; False if that is not what its row says, and nothing must be committed."""
    if case.version_id != row.from_version:
        return False
    try:
        verdict, said = move(conn, case.id, terms, by=by, now=now)
    except CannotMoveError:
        return False
    _write(conn, row.transfer_id, case, told=said, moved_at=now)
    return verdict == row.verdict and telling.is_as_told(row.told, said)


def _codes(conn: sa.Connection, keys: Sequence[UUID]) -> list[str]:
    code = sa.func.coalesce(cases.c.number, cases.c.code)
    return list(conn.scalars(sa.select(code).where(cases.c.id.in_(keys)).order_by(code)))


def look_again(conn: sa.Connection, batch: int) -> None:
    """Let each case of a batch be looked at anew. Raises NotFoundError and OverError."""
    opened(conn, batch)
    mine = sa.update(transfer_cases).where(transfer_cases.c.transfer_id == batch)
    conn.execute(mine.values(verdict=None, told={}))


_CASE = sa.select(*COLUMNS).where(cases.c.id == sa.bindparam("case")).with_for_update()


def _terms(row: sa.Row[Any], conn: sa.Connection) -> Terms:
    return Terms(procedures.version(conn, row.to_version), row.reason, Dues(row.due))


def _is_to_move(conn: sa.Connection, case: Case, terms: Terms) -> bool:
    status = conn.scalar(sa.select(cases.c.status).where(cases.c.id == case.id))
    return status == "open" and case.version_id != terms.to.id


def _count(conn: sa.Connection, batch: int, which: sa.ColumnElement[bool]) -> int:
    mine = sa.select(sa.func.count()).where(transfer_cases.c.transfer_id == batch, which)
    return int(conn.scalar(mine) or 0)


def _write(conn: sa.Connection, batch: int, case: Case, **values: object) -> None:
    mine = sa.update(transfer_cases).where(
        transfer_cases.c.transfer_id == batch, transfer_cases.c.case_id == case.id
    )
    conn.execute(mine.values(**values))

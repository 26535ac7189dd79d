"""How a batch of cases ends: by whom, and why none of them moved, if none did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.history import journal
from engine.spiff import Names
from engine.tables import transfers
from engine.transfers.refusals import OverError

if TYPE_CHECKING:
    from datetime import datetime

    from engine.errors import Refusal
    from engine.people import Person

NONE_WAS_ABLE: Final = Names(
    "各案都不能迁移，或此前已经办结、已在这一版。",
    "Each of them cannot be moved, or had ended, or was in that version before.",
)


def give_up(
    conn: sa.Connection,
    batch: int,
    *,
    by: Person | None,
    now: datetime,
    why: Refusal | None = None,
) -> None:
    """Leave the cases of a batch where they are; ``why`` is what refused to move them, if it did.

    Raises NotFoundError and OverError.
    """
    opened(conn, batch)
    said = None if why is None else Names(why.zh, why.en)
    end(conn, batch, journal.MOVES_GIVEN_UP, said, by=by, now=now)


def opened(conn: sa.Connection, batch: int) -> sa.Row[Any]:
    """Return the locked row of a batch that is still to be done."""
    mine = sa.select(transfers).where(transfers.c.id == batch).with_for_update()
    row = conn.execute(mine).one_or_none()
    if row is None:
        raise NotFoundError
    if row.ended_at is not None:
        raise OverError
    return row


def end(
    conn: sa.Connection,
    batch: int,
    kind: str,
    why: Names | None,
    *,
    by: Person | None,
    now: datetime,
) -> None:
    """Write down that a batch is over, and enter it; ``why`` says why none of its cases moved."""
    ended = {"ended_at": now, "ended_by": None if by is None else by.id}
    said = sa.null() if why is None else [why.zh, why.en]
    mine = sa.update(transfers).where(transfers.c.id == batch)
    conn.execute(mine.values(**ended, ended_for=said))
    journal.enter(conn, kind, transfers, [batch], by=by, now=now)

"""The company's journal: acts that belong to no single case, chained as a case's entries are.

An entry says who did what and how each row that it touched stood afterwards, so that every row is
compared with what was last said of it. The chain runs over the stored bytes:
``hash = sha256(last hash + body)``. What was there before there was a journal is taken over by its
first entry (the migration to 0004).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine.history import moment, read, to_bytes
from engine.history.told import GENESIS, listed
from engine.signature import signature
from engine.tables import journal, substitutions, transfers, versions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from engine.people import Person

TAKEN_OVER: Final = "taken_over"
"""The kind of the entry that says what was there before the journal."""

PUBLISHED: Final = "version_published"
BEGAN: Final = "version_began"
WITHDRAWN: Final = "version_withdrawn"
SUBSTITUTED: Final = "substitution_made"
SUBSTITUTION_ENDED: Final = "substitution_ended"
MOVES_BEGUN: Final = "moves_begun"
MOVES_CARRIED_OUT: Final = "moves_carried_out"
MOVES_GIVEN_UP: Final = "moves_given_up"

VOUCHED: Final[Mapping[str, sa.Table]] = {
    table.name: table for table in (versions, substitutions, transfers)
}
"""The tables whose rows the journal vouches for, in all their columns."""

_WRITING = 0x6A_6F_75_72  # advisory lock: entries are chained one at a time
_LAST = sa.select(journal.c.seq, journal.c.hash).order_by(journal.c.seq.desc()).limit(1)


def enter(
    conn: sa.Connection, kind: str, touched: sa.Table, keys: Iterable[int], *,
    by: Person | None, now: datetime,
) -> None:  # fmt: skip
    """Enter an act with the rows of a table that it touched, by their ids, as they stand now."""
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(_WRITING)))
    rows = conn.execute(sa.select(touched).where(touched.c.id.in_(list(keys)))).mappings().all()
    seq, head = conn.execute(_LAST).one_or_none() or (0, GENESIS)
    said = {
        "v": 1,
        "seq": seq + 1,
        "at": now.isoformat(),
        "kind": kind,
        **signature(by),
        "rows": [[touched.name, row["id"], as_said(row)] for row in rows],
    }
    body = to_bytes(said)
    added = {"seq": seq + 1, "body": body, "hash": sha256(head + body).digest()}
    conn.execute(sa.insert(journal).values(added))


def as_said(row: sa.RowMapping) -> dict[str, Any]:
    """Return a row as entries say it: moments in UTC, keys and digests in hex."""
    written = {str(name): _written(value) for name, value in row.items()}
    said: dict[str, Any] = orjson.loads(orjson.dumps(written))
    return said


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID | bytes):
        return value.hex if isinstance(value, UUID) else value.hex()
    return value


@dataclass(slots=True)
class Journal:
    """The journal as it was read: the first entry that does not hold, and what is said of rows.

    ``rows`` are what was last said, by table and id; ``taken_over`` is when (UTC) what was there
    before was entered, None when nothing was.
    """

    broken: int | None = None
    count: int = 0
    head: bytes = GENESIS
    taken_over: datetime | None = None
    rows: dict[tuple[str, int], Mapping[str, Any]] = field(default_factory=dict)


def follow(conn: sa.Connection) -> Journal:
    """Read the whole journal in its order, whatever somebody has made of it."""
    found = Journal()
    for row in conn.execute(sa.select(journal).order_by(journal.c.seq)):
        found.count += 1
        found.head = sha256(found.head + row.body).digest()
        body = read(row.body)
        holds = row.seq == found.count == body.get("seq") and row.hash == found.head
        if found.broken is None and not holds:
            found.broken = found.count
        if body.get("kind") == TAKEN_OVER:
            found.taken_over = moment(body)
        found.rows |= {(one[0], one[1]): one[2] for one in listed(body, "rows")}
    return found

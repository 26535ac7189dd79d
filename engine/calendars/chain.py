"""What each change of the calendars changed, bound to the change before by SHA-256.

The chain runs over the stored bytes, as that of a case does: ``hash = sha256(last hash + body)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.history import moment, read, to_bytes
from engine.history.told import GENESIS
from engine.spiff import Names
from engine.tables import calendar_revisions as revisions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from engine.calendars import Kept, Stored
    from engine.calendars.differences import Difference

MOST_TOLD: Final = 3
"""Changes that a case's entry tells in full, and revisions, the newest first."""


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that a revision changed: of which calendar (None: who uses one), from, to."""

    calendar: Names | None
    what: Names
    before: Names
    after: Names


def body_of(
    row: Mapping[str, Any], who: str | None, found: Sequence[Difference], after: Stored
) -> bytes:
    """Return the bytes that vouch for a revision: its row, who made it, and what differs."""
    by = row["changed_by"]
    said = {
        **{name: row[name] for name in ("id", "note", "cases")},
        "v": 1,
        "at": row["at"].isoformat(),
        "by": None if by is None else by.hex,
        "name": who,
        "changes": [_said(one, after) for one in found],
    }
    return to_bytes(said)


def _said(one: Difference, after: Stored) -> dict[str, object]:
    words = {"what": one.what, "from": one.before, "to": one.after}
    said: dict[str, object] = {name: [names.zh, names.en] for name, names in words.items()}
    said |= {"key": one.key, "calendar": one.calendar}
    kept = after.kept.get(one.calendar or "")
    if kept is None:
        return said
    said["of"] = (kept.zh, kept.en)
    return {**said, "whole": _whole(kept)} if one.key == "new" else said


def _whole(kept: Kept) -> dict[str, object]:
    """Return all of a calendar that is new, which the words only name."""
    return {
        "zone": kept.zone,
        "week": kept.week,
        "announced": None if kept.announced is None else sorted(kept.announced),
        "days": {f"{day}": (one.spans, one.note, one.source) for day, one in kept.days.items()},
    }


def chained(last: bytes, body: bytes) -> bytes:
    """Return the hash that binds a body to the revision before."""
    return sha256(last + body).digest()


def last_hash(conn: sa.Connection) -> bytes:
    """Return the hash of the newest revision."""
    newest = sa.select(revisions.c.hash).order_by(revisions.c.id.desc()).limit(1)
    return conn.scalar(newest) or GENESIS


def changes(conn: sa.Connection, key: int) -> list[Changed]:
    """Return what a revision changed; nothing of a body that cannot be read."""
    body = conn.scalar(sa.select(revisions.c.body).where(revisions.c.id == key)) or b""
    return [
        Changed(
            Names(*one["of"]) if "of" in one else None,
            *(Names(*one[name]) for name in ("what", "from", "to")),
        )
        for one in read(body).get("changes", ())
    ]


def told(conn: sa.Connection, *, after: int, until: int) -> list[dict[str, object]]:
    """Return what an entry says of the revisions ``after`` one ``until`` another, newest first.

    Each with its number and digest, who changed what and why, and how much more it changed.
    """
    between = sa.and_(revisions.c.id > after, revisions.c.id <= until)
    wanted = sa.select(revisions).where(between).order_by(revisions.c.id.desc()).limit(MOST_TOLD)
    return [_told(row, read(row.body)) for row in conn.execute(wanted)]


def _told(row: sa.Row[Any], body: Mapping[str, Any]) -> dict[str, object]:
    found = body.get("changes", [])
    shown = [[one.get("of"), one["what"], one["to"]] for one in found[:MOST_TOLD]]
    who = {"who": body.get("name"), "why": row.note}
    more = max(len(found) - MOST_TOLD, 0)
    return {"id": row.id, "sha256": row.hash.hex(), **who, "changes": shown, "more": more}


def broken(conn: sa.Connection) -> Iterator[int]:
    """Return the numbers of the revisions that do not hold: changed, or one before is gone."""
    last = GENESIS
    for row in conn.execute(sa.select(revisions).order_by(revisions.c.id)):
        if row.hash != chained(last, row.body) or not _is_sound(row, read(row.body)):
            yield row.id
        last = row.hash


def _is_sound(row: sa.Row[Any], body: Mapping[str, Any]) -> bool:
    by = None if row.changed_by is None else row.changed_by.hex
    said = tuple(body.get(name) for name in ("id", "by", "note", "cases"))
    return said == (row.id, by, row.note, row.cases) and moment(body) == row.at


def digests(conn: sa.Connection) -> dict[int, str]:
    """Return the digest of each revision, in hex."""
    rows = conn.execute(sa.select(revisions.c.id, revisions.c.hash))
    return {key: digest.hex() for key, digest in rows}

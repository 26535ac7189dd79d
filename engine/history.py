"""The history of a case: entries that are only ever added, each bound to the one before by SHA-256.

The chain runs over the stored bytes: ``hash = sha256(previous hash + body)``. What people typed
stands beside the body; inside it stands only ``sha256(salt + answers)``, so that personal data can
be erased and the chain still verifies (architecture.md, law 7).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine.tables import cases, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.moving import Case
    from engine.people import Person

GENESIS = bytes(32)
_SORTED = orjson.OPT_SORT_KEYS


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is chained: ``facts`` are its public words, ``answers`` what was typed."""

    kind: str
    facts: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, object] | None = None
    task_id: UUID | None = None
    timer_id: UUID | None = None


_INSERT = sa.insert(entries)


def to_bytes(answers: Mapping[str, object]) -> bytes:
    """Return the canonical bytes of answers: what is stored, digested and compared."""
    return orjson.dumps(answers, option=_SORTED)


def _said(draft: Draft, who: Person | None, now: datetime) -> dict[str, object]:
    return {
        "at": now.isoformat(),
        "kind": draft.kind,
        "by": None if who is None else who.id.hex,
        "name": None if who is None else who.name,
        **draft.facts,
    }


def chain(
    drafts: Sequence[Draft],
    *,
    case_id: UUID,
    seq: int,
    head: bytes,
    by: Person | None,
    now: datetime,
) -> tuple[list[dict[str, Any]], bytes]:
    """Return the rows that continue a case's chain after ``seq``, and the chain's new head.

    Nobody signs what a timer did, whoever's step it came to light with.
    """
    rows = []
    for number, draft in enumerate(drafts, start=seq + 1):
        who = by if draft.timer_id is None else None
        body = {"v": 1, "case": case_id.hex, "seq": number, **_said(draft, who, now)}
        answers = salt = None
        if draft.answers is not None:
            answers, salt = to_bytes(draft.answers), secrets.token_bytes(16)
            body["answers"] = sha256(salt + answers).hexdigest()
        stored = orjson.dumps(body, option=_SORTED)
        head = sha256(head + stored).digest()
        rows.append(
            {
                "case_id": case_id,
                "seq": number,
                "at": now,
                "kind": draft.kind,
                "actor": None if who is None else who.id,
                "task_id": draft.task_id,
                "timer_id": draft.timer_id,
                "body": stored,
                "answers": answers,
                "salt": salt,
                "hash": head,
            }
        )
    return rows, head


def append(conn: sa.Connection, rows: list[dict[str, Any]]) -> None:
    """Write chained rows."""
    conn.execute(_INSERT, rows)


def enter(
    conn: sa.Connection, case: Case, draft: Draft, *, by: Person | None, now: datetime
) -> None:
    """Enter something that moves nothing, such as a claim; the case is locked by the caller."""
    rows, head = chain([draft], case_id=case.id, seq=case.entries, head=case.head, by=by, now=now)
    append(conn, rows)
    chained = {"entries": case.entries + 1, "head": head}
    conn.execute(sa.update(cases).where(cases.c.id == case.id).values(chained))


def first_break(rows: Iterable[sa.Row[Any]]) -> int | None:
    """Return the ``seq`` of the first entry that does not fit its chain, or None if all fit."""
    head = GENESIS
    for expected, row in enumerate(rows, start=1):
        head = sha256(head + row.body).digest()
        if row.seq != expected or row.hash != head or not _answers_hold(row):
            return expected
    return None


def _answers_hold(row: sa.Row[Any]) -> bool:
    if row.answers is None:
        return True
    digest = sha256(row.salt + row.answers).hexdigest()
    return bool(orjson.loads(row.body).get("answers") == digest)


def verify(conn: sa.Connection, case_id: UUID) -> int | None:
    """Return the ``seq`` of the first entry of a case that was changed or is missing, or None."""
    ordered = sa.select(entries).where(entries.c.case_id == case_id).order_by(entries.c.seq)
    kept = sa.select(cases.c.head, cases.c.entries).where(cases.c.id == case_id)
    return broken_at(conn.execute(ordered).all(), conn.execute(kept).one())


def broken_at(rows: Sequence[sa.Row[Any]], case: sa.Row[*tuple[Any, ...]]) -> int | None:
    """Return where a case's entries break off from its ``head`` and number of ``entries``."""
    broken = first_break(rows)
    if broken is not None:
        return broken
    complete = len(rows) == case.entries and rows and rows[-1].hash == case.head
    return None if complete else len(rows) + 1


def read(body: bytes) -> dict[str, Any]:
    """Return an entry's public facts."""
    facts: dict[str, Any] = orjson.loads(body)
    return facts

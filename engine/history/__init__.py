"""The history of a case: entries that are only ever added, each bound to the one before by SHA-256.

The chain runs over the stored bytes: ``hash = sha256(previous hash + body)``. What people typed
stands beside the body; inside it stands only ``sha256(salt + answers)``, so that personal data can
be erased and the chain still verifies (architecture.md, law 7).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine.history.told import Told, listed
from engine.signature import signature
from engine.tables import cases, entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person

ERASED = "answers_erased"
UNSIGNED = frozenset({"timer_fired", "number_allotted"})
WITHOUT_ROLE = "without_role"
"""Says of an entry that whoever signs it does not hold the role of the step that it is about."""
_SORTED = orjson.OPT_SORT_KEYS


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is chained: ``facts`` are its public words, ``answers`` what was typed.

    ``known`` is what the answers say of the case's customer, product, amount and zone.
    """

    kind: str
    facts: Mapping[str, object] = field(default_factory=dict)
    answers: Mapping[str, object] | None = None
    task_id: UUID | None = None
    timer_id: UUID | None = None
    known: Mapping[str, object] = field(default_factory=dict)


_INSERT = sa.insert(entries)


def to_bytes(answers: Mapping[str, object]) -> bytes:
    """Return the canonical bytes of answers: what is stored, digested and compared."""
    return orjson.dumps(answers, option=_SORTED)


def _said(draft: Draft, who: Person | None, now: datetime) -> dict[str, object]:
    role = draft.facts.get("role")
    strange = who is not None and role is not None and role not in who.principal.roles
    return {
        **{name: fact for name, fact in draft.facts.items() if fact != []},
        **({WITHOUT_ROLE: True} if strange else {}),
        "at": now.isoformat(),
        "kind": draft.kind,
        **signature(who),
        "task": _hex(draft.task_id),
        "timer": _hex(draft.timer_id),
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

    Nobody signs what a timer did, whoever's step it came to light with, nor the allotted number.
    """
    rows = []
    for number, draft in enumerate(drafts, start=seq + 1):
        who = None if draft.kind in UNSIGNED else by
        body = {"v": 1, "case": case_id.hex, "seq": number, **_said(draft, who, now)}
        answers = salt = None
        if draft.answers is not None:
            answers, salt = to_bytes(draft.answers), secrets.token_bytes(16)
            body["answers"] = _digest(salt, answers)
        stored = orjson.dumps(body, option=_SORTED)
        head = sha256(head + stored).digest()
        rows.append(
            {
                "case_id": case_id,
                "seq": number,
                "at": now,
                "kind": draft.kind,
                "actor": None if who is None else who.id,
                "acted_for": None if who is None or not who.acts_for else who.acts_for.id,
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


def follow(rows: Iterable[sa.Row[Any]]) -> Told:
    """Read entries in their order, one at a time, whatever somebody has made of them."""
    told = Told()
    missing: set[int] = set()
    for row in rows:
        told.count += 1
        told.head = sha256(told.head + row.body).digest()
        body = read(row.body)
        told.hear(body)
        if "message" in body:
            told.letters.append((body, row.answers))
        holds = row.seq == told.count and row.hash == told.head and is_sound(row)
        if told.broken is None and not holds:
            told.broken = told.count
        if told.broken is None and lacks_answers(row, body):
            missing.add(told.count)
        if told.broken is None and body["kind"] == ERASED:
            missing -= {seq for seq in listed(body, "erased") if isinstance(seq, int)}
    if missing:
        told.broken = min(missing)
    return told


def is_sound(row: sa.Row[Any]) -> bool:
    """Whether an entry's columns and answers are what its chained body says."""
    body = read(row.body)
    said = (*(body.get(name) for name in ("case", "seq", "kind", "by", "for", "task", "timer")),)
    people = (row.actor, row.acted_for)
    kept = (row.case_id.hex, row.seq, row.kind, *map(_hex, (*people, row.task_id, row.timer_id)))
    return said == kept and moment(body) == row.at and _answers_hold(row, body)


def _hex(key: UUID | None) -> str | None:
    return None if key is None else key.hex


def _answers_hold(row: sa.Row[Any], body: Mapping[str, Any]) -> bool:
    if row.answers is None:
        return True
    return row.salt is not None and body.get("answers") == _digest(row.salt, row.answers)


def _digest(salt: bytes, answers: bytes) -> str:
    return sha256(salt + answers).hexdigest()


def lacks_answers(row: sa.Row[Any], body: Mapping[str, Any]) -> bool:
    """Whether the body vouches for answers that are not there."""
    return row.answers is None and "answers" in body


def erased(rows: Iterable[sa.Row[Any]]) -> set[int]:
    """Return the ``seq`` of the entries whose answers were erased by an entry that says so."""
    bodies = (read(row.body) for row in rows)
    found = (listed(body, "erased") for body in bodies if body.get("kind") == ERASED)
    return {seq for listed in found for seq in listed if isinstance(seq, int)}


def verify(conn: sa.Connection, case_id: UUID) -> int | None:
    """Return the ``seq`` of the first entry of a case that was changed or is missing, or None."""
    ordered = sa.select(entries).where(entries.c.case_id == case_id).order_by(entries.c.seq)
    kept = sa.select(cases.c.head, cases.c.entries).where(cases.c.id == case_id)
    return broken_at(follow(conn.execute(ordered)), conn.execute(kept).one())


def broken_at(told: Told, case: sa.Row[*tuple[Any, ...]]) -> int | None:
    """Return where a case's entries break off from its ``head`` and number of ``entries``."""
    if told.broken is not None:
        return told.broken
    complete = told.count == case.entries and told.count and told.head == case.head
    return None if complete else told.count + 1


def says_the_same(
    salt: bytes | None, answers: Mapping[str, object], body: Mapping[str, Any]
) -> bool:
    """Whether answers are those that an entry was made of; never once they are erased."""
    return salt is not None and _digest(salt, to_bytes(answers)) == body.get("answers")


def read(body: bytes) -> dict[str, Any]:
    """Return an entry's public facts; none when somebody made the body unreadable."""
    try:
        facts = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return facts if isinstance(facts, dict) else {}


def moment(body: Mapping[str, Any]) -> datetime | None:
    """Return when the chained body says that it happened, in UTC; None when it does not say."""
    try:
        return datetime.fromisoformat(body["at"])
    except (KeyError, TypeError, ValueError):
        return None

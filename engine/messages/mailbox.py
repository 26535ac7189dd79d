"""The mailbox: what has been sent to cases and what became of it, for operators to see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import orjson
import sqlalchemy as sa

from engine.messages.expecting import expected
from engine.tables import cases, messages, people

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.messages.expecting import Expected
    from engine.spiff import Names

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class CaseLink:
    """A case that a message came from or went to."""

    id: UUID
    code: str
    number: str | None


@dataclass(frozen=True, slots=True)
class Letter:
    """A message with who sent it and what became of it; times are UTC.

    ``sender`` and ``settled_by`` are names of people, None for the engine and what is outside.
    ``doubt`` says why a kept one may wait for ever.
    """

    id: UUID
    kind: str
    name: str
    keys: Mapping[str, Any]
    content: Mapping[str, Any]
    idempotency: str | None
    sent_at: datetime
    sender: str | None
    sent_from: CaseLink | None
    status: str
    settled_at: datetime | None
    settled_by: str | None
    reason: str | None
    case: CaseLink | None
    doubt: Names | None = None


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of a message; ``case`` is who has taken it in."""

    status: str
    case: CaseLink | None


_FROM, _TO = cases.alias("sent_from_case"), cases.alias("received_by")
_SENDER, _SETTLER = people.alias("sender"), people.alias("settler")
_LETTERS = (
    sa.select(
        messages,
        _SENDER.c.name.label("sender"),
        _SETTLER.c.name.label("settler"),
        _FROM.c.code.label("from_code"),
        _FROM.c.number.label("from_number"),
        _TO.c.code.label("to_code"),
        _TO.c.number.label("to_number"),
    )
    .outerjoin(_SENDER, _SENDER.c.id == messages.c.sent_by)
    .outerjoin(_SETTLER, _SETTLER.c.id == messages.c.settled_by)
    .outerjoin(_FROM, _FROM.c.id == messages.c.sent_from)
    .outerjoin(_TO, _TO.c.id == messages.c.case_id)
)


def letters(
    conn: sa.Connection, *, status: str, name: str = "", page: int = 1
) -> tuple[list[Letter], bool]:
    """Return one page of the messages of a status and name, oldest first, and whether more follow.

    Those that are settled come newest first.
    """
    order = sa.desc if status in {"delivered", "dropped"} else sa.asc
    by_age = (order(messages.c.sent_at), order(messages.c.id))
    wanted = _LETTERS.where(messages.c.status == status).order_by(*by_age)
    if name:
        wanted = wanted.where(messages.c.name == name)
    rows = conn.execute(wanted.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    found = [_letter(row) for row in rows[:PAGE]]
    if status == "kept":
        found = _doubted(found, expected(conn))
    return found, len(rows) > PAGE


def _doubted(found: Sequence[Letter], known: Expected) -> list[Letter]:
    return [
        replace(each, doubt=known.doubt(each.name, each.keys)) if each.kind == "message" else each
        for each in found
    ]


def fates(conn: sa.Connection, case_id: UUID) -> dict[UUID, Fate]:
    """Return what became of the messages that a case has sent, by their ids."""
    sent = (
        sa.select(
            messages.c.id, messages.c.status, messages.c.case_id, cases.c.code, cases.c.number
        )
        .outerjoin(cases, cases.c.id == messages.c.case_id)
        .where(messages.c.sent_from == case_id, messages.c.kind == "message")
    )
    return {
        row.id: Fate(row.status, _link(row.case_id, row.code, row.number))
        for row in conn.execute(sent)
    }


def counts(conn: sa.Connection) -> dict[str, int]:
    """Return how many messages wait for somebody to see to them: the kept and the stuck ones."""
    waiting = sa.select(messages.c.status, sa.func.count().label("number")).group_by(
        messages.c.status
    )
    rows = conn.execute(waiting.where(messages.c.status.in_(("kept", "stuck"))))
    return {row.status: row.number for row in rows}


def names(conn: sa.Connection, *, status: str) -> list[str]:
    """Return the names that messages of a status have, to choose from."""
    found = sa.select(messages.c.name).where(messages.c.status == status).distinct()
    return list(conn.scalars(found.order_by(messages.c.name).limit(PAGE)))


def _letter(row: sa.Row[Any]) -> Letter:
    return Letter(
        id=row.id,
        kind=row.kind,
        name=row.name,
        keys=row.keys,
        content=orjson.loads(row.payload),
        idempotency=row.idempotency,
        sent_at=row.sent_at,
        sender=row.sender,
        sent_from=_link(row.sent_from, row.from_code, row.from_number),
        status=row.status,
        settled_at=row.settled_at,
        settled_by=row.settler,
        reason=row.reason,
        case=_link(row.case_id, row.to_code, row.to_number),
    )


def _link(key: UUID | None, code: str, number: str | None) -> CaseLink | None:
    return None if key is None else CaseLink(key, code, number)

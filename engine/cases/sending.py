"""A start form that is sent twice opens one case: each page of it carries a key of its own."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import sqlalchemy as sa

from engine.errors import Refusal
from engine.history import read, says_the_same
from engine.tables import cases, entries
from engine.tasks.drafts import Kept

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from engine.people import Person
    from forms import Form, Posted

FIELD = "_sending"
MARK = "_mark"
"""Which form the page showed: the start form's mark in the version in force then."""


class StartRetriedError(Refusal):
    """What the same page had sent in vain has opened a case since, when an operator retried it."""

    code = "start_retried"

    def __init__(self, case_id: UUID, name: str) -> None:
        super().__init__(
            f"{name} 先前从这一页提交、当时受阻的内容，已由管理员重试办成，案件已开立；"
            "没有再开一件。要更正，请到该案件里办理。",
            f"What {name} had sent from this page and could not be carried out has opened a case "
            "meanwhile, when an operator retried it. No second one was opened; correct it there.",
            case_id=case_id,
        )


@dataclass(frozen=True, slots=True)
class Sending:
    """The id that a sent start form gives its case, and what came of it if it came before."""

    case_id: UUID
    is_opened: bool = False
    next_task: UUID | None = None


_OPENED = (
    sa.select(cases.c.opened_by, entries.c.salt, entries.c.body)
    .join(entries, sa.and_(entries.c.case_id == cases.c.id, entries.c.seq == 1))
    .where(cases.c.id == sa.bindparam("case"))
)


def sending_of(
    conn: sa.Connection, posted: Posted, form: Form, *, by: Person, now: datetime
) -> Sending:
    """Return which case a start form opens, or has opened with the same answers of this person.

    A key that somebody else used, or this person with other answers, counts for nothing; but
    StartRetriedError if what they had sent in vain was brought through by an operator. The same
    form sent twice at once waits here for the first.
    """
    key = _key(posted)
    if key is None:
        return Sending(uuid4())
    _wait(conn, key)
    row = conn.execute(_OPENED, {"case": key}).one_or_none()
    if row is None:
        return Sending(key)
    body = read(row.body)
    values = form.read(posted, today=form.day(now)).values
    if row.opened_by != by.id or not says_the_same(row.salt, values, body):
        if row.opened_by == by.id and "retried" in body:
            raise StartRetriedError(key, by.name)
        return Sending(uuid4())
    opened = (UUID(task) for task, _, role in body.get("opened", ()) if role in by.roles)
    return Sending(key, is_opened=True, next_task=next(opened, None))


def _wait(conn: sa.Connection, key: UUID) -> None:
    """Wait for whoever sends a form with the same key at this moment."""
    lock = int.from_bytes(key.bytes[:8], signed=True)
    conn.execute(sa.select(sa.func.pg_advisory_xact_lock(lock)))


def has_opened(conn: sa.Connection, key: UUID) -> bool:
    """Whether a start form with this key has opened its case, once nobody is sending it."""
    _wait(conn, key)
    return bool(conn.scalar(sa.select(sa.exists().where(cases.c.id == key))))


def unopened(conn: sa.Connection, posted: Mapping[str, Sequence[str]]) -> UUID | None:
    """Return the id of the case that a start form is to open; None if it is in use, or not said."""
    key = _key(Kept(posted))
    known = sa.exists().where(cases.c.id == key)
    return None if key is None or conn.scalar(sa.select(known)) else key


def _key(posted: Posted) -> UUID | None:
    for text in posted.getlist(FIELD):
        with suppress(ValueError):
            return UUID(text)
    return None

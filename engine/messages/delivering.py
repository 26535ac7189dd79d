"""Delivering: kept messages go to who waits for them, one transaction each, over any workers.

The case that receives is locked together with the message, or both are passed by for now: nobody
waits for anybody, so cases that send to each other cannot hold each other up.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures
from engine.cases.startforms import BadContentError
from engine.database import is_away
from engine.messages.intake import (
    BEGINS,
    RECEIVER,
    at,
    message,
    open_by,
    receiver_of,
    settle,
    stick,
    take_in,
)
from engine.messages.sealing import dropping
from engine.tables import cases, messages, versions, waits
from engine.versioning.switching import switch_next

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from engine.incidents.incident import Incident
    from engine.messages.intake import Message

_KEPT = messages.c.status == sa.literal("kept", literal_execute=True)
_IN_FORCE = versions.c.in_force
_BY_AGE = (messages.c.sent_at, messages.c.id)
_AT_REST = sa.or_(cases.c.next_due.is_(None), cases.c.next_due > sa.bindparam("now"), cases.c.stuck)
_NEXT = (
    sa.select(messages.c.id, RECEIVER.c.case_id)
    .select_from(messages.join(RECEIVER, sa.true()).join(cases, cases.c.id == RECEIVER.c.case_id))
    .where(_KEPT, _AT_REST, cases.c.suspended_at.is_(None))
    .order_by(*_BY_AGE)
    .limit(1)
    .with_for_update(of=[messages, cases], skip_locked=True)
)


def _among(found: sa.CompoundSelect[Any]) -> sa.ColumnElement[bool]:
    """Compose that a message is one of those found first of all; as an array, each by its id."""
    return messages.c.id == sa.any_(sa.func.array(found.scalar_subquery()))


_YOUNGER = sa.select(messages.c.sent_at).where(_KEPT).order_by(*_BY_AGE).offset(500).limit(1)
_NEXT_OF_OLDEST = _NEXT.where(
    messages.c.sent_at <= sa.func.coalesce(_YOUNGER.scalar_subquery(), sa.text("'infinity'"))
)
"""The first among the 500 oldest: found at once while a heap is being delivered."""

_AWAITED = sa.union_all(
    sa.select(messages.c.id).where(
        _KEPT,
        messages.c.wait_id.is_(None),
        messages.c.procedure.is_(None),
        messages.c.correlation.in_(sa.select(waits.c.correlation)),
    ),
    sa.select(messages.c.id).where(_KEPT, messages.c.wait_id.in_(sa.select(waits.c.id))),
)
_NEXT_OF_ALL = _NEXT.where(_among(_AWAITED))
"""The first of those that somebody waits for; the others, maybe many, are not looked at singly."""


def _beginning(column: sa.Column[Any], by: sa.Column[Any]) -> sa.Select[Any]:
    """Compose the messages that begin a version in force.

    Where thousands are kept under one name, PostgreSQL expects as many under any other, and reads
    them all; between two names it expects few, and takes the index.
    """
    joined = versions.join(messages, column.between(by, by))
    return sa.select(messages.c.id).select_from(joined).where(_IN_FORCE, _KEPT)


_BEGINNING = sa.union_all(
    _beginning(messages.c.name, versions.c.start_message).where(messages.c.kind == "message"),
    _beginning(messages.c.procedure, versions.c.procedure),
)
_NEXT_START = (
    sa.select(messages.c.id, versions.c.id)
    .select_from(messages.join(versions, BEGINS))
    .where(_IN_FORCE, _KEPT, _among(_BEGINNING))
    .order_by(*_BY_AGE)
    .limit(1)
    .with_for_update(of=messages, skip_locked=True)
)
_VERSION = (
    sa.select(versions.c.id)
    .select_from(messages.join(versions, BEGINS))
    .where(_IN_FORCE, messages.c.id == sa.bindparam("message"))
)
_LOST = (
    sa.select(messages.c.id)
    .where(
        _KEPT,
        messages.c.wait_id.is_not(None),
        sa.not_(sa.exists().where(waits.c.id == messages.c.wait_id)),
    )
    .limit(1000)
    .with_for_update(skip_locked=True)
)
"""Signals whose one wait is gone; no other one will ever have its id."""

_DROP = (
    sa.update(messages)
    .where(messages.c.id.in_(_LOST))
    .values(
        status="dropped",
        settled_at=sa.bindparam("now"),
        seal=sa.func.sha256(messages.c.seal.concat(sa.bindparam("dropping", type_=sa.LargeBinary))),
    )
)


def deliver_next(conn: sa.Connection, *, now: datetime) -> bool:
    """Deliver the oldest message whose receiver is free; False when there is none.

    Cases with due timers are left to be woken first, suspended ones until they go on. A message
    that cannot be taken in is stuck, with an incident, and the others go on; only a database that
    is away is raised.
    """
    if _deliver(conn, now=now) or switch_next(conn, now=now):
        return True
    return _start(conn, now=now) or _drop(conn, now=now)


def _deliver(conn: sa.Connection, *, now: datetime) -> bool:
    row = conn.execute(_NEXT_OF_OLDEST, {"now": now}).one_or_none()
    if row is None:
        row = conn.execute(_NEXT_OF_ALL, {"now": now}).one_or_none()
    if row is None:
        return False
    key, case_id = row
    receiver = receiver_of(conn, key)
    if receiver is None or receiver.case_id != case_id:
        return True  # what was seen before both were locked is over
    taken = message(conn, key)
    place = (receiver.process, receiver.element)
    with _standing_aside(conn, taken, place, case_id=case_id, now=now):
        take_in(conn, taken, receiver, now=now)
    return True


def _start(conn: sa.Connection, *, now: datetime) -> bool:
    row = conn.execute(_NEXT_START).one_or_none()
    if row is None:
        return False
    taken, version = message(conn, row[0]), procedures.version(conn, row[1])
    start, procedure = version.compiled.start, version.compiled.id
    place = (start.process, start.element)
    with _standing_aside(conn, taken, place, procedure=procedure, now=now):
        open_by(conn, taken, version, by=None, now=now)
    return True


def _drop(conn: sa.Connection, *, now: datetime) -> bool:
    sealed = {"dropping": dropping(by=None, at=now, reason=None)}
    return conn.execute(_DROP, {"now": now, **sealed}).rowcount > 0


@contextmanager
def _standing_aside(
    conn: sa.Connection,
    taken: Message,
    place: tuple[str, str],
    *,
    case_id: UUID | None = None,
    procedure: str = "",
    now: datetime,
) -> Iterator[None]:
    """Undo what fails, and let the message stand aside with an incident."""
    try:
        with conn.begin_nested():
            yield
    except Exception as error:
        if is_away(error):
            raise
        stick(conn, taken, error, place=place, case_id=case_id, procedure=procedure, now=now)


def deliver_again(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | None:
    """Try a stuck message once more; without a receiver it is kept for one, as before.

    Returns the case that it was taken in by. Raises whatever taking it in raises.
    """
    if incident.subject is None:
        return None
    taken = message(conn, incident.subject)
    if taken.status != "stuck":
        return None
    receiver = receiver_of(conn, taken.id)
    if receiver is not None:
        take_in(conn, taken, receiver, now=now)
        return receiver.case_id
    begun = conn.scalar(_VERSION, {"message": taken.id})
    if begun is None:
        settle(conn, taken.id, "kept", now=now)
        return None
    try:
        return open_by(conn, taken, procedures.version(conn, begun), by=None, now=now)
    except BadContentError as refused:
        raise at((incident.process, incident.element), refused) from refused

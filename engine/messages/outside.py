"""Messages from outside: each counts once however often it is sent, and is kept until it is taken.

A message whose name starts a procedure opens a case; any other goes, by a worker, to the case that
has waited longest for the same name with equal keys, today or later.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from engine import history, procedures
from engine.cases.moving import lock
from engine.control import has_control
from engine.errors import NotFoundError, Refusal
from engine.history import Draft, to_bytes
from engine.messages import intake
from engine.messages.content import check_content
from engine.messages.correlation import check_keys, correlation
from engine.messages.sealing import digest, dropping, seal, sender
from engine.payloads import read_object
from engine.reasons import checked_reason
from engine.spiff import RunError
from engine.tables import messages
from engine.versioning.switching import catch_up

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.people import Person

LONGEST_KEY: Final = 200


class KeyTakenError(Refusal):
    """A message with this idempotency key has come before, and said something else."""

    code = "idempotency_taken"

    def __init__(self, idempotency: str) -> None:
        super().__init__(
            f"编号“{idempotency}”已用于另一条内容不同的消息。新消息请用新的编号。",
            f"The key “{idempotency}” has been used for a message that said something else. "
            "Give a new message a new key.",
        )


class BadIdempotencyError(Refusal):
    """An idempotency key is empty, too long or unreadable."""

    code = "bad_idempotency"

    def __init__(self) -> None:
        super().__init__(
            f"消息编号应为 1 至 {LONGEST_KEY} 个可见字符。",
            f"The key of a message has 1 to {LONGEST_KEY} visible characters.",
        )


class MessageSettledError(Refusal):
    """The message has been delivered or dropped meanwhile."""

    code = "message_settled"

    def __init__(self) -> None:
        super().__init__(
            "这条消息已送达或已作废，无需再处理。",
            "The message has been delivered or dropped; nothing is left to do.",
        )


@dataclass(frozen=True, slots=True)
class Sent:
    """What has become of a message so far: ``status`` is kept, delivered, dropped or stuck.

    ``case_id`` is the case that has taken it in, or was opened by it.
    """

    id: UUID
    status: str
    case_id: UUID | None


_INSERT = insert(messages).on_conflict_do_nothing(index_elements=["idempotency"])
_SENT = (messages.c.id, messages.c.status, messages.c.case_id)


def send(
    conn: sa.Connection,
    name: str,
    *,
    keys: Mapping[str, object],
    payload: bytes,
    idempotency: str | None,
    by: Person | None,
    now: datetime,
) -> Sent:
    """Take a message from outside; ``payload`` is one JSON object. Sent again it is the same one.

    A case that it starts is opened at once; one that fails to begin leaves the message stuck, with
    an incident. Raises BadPayloadError, BadKeysError, BadIdempotencyError, KeyTakenError,
    StrayContentError, and BadContentError for what the start form refuses: then nothing was taken.
    """
    check_keys(name, keys)
    _check_idempotency(idempotency)
    carried = read_object(payload)
    content = to_bytes(carried)
    said, who = digest(name, keys, content), None if by is None else by.id
    row = {
        "id": uuid4(),
        "kind": "message",
        "name": name,
        "keys": dict(keys),
        "correlation": correlation("message", name, keys),
        "payload": content,
        "idempotency": idempotency,
        "digest": said,
        "seal": seal(said, sender(by=who, sent_from=None, at=now, idempotency=idempotency)),
        "sent_at": now,
        "sent_by": who,
    }
    new = conn.scalar(_INSERT.values(row).returning(messages.c.id))
    if new is None:
        return _sent_before(conn, str(idempotency), said)
    if not _start(conn, new, name, by=by, now=now):
        check_content(conn, name, keys, carried)
    return Sent(*conn.execute(sa.select(*_SENT).where(messages.c.id == new)).one())


def _check_idempotency(idempotency: str | None) -> None:
    if idempotency is None:
        return
    if not 1 <= len(idempotency) <= LONGEST_KEY or has_control(idempotency):
        raise BadIdempotencyError


def _sent_before(conn: sa.Connection, idempotency: str, said: bytes) -> Sent:
    before = sa.select(messages.c.digest, *_SENT).where(messages.c.idempotency == idempotency)
    known, *sent = conn.execute(before).one()
    if known != said:
        raise KeyTakenError(idempotency)
    return Sent(*sent)


def _start(conn: sa.Connection, key: UUID, name: str, *, by: Person | None, now: datetime) -> bool:
    """Open a case by the message, and say so, if it begins a version that is in force now."""
    catch_up(conn, now=now)
    version = procedures.started_by(conn, name)
    if version is None:
        return False
    taken = intake.message(conn, key)
    try:
        with conn.begin_nested():
            intake.open_by(conn, taken, version, by=by, now=now)
    except RunError as error:
        place = (error.process, error.element)
        intake.stick(conn, taken, error, place=place, procedure=version.compiled.id, now=now)
    return True


def drop(conn: sa.Connection, key: UUID, reason: str, *, by: Person | None, now: datetime) -> None:
    """Give a kept or stuck message up, and say why; the case that sent it has it in its history.

    Raises NotFoundError, MessageSettledError and BadReasonError.
    """
    why = checked_reason(reason)
    found = sa.select(messages.c.sent_from).where(messages.c.id == key)
    row = conn.execute(found).one_or_none()
    if row is None:
        raise NotFoundError
    case = None if row.sent_from is None else lock(conn, row.sent_from)
    taken = intake.message(conn, key)
    if taken.status not in {"kept", "stuck"}:
        raise MessageSettledError
    who = None if by is None else by.id
    anew = sa.func.sha256(messages.c.seal.concat(dropping(by=who, at=now, reason=why)))
    values = {"status": "dropped", "settled_at": now, "settled_by": who, "reason": why}
    conn.execute(sa.update(messages).where(messages.c.id == key).values(**values, seal=anew))
    if case is not None:
        facts = {"message": key.hex, "called": taken.name, "reason": why}
        history.enter(conn, case, Draft("message_dropped", facts), by=by, now=now)

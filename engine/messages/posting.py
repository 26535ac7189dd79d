"""What a move sends out of its case and waits for in it: rows of the step's one statement.

A message with keys goes to who waits for it, now or later; a signal goes to every other case that
waits at this moment; a service task's call is run by a worker after the commit.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import orjson
import sqlalchemy as sa

from engine.calling import asked
from engine.cases.storing import NOTHING, Write, inserts, keys_of
from engine.history import Draft, to_bytes
from engine.messages.correlation import correlation
from engine.messages.sealing import TO_START, TO_WAIT, digest, seal, sender
from engine.spiff import Call, Message, Signal
from engine.tables import calls, messages, versions, waits

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.sql.dml import UpdateBase

    from engine.cases.storing import Row
    from engine.people import Person
    from engine.spiff import Move, Wait

NOBODY: Final = b""
"""The correlation of who waits for people only: no message has it."""

_WAIT = tuple(waits.c.keys())
_SIGNAL = (
    *("kind", "name", "keys", "correlation", "payload", "digest", "seal"),
    *("sent_at", "sent_by", "sent_from"),
)
_CALL = (
    *("id", "case_id", "process", "element", "operator", "parameters", "salt"),
    *("asked_at", "next_try"),
)


@dataclass(frozen=True, slots=True)
class Sent:
    """What has to be written besides a move's own rows, and what its history says of it.

    ``calls`` are what the move's own entry says of what it asks connectors for.
    """

    rows: Mapping[Write, Sequence[Row]]
    entries: Sequence[Draft]
    calls: Sequence[list[str]] = ()


@dataclass(slots=True)
class _Post:
    case_id: UUID
    by: Person | None
    now: datetime
    rows: dict[Write, list[Row]] = field(default_factory=dict)
    entries: list[Draft] = field(default_factory=list)
    calls: list[list[str]] = field(default_factory=list)

    def add(self, write: Write, rows: Iterable[Row]) -> None:
        if listed := list(rows):
            self.rows.setdefault(write, []).extend(listed)


_NONE = Sent(NOTHING, ())


def sent(
    case_id: UUID, move: Move, *, opening: Container[str], by: Person | None, now: datetime
) -> Sent:
    """Return what a move of a case sends and waits for; ``opening`` are messages that open cases.

    A message that only tells roles something goes nowhere else.
    """
    if not (move.effects or move.awaited or move.unawaited or move.abandoned):
        return _NONE
    post = _Post(case_id, by, now)
    post.add(AWAITED, (_wait(case_id, wait, now) for wait in move.awaited))
    post.add(UNAWAITED, ({"id": wait} for wait in move.unawaited))
    post.add(ABANDONED, ({"id": call, "settled_at": now} for call in move.abandoned))
    for effect in move.effects:
        if isinstance(effect, Call):
            _ask(post, effect)
        elif isinstance(effect, Signal):
            _throw(post, effect)
        elif effect.name not in opening and (effect.keys or not effect.notifies):
            _send(post, effect)
    return Sent(post.rows, post.entries, post.calls)


def _wait(case_id: UUID, wait: Wait, now: datetime) -> Row:
    is_open = wait.keys or wait.kind == "signal"
    return {
        "id": wait.id,
        "case_id": case_id,
        "kind": wait.kind,
        "name": wait.name,
        "keys": orjson.dumps(wait.keys).decode(),
        "correlation": correlation(wait.kind, wait.name, wait.keys) if is_open else NOBODY,
        "process": wait.process,
        "element": wait.element,
        "offered": list(wait.offered),
        "since": now,
    }


def _ask(post: _Post, call: Call) -> None:
    if call.id is None or call.awaits_number:
        return
    given = asked.columns(call, at=post.now)
    key = {"id": call.id, "case_id": post.case_id}
    post.add(ASKED, [{**key, **given, "next_try": post.now}])
    post.calls.append(asked.said(call.id, given))


def _send(post: _Post, message: Message) -> None:
    key = uuid4()
    row = _row(post, "message", message.name, message.keys, message.payload)
    post.add(SENT, [{"id": key, **row}])
    facts = {"message": key.hex, "called": message.name, "keys": dict(message.keys)}
    _enter(post, "message_sent", message, facts)


def _throw(post: _Post, signal: Signal) -> None:
    post.add(THROWN, [_row(post, "signal", signal.name, {}, signal.payload)])
    _enter(post, "signal_thrown", signal, {"called": signal.name})


def _row(
    post: _Post,
    kind: str,
    name: str,
    keys: Mapping[str, object],
    payload: Mapping[str, object],
) -> Row:
    content = to_bytes(payload)
    said, by = digest(name, keys, content), None if post.by is None else post.by.id
    who = sender(by=by, sent_from=post.case_id, at=post.now, idempotency=None)
    return {
        "kind": kind,
        "name": name,
        "keys": orjson.dumps(keys).decode(),
        "correlation": correlation(kind, name, keys),
        "payload": content,
        "digest": said,
        "seal": seal(said, who) if kind == "message" else who,
        "sent_at": post.now,
        "sent_by": by,
        "sent_from": post.case_id,
    }


def _enter(post: _Post, kind: str, thrown: Message | Signal, facts: Mapping[str, object]) -> None:
    place = {"process": thrown.process, "element": thrown.element}
    post.entries.append(Draft(kind, {**place, **facts}, answers=thrown.payload or None))


def _throws(name: str, count: int) -> UpdateBase:
    """Compose one row for each wait of another case, and each procedure, that hears a signal.

    They are those of the moment at which the statement begins. The case that throws the signal
    has heard it in the same move.
    """
    heard = [each for n in range(count) for each in _hearing(f"{name}{n}_")]
    names = ["id", *_SIGNAL, "wait_id", "procedure"]
    return sa.insert(messages).from_select(names, sa.union_all(*heard))


def _hearing(prefix: str) -> list[sa.Select[Any]]:
    def given(name: str) -> sa.BindParameter[Any]:
        return sa.bindparam(f"{prefix}{name}", type_=messages.c[name].type)

    def row(to: str, whom: sa.ColumnElement[Any]) -> list[sa.ColumnElement[Any]]:
        """Compose a row with the digest, and its seal, of what is said, to whom and by whom."""
        whole = sa.literal_column(f"'{to}'", sa.Text).concat(sa.cast(whom, sa.Text))
        address = sa.func.convert_to(whole, sa.literal_column("'UTF8'"))
        said = sa.func.sha256(given("digest").concat(address), type_=sa.LargeBinary)
        made = {"digest": said, "seal": sa.func.sha256(said.concat(given("seal")))}
        return [sa.func.gen_random_uuid(), *(made.get(name, given(name)) for name in _SIGNAL)]

    waiting = sa.select(*row(TO_WAIT, waits.c.id), waits.c.id, sa.null()).where(
        waits.c.correlation == given("correlation"), waits.c.case_id != given("sent_from")
    )
    to_start = row(TO_START, versions.c.procedure)
    starting = sa.select(*to_start, sa.null(), versions.c.procedure).where(
        versions.c.start_signal == given("name"), versions.c.in_force
    )
    return [waiting, starting]


AWAITED: Final = Write("wait", inserts(waits, _WAIT))
UNAWAITED: Final = Write(
    "unawaited", lambda name, count: sa.delete(waits).where(waits.c.id.in_(keys_of(name, count)))
)
SENT: Final = Write("message", inserts(messages, ("id", *_SIGNAL)))
THROWN: Final = Write("signal", _throws)
ASKED: Final = Write("call", inserts(calls, _CALL))
ABANDONED: Final = Write(
    "abandoned",
    lambda name, count: (
        sa.update(calls)
        .where(calls.c.id.in_(keys_of(name, count)))
        .values(
            status=sa.literal_column("'cancelled'"), settled_at=sa.bindparam(f"{name}0_settled_at")
        )
    ),
)

"""Taking a message in: the case that waits for it goes on, or the case that it starts begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import orjson
import sqlalchemy as sa

from engine import calendars, procedures, spiff
from engine.cases.moving import lock
from engine.cases.opening import begin, move_on, new_case
from engine.cases.startforms import BadContentError, read_content
from engine.history import Draft
from engine.incidents import recording
from engine.incidents.kinds import MESSAGE
from engine.messages.sealing import is_whole
from engine.spiff import RunError
from engine.tables import cases, messages, people, versions, waits

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it is taken in; ``sender`` is a person's name, ``code`` the sending case's.

    A signal is for one ``wait``, or for the ``procedure`` that it starts. One that is not
    ``is_whole`` is not what was sent any more.
    """

    id: UUID
    kind: str
    name: str
    keys: Mapping[str, Any]
    payload: bytes
    status: str
    sent_from: UUID | None
    wait: UUID | None
    procedure: str | None
    sender: str | None
    code: str | None
    is_whole: bool

    @property
    def content(self) -> dict[str, Any]:
        """What it carries."""
        found: dict[str, Any] = orjson.loads(self.payload)
        return found

    @property
    def said(self) -> dict[str, object]:
        """What its receiver's history says of it, beside what it carries."""
        return {
            "message": self.id.hex,
            "called": self.name,
            "keys": dict(self.keys),
            "from": None if self.sent_from is None else [self.sent_from.hex, self.code],
            "sender": self.sender,
        }


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes a message in: one wait of one case."""

    wait: UUID
    case_id: UUID
    process: str
    element: str


_WAITING = sa.select(waits.c.id, waits.c.case_id, waits.c.process, waits.c.element)
_BY_KEYS = (
    _WAITING.where(
        messages.c.wait_id.is_(None),
        messages.c.procedure.is_(None),
        waits.c.correlation == messages.c.correlation,
    )
    .order_by(waits.c.since, waits.c.id)
    .limit(1)
    .correlate(messages)
)
_BY_WAIT = _WAITING.where(waits.c.id == messages.c.wait_id).correlate(messages)
RECEIVER: Final = sa.union_all(_BY_KEYS, _BY_WAIT).lateral("receiver")
"""Who waits longest for a row of ``messages``; for a signal, the one wait that it is for."""

BEGINS: Final = sa.or_(
    sa.and_(
        messages.c.kind == sa.literal_column("'message'"),
        versions.c.start_message == messages.c.name,
    ),
    versions.c.procedure == messages.c.procedure,
)
"""Whether a row of ``messages`` opens cases of a row of ``versions``, if that is in force."""

_RECEIVER = (
    sa.select(RECEIVER)
    .select_from(messages.join(RECEIVER, sa.true()))
    .where(messages.c.id == sa.bindparam("message"))
)
_OWN = (
    *("id", "kind", "name", "keys", "payload", "status"),
    *("sent_from", "procedure", "sender", "code"),
)
_MESSAGE = (
    sa.select(messages, people.c.name.label("sender"), cases.c.code.label("code"))
    .outerjoin(people, people.c.id == messages.c.sent_by)
    .outerjoin(cases, cases.c.id == messages.c.sent_from)
    .where(messages.c.id == sa.bindparam("message"))
    .with_for_update(of=messages)
)


def message(conn: sa.Connection, key: UUID) -> Message:
    """Return a message that there is, locked until the transaction ends."""
    row = conn.execute(_MESSAGE, {"message": key}).one()
    own = {name: getattr(row, name) for name in _OWN}
    return Message(**own, wait=row.wait_id, is_whole=is_whole(row))


def receiver_of(conn: sa.Connection, key: UUID) -> Receiver | None:
    """Return who waits for a message now, if anybody does."""
    row = conn.execute(_RECEIVER, {"message": key}).one_or_none()
    return None if row is None else Receiver(*row)


def take_in(conn: sa.Connection, taken: Message, receiver: Receiver, *, now: datetime) -> None:
    """Give a message to the case that waits for it. Raises spiff.RunError and NotAwaitedError."""
    _check_whole(taken, (receiver.process, receiver.element))
    case = lock(conn, receiver.case_id)
    version = procedures.version(conn, case.version_id)
    content, known = taken.content, calendars.of(conn, case.calendars)
    move = spiff.deliver(
        version.compiled, case.state, receiver.wait, content, now=now, calendars=known
    )
    place = {"process": receiver.process, "element": receiver.element}
    happened = Draft(
        f"{taken.kind}_delivered",
        {**place, **taken.said},
        answers=content or None,
        timer_id=receiver.wait,
    )
    move_on(conn, case, version, move, [happened], by=None, now=now)
    settle(conn, taken.id, "delivered", case_id=case.id, now=now)


def open_by(
    conn: sa.Connection, taken: Message, version: Version, *, by: Person | None, now: datetime
) -> UUID:
    """Open the case that a message or signal starts, and return its id.

    Raises BadContentError when the start form refuses what it carries, and spiff.RunError.
    """
    start = version.compiled.start
    _check_whole(taken, (start.process, start.element))
    values = _read(taken, version, now=now)
    case, known = new_case(conn, version, uuid4(), parent=taken.sent_from, by=by, now=now)
    begin(conn, case, version, values, {**taken.said, "facts": known}, by=by, now=now)
    settle(conn, taken.id, "delivered", case_id=case.id, now=now)
    return case.id


def _check_whole(taken: Message, place: tuple[str, str]) -> None:
    """Refuse a message that is not what was sent any more (RunError)."""
    if not taken.is_whole:
        raise RunError(
            process=place[0],
            element=place[1],
            zh="这条消息发出后在数据库里被改动，没有送达。请查明后作废它，并请发送方重发。",
            en="This message was changed in the database after it was sent, and is not delivered. "
            "Find out why, drop it, and have it sent again.",
        )


def _read(taken: Message, version: Version, *, now: datetime) -> dict[str, Any]:
    """Return what a message says to the start form; a signal does not know whom it is said to."""
    form = version.start_form
    if form is None:
        return taken.content
    if taken.kind == "signal":
        return read_content(form, {}, beside=taken.content, now=now)
    return read_content(form, taken.content, beside=taken.keys, now=now)


def at(place: tuple[str, str], refused: BadContentError) -> RunError:
    """Return what a start form refuses as a failure of that place, where nobody can be asked."""
    process, element = place
    return RunError(process=process, element=element, zh=refused.zh, en=refused.en)


def settle(
    conn: sa.Connection, key: UUID, status: str, *, case_id: UUID | None = None, now: datetime
) -> None:
    """Write down what became of a message; one that is kept again is not settled."""
    at = None if status == "kept" else now
    mine = sa.update(messages).where(messages.c.id == key)
    conn.execute(mine.values(status=status, settled_at=at, case_id=case_id))


def stick(
    conn: sa.Connection,
    taken: Message,
    error: Exception,
    *,
    place: tuple[str, str],
    case_id: UUID | None = None,
    procedure: str = "",
    now: datetime,
) -> None:
    """Let workers pass a message by that could not be taken in, until it is tried again."""
    settle(conn, taken.id, "stuck", now=now)
    recording.record(
        conn,
        MESSAGE,
        at(place, error) if isinstance(error, BadContentError) else error,
        place=place,
        case_id=case_id,
        procedure=procedure,
        subject=taken.id,
        now=now,
    )

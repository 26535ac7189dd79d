"""Opening: a case begins, and opens the cases that its messages start in the same transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson
import sqlalchemy as sa

from engine import calendars, history, procedures, settings, spiff
from engine.cases import numbers
from engine.cases.facts import changed
from engine.cases.moving import COLUMNS, NUMBERED, Case, lock, move_to
from engine.cases.startforms import BadContentError, read_content
from engine.history import Draft
from engine.history.told import GENESIS
from engine.tables import cases, entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Call, Message, Move
    from forms import Form

_START_ANSWERS = sa.select(entries.c.answers).where(
    entries.c.case_id == sa.bindparam("case"), entries.c.seq == 1
)


def new_case(
    conn: sa.Connection,
    version: Version,
    key: UUID,
    *,
    parent: UUID | None = None,
    by: Person | None,
    now: datetime,
) -> tuple[Case, dict[str, str | None]]:
    """Insert a case that has not begun. Returns it, and the facts that its first entry says."""
    row = {
        "id": key,
        "procedure": version.compiled.id,
        "version_id": version.id,
        "opened_at": now,
        "opened_by": None if by is None else by.id,
        "parent_id": parent,
        "state": b"",
        "revision": 0,
        "entries": 0,
        "head": GENESIS,
    }
    returned = sa.insert(cases).values(row).returning(cases.c.code, *COLUMNS)
    code, *begun = conn.execute(returned).one()
    facts = {**row, "code": code, "version": version.digest, "status": "open"}
    return Case(*begun), changed({}, facts)


def begin(
    conn: sa.Connection,
    case: Case,
    version: Version,
    values: Mapping[str, Any],
    facts: Mapping[str, object],
    *,
    by: Person | None,
    now: datetime,
) -> Move:
    """Run a new case to its first tasks; ``facts`` are public words of its first entry."""
    start, form = version.compiled.start, version.start_form
    given, known = (every_field(form, values), form.facts(values)) if form else (values, {})
    days = calendars.of(conn, case.calendars)
    move = spiff.start(version.compiled, given, now=now, calendars=days)
    place = {"process": start.process, "element": start.element}
    opened = Draft("case_opened", {**place, **facts}, answers=values, known=known)
    move_on(conn, case, version, move, [opened], by=by, now=now)
    return move


def every_field(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers with None for the fields that the form did not show."""
    return {**dict.fromkeys(field.name for field in form.fields), **values}


def move_on(
    conn: sa.Connection,
    case: Case,
    version: Version,
    move: Move,
    happened: list[Draft],
    *,
    by: Person | None,
    now: datetime,
) -> dict[UUID, UUID | None]:
    """Move a case, open those that its messages start, and go on by its number if it asks for it.

    Returns who held the tasks that the move closed.
    """
    thrown = [effect for effect in move.effects if isinstance(effect, spiff.Message)]
    starting = {message.name: procedures.started_by(conn, message.name) for message in thrown}
    opening = {name: opened for name, opened in starting.items() if opened is not None}
    holders = move_to(conn, case, version, move, happened, opening=opening, by=by, now=now)
    for message in thrown:
        if message.name in opening:
            _open_linked(conn, case.id, opening[message.name], message, by=by, now=now)
    for effect in move.effects:
        if isinstance(effect, spiff.Call) and effect.awaits_number:
            _number(conn, case.id, version, effect, by=by, now=now)
    return holders


def _number(
    conn: sa.Connection,
    case_id: UUID,
    version: Version,
    call: Call,
    *,
    by: Person | None,
    now: datetime,
) -> None:
    """Give a case its number, the one that it has or the next, and go on. It is the last lock."""
    case = lock(conn, case_id)
    number = case.number or numbers.allot(conn, settings.company(conn), now=now)
    days = calendars.of(conn, case.calendars)
    where = {"process": call.process, "element": call.element, "number": number}
    compiled, key = version.compiled, call.id or case_id
    move = spiff.number(compiled, case.state, key, number, now=now, calendars=days)
    said = Draft(NUMBERED, where, known={"number": number})
    move_on(conn, case, version, move, [said], by=by, now=now)


def _open_linked(
    conn: sa.Connection,
    case_id: UUID,
    version: Version,
    message: Message,
    *,
    by: Person | None,
    now: datetime,
) -> None:
    """Open the case that a case's message starts, and enter it in the history of the latter."""
    values = _handed_over(conn, case_id, version, message, now=now)
    linked, known = new_case(conn, version, uuid4(), parent=case_id, by=by, now=now)
    begin(conn, linked, version, values, {"facts": known}, by=by, now=now)
    facts = {"linked": linked.id.hex, "process": message.process, "element": message.element}
    history.enter(conn, lock(conn, case_id), Draft("case_linked", facts), by=by, now=now)


def _handed_over(
    conn: sa.Connection, case_id: UUID, version: Version, message: Message, *, now: datetime
) -> Mapping[str, Any]:
    """Return what the message carries, read by the start form; without any, the start's answers."""
    content = {**message.keys, **message.payload}
    if not content:
        stored = conn.scalar(_START_ANSWERS, {"case": case_id})
        return {} if stored is None else orjson.loads(stored)
    try:
        return read_content(version.form_by_hand(), {}, beside=content, now=now)
    except BadContentError as error:
        raise spiff.RunError(
            process=message.process, element=message.element, zh=error.zh, en=error.en
        ) from error

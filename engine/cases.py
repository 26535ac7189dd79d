"""Cases: opening one from a start form, or from another case's message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import orjson
import sqlalchemy as sa

from engine import calendars, drafts, enclosing, history, procedures, spiff
from engine.errors import Refusal
from engine.facts import changed
from engine.history import Draft
from engine.moving import COLUMNS, Case, move_to
from engine.sending import sending_of
from engine.tables import cases, entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move
    from forms import Answers, Form, Posted


class InvalidAnswersError(Refusal):
    """What was typed has problems; each stands at its field."""

    code = "invalid_answers"

    def __init__(self, form: Form, answers: Answers) -> None:
        count = len(answers.problems)
        super().__init__(
            f"有 {count} 处需要更正，已填内容均已保留。",
            f"{count} field(s) need correction; everything typed is kept.",
        )
        self.form = form
        self.answers = answers


class NotYoursError(Refusal):
    """The step belongs to a role that this person does not hold."""

    code = "not_yours"

    def __init__(self, role: spiff.Names) -> None:
        super().__init__(
            f"此步骤由“{role.zh}”办理，您没有该角色。",
            f"This step belongs to “{role.en}”; you do not hold that role.",
        )


@dataclass(frozen=True, slots=True)
class StartView:
    """A start form with what the person had typed before, and when (UTC) that was kept."""

    procedure: str
    names: spiff.Names
    form: Form
    draft: dict[str, list[str]] | None
    draft_at: datetime | None


@dataclass(frozen=True, slots=True)
class Completed:
    """What follows from a sent form: the case, and the person's next task in it, if any."""

    case_id: UUID
    next_task: UUID | None


_LOCK = sa.select(*COLUMNS).where(cases.c.id == sa.bindparam("case")).with_for_update()
_START_ANSWERS = sa.select(entries.c.answers).where(
    entries.c.case_id == sa.bindparam("case"), entries.c.seq == 1
)


def lock(conn: sa.Connection, case_id: UUID) -> Case:
    """Return a case, locked until the transaction ends."""
    return Case(*conn.execute(_LOCK, {"case": case_id}).one())


def start_form(conn: sa.Connection, procedure: str, *, by: Person) -> StartView:
    """Return the form that opens a case. Raises NotFoundError and NotYoursError."""
    version, form = _startable(conn, procedure, by=by)
    subject = drafts.of_start(procedure)
    draft = drafts.load(conn, subject, by=by)
    at = drafts.times(conn, [subject], by=by).get(subject)
    return StartView(procedure, version.names, form, draft, at)


def save_draft(
    conn: sa.Connection, procedure: str, typed: dict[str, list[str]], *, by: Person, now: datetime
) -> None:
    """Keep what a person has typed for a start form. Raises NotFoundError and NotYoursError."""
    form, subject = _startable(conn, procedure, by=by)[1], drafts.of_start(procedure)
    kept = enclosing.only_stored(conn, form, typed, subject=subject, by=by)
    drafts.save(conn, subject, kept, by=by, now=now)


def _startable(conn: sa.Connection, procedure: str, *, by: Person) -> tuple[Version, Form]:
    version = procedures.in_force(conn, procedure)
    if (role := version.compiled.start.role) not in by.roles:
        raise NotYoursError(version.bundle.roles[role])
    return version, version.form_by_hand()


def open_case(
    conn: sa.Connection, procedure: str, posted: Posted, *, by: Person, now: datetime
) -> Completed:
    """Deliver a start form as the start message of a new case, and run it to its first tasks.

    The same form sent again by this person, with the key of its page, gives the same result.
    Raises InvalidAnswersError, NotYoursError, NotByHandError, NotFoundError and spiff.RunError.
    """
    version, form = _startable(conn, procedure, by=by)
    subject = drafts.of_start(procedure)
    sending = sending_of(conn, posted, form, by=by, now=now)
    if sending.is_opened:
        return Completed(sending.case_id, sending.next_task)
    answers = read_answers(conn, form, posted, subject=subject, by=by, now=now)
    case, known = _new(conn, version, sending.case_id, parent=None, by=by, now=now)
    files = enclosing.attach(conn, form, answers.values, case_id=case.id, subject=subject, by=by)
    facts = {"role": version.compiled.start.role, "files": files, "facts": known}
    move = _begin(conn, case, version, answers.values, facts, by=by, now=now)
    drafts.drop_mine(conn, subject, by=by)
    return Completed(case.id, next_of(move, by))


def read_answers(
    conn: sa.Connection, form: Form, posted: Posted, *, subject: str, by: Person, now: datetime
) -> Answers:
    """Read a posted form against its definition, the company's day and the files stored for it.

    Raises InvalidAnswersError.
    """
    read = form.read(posted, today=form.day(now))
    answers = enclosing.check(conn, form, read, subject=subject, by=by)
    if answers.problems:
        raise InvalidAnswersError(form, answers)
    return answers


def every_field(form: Form, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers with None for the fields that the form did not show."""
    return {**dict.fromkeys(field.name for field in form.fields), **values}


def next_of(move: Move, by: Person) -> UUID | None:
    """Return the first task that a move opened for one of the person's roles."""
    return next((task.id for task in move.opened if task.role in by.roles), None)


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
    """Move a case and open those that its messages start. Returns who held the closed tasks."""
    holders = move_to(conn, case, version, move, happened, by=by, now=now)
    for effect in move.effects:
        if isinstance(effect, spiff.Message):
            _deliver(conn, case.id, effect, by=by, now=now)
    return holders


def _deliver(
    conn: sa.Connection, case_id: UUID, message: spiff.Message, *, by: Person | None, now: datetime
) -> None:
    """Open a linked case when a message is the start message of a procedure in force."""
    version = procedures.started_by(conn, message.name)
    if version is None:
        return
    stored = conn.scalar(_START_ANSWERS, {"case": case_id})
    values = {} if stored is None else orjson.loads(stored)
    linked, known = _new(conn, version, uuid4(), parent=case_id, by=by, now=now)
    _begin(conn, linked, version, values, {"facts": known}, by=by, now=now)
    facts = {"linked": linked.id.hex, "process": message.process, "element": message.element}
    history.enter(conn, lock(conn, case_id), Draft("case_linked", facts), by=by, now=now)


def _new(
    conn: sa.Connection,
    version: Version,
    key: UUID,
    *,
    parent: UUID | None,
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
        "head": history.GENESIS,
    }
    returned = sa.insert(cases).values(row).returning(cases.c.code, *COLUMNS)
    code, *begun = conn.execute(returned).one()
    facts = {**row, "code": code, "version": version.digest, "status": "open"}
    return Case(*begun), changed({}, facts)


def _begin(
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
    given, known = (every_field(form, values), form.facts(values)) if form else ({}, {})
    days = calendars.of(conn, case.calendars)
    move = spiff.start(version.compiled, given, now=now, calendars=days)
    place = {"process": start.process, "element": start.element}
    opened = Draft("case_opened", {**place, **facts}, answers=values, known=known)
    move_on(conn, case, version, move, [opened], by=by, now=now)
    return move

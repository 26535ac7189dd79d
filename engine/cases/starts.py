"""Cases: opening one from a start form, filled in by somebody whose role may."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.attachments import enclosing
from engine.cases.opening import begin, new_case
from engine.cases.sending import MARK, sending_of
from engine.errors import Refusal
from engine.linking.opened import link_opened
from engine.substituting.acting import entitled
from engine.tables import tasks
from engine.tasks import drafts
from engine.tasks.foureyes import Eyes
from engine.versioning.switching import catch_up

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from engine import spiff
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move
    from forms import Answers, Form, Posted

_NEXT = (
    sa.select(tasks.c.id, tasks.c.process, tasks.c.element)
    .where(
        tasks.c.case_id == sa.bindparam("case"),
        tasks.c.id.not_in(sa.bindparam("closed", expanding=True)),
        sa.or_(
            tasks.c.claimed_by == sa.bindparam("person"),
            sa.and_(
                tasks.c.claimed_by.is_(None),
                tasks.c.role == sa.any_(sa.bindparam("roles", type_=sa.ARRAY(sa.Text))),
            ),
        ),
    )
    .order_by(tasks.c.due_at.asc().nulls_last(), tasks.c.id)
)


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


class FormChangedError(Refusal):
    """The page showed the start form of an older version, and the form is another one now."""

    code = "form_changed"

    def __init__(self, version: Version) -> None:
        super().__init__(
            f"您填写期间，“{version.names.zh}”第 {version.number} 版生效，这张表单有修改，"
            "没有立案。已填内容均已保留，请核对后再提交。",
            f"While you were typing, version {version.number} of “{version.names.en}” came into "
            "force with another form, and no case was opened. Everything typed is kept: check it "
            "and send it again.",
        )


class NotYoursError(Refusal):
    """The step belongs to a role that this person does not hold; ``why`` it was theirs before."""

    code = "not_yours"

    def __init__(self, role: spiff.Names, why: spiff.Names | None = None) -> None:
        if why is not None:
            super().__init__(
                f"{why.zh}。此步骤由“{role.zh}”办理。",
                f"{why.en}. The step belongs to “{role.en}”.",
            )
            return
        super().__init__(
            f"此步骤由“{role.zh}”办理，您没有该角色。",
            f"This step belongs to “{role.en}”; you do not hold that role.",
        )


@dataclass(frozen=True, slots=True)
class StartView:
    """A start form with what the person had typed before, and when (UTC) that was kept.

    ``mark`` tells the form from that of another version; ``absent`` is the name of the person in
    whose right, and so for whom, it is sent.
    """

    procedure: str
    names: spiff.Names
    form: Form
    mark: str
    draft: dict[str, list[str]] | None
    draft_at: datetime | None
    absent: str | None


@dataclass(frozen=True, slots=True)
class Completed:
    """What follows from a sent form: the case, and the person's next task in it, if any."""

    case_id: UUID
    next_task: UUID | None


def start_form(conn: sa.Connection, procedure: str, *, by: Person) -> StartView:
    """Return the form that opens a case. Raises NotFoundError and NotYoursError."""
    version, form, who = _startable(conn, procedure, by=by)
    subject = drafts.of_start(procedure)
    draft = drafts.load(conn, subject, by=by)
    at = drafts.times(conn, [subject], by=by).get(subject)
    absent = None if who.acts_for is None else who.acts_for.name
    return StartView(procedure, version.names, form, version.start_mark, draft, at, absent)


def save_draft(
    conn: sa.Connection, procedure: str, typed: dict[str, list[str]], *, by: Person, now: datetime
) -> None:
    """Keep what a person has typed for a start form. Raises NotFoundError and NotYoursError."""
    form, subject = _startable(conn, procedure, by=by)[1], drafts.of_start(procedure)
    kept = enclosing.only_stored(conn, form, typed, subject=subject, by=by)
    drafts.save(conn, subject, kept, by=by, now=now)


def _startable(conn: sa.Connection, procedure: str, *, by: Person) -> tuple[Version, Form, Person]:
    """Return the version in force, its start form, and as who the person sends it."""
    version = procedures.in_force(conn, procedure)
    if (who := starter(version, by)) is None:
        raise NotYoursError(version.bundle.roles[version.compiled.start.role])
    return version, version.form_by_hand(), who


def starter(version: Version, by: Person) -> Person | None:
    """Return as who a person may open a case: for themselves, for somebody, or not at all."""
    start = version.compiled.start
    place = f"{start.process}:{start.element}"
    return entitled(by, version.compiled.id, place, lambda held: start.role in held)


def open_case(
    conn: sa.Connection, procedure: str, posted: Posted, *, by: Person, now: datetime
) -> Completed:
    """Deliver a start form as the start message of a new case, and run it to its first tasks.

    The case takes the version in force now. The same form sent again by this person, with the key
    of its page, gives the same result. Raises FormChangedError, InvalidAnswersError, NotYoursError,
    NotByHandError, NotFoundError and spiff.RunError.
    """
    catch_up(conn, now=now)
    version, form, by = _startable(conn, procedure, by=by)
    subject = drafts.of_start(procedure)
    sending = sending_of(conn, posted, form, by=by, now=now)
    if sending.is_opened:
        return Completed(sending.case_id, sending.next_task)
    if any(mark != version.start_mark for mark in posted.getlist(MARK)):
        raise FormChangedError(version)
    answers = read_answers(conn, form, posted, subject=subject, by=by, now=now)
    case, known = new_case(conn, version, sending.case_id, by=by, now=now)
    files = enclosing.attach(conn, form, answers.values, case_id=case.id, subject=subject, by=by)
    facts = {"role": version.compiled.start.role, "files": files, "facts": known}
    move = begin(conn, case, version, answers.values, facts, by=by, now=now)
    link_opened(conn, posted, case.id, by=by, now=now)
    drafts.drop_mine(conn, subject, by=by)
    eyes = Eyes(conn, version, case.id, by.both)
    next_task = next_of(move, eyes)
    if next_task is None and move.awaits_number:
        next_task = next_open(conn, case.id, move.state, eyes)
    return Completed(case.id, next_task)


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


def next_open(
    conn: sa.Connection,
    case_id: UUID,
    state: bytes,
    eyes: Eyes,
    *,
    gone: Collection[UUID] = (),
    just: Collection[str] = (),
) -> UUID | None:
    """Return the task of a case that is open for who acts, but for those that are ``gone``."""
    by = eyes.people[0]
    values = {"case": case_id, "person": by.id, "roles": sorted(by.roles), "closed": list(gone)}
    rows = conn.execute(_NEXT, values)
    return next((row.id for row in rows if eyes.allow(row, state, just=just)), None)


def next_of(move: Move, eyes: Eyes, *, just: Collection[str] = ()) -> UUID | None:
    """Return the first task that a move opened for who acts, by role and guarantees.

    ``just`` are steps ("process:element") that they complete by the move.
    """
    mine = (task for task in move.opened if task.role in eyes.people[0].roles)
    allowed = (task.id for task in mine if eyes.allow(task, move.state, just=just))
    return next(allowed, None)

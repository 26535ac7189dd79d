"""Retrying an incident: what failed once more, by its kind; a step by the same person, as posted.

Who adds a kind of work that can fail (engine.incidents.kinds) says in AGAIN how it is done again,
or in SENT if a person had sent it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine import history, notices
from engine.calling.asked import CALLS
from engine.calling.settling import Queued, call_again
from engine.cases import starts, timers
from engine.cases.beginning import begin_again
from engine.cases.moving import lock
from engine.cases.sending import FIELD, has_opened
from engine.database import is_away
from engine.duties import starting
from engine.errors import NotFoundError, Refusal
from engine.history import Draft
from engine.incidents import recording
from engine.incidents.failures import place_of
from engine.incidents.kinds import (
    CALL,
    DUTY,
    EVENT,
    MESSAGE,
    START,
    STEP,
    TIMER,
    VERSION,
    is_over,
)
from engine.messages.delivering import deliver_again
from engine.roles import OPERATOR, check_holds
from engine.signature import Retried
from engine.spiff import Names
from engine.substituting.represented import standing_in
from engine.tables import cases as case_rows
from engine.tables import incidents as rows
from engine.tasks.completing import complete_task
from engine.tasks.drafts import Kept
from engine.tasks.waiting import TaskGoneError
from engine.versioning import switching

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from uuid import UUID

    from engine.incidents.incident import Incident
    from engine.people import Person
    from forms import Form, Problem


def retry(conn: sa.Connection, key: int, *, by: Person | None, now: datetime) -> Incident:
    """Do again what failed; when it works now, or needs no more doing, the incident is resolved.

    A start gets the case that it opened. When it fails again the incident is returned unresolved,
    with its new cause and one more try, and nothing else has changed. What a worker has still to do
    is queued; when that fails, it is a new incident. ``by`` is the operator, None
    on the command line; the person whose step it was is told. Raises NotFoundError,
    RoleNeededError, and the refusals of completing a task.
    """
    if by is not None:
        check_holds(conn, by, {OPERATOR})
    incident = recording.take(conn, key)
    try:
        with conn.begin_nested():
            done = _again(conn, incident, by, now)
    except Refusal:
        raise
    except Exception as error:
        if is_away(error):
            raise
        return recording.fail_again(conn, incident, error, now=now)
    recording.resolve(conn, incident, now=now)
    if isinstance(done, Queued):
        queued = Draft("call_queued", {**place_of(incident), CALLS: done.calls})
        history.enter(conn, lock(conn, done.case_id), queued, by=by, now=now)
        return replace(incident, resolved_at=now, is_queued=True)
    if done is None:
        return replace(incident, resolved_at=now, was_over=incident.kind != VERSION)
    _enter(conn, incident, done, by=by, now=now)
    return replace(incident, case_id=done, resolved_at=now)


def _again(
    conn: sa.Connection, incident: Incident, by: Person | None, now: datetime
) -> UUID | Queued | None:
    if conn.scalar(sa.select(is_over()).where(rows.c.id == incident.id)):
        return None
    if (sent := SENT.get(incident.kind)) is not None:
        return sent(conn, incident, _sender(conn, incident, by), now)
    return AGAIN[incident.kind](conn, incident, now)


class AnswersRefusedError(Refusal):
    """What a person had filled in is no longer what the form takes."""

    code = "answers_refused"

    def __init__(self, error: starts.InvalidAnswersError) -> None:
        form, problems = error.form, error.answers.problems
        zh, en = (_problems(form, problems, lang) for lang in ("zh", "en"))
        super().__init__(
            f"当时填写的内容现在不合表单要求：{zh}。请通知办理人改正后再提交（不会重复）；草稿还在。",
            f"What was filled in then is not what the form takes now: {en}. Ask the person to "
            "correct it and send it again, which does nothing twice; their draft is kept.",
        )


def _problems(form: Form, problems: Mapping[str, Problem], lang: str) -> str:
    said = []
    for pointer, problem in problems.items():
        field = form.by_name.get(pointer.split("/")[1]) if "/" in pointer else None
        title = f"{field.title.of(lang)}: " if field else ""
        said.append(f"{title}{problem.of(lang)}")
    return "; ".join(said)


def _enter(
    conn: sa.Connection, incident: Incident, case_id: UUID, *, by: Person | None, now: datetime
) -> None:
    case = lock(conn, case_id)
    done = Draft("incident_resolved", place_of(incident))
    history.enter(conn, case, done, by=by, now=now)
    if incident.person_id is not None and (by is None or by.id != incident.person_id):
        notices.tell_one(conn, incident.person_id, _DONE, case_id=case_id, now=now)


_DONE: Final = Names(
    "您填写后受阻的一步已由管理员重试成功，您不必再填。",
    "What you had filled in and could not be carried out has been now; nothing is left to do.",
)


def _wake(conn: sa.Connection, incident: Incident, now: datetime) -> UUID | None:
    if incident.case_id is None:
        return None
    case = lock(conn, incident.case_id)
    due = sa.select(case_rows.c.next_due <= now).where(case_rows.c.id == case.id)
    if not conn.scalar(due):
        return None
    timers.wake(conn, case, now=now)
    return case.id


def _complete(conn: sa.Connection, incident: Incident, by: Person, now: datetime) -> UUID | None:
    if incident.task_id is None:
        return None
    try:
        done = complete_task(conn, incident.task_id, Kept(incident.answers or {}), by=by, now=now)
    except TaskGoneError:
        return None
    except starts.InvalidAnswersError as error:
        raise AnswersRefusedError(error) from None
    return done.case_id


def _open(conn: sa.Connection, incident: Incident, by: Person, now: datetime) -> UUID | None:
    if incident.subject is not None and has_opened(conn, incident.subject):
        return None
    key = [] if incident.subject is None else [incident.subject.hex]
    posted = Kept({**(incident.answers or {}), FIELD: key})
    try:
        return starts.open_case(conn, incident.procedure, posted, by=by, now=now).case_id
    except starts.InvalidAnswersError as error:
        raise AnswersRefusedError(error) from None


def _sender(conn: sa.Connection, incident: Incident, by: Person | None) -> Person:
    """Return whoever had sent what failed, as what they sent is entered now."""
    sent_at = incident.sent_at or incident.at
    found = None
    if incident.person_id is not None:
        found = standing_in(conn, incident.person_id, now=sent_at)
    if found is None:
        raise NotFoundError(
            "办理人已离职，请由他人重新办理。", "The person has left; somebody else must do it."
        )
    operator = None if by is None else (by.id, by.name)
    return replace(found, retried=Retried(sent_at, incident.id, operator))


SENT: Final[Mapping[str, Callable[[sa.Connection, Incident, Person, datetime], UUID | None]]] = {
    STEP: _complete,
    START: _open,
    EVENT: begin_again,
}
"""As AGAIN, of what a person had sent: it is theirs still."""

AGAIN: Final[Mapping[str, Callable[[sa.Connection, Incident, datetime], UUID | Queued | None]]] = {
    TIMER: _wake,
    DUTY: starting.start_again,
    CALL: call_again,
    MESSAGE: deliver_again,
    VERSION: switching.begin_again,
}
"""By kind, what does it once more, the incident's case locked: it returns the case that it was done
in, and may raise anything."""

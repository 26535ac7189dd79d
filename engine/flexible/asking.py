"""Asking for signatures on a task, before its answers or after them, and taking them away again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import orjson
import sqlalchemy as sa

from engine import notices, procedures
from engine.acts.signing import MODES
from engine.cases.starts import read_answers
from engine.errors import Refusal
from engine.flexible.allowed import words_for
from engine.flexible.choosing import NobodyChosenError
from engine.flexible.groups import AFTER, OPEN
from engine.flexible.held import said, step_of, taker_of
from engine.flexible.settling import settle
from engine.history import enter
from engine.people import whoever
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tables import signings, tasks
from engine.tasks import drafts
from engine.tasks.drafts import Kept
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import DelegatedError, SigningError, lock_task

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from engine.people import Person
    from engine.tasks.waiting import Waiting

ASKED = "signatures_asked"
REMOVED = "signature_removed"


class BadGroupError(Refusal):
    """The mode of a group is none that there is, or its percentage is none."""

    code = "bad_group"

    def __init__(self) -> None:
        super().__init__(
            "请选择会签方式；按比例的，比例为 1 至 100。",
            "Choose how the signatures count; a percentage is from 1 to 100.",
        )


@dataclass(frozen=True, slots=True)
class Wanted:
    """Signatures as they are asked for: when, how they count, and whose, in their order."""

    place: str
    mode: str
    ratio: int | None
    people: Sequence[UUID]


def ask(
    conn: sa.Connection, task_id: UUID, wanted: Wanted, reason: str, *, by: Person, now: datetime
) -> None:
    """Ask for signatures on a task that a person holds, or may claim; more join an open group.

    Asked for after the answers, what the person has typed is kept as their answers, which have to
    be right already. Raises BadGroupError, NobodyChosenError, BadReasonError, InvalidAnswersError,
    FourEyesError, SigningError, DelegatedError, TaskGoneError, NotYoursError and TaskClaimedError.
    """
    waiting = lock_task(conn, task_id, by=by)
    by = waiting.by
    if waiting.owner is not None:
        raise DelegatedError(waiting.case.id)
    if waiting.signing not in (None, wanted.place):
        raise SigningError(waiting.case.id)
    group = _group(conn, waiting, wanted)
    why, people = checked_reason(reason), _people(conn, waiting, wanted)
    held: dict[str, Any] = {"claimed_by": by.principal.id, "signing": wanted.place}
    if waiting.claimed_by is None:
        held["claimed_at"] = now
    if wanted.place == AFTER and waiting.signing is None:
        held |= _sent(conn, waiting, by, now)
    conn.execute(sa.update(tasks).where(tasks.c.id == task_id).values(held))
    about = {
        **group,
        "case_id": waiting.case.id,
        "task_id": task_id,
        "place": wanted.place,
        "asked_by": by.principal.id,
        "asked_at": now,
        "reason": why,
    }
    rows = _rows(people, about, begun=_begun(conn, group["group_id"]))
    conn.execute(sa.insert(signings), rows)
    how = [wanted.place, group["mode"], group["ratio"]]
    entry = said(waiting, ASKED, to=people, signing=how, reason=why)
    enter(conn, waiting.case, entry, by=by, now=now)
    asked = {row["person_id"] for row in rows if row["status"] == "asked"}
    _tell(conn, waiting, [one for one in people if one.id in asked], why, now=now)


def _group(conn: sa.Connection, waiting: Waiting, wanted: Wanted) -> dict[str, Any]:
    """Return the group that is open for the task, or a new one as it is wanted."""
    if waiting.signing is not None:
        columns = (signings.c.group_id, signings.c.mode, signings.c.ratio)
        mine = sa.and_(signings.c.task_id == waiting.id, signings.c.status.in_(OPEN))
        return dict(conn.execute(sa.select(*columns).where(mine).limit(1)).mappings().one())
    ratio = wanted.ratio if wanted.mode == "ratio" else None
    if wanted.mode not in MODES or (wanted.mode == "ratio" and ratio not in range(1, 101)):
        raise BadGroupError
    return {"group_id": uuid4(), "mode": wanted.mode, "ratio": ratio}


def _begun(conn: sa.Connection, group: UUID) -> int:
    """Return how many were asked into a group before."""
    last = sa.select(sa.func.max(signings.c.number)).where(signings.c.group_id == group)
    return conn.scalar(last) or 0


def _people(conn: sa.Connection, waiting: Waiting, wanted: Wanted) -> list[Person]:
    asked = sa.select(signings.c.person_id).where(
        signings.c.task_id == waiting.id, signings.c.status.in_(OPEN)
    )
    without = {waiting.by.principal.id, *conn.scalars(asked)}
    words = words_for(step_of(conn, waiting), "addsign")
    keys: list[UUID | None] = [*dict.fromkeys(wanted.people)]
    return [taker_of(conn, waiting, key, words, without=without) for key in keys or [None]]


def _sent(conn: sa.Connection, waiting: Waiting, by: Person, now: datetime) -> dict[str, object]:
    """Return what keeps a person's draft as their answers, once they are right."""
    version = procedures.version(conn, waiting.case.version_id)
    eyes_on(conn, waiting).check(waiting, waiting.case.state)
    subject = drafts.of_task(waiting.id)
    typed = drafts.load(conn, subject, by=by) or {}
    form = version.form(waiting.process, waiting.element)
    read_answers(conn, form, Kept(typed), subject=subject, by=by, now=now)
    return {"sent": orjson.dumps(typed), "sent_by": by.id, "sent_at": now}


def _rows(people: list[Person], about: dict[str, Any], *, begun: int) -> list[dict[str, Any]]:
    in_order = about["mode"] == "order"
    return [
        {
            **about,
            "id": uuid4(),
            "number": number,
            "person_id": person.id,
            "status": "waiting" if in_order and number > 1 else "asked",
        }
        for number, person in enumerate(people, start=begun + 1)
    ]


def _tell(
    conn: sa.Connection, waiting: Waiting, people: Sequence[Person], why: str, *, now: datetime
) -> None:
    step = step_of(conn, waiting).names
    told = Names(
        f"{waiting.by.name} 请您会签“{step.zh}”：{why}",
        f"{waiting.by.name} asks you to sign “{step.en}”: {why}",
    )
    for person in people:
        notices.tell_one(conn, person.id, told, case_id=waiting.case.id, now=now)


def remove(
    conn: sa.Connection,
    task_id: UUID,
    signer: UUID | None,
    reason: str,
    *,
    by: Person,
    now: datetime,
) -> None:
    """Take away a signature that a task waits for; whoever holds it, or may claim it, does so.

    Raises NobodyChosenError, BadReasonError, TaskGoneError, NotYoursError and TaskClaimedError.
    """
    waiting = lock_task(conn, task_id, by=by)
    theirs = sa.and_(
        signings.c.task_id == task_id,
        signings.c.person_id == signer,
        signings.c.status.in_(OPEN),
    )
    group = conn.scalar(sa.select(signings.c.group_id).where(theirs))
    person = None if signer is None else whoever(conn, signer)
    if group is None or person is None:
        zh, en = "请选择一位尚未签的人。", "Choose somebody who has not signed yet."
        raise NobodyChosenError(zh, en)
    why, step = checked_reason(reason), step_of(conn, waiting).names
    removed = {"status": "removed", "settled_at": now}
    conn.execute(sa.update(signings).where(theirs).values(removed))
    told = Names(
        f"{waiting.by.name} 取消了请您会签“{step.zh}”：{why}",
        f"{waiting.by.name} no longer asks you to sign “{step.en}”: {why}",
    )
    notices.tell_one(conn, person.id, told, case_id=waiting.case.id, now=now)
    settle(conn, waiting, group, said(waiting, REMOVED, to=[person], reason=why), now=now)

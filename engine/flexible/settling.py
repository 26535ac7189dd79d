"""What follows from a change in a group of signatures: the next is asked, or the task goes on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine import notices, spiff
from engine.errors import Refusal
from engine.flexible.groups import BEFORE, OPEN, verdict
from engine.flexible.held import step_of
from engine.history import enter
from engine.people import whoever
from engine.spiff import Names
from engine.tables import signings, tasks
from engine.tasks import drafts
from engine.tasks.completing import complete_signed
from engine.tasks.drafts import Kept
from engine.tasks.waiting import lock_any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.history import Draft
    from engine.people import Person
    from engine.tasks.waiting import Waiting


def settle(
    conn: sa.Connection, waiting: Waiting, group: UUID, entry: Draft, *, now: datetime
) -> None:
    """Enter what was done to a task's group of signatures, and go on once that completes it.

    The entry is signed by whoever acts on the task.
    """
    ours = sa.and_(signings.c.group_id == group, signings.c.status != "removed")
    rows = conn.execute(sa.select(signings).where(ours).order_by(signings.c.number)).all()
    found = verdict(*_kind(conn, group), [row.status for row in rows])
    said = "heard" if waiting.signing == BEFORE else found
    facts = entry.facts if found is None else {**entry.facts, "settled": said}
    enter(conn, waiting.case, replace(entry, facts=facts), by=waiting.by, now=now)
    if found is None:
        _ask_next(conn, waiting, rows, now=now)
        return
    voided = {"status": "void", "settled_at": now}
    conn.execute(sa.update(signings).where(ours, signings.c.status.in_(OPEN)).values(voided))
    row = conn.execute(sa.select(tasks).where(tasks.c.id == waiting.id)).one()
    cleared = dict.fromkeys(("signing", "sent", "sent_by", "sent_at"))
    conn.execute(sa.update(tasks).where(tasks.c.id == waiting.id).values(cleared))
    if waiting.signing == BEFORE:
        _tell(conn, waiting, row.claimed_by, _ANSWERED, now=now)
    elif found == "agreed":
        _go_on(conn, waiting, row, now=now)
    else:
        _send_back(conn, waiting, row, _REFUSED, now=now)


_ANSWERED = Names("会签意见已齐，可以提交：“{zh}”", "All opinions are in; you may send “{en}”")
_REFUSED = Names(
    "会签未通过，已退回给您修改：“{zh}”", "It was not signed and is yours again: “{en}”"
)
_FAILED = Names(
    "会签已通过，但提交时出错，请您重新提交：“{zh}”",
    "It was signed, but could not be sent; please send it again: “{en}”",
)


def _kind(conn: sa.Connection, group: UUID) -> tuple[str, str, int | None]:
    columns = (signings.c.place, signings.c.mode, signings.c.ratio)
    one = sa.select(*columns).where(signings.c.group_id == group).limit(1)
    place, mode, ratio = conn.execute(one).one()
    return place, mode, ratio


def _ask_next(
    conn: sa.Connection, waiting: Waiting, rows: Sequence[sa.Row[Any]], *, now: datetime
) -> None:
    """Ask the next of those who sign one after the other, unless somebody is asked already."""
    if any(row.status == "asked" for row in rows):
        return
    following = next(row for row in rows if row.status == "waiting")
    asked = sa.update(signings).where(signings.c.id == following.id).values(status="asked")
    conn.execute(asked)
    told = Names("轮到您会签：“{zh}”", "It is your turn to sign “{en}”")
    _tell(conn, waiting, following.person_id, told, now=now)


def _tell(
    conn: sa.Connection, waiting: Waiting, key: UUID | None, text: Names, *, now: datetime
) -> None:
    """Tell somebody of the step; its role when nobody holds it."""
    step = step_of(conn, waiting).names
    told = Names(text.zh.format(zh=step.zh), text.en.format(en=step.en))
    if key is None:
        notices.tell(conn, [waiting.role], told, case_id=waiting.case.id, now=now)
    else:
        notices.tell_one(conn, key, told, case_id=waiting.case.id, now=now)


def _go_on(conn: sa.Connection, waiting: Waiting, row: sa.Row[Any], *, now: datetime) -> None:
    """Complete a task with the answers that were signed, for whoever sent them.

    What can no longer be sent, or fails further on, goes back to its sender, who is told.
    """
    sender = _sender(conn, row)
    try:
        with conn.begin_nested():
            signed = replace(lock_any(conn, waiting.id, by=sender), by=sender)
            complete_signed(conn, signed, Kept(orjson.loads(row.sent)), now=now)
    except (Refusal, spiff.RunError):
        _send_back(conn, waiting, row, _FAILED, now=now)


def _sender(conn: sa.Connection, row: sa.Row[Any]) -> Person:
    """Return who sent the answers, for whoever holds the task, whether they have left or not."""
    sender = whoever(conn, row.sent_by)
    if row.claimed_by in (None, sender.id):
        return sender
    return replace(sender, acts_for=whoever(conn, row.claimed_by))


def _send_back(
    conn: sa.Connection, waiting: Waiting, row: sa.Row[Any], text: Names, *, now: datetime
) -> None:
    """Make answers their sender's draft again, and tell whoever holds the task."""
    sender = whoever(conn, row.sent_by)
    typed = orjson.loads(row.sent)
    drafts.save(conn, drafts.of_task(waiting.id), typed, by=sender, now=now)
    _tell(conn, waiting, row.claimed_by, text, now=now)

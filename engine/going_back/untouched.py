"""Whether what came of a step is untouched, so that whoever did it may take it back.

Looking at a form leaves no trace and hinders nothing: whoever has it open then is told that it is
gone when they send it, and what they typed stands on that page. Claiming it, a draft, or anything
that the history says was done to it by somebody else, does hinder; what only speaks of it does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine.history import read
from engine.spiff import Names
from engine.tables import calls, drafts, entries, people, tasks, waits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Cancelled

SENT: Final = ("message_sent", "signal_thrown", "case_linked")
SAID: Final = ("task_urged", "case_copied")
"""Entries that name a task and leave it as it was."""
_BEGUN: Final = {
    "held": ("已领取", "has claimed"),
    "typed": ("已在填写", "has begun to fill in"),
    "dealt": ("已处理过", "has dealt with"),
}
_ASK: Final = Names("请让现在的办理人退回。", "Ask who has it now to return it.")


def touched(
    conn: sa.Connection,
    version: Version,
    entry: sa.Row[Any],
    cancelled: Cancelled,
    *,
    by: Person,
) -> Names | None:
    """Say what keeps a step from being taken back, whose ``entry`` it is; None if nothing does."""
    for why in (
        *_moved_on(read(entry.body), cancelled),
        *_worked_on(conn, version, cancelled, by),
        *_went_out(conn, entry, cancelled),
    ):
        return Names(f"{why.zh}，不能撤回。{_ASK.zh}", f"{why.en}: too late. {_ASK.en}")
    return None


def _moved_on(body: dict[str, Any], cancelled: Cancelled) -> Iterator[Names]:
    opened = {key for key, *_ in body.get("opened", ())}
    if any(task.id.hex not in opened for task in cancelled.tasks):
        yield Names("这一步之后案件又有进展", "The case has moved on since")


def _worked_on(
    conn: sa.Connection, version: Version, cancelled: Cancelled, by: Person
) -> Iterator[Names]:
    """Name who has begun to work on what the step opened."""
    named = {task.id: version.step(task.process, task.element).names for task in cancelled.tasks}
    mine = tasks.c.id.in_(named)
    holding = (tasks.c[name] == people.c.id for name in ("claimed_by", "given_to", "owner"))
    held = sa.select(tasks.c.id, people.c.name, sa.literal("held").label("how"))
    typing = drafts.c.subject == "task:" + sa.cast(tasks.c.id, sa.Text)
    typed = sa.select(tasks.c.id, people.c.name, sa.literal("typed"))
    dealt = sa.select(entries.c.task_id, people.c.name, sa.literal("dealt"))
    who = sa.union_all(
        held.join_from(tasks, people, sa.or_(*holding)).where(mine, people.c.id != by.id),
        typed.join_from(tasks, drafts, typing)
        .join(people, people.c.id == drafts.c.person_id)
        .where(mine, people.c.id != by.id),
        dealt.join_from(entries, people, entries.c.actor == people.c.id).where(
            entries.c.task_id.in_(named), people.c.id != by.id, entries.c.kind.not_in(SAID)
        ),
    )
    for row in conn.execute(who) if named else ():
        step, (zh, en) = named[row.id], _BEGUN[row.how]
        yield Names(f"{row.name} {zh}“{step.zh}”", f"{row.name} {en} “{step.en}”")


def _went_out(conn: sa.Connection, entry: sa.Row[Any], cancelled: Cancelled) -> Iterator[Names]:
    """Say what has left the case with the step, or has come in for it."""
    same = sa.and_(entries.c.case_id == entry.case_id, entries.c.at == entry.at)
    out = sa.exists().where(same, entries.c.seq > entry.seq, entries.c.kind.in_(SENT))
    asked = sa.exists().where(
        *(calls.c.case_id == entry.case_id, calls.c.asked_at == entry.at),
        sa.or_(calls.c.tries > 0, calls.c.status != "waiting"),
    )
    ids = [wait.id for wait in cancelled.waits]
    later = sa.exists().where(waits.c.id.in_(ids), waits.c.since > entry.at)
    sent, called, awaited = conn.execute(sa.select(out, asked, later)).one()
    if sent:
        yield Names(
            "这一步已发出消息或引出另一案件", "The step has sent a message or opened a case"
        )
    if called:
        yield Names("这一步的外部调用已发出", "The call of the step has gone out")
    if awaited:
        yield Names("这一步之后案件又有进展", "The case has moved on since")

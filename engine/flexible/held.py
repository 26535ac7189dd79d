"""Who holds a task, written down: its row, what was typed for it, and its entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.flexible.choosing import NobodyChosenError, chosen
from engine.history import Draft
from engine.tables import tasks
from engine.tasks import drafts
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import RELEASED

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Step
    from engine.tasks.waiting import Waiting


def step_of(conn: sa.Connection, waiting: Waiting) -> Step:
    """Return the step of a task, as its case's version draws it."""
    version = procedures.version(conn, waiting.case.version_id)
    return version.step(waiting.process, waiting.element)


def taker_of(
    conn: sa.Connection,
    waiting: Waiting,
    key: UUID | None,
    words: Collection[str],
    *,
    without: Collection[UUID],
) -> Person:
    """Return who may be drawn into a task, by the words of the diagram and its guarantees.

    Raises NobodyChosenError.
    """
    taker = chosen(conn, key, words, waiting.role, without=without)
    why = eyes_on(conn, waiting, taker).barred(waiting, waiting.case.state).get(taker.id)
    if why is not None:
        raise NobodyChosenError(
            f"{taker.name} 不能参与这一步：{why.zh}。请另选一人。",
            f"{taker.name} may take no part in this step: {why.en}. Choose somebody else.",
        )
    return taker


def put(
    conn: sa.Connection,
    waiting: Waiting,
    holder: UUID,
    *,
    owner: UUID | None = None,
    givers: Iterable[UUID],
    now: datetime,
) -> list[str]:
    """Let somebody hold a locked task; what the last of the givers had typed goes with it.

    Returns whose typing that is, for the entry to say (engine.tasks.deeds.PREPARED).
    """
    taken = {"claimed_by": holder, "claimed_at": now, "claimed_through": None}
    kept = {**taken, "given_to": holder, "owner": owner}
    conn.execute(sa.update(tasks).where(tasks.c.id == waiting.id).values(kept))
    subject = drafts.of_task(waiting.id)
    return [
        giver.hex for giver in givers if drafts.pass_on(conn, subject, giver=giver, taker=holder)
    ]


def hands(by: Person) -> list[UUID]:
    """Return whose typing a person passes on: theirs, else that of whom they act for."""
    return [one.id for one in reversed(by.both)]


def free(conn: sa.Connection, waiting: Waiting) -> None:
    """Give a locked task to its role again."""
    freed = {**RELEASED, "owner": None}
    conn.execute(sa.update(tasks).where(tasks.c.id == waiting.id).values(freed))


def said(waiting: Waiting, kind: str, *, to: Collection[Person] = (), **words: object) -> Draft:
    """Return the entry of an action on a task; ``to`` are the people whom it drew in.

    The step's role stands in it only for whoever holds it. ``words`` are what else it says, such as
    the ``reason``; empty ones are left out.
    """
    facts = {**waiting.where, "to": [[each.id.hex, each.name] for each in to]}
    if waiting.role not in waiting.by.principal.roles:
        del facts["role"]
    more = {name: word for name, word in words.items() if word}
    return Draft(kind, {**facts, **more}, task_id=waiting.id)

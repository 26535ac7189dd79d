"""Who holds a task, written down: its row, what was typed for it, and its entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import notices, procedures
from engine.flexible.allowed import words_for
from engine.flexible.choosing import NobodyChosenError, chosen
from engine.history import Draft, enter
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.tables import tasks
from engine.tasks import drafts
from engine.tasks.foureyes import eyes_on
from engine.tasks.waiting import RELEASED, check_own, lock_task

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
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
    givers: Sequence[Person],
    now: datetime,
) -> list[str]:
    """Let somebody hold a locked task; what the last of the givers had typed goes with it.

    What one has typed whom a guarantee keeps from the step by now stays theirs. Returns whose
    typing goes, for the entry to say (engine.tasks.deeds.PREPARED).
    """
    taken = {"claimed_by": holder, "claimed_at": now, "claimed_through": None}
    kept = {**taken, "given_to": holder, "owner": owner}
    conn.execute(sa.update(tasks).where(tasks.c.id == waiting.id).values(kept))
    subject = drafts.of_task(waiting.id)
    eyes = eyes_on(conn, waiting, *givers)
    barred = eyes.barred(waiting, waiting.case.state) if givers else {}
    whose = [giver.id for giver in givers if giver.id not in barred]
    return [key.hex for key in whose if drafts.pass_on(conn, subject, giver=key, taker=holder)]


def hands(by: Person) -> list[Person]:
    """Return whose typing a person passes on: theirs, else that of whom they act for."""
    return [*reversed(by.both)]


@dataclass(frozen=True, slots=True)
class Giving:
    """A locked task that whoever holds it, or may claim it, gives to somebody, and why."""

    waiting: Waiting
    step: Step
    taker: Person
    reason: str

    def enter(
        self,
        conn: sa.Connection,
        kind: str,
        told: Names,
        *,
        owner: UUID | None = None,
        now: datetime,
    ) -> None:
        """Let the taker hold it, say so in the history, and tell them who did what, and why.

        It comes back to its ``owner``. ``told`` has places for ``by``, ``step`` and ``why``.
        """
        by, why, names = self.waiting.by, self.reason, self.step.names
        prepared = put(conn, self.waiting, self.taker.id, owner=owner, givers=hands(by), now=now)
        given = said(self.waiting, kind, to=[self.taker], reason=why, prepared=prepared)
        enter(conn, self.waiting.case, given, by=by, now=now)
        text = Names(
            told.zh.format(by=by.name, step=names.zh, why=why),
            told.en.format(by=by.name, step=names.en, why=why),
        )
        notices.tell_one(conn, self.taker.id, text, case_id=self.waiting.case.id, now=now)


def giving(
    conn: sa.Connection, task_id: UUID, to: UUID | None, reason: str, act: str, *, by: Person
) -> Giving:
    """Return a task as a person gives it to another by an ``act`` that the diagram names.

    Raises NobodyChosenError, BadReasonError, TaskGoneError, NotYoursError, TaskClaimedError,
    DelegatedError and SigningError.
    """
    waiting = lock_task(conn, task_id, by=by)
    check_own(waiting)
    step = step_of(conn, waiting)
    without = {waiting.by.principal.id}
    taker = taker_of(conn, waiting, to, words_for(step, act), without=without)
    return Giving(waiting, step, taker, checked_reason(reason))


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

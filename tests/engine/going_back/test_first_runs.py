"""The clocks around a step that is taken back go on, in the case's row and entries as well."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.cases.timers import wake_next
from engine.clocks.pausing import pause_case, resume_case
from engine.going_back.withdrawing import withdraw_step
from engine.replaying.replay import replay_as_it_was
from engine.replaying.verdicts import Verdict
from engine.suspending import holding
from engine.suspending.holding import suspend_case
from engine.tables import cases, tasks
from engine.tasks.completing import complete_task
from engine.verifying.everything import check
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

DAY = timedelta(days=1)
NOTE = Answered({"note": "好"})


def inquiry() -> dict[str, bytes]:
    """Give the files of: begun → inquire (look → check; the case's clock: five days) → approve."""
    part = Process("part")
    part.start("inside")
    part.user("look")
    part.user("check")
    part.end("checked")
    part.chain("inside", "look", "check", "checked")
    p = Process("inquiry")
    p.message_start("begun")
    p.call("inquire", "part")
    p.deadline("late", "inquire", "P5D", 'banjie:clock="case"')
    for step in ("urge", "approve"):
        p.user(step)
    p.end("urged")
    p.end()
    p.chain("late", "urge", "urged")
    p.chain("begun", "inquire", "approve", "done")
    steps = ("part/look", "part/check", "inquiry/begun", "inquiry/urge", "inquiry/approve")
    return small(p, part, forms=dict.fromkeys(steps, form(note=TEXT)))


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, inquiry())
    return somebody(connection, "one", {"clerk", "process-owner"})


@pytest.fixture
def case_id(connection: Connection, clerk: Person) -> UUID:
    return open_case(connection, "inquiry", NOTE, by=clerk, now=NOW).case_id


def does(conn: Connection, case_id: UUID, step: str, by: Person, now: datetime) -> UUID:
    task = waiting(conn, case_id)[step]
    complete_task(conn, task, NOTE, by=by, now=now)
    return task


def row(conn: Connection, case_id: UUID) -> sa.Row[Any]:
    return conn.execute(sa.select(cases).where(cases.c.id == case_id)).one()


def due(conn: Connection, case_id: UUID) -> dict[str, datetime]:
    mine = sa.select(tasks.c.element, tasks.c.due_at).where(tasks.c.case_id == case_id)
    return {row.element: row.due_at for row in conn.execute(mine)}


def is_sound(conn: Connection, case_id: UUID) -> bool:
    (checked,) = check(conn)
    again = replay_as_it_was(conn, case_id).replayed
    return checked.is_sound and (again.verdict, again.notes) == (Verdict.SAME, ())


def test_the_clock_of_the_case_goes_on_but_for_the_days_in_which_it_stood(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    first = row(connection, case_id).due_at
    assert first == NOW + 5 * DAY
    does(connection, case_id, "look", clerk, NOW)
    pause_case(connection, case_id, "等样品", by=clerk, now=NOW + DAY)
    resume_case(connection, case_id, by=clerk, now=NOW + 2 * DAY)
    done = does(connection, case_id, "check", clerk, NOW + 3 * DAY)
    assert row(connection, case_id).closed_at == NOW + 3 * DAY
    suspend_case(connection, case_id, "客户停产", None, by=clerk, now=NOW + 3 * DAY)
    holding.resume_case(connection, case_id, by=clerk, now=NOW + 4 * DAY)
    withdraw_step(connection, case_id, done, by=clerk, now=NOW + 4 * DAY)
    assert due(connection, case_id) == {"check": first + 2 * DAY}
    found = row(connection, case_id)
    assert (found.due_at, found.closed_at) == (first + 2 * DAY, None)
    assert is_sound(connection, case_id)


def test_a_case_that_was_late_is_late_again_and_nobody_is_urged_once_more(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    first = row(connection, case_id).due_at
    does(connection, case_id, "look", clerk, NOW)
    wake_next(connection, now=NOW + 6 * DAY)
    does(connection, case_id, "urge", clerk, NOW + 6 * DAY)
    done = does(connection, case_id, "check", clerk, NOW + 6 * DAY)
    withdraw_step(connection, case_id, done, by=clerk, now=NOW + 7 * DAY)
    assert due(connection, case_id) == {"check": first}
    found = row(connection, case_id)
    assert (found.clock, found.due_at, found.closed_at) == ("inquiry:inquire", first, None)
    assert is_sound(connection, case_id)
    does(connection, case_id, "check", clerk, NOW + 8 * DAY)
    assert row(connection, case_id).closed_at == NOW + 8 * DAY

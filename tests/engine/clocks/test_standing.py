"""Which steps stand while their case is paused: those with a clock, and no others."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases import timers
from engine.cases.starts import open_case
from engine.clocks import pausing
from engine.clocks.clockview import of_case, of_task
from engine.history.dossier import case as dossier_of
from engine.tables import tasks
from engine.tasks.completing import complete_task
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from tests.engine.astray import astray
from tests.engine.clocks.deskwork import NOTE
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

HOUR = timedelta(hours=1)
CLOCKS = {"limited": True, "reminded": True, "free": False}


@pytest.fixture
def clerk(connection: Connection) -> Person:
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.parallel("fork")
    drawn.parallel("join")
    drawn.end("done")
    drawn.chain("asked", "fork")
    drawn.chain("join", "done")
    for step in CLOCKS:
        drawn.user(step)
        drawn.chain("fork", step, "join")
    drawn.deadline("late", "limited", "PT2H")
    drawn.deadline("knock", "reminded", "R/PT3H", tag="timeCycle")
    for event in ("late", "knock"):
        drawn.end(f"{event}_told")
        drawn.chain(event, f"{event}_told")
    forms = {f"errand/{step}": form(note=TEXT) for step in ("asked", *CLOCKS)}
    put_in_force(connection, small(drawn, forms=forms))
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def case_id(connection: Connection, clerk: Person) -> UUID:
    return open_case(connection, "errand", NOTE, by=clerk, now=NOW).case_id


def shown(conn: Connection, by: Person) -> dict[str, bool]:
    """Give which steps the inbox and their own pages show as paused."""
    found = {item.element: item.paused is not None for item in inbox(conn, by, now=NOW).shared}
    for key, element in conn.execute(sa.select(tasks.c.id, tasks.c.element)):
        assert (open_task(conn, key, by=by).paused is not None) == found[element]
    return found


def test_a_step_without_a_clock_does_not_stand_with_its_case(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    pausing.pause_case(connection, case_id, "等客户寄样", by=clerk, now=NOW + HOUR)
    assert shown(connection, clerk) == CLOCKS
    told = dossier_of(connection, case_id, by=clerk)
    assert {one.place.split(":")[1]: one.has_clock for one in told.open_steps} == CLOCKS
    assert astray(connection) == {}

    pausing.resume_case(connection, case_id, by=clerk, now=NOW + 2 * HOUR)
    assert shown(connection, clerk) == dict.fromkeys(CLOCKS, False)
    assert not any(connection.scalars(sa.select(tasks.c.stands)))


def test_a_deadline_that_had_passed_is_not_overdue_while_its_case_stands(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    assert timers.wake_next(connection, now=NOW + 2 * HOUR)
    pausing.pause_case(connection, case_id, "等客户寄样", by=clerk, now=NOW + 2 * HOUR)
    assert shown(connection, clerk) == CLOCKS


def test_a_step_that_stands_unlike_its_state_is_found(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    pausing.pause_case(connection, case_id, "等客户寄样", by=clerk, now=NOW + HOUR)
    free = waiting(connection, case_id)["free"]
    connection.execute(sa.update(tasks).where(tasks.c.id == free).values(stands=True))
    assert astray(connection) == {case_id: ["task “free in English”: clock that stands"]}


def test_where_every_timer_has_fired_no_clock_is_left_to_pause(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    found = waiting(connection, case_id)
    before = of_case(connection, case_id, by=clerk)
    assert before.runs
    assert before.running == {found["limited"], found["reminded"]}
    complete_task(connection, found["reminded"], NOTE, by=clerk, now=NOW)
    while timers.wake_next(connection, now=NOW + 4 * HOUR):
        pass
    after = of_case(connection, case_id, by=clerk)
    assert (after.runs, after.running) == (False, frozenset())
    assert not of_task(connection, found["limited"], by=clerk, now=NOW + 4 * HOUR).runs

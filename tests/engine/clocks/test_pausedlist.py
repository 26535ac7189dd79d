"""The list of the clocks that stand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.clocks import pausing
from engine.clocks.pausedlist import PAGE, paused
from engine.spiff import Names
from engine.suspending.holding import resume_case, suspend_case
from engine.tables import tasks
from tests.engine.clocks.deskwork import at, opened
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

TUESDAY = at("2026-11-10T14:00")


def step(conn: Connection, case_id: UUID) -> UUID:
    found: UUID = conn.scalars(sa.select(tasks.c.id).where(tasks.c.case_id == case_id)).one()
    return found


def test_cases_and_steps_are_listed_while_their_clock_stands(
    connection: Connection, clerk: Person
) -> None:
    assert paused(connection, by=clerk) == ([], False)
    other = somebody(connection, "clerk-two", {"clerk"})
    first, second = opened(connection, clerk), opened(connection, clerk)
    opened(connection, clerk)
    pausing.pause_case(connection, second, "停工", by=other, now=TUESDAY + timedelta(hours=1))
    pausing.pause_task(connection, step(connection, first), "等件", by=clerk, now=TUESDAY)

    one, two = paused(connection, by=clerk)[0]
    assert (one.case_id, one.step, one.since) == (
        first,
        Names("prepare名", "prepare in English"),
        TUESDAY,
    )
    assert (one.reason, one.who) == ("等件", clerk.name)
    assert (two.case_id, two.step, two.reason, two.who) == (second, None, "停工", other.name)

    pausing.resume_case(connection, second, by=clerk, now=TUESDAY + timedelta(hours=2))
    pausing.pause_case(connection, second, "再停", by=clerk, now=TUESDAY + timedelta(hours=3))
    assert [(each.reason, each.who) for each in paused(connection, by=clerk)[0]] == [
        ("等件", clerk.name),
        ("再停", clerk.name),
    ]
    pausing.resume_task(connection, step(connection, first), by=clerk, now=TUESDAY)
    pausing.resume_case(connection, second, by=clerk, now=TUESDAY + timedelta(hours=4))
    assert paused(connection, by=clerk) == ([], False)


def test_a_suspended_case_is_listed_until_it_goes_on(connection: Connection, clerk: Person) -> None:
    boss = somebody(connection, "boss", {"process-owner"})
    case_id, day = opened(connection, clerk), date(2026, 12, 1)
    suspend_case(connection, case_id, "等法院", day, by=boss, now=TUESDAY)

    (one,) = paused(connection, by=boss)[0]
    assert (one.case_id, one.step, one.reason, one.who) == (case_id, None, "等法院", boss.name)
    assert (one.is_suspended, one.since, one.until) == (True, TUESDAY, at("2026-12-01T00:00"))
    assert one.may_resume
    assert not paused(connection, by=clerk)[0][0].may_resume

    pausing.pause_case(connection, opened(connection, clerk), "停工", by=clerk, now=TUESDAY)
    assert {each.is_suspended for each in paused(connection, by=boss)[0]} == {True, False}
    resume_case(connection, case_id, by=boss, now=TUESDAY + timedelta(hours=1))
    assert [each.is_suspended for each in paused(connection, by=boss)[0]] == [False]


def test_a_page_ends_and_the_next_one_goes_on(connection: Connection, clerk: Person) -> None:
    case_ids = [opened(connection, clerk) for _ in range(PAGE + 1)]
    for number, case_id in enumerate(case_ids):
        at_once = TUESDAY + timedelta(minutes=number)
        pausing.pause_case(connection, case_id, "停工", by=clerk, now=at_once)
    found, more = paused(connection, by=clerk)
    assert ([each.case_id for each in found], more) == (case_ids[:PAGE], True)
    found, more = paused(connection, by=clerk, page=2)
    assert ([each.case_id for each in found], more) == (case_ids[PAGE:], False)

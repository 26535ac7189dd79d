"""Clocks that people pause with a reason and let go on: of a step, and of a whole case."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history
from engine.cases import timers
from engine.cases.starts import NotYoursError, open_case
from engine.clocks import pausing
from engine.clocks.clockview import Clock, of_case, of_task, of_whole
from engine.clocks.pausing import ClockStandsError, MayNotPauseError
from engine.clocks.reckoning import reckon_next
from engine.errors import NotFoundError
from engine.going_back.ending import cancel_case
from engine.history.dossier import case as dossier_of
from engine.reasons import BadReasonError
from engine.spiff import Names
from engine.tables import cases, tasks
from engine.tasks.completing import claim, complete_task
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskClaimedError, TaskGoneError
from tests.engine.astray import astray
from tests.engine.clocks.deskwork import (
    BEFORE,
    LATER,
    NOTE,
    THURSDAY,
    TUESDAY,
    at,
    dues,
    kinds,
    opened,
    revised,
)
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, put_in_force, row_of, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def case_id(connection: Connection, clerk: Person) -> UUID:
    return opened(connection, clerk)


def step(conn: Connection, case_id: UUID) -> UUID:
    return waiting(conn, case_id)["prepare"]


def due(conn: Connection, case_id: UUID) -> object:
    return conn.scalar(sa.select(tasks.c.due_at).where(tasks.c.case_id == case_id))


def test_a_step_stands_and_goes_on_with_what_was_left(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    task = step(connection, case_id)
    pausing.pause_task(connection, task, " 等客户寄样 ", by=clerk, now=TUESDAY)
    assert due(connection, case_id) == BEFORE[1], "the case's own deadline runs on"
    assert row_of(connection, case_id).next_due == BEFORE[1]
    assert not timers.wake_next(connection, now=BEFORE[0] + timedelta(days=1))
    (item,) = inbox(connection, clerk, now=BEFORE[0] + timedelta(days=1)).shared
    assert item.paused is not None
    assert (item.paused.since, item.paused.reason) == (TUESDAY, "等客户寄样")
    view = open_task(connection, task, by=clerk)
    assert (view.paused, view.pauses_itself) == (item.paused, True)

    pausing.resume_task(connection, task, by=clerk, now=THURSDAY)
    assert due(connection, case_id) == LATER
    assert open_task(connection, task, by=clerk).paused is None
    told = dossier_of(connection, case_id, by=clerk)
    paused, resumed = told.timeline[-2:]
    assert (paused.title.zh, paused.who) == ("计时暂停：prepare名", clerk.name)
    assert Names("原因：等客户寄样", "Reason: 等客户寄样") in paused.notes
    assert resumed.title.en == "Clock resumed: prepare in English"
    assert "“step_late名”时限由 2026-11-16 10:00 改为 2026-11-18 12:00" in [
        note.zh for note in resumed.notes
    ]
    assert not told.doubts
    assert history.verify(connection, case_id) is None


def test_a_whole_case_stands(connection: Connection, clerk: Person, case_id: UUID) -> None:
    pausing.pause_case(connection, case_id, "等客户寄样", by=clerk, now=TUESDAY)
    row = row_of(connection, case_id)
    assert (row.paused_at, row.paused_for, row.next_due) == (TUESDAY, "等客户寄样", None)
    assert due(connection, case_id) is None
    counted = inbox(connection, clerk, now=BEFORE[1] + timedelta(days=9))
    assert counted.overdue_count == 0
    (item,) = counted.shared
    assert item.paused is not None
    assert item.paused.since == TUESDAY
    dossier = dossier_of(connection, case_id, by=clerk)
    assert dossier.header.paused == item.paused
    assert dossier.timeline[-1].title.zh == "全案计时暂停"
    assert not dossier.doubts

    pausing.resume_case(connection, case_id, by=clerk, now=THURSDAY)
    assert dues(connection, case_id) == (LATER, at("2026-11-25T12:00"), LATER)
    dossier = dossier_of(connection, case_id, by=clerk)
    assert dossier.header.paused is None
    assert not dossier.doubts
    connection.execute(sa.update(cases).where(cases.c.id == case_id).values(paused_at=NOW))
    assert dossier_of(connection, case_id, by=clerk).doubts.differing == ("paused_at",)


def test_a_paused_case_goes_on_being_worked_on(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    pausing.pause_case(connection, case_id, "等件", by=clerk, now=TUESDAY)
    complete_task(connection, step(connection, case_id), NOTE, by=clerk, now=THURSDAY)
    assert row_of(connection, case_id).status == "ended"
    ended = of_case(connection, case_id, by=clerk)
    assert (ended.case, ended.steps) == (None, {})
    assert history.verify(connection, case_id) is None
    with pytest.raises(MayNotPauseError):
        pausing.resume_case(connection, case_id, by=clerk, now=THURSDAY)


def test_a_step_that_is_paused_by_itself_stands_when_its_case_goes_on(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    task = step(connection, case_id)
    pausing.pause_task(connection, task, "等件", by=clerk, now=TUESDAY)
    pausing.pause_case(connection, case_id, "停工", by=clerk, now=TUESDAY)
    pausing.resume_case(connection, case_id, by=clerk, now=THURSDAY)
    assert due(connection, case_id) == at("2026-11-25T12:00")
    assert open_task(connection, task, by=clerk).pauses_itself
    pausing.resume_task(connection, task, by=clerk, now=THURSDAY)
    assert due(connection, case_id) == LATER


def test_calendars_that_change_meanwhile_count_when_it_goes_on(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    pausing.pause_case(connection, case_id, "等件", by=clerk, now=TUESDAY)
    revised(connection)
    assert not reckon_next(connection, now=TUESDAY)
    pausing.resume_case(connection, case_id, by=clerk, now=THURSDAY)
    assert due(connection, case_id) == at("2026-11-19T12:00")
    assert not reckon_next(connection, now=THURSDAY)
    assert "deadline_moved" not in kinds(connection, case_id)


def test_what_is_shown_before_it_is_done(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    task = step(connection, case_id)
    before = of_task(connection, task, by=clerk, now=TUESDAY)
    assert [(one.names.zh, one.due) for one in before.deadlines] == [("step_late名", BEFORE[0])]
    assert (before.since, before.resumed) == (None, ())
    whole = of_whole(connection, case_id, by=clerk, now=TUESDAY)
    assert {one.due for one in whole.deadlines} == {BEFORE[0], BEFORE[1]}

    pausing.pause_task(connection, task, "等件", by=clerk, now=TUESDAY)
    after: Clock = of_task(connection, task, by=clerk, now=THURSDAY)
    assert (after.since, after.reason) == (TUESDAY, "等件")
    assert [one.due for one in after.deadlines] == [BEFORE[0]]
    assert [one.due for one in after.resumed] == [LATER]
    assert "2026-11-10（周二）14:00 暂停，余 3 个工作日 5 个工作小时" in [
        line.zh for line in after.resumed[0].lines
    ]
    assert due(connection, case_id) == BEFORE[1], "looking changes nothing"
    assert kinds(connection, case_id) == ["case_opened", "clock_paused"]


def test_each_deadline_says_how_it_is_reckoned_even_when_it_has_passed(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    task = step(connection, case_id)
    found = of_case(connection, case_id, by=clerk)
    assert found.steps[task].due == BEFORE[0]
    assert found.steps[task].lines[0].en == "Calendar: Standard calendar"
    assert found.steps[task].lines[1].en == "From Mon 2026-11-09 10:00: 5 working days"
    assert found.case is not None
    assert found.case.due == BEFORE[1]
    assert timers.wake_next(connection, now=BEFORE[0])
    found = of_case(connection, case_id, by=clerk)
    assert found.steps[task].due == BEFORE[0]
    assert timers.wake_next(connection, now=BEFORE[1])
    found = of_case(connection, case_id, by=clerk)
    assert found.case is not None
    assert found.case.due == BEFORE[1]


def test_who_may_and_who_may_not(connection: Connection, clerk: Person, case_id: UUID) -> None:
    task = step(connection, case_id)
    stranger, owner = (
        somebody(connection, "g", {"gm"}),
        somebody(connection, "o", {"process-owner"}),
    )
    nobody, other = somebody(connection, "n", set()), somebody(connection, "c", {"clerk"})
    with pytest.raises(NotYoursError):
        pausing.pause_task(connection, task, "x", by=stranger, now=TUESDAY)
    with pytest.raises(MayNotPauseError):
        pausing.pause_case(connection, case_id, "x", by=stranger, now=TUESDAY)
    with pytest.raises(NotFoundError):
        pausing.pause_case(connection, case_id, "x", by=nobody, now=TUESDAY)
    claim(connection, task, by=other, now=TUESDAY)
    with pytest.raises(TaskClaimedError):
        pausing.pause_task(connection, task, "x", by=clerk, now=TUESDAY)
    pausing.pause_case(connection, case_id, "x", by=owner, now=TUESDAY)
    assert kinds(connection, case_id)[-1] == "clock_paused"


def test_what_makes_no_sense_is_refused(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    task = step(connection, case_id)
    for reason in ("", "  ", "x" * 1001, "a\x00b"):
        with pytest.raises(BadReasonError):
            pausing.pause_task(connection, task, reason, by=clerk, now=TUESDAY)
    with pytest.raises(ClockStandsError, match="没有暂停"):
        pausing.resume_task(connection, task, by=clerk, now=TUESDAY)
    with pytest.raises(ClockStandsError, match="没有暂停"):
        pausing.resume_case(connection, case_id, by=clerk, now=TUESDAY)
    pausing.pause_task(connection, task, "x", by=clerk, now=TUESDAY)
    with pytest.raises(ClockStandsError, match="已经暂停"):
        pausing.pause_task(connection, task, "x", by=clerk, now=TUESDAY)
    pausing.pause_case(connection, case_id, "x", by=clerk, now=TUESDAY)
    with pytest.raises(ClockStandsError, match="已经暂停"):
        pausing.pause_case(connection, case_id, "x", by=clerk, now=TUESDAY)
    complete_task(connection, task, NOTE, by=clerk, now=THURSDAY)
    with pytest.raises(TaskGoneError):
        pausing.resume_task(connection, task, by=clerk, now=THURSDAY)


def test_a_case_that_is_over_has_no_clock_and_stays_over(
    connection: Connection, case_id: UUID
) -> None:
    owner = somebody(connection, "owner", {"process-owner"})
    pausing.pause_case(connection, case_id, "等客户", by=owner, now=NOW)
    cancel_case(connection, case_id, "重复", by=owner, now=NOW)
    for verb in (
        partial(pausing.pause_case, connection, case_id, "等客户"),
        partial(pausing.resume_case, connection, case_id),
    ):
        with pytest.raises(ClockStandsError, match="案件"):
            verb(by=owner, now=NOW)
    status = connection.scalar(sa.select(cases.c.status).where(cases.c.id == case_id))
    assert status == "ended"
    assert astray(connection) == {}


def test_a_step_without_a_deadline_has_no_clock(connection: Connection, clerk: Person) -> None:
    p = Process("plain")
    p.message_start("asked")
    p.user("prepare")
    p.end()
    p.chain("asked", "prepare", "done")
    files = small(p, forms={f"plain/{s}": form(note=TEXT) for s in ("asked", "prepare")})
    put_in_force(connection, {k: v.replace(b'"complaint"', b'"plain"') for k, v in files.items()})
    opened = open_case(connection, "plain", NOTE, by=clerk, now=NOW).case_id
    with pytest.raises(ClockStandsError, match="没有在走的期限"):
        pausing.pause_task(connection, step(connection, opened), "x", by=clerk, now=TUESDAY)
    with pytest.raises(ClockStandsError):
        pausing.pause_case(connection, opened, "x", by=clerk, now=TUESDAY)
    assert kinds(connection, opened) == ["case_opened"]


def test_a_deadline_that_is_the_same_to_the_minute_is_not_told_as_moved(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    task = step(connection, case_id)
    pausing.pause_task(connection, task, "等客户寄样", by=clerk, now=TUESDAY)
    soon = TUESDAY + timedelta(seconds=20)
    pausing.resume_task(connection, task, by=clerk, now=soon)
    resumed = dossier_of(connection, case_id, by=clerk).timeline[-1]
    assert not [note.zh for note in resumed.notes if "改为" in note.zh]

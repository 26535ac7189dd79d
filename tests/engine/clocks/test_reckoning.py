"""Deadlines follow the calendars: foreseen, moved case by case, entered, and told by revision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import calendars, history
from engine.calendars.edits import with_days, with_use
from engine.calendars.files import Line
from engine.cases import timers
from engine.clocks import clockview, deadlines
from engine.clocks.reckoning import reckon_next
from engine.history.dossier import case as dossier_of
from engine.incidents import recording
from engine.spiff import Names
from engine.tables import calendar_revisions, cases
from engine.tasks.completing import complete_task
from tests.engine.astray import astray
from tests.engine.clocks.deskwork import (
    AFTER,
    BEFORE,
    NOTE,
    at,
    deskwork,
    dues,
    friday_off,
    kinds,
    opened,
    revised,
)
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import put_in_force, row_of, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from engine.people import Person


def test_a_change_is_foreseen_and_nothing_is_written(connection: Connection, clerk: Person) -> None:
    case_id = opened(connection, clerk)
    assert dues(connection, case_id) == BEFORE
    found = deadlines.foresee(connection, friday_off(connection), now=NOW, most=10)
    assert (found.looked, found.waiting) == (1, 1)
    assert [(one.timer, one.host, one.before, one.after) for one in found.moved] == [
        (
            Names("case_late名", "case_late in English"),
            Names("work名", "work in English"),
            BEFORE[1],
            AFTER[1],
        ),
        (
            Names("step_late名", "step_late in English"),
            Names("prepare名", "prepare in English"),
            BEFORE[0],
            AFTER[0],
        ),
    ]
    assert {one.case_id for one in found.moved} == {case_id}
    assert dues(connection, case_id) == BEFORE
    assert kinds(connection, case_id) == ["case_opened"]


def test_workers_move_deadlines_with_one_entry_a_case(
    connection: Connection, clerk: Person
) -> None:
    case_id = opened(connection, clerk)
    before = row_of(connection, case_id)
    revision = revised(connection)
    assert (revision.cases, deadlines.waiting(connection, revision.id)) == (1, 1)
    assert reckon_next(connection, now=NOW)
    assert not reckon_next(connection, now=NOW)
    assert dues(connection, case_id) == AFTER
    assert deadlines.waiting(connection, revision.id) == 0
    assert row_of(connection, case_id).reckoned == revision.id > before.reckoned

    dossier = dossier_of(connection, case_id, by=clerk)
    entry = dossier.timeline[-1]
    assert (entry.kind, entry.who) == ("deadline_moved", None)
    assert entry.notes[-1] == Names(
        "“step_late名”时限由 2026-11-16 10:00 改为 2026-11-17 10:00",
        "“step_late in English” is due by 2026-11-17 10:00, not 2026-11-16 10:00",
    )
    assert entry.notes[0] == Names(
        "系统 改了日历：标准日历 2026-11-13（周五） 休（厂休）；原因：厂休",
        "The system changed calendars: Standard calendar, Fri 2026-11-13: off (厂休); reason: 厂休",
    )
    assert not dossier.doubts
    assert history.verify(connection, case_id) is None
    told = deadlines.moved(connection, revision)
    assert {(one.case_id, one.before, one.after) for one in told} == {
        (case_id, BEFORE[0], AFTER[0]),
        (case_id, BEFORE[1], AFTER[1]),
    }


def test_the_case_vouches_for_the_revisions_that_moved_its_deadlines(
    connection: Connection, clerk: Person
) -> None:
    case_id = opened(connection, clerk)
    revised(connection, with_use(calendars.current(connection), "site", "hami", "always"))
    revision = revised(connection)
    assert reckon_next(connection, now=NOW)
    notes = dossier_of(connection, case_id, by=clerk).timeline[-1].notes
    assert [note.zh for note in notes[:2]] == [
        "系统 改了日历：标准日历 2026-11-13（周五） 休（厂休）；原因：厂休",
        "系统 改了日历：地点 hami 全天候（24×7）；原因：厂休",
    ]
    assert astray(connection) == {}

    another = sa.update(calendar_revisions).where(calendar_revisions.c.id == revision.id)
    connection.execute(another.values(hash=b"x" * 32))
    assert astray(connection) == {case_id: ["changes of calendars"]}


def test_a_reminder_that_moves_is_called_a_reminder(connection: Connection) -> None:
    put_in_force(connection, deskwork("每 4 个工作日", "timeCycle"))
    by = somebody(connection, "clerk-one", {"clerk"})
    case_id = opened(connection, by)
    found = deadlines.foresee(connection, friday_off(connection), now=NOW, most=10)
    kinds_told = {"step_late名": True, "case_late名": False}
    assert {one.timer.zh: one.reminds for one in found.moved} == kinds_told

    revision = revised(connection)
    assert reckon_next(connection, now=NOW)
    told = deadlines.moved(connection, revision)
    assert {one.timer.zh: one.reminds for one in told} == kinds_told
    notes = dossier_of(connection, case_id, by=by).timeline[-1].notes
    assert notes[-1] == Names(
        "“step_late名”下次提醒由 2026-11-13 10:00 改为 2026-11-16 10:00",
        "“step_late in English” next reminds at 2026-11-16 10:00, not 2026-11-13 10:00",
    )
    clock = clockview.of_whole(connection, case_id, by=by, now=NOW)
    assert {one.names.zh: one.reminds for one in clock.deadlines} == kinds_told


def test_what_is_not_touched_gets_no_entry(connection: Connection, clerk: Person) -> None:
    put_in_force(connection, deskwork("P5D"))
    untouched = opened(connection, clerk)
    later = Line(1, date(2026, 12, 31), (), "")
    stored = calendars.current(connection)
    revised(connection, with_days(stored, "standard", [later], announced=(), source="x"))
    while reckon_next(connection, now=NOW):
        pass
    assert kinds(connection, untouched) == ["case_opened"]
    assert row_of(connection, untouched).reckoned == calendars.current(connection).revision

    revised(connection)
    while reckon_next(connection, now=NOW):
        pass
    assert dues(connection, untouched)[0] == at("2026-11-14T10:00"), "days run on holidays too"
    assert dues(connection, untouched)[1] == AFTER[1]
    assert kinds(connection, untouched) == ["case_opened", "deadline_moved"]


def test_a_role_gets_another_calendar(connection: Connection, clerk: Person) -> None:
    case_id = opened(connection, clerk)
    revised(connection, with_use(calendars.current(connection), "role", "clerk", "always"))
    assert reckon_next(connection, now=NOW)
    assert dues(connection, case_id)[0] == at("2026-11-14T10:00")


def test_no_timer_fires_by_a_calendar_that_was_changed(
    connection: Connection, clerk: Person
) -> None:
    case_id = opened(connection, clerk)
    revised(connection)
    old_due = BEFORE[0] + timedelta(minutes=1)
    assert timers.wake_next(connection, now=old_due)
    assert kinds(connection, case_id) == ["case_opened", "deadline_moved"]
    assert not timers.wake_next(connection, now=old_due)
    assert timers.wake_next(connection, now=AFTER[0])
    assert kinds(connection, case_id)[-1] == "timer_fired"


def test_a_step_that_is_sent_reckons_first(connection: Connection, clerk: Person) -> None:
    case_id = opened(connection, clerk)
    revised(connection)
    task = waiting(connection, case_id)["prepare"]
    complete_task(connection, task, NOTE, by=clerk, now=BEFORE[0] + timedelta(minutes=1))
    assert kinds(connection, case_id) == ["case_opened", "deadline_moved", "step_completed"]
    assert history.verify(connection, case_id) is None


def test_a_case_that_opens_meanwhile_needs_no_reckoning(
    connection: Connection, clerk: Person
) -> None:
    revision = revised(connection)
    case_id = opened(connection, clerk)
    assert dues(connection, case_id) == AFTER
    assert deadlines.waiting(connection, revision.id) == 0
    assert not reckon_next(connection, now=NOW)


def test_a_damaged_case_stands_aside(connection: Connection, clerk: Person) -> None:
    broken, sound = opened(connection, clerk), opened(connection, clerk)
    good = row_of(connection, broken).state
    connection.execute(sa.update(cases).where(cases.c.id == broken).values(state=b"\x01damaged"))
    revised(connection)
    while reckon_next(connection, now=NOW):
        pass
    assert dues(connection, sound) == AFTER
    (incident,) = recording.unresolved(connection)
    assert incident.case_id == broken
    assert row_of(connection, broken).stuck
    restored = {"state": good, "stuck": False}
    connection.execute(sa.update(cases).where(cases.c.id == broken).values(restored))
    assert reckon_next(connection, now=NOW)
    assert dues(connection, broken) == AFTER


def test_any_number_of_workers_and_one_that_is_killed(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, deskwork())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        ours = [opened(conn, clerk) for _ in range(12)]
        revision = revised(conn)

    with database.connect() as killed:
        assert reckon_next(killed, now=NOW)
        killed.rollback()
    with database.connect() as conn:
        assert deadlines.waiting(conn, revision.id) == 12

    def worker(_: int) -> int:
        count = 0
        while True:
            with database.begin() as conn:
                if not reckon_next(conn, now=NOW):
                    return count
            count += 1

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(worker, range(4))) == 12
    with database.connect() as conn:
        assert {dues(conn, case_id) for case_id in ours} == {AFTER}
        assert {tuple(kinds(conn, case_id)) for case_id in ours} == {
            ("case_opened", "deadline_moved")
        }
        assert len(deadlines.moved(conn, revision)) == 24

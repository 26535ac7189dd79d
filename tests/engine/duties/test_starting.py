"""Duties: procedures that the clock starts, each round once, on the day that the calendar has."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine import calendars, history, spiff
from engine.calendars.changes import change
from engine.calendars.edits import with_days, with_use
from engine.calendars.files import Line
from engine.duties.dutyview import Duty, all_duties
from engine.duties.planning import foresee, switch_off, switch_on
from engine.duties.starting import DutyFailedError, start_next, start_now
from engine.errors import NotFoundError
from engine.history.dossier import case as dossier_of
from engine.incidents import recording
from engine.incidents.closing import settle
from engine.incidents.retrying import retry
from engine.procedures import version
from engine.procedures.publishing import publish
from engine.reasons import BadReasonError
from engine.spiff import Names
from engine.tables import cases, duties, duty_runs, entries, tasks
from tests.engine.conftest import NOW
from tests.engine.duties.tidying import at, drawn, tidying
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, tidying())
    return somebody(connection, "clerk-one", {"clerk"})


def duty(conn: Connection) -> Duty:
    (found,) = [each for each in all_duties(conn) if each.procedure == "tidying"]
    return found


def started(conn: Connection) -> list[Any]:
    ordered = sa.select(duty_runs).where(duty_runs.c.procedure == "tidying")
    return list(conn.execute(ordered.order_by(duty_runs.c.started_at)))


def work(conn: Connection, *moments: str) -> list[int]:
    """Look for due duties at moments, but not for shipped ones; give how many were started."""
    conn.execute(sa.delete(duties).where(duties.c.procedure != "tidying"))
    counts = []
    for text in moments:
        count = 0
        while start_next(conn, now=at(text)):
            count += 1
        counts.append(count)
    return counts


def off(conn: Connection, day: date, spans: tuple[tuple[int, int], ...] | None = ()) -> None:
    now = calendars.current(conn)
    after = with_days(now, "standard", [Line(1, day, spans, "")], announced=(), source="x")
    change(conn, after, by=None, now=NOW, note="试验")


@pytest.mark.usefixtures("clerk")
def test_a_duty_says_its_rule_its_next_round_and_why_it_is_then(connection: Connection) -> None:
    found = duty(connection)
    assert found.rule.zh == "每月 10 日 上班时，遇休息日提前到前一个工作日"
    assert found.role_names == Names("内勤", "Clerk")
    assert (found.next_at, found.next_for) == (at("2026-11-10T09:00"), drawn("2026-11-10"))
    assert found.derivation[-1].en == "Next: Tue 2026-11-10 09:00"
    assert (found.active, found.provisional, found.runs) == (True, False, [])
    assert found.calendar == Names("标准日历", "Standard calendar")


def test_each_round_is_started_once_and_its_case_says_for_which_day(
    connection: Connection, clerk: Person
) -> None:
    moments = ("2026-11-10T08:59", "2026-11-10T09:00", "2026-11-10T09:00", "2026-12-10T09:01")
    assert work(connection, *moments) == [0, 1, 0, 1]
    first, second = started(connection)
    assert [run.stands_for.day for run in (first, second)] == [10, 10]
    row = connection.execute(sa.select(cases).where(cases.c.id == first.case_id)).one()
    (task,) = connection.scalars(sa.select(tasks.c.id).where(tasks.c.case_id == row.id))
    known = spiff.known(version(connection, row.version_id).compiled, row.state, task)
    assert known == {"duty_date": "2026-11-10"}
    assert (row.opened_by, row.status) == (None, "open")
    dossier = dossier_of(connection, row.id, by=clerk)
    assert [entry.kind for entry in dossier.timeline] == ["duty_started"]
    assert dossier.timeline[0].title.zh == "定期启动：opened名"
    assert dossier.timeline[0].notes[-1] == Names("对应日期 2026-11-10", "Stands for 2026-11-10")
    assert not dossier.doubts
    assert history.verify(connection, row.id) is None


@pytest.mark.usefixtures("clerk")
def test_missed_rounds_are_made_up_for_by_one_run(connection: Connection) -> None:
    assert work(connection, "2027-02-15T12:00", "2027-02-15T12:01") == [1, 0]
    (run,) = started(connection)
    assert (run.stands_for, run.missed) == (drawn("2027-02-10"), 3)
    assert duty(connection).next_for == drawn("2027-03-10")
    assert (duty(connection).missed, duty(connection).runs[0].missed) == (3, 3)
    body = connection.scalar(sa.select(entries.c.body).where(entries.c.kind == "duty_started"))
    assert history.read(body or b"")["missed"] == 3


@pytest.mark.usefixtures("clerk")
def test_a_duty_of_one_date_is_started_once(connection: Connection) -> None:
    put_in_force(connection, tidying("2026-12-31", tag="timeDate"))
    assert duty(connection).rule.zh == "2026-12-31（周四）上班时（休息日为 00:00）"
    assert duty(connection).next_at == at("2026-12-31T09:00")
    assert work(connection, "2026-12-31T08:59", "2027-01-04T09:00", "2027-01-05T09:00") == [0, 1, 0]
    assert duty(connection).next_at is None


@pytest.mark.usefixtures("clerk")
def test_a_month_of_minutes_is_made_up_for_at_once(connection: Connection) -> None:
    put_in_force(connection, tidying("每 1 分钟"))
    assert work(connection, "2027-01-09T12:00") == [1]
    next_at = duty(connection).next_at
    assert next_at is not None
    assert at("2027-01-09T12:00") < next_at <= at("2027-01-09T12:01")


@pytest.mark.usefixtures("clerk")
def test_holidays_move_a_round_and_never_make_two_of_one(connection: Connection) -> None:
    off(connection, date(2026, 11, 10))
    assert duty(connection).next_at == at("2026-11-09T09:00")
    assert duty(connection).next_for == drawn("2026-11-10")
    assert duty(connection).derivation[1].zh == "11-10（周二）是休息日"
    assert work(connection, "2026-11-09T09:00") == [1]

    off(connection, date(2026, 11, 10), None)
    assert work(connection, "2026-11-10T09:00", "2026-11-30T09:00") == [0, 0]
    assert duty(connection).next_at == at("2026-12-10T09:00")
    assert [run.stands_for for run in started(connection)] == [drawn("2026-11-10")]

    now = calendars.current(connection)
    later = with_use(now, "role", "clerk", "always")
    (moved,) = [one for one in foresee(connection, later) if one.names.zh == "tidying名"]
    assert (moved.before, moved.after) == (at("2026-12-10T09:00"), at("2026-12-10T00:00"))
    change(connection, later, by=None, now=NOW, note="试验")
    assert duty(connection).next_at == at("2026-12-10T00:00")


def test_its_owner_switches_it_off_and_on(connection: Connection, clerk: Person) -> None:
    switch_off(connection, "tidying", why="盘库", by=clerk, now=NOW)
    found = duty(connection)
    assert (found.active, found.next_at) == (False, None)
    assert work(connection, "2026-12-15T09:00") == [0]
    switch_on(connection, "tidying", why="盘完", by=clerk, now=at("2026-12-15T10:00"))
    assert work(connection, "2026-12-15T10:00") == [0]
    assert duty(connection).next_at == at("2027-01-08T09:00")
    assert duty(connection).provisional
    for verb in (switch_on, switch_off):
        with pytest.raises(NotFoundError):
            verb(connection, "nothing", why="盘库", by=clerk, now=NOW)
        with pytest.raises(BadReasonError):
            verb(connection, "tidying", why=" ", by=clerk, now=NOW)
    assert [(one.active, one.who, one.reason) for one in duty(connection).switches] == [
        (True, clerk.name, "盘完"), (False, clerk.name, "盘库"),
    ]  # fmt: skip


def test_somebody_starts_it_beside_its_rounds(connection: Connection, clerk: Person) -> None:
    case_id = start_now(connection, "tidying", why="盘点提前", by=clerk, now=at("2026-11-09T16:00"))
    (entry,) = dossier_of(connection, case_id, by=clerk).timeline
    assert (entry.who, entry.notes[-1].en) == (clerk.name, "Stands for 2026-11-09")
    assert Names("原因：盘点提前", "Reason: 盘点提前") in entry.notes
    (run,) = started(connection)
    assert (run.stands_for, run.started_by) == (None, clerk.id)
    assert duty(connection).next_at == at("2026-11-10T09:00")
    assert history.verify(connection, case_id) is None


@pytest.mark.parametrize("why", ["", "  ", "因" * 1001, "乱\u0007码"])
def test_nobody_starts_it_without_a_reason(connection: Connection, clerk: Person, why: str) -> None:
    with pytest.raises(BadReasonError):
        start_now(connection, "tidying", why=why, by=clerk, now=NOW)
    assert started(connection) == []


def test_who_starts_it_is_entered_in_the_role_that_lets_them(
    connection: Connection, clerk: Person
) -> None:
    said = []
    for who in (clerk, replace(clerk, roles=frozenset({"process-owner"}))):
        case_id = start_now(
            connection, "tidying", why="盘点提前", by=who, now=at("2026-11-09T16:00")
        )
        body = connection.scalar(sa.select(entries.c.body).where(entries.c.case_id == case_id))
        said.append(history.read(body or b"")["role"])
    assert said == ["clerk", "process-owner"]


def test_another_rule_is_not_taken_for_a_switch(connection: Connection, clerk: Person) -> None:
    switch_off(connection, "tidying", why="盘库", by=clerk, now=NOW)
    files = tidying("每月10日 16:00，遇假日顺延")
    publish(connection, files, by=None, now=at("2027-01-01T09:00"))
    ours = sa.select(duties).where(duties.c.procedure == "tidying")
    after = connection.execute(ours).one()
    assert (after.rule, after.active) == ("每月10日 16:00，遇假日顺延", False)
    assert len(duty(connection).switches) == 1


@pytest.mark.usefixtures("clerk")
def test_another_rule_begins_anew_and_no_timer_ends_the_duty(connection: Connection) -> None:
    assert work(connection, "2026-11-10T09:00") == [1]
    put_in_force(connection, tidying("每月10日 16:00，遇假日顺延"))
    assert duty(connection).next_for == drawn("2026-11-10T16:00")
    rule = tidying("每月10日，遇假日顺延")
    put_in_force(connection, rule)
    assert duty(connection).next_for == drawn("2026-12-10"), "that round has been run"
    before = duty(connection)
    put_in_force(connection, {**rule, "forms/tidying/tidy.json": form(x=TEXT)})
    assert duty(connection).next_at == before.next_at

    p = Process("tidying")
    p.message_start()
    p.user("tidy")
    p.end()
    p.chain("opened", "tidy", "done")
    put_in_force(
        connection, small(p, forms={f"tidying/{s}": form(x=TEXT) for s in ("opened", "tidy")})
    )
    assert all(each.procedure != "tidying" for each in all_duties(connection))


@pytest.mark.usefixtures("clerk")
def test_a_rule_with_a_number_of_times_ends(connection: Connection) -> None:
    put_in_force(connection, tidying("每周一，2 次"))
    days = [f"2026-11-{day:02}T10:00" for day in (16, 23, 30)]
    assert work(connection, *days) == [1, 1, 0]
    assert duty(connection).next_at is None


def test_a_date_comes_once(connection: Connection) -> None:
    files = tidying("2026-12-20")
    drawing = "bpmn/test/tidying.bpmn"
    files[drawing] = files[drawing].replace(b"timeCycle", b"timeDate")
    put_in_force(connection, files)
    assert duty(connection).rule.en == "the opening of Sun 2026-12-20 (00:00 on a day off)"
    assert duty(connection).next_at == at("2026-12-20T00:00")
    off(connection, date(2026, 12, 20), None)
    assert duty(connection).next_at == at("2026-12-20T09:00")
    assert work(connection, "2026-12-20T09:00", "2027-12-20T09:00") == [1, 0]
    assert duty(connection).next_at is None
    put_in_force(connection, {**files, "forms/tidying/tidy.json": form(x=TEXT)})
    assert duty(connection).next_at is None


def test_a_drawing_may_name_the_calendar(connection: Connection) -> None:
    files = tidying("每月10日")
    drawing = "bpmn/test/tidying.bpmn"
    named = b'banjie:calendar="always" id="opened"'
    files[drawing] = files[drawing].replace(b'id="opened"', named, 1)
    put_in_force(connection, files)
    assert duty(connection).next_at == at("2026-11-10T00:00")
    assert duty(connection).calendar.en == "Always (24 × 7)"


def test_a_duty_that_fails_stands_aside_until_it_is_tried_again(connection: Connection) -> None:
    put_in_force(connection, tidying(condition="kilos > 5"))
    assert work(connection, "2026-11-10T09:00", "2026-11-10T09:01") == [1, 0]
    assert started(connection) == []
    (incident,) = recording.unresolved(connection)
    assert (incident.kind, incident.element, incident.variable) == ("duty", "is_much", "kilos")
    assert duty(connection).stuck
    assert settle(connection, now=NOW) == 0
    again = retry(connection, incident.id, by=None, now=at("2026-11-10T10:00"))
    assert again.resolved_at is None
    other = somebody(connection, "b", {"clerk"})
    with pytest.raises(DutyFailedError, match="kilos"), connection.begin_nested():
        start_now(connection, "tidying", why="盘点提前", by=other, now=NOW)

    put_in_force(connection, tidying())
    done = retry(connection, incident.id, by=None, now=at("2026-11-10T11:00"))
    assert done.resolved_at is not None
    (run,) = started(connection)
    assert run.stands_for == drawn("2026-11-10")
    assert not duty(connection).stuck
    assert duty(connection).next_at == at("2026-12-10T09:00")
    assert history.verify(connection, run.case_id) is None


@pytest.fixture
def due(database: Engine) -> Engine:
    with database.begin() as conn:
        put_in_force(conn, tidying())
        conn.execute(sa.delete(duties).where(duties.c.procedure != "tidying"))
    return database


def test_any_number_of_workers_start_it_once(due: Engine) -> None:
    moments = [at("2026-11-10T09:00") + timedelta(days=31 * n) for n in range(3)]

    def worker(_: int) -> int:
        count = 0
        for moment in moments:
            for _ in range(3):
                with due.begin() as conn:
                    count += start_next(conn, now=moment)
        return count

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(worker, range(8)))
    with due.connect() as conn:
        runs = started(conn)
    assert sum(counts) == len(runs) <= 3
    assert len({run.stands_for for run in runs}) == len(runs)
    assert sum(1 + run.missed for run in runs) == 3

"""The monthly review of closed complaints (D02): begun by the clock, due on day 10 of the month."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine import demo, notices
from engine.duties.planning import switch_off, switch_on
from engine.duties.starting import start_next
from engine.tables import cases, duty_runs, tasks
from tests.procedures.walk import ACCEPTED, Walk

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
CLOSED = [
    {"closed_number": "TS-2026-00041", "complaint_item": "外观划伤"},
    {"closed_number": "TS-2026-00044", "complaint_item": "流量不足"},
]
USUAL: dict[str, dict[str, Any]] = {
    "compile_statistics": {"statistics_month": "2026-11", "closed_cases": CLOSED},
    "confirm_liability": {"liability_attribution": "制造部门装配班", "liability_percent": "60"},
    "check_improvement": {"improvement_measure": "加装护垫", "handling_result": "已落实"},
    "convene_meeting": {
        "urged_stage": "monthly_review",
        "urged_unit": "gm-office",
        "meeting_at": "2026-12-11T09:00",
        "meeting_attendees": "陈洁",
        "meeting_result": "当天补完",
        "still_late": False,
    },
}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def december(connection: Connection) -> Walk:
    """Give the review that begins on Tuesday 2026-12-01, the first working day."""
    planned(connection)
    assert not start_next(connection, now=at("2026-12-01T08:59"))
    return begun(connection, "2026-12-01T09:00")


def planned(conn: Connection) -> None:
    """Plan it as if it had been published on 2026-11-09."""
    demo.load(conn, now=ACCEPTED)
    switch_off(conn, "monthly-complaint-review", why="上线", by=None, now=ACCEPTED)
    switch_on(conn, "monthly-complaint-review", why="上线", by=None, now=ACCEPTED)


def begun(conn: Connection, moment: str) -> Walk:
    walk = Walk(conn, "monthly-complaint-review", USUAL)
    walk.now = at(moment).astimezone(UTC)
    assert start_next(conn, now=walk.now)
    newest = sa.select(duty_runs.c.case_id).order_by(duty_runs.c.started_at.desc()).limit(1)
    walk.case_id = conn.scalars(newest).one()
    return walk


def test_every_case_that_was_closed_is_confirmed_and_checked(december: Walk) -> None:
    assert december.waits_for == {("gm-office", "compile_statistics")}
    assert december.due("compile_statistics") == at("2026-12-10T18:00")
    december.does("compile_statistics")
    items = sa.select(tasks.c.item).where(tasks.c.case_id == december.case_id)
    assert sorted(december.conn.scalars(items)) == [
        "1/2 · TS-2026-00041 · 外观划伤",
        "2/2 · TS-2026-00044 · 流量不足",
    ]
    for role in ("production", "qc"):
        told = notices.unseen(december.conn, december.person(role), limit=9)
        assert [one.text.zh for one in told] == ["请主管会同"]
    december.does_all("confirm_liability", "confirm_liability")
    assert december.waits_for == {("gm-office", "check_improvement")}
    december.does_all("check_improvement", "check_improvement")
    assert december.outcome == "month_reviewed"
    assert december.is_unbroken
    said = {c for entry in december.dossier.timeline for c in entry.clauses}
    assert {"CM-06-10a", "CM-06-10b"} <= said


def test_a_month_without_closed_cases_ends_with_its_statistics(december: Walk) -> None:
    december.does("compile_statistics", closed_cases=[])
    assert december.outcome == "month_reviewed"


def test_a_late_review_is_urged_and_ends_all_the_same(december: Walk) -> None:
    december.does("compile_statistics")
    december.now = at("2026-12-10T17:59").astimezone(UTC)
    assert december.after(minutes=0) == 0
    assert december.after(minutes=1) == 1
    assert ("gm-office", "convene_meeting") in december.waits_for
    (told, *_) = notices.unseen(december.conn, december.person("gm"), limit=9)
    assert told.text.zh.startswith("10日到期：")
    december.does_all("confirm_liability", "confirm_liability", "check_improvement")
    december.does("check_improvement")
    assert december.outcome == "month_reviewed"
    assert december.is_unbroken


def test_a_day_10_that_is_off_is_due_on_the_working_day_before(connection: Connection) -> None:
    planned(connection)
    january = begun(connection, "2027-01-04T09:00")
    assert january.due("compile_statistics") == at("2027-01-08T18:00")
    known = connection.scalar(
        sa.select(duty_runs.c.stands_for).where(duty_runs.c.case_id == january.case_id)
    )
    assert known == datetime(2027, 1, 1)  # noqa: DTZ001 - what a rule draws has no zone


def test_two_months_at_once_do_not_meet(december: Walk) -> None:
    january = begun(december.conn, "2027-01-04T09:00")
    assert january.case_id != december.case_id
    january.does("compile_statistics", closed_cases=[])
    assert january.outcome == "month_reviewed"
    assert december.row().status == "open"
    still = sa.select(sa.func.count()).where(
        cases.c.procedure == "monthly-complaint-review", cases.c.status == "open"
    )
    assert december.conn.scalar(still) == 1
    assert december.now + timedelta(days=34) == january.now

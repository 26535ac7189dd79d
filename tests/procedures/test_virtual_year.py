"""A company's year in a virtual clock: what the clock starts, and when working days are over.

What is right is told by chinesecalendar day by day, not by our own arithmetic.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import chinese_calendar
import pytest
import sqlalchemy as sa

from engine import demo, history
from engine.cases.starts import open_case
from engine.cases.timers import wake_next
from engine.duties.planning import switch_off, switch_on
from engine.duties.starting import start_next
from engine.tables import cases, duties, duty_runs, entries, tasks
from forms import Answered
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from sqlalchemy import Connection

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = timedelta(days=1)
BEGIN, END = date(2026, 1, 1), date(2027, 1, 1)
SATURDAY = 5
OPEN, CLOSE, TEN = time(9), time(18), time(10)
LIMIT = 3
"""Working days that every errand has."""


def moment(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, SHANGHAI).astimezone(UTC)


def is_worked(day: date) -> bool:
    """Say whether a day is worked; of the next year, by law alone."""
    if day >= END:
        return day.weekday() < SATURDAY and day > END
    worked: bool = chinese_calendar.is_workday(day)
    return worked


def on_or_before(day: date) -> date:
    while not is_worked(day):
        day -= DAY
    return day


def on_or_after(day: date) -> date:
    while not is_worked(day):
        day += DAY
    return day


def later(day: date, count: int) -> date:
    for _ in range(count):
        day = on_or_after(day + DAY)
    return day


def days() -> list[date]:
    return [BEGIN + n * DAY for n in range((END - BEGIN).days)]


def monthly() -> dict[str, bytes]:
    """Give a duty of day 10, a working day before if that is off."""
    p = Process("tidying")
    p.timer_start("每月10日，遇假日提前")
    p.user("tidy")
    p.end()
    p.chain("opened", "tidy", "done")
    return small(p, forms={"tidying/tidy": form(note=TEXT)})


def errand() -> dict[str, bytes]:
    """Give a step that has three working days, and is urged after them."""
    p = Process("errand")
    p.message_start("asked")
    p.user("prepare")
    p.user("urge")
    p.end()
    p.end("urged")
    p.deadline("late", "prepare", f"{LIMIT} 个工作日")
    p.chain("asked", "prepare", "done")
    p.chain("late", "urge", "urged")
    steps = ("asked", "prepare", "urge")
    return small(p, forms={f"errand/{step}": form(note=TEXT) for step in steps})


@pytest.fixture
def year(connection: Connection) -> Connection:
    """Take the company through the year, and give it at its end."""
    before = moment(BEGIN - DAY, TEN)
    demo.load(connection, now=before)
    for files in (monthly(), errand()):
        put_in_force(connection, files)
    for procedure in ("monthly-complaint-review", "tidying"):
        switch_off(connection, procedure, why="上线", by=None, now=before)
        switch_on(connection, procedure, why="上线", by=None, now=before)
    clerk, note = somebody(connection, "clerk-one", {"clerk"}), Answered({"note": "事"})
    openings = [moment(day, TEN) for day in days() if is_worked(day)]
    now, end = before, moment(END, time())
    while now < end:
        while wake_next(connection, now=now) or start_next(connection, now=now):
            pass
        if openings and openings[0] == now:
            open_case(connection, "errand", note, by=clerk, now=openings.pop(0))
        now = min([end, *openings[:1], *_coming(connection)])
    return connection


def _coming(conn: Connection) -> list[datetime]:
    """Give when something happens next by itself."""
    due = conn.scalar(sa.select(sa.func.min(cases.c.next_due)))
    starts = conn.scalar(sa.select(sa.func.min(duties.c.next_at)))
    return [one for one in (due, starts) if one is not None]


def started(conn: Connection, procedure: str) -> list[tuple[date, datetime]]:
    mine = sa.select(duty_runs.c.stands_for, duty_runs.c.started_at)
    ordered = mine.where(duty_runs.c.procedure == procedure).order_by(duty_runs.c.started_at)
    return [(stands_for.date(), at) for stands_for, at in conn.execute(ordered)]


def test_a_year_goes_by_as_the_calendar_says(year: Connection) -> None:
    months = [date(2026, month, 1) for month in range(1, 13)]
    tenths = [month.replace(day=10) for month in months]
    assert started(year, "tidying") == [(day, moment(on_or_before(day), OPEN)) for day in tenths]
    assert started(year, "monthly-complaint-review") == [
        (day, moment(on_or_after(day), OPEN)) for day in months
    ]
    reviews = sa.select(cases.c.id).where(cases.c.procedure == "monthly-complaint-review")
    fired = sa.select(entries.c.at).where(
        entries.c.kind == "timer_fired", entries.c.case_id.in_(reviews)
    )
    assert sorted(year.scalars(fired)) == [moment(on_or_before(day), CLOSE) for day in tenths]
    _errands(year)
    broken = [key for key in year.scalars(sa.select(cases.c.id)) if history.verify(year, key)]
    assert broken == []


def _errands(conn: Connection) -> None:
    """Want each errand urged once, to the minute, Spring Festival and National Day included."""
    expected = {
        moment(day, TEN): moment(later(day, LIMIT), TEN) for day in days() if is_worked(day)
    }
    assert expected[moment(date(2026, 2, 13), TEN)] == moment(date(2026, 2, 25), TEN)
    assert expected[moment(date(2026, 9, 30), TEN)] == moment(date(2026, 10, 10), TEN)
    late = sa.and_(entries.c.case_id == cases.c.id, entries.c.kind == "timer_fired")
    opened = sa.select(cases.c.opened_at, entries.c.at).join(entries, late, isouter=True)
    found = dict(conn.execute(opened.where(cases.c.procedure == "errand")).all())
    over = {at: due for at, due in expected.items() if due < moment(END, time())}
    assert {at: due for at, due in found.items() if due} == over
    assert found.keys() == expected.keys()
    waits = sa.select(tasks.c.due_at).where(tasks.c.element == "prepare")
    assert set(conn.scalars(waits)) >= {due for at, due in expected.items() if at not in over}

"""Calendars as they are stored: what the product brings, what people change, who uses which."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from engine import calendars
from engine.calendar import parse_limit, reckon
from engine.calendars import Kept, chain
from engine.calendars.changes import CalendarsChangedError, change
from engine.calendars.edits import (
    BadCalendarError,
    by_law,
    complete_years,
    week_from,
    with_calendar,
    with_changes,
    with_days,
    with_use,
)
from engine.calendars.files import Line
from engine.calendars.seeds import ANNOUNCED, KNOWN, seed
from engine.errors import NotFoundError
from engine.reasons import BadReasonError
from engine.spiff import Names
from engine.tables import calendar_days, calendar_uses
from engine.tables import calendar_revisions as calendar_revisions_table
from engine.tables import calendars as calendar_rows
from tests.engine.conftest import NOW
from tests.engine.hearing import listening

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.calendars import Revision, Stored
    from engine.people import Person

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICE = ((540, 720), (780, 1080))
PLANT = Kept("plant-2", "二厂", "Plant 2", "Asia/Urumqi", (*(((480, 720), (840, 1200)),) * 6, ()))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def confirmed(conn: Connection, after: Stored, by: Person | None = None) -> Revision:
    return change(conn, after, by=by, now=NOW, note="试验")


def set_days(conn: Connection, *lines: Line, announced: tuple[int, ...] = ()) -> Revision:
    now = calendars.current(conn)
    return confirmed(
        conn, with_days(now, "standard", lines, announced=announced, source="2027.csv")
    )


@pytest.mark.parametrize(
    ("limit", "since", "due"),
    [
        ("4 working hours", "2026-09-18T16:00", "2026-09-20T11:00"),
        ("2 working hours", "2026-09-30T17:30", "2026-10-08T10:30"),
        ("8 working hours", "2026-11-23T09:10", "2026-11-24T09:10"),
        ("5 working days", "2026-09-30T10:00", "2026-10-13T10:00"),
        ("5 days", "2026-11-09T10:00", "2026-11-14T10:00"),
        ("5 working days", "2026-11-09T10:00", "2026-11-16T10:00"),
    ],
)
def test_the_reference_dates_by_the_calendar_that_comes_with_the_product(
    connection: Connection, limit: str, since: str, due: str
) -> None:
    standard = calendars.current(connection).get("standard")
    found = reckon(parse_limit(limit), at(since), standard)
    assert (found.at.astimezone(SHANGHAI), found.provisional) == (at(due), False)


def test_days_say_where_they_come_from_and_what_is_not_announced_is_provisional(
    connection: Connection,
) -> None:
    kept = calendars.current(connection).kept["standard"]
    assert kept.announced == KNOWN
    assert (kept.days[date(2026, 10, 1)].note, kept.days[date(2026, 10, 1)].source) == (
        "国庆节",
        ANNOUNCED,
    )
    assert kept.days[date(2026, 10, 10)].spans is None
    assert kept.days[date(2027, 2, 6)].note == "春节"
    assert kept.days[date(2027, 2, 6)].source.startswith("holidays ")
    over_new_year = reckon(parse_limit("9 个工作日"), at("2026-12-28T10:00"), kept.ready)
    assert over_new_year.provisional


def test_open_day_and_night(connection: Connection) -> None:
    always = calendars.current(connection).get("always")
    found = reckon(parse_limit("30 working hours"), at("2027-02-06T23:00"), always)
    assert (found.at, found.provisional) == (at("2027-02-08T05:00").astimezone(UTC), False)


def test_seeding_again_changes_nothing_and_a_later_year_adds_provisional_days(
    connection: Connection,
) -> None:
    unseeded(connection)
    assert seed(connection, now=datetime(2026, 1, 1, tzinfo=UTC)) is not None
    before = calendars.current(connection)
    assert seed(connection, now=datetime(2026, 12, 31, tzinfo=UTC)) is None
    assert calendars.current(connection) is before
    assert seed(connection, now=datetime(2027, 1, 1, tzinfo=UTC)) is not None
    kept = calendars.current(connection).kept["standard"]
    assert {day.year for day in kept.days} == {*KNOWN, 2027, 2028, 2029, 2030}
    assert kept.announced == KNOWN


def unseeded(conn: Connection) -> None:
    for table in (calendar_uses, calendar_days, calendar_rows, calendar_revisions_table):
        conn.execute(sa.delete(table))


def test_a_release_that_knows_a_year_adds_only_days_that_nobody_set(
    connection: Connection,
) -> None:
    pretend_that_2026_was_not_known(connection)
    line = Line(1, date(2026, 10, 10), (), "厂休")
    set_days(connection, line, Line(2, date(2026, 11, 20), (), "厂庆"))

    assert seed(connection, now=NOW) is not None
    days = calendars.current(connection).kept["standard"].days
    assert days[date(2026, 10, 10)].note == "厂休"
    assert days[date(2026, 11, 20)].note == "厂庆"
    assert days[date(2026, 9, 20)].source == ANNOUNCED
    assert date(2026, 2, 12) not in days
    assert calendars.current(connection).kept["standard"].announced == KNOWN


def test_a_year_that_people_completed_is_theirs(connection: Connection) -> None:
    pretend_that_2026_was_not_known(connection)
    set_days(connection, Line(1, date(2026, 10, 1), (), "国庆"), announced=(2026,))

    seed(connection, now=NOW)
    days = calendars.current(connection).kept["standard"].days
    assert [day for day in days if day.year == 2026] == [date(2026, 10, 1)]


def test_a_file_with_the_public_holidays_of_a_year_completes_it() -> None:
    days = sorted(by_law(2027))
    assert len(days) == 13
    assert {date(2027, 1, 1), date(2027, 2, 5), date(2027, 5, 2), date(2027, 10, 3)} <= set(days)
    lines = [Line(n, day, (), "") for n, day in enumerate(days)]
    assert complete_years(lines) == [2027]
    spring = [Line(day, date(2027, 2, day), (), "") for day in range(1, 29)]
    assert complete_years([*lines[1:], *spring]) == []


def pretend_that_2026_was_not_known(conn: Connection) -> None:
    """Leave one provisional day of the year, as an older release would have made it."""
    of_2026 = sa.and_(
        calendar_days.c.day.between(date(2026, 1, 1), date(2026, 12, 31)),
        calendar_days.c.calendar == "standard",
    )
    conn.execute(sa.delete(calendar_days).where(of_2026, calendar_days.c.day != date(2026, 10, 1)))
    first = {"day": date(2026, 2, 12), "source": "holidays 0.1"}
    conn.execute(sa.update(calendar_days).where(of_2026).values(first))
    conn.execute(
        sa.update(calendar_rows)
        .where(calendar_rows.c.code == "standard")
        .values(announced=sorted(KNOWN - {2026}))
    )
    confirmed(conn, with_use(calendars.current(conn), "site", "hami", "always"))


def test_a_days_own_hours_and_the_usual_ones_follow_the_week(connection: Connection) -> None:
    own = Line(1, date(2026, 11, 14), ((480, 600),), "盘点")
    set_days(connection, own, Line(2, date(2026, 11, 21), None, "补班"))
    stored = calendars.current(connection)
    kept = replace(stored.kept["standard"], week=week_from(["8-12 13-17"] * 5 + ["", ""]))
    confirmed(connection, with_changes(stored, kept))

    ready = calendars.current(connection).get("standard")
    assert ready.days[date(2026, 11, 14)].spans == ((480, 600),)
    assert ready.days[date(2026, 11, 21)].spans == ((480, 720), (780, 1020))
    assert ready.days[date(2026, 10, 10)].spans == ((480, 720), (780, 1020))


def test_a_drawing_names_a_calendar_before_the_role_the_site_and_the_company(
    connection: Connection,
) -> None:
    stored = with_calendar(calendars.current(connection), PLANT)
    for kind, code, used in (("role", "qc", "plant-2"), ("site", "hami", "always")):
        stored = with_use(stored, kind, code, used)
    confirmed(connection, stored)

    found = calendars.current(connection)
    assert found.choose(named=None, role="gm", site=None).code == "standard"
    assert found.choose(named=None, role="gm", site="hami").code == "always"
    assert found.choose(named=None, role="qc", site="hami").code == "plant-2"
    assert found.choose(named="standard", role="qc", site="hami").code == "standard"
    with pytest.raises(KeyError):
        found.choose(named="nowhere", role=None, site=None)

    confirmed(connection, with_use(with_use(found, "role", "qc", None), "company", "", "plant-2"))
    assert calendars.current(connection).choose(named=None, role="qc", site=None).code == "plant-2"


def test_a_change_says_who_made_it_and_is_refused_after_another_one(
    connection: Connection, anna: Person
) -> None:
    stale = calendars.current(connection)
    made = confirmed(connection, with_calendar(stale, PLANT), by=anna)
    assert (made.who, made.note, made.cases) == ("安娜", "试验", 0)
    assert made.id == calendars.current(connection).revision > stale.revision
    with pytest.raises(CalendarsChangedError):
        confirmed(connection, with_use(stale, "site", "hami", "always"))


def test_a_revision_keeps_what_it_changed_and_is_chained_to_the_one_before(
    connection: Connection, anna: Person
) -> None:
    line = Line(1, date(2026, 11, 25), (), "停产")
    after = with_days(calendars.current(connection), "standard", [line], announced=(), source="x")
    made = confirmed(connection, with_use(after, "role", "qc", "always"), by=anna)

    (day, use) = chain.changes(connection, made.id)
    assert day == chain.Changed(
        Names("标准日历", "Standard calendar"),
        Names("2026-11-25（周三）", "Wed 2026-11-25"),
        Names("班 09:00-12:00 13:00-18:00", "work 09:00-12:00 13:00-18:00"),
        Names("休（停产）", "off (停产)"),
    )
    assert (use.calendar, use.before.zh, use.after.zh) == (None, "—", "全天候（24×7）")
    assert list(chain.broken(connection)) == []
    assert chain.digests(connection)[made.id] == made.hash.hex()


@pytest.mark.parametrize(
    "tampered",
    [
        {"note": "另一个原因"},
        {"changed_by": None},
        {"at": datetime(2020, 1, 1, tzinfo=UTC)},
        {"cases": 99},
        {"body": b"{}"},
        {"hash": b"x" * 32},
    ],
)
def test_a_revision_that_was_tampered_with_is_told(
    connection: Connection, anna: Person, tampered: dict[str, object]
) -> None:
    made = confirmed(connection, with_calendar(calendars.current(connection), PLANT), by=anna)
    mine = sa.update(calendar_revisions_table).where(calendar_revisions_table.c.id == made.id)
    connection.execute(mine.values(tampered))
    assert list(chain.broken(connection)) == [made.id]


def test_a_revision_that_is_gone_breaks_the_next(connection: Connection) -> None:
    gone = confirmed(connection, with_calendar(calendars.current(connection), PLANT))
    after = with_use(calendars.current(connection), "site", "hami", "always")
    later = confirmed(connection, after)
    table = calendar_revisions_table
    connection.execute(sa.delete(table).where(table.c.id == gone.id))
    assert list(chain.broken(connection)) == [later.id]


@pytest.mark.parametrize("note", ["", "  ", "x" * 1001])
def test_a_change_without_a_reason_is_refused(connection: Connection, note: str) -> None:
    before = calendars.current(connection)
    with pytest.raises(BadReasonError):
        change(connection, with_calendar(before, PLANT), by=None, now=NOW, note=note)
    assert calendars.current(connection).kept == before.kept


def test_a_revision_is_read_once(connection: Connection) -> None:
    revision = calendars.current(connection).revision
    with listening(connection) as sent:
        for _ in range(3):
            calendars.of(connection, revision)
    assert sent == []
    made = confirmed(connection, with_calendar(calendars.current(connection), PLANT))
    with listening(connection) as sent:
        for _ in range(3):
            assert "plant-2" in calendars.of(connection, made.id).kept
    assert len(sent) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        replace(PLANT, code="Plant 2"),
        replace(PLANT, code="standard"),
        replace(PLANT, zh=""),
        replace(PLANT, en="x" * 41),
        replace(PLANT, zone="Asia/Nowhere"),
        replace(PLANT, zone="../../etc/passwd"),
        replace(PLANT, week=((),) * 7),
    ],
)
def test_what_no_calendar_can_be_is_refused(connection: Connection, wrong: Kept) -> None:
    with pytest.raises(BadCalendarError) as refused:
        with_calendar(calendars.current(connection), wrong)
    assert refused.value.zh != refused.value.en


def test_a_week_is_refused_by_its_day(connection: Connection) -> None:
    with pytest.raises(BadCalendarError, match="周三") as refused:
        week_from(["9-12", "9-12", "12-9", "", "", "", ""])
    assert refused.value.en.startswith("Wednesday: ")
    stored = calendars.current(connection)
    for kind, code in (("site", ""), ("company", "hami"), ("person", "anna")):
        with pytest.raises(BadCalendarError):
            with_use(stored, kind, code, "always")
    with pytest.raises(NotFoundError):
        with_use(stored, "site", "hami", "nowhere")
    with pytest.raises(NotFoundError):
        with_days(stored, "nowhere", [], announced=(), source="x")


def test_before_anything_is_seeded_the_week_without_holidays_holds(connection: Connection) -> None:
    unseeded(connection)
    found = calendars.current(connection)
    assert found.revision == 0
    assert found.choose(named=None, role="qc", site=None).week[0] == OFFICE

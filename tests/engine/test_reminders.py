"""Only a deadline that has passed is overdue: no reminder that comes round, no time waited for."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases import timers
from engine.cases.starts import open_case
from engine.clocks.clockview import of_case
from engine.history.dossier import case as dossier_of
from engine.tables import notices
from engine.tasks.completing import complete_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.history.entryview import EntryView
    from engine.people import Person

HOUR = timedelta(hours=1)


@pytest.fixture
def clerk(connection: Connection) -> Person:
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.user("prepare")
    drawn.end("done")
    drawn.deadline("knock", "prepare", "R/PT1H", tag="timeCycle")
    drawn.deadline("late", "prepare", "PT3H")
    drawn.end("knocked")
    drawn.end("told")
    drawn.timer("pause", "PT5H")
    drawn.chain("asked", "prepare", "pause", "done")
    drawn.chain("knock", "knocked")
    drawn.chain("late", "told")
    forms = {f"errand/{step}": form(note=TEXT) for step in ("asked", "prepare")}
    put_in_force(connection, small(drawn, forms=forms))
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def case_id(connection: Connection, clerk: Person) -> UUID:
    return open_case(connection, "errand", Answered({}), by=clerk, now=NOW).case_id


def story(conn: Connection, case_id: UUID, by: Person) -> list[EntryView]:
    return dossier_of(conn, case_id, by=by).timeline


def test_a_reminder_says_that_it_reminds_and_when_it_comes_next(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    assert timers.wake_next(connection, now=NOW + HOUR)

    reminded = story(connection, case_id, clerk)[-1]
    assert (reminded.title.zh, reminded.title.en) == ("提醒：knock名", "Reminder: knock in English")
    assert not reminded.is_late
    assert [note.zh for note in reminded.notes] == [
        "“knock名”下次 2026-11-09 12:00",
        "应在 2026-11-09 11:00，2026-11-09 11:00 提醒",
    ]


def test_a_deadline_beside_it_is_still_overdue(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    opened = story(connection, case_id, clerk)[0]
    assert "“late名”时限至 2026-11-09 13:00" in [note.zh for note in opened.notes]
    assert "“knock名”下次 2026-11-09 11:00" in [note.zh for note in opened.notes]

    assert timers.wake_next(connection, now=NOW + 3 * HOUR)
    found = {one.title.zh: one.is_late for one in story(connection, case_id, clerk)[1:]}
    assert found == {"提醒：knock名": False, "逾期：late名": True}


def test_a_time_that_is_waited_for_in_the_flow_has_come_and_nothing_is_overdue(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    prepare = waiting(connection, case_id)["prepare"]
    complete_task(connection, prepare, Answered({"note": "x"}), by=clerk, now=NOW)
    assert timers.wake_next(connection, now=NOW + 5 * HOUR)

    waited = story(connection, case_id, clerk)[-1]
    assert (waited.title.zh, waited.title.en) == (
        "时间到：pause名",
        "Time reached: pause in English",
    )
    assert not waited.is_late
    assert "等到 2026-11-09 15:00，2026-11-09 15:00 继续" in [note.zh for note in waited.notes]
    assert of_case(connection, case_id, by=clerk).waits == {}


def test_a_time_that_is_waited_for_says_how_it_is_reckoned(
    connection: Connection, clerk: Person, case_id: UUID
) -> None:
    prepare = waiting(connection, case_id)["prepare"]
    complete_task(connection, prepare, Answered({"note": "x"}), by=clerk, now=NOW)
    (standing,) = dossier_of(connection, case_id, by=clerk).standing
    assert standing.until is not None
    reckoned = of_case(connection, case_id, by=clerk).waits[standing.place, standing.until]
    assert (reckoned.names.zh, reckoned.due) == ("pause名", NOW + 5 * HOUR)
    assert any("5 小时" in line.zh for line in reckoned.lines)


def test_a_notice_names_what_led_to_it_of_all_that_came_at_once(connection: Connection) -> None:
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.user("prepare")
    drawn.end("done")
    drawn.chain("asked", "prepare", "done")
    drawn.deadline("knock", "prepare", "R/PT3H", tag="timeCycle")
    drawn.deadline("late", "prepare", "PT3H")
    inner = Process("calling")
    inner.start("called")
    inner.chain("called", inner.send("tell_called"), inner.end("told"))
    drawn.chain("knock", drawn.send("tell_knock"), drawn.end("knocked"))
    drawn.chain("late", drawn.call("urge", "calling"), drawn.end("urged"))
    forms = {f"errand/{step}": form(note=TEXT) for step in ("asked", "prepare")}
    put_in_force(connection, small(drawn, inner, forms=forms))
    clerk = somebody(connection, "clerk-two", {"clerk", "qc"})
    open_case(connection, "errand", Answered({}), by=clerk, now=NOW)

    assert timers.wake_next(connection, now=NOW + 3 * HOUR)

    told = connection.execute(sa.select(notices.c.zh).where(notices.c.person_id == clerk.id))
    assert sorted(told.scalars()) == ["knock名：tell_knock名", "late名：tell_called名"]

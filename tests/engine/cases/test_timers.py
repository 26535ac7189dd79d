"""Waking cases whose time has come; three errands whose preparing is late, one with a fault."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history
from engine.cases import timers
from engine.cases.starts import open_case
from engine.incidents import recording
from engine.incidents.retrying import retry
from engine.tables import cases, entries, tasks
from engine.tasks.completing import complete_task
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import asked, waiting
from tests.engine.hearing import listening
from tests.engine.small import TEXT, form, put_in_force, row_of, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def three(connection: Connection, clerk: Person) -> list[UUID]:
    return [asked(connection, clerk).case_id for _ in range(3)]


def test_a_damaged_state_stands_aside_and_is_woken_once_it_is_restored(
    connection: Connection, three: list[UUID]
) -> None:
    good = row_of(connection, three[0]).state
    write(connection, three[0], state=b"\x01damaged")

    assert wake_all(connection) == 3
    assert [urged(connection, key) for key in three] == [False, True, True]
    (incident,) = recording.unresolved(connection)
    assert (incident.case_id, incident.procedure) == (three[0], "errand")
    assert incident.text.zh
    assert row_of(connection, three[0]).stuck
    assert history.verify(connection, three[0]) is None

    write(connection, three[0], state=good)
    retry(connection, incident.id, by=None, now=LATER)
    assert urged(connection, three[0])
    assert not row_of(connection, three[0]).stuck
    assert recording.unresolved(connection) == []


def test_a_timer_that_would_be_entered_twice_stands_aside(
    connection: Connection, three: list[UUID]
) -> None:
    before = row_of(connection, three[0])
    assert wake_all(connection) == 3
    write(connection, three[0], state=before.state, next_due=before.next_due)

    assert wake_all(connection) == 1
    (incident,) = recording.unresolved(connection)
    assert incident.case_id == three[0]
    fired = sa.select(entries).where(entries.c.kind == "timer_fired")
    mine = connection.execute(fired.where(entries.c.case_id == three[0])).all()
    assert len(mine) == 1


def test_a_person_who_gets_on_with_the_case_gives_it_back_to_the_workers(
    connection: Connection, clerk: Person, three: list[UUID]
) -> None:
    good = row_of(connection, three[0]).state
    write(connection, three[0], state=b"\x01damaged")
    wake_all(connection)
    write(connection, three[0], state=good)
    note = Answered({"note": "已办"})
    preparing = waiting(connection, three[0])["prepare"]
    complete_task(connection, preparing, note, by=clerk, now=LATER)
    assert not row_of(connection, three[0]).stuck

    inspector, manager = somebody(connection, "i", {"qc"}), somebody(connection, "m", {"gm"})
    for step, by in (("check", inspector), ("file_away", clerk), ("sign", manager)):
        complete_task(connection, waiting(connection, three[0])[step], note, by=by, now=LATER)
    ended = row_of(connection, three[0])
    assert ended.status == "ended"

    (incident,) = recording.unresolved(connection)
    retry(connection, incident.id, by=None, now=LATER)
    assert row_of(connection, three[0]) == ended
    assert recording.unresolved(connection) == []


def test_nothing_is_woken_before_it_is_due(connection: Connection, three: list[UUID]) -> None:
    assert not timers.wake_next(connection, now=NOW + timedelta(minutes=59))
    assert not any(urged(connection, key) for key in three)


def test_a_worker_looks_once_for_all_that_are_due(
    connection: Connection, three: list[UUID]
) -> None:
    waking = timers.Waking()
    with listening(connection) as sent:
        woken = [waking(connection, now=LATER) for _ in three]
    assert all(woken)
    assert all(urged(connection, key) for key in three)
    assert sum("ORDER BY cases.next_due" in one for one in sent) == 1
    assert not waking(connection, now=LATER)


def test_a_worker_passes_over_what_another_one_has_woken_and_looks_again(
    connection: Connection, clerk: Person, three: list[UUID]
) -> None:
    first, second = timers.Waking(), timers.Waking()
    assert [waking(connection, now=LATER) for waking in (first, second, second)] == [True] * 3
    another = asked(connection, clerk).case_id
    assert first(connection, now=LATER)
    assert not first(connection, now=LATER)
    assert not second(connection, now=LATER)
    for key in (*three, another):
        assert urged(connection, key)
        fired = sa.select(entries).where(entries.c.case_id == key, entries.c.kind == "timer_fired")
        assert len(connection.execute(fired).all()) == 1


def wake_all(conn: Connection) -> int:
    """Work as a worker does; give how many cases were taken up."""
    woken = 0
    while timers.wake_next(conn, now=LATER):
        woken += 1
        assert woken < 10, "the worker turns in a circle"
    return woken


def write(conn: Connection, case_id: UUID, **values: object) -> None:
    conn.execute(sa.update(cases).where(cases.c.id == case_id).values(**values))


def urged(conn: Connection, case_id: UUID) -> bool:
    mine = sa.select(tasks.c.element).where(tasks.c.case_id == case_id)
    return "urge" in conn.scalars(mine).all()


def test_a_deadline_that_cannot_be_run_names_its_element_and_holds_nobody_up(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, weighing())
    case_id = open_case(connection, "weighing", Answered({}), by=clerk, now=NOW).case_id

    assert wake_all(connection) == 1
    (incident,) = recording.unresolved(connection)
    assert (incident.process, incident.element) == ("weighing", "is_heavy")
    assert (incident.expression, incident.variable) == ("kilos > 5", "kilos")
    assert retry(connection, incident.id, by=None, now=LATER).tries == 2
    assert row_of(connection, case_id).stuck
    assert astray(connection) == {}
    write(connection, case_id, stuck=False)
    assert astray(connection) == {case_id: ["whether an open incident holds it up"]}
    write(connection, case_id, stuck=True)

    weigh = waiting(connection, case_id)["weigh"]
    complete_task(connection, weigh, Answered({"kilos": 8}), by=clerk, now=LATER)
    assert row_of(connection, case_id).stuck
    assert set(waiting(connection, case_id)) == {"pack"}
    assert wake_all(connection) == 0

    retry(connection, incident.id, by=None, now=LATER)
    assert set(waiting(connection, case_id)) == {"pack", "urge"}
    assert not row_of(connection, case_id).stuck
    fired = sa.select(entries).where(entries.c.kind == "timer_fired")
    assert len(connection.execute(fired.where(entries.c.case_id == case_id)).all()) == 1
    assert history.verify(connection, case_id) is None


def weighing() -> dict[str, bytes]:
    """Give a procedure whose late packing needs to know what weighing, beside it, finds out."""
    drawn = Process("weighing")
    drawn.message_start("asked")
    for step in ("weigh", "pack", "urge"):
        drawn.user(step)
    drawn.parallel("fork")
    drawn.parallel("join")
    drawn.deadline("late", "pack", "PT1H")
    drawn.xor("is_heavy", default="is_light")
    drawn.end("urged")
    drawn.end("done")
    drawn.chain("asked", "fork", "weigh", "join", "done")
    drawn.chain("fork", "pack", "join")
    drawn.chain("late", "is_heavy")
    drawn.flow("is_heavy", "urge", "kilos > 5")
    drawn.flow("is_heavy", "urged", id_="is_light")
    drawn.chain("urge", "urged")
    note = {f"weighing/{step}": form(note=TEXT) for step in ("asked", "pack", "urge")}
    return small(drawn, forms={**note, "weighing/weigh": form(kilos={"type": "integer"})})

"""Signals: each case that waits at the throw hears it once; later ones do not."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import orjson
import pytest
import sqlalchemy as sa

from engine import history
from engine.cases.starts import open_case
from engine.cases.timers import wake_next
from engine.incidents import recording
from engine.tables import cases, entries, messages, waits
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.hearing import listening
from tests.engine.letters import deliver_all, finish, outcome
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process, signalling

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


def recall() -> dict[str, bytes]:
    """Give the files of a procedure that throws `recalled`, with the lot, as soon as it begins."""
    drawn = Process("recall")
    drawn.signal("recalled", carries="lot")
    drawn.message_start()
    drawn.shout("lot_recalled", "recalled")
    drawn.end()
    drawn.chain("opened", "lot_recalled", "done")
    return small(drawn, forms={"recall/opened": form("lot", lot=TEXT)})


def delivery() -> dict[str, bytes]:
    """Give its files: opened → deliver (within an hour) → done; a recall stops and returns it."""
    drawn = Process("delivery")
    drawn.signal("recalled", carries="lot")
    drawn.message_start()
    drawn.user("deliver")
    drawn.instead("stopped", "deliver", signalling("recalled"))
    drawn.interrupt("late", "deliver", "PT1H")
    drawn.user("bring_back")
    drawn.end()
    drawn.chain("opened", "deliver", "done")
    drawn.chain("stopped", "bring_back", "done")
    drawn.flow("late", "done")
    forms = {f"delivery/{step}": form(note=TEXT) for step in ("opened", "deliver")}
    return small(drawn, forms={**forms, "delivery/bring_back": form(lot=TEXT)})


def inquiry(*required: str) -> dict[str, bytes]:
    """Give the files of a procedure that a recall begins: heard → ask (clerk) → done."""
    drawn = Process("inquiry")
    drawn.signal("recalled", carries="lot")
    drawn.signal_start("recalled", "heard")
    drawn.user("ask")
    drawn.end()
    drawn.chain("heard", "ask", "done")
    begun = form(*required, lot=TEXT, why=TEXT)
    return small(drawn, forms={"inquiry/heard": begun, "inquiry/ask": form(note=TEXT)})


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, recall())
    put_in_force(connection, delivery())
    return somebody(connection, "clerk-one", {"clerk"})


def delivered(conn: Connection, by: Person) -> UUID:
    return open_case(conn, "delivery", Answered({}), by=by, now=NOW).case_id


def recalled(conn: Connection, by: Person, lot: str = "L-1") -> UUID:
    return open_case(conn, "recall", Answered({"lot": lot}), by=by, now=NOW).case_id


def statuses(conn: Connection) -> list[str]:
    return sorted(conn.scalars(sa.select(messages.c.status)))


def heard(conn: Connection, case_id: UUID) -> list[dict[str, str]]:
    mine = sa.select(entries.c.answers).where(
        entries.c.case_id == case_id, entries.c.kind == "signal_delivered"
    )
    return [orjson.loads(answers) for answers in conn.scalars(mine)]


def test_every_case_that_waits_hears_a_signal_once(connection: Connection, clerk: Person) -> None:
    first, second = delivered(connection, clerk), delivered(connection, clerk)
    thrower = recalled(connection, clerk)
    late = delivered(connection, clerk)
    assert statuses(connection) == ["kept", "kept"]
    assert deliver_all(connection) == 2

    for case_id in (first, second):
        assert set(waiting(connection, case_id)) == {"bring_back"}
        assert heard(connection, case_id) == [{"lot": "L-1"}]
        assert history.verify(connection, case_id) is None
    assert set(waiting(connection, late)) == {"deliver"}
    assert statuses(connection) == ["delivered", "delivered"]
    thrown = sa.select(entries).where(entries.c.case_id == thrower).order_by(entries.c.seq)
    *_, entry = connection.execute(thrown)
    assert (entry.kind, orjson.loads(entry.answers)) == ("signal_thrown", {"lot": "L-1"})
    assert history.read(entry.body)["called"] == "recalled"
    assert history.verify(connection, thrower) is None


def test_two_signals_of_one_moment_are_told_apart(connection: Connection, clerk: Person) -> None:
    case_id = delivered(connection, clerk)
    for lot in ("L-1", "L-2"):
        recalled(connection, clerk, lot)
    assert deliver_all(connection) == 2
    assert len(heard(connection, case_id)) == 1
    assert statuses(connection) == ["delivered", "dropped"]


def test_a_signal_that_nobody_waits_for_is_gone(connection: Connection, clerk: Person) -> None:
    recalled(connection, clerk)
    assert statuses(connection) == []


def test_a_wait_that_is_gone_meanwhile_drops_its_signal(
    connection: Connection, clerk: Person
) -> None:
    case_id = delivered(connection, clerk)
    recalled(connection, clerk)
    finish(connection, case_id, "deliver", clerk)
    assert outcome(connection, case_id) == "delivery:done"
    assert connection.scalars(sa.select(waits.c.id)).all() == []
    assert deliver_all(connection) == 1
    assert statuses(connection) == ["dropped"]


def test_a_timer_that_is_due_comes_before_a_signal(connection: Connection, clerk: Person) -> None:
    case_id = delivered(connection, clerk)
    recalled(connection, clerk)
    later = NOW + timedelta(hours=1)
    assert deliver_all(connection, now=later) == 0
    assert wake_next(connection, now=later)
    assert outcome(connection, case_id) == "delivery:done"
    deliver_all(connection, now=later)
    assert statuses(connection) == ["dropped"]
    assert recording.unresolved(connection) == []


def test_a_signal_opens_a_case_of_each_procedure_that_begins_with_it(
    connection: Connection, clerk: Person
) -> None:
    formless = {p: c for p, c in inquiry().items() if p != "forms/inquiry/heard.json"}
    put_in_force(connection, formless)
    other = {p: c.replace(b"inquiry", b"census") for p, c in inquiry("lot").items()}
    put_in_force(connection, {p.replace("inquiry", "census"): c for p, c in other.items()})
    waits_too = delivered(connection, clerk)
    thrower = recalled(connection, clerk)
    assert deliver_all(connection) == 3

    opened = sa.select(cases).where(cases.c.parent_id == thrower).order_by(cases.c.procedure)
    census, asked = connection.execute(opened)
    assert (census.procedure, asked.procedure) == ("census", "inquiry")
    assert set(waiting(connection, asked.id)) == {"ask"}
    assert begun_with(connection, census.id) == {"lot": "L-1", "why": None}
    assert begun_with(connection, asked.id) == {"lot": "L-1"}
    assert len(heard(connection, waits_too)) == 1
    assert statuses(connection) == ["delivered"] * 3


def begun_with(conn: Connection, case_id: UUID) -> dict[str, str | None]:
    first = sa.select(entries.c.answers).where(entries.c.case_id == case_id, entries.c.seq == 1)
    answers: dict[str, str | None] = orjson.loads(conn.scalars(first).one() or b"")
    return answers


def test_a_signal_that_does_not_fill_the_start_form_is_stuck(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, inquiry("why"))
    recalled(connection, clerk)
    assert deliver_all(connection) == 1
    (incident,) = recording.unresolved(connection)
    assert (incident.process, incident.element) == ("inquiry", "heard")
    assert "why" in incident.text.zh
    assert statuses(connection) == ["stuck"]


def test_a_signal_that_was_redirected_is_not_delivered(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, inquiry())
    heard_by = delivered(connection, clerk)
    thrower = recalled(connection, clerk)
    late = delivered(connection, clerk)
    wait = sa.select(waits.c.id).where(waits.c.case_id == late).scalar_subquery()
    connection.execute(
        sa.update(messages).where(messages.c.wait_id.is_not(None)).values(wait_id=wait)
    )
    starting = sa.update(messages).where(messages.c.procedure.is_not(None))
    connection.execute(starting.values(procedure=None, wait_id=wait))
    assert astray(connection) == {thrower: ["messages"]}

    deliver_all(connection)
    assert statuses(connection) == ["stuck", "stuck"]
    assert {"改动" in each.text.zh for each in recording.unresolved(connection)} == {True}
    for case_id in (heard_by, late):
        assert set(waiting(connection, case_id)) == {"deliver"}


def test_throwing_costs_one_statement_however_many_hear_it(
    connection: Connection, clerk: Person
) -> None:
    recalled(connection, clerk)
    with listening(connection) as few:
        recalled(connection, clerk)
    for _ in range(10):
        delivered(connection, clerk)
    with listening(connection) as many:
        recalled(connection, clerk)
    assert len(many) == len(few)
    assert statuses(connection) == ["kept"] * 10

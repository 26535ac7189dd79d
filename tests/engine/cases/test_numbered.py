"""The number of a case as its variable: in conditions, mails, messages, and the history."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
import sqlalchemy as sa

from engine import calendars
from engine.cases.starts import open_case
from engine.history.dossier import case as dossier_of
from engine.history.dossier import history_rows
from engine.procedures import in_force
from engine.replaying.play import Terms
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.tables import calls, cases, entries
from engine.tasks.completing import complete_task
from engine.transfers.batches import Which, carry_out
from engine.verifying import everything
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.letters import deliver_all, finish, send
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process
from tests.engine.transfers.test_batches import foreseen, next_version

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


def numbered() -> dict[str, bytes]:
    """Give its files.

    asked → write → allot, then mail_it beside goods_came, both by the number → see, if it has one.
    """
    drawn = Process("numbered")
    drawn.message("m_goods", keys="complaint_number", carries="note", name="goods")
    drawn.message_start("asked")
    drawn.user("write")
    drawn.service("allot", "allot_number", "complaint_number")
    drawn.service("mail_it", "mail", to="'a@b.example'", subject="'投诉 ' + complaint_number",
                  text="complaint_number")  # fmt: skip
    drawn.catch("goods_came", "m_goods")
    drawn.xor("is_numbered", default="no")
    drawn.user("see")
    drawn.end()
    drawn.end("unnumbered")
    drawn.parallel("fork")
    drawn.parallel("join")
    drawn.chain("asked", "write", "allot", "fork", "mail_it", "join", "is_numbered")
    drawn.chain("fork", "goods_came", "join")
    drawn.flow("is_numbered", "see", "complaint_number != None and '-TS-' in complaint_number")
    drawn.flow("is_numbered", "unnumbered", id_="no")
    drawn.chain("see", "done")
    forms = {f"numbered/{step}": form(note=TEXT) for step in ("asked", "write", "see")}
    return small(drawn, forms=forms)


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, numbered())
    return somebody(connection, "clerk-one", {"clerk"})


def opened(conn: Connection, by: Person) -> UUID:
    case_id = open_case(conn, "numbered", Answered({}), by=by, now=NOW).case_id
    finish(conn, case_id, "write", by)
    return case_id


def number_of(conn: Connection, case_id: UUID) -> str:
    return str(conn.scalar(sa.select(cases.c.number).where(cases.c.id == case_id)))


def test_the_number_is_asked_for_mailed_and_waited_for_by_its_name(
    connection: Connection, clerk: Person
) -> None:
    one, other = opened(connection, clerk), opened(connection, clerk)
    number = number_of(connection, other)
    assert number != number_of(connection, one)
    (mail,) = connection.scalars(sa.select(calls.c.parameters).where(calls.c.case_id == other))
    assert orjson.loads(mail)["subject"] == f"投诉 {number}"

    send(connection, "goods", keys={"complaint_number": number}, note="来了")
    deliver_all(connection)
    ended = sa.select(entries.c.case_id).where(entries.c.kind == "message_delivered")
    assert connection.scalars(ended).all() == [other]
    assert astray(connection) == {}
    assert list(everything.missing_numbers(connection)) == []


def test_the_number_has_an_entry_of_its_own_that_says_what_follows(
    connection: Connection, clerk: Person
) -> None:
    case_id = opened(connection, clerk)
    number = number_of(connection, case_id)
    (entry,) = [
        one
        for one in dossier_of(connection, case_id, by=clerk).timeline
        if one.kind == "number_allotted"
    ]
    assert (entry.who, entry.title.zh, entry.place) == (None, f"编号：{number}", "numbered:allot")


def test_who_writes_goes_on_with_what_the_number_opens(
    connection: Connection, clerk: Person
) -> None:
    drawn = twice()
    put_in_force(connection, drawn)
    done = open_case(connection, "twice", Answered({}), by=clerk, now=NOW)
    assert done.next_task == waiting(connection, done.case_id)["write"]
    written = complete_task(connection, done.next_task, Answered({}), by=clerk, now=NOW)
    assert written.next_task == waiting(connection, done.case_id)["see"]


def twice() -> dict[str, bytes]:
    """Give files in which a case asks for its number three times, twice at once."""
    drawn = Process("twice")
    drawn.message_start("asked")
    drawn.parallel("fork")
    drawn.parallel("join")
    drawn.service("allot", "allot_number", "complaint_number")
    drawn.service("allot_too", "allot_number", "other_number")
    drawn.service("allot_again", "allot_number", "complaint_number")
    drawn.user("write")
    drawn.user("see")
    drawn.end()
    drawn.chain("asked", "fork", "allot", "join", "write", "allot_again", "see", "done")
    drawn.chain("fork", "allot_too", "join")
    forms = {f"twice/{step}": form(note=TEXT) for step in ("asked", "write", "see")}
    return small(drawn, forms=forms)


def test_a_case_has_one_number_however_often_it_asks(connection: Connection, clerk: Person) -> None:
    put_in_force(connection, twice())
    case_id = open_case(connection, "twice", Answered({}), by=clerk, now=NOW).case_id
    finish(connection, case_id, "write", clerk)
    number = number_of(connection, case_id)
    titles = [
        one.title.zh
        for one in dossier_of(connection, case_id, by=clerk).timeline
        if one.kind == "number_allotted"
    ]
    assert titles == [f"编号：{number}", f"编号不变：{number}", f"编号不变：{number}"]
    assert list(everything.missing_numbers(connection)) == []
    assert astray(connection) == {}


def errand(result: str) -> dict[str, bytes]:
    """Give the files of a case that gets its number and waits; then it is mailed, if named."""
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.service("allot", "allot_number", result)
    drawn.user("write")
    drawn.end()
    drawn.chain("asked", "allot", "write")
    if result:
        drawn.service("mail_it", "mail", to="'a@b.example'", subject=result, text=result)
        drawn.chain("write", "mail_it", "done")
    else:
        drawn.chain("write", "done")
    return small(drawn, forms={f"errand/{step}": form(note=TEXT) for step in ("asked", "write")})


def test_a_case_that_has_its_number_finds_it_in_a_version_that_names_it(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, errand(""))
    case_id = open_case(connection, "errand", Answered({}), by=clerk, now=NOW).case_id
    found = foreseen(connection, next_version(connection, errand("case_number")), now=NOW)
    assert carry_out(connection, found, Which.ALL, by=None, now=NOW) == 1
    finish(connection, case_id, "write", clerk)
    (mail,) = connection.scalars(sa.select(calls.c.parameters).where(calls.c.case_id == case_id))
    assert orjson.loads(mail)["subject"] == number_of(connection, case_id)
    assert astray(connection) == {}


def test_a_replayed_case_goes_on_by_the_number_that_it_had(
    connection: Connection, clerk: Person
) -> None:
    case_id = opened(connection, clerk)
    bundle = in_force(connection, "numbered").bundle
    terms = Terms(bundle, bundle, calendars.current(connection))
    found = play(record(history_rows(connection, case_id)), terms, until=NOW)
    (wait,) = found.stage.waits.values()
    assert wait.keys == {"complaint_number": number_of(connection, case_id)}
    assert [call.element for call in found.stage.calls.values()] == ["mail_it"]
    assert found.notes == []

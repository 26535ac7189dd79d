"""What reaches a suspended case: messages and answers wait until it goes on, and none is lost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.calling import run as run_call
from engine.calling import take_next
from engine.calling.settling import settle
from engine.cases.starts import open_case
from engine.connectors import Outside
from engine.messages.delivering import deliver_next
from engine.suspending.holding import resume_case, suspend_case
from engine.tables import calls, messages
from forms import Answered
from tests.engine.asking import asking
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.connectors.neighbours import web_server
from tests.engine.errand import waiting
from tests.engine.letters import claim, claims, replies, reply
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person
    from tests.engine.connectors.neighbours import Site

LATER = NOW + timedelta(hours=2)


@pytest.fixture
def owner(connection: Connection) -> Person:
    put_in_force(connection, claim())
    put_in_force(connection, reply())
    put_in_force(connection, asking())
    return somebody(connection, "owner", {"process-owner", "clerk"})


@pytest.fixture
def site() -> Iterator[Site]:
    with web_server() as server:
        server.answer = b'{"price": 120}'
        yield server


def suspended(conn: Connection, case_id: UUID, by: Person) -> None:
    suspend_case(conn, case_id, "等法院", None, by=by, now=NOW)


def test_a_message_waits_until_the_case_goes_on(connection: Connection, owner: Person) -> None:
    waits = claims(connection, owner)
    suspended(connection, waits, owner)
    replies(connection, owner, 15)
    assert not deliver_next(connection, now=LATER)
    assert connection.scalar(sa.select(messages.c.status)) == "kept"
    assert astray(connection) == {}

    resume_case(connection, waits, by=owner, now=LATER)
    assert deliver_next(connection, now=LATER)
    assert set(waiting(connection, waits)) == {"check"}
    assert astray(connection) == {}


def test_nothing_is_asked_for_it_meanwhile(
    connection: Connection, owner: Person, site: Site
) -> None:
    asks = open_case(connection, "asking", Answered({"item": "soap"}), by=owner, now=NOW).case_id
    suspended(connection, asks, owner)
    assert take_next(connection, now=LATER) is None
    resume_case(connection, asks, by=owner, now=LATER)
    assert take_next(connection, now=LATER) is not None
    assert site.asked == []


@pytest.mark.parametrize("answered", [True, False])
def test_an_answer_that_comes_meanwhile_is_kept_and_asked_for_once(
    connection: Connection, owner: Person, site: Site, *, answered: bool
) -> None:
    asks = open_case(connection, "asking", Answered({"item": "soap"}), by=owner, now=NOW).case_id
    call = take_next(connection, now=NOW)
    assert call is not None
    suspended(connection, asks, owner)
    site.status = 200 if answered else 500
    outside = Outside(endpoints={"erp": site.url})
    settle(connection, call, run_call(call, outside), now=NOW)
    assert waiting(connection, asks) == {}
    row = connection.execute(sa.select(calls)).one()
    assert (row.status, row.tries, row.result is not None) == ("waiting", int(answered), answered)
    assert astray(connection) == {}

    resume_case(connection, asks, by=owner, now=LATER)
    site.status = 200
    again = take_next(connection, now=LATER)
    assert again is not None
    settle(connection, again, run_call(again, outside), now=LATER)
    assert set(waiting(connection, asks)) == {"check"}
    assert len(site.asked) == (1 if answered else 2)
    assert astray(connection) == {}

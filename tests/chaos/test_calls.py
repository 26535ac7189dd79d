"""`kill -9` of a worker in the middle of a call: the next one asks again by the same key, once."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from threading import Event
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history
from engine.calling import LEASE
from engine.cases.starts import open_case
from engine.incidents import recording
from engine.tables import calls, entries, tasks
from forms import Answered
from tests.chaos.servers import worker
from tests.engine.asking import asking
from tests.engine.connectors.neighbours import web_server
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from uuid import UUID

    from sqlalchemy import Engine

    from engine.people import Person
    from tests.engine.connectors.neighbours import Site

LONGEST = 30
"""Seconds within which something must happen that the test waits for."""


@pytest.fixture
def clerk(database: Engine) -> Person:
    with database.begin() as conn:
        put_in_force(conn, asking())
        return somebody(conn, "clerk-one", {"clerk"})


@pytest.fixture
def site() -> Iterator[Site]:
    """Give another system that leaves the first who asks without an answer, and no other."""
    for_good = Event()
    with web_server() as server:
        server.answer = b'{"price": 120}'
        server.meanwhile = lambda _: len(server.asked) > 1 or for_good.wait(LONGEST)
        yield server
        for_good.set()


def asked(database: Engine, by: Person, item: str) -> UUID:
    now = datetime.now(UTC)
    with database.begin() as conn:
        return open_case(conn, "asking", Answered({"item": item}), by=by, now=now).case_id


def until(seen: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + LONGEST
    while not seen():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def steps(database: Engine, case_id: UUID) -> list[str]:
    with database.connect() as conn:
        return list(conn.scalars(sa.select(tasks.c.element).where(tasks.c.case_id == case_id)))


def let_the_lease_run_out(database: Engine, case_id: UUID) -> None:
    """Move what a worker has taken up into the past, as if it had been silent for the lease."""
    taken = sa.update(calls).where(calls.c.case_id == case_id)
    with database.begin() as conn:
        conn.execute(taken.values(next_try=calls.c.next_try - LEASE))


def test_a_call_whose_worker_is_killed_is_made_again_with_its_key(
    database: Engine, clerk: Person, site: Site
) -> None:
    case_id = asked(database, clerk, "soap")
    with worker(database, BANJIE_WEBHOOKS=f"erp={site.url}") as first:
        until(lambda: len(site.asked) == 1, "nobody was asked")
        first.kill()
        first.wait()
    assert steps(database, case_id) == []

    with worker(database, BANJIE_WEBHOOKS=f"erp={site.url}"):
        other = asked(database, clerk, "salt")
        until(lambda: steps(database, other) == ["check"], "the next worker makes no calls")
        assert [body for *_, body in site.asked] == [b'"soap"', b'"salt"'], "the lease was not kept"
        let_the_lease_run_out(database, case_id)
        until(lambda: steps(database, case_id) == ["check"], "nobody takes the call up again")

    (_, before, said), _, (_, after, again) = site.asked
    with database.connect() as conn:
        call = conn.execute(sa.select(calls).where(calls.c.case_id == case_id)).one()
        kinds = sa.select(entries.c.kind).where(entries.c.case_id == case_id)
        assert list(conn.scalars(kinds.order_by(entries.c.seq))) == ["case_opened", "call_answered"]
        assert history.verify(conn, case_id) is None
        assert recording.unresolved(conn) == []
    assert (call.status, call.tries) == ("done", 2)
    assert before["Idempotency-Key"] == after["Idempotency-Key"] == str(call.id)
    assert said == again

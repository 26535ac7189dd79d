"""The worker, on a database of its own: it does what waits, tidies, and stops when told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import people
from engine.cases.starts import open_case
from engine.connectors import Outside
from engine.procedures import in_force
from engine.procedures.publishing import publish
from engine.tables import drafts as draft_rows
from engine.tables import tasks
from engine.tasks import drafts
from engine.versioning.listing import all_versions
from engine.versioning.terms import Terms
from forms import Answered
from tests.engine.asking import asking
from tests.engine.connectors.neighbours import web_server
from tests.engine.errand import asked, errand, waiting
from tests.engine.letters import claim, claims, send, status
from tests.engine.small import put_in_force, somebody
from web.commands.working import Rounds, work

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection, Engine


def test_the_worker_forgets_what_was_never_sent(database: Engine) -> None:
    today = datetime.now(UTC)
    with database.begin() as conn:
        someone = people.all_people(conn)[0]
        for days in (29, 31):
            moment = today - timedelta(days=days)
            drafts.save(conn, f"start:{days}", {"a": ["b"]}, by=someone, now=moment)
    stopping = Event()
    worker = Thread(target=work, args=(database, stopping))
    worker.start()
    left, until = ["?", "?"], monotonic() + 10
    while len(left) > 1 and monotonic() < until:
        sleep(0.05)
        with database.begin() as conn:
            left = list(conn.scalars(sa.select(draft_rows.c.subject)))
    stopping.set()
    worker.join(10)

    assert left == ["start:29"]
    assert not worker.is_alive()


def test_a_message_is_delivered_while_many_cases_are_due(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, claim())
        put_in_force(conn, errand())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        case_id = claims(conn, clerk)
        for _ in range(5):
            asked(conn, clerk)
        sent = send(conn, amount=5)
    stopping = Event()
    worker = Thread(target=work, args=(database, stopping))
    worker.start()
    state, until = "kept", monotonic() + 20
    while (state == "kept" or not urged(database, 5)) and monotonic() < until:
        sleep(0.05)
        with database.begin() as conn:
            state = status(conn, sent.id)
    stopping.set()
    worker.join(10)

    assert state == "delivered"
    assert urged(database, 5)
    with database.connect() as conn:
        assert set(waiting(conn, case_id)) == {"check"}


def test_workers_put_a_planned_version_in_force(database: Engine) -> None:
    today = datetime.now(UTC)
    terms = Terms(begins=(today - timedelta(days=5)).date())
    with database.begin() as conn:
        put_in_force(conn, errand())
        publish(
            conn, errand(urging="interrupt"), by=None, now=today - timedelta(days=9), terms=terms
        )
    stopping = Event()
    workers = [Thread(target=work, args=(database, stopping)) for _ in range(2)]
    for worker in workers:
        worker.start()
    number, until = 1, monotonic() + 20
    while number == 1 and monotonic() < until:
        sleep(0.05)
        with database.begin() as conn:
            number = in_force(conn, "errand").number
    stopping.set()
    for worker in workers:
        worker.join(10)

    assert number == 2
    with database.connect() as conn:
        newest, oldest = all_versions(conn, "errand")
    assert newest.begins > today - timedelta(minutes=1)
    assert oldest.ended == newest.begins


def test_things_take_turns_and_one_without_work_is_left_alone(database: Engine) -> None:
    asked_for: list[str] = []
    heaps = {"a": 40, "b": 40, "c": 0}

    def thing(name: str) -> Callable[..., bool]:
        def do(_conn: Connection, *, now: datetime) -> bool:
            assert now.tzinfo is UTC
            asked_for.append(name)
            heaps[name] -= 1
            return heaps[name] >= 0

        return do

    rounds = Rounds(database, [thing(name) for name in heaps])
    while rounds():
        pass
    assert [name for name in asked_for if name != "c"][:80] == ["a", "b"] * 40
    assert asked_for.count("c") < 40


def urged(database: Engine, count: int) -> bool:
    with database.connect() as conn:
        late = sa.select(sa.func.count()).where(tasks.c.element == "urge")
        return conn.scalar(late) == count


def test_calls_are_made_beside_the_other_work(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, asking())
        put_in_force(conn, errand())
        clerk, item = somebody(conn, "clerk-one", {"clerk"}), Answered({"item": "soap"})
        case_id = open_case(conn, "asking", item, by=clerk, now=datetime.now(UTC)).case_id
        asked(conn, clerk)
    stopping = Event()
    with web_server() as site:
        site.answer = b'{"price": 120}'
        site.meanwhile = lambda _: until(lambda: urged(database, 1))
        outside = Outside(endpoints={"erp": site.url})
        worker = Thread(target=work, args=(database, stopping, outside))
        worker.start()
        until(lambda: bool(steps_of(database, case_id)))
        stopping.set()
        worker.join(10)
    assert steps_of(database, case_id) == {"check"}
    assert urged(database, 1), "timers wait for a connector that takes long"


def until(seen: Callable[[], bool]) -> None:
    """Wait for something to be seen, for half a minute at most."""
    end = monotonic() + 30
    while not seen() and monotonic() < end:
        sleep(0.05)


def steps_of(database: Engine, case_id: UUID) -> set[str]:
    with database.connect() as conn:
        return set(waiting(conn, case_id))

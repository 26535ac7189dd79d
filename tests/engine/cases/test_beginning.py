"""Events that a diagram offers to people: seen by whom they are offered to, started once each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import history
from engine.cases import beginning
from engine.cases.beginning import EventGoneError, begin
from engine.cases.offers import offered
from engine.cases.starts import Completed, NotYoursError
from engine.errors import NotFoundError
from engine.incidents import recording
from engine.incidents.closing import settle
from engine.incidents.retrying import retry
from engine.spiff import RunError
from engine.tables import entries, tasks
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.gathering import gathered, gathering
from tests.engine.letters import claim, claims, deliver_all, finish, outcome, send
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.cases.offers import Offer
    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, gathering())
    return somebody(connection, "clerk-one", {"clerk"})


def offers(conn: Connection, case_id: UUID, by: Person) -> dict[str, Offer]:
    return {offer.place.split(":")[1]: offer for offer in offered(conn, case_id, by=by)}


def starts(conn: Connection, case_id: UUID, event: str, by: Person) -> Completed:
    return begin(conn, case_id, offers(conn, case_id, by)[event].wait_id, by=by, now=NOW)


def test_people_see_what_is_offered_to_their_roles(connection: Connection, clerk: Person) -> None:
    case_id = gathered(connection, clerk)
    inspector, manager = somebody(connection, "i", {"qc"}), somebody(connection, "m", {"gm"})
    (meeting,) = offered(connection, case_id, by=clerk)
    assert meeting.names.zh == "meeting_called名"
    assert [names.zh for names in meeting.follows] == ["meet名"]
    assert [names.zh for names in meeting.roles] == ["内勤", "品管部"]
    assert set(offers(connection, case_id, inspector)) == {"meeting_called"}
    assert set(offers(connection, case_id, manager)) == {"stopped", "weighing_called"}
    assert offered(connection, case_id, by=somebody(connection, "n", ())) == []


def test_an_event_goes_straight_on_to_the_persons_own_task_and_may_be_started_again(
    connection: Connection, clerk: Person
) -> None:
    case_id = gathered(connection, clerk)
    done = starts(connection, case_id, "meeting_called", clerk)
    assert done == Completed(case_id, waiting(connection, case_id)["meet"])
    inspector = somebody(connection, "i", {"qc"})
    assert starts(connection, case_id, "meeting_called", inspector).next_task is None

    met = sa.select(sa.func.count()).where(tasks.c.case_id == case_id, tasks.c.element == "meet")
    assert connection.scalar(met) == 2
    begun = sa.select(entries.c.body).where(entries.c.kind == "event_begun")
    bodies = [history.read(body) for body in connection.scalars(begun.order_by(entries.c.seq))]
    assert [(body["name"], body["role"]) for body in bodies] == [
        (clerk.name, "clerk"), (inspector.name, "qc"),
    ]  # fmt: skip
    assert history.verify(connection, case_id) is None


def test_a_double_click_starts_once(connection: Connection, clerk: Person) -> None:
    case_id = gathered(connection, clerk)
    wait_id = offers(connection, case_id, clerk)["meeting_called"].wait_id
    first = begin(connection, case_id, wait_id, by=clerk, now=NOW)
    assert begin(connection, case_id, wait_id, by=clerk, now=NOW) == first
    inspector = somebody(connection, "i", {"qc"})
    with pytest.raises(EventGoneError) as told:
        begin(connection, case_id, wait_id, by=inspector, now=NOW)
    assert clerk.name in told.value.zh
    assert list(waiting(connection, case_id)) == ["handle", "meet"]


def test_two_people_at_once_start_it_once(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, gathering())
        both = [somebody(conn, login, {"clerk"}) for login in ("a", "b")]
        case_id = gathered(conn, both[0])
        wait_id = offers(conn, case_id, both[0])["meeting_called"].wait_id
    ready = Barrier(4)

    def press(turn: int) -> Completed | str:
        ready.wait()
        try:
            with database.begin() as conn:
                return begin(conn, case_id, wait_id, by=both[turn % 2], now=NOW)
        except EventGoneError:
            return "gone"

    with ThreadPoolExecutor(4) as people:
        got = list(people.map(press, range(4)))
    assert sorted(answer == "gone" for answer in got) == [False, False, True, True]
    with database.connect() as conn:
        met = sa.select(sa.func.count()).where(tasks.c.element == "meet")
        assert conn.scalar(met) == 1


def test_an_event_may_end_what_it_hangs_on(connection: Connection, clerk: Person) -> None:
    case_id = gathered(connection, clerk)
    manager = somebody(connection, "m", {"gm"})
    starts(connection, case_id, "stopped", manager)
    assert outcome(connection, case_id) == "gathering:ended_early"
    assert offered(connection, case_id, by=clerk) == []


def test_what_is_not_offered_cannot_be_started(connection: Connection, clerk: Person) -> None:
    case_id = gathered(connection, clerk)
    manager = somebody(connection, "m", {"gm"})
    stop = offers(connection, case_id, manager)["stopped"].wait_id
    with pytest.raises(NotYoursError) as refused:
        begin(connection, case_id, stop, by=clerk, now=NOW)
    assert "总经理" in refused.value.zh

    put_in_force(connection, claim())
    waiting_for_an_answer = claims(connection, clerk)
    (wait_id,) = connection.scalars(
        sa.text("select id from waits where case_id = :case"), {"case": waiting_for_an_answer}
    )
    with pytest.raises(NotFoundError):
        begin(connection, waiting_for_an_answer, wait_id, by=clerk, now=NOW)
    with pytest.raises(EventGoneError):
        begin(connection, case_id, wait_id, by=clerk, now=NOW)
    with pytest.raises(EventGoneError):
        begin(connection, case_id, uuid4(), by=clerk, now=NOW)

    finish(connection, case_id, "handle", clerk)
    with pytest.raises(EventGoneError):
        begin(connection, case_id, stop, by=manager, now=NOW)


def test_no_message_starts_what_only_people_may_start(
    connection: Connection, clerk: Person
) -> None:
    case_id = gathered(connection, clerk)
    sent = send(connection, "meeting_wanted", keys={})
    assert sent.status == "kept"
    deliver_all(connection)
    assert list(waiting(connection, case_id)) == ["handle"]


def test_what_cannot_be_started_is_an_incident_that_can_be_tried_again(
    connection: Connection, clerk: Person
) -> None:
    case_id = gathered(connection, clerk)
    manager = somebody(connection, "m", {"gm"})
    wait_id = offers(connection, case_id, manager)["weighing_called"].wait_id
    with pytest.raises(RunError) as failed, connection.begin_nested():
        begin(connection, case_id, wait_id, by=manager, now=NOW)
    number = beginning.record(connection, case_id, wait_id, failed.value, by=manager, now=NOW)
    (incident,) = recording.unresolved(connection)
    assert (incident.id, incident.kind, incident.person_id) == (number, "event", manager.id)
    assert (incident.element, incident.variable) == ("is_heavy", "amount")
    assert retry(connection, number, by=None, now=NOW).resolved_at is None

    finish(connection, case_id, "handle", clerk)
    assert settle(connection, now=NOW) == 1

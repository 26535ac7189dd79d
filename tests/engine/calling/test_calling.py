"""What service tasks ask of the outside: asked after the commit, leased, answered once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa

from engine import history
from engine.calling import LEASE, PAUSES, take_next
from engine.calling import run as run_call
from engine.calling.asked import seal
from engine.calling.settling import settle
from engine.cases.casedata import case_data
from engine.cases.starts import open_case
from engine.cases.timers import wake_next
from engine.connectors import Outside
from engine.history import dossier
from engine.incidents import incidentview, recording
from engine.incidents.closing import settle as settle_incidents
from engine.incidents.repairing import repair
from engine.incidents.retrying import retry
from engine.roles import OPERATOR
from engine.tables import calls, cases, entries
from forms import Answered as Filled
from tests.engine.asking import asking
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.connectors.neighbours import web_server
from tests.engine.errand import waiting
from tests.engine.letters import outcome
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.incidents.incident import Incident
    from engine.people import Person
    from tests.engine.connectors.neighbours import Site

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, asking())
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def site() -> Iterator[Site]:
    with web_server() as server:
        yield server


def asked(conn: Connection, by: Person, item: str = "soap") -> UUID:
    return open_case(conn, "asking", Filled({"item": item}), by=by, now=NOW).case_id


def call_next(conn: Connection, site: Site, *, now: datetime = NOW) -> bool:
    """Work as a worker does, in one transaction."""
    call = take_next(conn, now=now)
    if call is not None:
        settle(conn, call, run_call(call, Outside(endpoints={"erp": site.url})), now=now)
    return call is not None


def row_of(conn: Connection) -> sa.Row[Any]:
    return conn.execute(sa.select(calls)).one()


def kinds(conn: Connection, case_id: UUID) -> list[str]:
    ordered = sa.select(entries.c.kind).where(entries.c.case_id == case_id).order_by(entries.c.seq)
    return list(conn.scalars(ordered))


def told_of(conn: Connection, case_id: UUID, by: Person) -> list[str]:
    """Give what the last entry says, for reading."""
    last = dossier.case(conn, case_id, by=by).timeline[-1]
    assert {change.label.zh for change in last.changes} >= {"对方系统", "内容"}
    return [note.zh for note in last.notes]


def test_a_case_goes_on_by_what_a_connector_answers(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    assert waiting(connection, case_id) == {}
    site.answer = b'{"price": 120}'
    assert call_next(connection, site)
    assert not call_next(connection, site)

    assert set(waiting(connection, case_id)) == {"check"}
    row = row_of(connection)
    assert (row.status, row.settled_at, row.result) == ("done", NOW, None)
    ((_, headers, body),) = site.asked
    assert (headers["Idempotency-Key"], orjson.loads(body)) == (str(row.id), "soap")
    answered = sa.select(entries).where(entries.c.kind == "call_answered")
    entry = connection.execute(answered).one()
    assert orjson.loads(entry.answers) == {
        "asked": {"endpoint": "erp", "data": "soap"},
        "answered": {"price": 120},
    }
    assert row.parameters == b"{}"
    assert b":120" not in entry.body
    assert "经由：调用外部系统" in told_of(connection, case_id, clerk)
    assert entry.actor is None
    assert history.verify(connection, case_id) is None


def test_a_worker_that_dies_with_the_answer_is_followed_once_its_lease_is_over(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    site.answer = b'{"price": 120}'
    outside = Outside(endpoints={"erp": site.url})
    first = take_next(connection, now=NOW)
    assert first is not None
    answer_of_the_dead = run_call(first, outside)

    assert take_next(connection, now=NOW + LEASE - MINUTE) is None
    assert call_next(connection, site, now=NOW + LEASE)
    assert set(waiting(connection, case_id)) == {"check"}
    assert len(site.asked) == 2
    assert len({headers["Idempotency-Key"] for _, headers, _ in site.asked}) == 1

    settle(connection, first, answer_of_the_dead, now=NOW + LEASE)
    assert kinds(connection, case_id).count("call_answered") == 1
    assert (row_of(connection).status, row_of(connection).tries) == ("done", 2)
    assert history.verify(connection, case_id) is None


def test_what_the_outside_refuses_is_caught_on_the_diagram(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    site.status = 422
    call_next(connection, site)
    assert set(waiting(connection, case_id)) == {"look"}
    assert kinds(connection, case_id)[-1] == "call_failed"
    assert "调用外部系统：对方系统拒绝" in told_of(connection, case_id, clerk)
    assert row_of(connection).status == "done"
    assert history.verify(connection, case_id) is None


def test_an_endpoint_that_is_away_is_tried_later_and_at_last_given_up(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    site.status = 503
    now = NOW
    for pause in PAUSES:
        assert call_next(connection, site, now=now)
        assert not call_next(connection, site, now=now + pause - timedelta(seconds=1))
        assert recording.unresolved(connection) == []
        now += pause
    assert call_next(connection, site, now=now)
    assert row_of(connection).status == "failed"
    (incident,) = recording.unresolved(connection)
    assert (incident.kind, incident.case_id, incident.element) == ("call", case_id, "look_up")
    assert "503" in incident.text.zh
    assert not call_next(connection, site, now=now + 10 * LEASE)
    assert len(site.asked) == 4

    site.status, site.answer = 200, b'{"price": 120}'
    assert retry(connection, incident.id, by=None, now=now).resolved_at == now
    assert call_next(connection, site, now=now)
    assert set(waiting(connection, case_id)) == {"check"}
    assert len({headers["Idempotency-Key"] for _, headers, _ in site.asked}) == 1


def test_what_the_diagram_cannot_go_on_with_is_kept_and_not_asked_again(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    site.answer = b'{"cost": 120}'
    call_next(connection, site)
    (incident,) = recording.unresolved(connection)
    assert (incident.kind, incident.element) == ("call", "is_dear")
    assert (row_of(connection).status, row_of(connection).result) == ("failed", b'{"cost":120}')
    assert waiting(connection, case_id) == {}

    again = retry(connection, incident.id, by=None, now=NOW + MINUTE)
    assert (again.resolved_at, again.tries) == (None, 2)
    (key,) = connection.scalars(sa.select(calls.c.id))
    answer = b'{"price":120}'
    connection.execute(sa.update(calls).values(result=answer, seal=seal(key, answer)))
    assert retry(connection, incident.id, by=None, now=NOW + MINUTE).resolved_at is not None
    assert set(waiting(connection, case_id)) == {"check"}
    assert len(site.asked) == 1
    assert history.verify(connection, case_id) is None


@pytest.fixture
def operator(connection: Connection) -> Person:
    return somebody(connection, "operator-one", {OPERATOR})


def call_in_vain(conn: Connection) -> Incident:
    call = take_next(conn, now=NOW)
    assert call is not None
    settle(conn, call, run_call(call, Outside()), now=NOW)
    (incident,) = recording.unresolved(conn)
    return incident


def mend(conn: Connection, case_id: UUID, by: Person, **values: object) -> None:
    told: dict[str, Any] = {"scope": 0, "revision": case_data(conn, case_id).revision}
    repair(conn, case_id, values, by=by, reason="写错", now=NOW, **told)


def test_a_call_that_is_retried_asks_what_is_right_since_the_repair(
    connection: Connection, clerk: Person, operator: Person, site: Site
) -> None:
    case_id = asked(connection, clerk, "soup")
    incident = call_in_vain(connection)
    shown = incidentview.opened(connection, incident.id)
    assert {title.zh: value for title, value in shown.asked} == {"对方系统": "erp", "内容": "soup"}
    mend(connection, case_id, operator, item="soap")
    retry(connection, incident.id, by=operator, now=NOW)
    site.answer = b'{"price": 120}'
    assert call_next(connection, site)
    assert [body for _, _, body in site.asked] == [b'"soap"']
    assert kinds(connection, case_id)[-1] == "call_answered"
    assert history.verify(connection, case_id) is None


def test_a_call_that_is_queued_again_is_not_said_to_be_over_and_fails_as_a_new_incident(
    connection: Connection, clerk: Person, operator: Person
) -> None:
    case_id = asked(connection, clerk)
    incident = call_in_vain(connection)
    again = retry(connection, incident.id, by=operator, now=NOW)
    assert (again.is_queued, again.resolved_at) == (True, NOW)
    assert kinds(connection, case_id)[-1] == "call_queued"
    last = dossier.case(connection, case_id, by=operator).timeline[-1]
    assert "已重新排队" in last.title.zh
    new = call_in_vain(connection)
    assert (new.id != incident.id, new.tries) == (True, 2)
    assert "incident_resolved" not in kinds(connection, case_id)


@pytest.mark.parametrize(
    "forged",
    [
        {"parameters": b'{"endpoint":"erp","data":"gold"}'},
        {"parameters": b"{"},
        {"operator": "send_mail"},
        {"element": "nowhere"},
        {"salt": None},
        {"result": b'{"price":1}', "operator": "send_mail"},
    ],
    ids=str,
)
def test_a_call_that_was_changed_on_its_way_is_not_made_but_asked_anew_by_a_retry(
    connection: Connection,
    clerk: Person,
    operator: Person,
    site: Site,
    forged: dict[str, Any],
) -> None:
    case_id = asked(connection, clerk)
    connection.execute(sa.update(calls).values(**forged))
    assert call_next(connection, site)
    assert (site.asked, row_of(connection).status) == ([], "failed")
    (incident,) = recording.unresolved(connection)
    assert (incident.element, "被改动" in incident.text.zh) == ("look_up", True)
    retry(connection, incident.id, by=operator, now=NOW)
    assert astray(connection) == {}

    site.answer = b'{"price": 120}'
    assert call_next(connection, site)
    assert [body for _, _, body in site.asked] == [b'"soap"']
    assert set(waiting(connection, case_id)) == {"check"}
    assert astray(connection) == {}


FORGED = b'{"price":1}'


def test_an_answer_that_was_changed_while_it_waited_is_not_taken_in_but_asked_for_anew(
    connection: Connection, clerk: Person, operator: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    connection.execute(sa.update(calls).values(result=FORGED))
    assert astray(connection) == {case_id: ["calls"]}
    assert call_next(connection, site)
    assert (site.asked, row_of(connection).result) == ([], None)
    (incident,) = recording.unresolved(connection)
    assert (incident.element, "外部的答复" in incident.text.zh) == ("look_up", True)

    retry(connection, incident.id, by=operator, now=NOW)
    site.answer = b'{"price": 120}'
    assert call_next(connection, site)
    assert set(waiting(connection, case_id)) == {"check"}
    assert astray(connection) == {}


def test_a_kept_answer_that_was_changed_is_told_before_it_is_asked_for_anew(
    connection: Connection, clerk: Person, operator: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    site.answer = b'{"cost": 120}'
    call_next(connection, site)
    (incident,) = recording.unresolved(connection)
    assert astray(connection) == {}
    connection.execute(sa.update(calls).values(result=FORGED))
    assert astray(connection) == {case_id: ["calls"]}

    told = retry(connection, incident.id, by=operator, now=NOW)
    assert (told.resolved_at, "外部的答复" in told.text.zh) == (None, True)
    assert retry(connection, incident.id, by=operator, now=NOW).is_queued
    site.answer = b'{"price": 120}'
    assert call_next(connection, site)
    assert set(waiting(connection, case_id)) == {"check"}
    assert len({headers["Idempotency-Key"] for _, headers, _ in site.asked}) == 1
    assert astray(connection) == {}


def test_a_call_that_was_given_to_another_case_is_not_made(
    connection: Connection, clerk: Person, operator: Person, site: Site
) -> None:
    mine, other = asked(connection, clerk), asked(connection, clerk, "other")
    connection.execute(sa.delete(calls).where(calls.c.case_id == other))
    connection.execute(sa.update(calls).values(case_id=other))
    assert call_next(connection, site)
    assert site.asked == []
    assert set(astray(connection)) == {mine, other}
    last = dossier.case(connection, other, by=operator).timeline[-1]
    assert "被改动" in last.notes[-1].zh


def test_without_an_address_the_call_waits_for_an_operator(
    connection: Connection, clerk: Person
) -> None:
    asked(connection, clerk)
    call = take_next(connection, now=NOW)
    assert call is not None
    settle(connection, call, run_call(call, Outside()), now=NOW)
    (incident,) = recording.unresolved(connection)
    assert "BANJIE_WEBHOOKS" in incident.text.zh
    assert row_of(connection).status == "failed"


def test_a_call_that_the_diagram_takes_back_is_not_made(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    assert wake_next(connection, now=NOW + timedelta(hours=1))
    assert outcome(connection, case_id) == "asking:too_late"
    assert row_of(connection).status == "cancelled"
    assert not call_next(connection, site, now=NOW + timedelta(hours=1))
    assert site.asked == []


def test_an_answer_that_comes_too_late_is_left_to_the_timer(
    connection: Connection, clerk: Person, site: Site
) -> None:
    case_id = asked(connection, clerk)
    late = NOW + timedelta(hours=1)
    assert call_next(connection, site, now=late)
    assert row_of(connection).status == "waiting"
    assert wake_next(connection, now=late)
    assert outcome(connection, case_id) == "asking:too_late"
    assert row_of(connection).status == "cancelled"
    assert not call_next(connection, site, now=late + LEASE)
    assert recording.unresolved(connection) == []


def test_an_incident_is_over_once_the_diagram_has_taken_the_call_back(
    connection: Connection, clerk: Person
) -> None:
    asked(connection, clerk)
    call = take_next(connection, now=NOW)
    assert call is not None
    settle(connection, call, run_call(call, Outside()), now=NOW)
    wake_next(connection, now=NOW + timedelta(hours=1))
    assert settle_incidents(connection, now=NOW + timedelta(hours=1)) == 1


def test_a_worker_that_dies_over_a_call_again_and_again_gives_it_up(
    connection: Connection, clerk: Person, site: Site
) -> None:
    asked(connection, clerk)
    now = NOW
    for _ in range(len(PAUSES) + 1):
        assert take_next(connection, now=now) is not None
        now += LEASE
    assert call_next(connection, site, now=now)
    (incident,) = recording.unresolved(connection)
    assert "反复中断" in incident.text.zh
    assert site.asked == []


def test_workers_share_calls_and_lock_nothing_meanwhile(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, asking())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        found = {
            f'"item {turn}"'.encode(): asked(conn, clerk, f"item {turn}") for turn in range(20)
        }
    locked: list[bytes] = []

    def look(item: bytes) -> None:
        mine = sa.select(cases.c.id).where(cases.c.id == found[item])
        with database.begin() as conn:
            if conn.execute(mine.with_for_update(skip_locked=True)).one_or_none() is None:
                locked.append(item)

    with web_server() as site:
        site.answer, site.meanwhile = b'{"price": 120}', look
        with ThreadPoolExecutor(3) as workers:
            list(workers.map(lambda _: work(database, site), range(3)))

    assert sorted(body for _, _, body in site.asked) == sorted(found)
    assert locked == []
    with database.connect() as conn:
        assert set(conn.scalars(sa.select(calls.c.status))) == {"done"}
        for case_id in found.values():
            assert kinds(conn, case_id).count("call_answered") == 1
            assert set(waiting(conn, case_id)) == {"check"}


def work(database: Engine, site: Site) -> None:
    outside = Outside(endpoints={"erp": site.url})
    while True:
        with database.begin() as conn:
            call = take_next(conn, now=NOW)
        if call is None:
            return
        done = run_call(call, outside)
        with database.begin() as conn:
            settle(conn, call, done, now=NOW)

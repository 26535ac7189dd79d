"""Messages between cases and to cases that are not there yet, over any number of workers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa

from engine import history
from engine.incidents import recording
from engine.incidents.closing import settle
from engine.incidents.retrying import retry
from engine.messages import outside
from engine.messages.delivering import deliver_next
from engine.tables import cases, entries, versions, waits
from engine.tables import incidents as incident_rows
from engine.tables import messages as rows
from engine.verifying.crosschecks import changed_messages
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.letters import (
    KEYS,
    claim,
    claims,
    deliver_all,
    finish,
    game,
    outcome,
    prepared,
    replies,
    rewrite,
    send,
    status,
)
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person

LATER = NOW + timedelta(minutes=1)


def amount_of(conn: Connection, case_id: UUID) -> int | None:
    """Give the amount that a claim was told, None before."""
    mine = sa.select(entries.c.answers).where(
        entries.c.case_id == case_id, entries.c.kind == "message_delivered"
    )
    answers = conn.scalars(mine).one_or_none()
    return None if answers is None else orjson.loads(answers)["amount"]


def test_a_case_writes_to_another_and_both_say_so(connection: Connection, clerk: Person) -> None:
    asking, other = claims(connection, clerk), claims(connection, clerk, {**KEYS, "claim_no": "8"})
    answering = replies(connection, clerk, 5)
    assert deliver_all(connection) == 1

    assert set(waiting(connection, asking)) == {"check"}
    assert waiting(connection, other) == {}
    heard = body_of(connection, asking, "message_delivered")
    said = body_of(connection, answering, "message_sent")
    code = connection.scalar(sa.select(cases.c.code).where(cases.c.id == answering))
    assert heard["message"] == said["message"]
    assert heard["keys"] == said["keys"] == KEYS
    assert (heard["from"], heard["sender"]) == ([answering.hex, code], clerk.name)
    assert (said["by"], heard["by"]) == (clerk.id.hex, None)
    assert (said["element"], heard["element"]) == ("answer_sent", "answered")
    for body in (said, heard):
        assert "5" not in {str(value) for value in body.values()}, "values stand beside the chain"
    for case_id in (asking, answering, other):
        assert history.verify(connection, case_id) is None


def body_of(conn: Connection, case_id: UUID, kind: str) -> dict[str, object]:
    mine = sa.select(entries.c.body).where(entries.c.case_id == case_id, entries.c.kind == kind)
    return history.read(conn.scalars(mine).one())


def test_a_message_to_a_case_that_is_not_there_yet_is_kept(
    connection: Connection, clerk: Person
) -> None:
    answering = replies(connection, clerk, 5)
    assert outcome(connection, answering) == "reply:done"
    assert deliver_all(connection) == 0
    case_id = prepared(connection, clerk)
    assert deliver_all(connection) == 0
    finish(connection, case_id, "prepare", clerk)
    assert deliver_all(connection) == 1
    assert amount_of(connection, case_id) == 5


@pytest.mark.parametrize(
    "keys",
    [{**KEYS, "customer": "另一家"}, {**KEYS, "claim_no": "TS-8"}, {"claim_no": "TS-7"},
     {**KEYS, "zone": "china"}, {}],
)  # fmt: skip
def test_both_keys_must_agree_and_no_other_may_be_there(
    connection: Connection, clerk: Person, keys: dict[str, object]
) -> None:
    case_id = claims(connection, clerk)
    sent = send(connection, keys=keys, amount=5)
    assert deliver_all(connection) == 0
    assert status(connection, sent.id) == "kept"
    assert waiting(connection, case_id) == {}


@pytest.mark.parametrize(
    "forged",
    [{"payload": b'{"amount":9}'}, {"keys": {**KEYS, "customer": "x"}}, {},
     {"sent_at": LATER}, {"idempotency": "another"}, {"settled_at": NOW}],
)  # fmt: skip
def test_a_message_that_somebody_has_changed_is_not_delivered(
    connection: Connection, clerk: Person, forged: dict[str, object]
) -> None:
    sent = send(connection, keys={**KEYS, "claim_no": "8"}, amount=5)
    case_id = claims(connection, clerk)
    waits_for = sa.select(waits.c.correlation).where(waits.c.case_id == case_id).scalar_subquery()
    changed = {**forged, "correlation": waits_for}
    connection.execute(sa.update(rows).where(rows.c.id == sent.id).values(changed))
    assert deliver_all(connection) == 1
    assert status(connection, sent.id) == "stuck"
    (incident,) = recording.unresolved(connection)
    assert "被改动" in incident.text.zh
    assert waiting(connection, case_id) == {}
    assert len(list(changed_messages(connection))) == 1
    assert retry(connection, incident.id, by=None, now=LATER).resolved_at is None


def test_a_dropped_message_that_lives_again_as_somebody_elses_is_not_delivered(
    connection: Connection, clerk: Person
) -> None:
    sent = send(connection, amount=5)
    outside.drop(connection, sent.id, "写错了", by=clerk, now=NOW)
    assert list(changed_messages(connection)) == []
    gone: dict[str, Any] = dict.fromkeys(("settled_at", "settled_by", "reason"))
    for forged in ({"sent_by": clerk.id}, {}):
        alive = {"status": "kept", **gone, **forged}
        connection.execute(sa.update(rows).where(rows.c.id == sent.id).values(alive))
        assert len(list(changed_messages(connection))) == 1
    case_id = claims(connection, clerk)
    assert deliver_all(connection) == 1
    assert (status(connection, sent.id), waiting(connection, case_id)) == ("stuck", {})


@pytest.mark.parametrize(
    "forged", [{"reason": "x"}, {"settled_at": LATER}, {"sent_at": LATER}, {"status": "delivered"}]
)
def test_a_dropped_message_that_was_changed_is_told(
    connection: Connection, clerk: Person, forged: dict[str, object]
) -> None:
    sent = send(connection, amount=5)
    outside.drop(connection, sent.id, "写错了", by=clerk, now=NOW)
    connection.execute(sa.update(rows).where(rows.c.id == sent.id).values(forged))
    assert len(list(changed_messages(connection))) == 1


def test_a_key_that_is_a_large_number_is_not_taken_for_a_change(
    connection: Connection, clerk: Person
) -> None:
    for number in (1e22, 1e16, 17.0, 1e-7, 2**63, True):
        case_id = claims(connection, clerk, {**KEYS, "claim_no": _text(number)})
        send(connection, keys={**KEYS, "claim_no": number}, amount=5)
        assert deliver_all(connection) == 1
        assert amount_of(connection, case_id) == 5
    assert list(changed_messages(connection)) == []


def _text(number: float) -> str:
    return "true" if number is True else str(int(number)) if number > 1 else str(number)


def test_what_is_kept_for_nobody_holds_up_nothing_behind_it(
    connection: Connection, clerk: Person
) -> None:
    for number in range(600):
        send(connection, keys={"claim_no": number})
    case_id = claims(connection, clerk)
    for name, amount in (("answer", 5), ("claim_announced", 6)):
        send(connection, name, now=LATER, amount=amount)
    assert deliver_all(connection) == 1
    assert amount_of(connection, case_id) == 5
    announced = sa.update(versions).where(versions.c.procedure == "claim")
    connection.execute(announced.values(start_message="claim_announced"))
    assert deliver_all(connection) == 1


def test_a_number_equals_the_text_that_writes_it(connection: Connection, clerk: Person) -> None:
    case_id = claims(connection, clerk, {**KEYS, "claim_no": "17"})
    send(connection, keys={**KEYS, "claim_no": 17}, amount=5)
    deliver_all(connection)
    assert amount_of(connection, case_id) == 5


def test_the_case_that_waits_longest_takes_the_oldest_message(
    connection: Connection, clerk: Person
) -> None:
    first, second = claims(connection, clerk), claims(connection, clerk)
    connection.execute(sa.update(waits).where(waits.c.case_id == second).values(since=LATER))
    send(connection, now=LATER, amount=2)
    send(connection, now=NOW, amount=1)
    send(connection, now=LATER + timedelta(minutes=1), amount=3)
    assert deliver_all(connection) == 2
    assert [amount_of(connection, case_id) for case_id in (first, second)] == [1, 2]
    left = sa.select(rows.c.payload).where(rows.c.status == "kept")
    assert connection.scalars(left).all() == [b'{"amount":3}']


def test_a_case_that_has_ended_meanwhile_takes_nothing(
    connection: Connection, clerk: Person
) -> None:
    case_id = claims(connection, clerk)
    send(connection, amount=2000)
    late = send(connection, now=LATER, amount=3)
    deliver_all(connection)
    assert outcome(connection, case_id) == "claim:passed_on"
    assert connection.scalars(sa.select(waits)).all() == []
    assert status(connection, late.id) == "kept"


def test_what_a_case_cannot_take_in_is_stuck_and_the_others_go_on(
    connection: Connection, clerk: Person
) -> None:
    failing, other = claims(connection, clerk), claims(connection, clerk, {**KEYS, "claim_no": "8"})
    bad = send(connection, amount="viel")
    good = send(connection, keys={**KEYS, "claim_no": "8"}, now=LATER, amount=7)
    assert deliver_all(connection) == 2

    assert (status(connection, bad.id), status(connection, good.id)) == ("stuck", "delivered")
    assert amount_of(connection, other) == 7
    (incident,) = recording.unresolved(connection)
    assert (incident.kind, incident.case_id, incident.subject) == ("message", failing, bad.id)
    assert (incident.element, incident.variable) == ("is_large", "amount")
    assert waiting(connection, failing) == {}
    assert history.verify(connection, failing) is None

    again = retry(connection, incident.id, by=None, now=LATER)
    assert (again.resolved_at, again.tries) == (None, 2)
    assert status(connection, bad.id) == "stuck"

    send(connection, now=LATER, amount=9)
    deliver_all(connection)
    assert amount_of(connection, failing) == 9


def test_a_stuck_message_is_tried_again_once_its_cause_is_gone(
    connection: Connection, clerk: Person
) -> None:
    case_id = claims(connection, clerk)
    bad = send(connection, amount="viel")
    deliver_all(connection)
    (incident,) = recording.unresolved(connection)
    rewrite(connection, bad.id, amount=4)

    assert retry(connection, incident.id, by=None, now=LATER).resolved_at == LATER
    assert amount_of(connection, case_id) == 4
    assert status(connection, bad.id) == "delivered"
    assert recording.unresolved(connection) == []


def test_dropping_a_stuck_message_closes_its_incident(
    connection: Connection, clerk: Person
) -> None:
    claims(connection, clerk)
    bad = send(connection, amount="viel")
    deliver_all(connection)
    outside.drop(connection, bad.id, "写错了", by=None, now=LATER)
    assert settle(connection, now=LATER) == 1
    assert recording.unresolved(connection) == []


def test_a_message_kept_for_a_procedure_that_is_published_later_opens_its_case(
    connection: Connection,
) -> None:
    sent = send(connection, "claim_opened", keys={}, claim_no="TS-1")
    bad = send(connection, "claim_opened", keys={}, now=LATER, claim="TS-2")
    assert deliver_all(connection) == 0
    put_in_force(connection, claim())
    assert deliver_all(connection) == 2
    assert (status(connection, sent.id), status(connection, bad.id)) == ("delivered", "stuck")
    (incident,) = recording.unresolved(connection)
    assert (incident.process, incident.element) == ("claim", "opened")
    assert "claim_no" in incident.text.zh
    assert retry(connection, incident.id, by=None, now=LATER).resolved_at is None


def test_two_workers_deliver_each_of_200_messages_once(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, claim())
        clerk = somebody(conn, "clerk-one", {"clerk"})
    waiting_for = {}
    for turn in range(200):
        keys = {**KEYS, "claim_no": f"TS-{turn}"}
        with database.begin() as conn:
            waiting_for[turn] = claims(conn, clerk, keys)
            send(conn, keys=dict(keys), amount=turn)

    with ThreadPoolExecutor(2) as workers:
        done = list(workers.map(lambda _: work(database), range(2)))

    assert sum(done) >= 200
    with database.connect() as conn:
        assert {turn: amount_of(conn, key) for turn, key in waiting_for.items()} == {
            turn: turn for turn in range(200)
        }
        assert set(conn.scalars(sa.select(rows.c.status))) == {"delivered"}
        assert conn.scalar(sa.select(sa.func.count()).select_from(incident_rows)) == 0


def work(database: Engine) -> int:
    """Deliver in a transaction each until nothing is left; give how often."""
    count = 0
    while True:
        with database.begin() as conn:
            if not deliver_next(conn, now=LATER):
                return count
        count += 1


@pytest.mark.parametrize("pairs", [1, 4])
def test_cases_that_write_to_each_other_never_hold_each_other_up(
    database: Engine, pairs: int
) -> None:
    with database.begin() as conn:
        put_in_force(conn, game(100))
        for pair in range(pairs):
            for me, partner in (("a", "b"), ("b", "a")):
                names = f"{me}{pair}", f"{partner}{pair}"
                send(conn, "game_opened", keys={}, me=names[0], partner=names[1])

    deadlocks = deadlocks_of(database)
    with ThreadPoolExecutor(4) as workers:
        list(workers.map(lambda _: work_until(database, 200 * pairs), range(4)))

    with database.connect() as conn:
        assert set(conn.execute(sa.select(cases.c.outcome))) == {("game:done",)}
        kinds = sa.select(entries.c.kind, sa.func.count().label("times")).group_by(entries.c.kind)
        told = {row.kind: row.times for row in conn.execute(kinds)}
        assert told["message_sent"] == told["message_delivered"] == 200 * pairs
        assert conn.scalars(sa.select(waits.c.id)).all() == []
        assert recording.unresolved(conn) == []
        for case_id in conn.scalars(sa.select(cases.c.id)).all():
            assert history.verify(conn, case_id) is None
    assert deadlocks_of(database) == deadlocks


def work_until(database: Engine, delivered: int) -> None:
    """Work beside others until so many messages have been delivered."""
    arrived = sa.select(sa.func.count()).where(entries.c.kind == "message_delivered")
    for _ in range(1000):
        work(database)
        with database.connect() as conn:
            if conn.scalar(arrived) == delivered:
                return
    pytest.fail("some message never arrives")


def deadlocks_of(database: Engine) -> int:
    with database.connect() as conn:
        conn.execute(sa.text("select pg_stat_force_next_flush()"))
        counted = sa.text(
            "select deadlocks from pg_stat_database where datname = current_database()"
        )
        return int(conn.scalar(counted) or 0)

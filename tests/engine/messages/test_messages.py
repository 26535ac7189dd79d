"""Messages from outside: taken once, kept, correlated, dropped; and the cases that they start."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa

from engine import history
from engine.cases.startforms import BadContentError
from engine.errors import NotFoundError
from engine.incidents import recording
from engine.messages import outside
from engine.messages.content import StrayContentError
from engine.messages.correlation import BadKeysError
from engine.messages.outside import BadIdempotencyError, KeyTakenError, MessageSettledError
from engine.payloads import BadPayloadError
from engine.reasons import BadReasonError
from engine.tables import cases, entries
from engine.tables import messages as rows
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.letters import (
    KEYS,
    claim,
    claims,
    deliver_all,
    finish,
    halting,
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


def kinds(conn: Connection, case_id: UUID) -> list[str]:
    ordered = sa.select(entries.c.kind).where(entries.c.case_id == case_id).order_by(entries.c.seq)
    return list(conn.scalars(ordered))


def count(conn: Connection, table: sa.Table) -> int:
    return conn.scalar(sa.select(sa.func.count()).select_from(table)) or 0


def test_a_message_that_is_sent_again_is_the_same_one(
    connection: Connection, clerk: Person
) -> None:
    case_id = claims(connection, clerk)
    first = send(connection, idempotency="a-1", amount=5)
    assert send(connection, idempotency="a-1", amount=5) == first
    assert (first.status, first.case_id) == ("kept", None)

    assert deliver_all(connection) == 1
    again = send(connection, idempotency="a-1", amount=5)
    assert (again.id, again.status, again.case_id) == (first.id, "delivered", case_id)
    assert deliver_all(connection) == 0
    assert count(connection, rows) == 1


@pytest.mark.parametrize(
    ("name", "keys", "payload"),
    [("answer", KEYS, {"amount": 6}), ("answer", {"claim_no": "TS-7"}, {"amount": 5}),
     ("question", KEYS, {"amount": 5})],
)  # fmt: skip
def test_a_key_is_refused_for_another_message(
    connection: Connection, name: str, keys: dict[str, object], payload: dict[str, Any]
) -> None:
    send(connection, idempotency="a-1", amount=5)
    with pytest.raises(KeyTakenError) as refused:
        send(connection, name, keys=dict(keys), idempotency="a-1", **payload)
    assert "a-1" in refused.value.zh
    assert count(connection, rows) == 1


def test_without_a_key_each_counts(connection: Connection) -> None:
    assert send(connection, amount=5).id != send(connection, amount=5).id


def test_eight_threads_that_send_one_key_open_one_case(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, claim())
    ready = Barrier(8)

    def sends(_turn: int) -> outside.Sent:
        ready.wait()
        with database.begin() as conn:
            return send(conn, "claim_opened", keys={}, idempotency="web-88", claim_no="TS-9")

    with ThreadPoolExecutor(8) as senders:
        got = list(senders.map(sends, range(8)))

    assert len(set(got)) == 1
    assert got[0].status == "delivered"
    with database.connect() as conn:
        assert conn.scalars(sa.select(cases.c.id)).all() == [got[0].case_id]


@pytest.mark.usefixtures("clerk")
def test_a_message_that_starts_a_procedure_opens_a_case_once(connection: Connection) -> None:
    def starts() -> outside.Sent:
        customer: dict[str, object] = {"customer": "天源水务"}
        return send(connection, "claim_opened", keys=customer, idempotency="w-1", claim_no="TS-8")

    sent = starts()
    assert sent.status == "delivered"
    assert sent.case_id is not None
    assert starts() == sent

    row = connection.execute(sa.select(cases).where(cases.c.id == sent.case_id)).one()
    assert (row.customer, row.opened_by) == ("天源水务", None)
    opened = connection.execute(
        sa.select(entries).where(entries.c.case_id == sent.case_id, entries.c.seq == 1)
    ).one()
    body = history.read(opened.body)
    assert (body["message"], body["called"]) == (sent.id.hex, "claim_opened")
    assert body["by"] is None
    assert orjson.loads(opened.answers) == {"claim_no": "TS-8", "customer": "天源水务"}
    assert history.verify(connection, sent.case_id) is None
    assert set(waiting(connection, sent.case_id)) == {"prepare"}


@pytest.mark.usefixtures("clerk")
def test_what_the_start_form_refuses_is_told_by_field_and_nothing_is_taken(
    connection: Connection,
) -> None:
    with pytest.raises(BadContentError) as refused, connection.begin_nested():
        send(connection, "claim_opened", keys={}, idempotency="w-2", customer={"a": [1]}, more=1)
    assert set(refused.value.refused) == {"/claim_no", "/customer", "/more"}
    assert "claim_no" in refused.value.zh
    assert "The customer" in refused.value.en
    assert count(connection, rows) == 0

    mended = send(connection, "claim_opened", keys={}, idempotency="w-2", claim_no="TS-8")
    assert mended.status == "delivered"


@pytest.mark.usefixtures("clerk")
def test_a_key_that_no_field_asks_for_does_not_keep_a_case_from_opening(
    connection: Connection,
) -> None:
    sent = send(connection, "claim_opened", keys={"order": "4711"}, claim_no="TS-8")
    assert sent.status == "delivered"


@pytest.mark.parametrize(
    "payload",
    [b"", b"[]", b"7", b"{", b'{"a": NaN}', b'{"a": 1, "a": 2}', b"{" * 10_000,
     b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b"x" * 10_000_000, b'{"a": 1e999}',
     b'{"a": 12345678901234567890}', b'{"a": "\\u0000"}', b'{"a": "\\ud800"}', b'{"a": "\xff"}'],
    ids=["empty", "list", "number", "open", "NaN", "twice", "braces", "deep", "10 MB", "infinite",
         "too large", "NUL", "half a character", "no UTF-8"],
)  # fmt: skip
def test_a_hostile_payload_is_refused_and_not_kept(connection: Connection, payload: bytes) -> None:
    with pytest.raises(BadPayloadError) as refused:
        outside.send(
            connection, "answer", keys={}, payload=payload, idempotency=None, by=None, now=NOW
        )
    assert refused.value.zh
    assert len(refused.value.en) < 300
    assert count(connection, rows) == 0


def test_hostile_names_in_a_payload_mean_nothing(connection: Connection, clerk: Person) -> None:
    case_id = claims(connection, clerk)
    hostile: dict[str, Any] = {
        "typename": "DateTime",
        "__class__": {"__init__": [1]},
        "amount": 5,
        "state": "x",
    }
    with pytest.raises(StrayContentError), connection.begin_nested():
        send(connection, **hostile)
    sent = send(connection, amount=5)
    rewrite(connection, sent.id, **hostile)
    deliver_all(connection)
    assert status(connection, sent.id) == "delivered"
    assert set(waiting(connection, case_id)) == {"check"}
    finish(connection, case_id, "check", somebody(connection, "inspector", {"qc"}))
    assert history.verify(connection, case_id) is None


@pytest.mark.parametrize(
    ("name", "keys"),
    [("", {}), ("x" * 101, {}), ("a\nb", {}), ("answer", {"no name": "1"}),
     ("answer", {"claim_no": ""}), ("answer", {"claim_no": "x" * 501}),
     ("answer", {"claim_no": "a\0b"}), ("answer", {"claim_no": None}),
     ("answer", {"claim_no": ["1"]}), ("answer", {f"k{n}": "1" for n in range(21)})],
)  # fmt: skip
def test_a_name_or_key_that_nobody_could_wait_for_is_refused(
    connection: Connection, name: str, keys: dict[str, object]
) -> None:
    with pytest.raises(BadKeysError):
        send(connection, name, keys=keys)
    assert count(connection, rows) == 0


@pytest.mark.parametrize("idempotency", ["", "x" * 201, "a\nb"])
def test_an_unreadable_idempotency_key_is_refused(connection: Connection, idempotency: str) -> None:
    with pytest.raises(BadIdempotencyError):
        send(connection, idempotency=idempotency)


def test_a_kept_message_is_dropped_once_and_with_a_reason(
    connection: Connection, clerk: Person
) -> None:
    sender = replies(connection, clerk, 5)
    (key,) = connection.scalars(sa.select(rows.c.id))
    operator = somebody(connection, "operator-one", {"operator"})
    for reason in ("", "  ", "x" * 1001):
        with pytest.raises(BadReasonError):
            outside.drop(connection, key, reason, by=operator, now=NOW)

    outside.drop(connection, key, "客户已撤诉", by=operator, now=NOW)
    row = connection.execute(sa.select(rows)).one()
    assert (row.status, row.reason, row.settled_by) == ("dropped", "客户已撤诉", operator.id)
    assert kinds(connection, sender)[-1] == "message_dropped"
    assert history.verify(connection, sender) is None

    claims(connection, clerk)
    assert deliver_all(connection) == 0
    with pytest.raises(MessageSettledError):
        outside.drop(connection, key, "again", by=operator, now=NOW)
    with pytest.raises(NotFoundError):
        outside.drop(connection, sender, "no message", by=operator, now=NOW)


def test_a_case_that_cannot_begin_leaves_its_message_stuck(connection: Connection) -> None:
    put_in_force(connection, halting())
    sent = send(connection, "halting_opened", keys={}, idempotency="h-1")
    assert (sent.status, sent.case_id) == ("stuck", None)
    (incident,) = recording.unresolved(connection)
    assert (incident.kind, incident.subject, incident.procedure) == ("message", sent.id, "halting")
    assert (incident.element, incident.variable) == ("is_large", "amount")
    assert send(connection, "halting_opened", keys={}, idempotency="h-1") == sent
    assert count(connection, cases) == 0

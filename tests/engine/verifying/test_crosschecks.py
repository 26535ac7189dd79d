"""Waits, calls and messages are verified too: against the state, and against both histories."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.messages import outside
from engine.tables import calls, cases, waits
from engine.tables import messages as rows
from engine.verifying.everything import check
from forms import Answered
from tests.engine.asking import asking
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.gathering import gathered, gathering
from tests.engine.letters import KEYS, claim, claims, deliver_all, finish, replies, reply, send
from tests.engine.messages.test_signals import delivered, delivery, recall, recalled
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection


DAY = timedelta(days=1)


@pytest.fixture
def busy(connection: Connection) -> dict[str, UUID]:
    """Give cases with everything that is checked, by what they are."""
    for files in (claim(), reply(), asking(), gathering(), recall(), delivery()):
        put_in_force(connection, files)
    clerk = somebody(connection, "clerk-one", {"clerk"})
    named = {
        "answered": claims(connection, clerk),
        "sender": replies(connection, clerk, 5),
        "offering": gathered(connection, clerk),
        "hearing": delivered(connection, clerk),
        "throwing": recalled(connection, clerk),
        "asking": open_case(
            connection, "asking", Answered({"item": "soap"}), by=clerk, now=NOW
        ).case_id,
    }
    deliver_all(connection)
    started = send(connection, "claim_opened", keys={}, claim_no="TS-8")
    assert started.case_id is not None
    named["opened"] = started.case_id
    named["keeping"] = replies(connection, clerk, 6, {**KEYS, "claim_no": "TS-99"})
    named["waiting"] = claims(connection, clerk, {**KEYS, "claim_no": "TS-98"})
    lost = replies(connection, clerk, 7, {**KEYS, "claim_no": "TS-97"})
    dropped = sa.select(rows.c.id).where(rows.c.sent_from == lost)
    outside.drop(connection, connection.scalars(dropped).one(), "客户撤诉", by=None, now=NOW)
    named["dropping"] = lost
    finish(connection, named["answered"], "check", somebody(connection, "i", {"qc"}))
    return named


def test_nothing_is_astray_when_nobody_has_touched_it(
    connection: Connection, busy: dict[str, UUID]
) -> None:
    assert {case.id for case in check(connection)} >= set(busy.values())
    assert astray(connection) == {}


def of_wait(**values: Any) -> Callable[[Connection, UUID], None]:  # noqa: ANN401 - columns
    def change(conn: Connection, case_id: UUID) -> None:
        conn.execute(sa.update(waits).where(waits.c.case_id == case_id).values(**values))

    return change


def of_call(**values: Any) -> Callable[[Connection, UUID], None]:  # noqa: ANN401 - columns
    def change(conn: Connection, case_id: UUID) -> None:
        conn.execute(sa.update(calls).where(calls.c.case_id == case_id).values(**values))

    return change


def of_message(**values: Any) -> Callable[[Connection, UUID], None]:  # noqa: ANN401 - columns
    def change(conn: Connection, case_id: UUID) -> None:
        mine = sa.or_(rows.c.sent_from == case_id, rows.c.case_id == case_id)
        conn.execute(sa.update(rows).where(mine).values(**values))

    return change


def gone(table: sa.Table, column: str) -> Callable[[Connection, UUID], None]:
    def delete(conn: Connection, case_id: UUID) -> None:
        conn.execute(sa.delete(table).where(table.c[column] == case_id))

    return delete


def one_more(conn: Connection, case_id: UUID) -> None:
    like = conn.execute(sa.select(waits).limit(1)).one()
    conn.execute(sa.insert(waits).values({**like._mapping, "id": uuid4(), "case_id": case_id}))  # noqa: SLF001


TAMPERED = {
    "a wait is gone": ("waiting", gone(waits, "case_id"), "what is waited for"),
    "other keys": ("waiting", of_wait(keys={**KEYS, "claim_no": "1"}), "what is waited for"),
    "other correlation": ("waiting", of_wait(correlation=b"x"), "what is waited for"),
    "another name": ("waiting", of_wait(name="other"), "what is waited for"),
    "other people": ("offering", of_wait(offered=["qc"]), "what is waited for"),
    "for all": ("offering", of_wait(correlation=b"x"), "what is waited for"),
    "waiting for longer": ("waiting", of_wait(since=NOW - DAY), "what is waited for"),
    "a wait of an ended case": ("answered", one_more, "what is waited for"),
    "a call is gone": ("asking", gone(calls, "case_id"), "calls"),
    "a call asks something else": ("asking", of_call(parameters=b'{"endpoint":"x"}'), "calls"),
    "a call of another connector": ("asking", of_call(operator="send_mail"), "calls"),
    "a call of another step": ("asking", of_call(element="check"), "calls"),
    "a call of another moment": ("asking", of_call(asked_at=NOW - DAY), "calls"),
    "a call that has answered": ("asking", of_call(result=b"{}"), "calls"),
    "a call without its salt": ("asking", of_call(salt=None), "calls"),
    "a sent message is gone": ("sender", gone(rows, "sent_from"), "messages"),
    "a received message is gone": ("answered", gone(rows, "case_id"), "messages"),
    "what opened it is gone": ("opened", gone(rows, "case_id"), "messages"),
    "a signal is gone": ("hearing", gone(rows, "case_id"), "messages"),
    "other content": ("keeping", of_message(payload=b'{"amount":6000}'), "messages"),
    "a message with other keys": ("keeping", of_message(keys=KEYS), "messages"),
    "a message with another name": ("keeping", of_message(name="other"), "messages"),
    "nobody sent it": ("keeping", of_message(sent_from=None), "messages"),
    "sent by nobody": ("keeping", of_message(sent_by=None), "messages"),
    "sent before": ("keeping", of_message(sent_at=NOW - DAY), "messages"),
    "under a key": ("keeping", of_message(idempotency="k"), "messages"),
    "a signal of another moment": ("hearing", of_message(sent_at=NOW - DAY), "messages"),
    "dropped by another": ("dropping", of_message(settled_at=NOW - DAY), "messages"),
    "a signal for another wait": ("hearing", of_message(wait_id=uuid4()), "messages"),
    "a message for one wait": ("keeping", of_message(wait_id=uuid4()), "messages"),
    "one for a procedure": ("keeping", of_message(procedure="delivery"), "messages"),
    "never delivered": ("answered", of_message(status="kept"), "messages"),
    "another reason": ("dropping", of_message(reason="another"), "messages"),
    "never dropped": ("dropping", of_message(status="kept"), "messages"),
}


@pytest.mark.parametrize("name", TAMPERED)
def test_what_was_changed_is_told(connection: Connection, busy: dict[str, UUID], name: str) -> None:
    case, tamper, told = TAMPERED[name]
    tamper(connection, busy[case])
    assert astray(connection)[busy[case]] == [told]


def test_a_state_that_cannot_be_read_is_told(connection: Connection, busy: dict[str, UUID]) -> None:
    for case, state in (("waiting", b"\x01x"), ("answered", b"")):
        damaged = sa.update(cases).where(cases.c.id == busy[case]).values(state=state)
        connection.execute(damaged)
    lost = ["the state cannot be read"]
    assert astray(connection) == {busy["waiting"]: lost, busy["answered"]: lost}

"""Repairing a case's data: who may, what is refused, and what the history says of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest
import sqlalchemy as sa

from engine import history
from engine.cases.casedata import case_data
from engine.cases.starts import open_case
from engine.history import dossier
from engine.incidents.repairing import DEEPEST, LONGEST, BadRepairError, CaseMovedError, repair
from engine.incidents.retrying import retry
from engine.reasons import BadReasonError
from engine.roles import OPERATOR, RoleNeededError
from engine.tables import entries, notices
from engine.tasks.completing import complete_task
from engine.tasks.taskview import open_task
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.letters import KEYS, claim, claims, deliver_all, send, status
from tests.engine.parcel import LATER, fails
from tests.engine.small import TEXT, form, put_in_force, row_of, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def operator(connection: Connection) -> Person:
    return somebody(connection, "operator-one", {OPERATOR})


def mend(conn: Connection, case_id: UUID, by: Person, **values: object) -> None:
    """Repair what the operator sees just now."""
    revision = case_data(conn, case_id).revision
    asked: dict[str, Any] = {"scope": 0, "revision": revision, "reason": "称重单在手"}
    repair(conn, case_id, values, **asked, by=by, now=LATER)


def test_the_variables_of_a_case_stand_under_their_titles(
    connection: Connection, parcels: UUID
) -> None:
    (part,) = case_data(connection, parcels).parts
    assert (part.scope, part.caller) == (0, None)
    (kilos,) = part.variables
    assert (kilos.name, kilos.title.zh, kilos.title.en) == ("kilos", "kilos项", "The kilos")
    assert (kilos.is_set, kilos.value, kilos.words.zh) == (False, None, "—")


def test_a_repaired_case_stands_where_it_stood_and_the_retry_moves_it(
    connection: Connection, clerk: Person, operator: Person, parcels: UUID
) -> None:
    incident = fails(connection, waiting(connection, parcels)["pack"], clerk)
    stood = waiting(connection, parcels)

    mend(connection, parcels, operator, kilos=8)
    assert waiting(connection, parcels) == stood
    assert row_of(connection, parcels).revision == 2

    assert retry(connection, incident.id, by=operator, now=LATER).resolved_at == LATER
    assert set(waiting(connection, parcels)) == {"weigh", "call_porter"}
    told = sa.select(notices).where(notices.c.person_id == clerk.id)
    assert [note.case_id for note in connection.execute(told)] == [parcels]
    assert astray(connection) == {}


def test_a_repair_that_does_not_help_leaves_the_incident_with_its_new_cause(
    connection: Connection, clerk: Person, operator: Person, parcels: UUID
) -> None:
    incident = fails(connection, waiting(connection, parcels)["pack"], clerk)
    mend(connection, parcels, operator, kilos="eight")

    again = retry(connection, incident.id, by=operator, now=LATER)

    assert (again.tries, again.resolved_at) == (2, None)
    assert again.text != incident.text
    assert (again.element, again.answers) == (incident.element, incident.answers)
    assert "pack" in waiting(connection, parcels)


def test_the_history_says_who_repaired_what_and_why_and_keeps_the_values_beside_the_chain(
    connection: Connection, operator: Person, parcels: UUID
) -> None:
    mend(connection, parcels, operator, kilos=8)

    kept = sa.select(entries).where(entries.c.kind == "data_repaired")
    row = connection.execute(kept).one()
    body = history.read(row.body)
    assert (row.actor, body["name"]) == (operator.id, operator.name)
    assert (body["reason"], body["names"]) == ("称重单在手", ["kilos"])
    assert orjson.loads(row.answers) == {"from": {"kilos": None}, "to": {"kilos": 8}}
    assert b"8" not in row.body.partition(b'"answers"')[0]
    (line,) = (e for e in read_by(connection, parcels, operator) if e.kind == "data_repaired")
    (change,) = line.changes
    assert (change.label.zh, change.old.zh, change.new.zh) == ("kilos项", "—", "8")
    assert "称重单在手" in line.notes[0].zh
    assert history.verify(connection, parcels) is None


def read_by(conn: Connection, case_id: UUID, by: Person) -> Any:  # noqa: ANN401 - entries
    return dossier.case(conn, case_id, by=by).timeline


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "没有任何变量"),
        ({"kilos": None}, ""),
        ({"unheard_of": 1}, "没有变量"),
        ({"__class__": 1}, "没有变量"),
        ({"kilos": "x" * LONGEST}, "过长"),
        ({"kilos": 10**20}, "数字过大"),
        ({"kilos": [float("inf")]}, "数字过大"),
        ({"kilos": "\ud800"}, "不能保存"),
        ({"kilos": {"\ud800": 1}}, "不能保存"),
        ({"kilos": ["a\x00b"]}, "控制字符"),
        ({"kilos": {"a\x00b": 1}}, "控制字符"),
    ],
)
def test_what_no_case_can_keep_is_refused_and_nothing_changes(
    connection: Connection, operator: Person, parcels: UUID, values: dict[str, Any], says: str
) -> None:
    before = row_of(connection, parcels)
    if not says:
        mend(connection, parcels, operator, **values)
        assert row_of(connection, parcels).revision == before.revision + 1
        return
    with pytest.raises(BadRepairError) as refused:
        mend(connection, parcels, operator, **values)
    assert says in refused.value.zh
    assert row_of(connection, parcels) == before


@pytest.mark.parametrize("more", [0, 1, 10_000])
def test_a_value_may_be_nested_so_deep_and_no_deeper(
    connection: Connection, operator: Person, parcels: UUID, more: int
) -> None:
    deep: list[Any] = []
    for _ in range(DEEPEST - 1 + more):
        deep = [deep]
    if more == 0:
        mend(connection, parcels, operator, kilos=deep)
        assert case_data(connection, parcels).parts[0].variables[0].value == deep
        return
    with pytest.raises(BadRepairError, match="嵌套"):
        mend(connection, parcels, operator, kilos=deep)


@pytest.mark.parametrize("reason", ["", " \n", "长" * 1001, "a\x00b"])
def test_a_repair_needs_a_reason(
    connection: Connection, operator: Person, parcels: UUID, reason: str
) -> None:
    with pytest.raises(BadReasonError, match=r"原因|删减 1 字"):
        repair(
            connection,
            parcels,
            {"kilos": 8},
            scope=0,
            revision=1,
            reason=reason,
            by=operator,
            now=LATER,
        )


def test_only_an_operator_repairs(connection: Connection, clerk: Person, parcels: UUID) -> None:
    with pytest.raises(RoleNeededError, match="系统管理员"):
        mend(connection, parcels, clerk, kilos=8)


def test_a_case_that_has_moved_on_since_it_was_looked_at_is_left_alone(
    connection: Connection, clerk: Person, operator: Person, parcels: UUID
) -> None:
    asked: dict[str, Any] = {"scope": 0, "reason": "称重单在手", "by": operator, "now": LATER}
    weigh = waiting(connection, parcels)["weigh"]
    complete_task(connection, weigh, Answered({"kilos": 3}), by=clerk, now=LATER)
    with pytest.raises(CaseMovedError) as refused:
        repair(connection, parcels, {"kilos": 8}, revision=1, **asked)
    assert refused.value.case_id == parcels

    complete_task(
        connection, waiting(connection, parcels)["pack"], Answered({}), by=clerk, now=LATER
    )
    assert row_of(connection, parcels).status == "ended"
    with pytest.raises(CaseMovedError):
        mend(connection, parcels, operator, kilos=8)


def test_a_case_whose_key_is_repaired_takes_in_what_is_sent_to_the_right_one(
    connection: Connection, operator: Person
) -> None:
    put_in_force(connection, claim())
    by = somebody(connection, "clerk-two", {"clerk"})
    case_id = claims(connection, by, {**KEYS, "claim_no": "TS-8"})
    sent = send(connection, amount=5)
    assert deliver_all(connection) == 0
    with pytest.raises(BadRepairError, match="claim_no"):
        mend(connection, case_id, operator, claim_no=None)

    mend(connection, case_id, operator, claim_no="TS-7")

    assert astray(connection) == {}
    send(connection, keys={**KEYS, "claim_no": "TS-8"}, amount=7)
    assert deliver_all(connection) == 1
    assert status(connection, sent.id) == "delivered"
    assert set(waiting(connection, case_id)) == {"check"}
    assert astray(connection) == {}


def test_a_repaired_value_is_what_later_forms_begin_with_and_the_case_is_called_by(
    connection: Connection, operator: Person
) -> None:
    drawn = Process("visit")
    drawn.message_start("asked")
    drawn.user("visit_them")
    drawn.xor("is_known", default="is_new")
    drawn.end("old")
    drawn.end("new")
    drawn.chain("asked", "visit_them", "is_known")
    drawn.flow("is_known", "old", 'customer == "老客户"')
    drawn.flow("is_known", "new", id_="is_new")
    who = {**TEXT, "x-case": "customer"}
    forms = {
        "visit/asked": form(customer=who),
        "visit/visit_them": form(visited={**TEXT, "x-from": "customer"}, note=TEXT),
    }
    put_in_force(connection, small(drawn, forms=forms))
    by = somebody(connection, "visitor", {"clerk"})
    posted = Answered({"customer": "写错的"})
    case_id = open_case(connection, "visit", posted, by=by, now=NOW).case_id
    task = waiting(connection, case_id)["visit_them"]
    assert open_task(connection, task, by=by).prefill == {"visited": "写错的"}

    mend(connection, case_id, operator, customer="老客户")

    assert open_task(connection, task, by=by).prefill == {"visited": "老客户"}
    assert row_of(connection, case_id).customer == "老客户"
    assert astray(connection) == {}

"""Cases that people link: entered in both, told apart from nonsense, undone with a reason."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case, start_form
from engine.going_back.ending import cancel_case
from engine.history.dossier import case as dossier_of
from engine.linking.following import DraftThereError, prepare
from engine.linking.relations import (
    BadLinkError,
    LinkedAlreadyError,
    MayNotLinkError,
    NotLinkedError,
)
from engine.linking.ties import link, unlink
from engine.reasons import BadReasonError
from engine.tables import case_ties, cases
from engine.tasks.drafts import Kept
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.letters import KEYS, claim, prepared, reply
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    for files in (claim(), reply()):
        put_in_force(connection, files)
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def pair(connection: Connection, clerk: Person) -> tuple[UUID, UUID]:
    return prepared(connection, clerk), prepared(connection, clerk)


def code_of(conn: Connection, case_id: UUID) -> str:
    return str(conn.scalar(sa.select(cases.c.code).where(cases.c.id == case_id)))


def tied(conn: Connection, one: UUID, other: UUID, by: Person, relation: str = "follow_up") -> None:
    link(conn, one, f" {code_of(conn, other)} ", relation, "客户又来", by=by, now=NOW)


def test_both_cases_say_so_until_it_is_undone(
    connection: Connection, clerk: Person, pair: tuple[UUID, UUID]
) -> None:
    one, other = pair
    tied(connection, one, other, clerk)
    here, there = (dossier_of(connection, key, by=clerk) for key in pair)
    (to,), (back,) = here.ties, there.ties
    assert (to.id, to.relation.zh, to.reason) == (other, "后续案件", "客户又来")
    assert (back.id, back.relation.zh, back.who) == (one, "前案", clerk.name)
    assert here.timeline[-1].notes[0].zh == f"后续案件：{code_of(connection, other)}"
    assert there.timeline[-1].notes[0].zh == f"前案：{code_of(connection, one)}"
    assert astray(connection) == {}

    with pytest.raises(BadReasonError):
        unlink(connection, other, to.key, " ", by=clerk, now=NOW)
    unlink(connection, other, to.key, "弄错了", by=clerk, now=NOW)
    for key in pair:
        dossier = dossier_of(connection, key, by=clerk)
        assert dossier.ties == []
        assert dossier.timeline[-1].title.zh == "解除关联"
    with pytest.raises(NotLinkedError):
        unlink(connection, one, to.key, "再来", by=clerk, now=NOW)
    assert astray(connection) == {}
    tied(connection, one, other, clerk)
    assert astray(connection) == {}


def test_nonsense_is_refused(
    connection: Connection, clerk: Person, pair: tuple[UUID, UUID]
) -> None:
    one, other = pair
    third = prepared(connection, clerk)
    with pytest.raises(BadLinkError, match="not linked to itself"):
        tied(connection, one, one, clerk)
    with pytest.raises(BadLinkError, match="no case of that number"):
        link(connection, one, "C9", "follow_up", "x", by=clerk, now=NOW)
    with pytest.raises(BadLinkError, match="how the cases belong together"):
        tied(connection, one, other, clerk, "cousin")
    with pytest.raises(BadReasonError):
        link(connection, one, code_of(connection, other), "related", "", by=clerk, now=NOW)
    tied(connection, one, other, clerk)
    for here, there in (pair, (other, one)):
        with pytest.raises(LinkedAlreadyError):
            tied(connection, here, there, clerk, "related")
    tied(connection, other, third, clerk)
    with pytest.raises(BadLinkError, match="comes before this one"):
        tied(connection, third, one, clerk)
    tied(connection, third, one, clerk, "related")
    assert astray(connection) == {}


def test_who_may_and_that_a_case_may_be_over(
    connection: Connection, clerk: Person, pair: tuple[UUID, UUID]
) -> None:
    one, other = pair
    with pytest.raises(MayNotLinkError):
        tied(connection, one, other, somebody(connection, "g", {"gm"}))
    cancel_case(connection, one, "撤诉", by=clerk, now=NOW)
    tied(connection, one, other, clerk)
    assert astray(connection) == {}
    first, second = (code_of(connection, key) for key in pair)
    forged: dict[str, dict[str, Any]] = {
        "why": {"reason": "别的"},
        "who linked them": {"made_by": somebody(connection, "forger", {"gm"}).id},
        "when they were linked": {"made_at": NOW - timedelta(days=9)},
    }
    for what, values in forged.items():
        with connection.begin_nested() as undone:
            connection.execute(sa.update(case_ties).values(values))
            assert astray(connection) == {
                one: [f"link to {second}: {what}"], other: [f"link to {first}: {what}"],
            }  # fmt: skip
            undone.rollback()
    connection.execute(sa.delete(case_ties))
    assert astray(connection) == {one: [f"no link to {second}"], other: [f"no link to {first}"]}


def test_a_new_case_begins_with_what_the_earlier_one_has(
    connection: Connection, clerk: Person, pair: tuple[UUID, UUID]
) -> None:
    one, _ = pair
    prepare(connection, one, "reply", "duplicate", "又来投诉", by=clerk, now=NOW)
    draft = start_form(connection, "reply", by=clerk).draft
    assert draft is not None
    assert {name: draft[name] for name in KEYS} == {name: [text] for name, text in KEYS.items()}
    with pytest.raises(DraftThereError):
        prepare(connection, one, "reply", "duplicate", "又来投诉", by=clerk, now=NOW)

    posted = Kept({**draft, "customer": ["另一家"]})
    new = open_case(connection, "reply", posted, by=clerk, now=NOW).case_id
    (tie,) = dossier_of(connection, new, by=clerk).ties
    assert (tie.id, tie.relation.zh, tie.reason) == (one, "原投诉", "又来投诉")
    assert dossier_of(connection, new, by=clerk).header.customer == "另一家"
    assert dossier_of(connection, one, by=clerk).header.customer == KEYS["customer"]
    assert start_form(connection, "reply", by=clerk).draft is None
    assert astray(connection) == {}


def test_of_two_who_link_the_same_cases_at_once_one_does(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, claim())
        clerk = somebody(conn, "clerk-one", {"clerk"})
    ready = Barrier(2)

    def linking(one: UUID, other: UUID) -> bool:
        ready.wait()
        try:
            with database.begin() as conn:
                tied(conn, one, other, clerk)
        except LinkedAlreadyError:
            return False
        return True

    for _ in range(8):
        with database.begin() as conn:
            one, other = prepared(conn, clerk), prepared(conn, clerk)
        with ThreadPoolExecutor(2) as both:
            done = [both.submit(linking, one, other), both.submit(linking, other, one)]
        assert sorted(each.result() for each in done) == [False, True]

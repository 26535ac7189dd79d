"""Leaving: what is shown beforehand is what becomes of it, in one transaction."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history, notices, people
from engine.errors import NotFoundError
from engine.flexible.asking import Wanted as Group
from engine.flexible.asking import ask
from engine.flexible.delegating import delegate, give_back
from engine.people.signing_in import SignInRefusedError, sign_in
from engine.reasons import BadReasonError
from engine.substituting import listing
from engine.substituting.handing_over import leave
from engine.substituting.leaving import BadSuccessorError, Leaving, LeavingOneselfError, leaving
from engine.substituting.making import Wanted, make
from engine.substituting.represented import of_session, standing_in
from engine.tables import entries, signings, tasks
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, save_draft
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, many, waiting
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})
TODAY = NOW.date()

pytestmark = pytest.mark.usefixtures("verified")


@pytest.fixture
def goes(conn: Connection) -> Person:
    """Give somebody of two roles who leaves."""
    return somebody(conn, "goes", {"clerk", "qc"})


@pytest.fixture
def stays(conn: Connection, goes: Person) -> Person:
    """Give a clerk who takes over."""
    return somebody(conn, "stays", {"clerk"} & goes.roles)


def row_of(conn: Connection, task: UUID) -> sa.Row[tuple[object, ...]]:
    return conn.execute(sa.select(tasks).where(tasks.c.id == task)).one()


def gives(conn: Connection, login: str, *to: str) -> Leaving:
    return leave(conn, login, to, "调离", by=None, now=NOW)


def test_held_tasks_go_to_a_successor_of_the_role_with_what_was_typed_else_to_the_role(
    conn: Connection, goes: Person, stays: Person
) -> None:
    case_id = asked(conn, goes).case_id
    complete_task(conn, waiting(conn, case_id)["prepare"], NOTE, by=goes, now=NOW)
    open_ = waiting(conn, case_id)
    for task in open_.values():
        claim(conn, task, by=goes, now=NOW)
    save_draft(conn, open_["file_away"], {"note": ["一半"]}, by=goes, now=NOW)

    shown = leaving(conn, "goes", ["stays"], now=NOW)
    done = gives(conn, "goes", "stays")

    assert done == shown
    assert {piece.task_id: piece.to and piece.to.login for piece in done.pieces} == {
        open_["file_away"]: "stays",
        open_["check"]: None,
    }
    assert row_of(conn, open_["file_away"]).claimed_by == stays.id
    assert row_of(conn, open_["check"]).claimed_by is None
    assert drafts.load(conn, drafts.of_task(open_["file_away"]), by=stays) == {"note": ["一半"]}
    rows = conn.execute(sa.select(entries).where(entries.c.kind == "task_handed_over")).all()
    said = {history.read(row.body)["element"]: history.read(row.body) for row in rows}
    assert said["file_away"]["to"] == [[stays.id.hex, stays.name]]
    assert "to" not in said["check"]
    assert {one["reason"] for one in said.values()} == {"调离"}
    assert history.verify(conn, case_id) is None
    assert "交由您接手：调离" in notices.unseen(conn, stays)[0].text.zh


def test_who_has_left_signs_in_no_more_and_their_sessions_are_over(
    conn: Connection, goes: Person
) -> None:
    gives(conn, "goes")

    assert of_session(conn, goes.id, goes.generation, now=NOW) is None
    assert people.person(conn, goes.id) is None
    with pytest.raises(SignInRefusedError):
        sign_in(lambda: nullcontext(conn), "goes", "long enough", address="::1", now=NOW)
    with pytest.raises(NotFoundError):
        gives(conn, "goes")


def test_the_first_successor_who_may_takes_each_task(
    conn: Connection, goes: Person, stays: Person
) -> None:
    inspector = somebody(conn, "inspector", {"qc"})
    case_id = asked(conn, goes).case_id
    complete_task(conn, waiting(conn, case_id)["prepare"], NOTE, by=goes, now=NOW)
    open_ = waiting(conn, case_id)
    for task in open_.values():
        claim(conn, task, by=goes, now=NOW)
    gives(conn, "goes", "inspector", "stays")
    held = {step: row_of(conn, task).claimed_by for step, task in open_.items()}
    assert held == {"check": inspector.id, "file_away": stays.id}


def test_delegations_go_back_to_their_owner_or_come_to_the_successor(
    conn: Connection, goes: Person, stays: Person
) -> None:
    owner, helper = somebody(conn, "owner", {"clerk"}), somebody(conn, "helper", {"clerk"})
    first, second = many(conn, owner, 2)
    delegate(conn, first, goes.id, "请先看", by=owner, now=NOW)
    delegate(conn, second, helper.id, "请先看", by=goes, now=NOW)
    gives(conn, "goes", "stays")

    row = row_of(conn, first)
    assert (row.claimed_by, row.owner) == (owner.id, None)
    row = row_of(conn, second)
    assert (row.claimed_by, row.owner) == (helper.id, stays.id)
    give_back(conn, second, "已看", by=helper, now=NOW)
    assert row_of(conn, second).claimed_by == stays.id


def signs(conn: Connection, task: UUID, by: Person, *people: Person) -> None:
    group = Group("before", "all", None, [one.id for one in people])
    ask(conn, task, group, "请看", by=by, now=NOW)


def signers(conn: Connection) -> dict[UUID, str]:
    rows = conn.execute(sa.select(signings)).all()
    return {row.person_id: row.status for row in rows}


def test_what_they_were_asked_to_sign_is_asked_of_the_first_who_can(
    conn: Connection, goes: Person, stays: Person
) -> None:
    (task,) = many(conn, stays, 1)
    claim(conn, task, by=stays, now=NOW)
    other, heir = (somebody(conn, login, {"qc"}) for login in ("other", "heir"))
    signs(conn, task, stays, goes, other)
    assert [piece.kind for piece in leaving(conn, "goes", now=NOW).pieces] == ["signature"]

    gives(conn, "goes", "stays", "other", "heir")

    assert signers(conn) == {heir.id: "asked", other.id: "asked"}


def test_a_signature_that_nobody_takes_over_holds_nothing_up(
    conn: Connection, goes: Person, stays: Person
) -> None:
    (task,) = many(conn, stays, 1)
    claim(conn, task, by=stays, now=NOW)
    signs(conn, task, stays, goes)
    gives(conn, "goes", "stays")

    assert signers(conn) == {goes.id: "removed"}
    complete_task(conn, task, NOTE, by=stays, now=NOW)
    (case_id,) = conn.scalars(sa.select(signings.c.case_id))
    assert history.verify(conn, case_id) is None


def test_answers_that_only_they_were_to_sign_come_back_to_who_sent_them(
    conn: Connection, goes: Person, stays: Person
) -> None:
    (task,) = many(conn, stays, 1)
    claim(conn, task, by=stays, now=NOW)
    save_draft(conn, task, {"note": ["已办"]}, by=stays, now=NOW)
    ask(conn, task, Group("after", "all", None, [goes.id]), "请看", by=stays, now=NOW)
    gives(conn, "goes", "stays")

    row = row_of(conn, task)
    assert (row.signing, row.sent, row.claimed_by) == (None, None, stays.id)
    assert drafts.load(conn, drafts.of_task(task), by=stays) == {"note": ["已办"]}
    complete_task(conn, task, NOTE, by=stays, now=NOW)


def test_their_substitutions_end_and_the_successor_goes_on_standing_in(
    conn: Connection, goes: Person, stays: Person
) -> None:
    away = somebody(conn, "away", {"qc"})
    last = TODAY + timedelta(days=5)
    make(conn, Wanted(goes.id, stays.id, TODAY, last), by=goes, now=NOW)
    make(conn, Wanted(away.id, goes.id, TODAY, last, reason="休假"), by=away, now=NOW)

    shown = leaving(conn, "goes", ["stays"], now=NOW)
    assert {one.substitution.person: one.to and one.to.login for one in shown.assignments} == {
        goes.name: None,
        away.name: "stays",
    }
    gives(conn, "goes", "stays")

    later = NOW + timedelta(days=4)
    found = standing_in(conn, stays.id, now=later)
    assert found is not None
    assert [each.person.login for each in found.represents] == ["away"]
    held = [one for one in listing.of_person(conn, away.id, now=NOW) if one.state != "over"]
    assert [(one.substitute, one.last, one.arranger) for one in held] == [(stays.name, last, None)]


def test_nobody_takes_over_from_themselves_and_without_a_reason_nothing_moves(
    conn: Connection, goes: Person
) -> None:
    with pytest.raises(BadSuccessorError):
        leaving(conn, "goes", ["goes"], now=NOW)
    with pytest.raises(NotFoundError):
        leaving(conn, "goes", ["nobody"], now=NOW)
    with pytest.raises(BadReasonError):
        leave(conn, "goes", (), " ", by=None, now=NOW)
    with pytest.raises(LeavingOneselfError):
        leave(conn, "goes", (), "离职", by=goes, now=NOW)
    assert people.person(conn, goes.id) is not None

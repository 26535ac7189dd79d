"""Four eyes: preparing, signing, returning and skipping a step count as taking part in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import people, settings
from engine.flexible.actview import act_view
from engine.flexible.asking import Wanted, ask, remove
from engine.flexible.choosing import NobodyChosenError
from engine.flexible.delegating import delegate, give_back, take_back
from engine.flexible.handing import assign, transfer
from engine.flexible.signing import MayNotSignError, sign
from engine.going_back.anew import THROUGH
from engine.going_back.intervening import PLACE, SKIP
from engine.going_back.intervening import Wanted as Move
from engine.going_back.returning import NoWayError, return_task
from engine.going_back.seconding import agree, asked_for, intervene
from engine.procedures.publishing import publish
from engine.roles import OPERATOR, PROCESS_OWNER
from engine.spiff import Names
from engine.tables import signings
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.foureyes import FourEyesError
from engine.tasks.taskview import open_task
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.judged import NOT_SAME, NOTE, begun, does, judged
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def one(connection: Connection) -> Person:
    put_in_force(connection, judged())
    people.save_roles(connection, {OPERATOR: Names("系统管理员", "Operator")})
    return somebody(connection, "one", {"clerk"})


@pytest.fixture
def two(connection: Connection, one: Person) -> Person:
    return somebody(connection, "two", one.roles)


@pytest.fixture
def three(connection: Connection, one: Person) -> Person:
    return somebody(connection, "three", one.roles)


@pytest.fixture
def operator(connection: Connection, one: Person) -> Person:
    return somebody(connection, "operator", {OPERATOR, *one.roles})


@pytest.fixture
def case_id(connection: Connection, one: Person) -> UUID:
    return begun(connection, one).case_id


def open_now(conn: Connection, case_id: UUID) -> UUID:
    (task,) = waiting(conn, case_id).values()
    return task


def types(conn: Connection, task: UUID, by: Person) -> None:
    save_draft(conn, task, {"note": ["依据如下"]}, by=by, now=NOW)


def asks(conn: Connection, task: UUID, signer: Person, *, by: Person) -> None:
    ask(conn, task, Wanted("before", "all", None, [signer.id]), "请看", by=by, now=NOW)


def signs(conn: Connection, task: UUID, answer: str, *, by: Person) -> None:
    mine = sa.select(signings.c.id).where(signings.c.task_id == task, signings.c.person_id == by.id)
    sign(conn, conn.scalars(mine).one(), answer, "有疑点", by=by, now=NOW)


def kept_from(conn: Connection, case_id: UUID, by: Person, why: str) -> None:
    """Find that nobody gets them into the open step: to do it, prepare it or sign it."""
    task, other = open_now(conn, case_id), somebody(conn, "other", {"clerk"})
    with pytest.raises(FourEyesError, match=why):
        claim(conn, task, by=by, now=NOW)
    for give in (transfer, delegate):
        with pytest.raises(NobodyChosenError, match=why):
            give(conn, task, by.id, "请办", by=other, now=NOW)
    owner = somebody(conn, "owner", {PROCESS_OWNER})
    with pytest.raises(NobodyChosenError, match=why):
        assign(conn, task, by.id, "请办", by=owner, now=NOW)
    with pytest.raises(NobodyChosenError, match=why):
        asks(conn, task, by, by=other)
    somebody_free = somebody(conn, "free", {"clerk"})
    view = act_view(conn, task, "transfer", by=other)
    assert view.choices is not None
    barred = {choice.id: choice.barred for choice in view.choices.found}
    assert why in str(barred[by.id])
    assert barred[somebody_free.id] is None


def test_who_prepared_a_step_for_its_owner_took_part_in_it(
    connection: Connection, one: Person, two: Person, case_id: UUID
) -> None:
    task = open_now(connection, case_id)
    delegate(connection, task, two.id, "请先写", by=one, now=NOW)
    give_back(connection, task, "写好了", by=two, now=NOW)
    complete_task(connection, task, NOTE, by=one, now=NOW)
    kept_from(connection, case_id, two, "prepared “investigate in English”")


def test_what_somebody_had_typed_and_another_goes_on_with_is_theirs_too(
    connection: Connection, one: Person, two: Person, three: Person, case_id: UUID
) -> None:
    task = open_now(connection, case_id)
    delegate(connection, task, two.id, "请先写", by=one, now=NOW)
    types(connection, task, two)
    take_back(connection, task, by=one, now=NOW)
    types(connection, task, one)
    transfer(connection, task, three.id, "请接着办", by=one, now=NOW)
    complete_task(connection, task, NOTE, by=three, now=NOW)
    for person in (one, two, three):
        with pytest.raises(FourEyesError):
            claim(connection, open_now(connection, case_id), by=person, now=NOW)


def test_what_an_owner_had_typed_is_theirs_also_where_another_gets_it_from_the_delegate(
    connection: Connection, one: Person, two: Person, three: Person, case_id: UUID
) -> None:
    task, owner = open_now(connection, case_id), somebody(connection, "chief", {PROCESS_OWNER})
    types(connection, task, one)
    delegate(connection, task, two.id, "请先写", by=one, now=NOW)
    assign(connection, task, three.id, "改由您办", by=owner, now=NOW)
    complete_task(connection, task, NOTE, by=three, now=NOW)
    for person in (one, two, three):
        with pytest.raises(FourEyesError, match=r"you (prepared|did) “investigate in English”"):
            claim(connection, open_now(connection, case_id), by=person, now=NOW)


@pytest.mark.parametrize("how", ["take back", "assign", "transfer"])
def test_what_somebody_typed_who_is_kept_from_the_step_by_now_goes_to_nobody(
    connection: Connection, one: Person, two: Person, three: Person, how: str
) -> None:
    publish(connection, side_by_side(), by=None, now=NOW, note="side by side")
    case_id = begun(connection, one).case_id
    task = waiting(connection, case_id)["investigate"]
    if how == "transfer":
        claim(connection, task, by=two, now=NOW)
    else:
        delegate(connection, task, two.id, "请先写", by=one, now=NOW)
    types(connection, task, two)
    does(connection, case_id, "approve", two)
    if how == "take back":
        take_back(connection, task, by=one, now=NOW)
    elif how == "assign":
        owner = somebody(connection, "chief", {PROCESS_OWNER})
        assign(connection, task, three.id, "改由您办", by=owner, now=NOW)
    else:
        transfer(connection, task, three.id, "请办", by=two, now=NOW)
    taker = one if how == "take back" else three
    assert open_task(connection, task, by=taker).draft is None
    assert drafts.load(connection, drafts.of_task(task), by=two) is not None


def test_who_handed_a_step_on_and_had_typed_nothing_took_no_part(
    connection: Connection, one: Person, two: Person, three: Person, case_id: UUID
) -> None:
    task = open_now(connection, case_id)
    delegate(connection, task, two.id, "请先写", by=one, now=NOW)
    take_back(connection, task, by=one, now=NOW)
    transfer(connection, task, three.id, "请办", by=one, now=NOW)
    complete_task(connection, task, NOTE, by=three, now=NOW)
    claim(connection, open_now(connection, case_id), by=two, now=NOW)


@pytest.mark.parametrize("answer", ["agreed", "refused"])
def test_who_signed_a_step_took_part_in_it(
    connection: Connection, one: Person, two: Person, case_id: UUID, answer: str
) -> None:
    task = open_now(connection, case_id)
    asks(connection, task, two, by=one)
    signs(connection, task, answer, by=two)
    complete_task(connection, task, NOTE, by=one, now=NOW)
    kept_from(connection, case_id, two, "signed “investigate in English”")


def side_by_side() -> dict[str, bytes]:
    """Give the files of: begun → investigate beside approve → over."""
    p = Process("judged", extra=NOT_SAME)
    p.message_start("begun")
    p.user("investigate")
    p.user("approve")
    p.parallel("fork")
    p.parallel("join")
    p.chain("begun", "fork", "investigate", "join", p.end())
    p.chain("fork", "approve", "join")
    forms = {"begun": form(accused=TEXT)} | dict.fromkeys(
        ("investigate", "approve"), form(note=TEXT)
    )
    return small(p, forms={f"judged/{step}": each for step, each in forms.items()})


def test_who_does_the_other_step_meanwhile_neither_signs_nor_gives_back(
    connection: Connection, one: Person, two: Person, three: Person
) -> None:
    publish(connection, side_by_side(), by=None, now=NOW, note="side by side")
    first, second = (begun(connection, one).case_id for _ in range(2))
    task = waiting(connection, first)["investigate"]
    asks(connection, task, two, by=one)
    does(connection, first, "approve", two)
    with pytest.raises(MayNotSignError, match="did “approve in English”") as refused:
        signs(connection, task, "agreed", by=two)
    assert "请办理人减签" in refused.value.zh
    remove(connection, task, two.id, "改由他人", by=one, now=NOW)
    complete_task(connection, task, NOTE, by=one, now=NOW)

    task = waiting(connection, second)["investigate"]
    delegate(connection, task, three.id, "请先写", by=one, now=NOW)
    does(connection, second, "approve", three)
    with pytest.raises(FourEyesError):
        give_back(connection, task, "写好了", by=three, now=NOW)
    take_back(connection, task, by=one, now=NOW)


def test_who_sent_a_step_back_took_part_in_it(
    connection: Connection, one: Person, two: Person, case_id: UUID
) -> None:
    investigated = open_now(connection, case_id)
    does(connection, case_id, "investigate", one)
    task = open_now(connection, case_id)
    return_task(connection, task, investigated, THROUGH, "重查", by=two, now=NOW)
    release(connection, open_now(connection, case_id), by=one, now=NOW)
    kept_from(connection, case_id, two, "returned “approve in English”")


def test_an_operator_who_skips_a_step_took_part_in_it(
    connection: Connection, operator: Person, case_id: UUID
) -> None:
    wanted = Move(SKIP, case_id, open_now(connection, case_id))
    assert intervene(connection, wanted, "已另行调查", by=operator, now=NOW) == "done"
    kept_from(connection, case_id, operator, "skipped “investigate in English”")


def test_an_operator_who_moves_the_case_past_a_step_took_part_in_it(
    connection: Connection, operator: Person, case_id: UUID
) -> None:
    wanted = Move(PLACE, case_id, open_now(connection, case_id), ("approve",))
    assert intervene(connection, wanted, "已另行调查", by=operator, now=NOW) == "done"
    kept_from(connection, case_id, operator, "skipped “investigate in English”")


def test_both_operators_took_part_in_what_one_asked_for_and_one_agreed_to(
    connection: Connection, operator: Person, case_id: UUID
) -> None:
    settings.save(connection, "second_person", ["skip"])
    second = somebody(connection, "second", operator.roles)
    wanted = Move(SKIP, case_id, open_now(connection, case_id))
    assert intervene(connection, wanted, "已另行调查", by=operator, now=NOW) == "waiting"
    agree(connection, asked_for(connection)[0].id, by=second, now=NOW)
    for person in (operator, second):
        with pytest.raises(FourEyesError, match="skipped"):
            claim(connection, open_now(connection, case_id), by=person, now=NOW)


@pytest.mark.parametrize("to", [(), ("close",)])
def test_an_operator_skips_no_step_that_they_may_not_do(
    connection: Connection, operator: Person, case_id: UUID, to: tuple[str, ...]
) -> None:
    does(connection, case_id, "investigate", operator)
    wanted = Move(PLACE if to else SKIP, case_id, open_now(connection, case_id), to)
    with pytest.raises(NoWayError, match="did “investigate in English”"):
        intervene(connection, wanted, "赶时间", by=operator, now=NOW)


@pytest.mark.parametrize("barred", ["asker", "agreeing"])
def test_neither_operator_of_an_intervention_may_be_kept_from_the_step(
    connection: Connection, operator: Person, one: Person, barred: str
) -> None:
    publish(connection, side_by_side(), by=None, now=NOW, note="side by side")
    settings.save(connection, "second_person", ["skip"])
    second = somebody(connection, "second", operator.roles)
    case_id = begun(connection, one).case_id
    wanted = Move(SKIP, case_id, waiting(connection, case_id)["investigate"])
    intervene(connection, wanted, "已另行调查", by=operator, now=NOW)
    does(connection, case_id, "approve", operator if barred == "asker" else second)
    with pytest.raises(NoWayError, match="did “approve in English”") as refused:
        agree(connection, asked_for(connection)[0].id, by=second, now=NOW)
    assert (operator.name in refused.value.en) == (barred == "asker")
    assert "另一位系统管理员" in refused.value.zh
    assert set(waiting(connection, case_id)) == {"investigate"}

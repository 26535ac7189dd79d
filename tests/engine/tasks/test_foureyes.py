"""Four eyes: what one person may not do both of in a case, held when they claim or complete it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import orjson
import pytest
import sqlalchemy as sa

from engine import history, procedures
from engine.cases.moving import lock
from engine.procedures.publishing import publish
from engine.substituting.desks import desks
from engine.substituting.making import Wanted, make
from engine.substituting.represented import standing_in
from engine.tables import cases, entries, tasks
from engine.tasks.completing import claim, complete_task, release
from engine.tasks.foureyes import Eyes, FourEyesError, is_named
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from engine.versioning.terms import Terms
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.hearing import listening
from tests.engine.judged import NOT_ABOUT, NOTE, begun, does, judged
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOT_BOTH = Terms(drops=frozenset({"not_both"}))


@pytest.fixture
def one(connection: Connection) -> Person:
    put_in_force(connection, judged())
    return somebody(connection, "one", {"clerk"})


@pytest.fixture
def two(connection: Connection, one: Person) -> Person:
    return somebody(connection, "two", one.roles)


def stands_in(conn: Connection, ill: Person, by: Person) -> Person:
    make(conn, Wanted(ill.id, by.id, NOW.date(), NOW.date()), by=ill, now=NOW)
    found = standing_in(conn, by.id, now=NOW)
    assert found is not None
    return found


def test_who_did_the_one_step_neither_claims_nor_completes_the_other(
    connection: Connection, one: Person, two: Person
) -> None:
    case_id = begun(connection, one).case_id
    does(connection, case_id, "investigate", one)
    task = waiting(connection, case_id)["approve"]
    for attempt in (
        lambda: claim(connection, task, by=one, now=NOW),
        lambda: complete_task(connection, task, Answered({"approved": True}), by=one, now=NOW),
    ):
        with pytest.raises(FourEyesError) as refused:
            attempt()
        assert refused.value.zh == (
            "“调查人不得核决”：您在本案办理过“investigate名”，“approve名”须由该岗位的其他人办理。"
        )
        assert "you did “investigate in English” in this case" in refused.value.en
        assert "somebody else of the role does “approve in English”" in refused.value.en
    claim(connection, task, by=two, now=NOW)
    complete_task(connection, task, Answered({"approved": True}), by=two, now=NOW)
    assert set(waiting(connection, case_id)) == {"close"}


def test_they_hold_for_a_substitute_and_for_whom_they_act(
    connection: Connection, one: Person, two: Person
) -> None:
    deputy = stands_in(connection, one, somebody(connection, "deputy", {"gm"}))
    first, second = (begun(connection, two).case_id for _ in range(2))
    does(connection, first, "investigate", one)
    does(connection, second, "investigate", deputy)

    for case_id in (first, second):
        task = waiting(connection, case_id)["approve"]
        (desk,) = desks(connection, deputy)
        assert {item.task_id: item.is_for_others for item in desk.items}[task]
        assert open_task(connection, task, by=deputy).hindrance is not None
        for person in (one, deputy):
            with pytest.raises(FourEyesError):
                claim(connection, task, by=person, now=NOW)
    with pytest.raises(FourEyesError, match=f"{one.name} .for whom you act. did"):
        does(connection, first, "approve", deputy, approved=True)
    of_two = stands_in(connection, two, deputy)
    with pytest.raises(FourEyesError):
        does(connection, second, "approve", of_two, approved=True)
    does(connection, second, "approve", two, approved=True)


def test_it_holds_the_other_way_round_and_in_every_round(
    connection: Connection, one: Person, two: Person
) -> None:
    case_id = begun(connection, one).case_id
    does(connection, case_id, "investigate", one)
    does(connection, case_id, "approve", two, approved=False)
    with pytest.raises(FourEyesError):
        claim(connection, waiting(connection, case_id)["investigate"], by=two, now=NOW)
    three = somebody(connection, "three", one.roles)
    does(connection, case_id, "investigate", three)
    with pytest.raises(FourEyesError):
        does(connection, case_id, "approve", one, approved=True)
    does(connection, case_id, "approve", two, approved=True)
    does(connection, case_id, "close", one)


def test_other_cases_do_not_count(connection: Connection, one: Person) -> None:
    first, second = begun(connection, one).case_id, begun(connection, one).case_id
    does(connection, first, "investigate", one)
    somebody_else = somebody(connection, "else", one.roles)
    does(connection, second, "investigate", somebody_else)
    does(connection, second, "approve", one, approved=True)


def test_what_one_may_not_do_is_not_offered_next_and_the_page_says_why(
    connection: Connection, one: Person, two: Person
) -> None:
    case_id = begun(connection, one).case_id
    assert does(connection, case_id, "investigate", one).next_task is None
    task = waiting(connection, case_id)["approve"]
    hindrance = open_task(connection, task, by=one).hindrance
    assert hindrance is not None
    assert hindrance.step.zh == "approve名"
    assert open_task(connection, task, by=two).hindrance is None
    done = does(connection, case_id, "approve", two, approved=True)
    assert done.next_task == waiting(connection, case_id)["close"]


def test_a_claim_of_before_is_no_leave_and_can_be_given_back(
    connection: Connection, one: Person
) -> None:
    case_id = begun(connection, one).case_id
    does(connection, case_id, "investigate", one)
    task = waiting(connection, case_id)["approve"]
    held = sa.update(tasks).where(tasks.c.id == task).values(claimed_by=one.id, claimed_at=NOW)
    connection.execute(held)
    with pytest.raises(FourEyesError):
        does(connection, case_id, "approve", one, approved=True)
    release(connection, task, by=one, now=NOW)


def test_both_who_acts_and_whom_they_act_for_are_held(
    connection: Connection, one: Person, two: Person
) -> None:
    case_id = begun(connection, one).case_id
    does(connection, case_id, "investigate", one)
    case = lock(connection, case_id)
    version = procedures.version(connection, case.version_id)
    task = open_task(connection, waiting(connection, case_id)["approve"], by=two)

    def held(*people: Person) -> FourEyesError | None:
        place = Place(task.step.process, task.step.element)
        return Eyes(connection, version, case_id, people).hindrance(place, case.state)

    assert held(two) is None
    for pair in ((one, two), (two, one)):
        assert held(*pair) is not None
    told = held(two, one)
    assert told is not None
    assert "您所代理的one君在本案办理过" in told.zh
    stand_in(connection, case_id, by=one, represented=two)
    three = somebody(connection, "three", one.roles)
    assert held(two) is not None, "somebody did it for them"
    assert held(three) is None


class Place:
    def __init__(self, process: str, element: str) -> None:
        self.process, self.element = process, element


def stand_in(conn: Connection, case_id: UUID, *, by: Person, represented: Person) -> None:
    """Let the entries of a person say that they acted for another."""
    mine = (entries.c.case_id == case_id, entries.c.actor == by.id)
    for row in conn.execute(sa.select(entries.c.seq, entries.c.body).where(*mine)).all():
        body = {**history.read(row.body), "for": represented.id.hex}
        stored = orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
        here = sa.update(entries).where(entries.c.case_id == case_id, entries.c.seq == row.seq)
        conn.execute(here.values(body=stored))


def test_whoever_is_named_keeps_out(connection: Connection, one: Person, two: Person) -> None:
    publish(connection, judged(NOT_ABOUT), by=None, now=NOW, note="another rule", terms=NOT_BOTH)
    case_id = begun(connection, two, accused="仓库李四、 two 君").case_id
    task = waiting(connection, case_id)["investigate"]
    with pytest.raises(FourEyesError) as refused:
        claim(connection, task, by=two, now=NOW)
    assert "“accused项”写有您的姓名" in refused.value.zh
    assert "“The accused” names you" in refused.value.en
    assert begun(connection, two, accused="two君").next_task is None
    assert begun(connection, two).next_task is not None
    claim(connection, task, by=one, now=NOW)


def test_the_inbox_marks_what_is_for_a_colleague_by_one_statement(
    connection: Connection, one: Person, two: Person
) -> None:
    inbox(connection, one, now=NOW)
    with listening(connection) as without:
        inbox(connection, one, now=NOW)
    for _ in range(3):
        does(connection, begun(connection, one).case_id, "investigate", one)
    does(connection, begun(connection, two).case_id, "investigate", two)
    with listening(connection) as with_some:
        marked = [item.is_for_others for item in inbox(connection, one, now=NOW).shared]
    assert sorted(marked) == [False, True, True, True]
    assert len(with_some) == len(without) + 1


@pytest.mark.parametrize(
    ("name", "value", "meant"),
    [("王伟", "制造部王伟、李强", True), ("王伟", "王 伟", True), ("王伟", "王强", False),
     ("王伟", "王伟明", True), ("Anna Li", "anna  li (QC)", True), ("Ann", "Anna", False),
     ("Ann", ["Bob", "Ann"], True), ("Ann", None, False), ("Ann", 7, False)],
)  # fmt: skip
def test_a_name_is_looked_for_in_what_was_typed(name: str, value: object, *, meant: bool) -> None:
    assert is_named(name, value) is meant


def test_it_costs_one_statement_and_only_where_the_step_is_named(
    connection: Connection, one: Person, two: Person
) -> None:
    case_id = begun(connection, one).case_id
    tasks_ = waiting(connection, case_id)
    with listening(connection) as named:
        complete_task(connection, tasks_["investigate"], NOTE, by=one, now=NOW)
    does(connection, case_id, "approve", two, approved=True)
    free = waiting(connection, case_id)["close"]
    with listening(connection) as unnamed:
        complete_task(connection, free, NOTE, by=one, now=NOW)
    asked = [text for text in named if "step_completed" in text or "~~" in text]
    assert len(asked) == 1
    assert len(named) <= 9
    assert not [text for text in unnamed if "~~" in text]


def test_a_version_without_such_words_holds_nobody(connection: Connection, one: Person) -> None:
    publish(connection, judged(""), by=None, now=NOW, note="no rule", terms=NOT_BOTH)
    case_id = begun(connection, one).case_id
    assert connection.scalar(sa.select(cases.c.status).where(cases.c.id == case_id)) == "open"
    done = does(connection, case_id, "investigate", replace(one, name="another name"))
    assert done.next_task == waiting(connection, case_id)["approve"]

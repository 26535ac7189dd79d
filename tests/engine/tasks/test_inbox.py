"""The lists of work and of cases: whose they are, in which order, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.cases import caselist
from engine.errors import NotFoundError
from engine.history import dossier
from engine.spiff import Names
from engine.tables import cases, tasks
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task
from engine.tasks.inbox import CAP, PAGE, inbox, startable
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, crowd, many, waiting
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


@pytest.fixture
def manager(connection: Connection, clerk: Person) -> Person:
    assert clerk.roles == {"clerk"}
    return somebody(connection, "manager", {"qc", "gm"})


def due(conn: Connection, task: UUID, minutes: int | None) -> None:
    moment = None if minutes is None else NOW + timedelta(minutes=minutes)
    conn.execute(sa.update(tasks).where(tasks.c.id == task).values(due_at=moment))


def test_a_person_sees_the_free_tasks_of_their_roles_and_those_that_they_hold(
    connection: Connection, clerk: Person, manager: Person
) -> None:
    first, second = many(connection, clerk, 2)
    colleague = somebody(connection, "clerk-two", {"clerk"})
    claim(connection, first, by=clerk, now=NOW)

    of_clerk, of_colleague = (inbox(connection, by, now=NOW) for by in (clerk, colleague))
    assert [item.task_id for item in of_clerk.mine] == [first]
    assert [item.task_id for item in of_clerk.shared] == [second]
    assert of_clerk.mine[0].claimed_by_me
    assert (of_clerk.mine_count, of_clerk.shared_count) == (1, 1)
    assert [item.task_id for item in of_colleague.shared] == [second]
    assert of_colleague.mine == []

    of_manager = inbox(connection, manager, now=NOW)
    assert (of_manager.mine, of_manager.shared) == ([], [])


def test_an_item_says_what_waits_in_both_languages(connection: Connection, clerk: Person) -> None:
    case_id = asked(connection, clerk, "乌鲁木齐水务").case_id
    task = waiting(connection, case_id)["prepare"]
    drafts.save(connection, drafts.of_task(task), {"note": ["一"]}, by=clerk, now=NOW)

    (item,) = inbox(connection, clerk, now=NOW).shared

    assert item.step == Names("prepare名", "prepare in English")
    assert item.procedure == Names("errand名", "errand in English")
    assert item.role_names == Names("内勤", "Clerk")
    assert (item.customer, item.case_id, item.number) == ("乌鲁木齐水务", case_id, None)
    assert (item.due, item.since) == (NOW + timedelta(hours=1), NOW)
    assert item.has_draft
    assert not item.claimed_by_me


def test_what_is_due_first_stands_first_and_what_has_no_deadline_last(
    connection: Connection, clerk: Person
) -> None:
    late, later, never, soon = many(connection, clerk, 4)
    for task, minutes in ((late, -10), (later, 90), (never, None), (soon, 5)):
        due(connection, task, minutes)

    found = inbox(connection, clerk, now=NOW)

    assert [item.task_id for item in found.shared] == [late, soon, later, never]
    assert found.overdue_count == 1


def test_tasks_of_several_roles_are_one_list_in_one_order(
    connection: Connection, clerk: Person
) -> None:
    every = somebody(connection, "everything", {"clerk", "qc", "gm"})
    task = many(connection, clerk, 1)[0]
    complete_task(connection, task, NOTE, by=clerk, now=NOW)
    other = many(connection, clerk, 1)[0]
    rows = connection.execute(sa.select(tasks.c.element, tasks.c.id)).all()
    found = {element: key for element, key in rows if element in {"check", "file_away"}}
    for key, minutes in ((found["check"], 20), (other, 30), (found["file_away"], 40)):
        due(connection, key, minutes)

    shared = inbox(connection, every, now=NOW).shared
    assert [item.element for item in shared] == ["check", "prepare", "file_away"]


def test_counts_stop_at_a_hundred_and_lists_at_a_page(
    connection: Connection, clerk: Person
) -> None:
    mine, shared = many(connection, clerk, 2)
    claim(connection, mine, by=clerk, now=NOW)
    crowd(connection, mine, CAP + 20)
    crowd(connection, shared, CAP + 20)

    found = inbox(connection, clerk, now=NOW + timedelta(days=1))

    assert (found.mine_count, found.shared_count) == (CAP + 1, CAP + 1)
    assert found.overdue_count == CAP + 1
    assert (len(found.mine), len(found.shared)) == (PAGE, PAGE)


def test_only_who_holds_the_role_of_the_start_may_start(
    connection: Connection, clerk: Person, manager: Person
) -> None:
    (errands,) = (each for each in startable(connection, clerk) if each.procedure == "errand")
    assert errands.names == Names("errand名", "errand in English")
    assert errands.form_title == Names("小表", "Small form")
    assert "errand" not in {each.procedure for each in startable(connection, manager)}


def test_cases_are_found_by_number_code_customer_and_product(
    connection: Connection, clerk: Person
) -> None:
    keys = [
        asked(connection, clerk, name).case_id for name in ("天源水务", "天山_泵业", "天山泵业")
    ]
    numbered = sa.update(cases).where(cases.c.id == keys[0])
    connection.execute(numbered.values(number="BJ-TS-2026-00077", product="QJ200 深井泵"))
    code = connection.scalar(sa.select(cases.c.code).where(cases.c.id == keys[1]))

    def ids(query: str, status: str = "") -> set[UUID]:
        found, _ = caselist.search(connection, clerk, query=query, status=status)
        return {row.id for row in found} & set(keys)

    assert ids("天山") == set(keys[1:])
    assert ids("00077") == ids("qj200") == {keys[0]}
    assert ids(str(code)) == {keys[1]}
    assert ids("山_泵") == {keys[1]}
    assert ids("%") == set()
    assert ids("天", "open") == set(keys)
    assert ids("天", "ended") == set()


def test_the_list_of_cases_comes_in_pages(connection: Connection, clerk: Person) -> None:
    many(connection, clerk, caselist.PAGE + 5)

    first, more = caselist.search(connection, clerk, query="天源水务")
    second, no_more = caselist.search(connection, clerk, query="天源水务", page=2)

    assert (len(first), more) == (caselist.PAGE, True)
    assert (len(second), no_more) == (5, False)
    assert not {row.id for row in first} & {row.id for row in second}


def test_nobody_without_a_role_sees_cases(
    connection: Connection, clerk: Person, bert: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    assert caselist.search(connection, bert) == ([], False)
    assert inbox(connection, bert, now=NOW).shared == []
    with pytest.raises(NotFoundError):
        dossier.case(connection, case_id, by=bert)
    with pytest.raises(NotFoundError):
        dossier.case(connection, uuid4(), by=clerk)


def test_the_dossier_tells_where_the_case_is_and_how_it_came_there(
    connection: Connection, clerk: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]
    complete_task(connection, task, NOTE, by=clerk, now=NOW)

    found = dossier.case(connection, case_id, by=clerk)

    assert (found.header.status, found.header.customer) == ("open", "天源水务")
    assert {step.place for step in found.open_steps} == {"errand:check", "errand:file_away"}
    assert [entry.kind for entry in found.timeline] == ["case_opened", "step_completed"]
    assert [entry.who for entry in found.timeline] == [clerk.name, clerk.name]
    assert found.timeline[1].title == Names("完成：prepare名", "Completed: prepare in English")
    said = [(change.name, change.new.zh) for change in found.timeline[1].changes if change.new]
    assert ("note", "已办") in said
    assert [filled.values["note"] for filled in found.filled[1:]] == ["已办"]
    (diagram,) = found.diagrams
    assert diagram.current == {"check", "file_away"}
    assert {"asked_to_prepare", "prepare_to_fork", "fork_to_check"} <= set(diagram.taken)
    assert "prepare" in diagram.done

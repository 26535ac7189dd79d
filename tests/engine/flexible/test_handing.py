"""Transferring and assigning: the task is another's for good, with what was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import history
from engine.cases.starts import NotYoursError
from engine.flexible.choosing import NobodyChosenError, choices
from engine.flexible.handing import MayNotAssignError, assign, transfer
from engine.history import dossier
from engine.reasons import BadReasonError
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, save_draft
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskClaimedError, TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.flexible.conftest import row, told
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


def test_a_task_is_transferred_with_what_was_typed(
    connection: Connection, clerk: Person, colleague: Person, task: UUID
) -> None:
    save_draft(connection, task, {"note": ["写了一半"]}, by=clerk, now=NOW)
    transfer(connection, task, colleague.id, "我去出差", by=clerk, now=NOW)

    assert row(connection, task).claimed_by == colleague.id
    kept = drafts.load(connection, drafts.of_task(task), by=colleague)
    assert kept == {"note": ["写了一半"]}
    assert told(connection, colleague) == [f"{clerk.name} 将“prepare名”转给您办理：我去出差"]
    with pytest.raises(TaskClaimedError):
        complete_task(connection, task, NOTE, by=clerk, now=NOW)
    done = complete_task(connection, task, NOTE, by=colleague, now=NOW)
    entry = dossier.case(connection, done.case_id, by=clerk).timeline[1]
    assert (entry.title.zh, entry.who) == ("转办：prepare名", clerk.name)
    assert [note.zh for note in entry.notes] == [f"对象：{colleague.name}", "原因：我去出差"]
    assert history.verify(connection, done.case_id) is None


def test_what_the_taker_had_typed_stays_beside_what_is_handed_over(
    connection: Connection, clerk: Person, colleague: Person, task: UUID
) -> None:
    save_draft(connection, task, {"note": ["我的"]}, by=colleague, now=NOW)
    save_draft(connection, task, {"note": ["写了一半"]}, by=clerk, now=NOW)
    transfer(connection, task, colleague.id, "我去出差", by=clerk, now=NOW)
    view = open_task(connection, task, by=colleague)
    assert (view.draft, view.hold.replaced) == ({"note": ["写了一半"]}, [{"note": ["我的"]}])


def test_a_transfer_goes_to_the_role_says_why_and_not_to_oneself(
    connection: Connection, clerk: Person, colleague: Person, inspector: Person, task: UUID
) -> None:
    for nobody in (None, inspector.id, clerk.id, task):
        with pytest.raises(NobodyChosenError):
            transfer(connection, task, nobody, "为什么", by=clerk, now=NOW)
    with pytest.raises(BadReasonError):
        transfer(connection, task, colleague.id, " ", by=clerk, now=NOW)
    with pytest.raises(NotYoursError):
        transfer(connection, task, colleague.id, "为什么", by=inspector, now=NOW)
    claim(connection, task, by=colleague, now=NOW)
    with pytest.raises(TaskClaimedError):
        transfer(connection, task, colleague.id, "为什么", by=clerk, now=NOW)


def test_a_task_that_ended_a_second_ago_is_not_transferred(
    connection: Connection, clerk: Person, colleague: Person, task: UUID
) -> None:
    complete_task(connection, task, NOTE, by=clerk, now=NOW)
    with pytest.raises(TaskGoneError) as refused:
        transfer(connection, task, colleague.id, "为什么", by=clerk, now=NOW)
    assert "您已完成此待办" in refused.value.zh


def test_a_chief_assigns_a_held_task_and_both_are_told(
    connection: Connection, clerk: Person, colleague: Person, chief: Person, task: UUID
) -> None:
    claim(connection, task, by=clerk, now=NOW)
    assign(connection, task, colleague.id, "请假了", by=chief, now=NOW)
    assert row(connection, task).claimed_by == colleague.id
    assert told(connection, colleague) == [f"{chief.name} 指派您办理“prepare名”：请假了"]
    assert told(connection, clerk) == [f"“prepare名”已改派 {colleague.name} 办理：请假了"]
    with pytest.raises(NobodyChosenError):
        assign(connection, task, colleague.id, "再派", by=chief, now=NOW)


def test_only_from_above_is_assigned_and_only_within_the_role(
    connection: Connection, clerk: Person, inspector: Person, chief: Person, task: UUID
) -> None:
    for person in (clerk, inspector):
        with pytest.raises(MayNotAssignError):
            assign(connection, task, clerk.id, "为什么", by=person, now=NOW)
    with pytest.raises(NobodyChosenError):
        assign(connection, task, inspector.id, "为什么", by=chief, now=NOW)
    assert row(connection, task).claimed_by is None


def test_people_are_found_by_name_login_and_role(
    connection: Connection, clerk: Person, colleague: Person, inspector: Person
) -> None:
    def found(query: str, *words: str, kept: tuple[UUID, ...] = ()) -> list[str]:
        listed = choices(connection, words, "clerk", without={clerk.id}, query=query, kept=kept)
        return [choice.login for choice in listed.found]

    assert found("", "role") == ["clerk-two"]
    assert found("TWO", "anyone") == ["clerk-two"]
    assert "inspector" in found("品管", "anyone")
    assert found("二", "anyone") == []
    assert found("二", "anyone", kept=(inspector.id,)) == ["inspector"]
    assert "clerk-one" not in found("clerk", "anyone")
    assert found("", "nobody") == []
    for number in range(55):
        somebody(connection, f"many-{number:02}", {"qc"})
    listed = choices(connection, ("anyone",), "clerk", without=(), query="many")
    assert (len(listed.found), listed.more) == (50, True)
    assert colleague.roles == {"clerk"}

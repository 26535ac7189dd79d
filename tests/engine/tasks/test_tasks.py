from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from engine import history
from engine.cases.starts import NotYoursError
from engine.history import dossier
from engine.tables import tasks
from engine.tasks.completing import claim, complete_task, release
from engine.tasks.taskview import open_task
from engine.tasks.waiting import NotClaimedError, TaskClaimedError, TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import put_in_force

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


def story(conn: Connection, case_id: UUID) -> list[str]:
    rows = dossier.history_rows(conn, case_id)
    return [f"{row.kind} {history.read(row.body).get('element', '')}".strip() for row in rows]


def test_a_step_is_refused_to_whoever_does_not_hold_its_role(
    connection: Connection, clerk: Person, inspector: Person
) -> None:
    task = waiting(connection, asked(connection, clerk).case_id)["prepare"]

    for attempt in (
        lambda: open_task(connection, task, by=inspector),
        lambda: claim(connection, task, by=inspector, now=NOW),
        lambda: release(connection, task, by=inspector, now=NOW),
        lambda: complete_task(connection, task, NOTE, by=inspector, now=NOW),
    ):
        with pytest.raises(NotYoursError) as refused:
            attempt()
        assert "“内勤”" in refused.value.zh
        assert "“Clerk”" in refused.value.en


def test_a_claimed_task_is_its_holders_until_released(
    connection: Connection, clerk: Person, colleague: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]
    claim(connection, task, by=clerk, now=NOW)

    for attempt in (
        lambda: claim(connection, task, by=colleague, now=NOW),
        lambda: release(connection, task, by=colleague, now=NOW),
        lambda: complete_task(connection, task, NOTE, by=colleague, now=NOW),
    ):
        with pytest.raises(TaskClaimedError) as refused:
            attempt()
        assert refused.value.zh.startswith(f"{clerk.name} 已领取")
        assert refused.value.en.startswith(f"{clerk.name} has claimed")
    assert open_task(connection, task, by=colleague).claimed_name == clerk.name

    release(connection, task, by=clerk, now=NOW)
    complete_task(connection, task, NOTE, by=colleague, now=NOW)
    assert story(connection, case_id) == [
        "case_opened asked",
        "task_claimed prepare",
        "task_released prepare",
        "step_completed prepare",
    ]
    assert history.verify(connection, case_id) is None


def test_claiming_twice_is_one_claim_and_releasing_nothing_is_refused(
    connection: Connection, clerk: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]

    with pytest.raises(NotClaimedError):
        release(connection, task, by=clerk, now=NOW)
    claim(connection, task, by=clerk, now=NOW)
    claim(connection, task, by=clerk, now=NOW)

    assert story(connection, case_id) == ["case_opened asked", "task_claimed prepare"]


def test_holding_a_task_is_no_leave_to_finish_it_without_the_role(
    connection: Connection, clerk: Person, inspector: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]
    held = tasks.update().where(tasks.c.id == task).values(claimed_by=inspector.id)
    connection.execute(held)

    with pytest.raises(NotYoursError):
        complete_task(connection, task, NOTE, by=inspector, now=NOW)
    assert set(waiting(connection, case_id)) == {"prepare"}


def test_a_finished_task_says_who_finished_it_and_when(
    connection: Connection, clerk: Person, colleague: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]
    complete_task(connection, task, NOTE, by=clerk, now=NOW)

    for attempt in (
        lambda: open_task(connection, task, by=colleague),
        lambda: claim(connection, task, by=colleague, now=NOW),
        lambda: release(connection, task, by=colleague, now=NOW),
        lambda: complete_task(connection, task, NOTE, by=colleague, now=NOW),
    ):
        with pytest.raises(TaskGoneError) as refused:
            attempt()
        assert refused.value.zh == f"{clerk.name} 已完成此待办，案件已进入下一步。"
        assert refused.value.en == f"{clerk.name} has completed this task; the case has moved on."
        assert (refused.value.case_id, refused.value.at) == (case_id, NOW)


def test_a_task_that_the_case_has_passed_says_so(
    connection: Connection, clerk: Person, inspector: Person, manager: Person
) -> None:
    late = NOW + timedelta(hours=2)
    case_id = asked(connection, clerk).case_id
    complete_task(connection, waiting(connection, case_id)["prepare"], NOTE, by=clerk, now=late)
    found = waiting(connection, case_id)
    complete_task(connection, found["check"], NOTE, by=inspector, now=late)
    complete_task(connection, found["file_away"], NOTE, by=clerk, now=late)
    signing = waiting(connection, case_id)["sign"]
    complete_task(connection, signing, NOTE, by=manager, now=late)

    assert waiting(connection, case_id) == {}
    with pytest.raises(TaskGoneError) as refused:
        complete_task(connection, found["urge"], NOTE, by=clerk, now=late)
    assert refused.value.zh == "案件已越过此步骤，无需再办。"
    assert refused.value.case_id == case_id


def test_a_task_that_never_was_is_gone_without_a_case(
    connection: Connection, clerk: Person
) -> None:
    with pytest.raises(TaskGoneError) as refused:
        complete_task(connection, uuid4(), NOTE, by=clerk, now=NOW)
    assert refused.value.zh == "没有这个待办。"
    assert refused.value.case_id is None


def test_a_deadline_that_passed_before_its_step_was_finished_has_its_entry(
    connection: Connection, clerk: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]

    complete_task(connection, task, NOTE, by=clerk, now=NOW + timedelta(hours=2))

    assert story(connection, case_id) == [
        "case_opened asked",
        "timer_fired late",
        "step_completed prepare",
    ]
    _, fired, completed = dossier.history_rows(connection, case_id)
    assert (fired.actor, fired.timer_id is None) == (None, False)
    assert history.read(fired.body)["name"] is None
    assert completed.actor == clerk.id
    assert history.verify(connection, case_id) is None


def test_a_step_that_its_deadline_has_just_taken_away_is_passed_not_unknown(
    connection: Connection, clerk: Person
) -> None:
    put_in_force(connection, errand(urging="interrupt"))
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]

    with pytest.raises(TaskGoneError) as refused:
        complete_task(connection, task, NOTE, by=clerk, now=NOW + timedelta(hours=2))

    assert refused.value.zh == "案件已越过此步骤，无需再办。"
    assert refused.value.case_id == case_id

"""Open tasks and deadlines are verified against the stored state, by case and by what differs."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.cases import timers
from engine.clocks import pausing
from engine.clocks.reckoning import reckon_next
from engine.tables import cases, tasks
from engine.tasks.completing import complete_task
from engine.verifying.everything import check
from tests.engine.astray import astray
from tests.engine.clocks.deskwork import BEFORE, NOTE, deskwork, opened, revised
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

LATER = NOW + timedelta(days=1)


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, deskwork())
    return somebody(connection, "clerk-one", {"clerk"})


def test_clocks_that_fire_stand_move_and_end_verify(connection: Connection, clerk: Person) -> None:
    fired, step, whole, moved, ended = (opened(connection, clerk) for _ in range(5))
    pausing.pause_task(
        connection, waiting(connection, step)["prepare"], "等客户", by=clerk, now=LATER
    )
    pausing.pause_case(connection, whole, "等客户", by=clerk, now=LATER)
    complete_task(connection, waiting(connection, ended)["prepare"], NOTE, by=clerk, now=LATER)
    assert astray(connection) == {}
    revised(connection)
    while reckon_next(connection, now=LATER):
        pass
    assert astray(connection) == {}
    while timers.wake_next(connection, now=BEFORE[0] + timedelta(days=2)):
        pass
    assert "urge" in waiting(connection, fired)
    pausing.resume_case(connection, whole, by=clerk, now=BEFORE[0] + timedelta(days=3))
    assert astray(connection) == {}
    assert moved in {case.id for case in check(connection)}


TASK: dict[str, tuple[dict[str, Any], str]] = {
    "role": ({"role": "qc"}, "task “prepare in English”: role"),
    "element": ({"element": "urge"}, "task “prepare in English”: step"),
    "due": ({"due_at": LATER}, "task “prepare in English”: due"),
    "paused": ({"paused_at": LATER}, "task “prepare in English”: clock paused"),
    "a reason without a pause": (
        {"paused_for": "等客户"},
        "task “prepare in English”: clock paused",
    ),
    "within": ({"within": "deskwork:urge"}, "task “prepare in English”: activity around it"),
    "another id": ({"id": uuid4()}, "no task “prepare in English”"),
}


@pytest.mark.parametrize("name", TASK)
def test_a_task_that_was_changed_is_told(connection: Connection, clerk: Person, name: str) -> None:
    values, said = TASK[name]
    case_id = opened(connection, clerk)
    connection.execute(sa.update(tasks).where(tasks.c.case_id == case_id).values(values))
    assert said in astray(connection)[case_id]


def test_tasks_that_are_missing_or_too_many_are_told(connection: Connection, clerk: Person) -> None:
    bare, other = opened(connection, clerk), opened(connection, clerk)
    mine = sa.update(tasks).where(tasks.c.case_id == bare)
    connection.execute(mine.values(case_id=other))
    assert astray(connection) == {
        bare: ["no task “prepare in English”"],
        other: ["one task “prepare in English” too many"],
    }


STANDING: dict[str, tuple[dict[str, Any], str]] = {
    "another reason": ({"paused_for": "等供应商"}, "clock paused"),
    "no reason": ({"paused_for": None}, "clock paused"),
    "another moment": ({"paused_at": NOW}, "clock paused"),
}


@pytest.mark.parametrize("name", STANDING)
def test_a_pause_that_was_changed_is_told(connection: Connection, clerk: Person, name: str) -> None:
    values, said = STANDING[name]
    step, whole = opened(connection, clerk), opened(connection, clerk)
    task = waiting(connection, step)["prepare"]
    pausing.pause_task(connection, task, "等客户", by=clerk, now=LATER)
    pausing.pause_case(connection, whole, "等客户", by=clerk, now=LATER)
    assert astray(connection) == {}
    connection.execute(sa.update(tasks).where(tasks.c.id == task).values(values))
    connection.execute(sa.update(cases).where(cases.c.id == whole).values(values))
    told = astray(connection)
    assert told[step] == [f"task “prepare in English”: {said}"]
    if "paused_for" in values:
        assert told[whole] == ["clock of the case paused"]
    assert set(told) == {step, whole}


CASE: dict[str, tuple[dict[str, Any], list[str]]] = {
    "next": ({"next_due": None}, ["next deadline"]),
    "due": ({"due_at": LATER}, ["to close by"]),
    "paused": ({"paused_at": LATER}, ["clock of the case paused"]),
    "a reason without a pause": ({"paused_for": "等客户"}, ["clock of the case paused"]),
    "stuck": ({"stuck": True}, ["whether an open incident holds it up"]),
    "reckoned": ({"reckoned": 99}, ["changes of calendars"]),
}


@pytest.mark.parametrize("name", CASE)
def test_a_clock_that_was_changed_is_told(connection: Connection, clerk: Person, name: str) -> None:
    values, said = CASE[name]
    case_id = opened(connection, clerk)
    connection.execute(sa.update(cases).where(cases.c.id == case_id).values(values))
    assert astray(connection) == {case_id: said}

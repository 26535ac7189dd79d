from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import drafts
from engine.tables import tasks
from engine.tasks import claim, complete_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.hearing import listening
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, errand())
    return somebody(connection, "clerk-one", {"clerk"})


def test_a_step_reads_once_and_writes_once_however_many_tasks_it_opens(
    connection: Connection, clerk: Person
) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]

    with listening(connection) as said:
        complete_task(connection, task, NOTE, by=clerk, now=NOW)

    assert len(waiting(connection, case_id)) == 2
    writes = [one for one in said if "INSERT" in one or "UPDATE cases" in one or "DELETE" in one]
    assert len(writes) == 1
    assert len(said) <= 3


def test_a_step_leaves_other_tasks_and_drafts_as_they_are(
    connection: Connection, clerk: Person
) -> None:
    other = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    claim(connection, other, by=clerk, now=NOW)
    task = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    for one in (other, task):
        drafts.save(connection, drafts.of_task(one), {"note": ["半"]}, by=clerk, now=NOW)

    complete_task(connection, task, NOTE, by=clerk, now=NOW)

    held = sa.select(tasks.c.claimed_by).where(tasks.c.id == other)
    assert connection.scalar(held) == clerk.id
    assert drafts.load(connection, drafts.of_task(other), by=clerk) == {"note": ["半"]}
    assert drafts.load(connection, drafts.of_task(task), by=clerk) is None

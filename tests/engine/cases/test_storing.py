from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases import storing
from engine.cases.starts import open_case
from engine.cases.storing import FEW
from engine.tables import cancelled_tasks, tasks
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, waiting
from tests.engine.hearing import listening
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


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
    assert not [one for one in said if "waits" in one or "messages" in one or "calls" in one]


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


def crowd() -> dict[str, bytes]:
    """Give a procedure that asks as many times at once as its start says, until one is enough."""
    p = Process("crowd")
    p.message_start("asked")
    p.user("ask")
    p.each("ask", count="n", results="said", result="opinion", until='opinion == "够了"')
    p.end()
    p.chain("asked", "ask", "done")
    forms = {"crowd/asked": form(n={"type": "integer"}), "crowd/ask": form(opinion=TEXT)}
    return small(p, forms=forms)


@pytest.mark.parametrize("count", [FEW, FEW + 1, 300])
def test_many_tasks_are_opened_and_cancelled_in_portions(
    connection: Connection, count: int
) -> None:
    put_in_force(connection, crowd())
    clerk = somebody(connection, "clerk-one", {"clerk"})

    with listening(connection) as said:
        case_id = open_case(connection, "crowd", Answered({"n": count}), by=clerk, now=NOW).case_id
    assert sum("INSERT INTO tasks" in one for one in said) <= 1 + (count - FEW) // 64 + 6
    mine = tasks.select().where(tasks.c.case_id == case_id)
    rows = connection.execute(mine).all()
    assert sorted(int(str(row.item).partition("/")[0]) for row in rows) == [*range(1, count + 1)]
    claim(connection, rows[-1].id, by=clerk, now=NOW)
    complete_task(connection, rows[0].id, Answered({"opinion": "够了"}), by=clerk, now=NOW)

    assert connection.execute(mine).all() == []
    left = sa.select(sa.func.count()).where(cancelled_tasks.c.case_id == case_id)
    assert connection.scalar(left) == count - 1
    with pytest.raises(TaskGoneError, match="moved past"):
        claim(connection, rows[-1].id, by=clerk, now=NOW)


def test_the_statements_kept_do_not_grow_with_the_counts(connection: Connection) -> None:
    put_in_force(connection, crowd())
    clerk = somebody(connection, "clerk-one", {"clerk"})
    kept = []
    for count in (200, 201, 202, 203):
        open_case(connection, "crowd", Answered({"n": count}), by=clerk, now=NOW)
        kept.append(storing._statement.cache_info().currsize)  # noqa: SLF001 - what it keeps
    assert len(set(kept)) == 1

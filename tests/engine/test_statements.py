"""How many statements a page or a step sends: it does not grow with what there is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from engine.cases import caselist
from engine.history import dossier
from engine.tasks.completing import claim, complete_task
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, crowd, many, waiting
from tests.engine.hearing import listening
from tests.engine.small import somebody

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


def test_the_inbox(connection: Connection, clerk: Person) -> None:
    (task,) = many(connection, clerk, 1)
    inbox(connection, clerk, now=NOW)
    with listening(connection) as few:
        assert len(inbox(connection, clerk, now=NOW).shared) == 1
    crowd(connection, task, 45)
    with listening(connection) as lots:
        assert len(inbox(connection, clerk, now=NOW).shared) == 46
    assert len(few) == len(lots) <= 3


def test_the_list_of_cases(connection: Connection, clerk: Person) -> None:
    many(connection, clerk, 1)
    caselist.search(connection, clerk)
    with listening(connection) as few:
        caselist.search(connection, clerk)
    many(connection, clerk, 20)
    with listening(connection) as lots:
        caselist.search(connection, clerk)
    assert len(few) == len(lots) == 1


def test_a_case_and_a_task(connection: Connection, clerk: Person) -> None:
    case_id = asked(connection, clerk).case_id
    task = waiting(connection, case_id)["prepare"]
    dossier.case(connection, case_id, by=clerk)
    open_task(connection, task, by=clerk)

    def statements() -> tuple[int, int]:
        (now_open,) = list(waiting(connection, case_id).values())[:1]
        with listening(connection) as of_case:
            dossier.case(connection, case_id, by=clerk)
        every = somebody(connection, uuid4().hex, {"clerk", "qc"})
        with listening(connection) as of_task:
            open_task(connection, now_open, by=every)
        return len(of_case), len(of_task)

    before = statements()
    for _ in range(5):
        claim(connection, task, by=clerk, now=NOW)
    complete_task(connection, task, NOTE, by=clerk, now=NOW)
    assert statements() == before


def test_a_step(connection: Connection, clerk: Person) -> None:
    first, second = many(connection, clerk, 2)
    complete_task(connection, first, NOTE, by=clerk, now=NOW)
    with listening(connection) as sent:
        complete_task(connection, second, NOTE, by=clerk, now=NOW + timedelta(hours=2))
    assert len(sent) <= 9, sent

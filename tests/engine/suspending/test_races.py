"""Two at one case at once: one suspends it while another does a step of it or lets it go on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from engine.errors import Refusal
from engine.suspending.holding import NotSuspendedError, resume_case, suspend_case
from engine.suspending.standstill import SuspendedError
from engine.tasks.completing import complete_task
from tests.engine.astray import astray
from tests.engine.clocks.deskwork import NOTE, deskwork, kinds, opened
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person

ROUNDS = 12


@pytest.fixture
def people(database: Engine) -> tuple[Person, Person]:
    with database.begin() as conn:
        put_in_force(conn, deskwork())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        return clerk, somebody(conn, "owner", {"process-owner"})


def at_once(database: Engine, *verbs: Callable[[Connection], object]) -> list[type[Refusal] | None]:
    """Run each in a transaction of its own, all at once; give what each was refused by."""
    ready = Barrier(len(verbs))

    def run(verb: Callable[[Connection], object]) -> type[Refusal] | None:
        ready.wait()
        try:
            with database.begin() as conn:
                verb(conn)
        except Refusal as refused:
            return type(refused)
        return None

    with ThreadPoolExecutor(len(verbs)) as pool:
        return list(pool.map(run, verbs))


def test_a_step_is_done_before_it_is_suspended_or_refused(
    database: Engine, people: tuple[Person, Person]
) -> None:
    clerk, owner = people
    for _ in range(ROUNDS):
        with database.begin() as conn:
            case_id = opened(conn, clerk)
            task = waiting(conn, case_id)["prepare"]

        def complete(conn: Connection, task: UUID = task) -> None:
            complete_task(conn, task, NOTE, by=clerk, now=NOW)

        def suspend(conn: Connection, case_id: UUID = case_id) -> None:
            suspend_case(conn, case_id, "等法院", None, by=owner, now=NOW)

        done, held = at_once(database, complete, suspend)
        assert (done, held) in [(None, NotSuspendedError), (SuspendedError, None)]
        with database.connect() as conn:
            said = "step_completed" if done is None else "case_suspended"
            assert kinds(conn, case_id)[1:] == [said]
    with database.connect() as conn:
        assert astray(conn) == {}


def test_of_two_who_let_it_go_on_one_does(database: Engine, people: tuple[Person, Person]) -> None:
    clerk, owner = people
    for _ in range(ROUNDS):
        with database.begin() as conn:
            case_id = opened(conn, clerk)
            suspend_case(conn, case_id, "等法院", None, by=owner, now=NOW)

        def resume(conn: Connection, case_id: UUID = case_id) -> None:
            resume_case(conn, case_id, by=owner, now=NOW)

        assert set(at_once(database, resume, resume)) == {None, NotSuspendedError}
        with database.connect() as conn:
            assert kinds(conn, case_id).count("case_resumed") == 1

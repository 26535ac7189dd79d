"""People and workers at the same case at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import demo, history, people
from engine.cases import timers
from engine.cases.starts import open_case
from engine.tables import cases, entries, tasks
from engine.tasks.completing import claim, complete_task
from engine.tasks.waiting import TaskClaimedError, TaskGoneError
from forms.posted import Answered
from tests.procedures.complaint import USUAL
from tests.procedures.walk import ACCEPTED, Walk

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Engine

    from engine.cases.starts import Completed
    from engine.people import Person

PROCEDURE = "manufacturer-complaint"


def two_of_sales(database: Engine) -> tuple[Person, Person]:
    with database.begin() as conn:
        first = demo.load(conn, now=ACCEPTED)[0].person
        second = people.add_person(
            conn, "extra", "另一位", password="long enough", held={"sales"}, now=ACCEPTED
        )
    return first, second


def opened(database: Engine, by: Person) -> UUID:
    answers = Answered({**USUAL["complaint_received"], "received_at": "2026-11-09"})
    with database.begin() as conn:
        done = open_case(conn, PROCEDURE, answers, by=by, now=ACCEPTED)
    assert done.next_task is not None
    return done.next_task


def test_of_two_who_finish_a_task_at_once_one_wins_and_the_other_is_told(database: Engine) -> None:
    first, second = two_of_sales(database)

    def finish(task: UUID, by: Person, order: str, ready: Barrier) -> str:
        answers = Answered(
            {
                **USUAL["establish_data"],
                "order_no": order,
                "received_at": "2026-11-09",
                "complaint_reason": "渗水",
            }
        )
        ready.wait()
        try:
            with database.begin() as conn:
                complete_task(conn, task, answers, by=by, now=ACCEPTED)
        except TaskGoneError as told:
            return told.zh
        return "won"

    with ThreadPoolExecutor(2) as pair:
        for _ in range(50):
            task, ready = opened(database, first), Barrier(2)
            one = pair.submit(finish, task, first, "A", ready)
            other = pair.submit(finish, task, second, "B", ready)
            results = sorted([one.result(), other.result()])
            assert results[0] == "won"
            assert results[1].endswith("已完成此待办，案件已进入下一步。")

    with database.connect() as conn:
        done = entries.c.kind == "step_completed"
        assert conn.scalar(sa.select(sa.func.count()).where(done)) == 50
        assert all(history.verify(conn, key) is None for key in conn.scalars(sa.select(cases.c.id)))


def test_a_claim_that_comes_first_keeps_the_task(database: Engine) -> None:
    first, second = two_of_sales(database)

    def take(task: UUID, ready: Barrier) -> bool:
        ready.wait()
        try:
            with database.begin() as conn:
                claim(conn, task, by=second, now=ACCEPTED)
        except TaskGoneError:
            return False
        return True

    def finish(task: UUID, ready: Barrier) -> bool:
        answers = Answered(
            {**USUAL["establish_data"], "received_at": "2026-11-09", "complaint_reason": "渗水"}
        )
        ready.wait()
        try:
            with database.begin() as conn:
                complete_task(conn, task, answers, by=first, now=ACCEPTED)
        except TaskClaimedError:
            return False
        return True

    with ThreadPoolExecutor(2) as pair:
        for _ in range(20):
            task, ready = opened(database, first), Barrier(2)
            claimed = pair.submit(take, task, ready)
            finished = pair.submit(finish, task, ready)
            assert claimed.result() != finished.result()


def test_a_timer_fires_once_however_many_workers_wake_it(database: Engine) -> None:
    with database.begin() as conn:
        demo.load(conn, now=ACCEPTED)
    for _ in range(6):
        with database.begin() as conn:
            walk = Walk(conn, PROCEDURE, USUAL)
            walk.opens()
            walk.does_all("establish_data", "fill_handling_form", "comment_by_supervisor")
            walk.does("register_case")
    later = ACCEPTED + timedelta(days=30)

    def work(_: int) -> int:
        woken = 0
        while True:
            with database.begin() as conn:
                if not timers.wake_next(conn, now=later):
                    return woken
            woken += 1

    with ThreadPoolExecutor(8) as workers:
        assert sum(workers.map(work, range(8))) == 6

    with database.connect() as conn:
        fired = sa.select(entries.c.case_id, entries.c.timer_id).where(
            entries.c.kind == "timer_fired"
        )
        rows = conn.execute(fired).all()
        assert len(rows) == len(set(rows)) == 12
        assert conn.scalar(sa.select(sa.func.count()).select_from(tasks)) == 18


def test_a_form_sent_twice_at_once_by_one_person_is_taken_once_and_answered_alike(
    database: Engine,
) -> None:
    first, _ = two_of_sales(database)
    answers = Answered(
        {**USUAL["establish_data"], "received_at": "2026-11-09", "complaint_reason": "渗水"}
    )

    def finish(task: UUID, ready: Barrier) -> Completed:
        ready.wait()
        with database.begin() as conn:
            return complete_task(conn, task, answers, by=first, now=ACCEPTED)

    with ThreadPoolExecutor(2) as pair:
        for _ in range(20):
            task, ready = opened(database, first), Barrier(2)
            one, other = pair.submit(finish, task, ready), pair.submit(finish, task, ready)
            assert one.result() == other.result()

    with database.connect() as conn:
        done = entries.c.kind == "step_completed"
        assert conn.scalar(sa.select(sa.func.count()).where(done)) == 20

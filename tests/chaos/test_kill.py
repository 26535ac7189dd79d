"""`kill -9` of web and worker in the middle of 200 running cases loses and doubles nothing."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from random import Random
from threading import Event
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.incidents import recording
from engine.tables import cases, entries, tasks
from forms import Answered
from tests.chaos.browser import Browser
from tests.chaos.company import PROCEDURE
from tests.chaos.judging import Story, check_projection, check_story, stories
from tests.chaos.servers import Servers

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

    from sqlalchemy import Engine

    from engine.people import Person

CASES, BROWSERS, HELD = 200, 5, 20
SEED = 20261109
LONGEST = 40
"""Seconds within which something must happen that the test waits for."""


def open_all(database: Engine, by: Person) -> None:
    """Open the cases; every tenth is held back until a chief lets it go, whom nobody plays."""
    now = datetime.now(UTC)
    with database.begin() as conn:
        for n in range(CASES):
            slip = Answered({"customer": f"客户 {n}", "held": n % (CASES // HELD) == 0})
            open_case(conn, PROCEDURE, slip, by=by, now=now)


def left(database: Engine) -> int:
    """Count the cases that are not at their place yet."""
    waits = sa.select(tasks.c.case_id).where(tasks.c.element != "release_goods")
    on_the_way = sa.select(sa.func.count()).where(cases.c.id.in_(waits))
    with database.connect() as conn:
        return conn.scalar(on_the_way) or 0


def steps_reach(database: Engine, goal: int) -> bool:
    """Say whether so many steps are done."""
    done = sa.select(sa.func.count()).where(entries.c.kind == "step_completed")
    with database.connect() as conn:
        return (conn.scalar(done) or 0) >= goal


def kill_at_random(servers: Servers, database: Engine, working: list[Future[None]]) -> list[int]:
    """Kill each kind of process twice, in any order, each time after some more steps.

    Returns how many cases were on their way at each.
    """
    chance, during, goal = Random(SEED), [], 0
    ways = 2 * (
        servers.kill_a_web_process,
        servers.kill_the_web_master,
        servers.kill_the_whole_web,
        servers.kill_a_worker,
        servers.kill_everything,
    )
    for kill in chance.sample(ways, len(ways)):
        goal += chance.randrange(20, 60)
        until(partial(steps_reach, database, goal), working, servers)
        during.append(left(database))
        kill(chance)
        servers.tend()
        servers.wait()
    return during


def until(reached: Callable[[], bool], working: list[Future[None]], servers: Servers) -> None:
    """Wait until the clerks have brought something about; stop early if one was told nonsense."""
    deadline = time.monotonic() + LONGEST
    while not reached() and all(one.running() for one in working):
        assert time.monotonic() < deadline, "the clerks do not get on"
        servers.tend()
        time.sleep(0.02)


def test_nothing_is_lost_or_doubled(database: Engine, clerks: list[Person]) -> None:
    over = Event()
    open_all(database, clerks[0])
    with Servers(database) as servers, ThreadPoolExecutor(BROWSERS) as pool:
        browsers = [
            Browser(servers.port, clerk.login, Random(SEED + n), over)
            for n, clerk in enumerate(clerks[:BROWSERS])
        ]
        working = [pool.submit(browser.work) for browser in browsers]
        try:
            during = kill_at_random(servers, database, working)
            until(lambda: left(database) == 0, working, servers)
        finally:
            over.set()
        for one in working:
            one.result()

    assert all(during), "nothing was running any more when the last ones were killed"
    with database.connect() as conn:
        told = stories(conn)
        assert recording.unresolved(conn) == []
        assert conn.scalar(sa.select(sa.func.count()).select_from(tasks)) == HELD
    assert len(told) == CASES
    for case in told:
        check_story(case)
        check_projection(case)
    numbers = sorted(int(case.row.number.rpartition("-")[2]) for case in told)
    assert numbers == [*range(1, CASES + 1)]
    check_what_clerks_were_told(browsers, clerks, told)


def check_what_clerks_were_told(
    browsers: list[Browser], clerks: list[Person], told: list[Story]
) -> None:
    """Let every step be one that exactly one clerk was told that they did, with their answers."""
    done = {e.task: e for case in told for e in case.events if e.kind == "step_completed"}
    assert Counter(UUID(task) for b in browsers for task in b.taken) == Counter(done.keys())
    cancelled = {task for case in told for task in case.cancelled}
    for browser, clerk in zip(browsers, clerks, strict=False):
        for task in browser.taken:
            step = done[UUID(task)]
            assert (step.actor, step.answers) == (clerk.id, {"remark": f"{clerk.login} {task}"})
        for task in browser.refused:
            others = UUID(task) in cancelled or done[UUID(task)].actor != clerk.id
            assert others, f"{clerk.login} was refused {task}, their own"

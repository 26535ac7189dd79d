"""`kill -9` of `banjie move` halfway through a batch: none is moved, the next one moves all."""

from __future__ import annotations

import subprocess
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.procedures.publishing import publish
from engine.tables import cases, entries, transfer_cases, transfers, versions
from forms import Answered
from tests.chaos.servers import environment
from tests.engine.errand import errand
from tests.engine.small import put_in_force, somebody
from tests.engine.transfers.test_batches import LONGER, WHY, edited
from web.processes import banjie

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Engine

CASES = 30
LONGEST = 30
"""Seconds within which something must happen that the test waits for."""
NONE, ALL = (0, 0), (CASES, CASES)


@pytest.fixture
def company(database: Engine) -> Engine:
    """Give a database in which a second version is in force, with all cases in the first."""
    now = datetime.now(UTC)
    with database.begin() as conn:
        put_in_force(conn, errand())
        clerk = somebody(conn, "clerk", {"clerk"})
        for n in range(CASES):
            open_case(conn, "errand", Answered({"customer": f"客户 {n}"}), by=clerk, now=now)
        publish(conn, edited(LONGER), by=None, now=now)
    return database


def moved(database: Engine) -> tuple[int, int]:
    """Count, at one moment, the cases in the second version, and the entries of moves."""
    there = sa.select(sa.func.count()).join_from(cases, versions).where(versions.c.number > 1)
    told = sa.select(sa.func.count()).where(entries.c.kind == "case_moved")
    with database.connect() as conn:
        row = conn.execute(sa.select(there.scalar_subquery(), told.scalar_subquery())).one()
        return (row[0], row[1])


def looked_at(database: Engine) -> int:
    with database.connect() as conn:
        done = sa.select(sa.func.count()).where(transfer_cases.c.verdict.is_not(None))
        return conn.scalar(done) or 0


def held(database: Engine) -> int:
    """Count the cases that a transaction has in hand."""
    free = sa.select(cases.c.id).with_for_update(key_share=True, read=True, skip_locked=True)
    with database.connect() as conn:
        return CASES - len(conn.scalars(free).all())


@contextmanager
def watching(database: Engine) -> Iterator[set[tuple[int, int]]]:
    """Give what is seen of the moves, looked at again and again until the block ends."""
    seen, over = set[tuple[int, int]](), Event()

    def look() -> None:
        while not over.wait(0.002):
            seen.add(moved(database))

    watcher = Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def moving(database: Engine) -> subprocess.Popen[bytes]:
    said = ("move", "errand", "--to", "2", "--why", WHY)
    return subprocess.Popen(banjie(*said), env=environment(database), stdout=subprocess.PIPE)


def killed_when(database: Engine, is_time: Callable[[], bool]) -> None:
    """Begin to move, and kill whoever moves at a moment at which it must still be at it."""
    mover = moving(database)
    try:
        until(is_time, mover)
    finally:
        mover.kill()
        mover.communicate()
    assert mover.returncode < 0, "it was through before it was killed"


def until(is_time: Callable[[], bool], mover: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + LONGEST
    while not is_time():
        assert mover.poll() is None, "it was through too soon"
        assert time.monotonic() < deadline, "it does not get on"


def test_a_batch_whose_mover_is_killed_is_moved_once_and_as_a_whole(company: Engine) -> None:
    chance = Random()
    looks, moves = chance.randrange(1, CASES // 2), chance.randrange(1, CASES // 2)
    with watching(company) as seen:
        killed_when(company, partial(reaches, looked_at, company, looks))
        assert moved(company) == NONE
        killed_when(company, partial(reaches, held, company, moves))
        assert (looked_at(company), moved(company)) == (CASES, NONE)
        said, _ = (last := moving(company)).communicate(timeout=LONGEST)
    assert (last.returncode, moved(company)) == (0, ALL), said
    assert seen <= {NONE, ALL}, (looks, moves)
    checked = subprocess.run(banjie("verify"), env=environment(company), check=False)
    assert checked.returncode == 0
    with company.connect() as conn:
        told = sa.select(entries.c.case_id).where(entries.c.kind == "case_moved").distinct()
        assert len(conn.scalars(told).all()) == CASES
        assert conn.scalar(sa.select(sa.func.count()).select_from(transfers)) == 1


def reaches(count: Callable[[Engine], int], database: Engine, goal: int) -> bool:
    return count(database) >= goal

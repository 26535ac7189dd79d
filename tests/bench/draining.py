"""Ten thousand timers that are due in one minute, drained by one worker and by two."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.tables import cases
from tests.bench import stand
from tests.bench.company import WAKING, new_database, open_cases
from tests.bench.counting import cpu, postmaster

if TYPE_CHECKING:
    import subprocess

    from engine.embedded import Server

TIMERS = 10_000
PATIENCE = 300


@dataclass(frozen=True)
class Drained:
    """How many workers it took how long; `spent` is the CPU of workers and PostgreSQL."""

    workers: int
    seconds: float
    spent: float

    @property
    def each(self) -> float:
        """CPU for one timer, ms."""
        return 1000 * self.spent / TIMERS


def drain(server: Server, workers: int) -> Drained:
    """Let so many workers wake cases that were all due an hour ago."""
    engine = new_database(server, f"draining_{workers}")
    open_cases(engine, WAKING, TIMERS, ago=timedelta(hours=2))
    database = postmaster(server)
    with ExitStack() as running:
        before, began = cpu(database), time.monotonic()
        started = [running.enter_context(stand.worker(engine)) for _ in range(workers)]
        while _left(engine):
            _check(started, began)
            time.sleep(0.05)
        seconds = time.monotonic() - began
        spent = cpu(database) - before + sum(cpu(worker.pid) for worker in started)
    engine.dispose()
    return Drained(workers, seconds, spent)


def _left(engine: sa.Engine) -> bool:
    with engine.connect() as conn:
        due = sa.exists().where(cases.c.next_due < sa.func.now())
        return bool(conn.scalar(sa.select(due)))


def _check(started: list[subprocess.Popen[bytes]], began: float) -> None:
    ended = any(worker.poll() is not None for worker in started)
    if ended or time.monotonic() - began > PATIENCE:
        message = "the workers do not wake the cases"
        raise RuntimeError(message)

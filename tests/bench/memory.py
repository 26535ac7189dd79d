"""Memory of the processes after work: each web process, and a worker that has woken cases."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.tables import cases
from tests.bench import stand
from tests.bench.company import WAKING, open_cases
from tests.bench.counting import family, pss

if TYPE_CHECKING:
    from subprocess import Popen

    from tests.bench.stand import Web

WAKES = 1000
PATIENCE = 60


def of_web(web: Web) -> list[float]:
    """Give the PSS of each process that answers requests, MB."""
    return [pss(pid) for pid in family(web.pid)]


def of_worker(engine: sa.Engine) -> tuple[float, float]:
    """Let a worker wake cases; give its PSS in MB, and how many cases it woke in a second."""
    open_cases(engine, WAKING, WAKES, ago=timedelta(hours=2))
    with stand.worker(engine) as worker:
        while _are_due(engine, WAKES):
            time.sleep(0.02)
        began = time.monotonic()
        while _are_due(engine, 1):
            _check(worker, began)
            time.sleep(0.02)
        return pss(worker.pid), WAKES / (time.monotonic() - began)


def _are_due(engine: sa.Engine, count: int) -> bool:
    due = sa.select(cases.c.id).where(cases.c.next_due < sa.func.now()).limit(count).subquery()
    with engine.connect() as conn:
        return conn.scalar(sa.select(sa.func.count()).select_from(due)) == count


def _check(worker: Popen[bytes], began: float) -> None:
    if worker.poll() is not None or time.monotonic() - began > PATIENCE:
        message = "the worker does not wake the cases"
        raise RuntimeError(message)

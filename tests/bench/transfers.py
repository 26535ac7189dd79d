"""Three hundred open cases that go to another version together, against a step of each of them.

All are cases of the looping report; what is measured has no HTTP around it and is rolled back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.tasks.completing import complete_task
from engine.transfers.batches import Which, carry_out, foresee_next
from engine.transfers.planning import begin
from tests.bench.company import FOLDER, LOOPING, REPORT, clerk, new_database, open_cases
from tests.bench.figures import Samples

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.embedded import Server

CASES = 300
ROUNDS = 5
NEXT = 2
"""The number of the version that they go to."""


@dataclass
class Measured:
    """What one case of all took, by round: a step, being looked at, being moved."""

    step: Samples = field(default_factory=Samples)
    foreseen: Samples = field(default_factory=Samples)
    moved: Samples = field(default_factory=Samples)


def measure(server: Server) -> Measured:
    """Let every case take a step, then look at all of them and move them, again and again."""
    engine = new_database(server, "transfers")
    tasks = open_cases(engine, LOOPING, CASES, ago=timedelta(0))
    _publish_next(engine)
    found = Measured()
    for _ in range(ROUNDS):
        _step(engine, tasks, found)
        _move(engine, found)
    engine.dispose()
    return found


def _publish_next(engine: Engine) -> None:
    files = read_folder(FOLDER)
    path = f"forms/{LOOPING}/write_report.json"
    files = {**files, path: files[path] + b"\n"}
    with engine.begin() as conn:
        publish(conn, files, by=None, now=datetime.now(UTC), note="bench")


def _step(engine: Engine, tasks: list[str], found: Measured) -> None:
    by, now = clerk(engine), datetime.now(UTC)
    with engine.connect() as conn:
        began = perf_counter()
        for task in tasks:
            complete_task(conn, UUID(task), REPORT, by=by, now=now)
        found.step.took.append((perf_counter() - began) / CASES)
        conn.rollback()


def _move(engine: Engine, found: Measured) -> None:
    now = datetime.now(UTC)
    with engine.connect() as conn:
        batch = begin(conn, LOOPING, NEXT, reason="bench", by=None, now=now)
        began = perf_counter()
        while foresee_next(conn, batch, now=now):
            pass
        foreseen = perf_counter()
        assert carry_out(conn, batch, Which.ALL, by=None, now=now) == CASES
        found.foreseen.took.append((foreseen - began) / CASES)
        found.moved.took.append((perf_counter() - foreseen) / CASES)
        conn.rollback()

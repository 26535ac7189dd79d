"""A step of a long case against one of a short case, by the engine's verb, without HTTP around it.

Each is done, timed and rolled back again and again, in turns, so that both stay where they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from engine.tables import cases, tasks
from engine.tasks.completing import complete_task
from tests.bench.company import LOOPING, REPORT, clerk, new_database, open_cases
from tests.bench.figures import Samples

if TYPE_CHECKING:
    from engine.embedded import Server
    from engine.people import Person

SHORT, LONG = 10, 300
TIMES = 300


@dataclass
class Place:
    """A case that stands before its step of this number; `state` is in bytes."""

    step: int
    task: UUID
    state: int
    samples: Samples = field(default_factory=Samples)


def grow(server: Server) -> tuple[Place, Place]:
    """Measure step 10 and step 300."""
    engine = new_database(server, "growth")
    by = clerk(engine)
    places = _place(engine, by, SHORT), _place(engine, by, LONG)
    for number in range(TIMES):
        for place in places[:: 1 if number % 2 else -1]:
            _do(engine, by, place)
    engine.dispose()
    return places


def times(long: Place, short: Place) -> float:
    """Give the ratio of the medians."""
    return long.samples.p50 / short.samples.p50


def _place(engine: sa.Engine, by: Person, step: int) -> Place:
    task = UUID(open_cases(engine, LOOPING, 1, ago=timedelta(0))[0])
    for _ in range(step - 1):
        with engine.begin() as conn:
            done = complete_task(conn, task, REPORT, by=by, now=datetime.now(UTC))
        assert done.next_task is not None
        task = done.next_task
    size = sa.select(sa.func.length(cases.c.state)).join(tasks).where(tasks.c.id == task)
    with engine.begin() as conn:
        return Place(step, task, int(conn.scalar(size) or 0))


def _do(engine: sa.Engine, by: Person, place: Place) -> None:
    now = datetime.now(UTC)
    with engine.connect() as conn:
        began = perf_counter()
        complete_task(conn, place.task, REPORT, by=by, now=now)
        place.samples.took.append(perf_counter() - began)
        conn.rollback()

"""A thousand ended cases replayed by their histories, against a plain step of each of them.

What is measured has no HTTP around it. Cases are made and replayed in parts, so that drift meets
both alike.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from engine.procedures.bundles import read_folder
from engine.replaying.replay import chosen, drafted, replay
from engine.replaying.verdicts import Verdict
from engine.tasks.completing import complete_task
from forms import Answered
from tests.bench.company import FOLDER, LOOPING, REPORT, clerk, new_database, open_cases
from tests.bench.figures import Samples

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.embedded import Server
    from engine.people import Person

PARTS, CASES, STEPS = 10, 1_000, 10
LAST = Answered({name: said[0] for name, said in REPORT.texts.items()} | {"more": "no"})


@dataclass
class Measured:
    """What a step took, and what the replay of a case of so many steps; both of each part."""

    step: Samples = field(default_factory=Samples)
    replay: Samples = field(default_factory=Samples)

    @property
    def seconds(self) -> float:
        """What all replays took together, one after the other."""
        return sum(self.replay.took) * CASES / PARTS


def measure(server: Server) -> Measured:
    """Let cases run to their end, part by part, and replay those of each part."""
    engine = new_database(server, "replays")
    found, by = Measured(), clerk(engine)
    for _ in range(PARTS):
        _run(engine, by, found)
        _replay(engine, found)
    engine.dispose()
    return found


def _run(engine: Engine, by: Person, found: Measured) -> None:
    tasks = open_cases(engine, LOOPING, CASES // PARTS, ago=timedelta(hours=1))
    with engine.begin() as conn:
        began, now = perf_counter(), datetime.now(UTC)
        for task in tasks:
            key: UUID | None = UUID(task)
            for left in reversed(range(STEPS)):
                assert key is not None
                answers = REPORT if left else LAST
                key = complete_task(conn, key, answers, by=by, now=now).next_task
        found.step.took.append((perf_counter() - began) / len(tasks) / STEPS)


def _replay(engine: Engine, found: Measured) -> None:
    now = datetime.now(UTC)
    with engine.connect() as conn:
        conn.execute(sa.text("set transaction read only"))
        to = drafted(conn, read_folder(FOLDER), LOOPING)
        keys = chosen(conn, LOOPING, limit=CASES // PARTS)
        began = perf_counter()
        for key in keys:
            assert replay(conn, key, to, now=now).replayed.verdict is Verdict.SAME
        found.replay.took.append((perf_counter() - began) / len(keys))

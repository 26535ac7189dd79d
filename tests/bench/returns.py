"""What a return across a parallel join costs: the joined branch is undone, its sibling stays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.going_back.anew import THROUGH
from engine.going_back.returning import return_task
from engine.people import Person, add_person
from engine.procedures.publishing import publish
from engine.tables import tasks
from engine.tasks.completing import complete_task
from forms import Answered
from tests.bench.company import PASSWORD, new_database
from tests.bench.figures import Samples
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from engine.embedded import Server

TIMES = 300
ANSWER = Answered({"said": "yes"})


@dataclass
class Measured:
    """Both verbs on the same task behind the join: it is completed, and it is returned."""

    step: Samples = field(default_factory=Samples)
    returned: Samples = field(default_factory=Samples)


def measure(server: Server) -> Measured:
    """Complete the step behind a parallel join, and return it before the join, in turns.

    Each is rolled back, so that both begin with the same case.
    """
    engine = new_database(server, "returns")
    with engine.begin() as conn:
        by, done, task = _behind_the_join(conn)

    def complete(conn: sa.Connection, now: datetime) -> None:
        complete_task(conn, task, ANSWER, by=by, now=now)

    def send_back(conn: sa.Connection, now: datetime) -> None:
        return_task(conn, task, done, THROUGH, "bench", by=by, now=now)

    found = Measured()
    pairs = ((complete, found.step), (send_back, found.returned))
    for number in range(TIMES):
        for verb, samples in pairs[:: 1 if number % 2 else -1]:
            with engine.connect() as conn:
                now = datetime.now(UTC)
                began = perf_counter()
                verb(conn, now)
                samples.took.append(perf_counter() - began)
                conn.rollback()
    engine.dispose()
    return found


def _behind_the_join(conn: sa.Connection) -> tuple[Person, UUID, UUID]:
    """Bring a case behind the join: give the person, a step of one branch, the step behind."""
    now = datetime.now(UTC)
    drawn = Process("joined")
    drawn.chain(drawn.message_start("opened"), drawn.parallel("fork"), drawn.user("left"))
    drawn.chain("left", drawn.parallel("join"), drawn.user("work"), drawn.end())
    drawn.chain("fork", drawn.user("right"), "join")
    forms = {f"joined/{step}": form(said=TEXT) for step in ("opened", "left", "right", "work")}
    publish(conn, small(drawn, forms=forms), by=None, now=now, note="bench")
    by = add_person(conn, "worker", "worker", password=PASSWORD, held={"clerk"}, now=now)
    open_case(conn, "joined", ANSWER, by=by, now=now)
    waiting = {row.element: row.id for row in conn.execute(sa.select(tasks.c.element, tasks.c.id))}
    for step in ("left", "right"):
        complete_task(conn, waiting[step], ANSWER, by=by, now=now)
    return by, waiting["left"], UUID(str(conn.scalar(sa.select(tasks.c.id))))

"""What the shape of a diagram costs: nested calls, a join in a loop, and the real complaint."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import perf_counter
from typing import TYPE_CHECKING
from uuid import UUID

import sqlalchemy as sa

from engine import demo
from engine.cases.starts import open_case
from engine.people import Person, add_person
from engine.procedures.bundles import read_folder
from engine.procedures.publishing import publish
from engine.tables import cases, tasks
from engine.tasks.completing import complete_task
from forms import Answered
from tests.bench.company import PASSWORD, new_database
from tests.bench.figures import Samples
from tests.engine.small import TEXT, form, small
from tests.engine.spiff.drawing import Process
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER, USUAL
from tests.procedures.walk import ACCEPTED, Walk

if TYPE_CHECKING:
    from engine.embedded import Server

DEPTH = 5
EARLY, LATE = 10, 300
TIMES = 300
ANSWER = Answered({"said": "yes"})


@dataclass
class Place:
    """A case that stands before one step; `state` is in bytes."""

    task: UUID
    state: int
    samples: Samples = field(default_factory=Samples)


def deep(server: Server) -> tuple[Place, Place]:
    """Measure a step in the procedure itself, and the same step five calls below it."""
    engine = new_database(server, "deep")
    by = _publish(engine, _nested("flat", 0), _nested("deep", DEPTH))
    places = _place(engine, by, "flat", 1), _place(engine, by, "deep", 1)
    return _measured(engine, by, places)


def joining(server: Server) -> tuple[Place, Place]:
    """Measure a round through a parallel join in a loop, early and late."""
    engine = new_database(server, "joining")
    by = _publish(engine, (_rounds(),))
    places = _place(engine, by, "rounds", 2 * EARLY), _place(engine, by, "rounds", 2 * LATE)
    return _measured(engine, by, places)


def largest_state(server: Server) -> int:
    """Give the bytes of the largest state that E01 has on its way from the counter to settled."""
    engine = new_database(server, "complaint")
    with engine.begin() as conn:
        publish(conn, read_folder(), by=None, now=ACCEPTED, note="bench")
        demo.load(conn, now=ACCEPTED)
        add_person(conn, "other", "other", password=PASSWORD, held={"other"}, now=ACCEPTED)
        walk = Walk(conn, "manufacturer-complaint", USUAL)
        walk.opens()
        sizes = [len(walk.row().state)]
        for step in (
            *REGISTER, "review_content", *INVESTIGATE, "determine_handling",
            "plan_quality_handling", "decide", *NEGOTIATE, "write_opinion", "decide",
            "archive_case", "pass_final_decision",
        ):  # fmt: skip
            walk.does(step)
            sizes.append(len(walk.row().state))
        assert walk.outcome == "complaint_settled"
    engine.dispose()
    return max(sizes)


def _publish(engine: sa.Engine, *procedures: tuple[Process, ...]) -> Person:
    with engine.begin() as conn:
        now = datetime.now(UTC)
        for processes in procedures:
            forms = {f"{each.process}/{id_}": form(said=TEXT) for each in processes
                     for id_ in each.ids if id_ in {"opened", "work", "left", "right"}}  # fmt: skip
            publish(conn, small(*processes, forms=forms), by=None, now=now, note="bench")
        return add_person(conn, "worker", "worker", password=PASSWORD, held={"clerk"}, now=now)


def _nested(name: str, depth: int) -> tuple[Process, ...]:
    """Draw a step that comes again and again, in a process called so many levels down."""
    processes = [Process(name if level == 0 else f"{name}-{level}") for level in range(depth + 1)]
    for level, drawn in enumerate(processes):
        start = drawn.message_start("opened") if level == 0 else drawn.start("begun")
        if level == depth:
            again = drawn.xor("again", "once_more")
            drawn.chain(start, drawn.xor("meet"), drawn.user("work"), again)
            drawn.flow("again", "meet", id_="once_more")
            drawn.flow("again", drawn.end(), 'said == "no"')
        else:
            called = drawn.call("inner", processes[level + 1].process)
            drawn.chain(start, called, drawn.end())
    return tuple(processes)


def _rounds() -> Process:
    drawn = Process("rounds")
    drawn.chain(drawn.message_start("opened"), drawn.xor("meet"), drawn.parallel("fork"))
    drawn.chain("fork", drawn.user("left"), drawn.parallel("join"))
    drawn.chain("fork", drawn.user("right"), "join")
    drawn.flow("join", drawn.xor("again", "once_more"))
    drawn.flow("again", "meet", id_="once_more")
    drawn.flow("again", drawn.end(), 'said == "no"')
    return drawn


def _place(engine: sa.Engine, by: Person, procedure: str, steps: int) -> Place:
    with engine.begin() as conn:
        case = open_case(conn, procedure, ANSWER, by=by, now=datetime.now(UTC)).case_id
    for _ in range(steps):
        with engine.begin() as conn:
            complete_task(conn, _next(conn, case), ANSWER, by=by, now=datetime.now(UTC))
    with engine.connect() as conn:
        size = conn.scalar(sa.select(sa.func.length(cases.c.state)).where(cases.c.id == case))
        return Place(_next(conn, case), int(size or 0))


def _next(conn: sa.Connection, case: UUID) -> UUID:
    wanted = sa.select(tasks.c.id).where(tasks.c.case_id == case).order_by(tasks.c.opened_at)
    return UUID(str(conn.scalars(wanted).first()))


def _measured(engine: sa.Engine, by: Person, places: tuple[Place, Place]) -> tuple[Place, Place]:
    """Do each step, time it and roll it back, in turns."""
    for number in range(TIMES):
        for place in places[:: 1 if number % 2 else -1]:
            with engine.connect() as conn:
                now = datetime.now(UTC)
                began = perf_counter()
                complete_task(conn, place.task, ANSWER, by=by, now=now)
                place.samples.took.append(perf_counter() - began)
                conn.rollback()
    engine.dispose()
    return places

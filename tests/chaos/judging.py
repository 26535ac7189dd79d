"""What stands in the database once a run is over, told case by case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import sqlalchemy as sa

from engine import history, procedures, spiff
from engine.history.dossier import history_rows
from engine.tables import cancelled_tasks, cases, tasks
from tests.chaos.company import PROCEDURE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

STEPS = ("count_goods", "file_papers", "check_goods")
TIMERS = {"count_late": "count_goods", "check_late": "check_goods"}


@dataclass(frozen=True)
class Event:
    """One entry, as far as it matters here."""

    kind: str
    element: str
    at: datetime
    task: UUID | None
    timer: UUID | None
    actor: UUID | None
    answers: dict[str, Any]


@dataclass(frozen=True)
class Story:
    """One case: its row, its entries, its open and its cancelled tasks."""

    row: Any
    events: Sequence[Event]
    waiting: frozenset[tuple[UUID, str, str, str, datetime | None]]
    cancelled: frozenset[UUID]
    opened: dict[str, str]
    armed: dict[str, datetime]
    position: spiff.Position
    verifies: bool

    def done(self, kind: str) -> list[str]:
        """Give the elements of the entries of a kind, in their order."""
        return [event.element for event in self.events if event.kind == kind]

    def at(self, kind: str, element: str) -> datetime | None:
        """Give the moment of an element's entry of a kind."""
        found = [e.at for e in self.events if (e.kind, e.element) == (kind, element)]
        return found[0] if found else None


def stories(conn: Connection) -> list[Story]:
    """Read every case of the goods return."""
    compiled = procedures.in_force(conn, PROCEDURE).compiled
    mine = sa.select(cases).where(cases.c.procedure == PROCEDURE)
    return [_story(conn, compiled, row) for row in conn.execute(mine.order_by(cases.c.code))]


def _story(conn: Connection, compiled: spiff.Compiled, row: Any) -> Story:  # noqa: ANN401 - a row
    entries = history_rows(conn, row.id)
    bodies = [history.read(entry.body) for entry in entries]
    open_rows = conn.execute(sa.select(tasks).where(tasks.c.case_id == row.id))
    gone = sa.select(cancelled_tasks.c.task_id).where(cancelled_tasks.c.case_id == row.id)
    return Story(
        row=row,
        events=[
            Event(
                kind=entry.kind,
                element=body.get("element", ""),
                at=entry.at,
                task=entry.task_id,
                timer=entry.timer_id,
                actor=entry.actor,
                answers=orjson.loads(entry.answers) if entry.answers else {},
            )
            for entry, body in zip(entries, bodies, strict=True)
        ],
        waiting=frozenset((t.id, t.process, t.element, t.role, t.due_at) for t in open_rows),
        cancelled=frozenset(conn.scalars(gone)),
        opened={
            task: place.split(":")[1] for b in bodies for task, place, _ in b.get("opened", [])
        },
        armed={
            place.split(":")[1]: datetime.fromisoformat(due)
            for body in bodies
            for place, due in body.get("armed", [])
        },
        position=spiff.position(compiled, row.state),
        verifies=history.verify(conn, row.id) is None,
    )


def check_story(case: Story) -> None:
    """Let a case have run as drawn: every step once, every timer once if its time had come."""
    held = case.events[0].answers["held"]
    done, fired = case.done("step_completed"), case.done("timer_fired")
    assert case.events[0].kind == "case_opened"
    assert sorted(set(done) - {"urge_count"}) == sorted(STEPS), case
    assert len(done) == len(set(done)), case
    assert done.index("count_goods") < min(done.index("file_papers"), done.index("check_goods"))
    assert len(fired) == len(set(fired)), case
    assert len(case.done("number_allotted")) == 1, case
    assert case.row.number is not None
    assert (case.row.status, case.row.stuck) == ("open" if held else "ended", False), case
    assert {task[2] for task in case.waiting} == ({"release_goods"} if held else set()), case
    for timer, host in TIMERS.items():
        _check_timer(case, timer, host)
    assert set(case.opened.values()) >= {*STEPS, *(["urge_count"] if "count_late" in fired else [])}


def _check_timer(case: Story, timer: str, host: str) -> None:
    fired, finished = case.at("timer_fired", timer), case.at("step_completed", host)
    assert finished is not None
    assert case.armed[timer] <= fired if fired else finished < case.armed[timer], case


def check_projection(case: Story) -> None:
    """Let rows and entries say what the stored state says, and the chain be whole."""
    assert case.verifies
    assert case.waiting == {
        (task.id, task.process, task.element, task.role, task.due) for task in case.position.tasks
    }
    dues = [timer.due for timer in case.position.timers]
    assert case.row.next_due == min(dues, default=None)
    assert case.row.entries == len(case.events)
    completed = {event.task for event in case.events if event.kind == "step_completed"}
    opened = {UUID(task) for task in case.opened}
    assert opened == completed | case.cancelled | {task[0] for task in case.waiting}
    assert not completed & case.cancelled

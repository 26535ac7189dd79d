"""The stage: one case of a scenario, everybody who works on it, and how it goes to its end."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

import sqlalchemy as sa

from engine import demo, people, procedures, spiff
from engine.tables import entries, tasks
from engine.tables import people as people_table
from engine.tasks.completing import complete_task
from forms import Answered
from tests.procedures.complaint import USUAL
from tests.procedures.everywhere.clocks import Watch
from tests.procedures.walk import ACCEPTED, Walk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person
    from engine.spiff import Compiled
    from tests.procedures.everywhere.scenes import Place, Scene

PROCEDURE: Final = "manufacturer-complaint"
PAUSE: Final = timedelta(minutes=10)
"""What every step takes, so that no two deadlines begin at one moment."""
MOST: Final = 80


@dataclass
class Stage:
    """A case that stands before the step ``at`` of its scene.

    ``doubles`` are second people of each role, ``guest`` one without any, all known by their ids.
    """

    walk: Walk
    scene: Scene
    guest: Person
    doubles: dict[str, Person]
    at: int = 0
    done: list[Place] = field(default_factory=list)
    watch: Watch = field(default_factory=Watch)

    @property
    def conn(self) -> Connection:
        return self.walk.conn

    @property
    def row(self) -> Any:  # noqa: ANN401 - a row
        """The open task of the step that is next."""
        return self.walk.task(self.scene.steps[self.at])

    @property
    def path(self) -> tuple[str, ...]:
        """The calls down to the step that is next."""
        task, at = self.row.id, spiff.position(self.compiled, self.walk.row().state)
        return next(each.path for each in at.tasks if each.id == task)

    @property
    def holder(self) -> Person:
        """Who does the step that is next."""
        return self.walk.person(self.row.role)

    @property
    def compiled(self) -> Compiled:
        return procedures.version(self.conn, self.walk.row().version_id).compiled

    @property
    def open(self) -> list[sa.Row[Any]]:
        """The open tasks, in the order of the scene."""
        ours = sa.select(tasks).where(tasks.c.case_id == self.walk.case_id)
        order = self.scene.steps
        found = self.conn.execute(ours).all()
        return sorted(found, key=lambda row: order.index(row.element))

    def person(self, key: UUID | None, role: str) -> Person:
        """Return who holds a task, or else the one who usually does what a role does."""
        known = {one.id: one for one in (self.guest, *self.doubles.values())}
        if key in known:
            return known[key]
        usual = self.walk.person(role)
        return usual if key in {None, usual.id} else _by_id(self.conn, key)

    def given(self, row: sa.Row[Any]) -> dict[str, Any]:
        return self.walk.given(row, **self.scene.answers.get(row.element, {}))

    def does(self, row: sa.Row[Any], by: Person | None = None) -> None:
        """Complete an open task as the scene has it, ten minutes later."""
        self.walk.now += PAUSE
        who = by or self.person(row.claimed_by, row.role)
        complete_task(self.conn, row.id, Answered(self.given(row)), by=who, now=self.walk.now)

    def goes_on(self) -> None:
        """Do the step that is next."""
        self.done.append((*self.path, self.scene.steps[self.at]))
        self.does(self.row)
        self.at += 1
        self.watch.look(self.walk)

    def ends(self) -> None:
        """Do whatever is open, in the order of the scene, until nothing is."""
        for _ in range(MOST):
            if not (rows := self.open):
                return
            with self.conn.begin_nested():
                self.does(rows[0])
            self.watch.look(self.walk)
        raise AssertionError("the case does not end")

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Undo whatever happens in here."""
        now, watch = self.walk.now, deepcopy(self.watch)
        with self.conn.begin_nested() as undone:
            yield
            undone.rollback()
        self.walk.now, self.watch = now, watch

    @property
    def acted(self) -> set[tuple[UUID, UUID]]:
        """Who did something for whom in the case."""
        both = sa.select(entries.c.actor, entries.c.acted_for)
        theirs = entries.c.case_id == self.walk.case_id, entries.c.acted_for.is_not(None)
        return {(row.actor, row.acted_for) for row in self.conn.execute(both.where(*theirs))}

    @property
    def variables(self) -> dict[str, object]:
        """What the case knows by now."""
        (case, *_) = spiff.variables(self.compiled, self.walk.row().state)
        return dict(case.values)


def _by_id(conn: Connection, key: UUID | None) -> Person:
    found = people.person(conn, key) if key is not None else None
    assert found is not None
    return found


def opened(conn: Connection, scene: Scene) -> Stage:
    """Open a case of a scene; everybody's double comes in beside them."""
    demo.load(conn, now=ACCEPTED)
    walk = Walk(conn, PROCEDURE, USUAL)
    guest, *doubles = _more_people(conn)
    walk.opens(**scene.opening)
    by_role = {role: one for one in doubles for role in one.roles}
    stage = Stage(walk, scene, guest, by_role)
    stage.watch.look(walk)
    return stage


def _more_people(conn: Connection) -> list[Person]:
    """Add somebody without a role, and then a double of each who is there."""
    there = [dict(row) for row in conn.execute(sa.select(people_table)).mappings()]
    guest = {**there[0], "id": uuid4(), "login": "guest", "name": "顾问", "roles": []}
    doubles = [
        {**row, "id": uuid4(), "login": f"second-{row['login']}", "name": f"{row['name']}替"}
        for row in there
    ]
    rows = [guest, *doubles]
    conn.execute(sa.insert(people_table), rows)
    return [_by_id(conn, row["id"]) for row in rows]

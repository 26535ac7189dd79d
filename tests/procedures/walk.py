"""Taking a case through a procedure, by role, in a virtual clock; every step loads it anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import history
from engine.cases import timers
from engine.cases.beginning import begin
from engine.cases.offers import offered
from engine.cases.starts import open_case
from engine.history.dossier import case as dossier_of
from engine.history.dossier import history_rows, latest_answers
from engine.people import Person
from engine.procedures import in_force
from engine.procedures import version as version_of
from engine.tables import cases, entries, people, roles, tasks
from engine.tasks.completing import complete_task
from forms.posted import Answered

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.history.dossier import Dossier

ACCEPTED = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
"""Monday 2026-11-09 10:00 in Shanghai, when E01 is accepted (domain.md §4.3)."""

Answers = dict[str, Any]


class Walk:
    """One case on its way. ``now`` is the virtual clock, UTC; it moves only when told."""

    def __init__(self, conn: Connection, procedure: str, usual: dict[str, Answers]) -> None:
        self.conn = conn
        self.procedure = procedure
        self.usual = usual
        self.now = ACCEPTED
        self.case_id: UUID
        self._people = {
            code: _somebody(conn, code) for code in conn.scalars(sa.select(roles.c.code)).all()
        }

    def person(self, role: str) -> Person:
        """Return the one person who holds a role."""
        return self._people[role]

    def opens(self, *, role: str = "sales", **answers: object) -> None:
        """Open the case with the usual start answers and these."""
        version = in_force(self.conn, self.procedure)
        form = version.start_form
        assert form is not None
        fresh = form.prefill({}, today=form.day(self.now))
        given = {**fresh, **self.usual[version.compiled.start.element], **answers}
        by = self.person(role)
        done = open_case(self.conn, self.procedure, Answered(given), by=by, now=self.now)
        self.case_id = done.case_id

    def does(self, step: str, **answers: object) -> None:
        """Let whoever holds the step's role complete it: prefilled, then the usual, then these."""
        row = self.task(step)
        given = Answered(self.given(row, **answers))
        complete_task(self.conn, row.id, given, by=self.person(row.role), now=self.now)

    def given(self, row: Any, **answers: object) -> Answers:  # noqa: ANN401 - a row
        """Return what is answered in an open task: prefilled, then the usual, then these."""
        form = in_force(self.conn, self.procedure).form(row.process, row.element)
        history = history_rows(self.conn, self.case_id)
        known = latest_answers(version_of(self.conn, self.row().version_id), history)
        fresh = form.prefill(known, today=form.day(self.now))
        given = {**fresh, **self.usual.get(row.element, {}), **answers}
        return {name: value for name, value in given.items() if name in form.names}

    def offers(self, role: str) -> set[str]:
        """Return the events that a role may start at any time just now."""
        found = offered(self.conn, self.case_id, by=self.person(role))
        return {one.place.partition(":")[2] for one in found}

    def begins(self, event: str, *, role: str) -> None:
        """Let a role start an event that is offered to it."""
        by = self.person(role)
        found = offered(self.conn, self.case_id, by=by)
        wait = next(one.wait_id for one in found if one.place.endswith(f":{event}"))
        begin(self.conn, self.case_id, wait, by=by, now=self.now)

    def does_all(self, *steps: str) -> None:
        """Complete steps one after the other with their usual answers."""
        for step in steps:
            self.does(step)

    def after(self, **passed: float) -> int:
        """Let time pass, and wake the case as a worker would. Returns how many times it woke."""
        self.now += timedelta(**passed)
        woken = 0
        while timers.wake_next(self.conn, now=self.now):
            woken += 1
        return woken

    def task(self, step: str) -> Any:  # noqa: ANN401 - a row
        """Return an open step's row."""
        wanted = sa.select(tasks).where(tasks.c.case_id == self.case_id, tasks.c.element == step)
        row = self.conn.execute(wanted.order_by(tasks.c.opened_at)).first()
        assert row is not None, f"{step} does not wait; {sorted(self.waits_for)} do"
        return row

    @property
    def waits_for(self) -> set[tuple[str, str]]:
        """The open steps as (role, step)."""
        found = sa.select(tasks.c.role, tasks.c.element).where(tasks.c.case_id == self.case_id)
        return {(role, element) for role, element in self.conn.execute(found)}

    def due(self, step: str) -> datetime | None:
        """Return when an open step is due, UTC."""
        due: datetime | None = self.task(step).due_at
        return due

    def row(self) -> Any:  # noqa: ANN401 - a row
        """Return the case's row."""
        return self.conn.execute(sa.select(cases).where(cases.c.id == self.case_id)).one()

    @property
    def dossier(self) -> Dossier:
        """What the case page would show to the general manager's office."""
        return dossier_of(self.conn, self.case_id, by=self.person("gm-office"))

    @property
    def outcome(self) -> str | None:
        """The end event that the case came to."""
        ended: str | None = self.row().outcome
        return ended and ended.partition(":")[2]

    @property
    def story(self) -> list[str]:
        """What was done, in order: steps by element, timers with an exclamation mark."""
        ordered = sa.select(entries.c.kind, entries.c.body).where(entries.c.case_id == self.case_id)
        marks = {"step_completed": "{}", "timer_fired": "!{}", "case_opened": "{}"}
        rows = self.conn.execute(ordered.order_by(entries.c.seq))
        return [
            marks[kind].format(history.read(body)["element"])
            for kind, body in rows
            if kind in marks
        ]

    @property
    def is_unbroken(self) -> bool:
        """Whether the case's chain of entries verifies."""
        return history.verify(self.conn, self.case_id) is None


def _somebody(conn: Connection, role: str) -> Person:
    row = conn.execute(sa.select(people).where(people.c.roles.contains([role]))).first()
    assert row is not None, f"nobody holds {role}"
    return Person(row.id, row.login, row.name, frozenset(row.roles), row.lang)

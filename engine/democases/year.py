"""A year of complaints in a virtual clock: everything that happens goes through the verbs.

Whoever runs it commits as often as they see fit. The same seed makes the same year.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import people, procedures
from engine.cases.beginning import begin
from engine.cases.offers import offered
from engine.cases.starts import InvalidAnswersError, open_case
from engine.cases.timers import wake_next
from engine.clocks.pausing import ClockStandsError, pause_task, resume_task
from engine.democases.chances import Chances
from engine.tables import cases, tasks
from engine.tasks.completing import complete_task
from forms import Answered
from forms.fields import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from forms import Form

PROCEDURE: Final = "manufacturer-complaint"
_BEGUN, _PAUSED, _TRIES = 0.01, 0.01, 3
_AWAKE = sa.not_(cases.c.stuck)
_FIRST = sa.select(sa.func.min(cases.c.next_due)).where(
    cases.c.next_due <= sa.bindparam("until"), _AWAKE
)
_DUE = sa.select(cases.c.id).where(cases.c.next_due <= sa.bindparam("now"), _AWAKE)
_TASK = (tasks.c.id, tasks.c.process, tasks.c.element, tasks.c.role, cases.c.version_id)
_COLUMNS: tuple[sa.Column[Any], ...] = _TASK
_OPEN = (
    sa.select(*_COLUMNS)
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.case_id == sa.bindparam("case"))
    .order_by(tasks.c.opened_at, tasks.c.process, tasks.c.element)
)


@dataclass(slots=True)
class Year:
    """What is still to happen, in turn, and what each case's answers have been so far."""

    conn: sa.Connection
    chances: Chances
    end: datetime
    staff: dict[str, Person]
    events: list[tuple[datetime, int, Callable[[datetime], None]]] = field(default_factory=list)
    planned: set[UUID] = field(default_factory=set)
    known: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    count: int = 0
    opened: int = 0

    def plan(self, at: datetime | None, act: Callable[[datetime], None]) -> None:
        """Let something happen at a moment, if that is within the year."""
        if at is not None and at < self.end:
            self.count += 1
            heappush(self.events, (at, self.count, act))

    def passes(self) -> Iterator[int]:
        """Let the year pass; yield after each thing that happens how many cases there are."""
        while True:
            until = self.events[0][0] if self.events else self.end
            if (due := self.conn.scalar(_FIRST, {"until": until})) is not None:
                self._wake(due)
            elif self.events:
                now, _, act = heappop(self.events)
                act(now)
            else:
                return
            yield self.opened

    def _wake(self, now: datetime) -> None:
        """Fire the timers that are due at a moment, and see what has opened by it."""
        due = self.conn.scalars(_DUE, {"now": now}).all()
        while wake_next(self.conn, now=now):
            pass
        for case in due:
            self._look(case, now)

    def open(self, now: datetime) -> None:
        """Let a complaint come in."""
        version = procedures.in_force(self.conn, PROCEDURE)
        form, by = version.form_by_hand(), self.staff[version.compiled.start.role]
        step = version.compiled.start.element

        def send(given: dict[str, Any]) -> UUID:
            return open_case(self.conn, PROCEDURE, Answered(given), by=by, now=now).case_id

        case, given = self._sent(send, form, step, {}, now)
        self.opened += 1
        self.known[case] = given
        self._look(case, now)

    def _sent(
        self,
        send: Callable[[dict[str, Any]], UUID],
        form: Form,
        step: str,
        known: dict[str, Any],
        now: datetime,
    ) -> tuple[UUID, dict[str, Any]]:
        """Send answers that are a little unusual, mended where the form refuses them."""
        usual = self.chances.usual(form, step, known, now)
        given = self.chances.otherwise(form, usual)
        for _ in range(_TRIES):
            try:
                with self.conn.begin_nested():
                    return send(given), given
            except InvalidAnswersError as refused:
                bad = refused.answers.problems
                start = usual if _enclosing(form, bad) else given
                given = self.chances.mended(form, start, bad, now)
        return send(given), given

    def _look(self, case: UUID, now: datetime) -> None:
        """Plan when somebody does the steps that have opened in a case."""
        for row in self.conn.execute(_OPEN, {"case": case}).all():
            if row.id in self.planned or row.role not in self.staff:
                continue
            self.planned.add(row.id)
            done = self.chances.done(now)
            if self.chances.happens(_PAUSED):
                done = self._pause(row, now)
            self.plan(done, lambda at, row=row: self._do(case, row, at))  # type: ignore[misc]
            if self.chances.happens(_BEGUN):
                self.plan(self.chances.done(now), lambda at: self._begin(case, at))
        linked = sa.select(cases.c.id).where(cases.c.parent_id == case)
        for opened in self.conn.scalars(linked).all():
            if opened not in self.known:
                self.known[opened] = dict(self.known[case])
                self._look(opened, now)

    def _pause(self, row: sa.Row[Any], now: datetime) -> datetime | None:
        """Stop the clock of a step if one runs, until it is done."""
        by, done = self.staff[row.role], self.chances.done(now)
        with suppress(ClockStandsError), self.conn.begin_nested():
            pause_task(self.conn, row.id, "等客户补充资料。", by=by, now=now)
            self.plan(done, lambda at: self._resume(row, at))
        return done

    def _resume(self, row: sa.Row[Any], now: datetime) -> None:
        if self._is_open(row.id):
            resume_task(self.conn, row.id, by=self.staff[row.role], now=now)

    def _is_open(self, task: UUID) -> bool:
        found = sa.select(tasks.c.paused_at).where(tasks.c.id == task)
        return self.conn.execute(found).one_or_none() is not None

    def _do(self, case: UUID, row: sa.Row[Any], now: datetime) -> None:
        if not self._is_open(row.id):
            return
        form = procedures.version(self.conn, row.version_id).form(row.process, row.element)
        by = self.staff[row.role]

        def send(given: dict[str, Any]) -> UUID:
            return complete_task(self.conn, row.id, Answered(given), by=by, now=now).case_id

        _, given = self._sent(send, form, row.element, self.known[case], now)
        self.known[case] |= given
        self._look(case, now)

    def _begin(self, case: UUID, now: datetime) -> None:
        """Let somebody start an event that the case offers them."""
        for by in self.staff.values():
            if found := offered(self.conn, case, by=by):
                begin(self.conn, case, found[0].wait_id, by=by, now=now)
                self._look(case, now)
                return


def _enclosing(form: Form, refused: Iterable[str]) -> bool:
    """Whether a form wants a file, which nobody has here, so that they say what needs none."""
    kinds = {f"/{each.name}": each.kind for each in form.fields}
    return any(kinds.get(pointer) is Kind.ATTACHMENTS for pointer in refused)


def year_of(conn: sa.Connection, count: int, *, seed: int, end: datetime) -> Year:
    """Return a year with so many complaints that ends then (UTC); nothing has happened yet."""
    staff = {role: one for one in reversed(people.all_people(conn)) for role in one.roles}
    random = Random(seed)  # noqa: S311 - it keeps no secret
    year = Year(conn, Chances(random), end, staff)
    for _ in range(count):
        year.plan(year.chances.opening(end), year.open)
    return year

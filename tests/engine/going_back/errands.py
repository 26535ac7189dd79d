"""An errand on its way: prepare, then check beside file_away, then sign."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.history.dossier import case as dossier_of
from engine.tables import notices, tasks
from engine.tasks.completing import complete_task
from engine.verifying.everything import check
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.history.dossier import Dossier
    from engine.history.entryview import EntryView
    from engine.people import Person


@dataclass
class Errand:
    """One case, and who does its steps: prepare and file_away are a clerk's."""

    conn: Connection
    case_id: UUID
    clerk: Person
    colleague: Person
    inspector: Person
    manager: Person

    def does(self, step: str, *, by: Person | None = None, **answers: str) -> UUID:
        """Complete an open step; return the task that it was."""
        who = {"check": self.inspector, "sign": self.manager}.get(step, self.clerk)
        task = self.task(step)
        posted = Answered({"note": step, **answers})
        complete_task(self.conn, task, posted, by=by or who, now=NOW)
        return task

    def to_signing(self) -> dict[str, UUID]:
        """Go on until the manager has to sign; return the tasks that were done, by step."""
        return {step: self.does(step) for step in ("prepare", "check", "file_away")}

    def task(self, step: str) -> UUID:
        return waiting(self.conn, self.case_id)[step]

    @property
    def open(self) -> set[str]:
        return set(waiting(self.conn, self.case_id))

    def row(self, step: str) -> Any:  # noqa: ANN401 - a row
        return self.conn.execute(sa.select(tasks).where(tasks.c.id == self.task(step))).one()

    def told(self, person: Person) -> list[str]:
        """Give a person's notices, oldest first."""
        mine = sa.select(notices.c.zh).where(notices.c.person_id == person.id)
        return list(self.conn.scalars(mine.order_by(notices.c.id)))

    @property
    def dossier(self) -> Dossier:
        return dossier_of(self.conn, self.case_id, by=self.clerk)

    @property
    def last(self) -> EntryView:
        return self.dossier.timeline[-1]

    @property
    def fallen(self) -> list[str]:
        """The steps whose forms no longer hold."""
        return [one.place[-1] for one in self.dossier.filled if one.superseded]

    @property
    def taken_back(self) -> list[str]:
        """The steps whose forms were taken back by whoever had sent them."""
        return [one.place[-1] for one in self.dossier.filled if one.withdrawn]

    @property
    def holds(self) -> bool:
        """Whether all that is kept of the case verifies: its entries, its row, what is open."""
        (checked,) = check(self.conn)
        return checked.is_sound

"""What a person may do with a task now, besides doing it: the one answer that pages go by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from engine.acts.table import ACTS
from engine.flexible.allowed import assigner, is_possible, is_switched_on
from engine.flexible.concerned import is_concerned, may_urge
from engine.substituting.acting import as_whom
from engine.tables import tasks

if TYPE_CHECKING:
    from uuid import UUID

    from engine.acts.act import Act
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Step


class Held(Protocol):
    """A task as far as it says who has it: a row of ``tasks`` does."""

    @property
    def role(self) -> str:
        """The role that it belongs to."""
        ...

    @property
    def claimed_by(self) -> UUID | None:
        """Who holds it."""
        ...

    @property
    def given_to(self) -> UUID | None:
        """Who may do it without its role."""
        ...

    @property
    def owner(self) -> UUID | None:
        """To whom it comes back."""
        ...

    @property
    def signing(self) -> str | None:
        """Whether signatures are asked for it."""
        ...


def offered(step: Step, task: Held, *, procedure: str, by: Person, concerned: bool) -> list[Act]:
    """Return what a person may do with an open task at this moment, in the order of the menu.

    It is of a case of this procedure.
    ``by`` is who acts on it, for themselves or for somebody (substituting.acting).
    """
    found = [*_of_holder(step, task, by), *_of_others(step, task, by, concerned=concerned)]
    if task.signing != "after" and assigner(step, task.role, procedure, by) is not None:
        found.append("assign")
    return [act for key, act in ACTS.items() if key in found]


def offered_in(
    conn: sa.Connection, version: Version, case_id: UUID, *, by: Person
) -> dict[UUID, list[Act]]:
    """Return for each open task of a case what a person may do with it, by its id."""
    rows = conn.execute(sa.select(tasks).where(tasks.c.case_id == case_id)).all()
    concerned = bool(rows) and is_concerned(conn, case_id, by=by)
    found = {}
    for row in rows:
        who, step = as_whom(by, row, version.compiled.id), version.step(row.process, row.element)
        found[row.id] = offered(
            step, row, procedure=version.compiled.id, by=who, concerned=concerned
        )
    return found


def _of_holder(step: Step, task: Held, by: Person) -> list[str]:
    who = by.principal
    does = task.role in who.roles or who.id in (task.given_to, task.owner)
    found = ["copy"] if does and is_possible(step, "copy") else []
    if task.owner == who.id:
        return [*found, "take-back"]
    if not does or task.claimed_by not in (None, who.id):
        return found
    if task.owner is not None:
        return [*found, "give-back"]
    signing = [f"sign-{place}" for place in _places(task)] if is_possible(step, "addsign") else []
    if task.signing is not None:
        signing.append("remove-sign")
    if task.signing == "after":
        return [*found, *signing]
    handing = [key for key in ("transfer", "delegate") if is_possible(step, key)]
    back = ["return"] if task.signing is None and is_switched_on(step, "return") else []
    return [*found, *handing, *signing, *back]


def _places(task: Held) -> tuple[str, ...]:
    return ("before", "after") if task.signing is None else (task.signing,)


def _of_others(step: Step, task: Held, by: Person, *, concerned: bool) -> list[str]:
    found = []
    free = task.claimed_by is None and task.role in by.principal.roles
    mine = free or (task.claimed_by == by.principal.id and task.signing is None)
    if not mine and may_urge(step, task.role, by=by, concerned=concerned):
        found.append("urge")
    return found

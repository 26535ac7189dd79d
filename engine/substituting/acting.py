"""Acting: as who somebody does a task, for themselves or for one whom they represent."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Protocol

from engine import procedures

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from uuid import UUID

    import sqlalchemy as sa

    from engine.people import Person


class Held(Protocol):
    """An open task, as rows tell of it."""

    @property
    def process(self) -> str:
        """The process that it stands in."""
        ...

    @property
    def element(self) -> str:
        """Its step there."""
        ...

    @property
    def role(self) -> str:
        """The code of the role that does it."""
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


def acting(conn: sa.Connection, by: Person, task: Held, version_id: int) -> Person:
    """Return the person as who they act on a task of a case of this version.

    One's own right comes first, then those whom one represents, in the order in which that began.
    Without any right they act for themselves, and are refused as such.
    """
    if not by.represents:
        return by
    procedure = procedures.version(conn, version_id).compiled.id
    return as_whom(by, task, procedure)


def as_whom(by: Person, task: Held, procedure: str) -> Person:
    """Return the same for a task of a case of this procedure."""
    place = f"{task.process}:{task.element}"
    shown = (each for each in by.represents if each.covers(procedure, place))
    all_ = [by, *(replace(by, acts_for=each.person) for each in shown)]
    may = [one for one in all_ if _is_theirs(task, one.principal)]
    hold = (one for one in may if one.principal.id in (task.claimed_by, task.owner))
    free = iter(may if task.claimed_by is None else ())
    return next(chain(hold, free), may[0] if may else by)


def _is_theirs(task: Held, person: Person) -> bool:
    return task.role in person.roles or person.id in (task.given_to, task.owner)


def entitled(
    by: Person, procedure: str, place: str, may: Callable[[Collection[str]], bool]
) -> Person | None:
    """Return the person as who they have a right that roles give; None if they have it in no way.

    ``may`` tells it of some roles. Their own come first, then those of whom they represent at
    ``place`` ("process:element") of the procedure.
    """
    if may(by.roles):
        return by
    theirs = (each.person for each in by.represents if each.covers(procedure, place))
    return next((replace(by, acts_for=one) for one in theirs if may(one.roles)), None)


def signing_as(
    conn: sa.Connection, by: Person, signer: UUID, place: str, version_id: int
) -> Person | None:
    """Return as who somebody gives the signature that ``signer`` was asked for; None: not at all.

    ``place`` is its step, "process:element", in a case of this version.
    """
    if signer == by.id:
        return by
    procedure = procedures.version(conn, version_id).compiled.id
    theirs = (each.person for each in by.represents if each.covers(procedure, place))
    return next((replace(by, acts_for=one) for one in theirs if one.id == signer), None)


def concerns(by: Person, role: str, place: str, procedure: str) -> bool:
    """Whether a step ("process:element") of a role is theirs to see, whoever holds it."""
    if role in by.roles:
        return True
    return any(role in one.person.roles and one.covers(procedure, place) for one in by.represents)

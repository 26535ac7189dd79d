"""Leaving: what somebody who goes has in hand, and to whom each thing would go, told beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from engine import people, procedures
from engine.errors import NotFoundError, Refusal
from engine.flexible.groups import OPEN
from engine.going_back.seen import digest
from engine.spiff import Names
from engine.substituting.listing import Listed, concerning
from engine.substituting.making import clash
from engine.substituting.rings import Span
from engine.tables import cases, signings, substitutions, tasks
from engine.tasks.foureyes import Eyes

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version

Kind = Literal["held", "delegated", "signature"]


class BadSuccessorError(Refusal):
    """Somebody cannot take over from themselves."""

    code = "bad_successor"

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} 不能接手自己的工作；请选择另一位同事，或不选而交回岗位。",
            f"{name} cannot take over from themselves; choose a colleague, or nobody: then it goes"
            " back to the role.",
        )


class LeavingOneselfError(Refusal):
    """Nobody ends their own access, lest nobody is left who looks after the others'."""

    code = "leaving_oneself"

    def __init__(self) -> None:
        super().__init__(
            "不能停用自己的账号；请另一位系统管理员办理。",
            "Nobody ends their own access; ask another operator to do it.",
        )


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing in hand: a task that is held, one delegated to somebody, or an asked signature.

    ``to`` takes it over. For None a held task goes back to its role; one that was delegated goes
    there when it is given back; a signature is taken away, and the others' decide.
    """

    kind: Kind
    task_id: UUID
    case_id: UUID
    case_code: str
    number: str | None
    customer: str | None
    step: Names
    role: Names
    to: Person | None

    @property
    def goes(self) -> Names:
        """Who takes it over, or what becomes of it if nobody does."""
        if self.to is not None:
            return Names(self.to.name, self.to.name)
        if self.kind == "signature":
            return Names("减签，由其余的人签", "No longer asked for; the others decide")
        if self.kind == "held":
            return Names(f"放回岗位：{self.role.zh}", f"Back to the role: {self.role.en}")
        return Names(
            f"交回时放回岗位：{self.role.zh}",
            f"To the role when it is given back: {self.role.en}",
        )

    @property
    def told(self) -> Names:
        """What it is and where it goes, as somebody has read it."""
        what = f"{self.case_code} {self.kind}"
        return Names(
            f"{what} {self.step.zh}：{self.goes.zh}", f"{what} {self.step.en}: {self.goes.en}"
        )


@dataclass(frozen=True, slots=True)
class Assignment:
    """A substitution that ends when somebody leaves; ``to`` goes on with it, if they stood in."""

    substitution: Listed
    to: Person | None

    @property
    def goes(self) -> Names:
        """Who goes on with it, or that it ends."""
        if self.to is None:
            return Names("随之结束", "Ends with it")
        return Names(f"由 {self.to.name} 继续代理", f"{self.to.name} goes on with it")

    @property
    def told(self) -> Names:
        """What it is and what becomes of it, as somebody has read it."""
        one = self.substitution
        what = f"{one.substitute} {one.person} {one.first} {one.last}"
        return Names(f"{what} {self.goes.zh}", f"{what} {self.goes.en}")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What becomes of somebody's work when they leave."""

    person: Person
    pieces: list[Piece]
    assignments: list[Assignment]

    @property
    def seen(self) -> str:
        """A digest of who gets what until somebody confirms it."""
        return digest((piece.told for piece in self.pieces), (one.told for one in self.assignments))


_COLUMNS = (
    *(tasks.c.id, tasks.c.case_id, tasks.c.process, tasks.c.element, tasks.c.role),
    *(tasks.c.owner, tasks.c.claimed_by, cases.c.code, cases.c.number, cases.c.customer),
    cases.c.version_id,
    cases.c.state,
)
_PERSON = sa.bindparam("person", type_=sa.Uuid)
_OF_CASE = tasks.join(cases, cases.c.id == tasks.c.case_id)
_NONE = sa.cast(sa.null(), sa.Uuid).label("group_id")
_HELD = sa.select(sa.literal("held").label("kind"), *_COLUMNS, _NONE).select_from(_OF_CASE)
_IN_HAND = sa.union_all(
    _HELD.where(tasks.c.claimed_by == _PERSON),
    sa.select(sa.literal("delegated"), *_COLUMNS, _NONE)
    .select_from(_OF_CASE)
    .where(tasks.c.owner == _PERSON, tasks.c.claimed_by != _PERSON),
    sa.select(sa.literal("signature"), *_COLUMNS, signings.c.group_id)
    .select_from(_OF_CASE.join(signings, signings.c.task_id == tasks.c.id))
    .where(signings.c.person_id == _PERSON, signings.c.status.in_(OPEN)),
).order_by("case_id", "id", "kind")


def leaving(conn: sa.Connection, login: str, to: Sequence[str] = (), *, now: datetime) -> Leaving:
    """Return what becomes of a person's work if these logins take over, the first who may each.

    Who may has the role of the step, and no guarantee keeps them from it; a task that was delegated
    to the one who leaves goes back to its owner. Raises NotFoundError and BadSuccessorError.
    """
    person, successors = _known(conn, login), [_known(conn, each) for each in to]
    if person.id in {one.id for one in successors}:
        raise BadSuccessorError(person.name)
    rows = conn.execute(_IN_HAND, {"person": person.id}).all()
    pieces = [_piece(conn, row, successors) for row in rows]
    ending = concerning(conn, person.id, now=now)
    assigned = [Assignment(one, _next(conn, one, person, successors, now)) for one in ending]
    return Leaving(person, pieces, assigned)


def _known(conn: sa.Connection, login: str) -> Person:
    found = people.with_password(conn, login)
    if found is None:
        raise NotFoundError(f"没有人员“{login}”。", f"There is nobody with the login “{login}”.")
    return found[0]


def _piece(conn: sa.Connection, row: sa.Row[Any], successors: Sequence[Person]) -> Piece:
    version = procedures.version(conn, row.version_id)
    owner = people.person(conn, row.owner) if row.kind == "held" and row.owner else None
    candidates = [*([] if owner is None else [owner]), *successors]
    takers = (one for one in candidates if _may_take(conn, row, version, one))
    return Piece(
        row.kind,
        row.id,
        row.case_id,
        row.code,
        row.number,
        row.customer,
        version.step(row.process, row.element).names,
        version.bundle.roles[row.role],
        next(takers, None),
    )


def _may_take(conn: sa.Connection, row: sa.Row[Any], version: Version, one: Person) -> bool:
    """Whether somebody may do a step, or give a signature that the one who leaves was asked for."""
    if not Eyes(conn, version, row.case_id, (one,)).allow(row, row.state):
        return False
    if row.kind != "signature":
        return row.role in one.roles
    asked = sa.select(signings.c.person_id).where(
        signings.c.group_id == row.group_id, signings.c.status != "removed"
    )
    return one.id != row.claimed_by and one.id not in set(conn.scalars(asked))


def _next(
    conn: sa.Connection,
    one: Listed,
    leaver: Person,
    successors: Sequence[Person],
    now: datetime,
) -> Person | None:
    """Return who goes on standing in for somebody, if one of the successors can."""
    if one.substitute_id != leaver.id:
        return None
    row = conn.execute(sa.select(substitutions).where(substitutions.c.id == one.id)).one()
    for successor in successors:
        span = Span(row.person_id, successor.id, max(row.begins, now), row.ends)
        scope = (row.procedure, frozenset(row.steps))
        if successor.id != row.person_id and not clash(conn, span, scope, without=leaver.id):
            return successor
    return None

"""The versions of procedures, as process owners look them over."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.incidents.kinds import VERSION
from engine.procedures.promises import Dropped
from engine.spiff import Names
from engine.tables import cases, incidents, people, versions
from engine.versioning.terms import Source

if TYPE_CHECKING:
    from datetime import datetime


class State(StrEnum):
    """How a version stands."""

    IN_FORCE = "in_force"
    PLANNED = "planned"
    PAST = "past"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"

    @property
    def names(self) -> Names:
        """What people call it."""
        return _NAMES[self]


_NAMES = {
    State.IN_FORCE: Names("现行", "in force"),
    State.PLANNED: Names("待生效", "planned"),
    State.PAST: Names("已被取代", "past"),
    State.WITHDRAWN: Names("已撤回", "withdrawn"),
    State.FAILED: Names("未能生效", "failed to begin"),
}


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who took a planned version back, when (UTC) and why; ``who`` is None for the product.

    Of one that failed to begin, ``incident`` is the number of the open incident, if it is open.
    """

    at: datetime
    who: str | None
    reason: str
    incident: int | None


@dataclass(frozen=True, slots=True)
class Listed:
    """One version. Times are UTC; ``ended`` is when the next one came into force.

    ``who`` is None for the command line. ``based_on`` and ``again_of`` are numbers of versions,
    ``dropped`` says which guarantees and clauses of the former its publisher gave up.
    """

    id: int
    procedure: str
    names: Names
    number: int
    state: State
    source: Source
    begins: datetime
    ended: datetime | None
    published_at: datetime
    who: str | None
    note: str
    digest: str
    based_on: int | None
    again_of: int | None
    open_cases: int
    withdrawal: Withdrawal | None
    dropped: tuple[Names, ...]


_WHO, _TAKER = people.alias("who"), people.alias("taker")
_BASE, _OLD = versions.alias("base"), versions.alias("old")
_FAILED = incidents.alias("failed")
_OPEN = (
    sa.select(cases.c.version_id, sa.func.count().label("count"))
    .where(cases.c.status == "open")
    .group_by(cases.c.version_id)
    .subquery()
)
_NEXT = sa.func.lead(versions.c.began_at).over(
    partition_by=[versions.c.procedure, versions.c.began_at.is_(None)],
    order_by=[versions.c.began_at, versions.c.number],
)
_ALL = (
    sa.select(
        versions,
        _NEXT.label("ended_at"),
        _WHO.c.name.label("who"),
        _TAKER.c.name.label("taker"),
        _BASE.c.number.label("base"),
        _OLD.c.number.label("old"),
        _FAILED.c.resolved_at,
        _FAILED.c.id.label("failed"),
        sa.func.coalesce(_OPEN.c.count, 0).label("open_cases"),
    )
    .select_from(
        versions.outerjoin(_WHO, _WHO.c.id == versions.c.published_by)
        .outerjoin(_TAKER, _TAKER.c.id == versions.c.withdrawn_by)
        .outerjoin(_BASE, _BASE.c.id == versions.c.based_on)
        .outerjoin(_OLD, _OLD.c.id == versions.c.again_of)
        .outerjoin(
            _FAILED,
            sa.and_(
                *(_FAILED.c.kind == VERSION, _FAILED.c.procedure == versions.c.procedure),
                _FAILED.c.at == versions.c.withdrawn_at,
                versions.c.withdrawn_at >= versions.c.begins_at,
            ),
        )
        .outerjoin(_OPEN, _OPEN.c.version_id == versions.c.id)
    )
    .order_by(versions.c.procedure, versions.c.number.desc())
)


def all_versions(conn: sa.Connection, procedure: str | None = None) -> list[Listed]:
    """Return the versions of all procedures, or of one, each procedure's newest first."""
    wanted = _ALL if procedure is None else _ALL.where(versions.c.procedure == procedure)
    return [_listed(row) for row in conn.execute(wanted)]


def _listed(row: sa.Row[Any]) -> Listed:
    return Listed(
        id=row.id,
        procedure=row.procedure,
        names=Names(row.zh, row.en),
        number=row.number,
        state=_state(row),
        source=Source(row.source),
        begins=row.began_at or row.begins_at,
        ended=row.ended_at,
        published_at=row.published_at,
        who=row.who,
        note=row.note,
        digest=row.digest.hex(),
        based_on=row.base,
        again_of=row.old,
        open_cases=row.open_cases,
        withdrawal=None if row.withdrawn_at is None else _withdrawal(row),
        dropped=tuple(Dropped(kind, id_, Names(zh, en)).said for kind, id_, zh, en in row.dropped),
    )


def _withdrawal(row: sa.Row[Any]) -> Withdrawal:
    number = row.failed if row.resolved_at is None else None
    return Withdrawal(row.withdrawn_at, row.taker, row.withdrawn_for, number)


def _state(row: sa.Row[Any]) -> State:
    if row.in_force:
        return State.IN_FORCE
    if row.withdrawn_at is not None:
        return State.WITHDRAWN if row.failed is None else State.FAILED
    return State.PLANNED if row.began_at is None else State.PAST

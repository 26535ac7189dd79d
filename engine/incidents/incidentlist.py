"""The open incidents as an operator reads them: by cause, the oldest cause first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine import procedures
from engine.errors import NotFoundError, Refusal
from engine.incidents import recording as records
from engine.incidents.incident import COLUMNS, Incident, incident_of
from engine.incidents.kinds import CALL, KINDS, TIMER, is_over
from engine.tables import cases, incidents, people

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import Names

PAGE = 50
CAUSES = 50
CASES_OF_A_CAUSE = 3
CAP = 99

_CAUSE = ("kind", "procedure", "process", "element", "expression", "variable")
_OPEN = incidents.c.resolved_at.is_(None)


@dataclass(frozen=True, slots=True)
class Line:
    """One incident and what it is about; ``is_over``: nothing is left to do, whoever did it.

    ``names`` are those of the element, None where it is not known.
    """

    incident: Incident
    kind: Names
    procedure: Names | None
    names: Names | None
    case_code: str | None
    number: str | None
    customer: str | None
    who: str | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Cause:
    """Incidents at one element with one expression; ``lines`` are the first, of ``count``."""

    lines: tuple[Line, ...]
    count: int
    since: datetime

    @property
    def first(self) -> Line:
        """The oldest of them."""
        return self.lines[0]


def count_open(conn: sa.Connection) -> int:
    """Return how many incidents wait for somebody; 100 stands for more than 99."""
    some = sa.select(incidents.c.id).where(_OPEN, sa.not_(is_over())).limit(CAP + 1).subquery()
    return int(conn.scalar(sa.select(sa.func.count()).select_from(some)) or 0)


def _lines() -> sa.Select[Any]:
    same = [incidents.c[name] for name in _CAUSE]
    over = sa.select(incidents.c.id).where(_OPEN, is_over()).cte("over")
    return (
        sa.select(
            *COLUMNS,
            cases.c.version_id,
            cases.c.code.label("case_code"),
            cases.c.number,
            cases.c.customer,
            people.c.name.label("who"),
            over.c.id.is_not(None).label("is_over"),
            sa.func.count().over(partition_by=same).label("many"),
            sa.func.min(incidents.c.at).over(partition_by=same).label("since"),
            sa.func.min(incidents.c.id).over(partition_by=same).label("first"),
            sa.func.row_number().over(partition_by=same, order_by=incidents.c.id).label("nth"),
        )
        .join(cases, cases.c.id == incidents.c.case_id, isouter=True)
        .join(people, people.c.id == incidents.c.person_id, isouter=True)
        .join(over, over.c.id == incidents.c.id, isouter=True)
    )


def open_lines(conn: sa.Connection) -> list[Line]:
    """Return the open incidents, oldest first."""
    found = conn.execute(_lines().where(_OPEN).order_by(incidents.c.id))
    return [_line(conn, row) for row in found]


def holding(conn: sa.Connection, case_id: UUID) -> list[Line]:
    """Return what has failed in a case and is still to be done, oldest first.

    Deadlines and calls are left out: the case and its calls say by themselves that they are stuck.
    """
    mine = (incidents.c.case_id == case_id, incidents.c.kind.not_in([TIMER, CALL]))
    found = conn.execute(_lines().where(_OPEN, *mine, sa.not_(is_over())).order_by(incidents.c.id))
    return [_line(conn, row) for row in found]


def causes(conn: sa.Connection) -> list[Cause]:
    """Return the open incidents by cause, the oldest cause first, with the first few of each."""
    found = _lines().where(_OPEN).subquery()
    few = sa.select(found).where(found.c.nth <= CASES_OF_A_CAUSE)
    ordered = few.order_by(found.c.first, found.c.nth).limit(CAUSES * CASES_OF_A_CAUSE)
    by_cause: dict[int, list[sa.Row[Any]]] = {}
    for row in conn.execute(ordered):
        by_cause.setdefault(row.first, []).append(row)
    return [
        Cause(tuple(_line(conn, row) for row in rows), rows[0].many, rows[0].since)
        for rows in by_cause.values()
    ]


def alike(conn: sa.Connection, key: int, *, page: int = 1) -> tuple[Cause, bool]:
    """Return one page of the open incidents with the cause of this one, and whether there are more.

    Raises NotFoundError when none of them is open any more.
    """
    wanted = _lines().where(_OPEN, same_cause(key)).order_by(incidents.c.id)
    rows = conn.execute(wanted.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    if not rows:
        raise NotFoundError
    lines = tuple(_line(conn, row) for row in rows[:PAGE])
    return Cause(lines, rows[0].many, rows[0].since), len(rows) > PAGE


def last_alike(conn: sa.Connection, key: int) -> int | None:
    """Return the newest open incident with the cause of this one, by number."""
    wanted = sa.select(incidents.c.id).where(_OPEN, same_cause(key))
    return conn.scalar(wanted.order_by(incidents.c.id.desc()).limit(1))


def next_alike(conn: sa.Connection, last: int, *, after: int) -> int | None:
    """Return the next open incident, up to the last, that has the last one's cause, by number.

    The last is tried last: whatever becomes of those before it, it still tells the cause.
    """
    within = incidents.c.id.between(after + 1, last)
    wanted = sa.select(incidents.c.id).where(_OPEN, within, same_cause(last))
    return conn.scalar(wanted.order_by(incidents.c.id).limit(1))


def same_cause(key: int) -> sa.ColumnElement[bool]:
    """Return the condition on a row of ``incidents`` that it has the cause of this one."""
    like = incidents.alias("like")
    same = [like.c[name].is_not_distinct_from(incidents.c[name]) for name in _CAUSE]
    return sa.exists().where(like.c.id == key, *same)


def line_of(conn: sa.Connection, key: int) -> Line:
    """Return an open incident. Raises NotFoundError."""
    row = conn.execute(_lines().where(_OPEN, incidents.c.id == key)).one_or_none()
    if row is None:
        raise records.none_open(key)
    return _line(conn, row)


def _line(conn: sa.Connection, row: sa.Row[Any]) -> Line:
    version = _version(conn, row.version_id, row.procedure)
    return Line(
        incident_of(row),
        KINDS[row.kind].names,
        None if version is None else version.names,
        _element(version, row.process, row.element),
        row.case_code,
        row.number,
        row.customer,
        row.who,
        bool(row.is_over),
    )


def version_of(conn: sa.Connection, incident: Incident) -> Version | None:
    """Return the version of an incident's case, or the one in force where there is no case."""
    wanted = sa.select(cases.c.version_id).where(cases.c.id == incident.case_id)
    return _version(conn, conn.scalar(wanted), incident.procedure)


def _version(conn: sa.Connection, key: int | None, procedure: str) -> Version | None:
    try:
        if key is None:
            return procedures.in_force(conn, procedure)
        return procedures.version(conn, key)
    except Refusal:
        return None


def _element(version: Version | None, process: str, element: str) -> Names | None:
    diagram = None if version is None else version.compiled.diagrams.get(process)
    if diagram is None:
        return None
    found = diagram.elements.get(element)
    return diagram.names if found is None or not found.names.zh else found.names


def count_alike(conn: sa.Connection, key: int) -> int:
    """Return how many open incidents have the cause of this one, itself included."""
    counted = sa.select(sa.func.count()).select_from(incidents).where(_OPEN, same_cause(key))
    return int(conn.scalar(counted) or 0)

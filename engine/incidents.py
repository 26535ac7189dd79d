"""Incidents: steps that failed. The case keeps its last good state; the step can be retried."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
import sqlalchemy as sa

from engine.errors import NotFoundError
from engine.spiff import Names, RunError
from engine.tables import cases, incidents, tasks
from engine.waiting import gone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.moving import Case
    from engine.people import Person


@dataclass(frozen=True, slots=True)
class Incident:
    """One failure: where, which expression and variable, and the answers as posted."""

    id: int
    case_id: UUID | None
    procedure: str
    task_id: UUID | None
    person_id: UUID | None
    process: str
    element: str
    expression: str | None
    variable: str | None
    text: Names
    answers: dict[str, list[str]] | None
    at: datetime
    resolved_at: datetime | None


def _values(error: RunError, now: datetime) -> dict[str, Any]:
    return {
        "process": error.process,
        "element": error.element,
        "expression": error.expression,
        "variable": error.variable,
        "zh": error.zh,
        "en": error.en,
        "at": now,
    }


def record_task(
    conn: sa.Connection,
    task_id: UUID,
    error: RunError,
    *,
    posted: Mapping[str, Sequence[str]],
    by: Person,
    now: datetime,
) -> int:
    """Record, after the rollback and in a transaction of its own, that completing a task failed.

    Raises TaskGoneError when the case has got on without it meanwhile.
    """
    joined = cases.join(tasks, tasks.c.case_id == cases.c.id)
    case = sa.select(cases.c.id, cases.c.procedure).select_from(joined)
    row = conn.execute(case.where(tasks.c.id == task_id)).one_or_none()
    if row is None:
        raise gone(conn, task_id, by=by)
    case_id, procedure = row
    kept = orjson.dumps({key: list(values) for key, values in posted.items()})
    where = {"case_id": case_id, "procedure": procedure, "task_id": task_id, "person_id": by.id}
    return _insert(conn, {**where, "answers": kept, **_values(error, now)})


def record_start(
    conn: sa.Connection,
    procedure: str,
    error: RunError,
    *,
    posted: Mapping[str, Sequence[str]],
    by: Person,
    now: datetime,
) -> int:
    """Record that opening a case failed; there is no case, only the answers."""
    kept = orjson.dumps({key: list(values) for key, values in posted.items()})
    where = {"procedure": procedure, "person_id": by.id, "answers": kept}
    return _insert(conn, {**where, **_values(error, now)})


def record_timer(conn: sa.Connection, case: Case, error: Exception, *, now: datetime) -> int:
    """Record that waking a case failed, and let workers pass it by until it is tried again.

    What is no RunError has its reason in the worker's log.
    """
    conn.execute(sa.update(cases).where(cases.c.id == case.id).values(stuck=True))
    procedure = conn.scalar(sa.select(cases.c.procedure).where(cases.c.id == case.id))
    failed = error if isinstance(error, RunError) else _unexpected(str(procedure), error)
    return _insert(conn, {"case_id": case.id, "procedure": procedure, **_values(failed, now)})


def _unexpected(procedure: str, error: Exception) -> RunError:
    reason = type(error).__name__
    return RunError(
        process=procedure,
        element="",
        zh=f"到期处理意外中断（{reason}），原因见后台日志。请排除原因后重试。",
        en=f"Waking the case broke off ({reason}); the worker's log says why. Mend it and retry.",
    )


def _insert(conn: sa.Connection, values: Mapping[str, Any]) -> int:
    return int(conn.scalar(sa.insert(incidents).values(values).returning(incidents.c.id)) or 0)


_NAMES = tuple(name for name in Incident.__dataclass_fields__ if name != "text")
_COLUMNS = (*(incidents.c[name] for name in _NAMES), incidents.c.zh, incidents.c.en)


def _incident(row: sa.Row[Any]) -> Incident:
    values = {name: getattr(row, name) for name in _NAMES}
    values["answers"] = None if row.answers is None else orjson.loads(row.answers)
    return Incident(**values, text=Names(row.zh, row.en))


def unresolved(conn: sa.Connection) -> list[Incident]:
    """Return the open incidents, oldest first."""
    query = sa.select(*_COLUMNS).where(incidents.c.resolved_at.is_(None)).order_by(incidents.c.id)
    return [_incident(row) for row in conn.execute(query)]


def find(conn: sa.Connection, key: int) -> Incident:
    """Return an open incident, locked. Raises NotFoundError."""
    query = sa.select(*_COLUMNS).where(incidents.c.id == key, incidents.c.resolved_at.is_(None))
    row = conn.execute(query.with_for_update()).one_or_none()
    if row is None:
        raise NotFoundError(f"没有未解决的异常 {key}。", f"There is no open incident {key}.")
    return _incident(row)


def resolve(conn: sa.Connection, incident: Incident, *, now: datetime) -> None:
    """Close an incident, and give its case back to the workers."""
    mine = sa.update(incidents).where(incidents.c.id == incident.id)
    conn.execute(mine.values(resolved_at=now))
    if incident.case_id is not None:
        conn.execute(sa.update(cases).where(cases.c.id == incident.case_id).values(stuck=False))

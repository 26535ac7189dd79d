"""The clocks that stand, of whole cases and of steps, for those who see that none is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.history import items
from engine.history.told import PAUSED
from engine.tables import cases, entries, people, tasks

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.spiff import Names
    from forms import Names as FormNames

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Paused:
    """One clock that stands: since when (UTC), why, and who has paused it.

    ``step`` and ``item`` are None for the clock of a whole case.
    """

    case_id: UUID
    case_code: str
    number: str | None
    customer: str | None
    procedure: Names
    step: Names | None
    item: FormNames | None
    since: datetime
    reason: str
    who: str | None


_OF_CASES = sa.select(
    cases.c.id.label("case_id"),
    cases.c.paused_at,
    cases.c.paused_for,
    *(sa.null().cast(sa.Text).label(name) for name in ("process", "element", "item")),
).where(cases.c.paused_at.is_not(None), cases.c.status == "open")
_OF_STEPS = sa.select(
    *(tasks.c[name] for name in ("case_id", "paused_at", "paused_for")),
    *(tasks.c[name] for name in ("process", "element", "item")),
).where(tasks.c.paused_at.is_not(None))
_ALL = sa.union_all(_OF_CASES, _OF_STEPS).subquery("paused")
_WHO = (
    sa.select(people.c.name)
    .join(entries, entries.c.actor == people.c.id)
    .where(
        entries.c.case_id == _ALL.c.case_id,
        entries.c.kind == PAUSED,
        entries.c.at == _ALL.c.paused_at,
    )
    .limit(1)
    .scalar_subquery()
)
_LIST = (
    sa.select(
        _ALL,
        *(cases.c[name] for name in ("code", "number", "customer", "version_id")),
        _WHO.label("who"),
    )
    .join(cases, cases.c.id == _ALL.c.case_id)
    .order_by(_ALL.c.paused_at, cases.c.code, _ALL.c.element.asc().nulls_first())
)


def paused(conn: sa.Connection, *, page: int = 1) -> tuple[list[Paused], bool]:
    """Return one page of the clocks that stand, the longest first, and whether more follow."""
    rows = conn.execute(_LIST.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return [_paused(conn, row) for row in rows[:PAGE]], len(rows) > PAGE


def _paused(conn: sa.Connection, row: sa.Row[Any]) -> Paused:
    version = procedures.version(conn, row.version_id)
    step = None if row.element is None else version.step(row.process, row.element).names
    return Paused(
        case_id=row.case_id,
        case_code=row.code,
        number=row.number,
        customer=row.customer,
        procedure=version.names,
        step=step,
        item=items.told(version, row.item),
        since=row.paused_at,
        reason=row.paused_for or "",
        who=row.who,
    )

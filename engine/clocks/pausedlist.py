"""The clocks that stand and the cases that are suspended, so that none of them is forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import procedures
from engine.flexible.allowed import whole_case_fits
from engine.history import items
from engine.history.told import PAUSED, SUSPENDED
from engine.tables import cases, entries, people, tasks

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Names
    from forms import Names as FormNames

PAGE: Final = 50


@dataclass(frozen=True, slots=True)
class Paused:
    """One clock that stands, or case that is suspended: since when (UTC), why, and by whom.

    ``step`` and ``item`` are None for a whole case; ``until`` (UTC) is when a suspended one goes on
    by itself, and ``may_resume`` whether whoever asks lets it go on.
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
    is_suspended: bool
    until: datetime | None
    may_resume: bool


_NO_STEP = [sa.null().cast(sa.Text).label(name) for name in ("process", "element", "item")]
_OF_CASES = sa.select(
    cases.c.id.label("case_id"),
    cases.c.paused_at,
    cases.c.paused_for,
    *_NO_STEP,
    sa.literal(PAUSED).label("kind"),
).where(cases.c.paused_at.is_not(None), cases.c.status == "open")
_OF_STEPS = sa.select(
    *(tasks.c[name] for name in ("case_id", "paused_at", "paused_for")),
    *(tasks.c[name] for name in ("process", "element", "item")),
    sa.literal(PAUSED),
).where(tasks.c.paused_at.is_not(None))
_SUSPENDED = sa.select(
    cases.c.id, cases.c.suspended_at, cases.c.suspended_for, *_NO_STEP, sa.literal(SUSPENDED)
).where(cases.c.suspended_at.is_not(None), cases.c.status == "open")
_ALL = sa.union_all(_OF_CASES, _OF_STEPS, _SUSPENDED).subquery("paused")
_WHO = (
    sa.select(people.c.name)
    .join(entries, entries.c.actor == people.c.id)
    .where(
        entries.c.case_id == _ALL.c.case_id,
        entries.c.kind == _ALL.c.kind,
        entries.c.at == _ALL.c.paused_at,
    )
    .limit(1)
    .scalar_subquery()
)
_LIST = (
    sa.select(
        _ALL,
        *(
            cases.c[name]
            for name in ("code", "number", "customer", "version_id", "suspended_until")
        ),
        _WHO.label("who"),
    )
    .join(cases, cases.c.id == _ALL.c.case_id)
    .order_by(_ALL.c.paused_at, cases.c.code, _ALL.c.element.asc().nulls_first())
)


def paused(conn: sa.Connection, *, by: Person, page: int = 1) -> tuple[list[Paused], bool]:
    """Return one page of what stands, the longest first, and whether more follow."""
    rows = conn.execute(_LIST.limit(PAGE + 1).offset((page - 1) * PAGE)).all()
    return [_paused(conn, row, by) for row in rows[:PAGE]], len(rows) > PAGE


def _paused(conn: sa.Connection, row: sa.Row[Any], by: Person) -> Paused:
    is_suspended = row.kind == SUSPENDED
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
        is_suspended=is_suspended,
        until=row.suspended_until if is_suspended else None,
        may_resume=is_suspended and whole_case_fits(version, "suspend", by.roles),
    )

"""The desks of those whom a person represents: what they hold, and what is free for their roles."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from engine.tables import cases, tasks
from engine.tasks.inbox import ORDER, PAGE, Item, item_of, marked, shown

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for somebody whom one represents, the most urgent first; perhaps ``more``."""

    person: Person
    items: list[Item]
    more: bool


_SCOPE = (
    sa.func.jsonb_to_recordset(sa.bindparam("scopes", type_=JSONB))
    .table_valued(
        sa.column("n", sa.Integer),
        sa.column("person", sa.Uuid),
        sa.column("roles", ARRAY(sa.Text)),
        sa.column("procedure", sa.Text),
        sa.column("steps", ARRAY(sa.Text)),
        name="scope",
    )
    .render_derived(with_types=True)
)
_COVERED = (
    sa.or_(
        _SCOPE.c.procedure.is_(None),
        sa.exists()
        .where(cases.c.id == tasks.c.case_id, cases.c.procedure == _SCOPE.c.procedure)
        .correlate_except(cases),
    ),
    sa.or_(
        sa.func.cardinality(_SCOPE.c.steps) == 0,
        (tasks.c.process + ":" + tasks.c.element) == sa.any_(_SCOPE.c.steps),
    ),
)
_HELD = (
    sa.select(tasks.c.id)
    .where(tasks.c.claimed_by == _SCOPE.c.person, *_COVERED)
    .order_by(*ORDER)
    .limit(PAGE + 1)
    .lateral("held")
)
_ROLE = sa.func.unnest(_SCOPE.c.roles).table_valued("role").render_derived("one").lateral("one")
_FREE = (
    sa.select(tasks.c.id)
    .where(tasks.c.role == _ROLE.c.role, tasks.c.claimed_by.is_(None), *_COVERED)
    .order_by(*ORDER)
    .limit(PAGE + 1)
    .lateral("free")
)
_EITHER = sa.union_all(
    sa.select(_HELD.c.id, _SCOPE.c.n).select_from(_SCOPE.join(_HELD, sa.true())),
    sa.select(_FREE.c.id, _SCOPE.c.n).select_from(
        _SCOPE.join(_ROLE, sa.true()).join(_FREE, sa.true())
    ),
).subquery("either")
_CHOSEN = (
    sa.select(_EITHER.c.id, sa.func.min(_EITHER.c.n).label("n")).group_by(_EITHER.c.id).subquery()
)
_DESKS = shown(_CHOSEN).limit(None)


def desks(conn: sa.Connection, by: Person) -> list[Desk]:
    """Return the desks of those whom a person represents, in the order in which that began.

    A free task stands on one desk only, and on none if the person's own roles may do it too. The
    statements are as many for one desk as for several, and none for nobody.
    """
    if not by.represents:
        return []
    scopes = [
        {
            "n": number,
            "person": str(each.person.id),
            "roles": sorted(each.person.roles - by.roles),
            "procedure": each.procedure,
            "steps": sorted(each.steps),
        }
        for number, each in enumerate(by.represents)
    ]
    found: dict[UUID, tuple[Person, list[Item]]] = {
        each.person.id: (replace(by, acts_for=each.person), []) for each in by.represents
    }
    for row in conn.execute(_DESKS, {"scopes": scopes, "person": by.id}):
        who, items = found[by.represents[row.n].person.id]
        items.append(item_of(conn, row, who))
    shown_ = marked(conn, [(who, items[:PAGE]) for who, items in found.values()])
    return [
        Desk(who.principal, items, more=len(all_) > PAGE)
        for (who, all_), items in zip(found.values(), shown_, strict=True)
    ]

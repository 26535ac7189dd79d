"""Offers: events that people of a role may start on a case whenever they see fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures
from engine.tables import cases, waits

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Diagram, Names

MOST_FOLLOWING = 3


@dataclass(frozen=True, slots=True)
class Offer:
    """An event that may be started now; ``follows`` are the next named elements on its way.

    ``roles`` are those to whom it is offered.
    """

    wait_id: UUID
    place: str
    names: Names
    roles: tuple[Names, ...]
    follows: tuple[Names, ...]


_OFFERED = (
    sa.select(waits, cases.c.version_id)
    .join(cases, cases.c.id == waits.c.case_id)
    .where(
        waits.c.case_id == sa.bindparam("case"),
        waits.c.offered.overlap(sa.bindparam("roles", type_=sa.ARRAY(sa.Text))),
    )
    .order_by(waits.c.since, waits.c.process, waits.c.element, waits.c.id)
)


def offered(conn: sa.Connection, case_id: UUID, *, by: Person) -> list[Offer]:
    """Return what a person may start on a case at this moment, that offered longest first."""
    rows = conn.execute(_OFFERED, {"case": case_id, "roles": sorted(by.roles)}).all()
    if not rows:
        return []
    version = procedures.version(conn, rows[0].version_id)
    return [
        Offer(
            row.id,
            f"{row.process}:{row.element}",
            version.element(row.process, row.element).names,
            tuple(version.bundle.roles[role] for role in row.offered),
            tuple(_following(version, row.process, row.element)),
        )
        for row in rows
    ]


def _following(version: Version, process: str, element: str) -> list[Names]:
    """Walk over gateways that only join to the first elements that have a name."""
    diagram = version.compiled.diagrams[process]
    found: list[Names] = []
    ahead, seen = _next(diagram, element), {element}
    while ahead and len(found) < MOST_FOLLOWING:
        key = ahead.pop(0)
        if key in seen:
            continue
        seen.add(key)
        names = diagram.elements[key].names
        if names.zh:
            found.append(names)
        else:
            ahead += _next(diagram, key)
    return found


def _next(diagram: Diagram, element: str) -> list[str]:
    return [flow.target for flow in diagram.flows.values() if flow.source == element]

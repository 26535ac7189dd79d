"""Which open steps of a case a person is kept from by a guarantee, for the page of the case."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.substituting.acting import as_whom
from engine.tables import cases, tasks
from engine.tasks.foureyes import Eyes

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person
    from engine.procedures import Version
    from engine.tasks.foureyes import FourEyesError

_OPEN = (
    sa.select(tasks, cases.c.state)
    .join(cases, cases.c.id == tasks.c.case_id)
    .where(tasks.c.case_id == sa.bindparam("case"))
)


def hindrances(
    conn: sa.Connection, version: Version, case_id: UUID, *, by: Person
) -> dict[UUID, FourEyesError]:
    """Return why open tasks of a case may not be theirs, by task, whoever they would act for."""
    if not version.compiled.guarantees:
        return {}
    found = {}
    for row in conn.execute(_OPEN, {"case": case_id}):
        who = as_whom(by, row, version.compiled.id)
        found[row.id] = Eyes(conn, version, case_id, who.both).hindrance(row, row.state)
    return {key: why for key, why in found.items() if why is not None}

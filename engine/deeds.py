"""Who did which steps of a case, as its chained entries say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine.direct import Direct
from engine.history import read
from engine.tables import Key, entries

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from engine.people import Person

_DONE = Direct(
    sa.select(entries.c.case_id, entries.c.body).where(
        entries.c.case_id == sa.any_(sa.bindparam("cases", type_=ARRAY(Key))),
        entries.c.kind == sa.bindparam("kind"),
        sa.or_(
            entries.c.actor == sa.any_(sa.bindparam("people", type_=ARRAY(Key))),
            entries.c.body.op("~~")(
                sa.any_(sa.bindparam("acted_for", type_=ARRAY(sa.LargeBinary)))
            ),
        ),
    )
)


def done(
    conn: sa.Connection, cases: Collection[UUID], people: Collection[Person]
) -> dict[UUID, set[tuple[UUID, str]]]:
    """Return, by case, which of some people did which steps, themselves or by somebody for them."""
    asked = {
        "cases": list(cases),
        "kind": "step_completed",
        "people": [person.id for person in people],
        "acted_for": [f'%"for":"{person.id.hex}"%'.encode() for person in people],
    }
    found: dict[UUID, set[tuple[UUID, str]]] = {}
    for case_id, stored in _DONE.rows(conn, asked):
        body = read(stored)
        place = f"{body.get('process')}:{body.get('element')}"
        who = {body.get("by"), body.get("for")}
        did = {(person.id, place) for person in people if person.id.hex in who}
        found.setdefault(case_id, set()).update(did)
    return found

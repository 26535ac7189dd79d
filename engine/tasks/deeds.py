"""Who took part in which steps of a case, and how, as its chained entries say.

Taking part in a step is to do it (also for somebody, or by somebody for oneself), to sign it
whatever the answer, to send the case back from it, to prepare it: to give back what was delegated,
or to have typed what another goes on with; and, for an operator, to skip it or to move the case
past it, which both who asked for it and who agreed to it have done. Claiming, releasing, asking for
signatures, pausing, urging and reading are no part in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine.direct import Direct
from engine.history import read
from engine.spiff import Names
from engine.tables import Key, entries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from uuid import UUID

    from engine.people import Person

PREPARED: Final = "prepared"
"""Whose typing goes on with a task, by their ids, in the entry that gives it to another."""

DID: Final = Names("办理过", "did")
_PREPARED: Final = Names("准备过", "prepared")
_SIGNED: Final = Names("会签过", "signed")
_SKIPPED: Final = Names("跳过了", "skipped")
_ACTS: Final[Mapping[str, Names]] = {
    "step_completed": DID,
    "task_given_back": _PREPARED,
    "signature_given": _SIGNED,
    "signature_refused": _SIGNED,
    "task_returned": Names("退回过", "returned"),
    "step_skipped": _SKIPPED,
    "token_moved": _SKIPPED,
}
_HANDED: Final = ("task_transferred", "task_assigned", "task_delegated", "task_taken_back")

_DONE = Direct(
    sa.select(entries.c.case_id, entries.c.kind, entries.c.body)
    .where(
        entries.c.case_id == sa.any_(sa.bindparam("cases", type_=ARRAY(Key))),
        entries.c.kind == sa.any_(sa.bindparam("kinds", type_=ARRAY(sa.Text))),
        sa.or_(
            entries.c.actor == sa.any_(sa.bindparam("people", type_=ARRAY(Key))),
            entries.c.body.op("~~")(sa.any_(sa.bindparam("named", type_=ARRAY(sa.LargeBinary)))),
        ),
    )
    .order_by(entries.c.seq)
)

Parts = dict[tuple["UUID", str], Names]
"""Who took part in which step ("process:element"), and what they did there."""


def parts(
    conn: sa.Connection, cases: Collection[UUID], people: Collection[Person]
) -> dict[UUID, Parts]:
    """Return, by case, what some people did at which steps, themselves or by somebody for them."""
    asked = {
        "cases": list(cases),
        "kinds": [*_ACTS, *_HANDED],
        "people": [person.id for person in people],
        "named": [f'%"{person.id.hex}"%'.encode() for person in people],
    }
    found: dict[UUID, Parts] = {}
    for case_id, kind, stored in _DONE.rows(conn, asked):
        mine = found.setdefault(case_id, {})
        for key, place, how in _said(kind, read(stored)):
            for person in people:
                if person.id.hex == key:
                    mine.setdefault((person.id, place), how)
    return found


def _said(kind: str, body: Mapping[str, Any]) -> Iterator[tuple[str | None, str, Names]]:
    """Give who took part in what, as an entry says it."""
    place = f"{body.get('process')}:{body.get('element')}"
    if kind == "token_moved":
        place = body.get("left", "")
    if kind in _ACTS:
        asker, _ = body.get("asked_by", (None, None))
        for key in (body.get("by"), body.get("for"), asker):
            yield key, place, _ACTS[kind]
    for key in body.get(PREPARED, ()):
        yield key, place, _PREPARED

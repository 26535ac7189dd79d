"""Who is concerned with a case, and so may urge whoever holds it up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.flexible.allowed import fits, words_for
from engine.roles import PROCESS_OWNER
from engine.tables import entries, tasks

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Step

_HELD: Final = (tasks.c.claimed_by, tasks.c.owner)


def is_concerned(conn: sa.Connection, case_id: UUID, *, by: Person) -> bool:
    """Whether a person has done something in a case, has a step in it, or keeps procedures."""
    if PROCESS_OWNER in by.roles:
        return True
    did = sa.exists().where(entries.c.case_id == case_id, entries.c.actor == by.id)
    has = sa.exists().where(
        tasks.c.case_id == case_id,
        sa.or_(tasks.c.role.in_(by.roles), *(held == by.id for held in _HELD)),
    )
    return bool(conn.scalar(sa.select(sa.or_(did, has))))


def may_urge(step: Step, role: str, *, by: Person, concerned: bool) -> bool:
    """Whether a person may urge a step of this role, being concerned with its case or not."""
    words = words_for(step, "urge")
    return ("concerned" in words and concerned) or fits(words, role, by.roles)

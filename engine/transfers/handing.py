"""Steps that stay open and are another role's in the other version; who had them loses them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import notices
from engine.history.entrynotes import handed_over
from engine.tables import people, tasks
from engine.tasks.waiting import RELEASED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import Names, OpenTask, Transfer


@dataclass(frozen=True, slots=True)
class Handed:
    """A step that goes from the role ``was`` to another; its ``holder`` loses it, if it has one."""

    step: OpenTask
    was: Names
    holder: UUID | None
    name: str

    @property
    def told(self) -> list[str]:
        """What the preview and the entry keep of it, to be read by engine.history.entrynotes."""
        place = f"{self.step.process}:{self.step.element}"
        return [place, self.was.zh, self.was.en, self.step.role, self.name]


def handed(conn: sa.Connection, version: Version, found: Transfer) -> list[Handed]:
    """Return the open steps of a case that another role does then, as they stand in a version."""
    return [_handed(conn, version, step) for step in found.reassigned]


def _handed(conn: sa.Connection, version: Version, step: OpenTask) -> Handed:
    given = tasks.c.given_to.is_not_distinct_from(tasks.c.claimed_by)
    loses = sa.not_(sa.or_(given, people.c.roles.contains([step.role])))
    mine = (
        sa.select(tasks.c.role, people.c.id, people.c.name)
        .outerjoin(people, sa.and_(people.c.id == tasks.c.claimed_by, loses))
        .where(tasks.c.id == step.id)
    )
    row = conn.execute(mine).one()
    return Handed(step, version.bundle.roles[row.role], row.id, row.name or "")


def hand_over(
    conn: sa.Connection, case_id: UUID, to: Version, steps: Sequence[Handed], *, now: datetime
) -> None:
    """Let the steps be those of their new roles; these, and whoever loses one, are told."""
    for one in steps:
        freed = RELEASED if one.holder is not None else {}
        mine = sa.update(tasks).where(tasks.c.id == one.step.id)
        conn.execute(mine.values(role=one.step.role, **freed))
        said = handed_over(to, one.told)
        if one.holder is not None:
            notices.tell_one(conn, one.holder, said, case_id=case_id, now=now)
        new = handed_over(to, replace(one, name="").told)
        notices.tell(conn, [one.step.role], new, case_id=case_id, now=now)

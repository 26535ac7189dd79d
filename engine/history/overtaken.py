"""What became of tasks that nobody completed: how each ended, as the entry that ended it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from engine.history import moment, read
from engine.spiff import Names
from engine.tables import cancelled_tasks, entries

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

OVER: Final[Mapping[str, Names]] = {
    "task_returned": Names(
        "{name} 已退回，这件待办随之结束；退回的步骤办好后会再来。",
        "{name} has returned the case, and this task ended with it; it comes again once the "
        "returned step is done.",
    ),
    "step_withdrawn": Names(
        "{name} 已撤回上一步，这件待办随之取消；重新提交后会再来。",
        "{name} has taken the step before back, and this task ended with it; it comes again once "
        "that is sent again.",
    ),
    "case_cancelled": Names(
        "{name} 已撤销本案，无需再办。", "{name} has cancelled the case; there is nothing to do."
    ),
    "step_skipped": Names(
        "{name} 已跳过此步骤，无需再办。", "{name} has skipped this step; there is nothing to do."
    ),
    "token_moved": Names(
        "{name} 已将案件移到别处，此待办随之结束。",
        "{name} has moved the case elsewhere, and this task ended with it.",
    ),
}
"""What people do to a case that ends tasks, by kind of entry."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a task ended, ``at`` in UTC; ``how`` is None if its case went past it by itself."""

    case_id: UUID
    at: datetime | None
    how: Names | None


_ENTRY = (entries.c.case_id, entries.c.at, entries.c.kind, entries.c.body, entries.c.seq)
_BY_ANOTHER = sa.and_(
    cancelled_tasks.c.case_id == entries.c.case_id, cancelled_tasks.c.seq == entries.c.seq
)
# What ended a task that nobody completed: an entry of its own, or one that cancelled it.
_ENDED = sa.union_all(
    sa.select(*_ENTRY).where(
        entries.c.task_id == sa.bindparam("task"), entries.c.kind.in_(list(OVER))
    ),
    sa.select(*_ENTRY)
    .join(cancelled_tasks, _BY_ANOTHER)
    .where(cancelled_tasks.c.task_id == sa.bindparam("task")),
)


def ended(conn: sa.Connection, task_id: UUID) -> Ended | None:
    """Return how a task ended that was not completed; None if there never was one."""
    row = conn.execute(_ENDED, {"task": task_id}).first()
    if row is None:
        return None
    body, how = read(row.body), OVER.get(row.kind)
    name = body.get("name") or ""
    words = how and Names(how.zh.format(name=name), how.en.format(name=name))
    return Ended(row.case_id, moment(body), words)

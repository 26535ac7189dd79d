"""What somebody typed for a task that ended undone stands there again once its place opens anew.

A draft is a person's, at a place of a case: a step, in the call that it stands in, for one item.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from engine.cases.storing import Write, inserts, keys_of, portions
from engine.direct import Direct
from engine.tables import cancelled_tasks, people, tasks
from engine.tables import drafts as typed
from engine.tasks import drafts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from engine.people import Person
    from engine.spiff import Move, OpenTask

_OF_TASK, _COLON, _SLASH = (sa.literal_column(f"'{text}'", sa.Text) for text in ("task:", ":", "/"))
_LEFT = typed.c.subject == _OF_TASK + sa.cast(cancelled_tasks.c.task_id, sa.Text)
_PLACE = sa.func.concat(
    *(tasks.c.within, _SLASH, tasks.c.process, _COLON, tasks.c.element, _SLASH, tasks.c.item)
)
_SAME = sa.and_(cancelled_tasks.c.case_id == tasks.c.case_id, cancelled_tasks.c.place == _PLACE)
_THESE = tasks.c.id.in_(sa.bindparam("ids", expanding=True))
_ENDING = sa.select(
    *(tasks.c.id, tasks.c.process, tasks.c.element, _PLACE),
    sa.func.coalesce(tasks.c.owner, tasks.c.claimed_by),
    sa.exists().where(typed.c.subject == _OF_TASK + sa.cast(tasks.c.id, sa.Text)),
)
_CANCELLED = Write("cancelled", inserts(cancelled_tasks, tuple(cancelled_tasks.c.keys())))
_TYPED = (
    sa.select(tasks.c.id, cancelled_tasks.c.task_id.label("before"), typed.c.person_id)
    .join_from(tasks, cancelled_tasks, _SAME)
    .join(typed, _LEFT)
    .where(_THESE)
    .order_by(typed.c.at.desc())
)
_HELD = (
    sa.select(tasks.c.id, cancelled_tasks.c.held_by)
    .join_from(tasks, cancelled_tasks, _SAME)
    .where(_THESE)
    .order_by(cancelled_tasks.c.seq)
)
_THERE_NOW = (
    sa.select(cancelled_tasks.c.place, tasks.c.id)
    .outerjoin_from(cancelled_tasks, tasks, _SAME)
    .where(cancelled_tasks.c.task_id == sa.bindparam("task"))
)
_WRITERS = (
    sa.select(typed.c.subject, people.c.id, people.c.name)
    .join(people, people.c.id == typed.c.person_id)
    .where(typed.c.subject.in_(sa.bindparam("subjects", expanding=True)))
    .order_by(typed.c.at)
)


class Ending(NamedTuple):
    """A task that ends undone, as it was: its place, whose it was, and whether it has a draft."""

    id: UUID
    process: str
    element: str
    place: str
    held_by: UUID | None
    drafted: bool


def ending(conn: sa.Connection, move: Move, *, done: Collection[UUID]) -> list[Ending]:
    """Return the tasks that end with a move, but for those that are ``done``, as they were."""
    ids = [key for key in move.closed if key not in done]
    return [Ending(*row) for some in portions(ids) for row in _ending(conn, some)]


def _ending(conn: sa.Connection, ids: Sequence[UUID]) -> list[tuple[Any, ...]]:
    keys = {f"task{number}_id": key for number, key in enumerate(ids)}
    return _these(len(ids)).rows(conn, keys)


@cache
def _these(count: int) -> Direct:
    return Direct(_ENDING.where(tasks.c.id.in_(keys_of("task", count))))


def remembered(
    case_id: UUID, ended: Sequence[Ending], *, seq: int
) -> dict[Write, list[dict[str, object]]]:
    """Return what is written of tasks that end undone by the entry ``seq``."""
    rows: list[dict[str, object]] = [
        {
            "task_id": row.id,
            "case_id": case_id,
            "seq": seq,
            "place": row.place,
            "held_by": row.held_by,
        }
        for row in ended
    ]
    return {_CANCELLED: rows} if rows else {}


def carry(conn: sa.Connection, opened: Sequence[OpenTask]) -> None:
    """Let everybody's newest draft of the places that have just opened be one of these tasks."""
    carried = set()
    ids = [task.id for task in opened]
    for row in conn.execute(_TYPED, {"ids": ids}).all() if ids else ():
        if (row.id, row.person_id) not in carried:
            carried.add((row.id, row.person_id))
            was, now = drafts.of_task(row.before), drafts.of_task(row.id)
            drafts.move(conn, was, now, whose=row.person_id)


def held_before(conn: sa.Connection, opened: Sequence[OpenTask]) -> dict[UUID, UUID]:
    """Return who held the tasks at the places that have just opened, by the ids of the new ones."""
    last = {row.id: row.held_by for row in conn.execute(_HELD, {"ids": [t.id for t in opened]})}
    return {key: holder for key, holder in last.items() if holder is not None}


def typed_for(
    conn: sa.Connection, task_id: UUID, *, by: Person
) -> tuple[str, dict[str, list[str]]] | None:
    """Return what a person had typed for a task that ended undone, and where it was typed.

    That is "process/element". It may stand at the task that is open there now.
    """
    for row in conn.execute(_THERE_NOW, {"task": task_id}).all():
        for key in (task_id, row.id):
            found = drafts.load(conn, drafts.of_task(key), by=by) if key and row.place else None
            if found is not None:
                return row.place.split("/")[1].replace(":", "/"), found
    return None


def writers(conn: sa.Connection, ids: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Return who has a draft of tasks, by id and name, by the tasks' ids."""
    subjects = {drafts.of_task(key): key for key in ids}
    found: dict[UUID, list[tuple[UUID, str]]] = {}
    for row in conn.execute(_WRITERS, {"subjects": list(subjects)}) if subjects else ():
        found.setdefault(subjects[row.subject], []).append((row.id, row.name))
    return found

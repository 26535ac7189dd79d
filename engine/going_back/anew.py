"""A step that is open anew: it goes to whoever did it last, with what they had sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import sqlalchemy as sa

from engine import people
from engine.attachments.enclosing import key_of
from engine.going_back.told import tell_who_has_it
from engine.history import read
from engine.spiff import Names
from engine.tables import attachments, entries, tasks
from engine.tasks import drafts
from engine.tasks.foureyes import Eyes
from forms import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from engine.going_back.deeds import Deed
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Move, OpenTask, Return
    from engine.tasks.waiting import Waiting
    from forms import Form

RETURNED: Final = "task_returned"
"""The kind of entry that says who returned a task; ``back`` is to what, and how it comes back."""

STRAIGHT: Final = "straight"
THROUGH: Final = "through"


def opened_anew(move: Move, target: Return) -> list[OpenTask]:
    """Return the tasks that a move opened at a finished step: several, if it is done by several."""
    place = (target.process, target.element, target.path)
    found = [each for each in move.opened if (each.process, each.element, each.path) == place]
    same = [each for each in found if target.item is None or each.item == target.item]
    return same or found


def give(
    conn: sa.Connection,
    version: Version,
    move: Move,
    target: Return,
    deed: Deed | None,
    *,
    case_id: UUID,
    again: str,
    now: datetime,
) -> Person | None:
    """Mark what a move opened anew, and let whoever did it hold it, if they still may.

    ``again`` is how it came back, a value of ``tasks.again``. Returns who holds it now.
    """
    opened = opened_anew(move, target)
    mine = tasks.c.id.in_([task.id for task in opened])
    conn.execute(sa.update(tasks).where(mine).values(again=again))
    if len(opened) != 1 or deed is None or deed.principal is None:
        return None
    (task,) = opened
    holder = holds(conn, version, move, task, deed.principal, case_id=case_id, now=now)
    subject = drafts.of_task(task.id)
    if holder and deed.answers and drafts.load(conn, subject, by=holder) is None:
        form = version.form(task.process, task.element)
        values = _with_files(conn, form, deed.answers, subject=subject, by=holder, now=now)
        drafts.save(conn, subject, form.as_posted(values), by=holder, now=now)
    return holder


def holds(
    conn: sa.Connection,
    version: Version,
    move: Move,
    task: OpenTask,
    key: UUID,
    *,
    case_id: UUID,
    now: datetime,
) -> Person | None:
    """Let somebody hold a task that a move opened; None if they have left, or may not do it."""
    holder = people.person(conn, key)
    if holder is None or task.role not in holder.roles:
        return None
    if not Eyes(conn, version, case_id, (holder,)).allow(task, move.state):
        return None
    taken = {"claimed_by": holder.id, "claimed_at": now}
    conn.execute(sa.update(tasks).where(tasks.c.id == task.id).values(taken))
    return holder


def _with_files(
    conn: sa.Connection,
    form: Form,
    values: Mapping[str, Any],
    *,
    subject: str,
    by: Person,
    now: datetime,
) -> dict[str, Any]:
    """Return answers with copies of their files, which may be sent once more."""
    found = dict(values)
    for field in form.fields:
        if field.kind is Kind.ATTACHMENTS and found.get(field.name):
            keys = [key for one in found[field.name] if (key := key_of(one)) is not None]
            found[field.name] = _copies(conn, keys, subject=subject, by=by, now=now)
    return found


def _copies(
    conn: sa.Connection, keys: list[UUID], *, subject: str, by: Person, now: datetime
) -> list[str]:
    rows = conn.execute(sa.select(attachments).where(attachments.c.id.in_(keys))).all()
    new: dict[str, Any] = {"case_id": None, "subject": subject, "uploaded_by": by.id, "at": now}
    copies = {row.id: {**row._mapping, **new, "id": uuid4()} for row in rows}  # noqa: SLF001
    if copies:
        conn.execute(sa.insert(attachments), list(copies.values()))
    return [str(copies[key]["id"]) for key in keys if key in copies]


_NEWEST = (
    sa.select(entries)
    .where(entries.c.case_id == sa.bindparam("case"))
    .order_by(entries.c.seq.desc())
)


def come_back(
    conn: sa.Connection, version: Version, waiting: Waiting, move: Move, *, now: datetime
) -> None:
    """Give a task that waited for the one just done back to whoever had returned it.

    Only what was returned straight comes back.
    """
    if waiting.again is None:
        return
    case_id = waiting.case.id
    rows = [(row, read(row.body)) for row in conn.execute(_NEWEST, {"case": case_id})]
    for task in move.opened:
        if (row := _returned(rows, task)) is None:
            continue
        conn.execute(sa.update(tasks).where(tasks.c.id == task.id).values(again="back"))
        key = row.acted_for or row.actor
        holder = holds(conn, version, move, task, key, case_id=case_id, now=now)
        text = _words(version, waiting, task)
        tell_who_has_it(conn, [task], holder, text, to=case_id, by=waiting.by, now=now)


def _returned(
    rows: Iterable[tuple[sa.Row[Any], dict[str, Any]]], task: OpenTask
) -> sa.Row[Any] | None:
    """Return the entry by which a task was returned that has not been open since, if one was.

    ``rows`` are the case's entries with their bodies, the newest first.
    """
    place = f"{task.process}:{task.element}"
    for row, body in rows:
        is_straight = row.kind == RETURNED and body["back"]["way"] == STRAIGHT
        where = f"{body.get('process')}:{body.get('element')}"
        if is_straight and (where, body.get("item")) == (place, task.item):
            return row
        others = (key for key, at, _ in body.get("opened", ()) if at == place)
        if any(key != task.id.hex for key in others):
            return None
    return None


def _words(version: Version, waiting: Waiting, task: OpenTask) -> Names:
    step = version.step(task.process, task.element).names
    done = version.step(waiting.process, waiting.element).names
    return Names(
        f"“{done.zh}”已重新办好，“{step.zh}”回到您这里",
        f"“{done.en}” is done again, and “{step.en}” is back",
    )

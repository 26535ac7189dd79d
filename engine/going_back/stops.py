"""What stops when a case goes back, in the words that are read before it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import spiff
from engine.history import items
from engine.history.entrynotes import named
from engine.history.path import STANDS_AT
from engine.spiff import Cancelled, Names
from engine.tables import people, tasks
from engine.tasks import left

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from engine.procedures import Version
    from engine.spiff import OpenTask, Timer, Wait

_HELD = (
    sa.select(tasks.c.id, people.c.name)
    .join(people, people.c.id == tasks.c.claimed_by)
    .where(tasks.c.id.in_(sa.bindparam("ids", expanding=True)))
)


def stops(conn: sa.Connection, version: Version, cancelled: Cancelled) -> list[Names]:
    """Return a line for each task, clock, message and call that stops."""
    ids = [task.id for task in cancelled.tasks]
    held = {row.id: row.name for row in conn.execute(_HELD, {"ids": ids})} if ids else {}
    typed = left.writers(conn, ids)
    lines = [
        _task(version, task, held.get(task.id), [name for _, name in typed.get(task.id, ())])
        for task in cancelled.tasks
    ]
    return [*lines, *_others(version, cancelled)]


def all_stops(conn: sa.Connection, version: Version, state: bytes) -> list[Names]:
    """Return a line for all at which an open case stands; what hangs on a step goes unsaid."""
    at = spiff.position(version.compiled, state)

    def stands(each: Timer | Wait) -> bool:
        return version.element(each.process, each.element).kind in STANDS_AT

    timers, waits = filter(stands, at.timers), filter(stands, at.waits)
    return stops(conn, version, Cancelled(at.tasks, tuple(timers), tuple(waits), at.calls))


def _task(version: Version, task: OpenTask, holder: str | None, writers: Sequence[str]) -> Names:
    step, role = version.step(task.process, task.element).names, version.bundle.roles[task.role]
    one = items.told(version, task.item)
    zh, en = (f"（{one.zh}）", f" ({one.en})") if one else ("", "")
    kept_zh, kept_en = "", ""
    if writers:
        kept_zh = f"（{'、'.join(writers)} 已填写的草稿保留）"
        kept_en = f" (what {', '.join(writers)} typed is kept)"
    return Names(
        f"待办“{step.zh}”{zh}：{holder or role.zh}{kept_zh}",
        f"Task “{step.en}”{en}: {holder or role.en}{kept_en}",
    )


def _others(version: Version, cancelled: Cancelled) -> Iterator[Names]:
    for timer in cancelled.timers:
        name = named(version, timer.process, timer.element)
        yield Names(f"计时“{name.zh}”", f"Clock “{name.en}”")
    for wait in cancelled.waits:
        name = named(version, wait.process, wait.element)
        yield Names(f"等待“{name.zh}”", f"Waiting for “{name.en}”")
    if count := len(cancelled.calls):
        yield Names(f"{count} 次未答复的外部调用", f"{count} calls that are not answered yet")

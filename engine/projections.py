"""What rows say of a case's steps and clocks, beside its stored state: one case at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import sqlalchemy as sa

    from engine.spiff import OpenTask, Position, Timer

NEXT_DUE: Final = Names("下一期限", "next deadline")
DUE_AT: Final = Names("结案时限", "to close by")
PAUSED: Final = Names("全案计时暂停", "clock of the case paused")
_COLUMNS: Final = {
    "process": Names("流程", "process"),
    "element": Names("步骤", "step"),
    "role": Names("角色", "role"),
    "due_at": Names("时限", "due"),
    "stands": Names("停着的计时", "clock that stands"),
    "paused_at": Names("计时暂停", "clock paused"),
}


def differing(
    case: sa.Row[Any], rows: Sequence[sa.Row[Any]], position: Position
) -> Iterator[Names]:
    """Name what of a case's row and of its open tasks' rows is not as its state has it."""
    yield from _tasks(rows, position)
    running = [timer for timer in position.timers if timer.stopped is None]
    if case.next_due != min((timer.due for timer in running), default=None):
        yield NEXT_DUE
    clocks = {timer.due for timer in running if _is_clock(case, timer)}
    if clocks and case.due_at not in clocks:
        yield DUE_AT
    if (case.paused_at is not None) != position.paused and case.status == "open":
        yield PAUSED


def _is_clock(case: sa.Row[Any], timer: Timer) -> bool:
    return timer.clock and case.clock == f"{timer.process}:{timer.host}"


def _tasks(rows: Sequence[sa.Row[Any]], position: Position) -> Iterator[Names]:
    kept = {row.id: row for row in rows}
    open_now = {task.id: task for task in position.tasks}
    for key, task in open_now.items():
        if key not in kept:
            yield Names(f"缺待办 {task.element}", f"no task {task.element}")
    for key, row in kept.items():
        if key not in open_now:
            yield Names(f"多出待办 {row.element}", f"one task {row.element} too many")
            continue
        for column in _wrong(row, open_now[key], position):
            zh, en = _COLUMNS[column].zh, _COLUMNS[column].en
            element = open_now[key].element
            yield Names(f"待办 {element} 的{zh}", f"{en} of task {element}")


def _wrong(row: sa.Row[Any], task: OpenTask, position: Position) -> Iterator[str]:
    said = {"process": task.process, "element": task.element, "role": task.role}
    for column, value in {**said, "due_at": task.due, "stands": task.stands}.items():
        if getattr(row, column) != value:
            yield column
    own = [timer for timer in position.timers if _hangs_on(timer, task)]
    standing = [timer for timer in own if timer.stopped is not None]
    runs_though_paused = row.paused_at is not None and len(standing) < len(own)
    stands_though_not = row.paused_at is None and standing and not position.paused
    if runs_though_paused or stands_though_not:
        yield "paused_at"


def _hangs_on(timer: Timer, task: OpenTask) -> bool:
    return (timer.process, timer.host) == (task.process, task.element)

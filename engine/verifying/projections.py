"""What rows say of a case's steps and clocks, beside its stored state: one case at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from engine.history import moment
from engine.history.entrynotes import named
from engine.spiff import Names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

    import sqlalchemy as sa

    from engine.history.told import Told
    from engine.procedures import Version
    from engine.spiff import OpenTask, Position, Timer

NEXT_DUE: Final = Names("下一期限", "next deadline")
DUE_AT: Final = Names("结案时限", "to close by")
PAUSED: Final = Names("全案计时暂停", "clock of the case paused")
SUSPENDED: Final = Names("挂起", "whether it is suspended")
_COLUMNS: Final = {
    "process": Names("流程", "process"),
    "element": Names("步骤", "step"),
    "role": Names("角色", "role"),
    "due_at": Names("时限", "due"),
    "stands": Names("停着的计时", "clock that stands"),
    "paused_at": Names("计时暂停", "clock paused"),
    "within": Names("所在环节", "activity around it"),
}


@dataclass(frozen=True, slots=True)
class Projected:
    """What a case's state says; ``around`` are the activities that its tasks stand in, by task."""

    version: Version
    position: Position
    around: Mapping[UUID, str | None]


def differing(case: sa.Row[Any], rows: Sequence[sa.Row[Any]], state: Projected) -> Iterator[Names]:
    """Name what of a case's row and of its open tasks' rows is not as its state has it."""
    position = state.position
    yield from _tasks(rows, state)
    running = [timer for timer in position.timers if timer.stopped is None]
    due = min((timer.due for timer in running), default=None)
    if case.next_due != (due if case.suspended_at is None else case.suspended_until):
        yield NEXT_DUE
    clocks = {timer.due for timer in running if _is_clock(case, timer)}
    if clocks and case.due_at not in clocks:
        yield DUE_AT
    if (case.paused_at is not None) != position.paused and case.status == "open":
        yield PAUSED
    if (case.suspended_at is not None) != position.suspended:
        yield SUSPENDED


def _is_clock(case: sa.Row[Any], timer: Timer) -> bool:
    return timer.clock and case.clock == f"{timer.process}:{timer.host}"


def unsaid(
    case: sa.Row[Any], rows: Sequence[sa.Row[Any]], told: Told, version: Version
) -> Iterator[Names]:
    """Name what stands otherwise than the entries of pauses and suspensions say: when, and why."""
    why = {(moment(body), body.get("reason")) for body in told.suspensions} | {(None, None)}
    if (case.suspended_at, case.suspended_for) not in why:
        yield SUSPENDED
    said = {(_where(body), moment(body), body.get("reason")) for body in told.pauses}
    said |= {(None, None, None)}
    if (None, case.paused_at, case.paused_for) not in said:
        yield PAUSED
    for row in rows:
        own = (f"{row.process}:{row.element}", row.paused_at, row.paused_for)
        if own not in said and own[1:] != (None, None):
            yield _of_task("paused_at", _named(version, row))


def _where(body: Mapping[str, Any]) -> str | None:
    return f"{body['process']}:{body.get('element')}" if "process" in body else None


def _named(version: Version, task: sa.Row[Any] | OpenTask) -> Names:
    return named(version, task.process, task.element)


def _of_task(column: str, step: Names) -> Names:
    name = _COLUMNS[column]
    return Names(f"待办“{step.zh}”的{name.zh}", f"task “{step.en}”: {name.en}")


def _tasks(rows: Sequence[sa.Row[Any]], state: Projected) -> Iterator[Names]:
    kept = {row.id: row for row in rows}
    open_now = {task.id: task for task in state.position.tasks}
    for key, task in open_now.items():
        if key not in kept:
            step = _named(state.version, task)
            yield Names(f"缺待办“{step.zh}”", f"no task “{step.en}”")
    for key, row in kept.items():
        if key not in open_now:
            step = _named(state.version, row)
            yield Names(f"多出待办“{step.zh}”", f"one task “{step.en}” too many")
            continue
        step = _named(state.version, open_now[key])
        if row.within != state.around[key]:
            yield _of_task("within", step)
        for column in _wrong(row, open_now[key], state.position):
            yield _of_task(column, step)


def _wrong(row: sa.Row[Any], task: OpenTask, position: Position) -> Iterator[str]:
    said = {"process": task.process, "element": task.element, "role": task.role}
    for column, value in {**said, "due_at": task.due, "stands": task.stands}.items():
        if getattr(row, column) != value:
            yield column
    own = [timer for timer in position.timers if _hangs_on(timer, task)]
    standing = [timer for timer in own if timer.stopped is not None]
    stands = position.paused or position.suspended
    runs_though_paused = row.paused_at is not None and len(standing) < len(own)
    stands_though_not = row.paused_at is None and standing and not stands
    if runs_though_paused or stands_though_not:
        yield "paused_at"


def _hangs_on(timer: Timer, task: OpenTask) -> bool:
    return (timer.process, timer.host) == (task.process, task.element)

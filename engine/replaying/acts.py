"""What each kind of entry does in a replay, and when it can be done."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from engine import spiff
from engine.cases.beginning import BEGUN_BY
from engine.cases.lineage import MOVED
from engine.cases.moving import NUMBERED
from engine.clocks.pausing import RESUMED
from engine.going_back.anew import RETURNED
from engine.going_back.ending import CANCELLED, REOPENED
from engine.going_back.withdrawing import WITHDRAWN
from engine.history.told import PAUSED, SUSPENDED
from engine.messages.correlation import written
from engine.replaying import going_back
from engine.replaying.given import given
from engine.replaying.play import CannotFollowError, stop
from engine.replaying.record import DONE, RECKONED, Opening
from engine.replaying.stage import place_of
from engine.spiff import Dues, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from engine.replaying.play import Play
    from engine.replaying.record import Event
    from engine.spiff import Scope

    Act = Callable[[Play, Event], None]
    Deed = Callable[[], None]
    Find = Callable[[Play, Event], UUID | None]


def _step(play: Play, event: Event) -> UUID | None:
    """Find the open step that was completed."""
    found = None if event.task is None else play.record.openings.get(event.task)
    path = None if event.task is None else play.record.paths.get(event.task)
    return play.stage.task_of(found or Opening(event.place, "", (), 1), path)


def _complete(play: Play, event: Event, task: UUID) -> None:
    stage, process, element = play.stage, event.body["process"], event.body["element"]
    answers = given(play, event, process, element)
    stage.take(spiff.complete(stage.bundle.compiled, stage.state, task, answers, **stage.then))
    stage.done.append(event.place)


def _wait(play: Play, event: Event) -> UUID | None:
    """Find who waits: at the same element, or elsewhere for the same message with equal keys."""
    here = play.stage.waiting_at(event.place, play.record.nth(event))
    called, keys = event.body.get("called"), written(event.body.get("keys") or {})
    named = (wait for wait in play.stage.waits.values() if wait.name == called)
    there = (wait.id for wait in named if written(wait.keys) == keys)
    return next(iter((*here, *there)), None)


def _deliver(play: Play, event: Event, wait: UUID) -> None:
    if event.lacks:
        raise stop(event, "消息内容已按规定删除。", "what it carried was erased.")
    stage = play.stage
    content = {BEGUN_BY: event.body.get("role")} if event.kind == BEGUN else event.answers
    stage.take(spiff.deliver(stage.bundle.compiled, stage.state, wait, content, **stage.then))


def _hear(play: Play, event: Event) -> None:
    """Give a signal to who waits for it at its moment; it is kept for nobody."""
    wait = _wait(play, event)
    if wait is None:
        play.note(event, "那时没有步骤在等这个信号。", "nothing waited for this signal then.")
    else:
        _deliver(play, event, wait)


def _call(play: Play, event: Event) -> UUID | None:
    """Find the call at the same element that was asked as the same one."""
    return next(iter(play.stage.waiting_at(event.place, play.record.nth(event))), None)


def _settle(play: Play, event: Event, call: UUID) -> None:
    if event.kind != FAILED and event.lacks:
        raise stop(event, "外部的回答已按规定删除。", "what was answered was erased.")
    stage = play.stage
    del stage.calls[call]
    compiled, state = stage.bundle.compiled, stage.state
    if event.kind == FAILED:
        stage.take(spiff.fail(compiled, state, call, event.body["code"], **stage.then))
    else:
        stage.take(spiff.answer(compiled, state, call, event.answers["answered"], **stage.then))


def _clock(play: Play, event: Event) -> None:
    stage, task = play.stage, None
    if "element" in event.body:
        task = _paused(play, event)
        if task is None:
            play.note(event, "那一步此时没有打开，计时照常。", "that step is not open then.")
            return
    verb = spiff.pause if event.kind == PAUSED else spiff.resume
    stage.take(verb(stage.bundle.compiled, stage.state, task, **stage.then))


def _stand(play: Play, event: Event) -> None:
    """Let the whole case stand still, or go on."""
    stage = play.stage
    verb = spiff.suspend if event.kind == SUSPENDED else spiff.unsuspend
    stage.take(verb(stage.bundle.compiled, stage.state, **stage.then))


def _paused(play: Play, event: Event) -> UUID | None:
    """Find the step whose clock was stopped or went on.

    Where the entry does not name it, it is one whose clock does not do so yet.
    """
    if event.task is not None:
        return _step(play, event)
    there = [task for task in play.stage.tasks.values() if place_of(task) == event.place]
    there.sort(key=lambda task: task.stands == (event.kind == PAUSED))
    if len(there) > 1:
        zh = f"这一步此时有 {len(there)} 件打开，履历没有写明是哪一件。"
        play.note(event, zh, f"it does not say which of the {len(there)} open ones is meant.")
    return next((task.id for task in there), None)


def _repair(play: Play, event: Event) -> None:
    if event.lacks:
        raise stop(event, "更正的内容已按规定删除。", "what was repaired was erased.")
    stage, before = play.stage, event.answers["from"]
    scopes = spiff.variables(stage.bundle.compiled, stage.state)
    there = [scope for scope in scopes if scope.process == event.body["process"]]
    there.sort(key=lambda scope: not _has(scope, before))
    if not there:
        play.note(event, "更正的数据所在的流程此时没有运行。", "what it mended does not run then.")
        return
    values, scope = event.answers["to"], there[0].id
    stage.take(spiff.repair(stage.bundle.compiled, stage.state, values, scope=scope))


def _has(scope: Scope, values: Mapping[str, Any]) -> bool:
    return all(scope.values.get(name) == value for name, value in values.items())


def _move(play: Play, event: Event) -> None:
    """Go to another version where the case did, if it is replayed in its own ones."""
    was, number, _ = event.body["moved"]
    stage, to = play.stage, play.terms.own.get(number)
    if to is None:
        play.note(
            event,
            f"从第 {was} 版迁移到第 {number} 版，重演中略过。",
            f"it was moved from version {was} to {number}, which the replay passes over.",
        )
        return
    names = to.compiled.variables - stage.bundle.compiled.variables
    said = {**play.terms.said(event.seq), **dict.fromkeys(to.compiled.numbers, stage.number)}
    shifted = event.body.get("shifted") or event.body.get("limits")
    found = spiff.transfer(
        stage.bundle.compiled,
        to.compiled,
        stage.state,
        due=Dues.DRAWN if shifted else Dues.KEPT,
        answers={name: said[name] for name in names if name in said},
        **stage.then,
    )
    if found.move is None or found.verdict is Verdict.CANNOT:
        raise CannotFollowError(found.obstacles[0])
    stage.bundle = to
    stage.take(found.move)
    stage.tasks |= {task.id: task for task in found.reassigned}


def _place(play: Play, event: Event) -> None:
    """Move a token as an operator did, from the step that it stood at."""
    task = None
    if event.task is not None and (task := _step(play, event)) is None:
        raise stop(event, "移动前的步骤此时没有打开。", "the step that was left is not open then.")
    going_back.place(play, event, task)


def _wake(play: Play, _event: Event) -> None:
    stage = play.stage
    stage.take(spiff.wake(stage.bundle.compiled, stage.state, **stage.then))


def _follow(_play: Play, _event: Event) -> None:
    """Do nothing: a replayed case has gone on by its number at once, as here."""


def _reckon(play: Play, event: Event) -> None:
    play.note(
        event,
        "此处日历修改过；重演一律按今天的日历推算期限。",
        "calendars were changed here; all deadlines count on those of today.",
    )


def _unknown(_play: Play, event: Event) -> None:
    """Stop where somebody moved the case in a way that cannot be done once more."""
    raise stop(
        event,
        f"人工改变了流程（{event.kind}），不能照样重演。",
        f"somebody moved the case by hand ({event.kind}), which cannot be done once more.",
    )


def deed(play: Play, event: Event) -> Deed | None:
    """Return what an entry does as things stand; None while it waits for somebody to wait for it.

    What nothing waits for by itself happens at its moment.
    """
    if event.kind not in _AWAITED:
        return partial(_AT_ONCE.get(event.kind, _unknown), play, event)
    find, act = _AWAITED[event.kind]
    found = find(play, event)
    return None if found is None else partial(act, play, event, found)


BEGUN: Final = "event_begun"
FAILED: Final = "call_failed"
_AWAITED: Final[Mapping[str, tuple[Find, Callable[[Play, Event, UUID], None]]]] = {
    DONE: (_step, _complete),
    RETURNED: (_step, going_back.return_step),
    going_back.SKIPPED: (_step, going_back.skip),
    BEGUN: (_wait, _deliver),
    "message_delivered": (_wait, _deliver),
    "call_answered": (_call, _settle),
    FAILED: (_call, _settle),
}
_AT_ONCE: Final[Mapping[str, Act]] = {
    "signal_delivered": _hear,
    PAUSED: _clock,
    RESUMED: _clock,
    SUSPENDED: _stand,
    "case_resumed": _stand,
    "data_repaired": _repair,
    MOVED: _move,
    WITHDRAWN: going_back.withdraw,
    CANCELLED: going_back.cancel,
    REOPENED: going_back.reopen,
    going_back.PLACED: _place,
    "woken": _wake,
    NUMBERED: _follow,
    RECKONED: _reckon,
}

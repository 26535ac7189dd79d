"""What people did to the case itself, done once more: return, withdraw, cancel, open again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from engine import spiff
from engine.going_back.anew import STRAIGHT
from engine.going_back.clocks import run_of
from engine.replaying.play import stop
from engine.replaying.stage import place_of
from engine.spiff import CaseOpenError, CaseOverError, NoPlaceError, NoWayBackError

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.replaying.play import Play
    from engine.replaying.record import Event
    from engine.spiff import Move

SKIPPED: Final = "step_skipped"
PLACED: Final = "token_moved"


def return_step(play: Play, event: Event, task: UUID) -> None:
    """Return an open step to a finished one, the way that it was."""
    target, compiled = _target(play, event), play.stage.bundle.compiled
    verb = spiff.return_straight if event.body["back"]["way"] == STRAIGHT else spiff.return_to
    state, then = play.stage.state, play.stage.then
    _go(play, event, lambda: verb(compiled, state, task, target, **then))


def withdraw(play: Play, event: Event) -> None:
    """Take back the step that was taken back."""
    target, compiled = _target(play, event), play.stage.bundle.compiled
    state, then, run = play.stage.state, play.stage.then, run_of(event.body)
    since, times = run.since, {"stood": run.stood, "halted": run.halted}
    _go(play, event, lambda: spiff.withdraw(compiled, state, target, since=since, **times, **then))


def cancel(play: Play, event: Event) -> None:
    """End the case where it was cancelled."""
    compiled, state, then = play.stage.bundle.compiled, play.stage.state, play.stage.then
    _go(play, event, lambda: spiff.cancel(compiled, state, **then))


def reopen(play: Play, event: Event) -> None:
    """Let a case that is over go on at the same step, or where it was cancelled."""
    target = _target(play, event) if event.body.get("back") else None
    compiled, state, then = play.stage.bundle.compiled, play.stage.state, play.stage.then
    _go(play, event, lambda: spiff.reopen(compiled, state, target, **then))


def skip(play: Play, event: Event, task: UUID) -> None:
    """Let an open step count as done, as an operator did."""
    compiled, state, then = play.stage.bundle.compiled, play.stage.state, play.stage.then
    _go(play, event, lambda: spiff.skip(compiled, state, task, **then))


def place(play: Play, event: Event, task: UUID | None) -> None:
    """Move a token to where an operator moved it; none more than one call may lead there."""
    compiled, state, then = play.stage.bundle.compiled, play.stage.state, play.stage.then
    there = [at for at in spiff.places(compiled) if place_of(at) == event.place]
    if "path" in event.body:
        there = [at for at in there if list(at.path) == event.body["path"]]
    if len(there) != 1:
        zh = f"重演的版本里有 {len(there)} 处这样的步骤，不知道移到哪一处。"
        en = f"this version has {len(there)} such places, and it is not known which is meant."
        raise stop(event, zh, en)
    _go(play, event, lambda: spiff.place(compiled, state, task, there[0], **then))


def _target(play: Play, event: Event) -> UUID:
    """Return the step that a recorded one, which was finished, is in the replay."""
    task, said = UUID(event.body["back"]["task"]), play.record
    opening = said.openings.get(task)
    found = None if opening is None else play.stage.last_of(opening, said.paths.get(task))
    if found is None:
        zh = f"退回的目标（{event.body['back']['place']}）在重演中没有办理过。"
        en = f"what it went back to ({event.body['back']['place']}) was never done here."
        raise stop(event, zh, en)
    return found


def _go(play: Play, event: Event, verb: Callable[[], Move]) -> None:
    try:
        move = verb()
    except (NoWayBackError, NoPlaceError, CaseOverError, CaseOpenError) as error:
        raise stop(event, error.zh, error.en) from error
    play.stage.take(move)

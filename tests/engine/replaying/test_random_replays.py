"""Whatever people did in a random procedure, its history replays to the same state."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.calendar import STANDARD
from engine.going_back.anew import STRAIGHT, THROUGH
from engine.history import Draft
from engine.replaying.judging import judge
from engine.replaying.play import Terms
from engine.replaying.playing import play
from engine.replaying.verdicts import Verdict
from tests.engine.replaying.recording import Recording, bundle_of
from tests.engine.spiff.differing import procedure_of
from tests.engine.spiff.drawing import Process, compiled, variable
from tests.engine.spiff.test_transferring import row

if TYPE_CHECKING:
    from engine.replaying.play import Play
    from engine.spiff import Compiled, Place

SEEDS = 60
NEUTRAL = ("task_delegated", "task_given_back", "signatures_asked", "signature_given")


def seen(procedure: Compiled, state: bytes) -> object:
    """Say where a case stands in words that do not depend on how it is kept."""
    at, scopes = spiff.position(procedure, state), spiff.variables(procedure, state)
    return (
        sorted((t.process, t.element, t.path, t.item or "", str(t.due), t.role) for t in at.tasks),
        sorted((t.process, t.element, t.host, str(t.due), str(t.stopped)) for t in at.timers),
        sorted((w.kind, w.name, w.process, w.element, sorted(w.keys.items())) for w in at.waits),
        (len(at.calls), sorted(at.live), at.paused),
        [(s.process, s.path, sorted(s.values.items(), key=str)) for s in scopes],
    )


def lived(seed: int) -> Recording:
    """Let people do things by chance in a random procedure, to its end or somewhere before."""
    walk, random = Recording(procedure_of(seed), n=seed % 12), Random(-seed)
    for _ in range(random.randint(1, 60)):
        if not (walk.tasks or walk.awaited or walk.calls or walk.timers):
            break
        with suppress(spiff.NoWayBackError):
            _happens(walk, random)
    return walk


def _happens(walk: Recording, random: Random) -> None:
    chance = random.random()
    if chance < 0.15 and _goes_back(walk, random):
        return
    if walk.waits and chance < 0.5:
        walk.completes(random.choice(walk.waits), n=random.randrange(12))
    elif walk.listens and chance < 0.65:
        walk.receives(random.choice(walk.listens), n=random.randrange(12))
    elif walk.calls and chance < 0.8:
        call = random.choice([*walk.calls])
        walk.is_answered(walk.calls[call].element, call, n=random.randrange(12))
    elif chance < 0.9:
        walk.passes(days=random.randint(1, 5), hours=random.randint(0, 23))
    else:
        _stands_or_runs(walk, random)


def _stands_or_runs(walk: Recording, random: Random) -> None:
    if walk.tasks and random.random() < 0.5:
        _of_one(walk, random)
    elif spiff.position(walk.compiled, walk.move.state).paused:
        walk.runs_on()
    else:
        walk.stands()


def _of_one(walk: Recording, random: Random) -> None:
    """Let somebody pause a step, give it to another or sign it."""
    task = random.choice(list(walk.tasks.values()))
    if random.random() < 0.4:
        walk.says(random.choice(NEUTRAL), task)
    elif task.id in walk.standing:
        walk.runs_on(task)
    else:
        walk.stands(task)


def _goes_back(walk: Recording, random: Random) -> bool:
    """Let somebody return a step, take one back, or cancel the case and open it again."""
    element = random.choice(walk.waits) if walk.waits else ""
    ways = walk.ways(element) if element else []
    if ways and random.random() < 0.6:
        walk.sends_back(element, random.choice(ways), random.choice([THROUGH, STRAIGHT]))
        return True
    if element and random.random() < 0.2:
        walk.is_skipped(element)
        return True
    if random.random() < 0.2:
        return _is_placed(walk, random)
    if random.random() < 0.2:
        walk.is_cancelled()
        found = spiff.reopenings(walk.compiled, walk.move.state)
        walk.is_reopened(random.choice([None, *(way.element for way in found)]))
        return True
    done = [row.task_id for row in walk.book.rows if row.kind == "step_completed"]
    try:
        walk.takes_back(done[-1])
    except (IndexError, spiff.NoWayBackError, spiff.CaseOverError):
        return False
    return True


def _is_placed(walk: Recording, random: Random) -> bool:
    task = random.choice([None, *walk.tasks.values()])
    try:
        walk.is_placed(task, random.choice(spiff.places(walk.compiled)))
    except (spiff.NoPlaceError, spiff.CaseOverError):
        return False
    return True


@pytest.mark.parametrize("seed", range(SEEDS))
def test_history_replays_to_the_same_state(seed: int) -> None:
    walk = lived(seed)
    own = bundle_of(walk.compiled)
    found = play(walk.record, Terms(own, own, STANDARD), until=walk.now)
    assert seen(walk.compiled, found.stage.state) == seen(walk.compiled, walk.move.state)
    assert found.stage.flows == walk.record.flows
    assert found.stage.outcome == walk.move.ended
    assert not found.notes
    assert not found.pending
    assert judge(walk.record, Terms(own, own, STANDARD), until=walk.now).verdict is Verdict.SAME


def at(walk: Recording, element: str, path: tuple[str, ...] = ()) -> Place:
    every = spiff.places(walk.compiled)
    return next(place for place in every if (place.element, place.path) == (element, path))


def twice() -> Compiled:
    return calling("one", "two")


def calling(*calls: str) -> Compiled:
    """Draw calls of one process side by side, in which a step has a deadline."""
    called = Process("part")
    called.start("b")
    called.user("look")
    called.deadline("late", "look", "P3D")
    called.end("late_done")
    called.chain("late", "late_done")
    called.user("check")
    called.end("e")
    called.chain("b", "look", "check", "e")
    p = Process("demo")
    p.parallel("fork")
    p.parallel("join")
    for call in calls:
        p.call(call, "part")
        p.chain("fork", call, "join")
    p.message_start("begun")
    p.chain("begun", "fork")
    p.end()
    p.chain("join", "done")
    return compiled(p, called)


@pytest.mark.parametrize("call", ["one", "two"])
def test_the_clock_of_the_very_step_stands_again(call: str) -> None:
    walk = Recording(twice())
    task = next(task for task in walk.tasks.values() if task.path == (call,))
    walk.stands(task)
    found = replayed(walk)
    assert seen(walk.compiled, found.stage.state) == seen(walk.compiled, walk.move.state)
    assert not found.notes
    walk.runs_on(task)
    found = replayed(walk)
    assert seen(walk.compiled, found.stage.state) == seen(walk.compiled, walk.move.state)


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_each_of_several_calls_is_answered_as_it_was(order: tuple[int, ...]) -> None:
    p = Process("demo")
    p.extra = variable("n", "0") + variable("found", "[]") + variable("items", "[1, 2, 3]")
    p.message_start("begun")
    p.service("look_up", "ping", "n")
    p.each("look_up", "items", "item", "found", "n")
    p.user("read")
    p.end()
    p.chain("begun", "look_up", "read", "done")
    walk = Recording(compiled(p))
    calls = [*walk.calls]
    for nth in order:
        walk.is_answered("look_up", calls[nth], n=10 + nth)
    found = replayed(walk)
    assert seen(walk.compiled, found.stage.state) == seen(walk.compiled, walk.move.state)
    assert spiff.variables(walk.compiled, found.stage.state)[0].values["found"] == [
        {"n": 10}, {"n": 11}, {"n": 12},
    ]  # fmt: skip


@pytest.mark.parametrize("calls", [("one", "two"), ("two", "one")])
def test_a_return_leads_into_the_very_call_where_another_version_calls_more_often(
    calls: tuple[str, ...],
) -> None:
    walk = Recording(calling("two"))
    walk.completes("look")
    walk.sends_back("check", "look", THROUGH)
    walk.completes("look")
    more = calling(*calls)
    said = walk.record
    said.paths = dict.fromkeys(said.openings, ("two",))
    own = bundle_of(walk.compiled)
    found = play(said, Terms(bundle_of(more), own, STANDARD), until=walk.now)
    there = sorted((task.path, task.element) for task in found.stage.tasks.values())
    assert there == [(("one",), "look"), (("two",), "check")]
    assert not found.notes


def test_an_entry_of_before_that_does_not_name_the_step_says_so() -> None:
    walk = Recording(twice())
    where = {"process": "part", "element": "look"}
    walk.pauses("look")
    walk.book.enter(walk, Draft("clock_paused", where))
    (note,) = replayed(walk).notes
    assert "which of the 2" in note.en


@pytest.mark.parametrize("call", ["one", "two"])
def test_a_token_is_moved_to_the_very_call_again(call: str) -> None:
    walk = Recording(twice())
    task = next(task for task in walk.tasks.values() if task.path == (call,))
    walk.is_placed(task, at(walk, "check", (call,)))
    found = replayed(walk)
    assert seen(walk.compiled, found.stage.state) == seen(walk.compiled, walk.move.state)


def replayed(walk: Recording) -> Play:
    own = bundle_of(walk.compiled)
    return play(walk.record, Terms(own, own, STANDARD), until=walk.now)


def test_a_token_that_was_moved_is_moved_again() -> None:
    walk = Recording(compiled(row("ask", "look", "check")))
    walk.is_placed(walk.task("ask"), at(walk, "check"))
    own = bundle_of(walk.compiled)
    found = play(walk.record, Terms(own, own, STANDARD), until=walk.now)
    assert [task.element for task in found.stage.tasks.values()] == ["check"]
    gone = bundle_of(compiled(row("ask", "look")))
    told = judge(walk.record, Terms(gone, own, STANDARD), until=walk.now)
    assert told.verdict is Verdict.CANNOT
    assert told.obstacle is not None
    assert "0 such places" in told.obstacle.en

"""Random cases of random procedures taken to randomly edited versions, and walked to their ends.

`python -m tests.engine.spiff.editing --seeds 2000` is the long run; CI takes fewer seeds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import click
from lxml import etree

from engine import spiff
from engine.spiff import (
    BrokenFilesError,
    RunError,
    TaskNotReadyError,
    Verdict,
    compile_published,
)
from engine.spiff.codec import dump, load
from engine.spiff.survey import look_over
from tests.engine.spiff.differing import MOST_STEPS, Runner
from tests.engine.spiff.drawing import ROLES, files_of
from tests.engine.spiff.edits import Editor
from tests.engine.spiff.random_diagrams import Artist

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.spiff import Compiled, Move, Transfer

DEPTH, MOST_MOVES, MOST_EDITS = 3, 8, 3
UNREADABLE = "edited so that it cannot be built"
ENDED = "ended before"


class Edited(NamedTuple):
    """Two versions of a procedure, and which edits lie between them."""

    old: Compiled
    new: Compiled
    edits: tuple[str, ...]


def edited(seed: int, *kinds: str) -> Edited:
    """Draw a procedure and edit one to three things in it; BrokenFilesError if it is broken."""
    random = Random(seed)
    files = files_of(*Artist(random).procedure(random.randint(1, DEPTH)))
    changed, did = dict(files), []
    for count in range(random.randint(1, MOST_EDITS)):
        path = random.choice(sorted(changed))
        editor = Editor(etree.fromstring(changed[path]), random, f"{'abc'[count]}")
        editor.edit(*kinds)
        changed[path] = etree.tostring(editor.root)
        did += editor.did
    return Edited(_compiled(files), _compiled(changed), tuple(did))


def _compiled(files: Mapping[str, bytes]) -> Compiled:
    return compile_published(files, root="demo", roles=ROLES, forms={})


def somewhere(procedure: Compiled, random: Random) -> Runner:
    """Take a case to some place on its way."""
    runner = Runner(procedure, stored=True)
    for _ in range(random.randrange(MOST_MOVES)):
        before = dump(runner.case), runner.now
        moves(random, runner)
        if runner.case.completed:
            return resumed(procedure, *before, stored=True)
        goes_back(random, runner)
    return runner


def goes_back(random: Random, runner: Runner) -> None:
    """Return an open step now and then, if it can be."""
    state, open_now = dump(runner.case), look_over(runner.case).steps
    if not open_now or random.random() < 0.7:
        return
    task = random.choice(sorted(open_now))
    ways = spiff.returns(runner.procedure, state, task)
    verb = random.choice([spiff.return_to, spiff.return_straight])
    for way in ways[:1]:
        with suppress(RunError, TaskNotReadyError):
            move = verb(runner.procedure, state, task, way.target, now=runner.now)
            runner.case = load(runner.procedure.plan, move.state)


def moves(random: Random, *runners: Runner) -> None:
    """Let the same happen in all of them: somebody does something, or time passes."""
    waiting = len(runners[0].open())
    acts = waiting and random.random() < 0.7
    place, n, days = random.randrange(max(waiting, 1)), random.randrange(12), random.randint(1, 5)
    for runner in runners:
        runner.does(place, n) if acts else runner.wakes(days)


def resumed(procedure: Compiled, state: bytes, now: datetime, *, stored: bool) -> Runner:
    """Go on with a stored case."""
    runner = Runner.__new__(Runner)
    runner.procedure, runner.stored, runner.now = procedure, stored, now
    runner.case = load(procedure.plan, state)
    return runner


def check(seed: int, *kinds: str) -> tuple[str, tuple[str, ...], Transfer | None]:
    """Take one case to an edited version; AssertionError where that is not as it should be."""
    try:
        versions = edited(seed, *kinds)
    except BrokenFilesError:
        return UNREADABLE, (), None
    random = Random(-seed)
    runner = somewhere(versions.old, random)
    if runner.case.completed:
        return ENDED, versions.edits, None
    state = dump(runner.case)
    predicted, actual = (
        spiff.transfer(versions.old, versions.new, state, now=runner.now) for _ in range(2)
    )
    assert _words(predicted) == _words(actual), f"seed {seed}: predicted otherwise"
    if actual.move is None:
        _check_reasons(actual, versions)
    else:
        _check_moved(versions, state, actual.move)
        _check_end(versions.new, actual.move.state, runner.now, random, seed)
    return str(actual.verdict), versions.edits, actual


def _words(found: Transfer) -> object:
    """Give what people are told of a transfer; what has just begun has an id of its own."""
    move = found.move
    opened = move and [(t.process, t.element, t.path, t.item, t.due) for t in move.opened]
    went = move and (opened, move.closed, move.flows, move.reached, move.ended, move.next_due)
    dues = [(d.process, d.element, d.before, d.after, d.drawn) for d in found.deadlines]
    return found.verdict, found.obstacles, went, dues


def _check_reasons(found: Transfer, versions: Edited) -> None:
    assert found.verdict is Verdict.CANNOT
    assert found.obstacles
    for each in found.obstacles:
        drawn = {
            id_
            for version in (versions.old, versions.new)
            if each.process in version.diagrams
            for id_ in version.diagrams[each.process].elements
        }
        assert each.element in drawn, each
        assert "The engine stopped here" not in each.en, each


def _check_moved(versions: Edited, state: bytes, move: Move) -> None:
    before = {task.id for task in spiff.position(versions.old, state).tasks}
    after = {task.id for task in spiff.position(versions.new, move.state).tasks}
    opened = {task.id for task in move.opened}
    assert set(move.closed) <= before
    assert opened.isdisjoint(before)
    assert after == (before - set(move.closed)) | opened
    running = spiff.position(versions.old, state).timers
    now = {timer.id: timer for timer in spiff.position(versions.new, move.state).timers}
    assert all(now[t.id].due == t.due for t in running if t.id in now)


def _check_end(procedure: Compiled, state: bytes, now: datetime, random: Random, seed: int) -> None:
    first = resumed(procedure, state, now, stored=True)
    goes_back(random, first)
    state = dump(first.case)
    kept, stored = (resumed(procedure, state, now, stored=s) for s in (False, True))
    for _ in range(MOST_STEPS):
        assert kept.seen() == stored.seen(), f"seed {seed}"
        if kept.case.completed:
            return
        survey = look_over(kept.case)
        waits = survey.steps or survey.timers or survey.waits or survey.calls
        assert waits, f"seed {seed}: nothing is waited for, and it has not ended"
        moves(random, kept, stored)
    raise AssertionError(f"seed {seed} does not end")


def main() -> None:
    """Take so many cases to edited versions, and count the verdicts."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.spiff.editing")
    parser.add_argument("--seeds", type=int, default=2_000)
    parser.add_argument("--first", type=int, default=0)
    given = parser.parse_args()
    verdicts = Counter(check(given.first + seed)[0] for seed in range(given.seeds))
    counts = ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common())
    click.echo(f"{given.seeds} edited versions: {counts}")


if __name__ == "__main__":
    main()

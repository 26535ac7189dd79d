"""People go back anywhere in random procedures: nothing is lost or doubled, and all cases end."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from engine import spiff
from engine.spiff import pruning
from tests.engine.spiff.differing import BARE, MOST_STEPS, procedure_of
from tests.engine.spiff.improvising import ACTS, MOST_ACTS, improvise
from tests.engine.spiff.walking import Walk

SEEDS = 60
"""Of 2,000 that `python -m tests.engine.spiff.improvising` takes."""


@pytest.mark.parametrize("limit", [pruning.LIMIT, BARE])
def test_stored_and_kept_cases_agree_and_end(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: int
) -> None:
    monkeypatch.setattr(pruning, "LIMIT", limit)
    first = 0 if limit == BARE else SEEDS
    done: Counter[str] = Counter()
    for seed in range(first, first + SEEDS):
        done.update(improvise(seed))
    with capsys.disabled():
        print(f"\n{SEEDS} random procedures, {dict(done)}: none different")  # noqa: T201
    assert all(done[act] > SEEDS / 6 for act in ("moved", "reopened", *ACTS))


@pytest.mark.parametrize("limit", [pruning.LIMIT, BARE])
def test_the_differences_of_all_moves_add_up(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    """The walk itself compares what is open with what was opened and not closed."""
    monkeypatch.setattr(pruning, "LIMIT", limit)
    acts = [act for seed in range(SEEDS // 2) for act in acted(seed)]
    assert all(acts.count(act) > SEEDS / 12 for act in ("returns", "asks_back", "reopens"))


def acted(seed: int) -> list[str]:
    """Take a case to its end by the verbs, with people going back; give what they did."""
    walk, random, acts = Walk(procedure_of(seed)), Random(-seed), list[str]()
    for _ in range(MOST_STEPS):
        if not (walk.tasks or walk.awaited or walk.calls or walk.timers):
            return acts
        act = goes_back(walk, random) if len(acts) < MOST_ACTS else ""
        if act:
            acts.append(act)
        else:
            goes_on(walk, random)
    raise AssertionError(f"seed {seed} does not end")


def goes_back(walk: Walk, random: Random) -> str:
    """Let somebody go back by chance, and say how; nothing if nobody did."""
    element = random.choice(walk.waits) if walk.waits else ""
    ways = walk.ways(element) if element else []
    if ways and random.random() < 0.5:
        act, to = random.choice(["returns", "asks_back"]), random.choice(ways)
        told, task = walk.way(element, to).cancelled, walk.task(element).id
        move = getattr(walk, act)(element, to)
        if act == "returns":
            assert {task, *(each.id for each in told.tasks)} <= set(move.closed)
            assert {each.id for each in told.timers} <= {each.id for each in move.disarmed}
            assert {each.id for each in told.waits} <= set(move.unawaited)
            assert set(told.calls) <= set(move.abandoned)
        else:
            assert set(move.closed) == {task}
        return act
    if random.random() < 0.1:
        walk.cancels()
        found = spiff.reopenings(walk.compiled, walk.move.state)
        walk.reopens(random.choice([None, *(way.element for way in found)]))
        return "reopens"
    return ""


def goes_on(walk: Walk, random: Random) -> None:
    chance = random.random()
    if walk.waits and chance < 0.6:
        walk.does(random.choice(walk.waits), n=random.randrange(12))
    elif walk.listens and chance < 0.75:
        walk.hears(random.choice(walk.listens), n=random.randrange(12))
    elif walk.calls and chance < 0.9:
        walk.answers(next(iter(walk.calls.values())).element)
    else:
        walk.wakes(days=random.randint(1, 5))

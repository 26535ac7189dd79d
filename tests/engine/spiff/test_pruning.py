"""What a long case keeps for going back, and what it forgets."""

from __future__ import annotations

import pytest

from engine.spiff import pruning
from engine.spiff.codec import load
from engine.spiff.fixes import CANCELLED, TAKEN
from engine.spiff.pruning import flows, last_runs
from tests.engine.spiff.differing import BARE
from tests.engine.spiff.drawing import compiled
from tests.engine.spiff.test_codec import looping
from tests.engine.spiff.test_returning import forking
from tests.engine.spiff.walking import Walk


def after_rounds(rounds: int) -> Walk:
    walk = Walk(compiled(looping(), fields=("more",)))
    for _ in range(rounds):
        walk.does("left")
        walk.does("check")
        walk.does("fourth", more=True)
    return walk


@pytest.mark.parametrize("limit", [pruning.LIMIT, BARE])
def test_the_last_run_of_every_step_is_kept(monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    monkeypatch.setattr(pruning, "LIMIT", limit)
    walk = after_rounds(40)
    case = load(walk.compiled.plan, walk.move.state)
    runs = {token.mark.element: token for token in last_runs(case)}
    assert runs.keys() == {"left", "check", "fourth"}
    done = [task for move in walk.moves[-3:] for task in move.closed]
    assert {token.internal_data["task"] for token in runs.values()} == {each.hex for each in done}


@pytest.mark.parametrize("limit", [pruning.LIMIT, BARE])
def test_a_join_keeps_what_it_took_in_as_long_as_one_can_go_back_behind_it(
    monkeypatch: pytest.MonkeyPatch, limit: int
) -> None:
    monkeypatch.setattr(pruning, "LIMIT", limit)
    walk = after_rounds(40)
    case = load(walk.compiled.plan, walk.move.state)
    joins = [t for flow in flows(case) for t in flow.tasks.values() if TAKEN in t.internal_data]
    assert {join.mark.element for join in joins} == {"join"}
    for join in joins:
        (taken,) = (case.tasks[id_] for id_ in join.internal_data[TAKEN])
        assert (taken.task_spec, taken.state) == (join.task_spec, CANCELLED)
        assert {taken.parent.mark.element, join.parent.mark.element} == {"left", "right"}


def test_a_case_that_goes_back_a_hundred_times_stays_small() -> None:
    p = forking("left", "right")
    p.deadline("late", "left", "P1D")
    p.user("urge")
    p.end("urged")
    p.chain("late", "urge", "urged")
    walk, sizes = Walk(compiled(p)), []
    for element in ("first", "left", "right"):
        walk.does(element)
    for back in (walk.returns, walk.asks_back) * 50:
        back("last", "left")
        walk.wakes(days=2)
        walk.does("urge")
        walk.does("left")
        walk.cancels()
        walk.reopens()
        case = load(walk.compiled.plan, walk.move.state)
        sizes.append(sum(len(flow.tasks) for flow in flows(case)))
    assert max(sizes) <= pruning.LIMIT
    assert len(walk.move.state) < 1_024

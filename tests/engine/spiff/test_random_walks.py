"""Random procedures run alike kept in memory, stored at every step, or pruned to the bone."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.spiff import pruning
from tests.engine.spiff.differing import BARE, Runner, walk
from tests.engine.spiff.drawing import compiled
from tests.engine.spiff.random_diagrams import (
    PLAIN,
    PLAIN_LEAVES,
    WAITING,
    WAITING_LEAVES,
    Artist,
)

SEEDS = 60
"""Of 2,000 that `python -m tests.engine.spiff.differing` takes."""


@pytest.mark.parametrize("limit", [pruning.LIMIT, BARE])
def test_stored_and_kept_cases_agree(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], limit: int
) -> None:
    monkeypatch.setattr(pruning, "LIMIT", limit)
    first = 0 if limit == BARE else SEEDS
    walked = [walk(seed) for seed in range(first, first + SEEDS)]
    moves = sum(each.moves for each in walked)
    with capsys.disabled():
        print(f"\n{SEEDS} random procedures, {moves} moves: none different")  # noqa: T201
    assert moves > SEEDS


@settings(
    max_examples=30, deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
)  # fmt: skip
@given(seed=st.integers(0, 10**6), choices=st.integers(0, 10**6))
def test_the_path_written_down_hangs_together(seed: int, choices: int) -> None:
    artist = Artist(Random(seed), (*PLAIN, *WAITING), (*PLAIN_LEAVES, *WAITING_LEAVES))
    procedure, random = compiled(*artist.procedure(3), fields=("n",)), Random(choices)
    flows = {
        f"{d.process}:{f.id}": f for d in procedure.diagrams.values() for f in d.flows.values()
    }
    runner = Runner(procedure, stored=True)
    came, seen = Counter(runner.case.journal.flows), Counter(runner.case.journal.reached)
    while not runner.case.completed:
        steps = len(runner.open())
        if steps and random.random() < 0.8:
            runner.does(random.randrange(steps), random.randrange(12))
        else:
            runner.wakes(random.randint(1, 5))
        came.update(runner.case.journal.flows)
        seen.update(runner.case.journal.reached)
    for label, times in came.items():
        process, flow = label.split(":")[0], flows[label]
        assert seen[f"{process}:{flow.source}"] >= times, f"{label} left from nowhere"
    for label, times in seen.items():
        process, element = label.split(":")
        node = procedure.diagrams[process].elements[element]
        into = [f"{process}:{f.id}" for f in procedure.diagrams[process].flows.values()
                if f.target == element]  # fmt: skip
        if node.kind == "parallelGateway":
            assert all(times <= came[flow] for flow in into), f"{label} joined too early"
        elif node.kind not in {"startEvent", "boundaryEvent", "inclusiveGateway"}:
            open_before = sum(came[flow] for flow in into)
            assert times <= open_before * 2, f"{label} was reached from nowhere"
            assert open_before, f"{label} was reached by no flow"
    assert seen["demo:done"] == 1

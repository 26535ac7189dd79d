"""Random procedures run alike kept in memory, stored at every step, or pruned to the bone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.spiff import pruning
from engine.spiff.clock import Time, standing_at
from engine.spiff.codec import dump, load
from engine.spiff.flows import CaseFlow
from engine.spiff.journal import Journal
from engine.spiff.reading import Scripts
from engine.spiff.stepping import fire_due, take
from engine.spiff.survey import look_over, open_task
from tests.engine.spiff.drawing import T0, compiled
from tests.engine.spiff.random_diagrams import Artist

if TYPE_CHECKING:
    from datetime import datetime

    from engine.spiff import Compiled

MOST_STEPS = 400


@dataclass
class Runner:
    """Runs a case in memory; `between` says what happens to it after every step."""

    procedure: Compiled
    stored: bool
    now: datetime = T0
    case: CaseFlow = field(init=False)

    def __post_init__(self) -> None:
        self.case = CaseFlow(self.procedure.plan, Scripts())
        for name, value in self.procedure.plan.defaults.items():
            self.case.assign(name, value)
        with standing_at(Time(self.now)):
            self.case.plant()
            self.case.advance()
            fire_due(self.case)
        self._between()

    def steps(self) -> list[tuple[str, tuple[str, ...], int]]:
        """Give the open steps in an order that does not depend on how the case is kept."""
        found = [open_task(id_, token) for id_, token in look_over(self.case).steps.items()]
        ids = {id_: token.id for id_, token in look_over(self.case).steps.items()}
        return sorted((task.element, task.path, ids[task.id]) for task in found)

    def does(self, place: int, n: int) -> None:
        self.case.journal = Journal()
        wanted = self.steps()[place]
        with standing_at(Time(self.now)):
            token = next(t for t in look_over(self.case).steps.values() if t.id == wanted[2])
            take(self.case, {"n": n}, token.workflow)
            token.run()
            self.case.advance()
            fire_due(self.case)
        self._between()

    def wakes(self, days: int) -> None:
        self.case.journal = Journal()
        self.now += timedelta(days=days)
        with standing_at(Time(self.now)):
            fire_due(self.case)
        self._between()

    def _between(self) -> None:
        look_over(self.case)
        if self.stored:
            journal = self.case.journal
            self.case = load(self.procedure.plan, dump(self.case))
            self.case.journal = journal

    def seen(self) -> object:
        survey = look_over(self.case)
        tasks = [open_task(id_, token) for id_, token in survey.steps.items()]
        return (
            sorted((t.element, t.path, str(t.due), t.due_timer, t.role) for t in tasks),
            sorted((t.mark.label, t.internal_data["due"]) for t in survey.timers.values()),
            [sorted(i.values.items(), key=str) for i in self.case.instances() if not i.completed],
            self.case.journal.flows,
            self.case.journal.reached,
            self.case.completed,
        )


def procedure_of(seed: int, depth: int) -> Compiled:
    processes = Artist(Random(seed)).procedure(depth)
    return compiled(*processes, fields=("n",))


@pytest.mark.parametrize("limit", [pruning.LIMIT, 0])
@settings(
    max_examples=20, deadline=None, database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(seed=st.integers(0, 10**6), choices=st.integers(0, 10**6))
def test_stored_and_kept_cases_agree(
    monkeypatch: pytest.MonkeyPatch, limit: int, seed: int, choices: int
) -> None:
    monkeypatch.setattr(pruning, "LIMIT", limit)
    procedure, random = procedure_of(seed, 3), Random(choices)
    kept, stored = Runner(procedure, stored=False), Runner(procedure, stored=True)
    for _ in range(MOST_STEPS):
        assert kept.seen() == stored.seen()
        if kept.case.completed:
            return
        steps = len(kept.steps())
        if steps and random.random() < 0.7:
            place, n = random.randrange(steps), random.randrange(12)
            kept.does(place, n)
            stored.does(place, n)
        else:
            days = random.randint(1, 5)
            kept.wakes(days)
            stored.wakes(days)
    pytest.fail("the case does not end")


@settings(
    max_examples=30, deadline=None, database=None, phases=[Phase.explicit, Phase.generate]
)  # fmt: skip
@given(seed=st.integers(0, 10**6), choices=st.integers(0, 10**6))
def test_the_path_written_down_hangs_together(seed: int, choices: int) -> None:
    procedure, random = procedure_of(seed, 3), Random(choices)
    flows = {
        f"{d.process}:{f.id}": f for d in procedure.diagrams.values() for f in d.flows.values()
    }
    runner = Runner(procedure, stored=True)
    came, seen = Counter(runner.case.journal.flows), Counter(runner.case.journal.reached)
    while not runner.case.completed:
        steps = len(runner.steps())
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

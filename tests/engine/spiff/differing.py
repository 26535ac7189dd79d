"""Random procedures, run alike kept in memory and stored at every step, with a virtual clock.

`python -m tests.engine.spiff.differing --seeds 2000` is the long run; CI takes fewer seeds.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, NamedTuple

import click

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
    from engine.spiff.fixes import Token

DEPTH, MOST_STEPS = 3, 2_000
BARE = 0
"""The limit of pruning under which a case forgets all that it can."""


class Walked(NamedTuple):
    """How far a random case was taken: moves, and how often time passed among them."""

    moves: int
    wakes: int


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

    def open(self) -> list[Token]:
        """Give what waits for somebody, in an order that does not depend on how it is kept."""
        found = look_over(self.case)
        waiting = [*found.steps.values(), *found.waits.values(), *found.calls.values()]
        return sorted(waiting, key=lambda token: (token.mark.label, token.id))

    def does(self, place: int, n: int) -> None:
        """Complete a step, deliver a message or answer a call."""
        self.case.journal = Journal()
        token = self.open()[place]
        with standing_at(Time(self.now)):
            if "wait" in token.internal_data:
                token.task_spec.meet(token, {"n": n})
            elif "call" in token.internal_data:
                token.task_spec.answered(token, {"n": n})
            else:
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
            sorted((t.element, t.path, str(t.due), t.due_timer, t.role, t.item) for t in tasks),
            sorted((w.name, *w.keys.items()) for w in map(survey.wait, survey.waits)),
            sorted(token.mark.label for token in survey.calls.values()),
            sorted((t.mark.label, t.internal_data["due"]) for t in survey.timers.values()),
            [sorted(i.values.items(), key=str) for i in self.case.instances() if not i.completed],
            self.case.journal.flows,
            self.case.journal.reached,
            self.case.completed,
        )


def procedure_of(seed: int) -> Compiled:
    """Draw and compile one with every element that there is."""
    return compiled(*Artist(Random(seed)).procedure(DEPTH), fields=("n",))


def walk(seed: int) -> Walked:
    """Take one case to its end in memory and stored; AssertionError where they differ."""
    procedure, random = procedure_of(seed), Random(-seed)
    kept, stored = Runner(procedure, stored=False), Runner(procedure, stored=True)
    wakes = 0
    for moves in count():
        assert kept.seen() == stored.seen(), f"seed {seed}, move {moves}"
        if kept.case.completed:
            return Walked(moves, wakes)
        assert moves < MOST_STEPS, f"seed {seed} does not end"
        waiting = len(kept.open())
        if waiting and random.random() < 0.7:
            place, n = random.randrange(waiting), random.randrange(12)
            kept.does(place, n)
            stored.does(place, n)
        else:
            days = random.randint(1, 5)
            wakes += 1
            kept.wakes(days)
            stored.wakes(days)
    raise AssertionError


def main() -> None:
    """Walk through so many seeds, half of them pruned to the bone, and count."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.spiff.differing")
    parser.add_argument("--seeds", type=int, default=2_000)
    moves = wakes = 0
    seeds, usual = parser.parse_args().seeds, pruning.LIMIT
    for seed in range(seeds):
        pruning.LIMIT = usual if seed % 2 else BARE  # type: ignore[misc]
        walked = walk(seed)
        moves, wakes = moves + walked.moves, wakes + walked.wakes
    click.echo(f"{seeds} procedures, {moves} moves, {wakes} times the clock: none different")


if __name__ == "__main__":
    main()

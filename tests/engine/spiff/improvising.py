"""Random procedures in which people go back, run alike in memory and stored at every step.

`python -m tests.engine.spiff.improvising --seeds 2000` is the long run; CI takes fewer seeds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import click

from engine.spiff import pruning
from engine.spiff.clock import Time, standing_at
from engine.spiff.elements.turns import which
from engine.spiff.fixes import READY, STARTED, WAITING, InclusiveGateway, ParallelGateway
from engine.spiff.flows import hosts
from engine.spiff.going_back.returning import ways_back
from engine.spiff.going_back.undoing import go_back
from engine.spiff.journal import Journal
from engine.spiff.pruning import flows
from engine.spiff.stepping import fire_due
from engine.spiff.survey import look_over
from tests.engine.spiff.differing import BARE, MOST_STEPS, Runner, procedure_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spiff.fixes import Token
    from engine.spiff.going_back.causes import Aftermath

MOST_ACTS = 12
"""Times that people go back in one case; then it must come to its end."""
AGAIN = ("urge_", "extra_", "told_", "noted_")
"""What follows an event beside an activity, as often as it happens."""


class Improviser(Runner):
    """A case in which people go back as well."""

    def ways(self, place: int) -> list[Aftermath]:
        """Give the ways back of what waits at a place, none unless it is a step."""
        token = self.open()[place]
        return ways_back(self.case, token) if token.state == READY else []

    def returns(self, place: int, way: int) -> None:
        """Return the step at a place by one of its ways."""
        self._acts(lambda: go_back(self.case, self.ways(place)[way]))

    def _acts(self, act: Callable[[], None]) -> None:
        self.case.journal = Journal()
        with standing_at(Time(self.now)):
            act()
            self.case.advance()
            fire_due(self.case)
        self._between()

    def told(self, ways: list[Aftermath]) -> object:
        """Say of each way where it leads, and what would go."""
        return [
            (where(way.step), sorted(where(token) for token in self.open() if way.holds(token)))
            for way in ways
        ]

    def check(self) -> None:
        """See that nothing is doubled, and that something can still happen."""
        found: Counter[object] = Counter()
        for flow in flows(self.case):
            for token in flow.tasks.values():
                name = token.task_spec.name
                if not token.state & (READY | STARTED | WAITING):
                    continue
                if isinstance(token.task_spec, ParallelGateway | InclusiveGateway):
                    found[name, token.parent.task_spec.name, id(flow)] += 1
                elif token.mark.element and token.mark.host == token.mark.element:
                    found[name, id(flow)] += not name.startswith(AGAIN)
        doubled = [name for name, times in found.items() if times > 1]
        assert not doubled, doubled
        survey = look_over(self.case)
        waits = any((survey.steps, survey.timers, survey.waits, survey.calls))
        assert self.case.completed or waits, "nothing can happen any more"


def where(token: Token) -> tuple[object, ...]:
    """Say where a token stands, in words that do not depend on how it is kept."""
    around = tuple(host.mark.element for host in hosts(token))
    return (token.mark.label, around, which(token)[0])


def improvise(seed: int) -> Counter[str]:
    """Take one case to its end with people going back; AssertionError where the two differ."""
    procedure, random = procedure_of(seed), Random(-seed)
    kept, stored = Improviser(procedure, stored=False), Improviser(procedure, stored=True)
    done: Counter[str] = Counter()
    for moves in count():
        place = f"seed {seed}, move {moves}, {dict(done)}"
        assert kept.seen() == stored.seen(), place
        kept.check()
        if kept.case.completed:
            return done
        assert moves < MOST_STEPS, f"{place}: does not end"
        done[_moves(kept, stored, random, done)] += 1
    raise AssertionError


def _moves(kept: Improviser, stored: Improviser, random: Random, done: Counter[str]) -> str:
    both, waiting = (kept, stored), len(kept.open())
    if waiting and random.random() < 0.3 and done["returned"] < MOST_ACTS:
        place = random.randrange(waiting)
        ways = kept.ways(place)
        assert kept.told(ways) == stored.told(stored.ways(place))
        if ways:
            way = random.randrange(len(ways))
            for runner in both:
                runner.returns(place, way)
            return "returned"
    if waiting and random.random() < 0.7:
        place, n = random.randrange(waiting), random.randrange(12)
        for runner in both:
            runner.does(place, n)
        return "moved"
    days = random.randint(1, 5)
    for runner in both:
        runner.wakes(days)
    return "woke"


def main() -> None:
    """Walk through so many seeds, half of them pruned to the bone, and count."""
    parser = argparse.ArgumentParser(prog="python -m tests.engine.spiff.improvising")
    parser.add_argument("--seeds", type=int, default=2_000)
    done: Counter[str] = Counter()
    seeds, usual = parser.parse_args().seeds, pruning.LIMIT
    for seed in range(seeds):
        pruning.LIMIT = usual if seed % 2 else BARE  # type: ignore[misc]
        done.update(improvise(seed))
    told = ", ".join(f"{times} {name}" for name, times in sorted(done.items()))
    click.echo(f"{seeds} procedures, {told}: none different, all ended")


if __name__ == "__main__":
    main()

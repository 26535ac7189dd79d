"""Random procedures in which people go back, run alike in memory and stored at every step.

`python -m tests.engine.spiff.improvising --seeds 2000` is the long run; CI takes fewer seeds.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import click

from engine import spiff
from engine.spiff import NoPlaceError, NoWayBackError, pruning
from engine.spiff.clock import Time, standing_at
from engine.spiff.codec import dump, load
from engine.spiff.elements.turns import which
from engine.spiff.fixes import READY, STARTED, WAITING, InclusiveGateway, ParallelGateway
from engine.spiff.flows import hosts
from engine.spiff.going_back.detours import detour
from engine.spiff.going_back.ending import go_on, was_cancelled
from engine.spiff.going_back.places import is_repeated
from engine.spiff.going_back.placing import put
from engine.spiff.going_back.returning import undo
from engine.spiff.going_back.standing import stands
from engine.spiff.going_back.ways import all_ways, nearest, ways_back
from engine.spiff.journal import Journal
from engine.spiff.pruning import flows, last_runs
from engine.spiff.stepping import fire_due
from engine.spiff.survey import look_over
from tests.engine.spiff.differing import BARE, MOST_STEPS, Runner, procedure_of

if TYPE_CHECKING:
    from engine.spiff import Compiled
    from engine.spiff.fixes import Token
    from engine.spiff.going_back.causes import Aftermath
    from engine.spiff.going_back.places import Place

ACTS = ("returned", "asked_back", "withdrawn", "skipped", "cancelled", "placed")
OFTEN, MOST_ENDS = 0.3, 2
MOST_ACTS = 12
"""Times that people go back in one case; then it must come to its end."""
AGAIN = ("urge_", "extra_", "told_", "noted_")
"""What follows an event beside an activity, as often as it happens."""

Act = Callable[["Improviser"], None]


class Improviser(Runner):
    """A case in which people go back as well."""

    def ways(self, place: int) -> list[Aftermath]:
        """Give the ways back of what waits at a place, none unless it is a step."""
        token = self.open()[place]
        return ways_back(self.case, token) if token.state == READY else []

    def returns(self, place: int, way: int) -> None:
        """Return the step at a place by one of its ways."""
        self._acts(lambda: undo(self.case, self.ways(place)[way]))

    def asks_back(self, place: int, way: int) -> None:
        """Return the step at a place straight, so that it is open again after the other one."""

        def act() -> None:
            detour(self.open()[place], self.ways(place)[way].step)

        self._acts(act)

    def recent(self) -> list[Aftermath]:
        """Give the ways back to steps after which none was done."""
        ways = nearest(all_ways(self.case))
        steps = last_runs(self.case)
        return [
            way
            for way in ways
            if not (is_repeated(way.step.task_spec) or any(map(way.holds, steps)))
        ]

    def withdraws(self, way: int) -> None:
        self._acts(lambda: undo(self.case, self.recent()[way]))

    def cancels(self) -> None:
        self._acts(self.case.terminate)

    def reopens(self, way: int | None) -> None:
        """Let a case that is over go on, at a step or where it was."""
        if way is None:
            self._acts(lambda: go_on(self.case))
        else:
            self._acts(lambda: undo(self.case, nearest(all_ways(self.case))[way]))

    def places(self, place: int | None, at: Place) -> None:
        """Move the token of what waits at a place, or put one more somewhere."""

        def act() -> None:
            put(self.case, None if place is None else self.open()[place], at)

        self._acts(act)

    def can(self, act: Act) -> bool:
        """Whether something may be done, tried on a copy of the case."""
        kept = self.case
        self.case = load(self.procedure.plan, dump(kept))
        try:
            act(self)
        except (NoPlaceError, NoWayBackError):
            return False
        finally:
            self.case = kept
        return True

    def skips(self, place: int) -> None:
        self._acts(self.open()[place].run)

    def _acts(self, act: Callable[[], object]) -> None:
        self.case.journal = Journal()
        with standing_at(Time(self.now)):
            act()
            self.case.advance()
            fire_due(self.case)
        self._between()

    def goes_on(self) -> None:
        self._acts(lambda: go_on(self.case))

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
            assert flow is self.case or flow.completed != (flow.host.state == STARTED)
            for token in flow.tasks.values():
                name = token.task_spec.name
                if not token.state & (READY | STARTED | WAITING):
                    continue
                assert not flow.completed, f"{name} is open in what is over"
                if isinstance(token.task_spec, ParallelGateway | InclusiveGateway):
                    found[name, token.parent.task_spec.name, id(flow)] += 1
                elif token.mark.element and token.mark.host == token.mark.element:
                    found[name, id(flow)] += not name.startswith(AGAIN)
        doubled = [name for name, times in found.items() if times > 1]
        assert not doubled, doubled
        for stand in stands(self.case).values():
            assert stand.fits, f"as no drawing would: {dict(stand.tokens)}"
        survey = look_over(self.case)
        waits = any((survey.steps, survey.timers, survey.waits, survey.calls))
        assert self.case.completed or waits, "nothing can happen any more"


def where(token: Token) -> tuple[object, ...]:
    """Say where a token stands, in words that do not depend on how it is kept."""
    around = tuple(host.mark.element for host in hosts(token))
    return (token.mark.label, around, which(token)[0])


@dataclass
class Story:
    """One case in memory and stored, and what people did in it."""

    kept: Improviser
    stored: Improviser
    random: Random
    done: Counter[str] = field(default_factory=Counter)

    @cached_property
    def spots(self) -> tuple[Place, ...]:
        return spiff.places(self.kept.procedure)

    @property
    def both(self) -> tuple[Improviser, Improviser]:
        return self.kept, self.stored

    def _both(self, act: Act) -> bool:
        """Do something in both, unless both refuse it."""
        found = self.kept.can(act)
        assert found == self.stored.can(act)
        for runner in self.both if found else ():
            act(runner)
        return found

    def goes_on(self) -> None:
        """Let something happen that is as likely as it should be."""
        acts = sum(self.done[name] for name in ACTS)
        act = self.random.choice(ACTS) if acts < MOST_ACTS else ""
        if self.random.random() > OFTEN or not act or not getattr(self, f"_{act}")():
            self._moves()
        else:
            self.done[act] += 1

    def _returned(self, *, through: bool = True) -> bool:
        waiting = len(self.kept.open())
        place = self.random.randrange(waiting or 1)
        ways = self.kept.ways(place) if waiting else []
        if not ways:
            return False
        assert self.kept.told(ways) == self.stored.told(self.stored.ways(place))
        way = self.random.randrange(len(ways))
        verb = Improviser.returns if through else Improviser.asks_back
        return self._both(lambda runner: verb(runner, place, way))

    def _asked_back(self) -> bool:
        return self._returned(through=False)

    def _withdrawn(self) -> bool:
        ways = self.kept.recent()
        assert self.kept.told(ways) == self.stored.told(self.stored.recent())
        way = self.random.randrange(len(ways) or 1)
        return bool(ways) and self._both(lambda runner: runner.withdraws(way))

    def _skipped(self) -> bool:
        steps = [n for n, token in enumerate(self.kept.open()) if token.state == READY]
        if steps:
            place = self.random.choice(steps)
            for runner in self.both:
                runner.skips(place)
        return bool(steps)

    def _placed(self) -> bool:
        if not self.spots:
            return False
        steps = [n for n, token in enumerate(self.kept.open()) if token.state == READY]
        place, at = self.random.choice([None, *steps]), self.random.choice(self.spots)
        return self._both(lambda runner: runner.places(place, at))

    def _cancelled(self) -> bool:
        for runner in self.both:
            runner.cancels()
        assert self.kept.seen() == self.stored.seen()
        assert was_cancelled(self.kept.case)
        assert was_cancelled(self.stored.case)
        return self.reopened(None) or self.reopened(0) or self._both(Improviser.goes_on)

    def reopened(self, way: int | None = 0) -> bool:
        """Open a case that is over at one of its steps, if there is one, or where it was."""
        ways = nearest(all_ways(self.kept.case))
        assert self.kept.told(ways) == self.stored.told(nearest(all_ways(self.stored.case)))
        if way is not None or (ways and self.random.random() < OFTEN):
            way = self.random.randrange(len(ways)) if ways else None
            if way is None:
                return False
        return self._both(lambda runner: runner.reopens(way))

    def _moves(self) -> None:
        waiting = len(self.kept.open())
        if waiting and self.random.random() < 0.7:
            place, n = self.random.randrange(waiting), self.random.randrange(12)
            for runner in self.both:
                runner.does(place, n)
            self.done["moved"] += 1
            return
        days = self.random.randint(1, 5)
        for runner in self.both:
            runner.wakes(days)
        self.done["woken"] += 1


def improvise(seed: int, drawn: Callable[[int], Compiled] = procedure_of) -> Counter[str]:
    """Take one case to its end with people going back; AssertionError where the two differ."""
    procedure = drawn(seed)
    kept, stored = Improviser(procedure, stored=False), Improviser(procedure, stored=True)
    story = Story(kept, stored, Random(-seed))
    for moves in count():
        place = f"seed {seed}, move {moves}, {dict(story.done)}"
        assert kept.seen() == stored.seen(), place
        kept.check()
        assert moves < MOST_STEPS, f"{place}: does not end"
        if not kept.case.completed:
            story.goes_on()
        elif story.done["reopened"] < MOST_ENDS and story.reopened():
            story.done["reopened"] += 1
        else:
            return story.done
    raise AssertionError


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

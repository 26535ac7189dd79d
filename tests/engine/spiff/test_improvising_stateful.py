"""Any legal sequence of acts, shrunk by hypothesis to the shortest that breaks something."""

from __future__ import annotations

from contextlib import suppress
from random import Random
from typing import TYPE_CHECKING, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)
from typing_extensions import override

from engine import spiff
from engine.spiff import NoPlaceError, NoWayBackError, pruning
from engine.spiff.codec import dump, load
from tests.engine.spiff.differing import BARE, MOST_STEPS, procedure_of
from tests.engine.spiff.test_improvising import goes_on
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Sequence

PICK = st.integers(0, 10**6)
Each = TypeVar("Each")


def picked(found: Sequence[Each], pick: int) -> Each:
    return found[pick % len(found)]


class Improvised(RuleBasedStateMachine):
    """A case by its verbs; the walk checks after each that what is open adds up."""

    walk: Walk
    usual = pruning.LIMIT

    @initialize(seed=PICK, is_bare=st.booleans())
    def begins(self, seed: int, *, is_bare: bool) -> None:
        pruning.LIMIT = BARE if is_bare else self.usual  # type: ignore[misc]
        self.walk = Walk(procedure_of(seed))

    @property
    def is_open(self) -> bool:
        walk = self.walk
        return bool(walk.tasks or walk.awaited or walk.calls or walk.timers)

    @rule(pick=PICK, n=st.integers(0, 11))
    @precondition(lambda self: self.walk.waits)
    def does(self, pick: int, n: int) -> None:
        self.walk.does(picked(self.walk.waits, pick), n=n)

    @rule(pick=PICK)
    @precondition(lambda self: self.walk.waits)
    def skips(self, pick: int) -> None:
        self.walk.skips(picked(self.walk.waits, pick))

    @rule(pick=PICK, n=st.integers(0, 11))
    @precondition(lambda self: self.walk.listens)
    def hears(self, pick: int, n: int) -> None:
        self.walk.hears(picked(self.walk.listens, pick), n=n)

    @rule()
    @precondition(lambda self: self.walk.calls)
    def answers(self) -> None:
        self.walk.answers(next(iter(self.walk.calls.values())).element)

    @rule(days=st.integers(1, 5))
    @precondition(lambda self: self.is_open)
    def wakes(self, days: int) -> None:
        self.walk.wakes(days=days)

    @rule(pick=PICK, where=PICK, straight=st.booleans())
    @precondition(lambda self: self.walk.waits)
    def returns(self, pick: int, where: int, *, straight: bool) -> None:
        element = picked(self.walk.waits, pick)
        ways = self.walk.ways(element)
        if ways:
            act = self.walk.asks_back if straight else self.walk.returns
            with suppress(NoWayBackError):
                act(element, picked(ways, where))

    @rule(pick=PICK, where=PICK)
    @precondition(lambda self: self.is_open)
    def places(self, pick: int, where: int) -> None:
        walk, before = self.walk, self.walk.move
        task = picked([None, *walk.tasks], pick)
        at = picked(spiff.places(walk.compiled), where)
        try:
            walk.move = spiff.place(walk.compiled, before.state, task, at, **walk.then)
        except NoPlaceError:
            return
        walk.follow()

    @rule(pick=PICK)
    @precondition(lambda self: self.is_open and self.walk.moves[-1].closed)
    def withdraws(self, pick: int) -> None:
        done, before = picked(self.walk.moves[-1].closed, pick), self.walk.move
        try:
            self.walk.withdraws(done)
        except NoWayBackError:
            assert self.walk.move is before

    @rule(pick=PICK)
    def is_opened_again(self, pick: int) -> None:
        if self.is_open:
            self.walk.cancels()
        ways = spiff.reopenings(self.walk.compiled, self.walk.move.state)
        found = [way.element for way in ways]
        if spiff.cancelled_at(self.walk.compiled, self.walk.move.state):
            with suppress(NoWayBackError):
                self.walk.reopens(picked([None, *found], pick))
        elif found:
            with suppress(NoWayBackError):
                self.walk.reopens(picked(found, pick))

    @invariant()
    def is_stored_as_it_is(self) -> None:
        if hasattr(self, "walk"):
            state = self.walk.move.state
            assert dump(load(self.walk.compiled.plan, state)) == state

    @override
    def teardown(self) -> None:
        """See that the case still comes to its end."""
        random, steps = Random(0), 0
        while hasattr(self, "walk") and self.is_open:
            goes_on(self.walk, random)
            steps += 1
            assert steps < MOST_STEPS, "the case does not end"
        pruning.LIMIT = self.usual  # type: ignore[misc]


TestImprovised = Improvised.TestCase
TestImprovised.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, database=None
)

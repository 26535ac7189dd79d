"""Clocks of random procedures: stopped and going on at once, or reckoned anew, all stays."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine import spiff
from tests.engine.spiff.differing import procedure_of
from tests.engine.spiff.drawing import T0


@settings(max_examples=25, deadline=None, database=None, phases=[Phase.explicit, Phase.generate])
@given(seed=st.integers(0, 10**6), choices=st.integers(0, 10**6))
def test_a_clock_that_stands_keeps_what_was_left(seed: int, choices: int) -> None:
    procedure, random = procedure_of(seed), Random(choices)
    now = T0
    state = spiff.start(procedure, {"n": random.randrange(12)}, now=now).state
    for _ in range(12):
        before = spiff.position(procedure, state)
        anew = spiff.reckon_anew(procedure, state, now=now)
        assert (anew.shifted, anew.retimed, anew.state) == ((), (), state)

        paused = spiff.pause(procedure, state, None, now=now)
        resumed = spiff.resume(procedure, paused.state, None, now=now)
        assert (resumed.shifted, resumed.fired) == ((), ())
        assert set(resumed.retimed) <= set(before.tasks), "due as before they stood"
        assert spiff.position(procedure, resumed.state) == before

        still = spiff.suspend(procedure, state, now=now)
        assert spiff.position(procedure, still.state).suspended
        assert spiff.unsuspend(procedure, still.state, now=now).state == resumed.state
        both = spiff.pause(procedure, still.state, None, now=now)
        again = spiff.unsuspend(procedure, both.state, now=now)
        assert spiff.position(procedure, again.state) == spiff.position(procedure, paused.state)

        later = now + timedelta(days=random.randint(1, 30))
        woken = spiff.wake(procedure, paused.state, now=later)
        assert (woken.fired, woken.next_due) == ((), None)
        resumed = spiff.resume(procedure, woken.state, None, now=later)
        after = {timer.id: timer for timer in spiff.position(procedure, resumed.state).timers}
        dates = {timer.id for timer in before.timers if "-" in timer.rule}
        moved = {timer.id for timer in before.timers if timer.id in after} - dates
        assert all(after[id_].due >= later for id_ in moved)
        assert {shift.timer.id for shift in resumed.shifted} <= moved
        if random.random() < 0.5:
            state, now = resumed.state, later
        if not before.tasks:
            now += timedelta(days=3)
            state = spiff.wake(procedure, state, now=now).state
            continue
        task = random.choice(before.tasks)
        if task.id in {each.id for each in spiff.position(procedure, state).tasks}:
            answers = {"n": random.randrange(12)}
            try:
                state = spiff.complete(procedure, state, task.id, answers, now=now).state
            except spiff.TaskNotReadyError:
                state = spiff.wake(procedure, state, now=now).state

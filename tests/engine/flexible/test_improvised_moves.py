"""The same people also go back, end, stop and intervene; the history replays to where they are.

`python -m tests.engine.flexible.test_improvised_moves --cases 500` is the long run.
"""

from __future__ import annotations

import argparse
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar

import click
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from typing_extensions import override

from engine import procedures, spiff
from engine.cases import timers
from engine.cases.lineage import lineage
from engine.clocks.pausing import pause_case, pause_task, resume_case, resume_task
from engine.database import connect
from engine.embedded import throw_away
from engine.going_back.anew import STRAIGHT, THROUGH
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.intervening import PLACE, SKIP, Wanted
from engine.going_back.returning import return_task
from engine.going_back.seconding import intervene
from engine.going_back.withdrawing import last_of, withdraw_step
from engine.history.dossier import history_rows
from engine.people import save_roles
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.replaying.replay import as_it_was
from engine.schema import upgrade
from engine.spiff import Names
from engine.spiff.codec import load
from engine.spiff.going_back.standing import stands
from engine.suspending import holding
from tests.engine.errand import errand
from tests.engine.flexible.test_improvised import (
    PERSON,
    PICK,
    STAFF,
    WHO,
    WHOEVER,
    Improvising,
)
from tests.engine.replaying.test_random_replays import seen
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine

WHY = "因故"
EXAMPLES = 15
OFTEN = 7


class Moving(Improvising):
    """People move the tokens of the errand as well; what was done is counted by verb."""

    done_so_far: ClassVar[Counter[str]] = Counter()

    @override
    def tried(self, verb: Callable[..., object], *args: object, by: str) -> bool:
        is_done = super().tried(verb, *args, by=by)
        self.done_so_far[verb.__name__] += is_done
        return is_done

    @property
    def compiled(self) -> spiff.Compiled:
        return procedures.version(self.conn, self.row.version_id).compiled

    @rule(pick=PICK, where=PICK, by=WHO, way=st.sampled_from([THROUGH, STRAIGHT]))
    def returns(self, pick: int, where: int, by: str, way: str) -> None:
        rows = self.rows()
        if rows:
            task = rows[pick % len(rows)].id
            found = spiff.returns(self.compiled, self.row.state, task)
            target = found[where % len(found)].target if found else None
            self.act(pick, return_task, target, way, WHY, by=by)

    @rule(count=st.integers(1, 3))
    def some_steps_are_done(self, count: int) -> None:
        for _ in range(count):
            self.completes(0, WHOEVER)

    @rule(by=PERSON)
    def takes_a_step_back(self, by: str) -> None:
        last = last_of(self.conn, self.case, by=self.staff[by])
        if last is not None:
            self.tried(withdraw_step, self.case, last.task_id, by=by)

    @rule(where=PICK)
    def is_cancelled_and_opened_again(self, where: int) -> None:
        if where > OFTEN:
            self.tried(cancel_case, self.case, WHY, by="chief")
        self.opens_again(where)

    def opens_again(self, where: int) -> None:
        row = self.row
        if row.status == "ended":
            ways = spiff.reopenings(self.compiled, row.state)
            targets = [None, *(way.target for way in ways)]
            self.tried(reopen_case, self.case, targets[where % len(targets)], WHY, by="chief")

    @rule(pick=PICK, where=st.integers(-1, 9))
    def is_intervened(self, pick: int, where: int) -> None:
        if rows := self.rows():
            task, places = rows[pick % len(rows)].id, spiff.places(self.compiled)
            at = places[where % len(places)]
            skip = Wanted(SKIP, self.case, task)
            move = Wanted(PLACE, self.case, task, (*at.path, at.element))
            self.tried(intervene, skip if where < 0 else move, WHY, by="operator")

    @rule(pick=PICK, by=WHO)
    def a_clock_stands_or_goes_on(self, pick: int, by: str) -> None:
        if not self.act(pick, pause_task, WHY, by=by):
            self.act(pick, resume_task, by=by)

    @rule(verb=st.sampled_from(["clock", "case"]))
    def the_case_stands_or_goes_on(self, verb: str) -> None:
        if verb == "clock":
            self._toggles(pause_case, (WHY,), resume_case)
        else:
            self._toggles(holding.suspend_case, (WHY, None), holding.resume_case)

    @rule(days=st.integers(1, 3))
    def the_case_stands_till_a_day(self, days: int) -> None:
        """Suspend it till two days later, and let so many of them pass."""
        until = self.now.date() + timedelta(days=2)
        if self.tried(holding.suspend_case, self.case, WHY, until, by="chief"):
            self.time_passes(days * 24 * 60)

    def _toggles(
        self, stop: Callable[..., object], args: tuple[object, ...], go_on: Callable[..., object]
    ) -> None:
        if not self.tried(stop, self.case, *args, by="chief"):
            self.tried(go_on, self.case, by="chief")

    @rule(minutes=st.integers(1, 90))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        while timers.wake_next(self.conn, now=self.now):
            pass

    @invariant()
    def stands_as_it_is_drawn(self) -> None:
        case = load(self.compiled.plan, self.row.state)
        assert all(stand.fits for stand in stands(case).values())

    @invariant()
    def history_replays_to_the_state(self) -> None:
        row, rows = self.row, history_rows(self.conn, self.case)
        version, told = procedures.version(self.conn, row.version_id), record(rows)
        terms = as_it_was(self.conn, lineage(self.conn, version, rows), rows)
        found = play(told, terms, until=told.until or self.now).stage
        assert seen(version.compiled, found.state) == seen(version.compiled, row.state)

    @override
    def finish(self) -> None:
        self.opens_again(0)
        self.tried(holding.resume_case, self.case, by="chief")
        self.tried(resume_case, self.case, by="chief")
        super().finish()
        self.history_replays_to_the_state()


def improvise(database: Engine, examples: int, machine: type[Moving] = Moving) -> None:
    """Let people improvise in so many cases of a database's own."""
    with database.begin() as conn:
        put_in_force(conn, errand())
        save_roles(conn, {"clerk-supervisor": Names("内勤主管", "Chief clerk")})
        held = {**STAFF, "operator": {"operator"}}
        machine.staff = {login: somebody(conn, login, roles) for login, roles in held.items()}
    machine.engine = database
    # A failure is told as it is: shrinking it takes longer than a test may.
    steps = settings(
        max_examples=examples,
        stateful_step_count=25,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
    )
    run_state_machine_as_test(machine, settings=steps)


def test_moving_loses_nothing(database: Engine) -> None:
    improvise(database, EXAMPLES)
    assert {"complete_task", "reopen_case"} < set(+Moving.done_so_far)


def at_length(let: Callable[[Engine, int], None], machine: type[Moving], cases: int) -> None:
    """Let people improvise in `--cases` cases, in a database that is thrown away."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=cases)
    count = parser.parse_args().cases
    with throw_away() as server:
        engine = connect(server.url)
        upgrade(engine)
        let(engine, count)
        engine.dispose()
    told = ", ".join(f"{n} {verb}" for verb, n in sorted(machine.done_so_far.items()) if n)
    click.echo(f"{count} cases, {told}: nothing lost, all ended, all replayed")


if __name__ == "__main__":
    at_length(improvise, Moving, 500)

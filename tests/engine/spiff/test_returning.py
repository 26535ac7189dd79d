"""Returning a step to an earlier one: what is undone, what stays, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from engine import spiff
from engine.spiff import NoWayBackError, TaskNotReadyError, pruning
from tests.engine.spiff.differing import BARE
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, holding, variable
from tests.engine.spiff.walking import Walk


@pytest.fixture(params=[pruning.LIMIT, BARE], autouse=True)
def _limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "LIMIT", request.param)


def forking(*branches: str, inclusive: str = "") -> Process:
    """Draw a step, a fork with a step on every branch, and a step after the join."""
    p = Process("demo")
    p.message_start()
    p.user("first")
    if inclusive:
        p.inclusive("fork", f"fork_to_{branches[0]}")
        p.inclusive("join")
    else:
        p.parallel("fork")
        p.parallel("join")
    p.user("last")
    p.end()
    p.chain("opened", "first", "fork")
    for branch in branches:
        p.user(branch)
        p.flow("fork", branch, inclusive if branch != branches[0] else "")
        p.chain(branch, "join")
    p.chain("join", "last", "done")
    return p


def calling() -> tuple[Process, Process]:
    """Draw a call of two steps between two steps."""
    p, called = Process("demo"), Process("part")
    p.message_start()
    p.user("before")
    p.call("ask_part", "part")
    p.script("note", "noted = n")
    p.user("after")
    p.end()
    p.extra = variable("n", "0")
    p.chain("opened", "before", "ask_part", "note", "after", "done")
    called.start("b")
    called.user("one")
    called.user("two")
    called.end("e")
    called.chain("b", "one", "two", "e")
    return p, called


def test_a_return_across_a_parallel_join_runs_one_branch_again() -> None:
    walk = Walk(compiled(forking("left", "middle", "right")))
    for element in ("first", "left", "middle", "right"):
        walk.does(element)
    assert walk.ways("last")[-1] == "first"
    assert not walk.way("last", "left").cancelled.tasks
    move = walk.returns("last", "left")
    assert (walk.waits, move.reached, move.flows) == (["left"], ("demo:left",), ())
    walk.does("left")
    assert walk.waits == ["last"]
    assert walk.does("last").ended == "demo:done"


def test_a_return_across_an_inclusive_join_waits_for_who_was_there() -> None:
    p = forking("left", "middle", "right", inclusive="n == 1")
    walk = Walk(compiled(p, fields=("n",)))
    walk.does("first", n=1)
    walk.does("middle")
    walk.does("right")
    walk.returns("last", "right")
    assert walk.waits == ["right"]
    walk.does("right")
    assert walk.waits == ["last"]
    walk.returns("last", "first")
    walk.does("first", n=0)
    assert (walk.waits, walk.ways("left")) == (["left"], ["first"])
    walk.does("left")
    assert walk.does("last").ended == "demo:done"


def test_a_return_before_the_fork_says_which_branches_stop() -> None:
    p = forking("left", "right")
    p.deadline("late", "right", "P3D")
    p.user("urge")
    p.end("urged")
    p.chain("late", "urge", "urged")
    walk = Walk(compiled(p))
    walk.does("first")
    gone = walk.way("left", "first").cancelled
    assert [task.element for task in gone.tasks] == ["right"]
    assert [timer.element for timer in gone.timers] == ["late"]
    own = walk.way("right", "first").cancelled
    assert ([task.element for task in own.tasks], own.timers) == (["left"], ())
    move = walk.returns("left", "first")
    assert (walk.waits, len(move.closed), len(move.disarmed)) == (["first"], 2, 1)


def test_the_deadline_of_a_step_that_is_returned_to_counts_anew() -> None:
    p = forking("left", "right")
    p.deadline("late", "left", "P3D")
    p.end("late_done")
    p.chain("late", "late_done")
    walk = Walk(compiled(p))
    for element in ("first", "left", "right"):
        walk.does(element)
    walk.wakes(days=2)
    walk.returns("last", "left")
    assert walk.task("left").due == T0 + timedelta(days=5)
    walk.wakes(days=4)
    assert walk.task("left").due == T0 + timedelta(days=5)
    assert walk.timers == []


def test_a_step_that_is_taken_back_keeps_its_deadline_and_is_refused_once_it_has_passed() -> None:
    p = Process("demo")
    p.message_start()
    p.user("first")
    p.user("second")
    p.user("instead")
    p.end()
    p.end("given_up")
    p.interrupt("late", "first", "P3D")
    p.chain("opened", "first", "second", "done")
    p.chain("late", "instead", "given_up")
    walk = Walk(compiled(p))
    task = walk.task("first").id
    walk.does("first")
    state, made = walk.move.state, walk.compiled
    soon, late = T0 + timedelta(days=2), T0 + timedelta(days=4)
    move = spiff.withdraw(made, state, task, since=T0, now=soon)
    assert [step.due for step in move.opened] == [T0 + timedelta(days=3)]
    assert [timer.due for timer in move.armed] == [T0 + timedelta(days=3)]
    day = timedelta(days=1)
    move = spiff.withdraw(made, state, task, since=T0, stood=[(T0, T0 + day)], now=soon)
    assert [step.due for step in move.opened] == [T0 + timedelta(days=4)]
    with pytest.raises(NoWayBackError, match="The time for this step is over"):
        spiff.withdraw(made, state, task, since=T0, now=late)


def test_what_follows_an_event_beside_the_step_goes_on() -> None:
    p = forking("left", "right")
    p.deadline("late", "left", "P3D")
    p.user("urge")
    p.end("urged")
    p.chain("late", "urge", "urged")
    walk = Walk(compiled(p))
    walk.does("first")
    walk.wakes(days=4)
    walk.does("left")
    walk.does("right")
    assert walk.ways("urge") == ["first"]
    walk.returns("last", "left")
    assert (walk.waits, walk.timers) == (["left", "urge"], ["late"])
    walk.wakes(days=4)
    assert walk.waits == ["left", "urge", "urge"]
    for element in ("urge", "left", "urge", "last"):
        walk.does(element)
    assert walk.move.ended == "demo:done"


def test_a_called_process_that_is_over_is_opened_again_with_what_is_known_now() -> None:
    walk = Walk(compiled(*calling(), fields=("n",)))
    walk.does("before", n=1)
    walk.does("one", n=2)
    walk.does("two")
    assert walk.ways("after") == ["two", "one", "before"]
    assert walk.way("after", "two").path == ("ask_part",)
    walk.returns("after", "two")
    (task,) = walk.tasks.values()
    assert (task.element, task.path) == ("two", ("ask_part",))
    assert spiff.known(walk.compiled, walk.move.state, task.id)["n"] == 2
    assert walk.ways("two") == ["one", "before"]
    walk.does("two", n=3)
    assert spiff.known(walk.compiled, walk.move.state, walk.task("after").id)["n"] == 3
    walk.returns("after", "before")
    assert walk.waits == ["before"]
    for element in ("before", "one", "two", "after"):
        walk.does(element)
    assert walk.move.ended == "demo:done"


def test_a_return_names_all_finished_steps_that_came_of_its_target() -> None:
    p, called = calling()
    walk = Walk(compiled(p, called))
    done = {step: walk.task(step).id for step in ("before",)}
    walk.does("before")
    for step in ("one", "two"):
        done[step] = walk.task(step).id
        walk.does(step)
    assert set(walk.way("after", "one").undone) == {done["one"], done["two"]}
    assert set(walk.way("after", "before").undone) == set(done.values())


def test_a_deadline_around_a_call_keeps_its_clock_and_begins_anew_with_the_call() -> None:
    p, called = calling()
    p.deadline("late", "ask_part", "P9D")
    p.end("late_done")
    p.chain("late", "late_done")
    walk = Walk(compiled(p, called))
    walk.does("before")
    walk.does("one")
    walk.wakes(days=1)
    walk.returns("two", "one")
    assert walk.task("one").due == T0 + timedelta(days=9)
    walk.does("one")
    walk.does("two")
    assert walk.timers == []
    walk.returns("after", "one")
    assert walk.task("one").due == T0 + timedelta(days=10)


def test_what_interrupts_a_call_at_once_does_so_when_it_is_opened_again() -> None:
    p, called = calling()
    p.instead("when", "ask_part", holding("n == 7"))
    p.user("instead")
    p.end("other")
    p.chain("when", "instead", "other")
    walk = Walk(compiled(p, called, fields=("n",)))
    walk.does("before", n=1)
    walk.does("one")
    walk.does("two", n=7)
    move = walk.returns("after", "one")
    assert (walk.waits, move.opened[0].element) == (["instead"], "instead")
    assert spiff.position(walk.compiled, move.state).live == ("demo:instead",)


def test_a_sub_process_ended_at_once_opens_what_it_had_cut_off() -> None:
    inside, p = Scope("demo"), Process("demo")
    inside.start("b")
    inside.parallel("fork")
    inside.user("left")
    inside.user("right")
    inside.parallel("join")
    inside.xor("which", "which_to_join")
    inside.terminate("stop")
    inside.end("e")
    inside.chain("b", "fork", "left", "which", "join", "e")
    inside.chain("fork", "right", "join")
    inside.flow("which", "stop", "n == 1")
    p.message_start()
    p.sub("part", inside)
    p.user("after")
    p.end()
    p.chain("opened", "part", "after", "done")
    walk = Walk(compiled(p, fields=("n",)))
    walk.does("left", n=1)
    assert (walk.waits, walk.ways("after")) == (["after"], ["left"])
    walk.returns("after", "left")
    assert walk.waits == ["left", "right"]
    walk.does("left", n=0)
    walk.does("right")
    assert walk.waits == ["after"]


def test_who_signs_beside_others_goes_back_before_all_of_them() -> None:
    p, called = calling()
    p.each("ask_part", "items", "item")
    walk = Walk(compiled(p, called, fields=("items",)))
    walk.does("before", items=["x", "y"])
    walk.does("one", item="1/2 · x")
    assert walk.ways("two") == ["one", "before"]
    (other,) = walk.way("two", "before").cancelled.tasks
    assert (other.element, other.item) == ("one", "2/2 · y")
    assert not walk.way("two", "one").cancelled.tasks
    walk.returns("two", "one")
    assert [task.item for task in walk.tasks.values()] == ["2/2 · y", "1/2 · x"]
    for element in ("one", "one", "two", "two"):
        walk.does(element)
    assert walk.ways("after") == ["before"]


def test_what_the_step_did_not_come_of_is_refused() -> None:
    walk = Walk(compiled(forking("left", "right")))
    walk.does("first")
    walk.does("left")
    left, right = walk.moves[-1].closed[0], walk.task("right").id
    for target, word in ((left, "did not come of"), (uuid4(), "never done"), (right, "never done")):
        with pytest.raises(NoWayBackError, match=word):
            spiff.return_to(walk.compiled, walk.move.state, right, target, now=T0)
    with pytest.raises(TaskNotReadyError):
        spiff.return_to(walk.compiled, walk.move.state, left, walk.moves[1].closed[0], now=T0)
    with pytest.raises(TaskNotReadyError):
        spiff.returns(walk.compiled, walk.move.state, left)


def test_a_process_that_was_interrupted_is_not_gone_back_into() -> None:
    p, called = calling()
    p.interrupt("stop", "ask_part", "P3D")
    p.user("instead")
    p.end("stopped")
    p.chain("stop", "instead", "stopped")
    walk = Walk(compiled(p, called))
    walk.does("before")
    walk.does("one")
    one = walk.move.closed[0]
    walk.wakes(days=4)
    assert walk.ways("instead") == ["before"]
    with pytest.raises(NoWayBackError, match="interrupted"):
        spiff.return_to(walk.compiled, walk.move.state, walk.task("instead").id, one, now=walk.now)


def test_only_the_last_run_of_a_step_is_gone_back_to() -> None:
    p = Process("demo")
    p.message_start()
    p.xor("merge")
    p.user("again")
    p.user("check")
    p.xor("which", "which_to_done")
    p.end()
    p.chain("opened", "merge", "again", "check", "which", "done")
    p.flow("which", "merge", "more")
    walk = Walk(compiled(p, fields=("more",)))
    for _ in range(3):
        walk.does("again")
        walk.does("check", more=True)
    last = walk.moves[-2].closed[0]
    assert walk.ways("again") == ["check", "again"]
    assert walk.way("again", "again").target == last
    walk.returns("again", "check")
    assert walk.does("check", more=False).ended == "demo:done"

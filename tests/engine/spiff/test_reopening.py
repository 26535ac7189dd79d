"""Taking back, cancelling and opening again: nothing is left open, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import spiff
from engine.spiff import (
    CaseOpenError,
    CaseOverError,
    NoWayBackError,
    TaskNotReadyError,
    pruning,
)
from tests.engine.spiff.differing import BARE
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, variable
from tests.engine.spiff.test_returning import calling, forking
from tests.engine.spiff.walking import Walk


@pytest.fixture(params=[pruning.LIMIT, BARE], autouse=True)
def _limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "LIMIT", request.param)


def busy() -> Process:
    """Draw a step, then at a time a step with a deadline, a message, a signal and a service."""
    p = Process("demo", extra=variable("given", "7"))
    p.message_start()
    p.user("first")
    p.parallel("fork")
    p.parallel("join")
    p.user("step")
    p.catch("hear", p.message("message_1", keys="given"))
    p.service("asks", "ask", "answer", question="1")
    p.timer("pause", "P5D")
    p.user("last")
    p.end()
    p.chain("opened", "first", "fork")
    for branch in ("step", "hear", "asks", "pause"):
        p.chain("fork", branch, "join")
    p.chain("join", "last", "done")
    p.deadline("late", "step", "P3D")
    p.end("late_done")
    p.chain("late", "late_done")
    return p


def test_a_step_is_taken_back_with_all_that_it_opened() -> None:
    walk = Walk(compiled(busy()))
    walk.does("first")
    (first,) = walk.move.closed
    found = spiff.withdrawal(walk.compiled, walk.move.state, first)
    assert (found.element, [task.element for task in found.cancelled.tasks]) == ("first", ["step"])
    assert (len(found.cancelled.waits), len(found.cancelled.calls)) == (1, 1)
    assert {timer.element for timer in found.cancelled.timers} == {"late", "pause"}
    move = walk.withdraws(first)
    assert (walk.waits, walk.timers, walk.listens, walk.calls) == (["first"], [], [], {})
    assert (len(move.disarmed), len(move.unawaited), len(move.abandoned)) == (2, 1, 1)


def test_a_step_is_not_taken_back_when_a_later_one_is_done_or_the_case_is_over() -> None:
    walk = Walk(compiled(forking("left", "right")))
    walk.does("first")
    (first,) = walk.move.closed
    walk.does("left")
    with pytest.raises(NoWayBackError, match="moved on"):
        walk.withdraws(first)
    walk.does("right")
    walk.does("last")
    with pytest.raises(CaseOverError):
        walk.withdraws(walk.move.closed[0])
    with pytest.raises(CaseOverError):
        spiff.withdrawal(walk.compiled, walk.move.state, walk.move.closed[0])


def test_a_step_before_a_join_is_taken_back_from_behind_it() -> None:
    walk = Walk(compiled(forking("left", "right")))
    for element in ("first", "left", "right"):
        walk.does(element)
    walk.withdraws(walk.move.closed[0])
    assert walk.waits == ["right"]
    walk.withdraws(walk.moves[2].closed[0])
    assert walk.waits == ["left", "right"]


def test_nothing_of_a_cancelled_case_is_open() -> None:
    walk = Walk(compiled(busy()))
    walk.does("first")
    move = walk.cancels()
    assert (walk.waits, walk.timers, walk.listens, walk.calls) == ([], [], [], {})
    assert (move.ended, move.next_due, move.opened) == (None, None, ())
    assert (len(move.closed), len(move.disarmed)) == (1, 2)
    assert spiff.position(walk.compiled, move.state).live == ()
    later = spiff.wake(walk.compiled, move.state, now=T0 + timedelta(days=9))
    assert (later.fired, later.opened) == ((), ())
    with pytest.raises(CaseOverError):
        walk.cancels()
    with pytest.raises(TaskNotReadyError):
        spiff.complete(walk.compiled, move.state, move.closed[0], {}, now=T0)


def test_a_cancelled_case_goes_on_where_it_was() -> None:
    walk = Walk(compiled(busy()))
    walk.does("first")
    assert spiff.cancelled_at(walk.compiled, walk.move.state) == ()
    walk.cancels()
    found = spiff.cancelled_at(walk.compiled, walk.move.state)
    assert set(found) == {"demo:step", "demo:hear", "demo:asks", "demo:pause"}
    walk.now += timedelta(days=10)
    walk.reopens()
    assert (walk.waits, walk.listens, len(walk.calls)) == (["step"], ["hear"], 1)
    assert walk.timers == ["late", "pause"]
    assert walk.task("step").due == T0 + timedelta(days=13)
    walk.does("step")
    walk.hears("hear")
    walk.answers("asks")
    walk.wakes(days=5)
    assert walk.does("last").ended == "demo:done"


def test_a_cancelled_case_goes_on_at_a_step_and_where_it_was_beside_that() -> None:
    walk = Walk(compiled(forking("left", "middle", "right")))
    walk.does("first")
    walk.does("left")
    walk.does("middle")
    walk.cancels()
    ways = spiff.reopenings(walk.compiled, walk.move.state)
    assert [way.element for way in ways] == ["middle", "left", "first"]
    assert [way.opened for way in ways] == [("demo:right",), ("demo:right",), ()]
    walk.reopens("left")
    assert walk.waits == ["left", "right"]
    walk.does("left")
    walk.does("right")
    assert walk.does("last").ended == "demo:done"


def test_what_a_called_process_knew_is_known_when_it_goes_on() -> None:
    walk = Walk(compiled(*calling(), fields=("n",)))
    walk.does("before", n=1)
    walk.does("one", n=2)
    for element in (None, "one"):
        walk.cancels()
        walk.reopens(element)
        (task,) = walk.tasks.values()
        assert (task.element, task.path) == (element or "two", ("ask_part",))
        assert spiff.known(walk.compiled, walk.move.state, task.id)["n"] == 2
    walk.does("one")
    walk.does("two")
    assert walk.waits == ["after"]


def test_instances_that_were_cancelled_begin_again() -> None:
    p, called = calling()
    p.each("ask_part", "items", "item")
    walk = Walk(compiled(p, called, fields=("items",)))
    walk.does("before", items=["x", "y"])
    walk.does("one")
    walk.cancels()
    walk.reopens()
    assert walk.waits == ["one", "one"]


def test_an_ended_case_goes_on_at_a_step_with_its_variables() -> None:
    walk = Walk(compiled(*calling(), fields=("n",)))
    for element in ("before", "one", "two", "after"):
        with pytest.raises(CaseOpenError):
            spiff.reopen(walk.compiled, walk.move.state, now=T0)
        walk.does(element, n=7)
    assert walk.move.ended == "demo:done"
    with pytest.raises(CaseOverError):
        walk.reopens()
    walk.reopens("two")
    assert (walk.waits, walk.ways("two")) == (["two"], ["one", "before"])
    assert spiff.known(walk.compiled, walk.move.state, walk.task("two").id)["n"] == 7
    walk.does("two")
    assert walk.does("after").ended == "demo:done"


def test_a_case_that_somebody_else_has_ended_at_once_goes_on_at_his_step_only() -> None:
    p = forking("left", "right")
    p.xor("which", "which_to_join")
    p.without("right_to_join")
    p.terminate("stop")
    p.chain("right", "which", "join")
    p.flow("which", "stop", "n == 1")
    walk = Walk(compiled(p, fields=("n",)))
    walk.does("first")
    walk.does("left")
    (left,) = walk.move.closed
    assert walk.does("right", n=1).ended == "demo:stop"
    ways = spiff.reopenings(walk.compiled, walk.move.state)
    assert [way.element for way in ways] == ["right", "first"]
    with pytest.raises(NoWayBackError, match="interrupted"):
        spiff.reopen(walk.compiled, walk.move.state, left, now=T0)
    walk.reopens("right")
    walk.does("right", n=0)
    assert walk.does("last").ended == "demo:done"


def test_a_called_process_that_was_ended_with_others_goes_on_with_them() -> None:
    p, called = calling()
    inside = Scope("demo")
    inside.start("i")
    inside.parallel("fork")
    inside.call("call_part", "part")
    inside.user("stopper")
    inside.terminate("stop")
    inside.chain("i", "fork", "call_part", "stop")
    inside.chain("fork", "stopper", "stop")
    p.without("ask_part")
    p.sub("ask_part", inside)
    walk = Walk(compiled(p, called, fields=("n",)))
    walk.does("before")
    walk.does("one", n=5)
    walk.does("stopper")
    assert walk.waits == ["after"]
    assert walk.way("after", "stopper").opened == ("part:two",)
    walk.returns("after", "stopper")
    assert walk.waits == ["stopper", "two"]
    assert spiff.known(walk.compiled, walk.move.state, walk.task("two").id)["n"] == 5

"""Straight returns: a finished step is done once more, and then who returned it goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import spiff
from engine.spiff import NoWayBackError, TaskNotReadyError, pruning
from tests.engine.spiff.differing import BARE
from tests.engine.spiff.drawing import T0, Process, compiled
from tests.engine.spiff.test_returning import calling, forking
from tests.engine.spiff.walking import Walk


@pytest.fixture(params=[pruning.LIMIT, BARE], autouse=True)
def _limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "LIMIT", request.param)


def known(walk: Walk, element: str) -> dict[str, object]:
    return spiff.known(walk.compiled, walk.move.state, walk.task(element).id)


def test_a_straight_return_comes_back_and_stops_nothing_else() -> None:
    walk = Walk(compiled(forking("left", "right")))
    walk.does("first")
    left = walk.task("left").id
    move = walk.asks_back("left", "first")
    assert (walk.waits, move.closed, move.reached) == (["first", "right"], (left,), ("demo:first",))
    move = walk.does("first")
    assert (walk.waits, move.flows) == (["left", "right"], ())
    assert walk.task("left").id != left
    for element in ("left", "right", "last"):
        walk.does(element)
    assert walk.move.ended == "demo:done"


def test_a_straight_return_leaves_out_the_steps_between() -> None:
    walk = Walk(compiled(forking("left", "right")))
    for element in ("first", "left", "right"):
        walk.does(element)
    walk.asks_back("last", "first")
    assert walk.waits == ["first"]
    walk.does("first")
    assert (walk.waits, walk.ways("last")) == (["last"], ["right", "left", "first"])
    assert walk.does("last").ended == "demo:done"


def test_the_deadlines_of_both_count_anew() -> None:
    p = forking("left", "right")
    for step in ("first", "left"):
        p.deadline(f"{step}_late", step, "P3D")
        p.user(f"{step}_urge")
        p.end(f"{step}_done")
        p.chain(f"{step}_late", f"{step}_urge", f"{step}_done")
    walk = Walk(compiled(p))
    walk.does("first")
    walk.wakes(days=1)
    move = walk.asks_back("left", "first")
    assert [timer.element for timer in move.disarmed] == ["left_late"]
    assert (walk.timers, walk.task("first").due) == (["first_late"], T0 + timedelta(days=4))
    walk.wakes(days=4)
    assert walk.waits == ["first", "first_urge", "right"]
    walk.does("first")
    assert walk.waits == ["left", "right"]
    assert walk.task("left").due == T0 + timedelta(days=8)


def test_what_would_interrupt_the_step_does_not_beside_a_detour() -> None:
    p = forking("left", "right")
    p.interrupt("stop", "first", "P3D")
    p.end("stopped")
    p.chain("stop", "stopped")
    walk = Walk(compiled(p))
    walk.does("first")
    walk.asks_back("left", "first")
    assert walk.timers == []


def test_nor_after_a_detour_inside_a_detour() -> None:
    p = forking("left", "right")
    p.without("opened_to_first")
    p.user("zeroth")
    p.chain("opened", "zeroth", "first")
    p.interrupt("stop", "first", "P3D")
    p.end("stopped")
    p.chain("stop", "stopped")
    walk = Walk(compiled(p))
    walk.does("zeroth")
    walk.does("first")
    walk.asks_back("left", "first")
    walk.asks_back("first", "zeroth")
    walk.does("zeroth")
    assert (walk.waits, walk.timers) == (["first", "right"], [])
    walk.does("first")
    assert walk.waits == ["left", "right"]


def in_two_lanes() -> tuple[Process, Process]:
    """Draw a call whose steps are the quality control's, and a step of the manager after it."""
    p, called = calling()
    called.bare = True
    p.lane("qc", "ask_part")
    p.lane("gm", "after")
    return p, called


def test_a_step_of_a_called_process_that_is_over_is_done_where_it_is_drawn() -> None:
    walk = Walk(compiled(*in_two_lanes(), fields=("n",)))
    walk.does("before", n=1)
    walk.does("one", n=2)
    walk.does("two")
    walk.asks_back("after", "one")
    task = walk.task("one")
    assert (task.path, task.role, task.process) == (("ask_part",), "qc", "part")
    assert known(walk, "one")["n"] == 2
    walk.does("one", n=3)
    assert (walk.waits, known(walk, "after")["n"]) == (["after"], 3)
    assert walk.task("after").role == "gm"


def test_a_step_that_asks_back_on_a_detour_goes_on_where_it_is_drawn() -> None:
    walk = Walk(compiled(*in_two_lanes()))
    for element in ("before", "one", "two"):
        walk.does(element)
    walk.asks_back("after", "one")
    walk.asks_back("one", "before")
    walk.does("before")
    assert (walk.task("one").path, walk.task("one").role) == (("ask_part",), "qc")
    walk.does("one")
    assert (walk.task("after").path, walk.task("after").role) == ((), "gm")


def test_what_follows_beside_a_detour_is_whose_it_was_where_it_is_drawn() -> None:
    p, called = in_two_lanes()
    called.deadline("late", "one", "P3D")
    called.user("urge")
    called.end("urged")
    called.chain("late", "urge", "urged")
    walk = Walk(compiled(p, called))
    for element in ("before", "one", "two"):
        walk.does(element)
    walk.asks_back("after", "one")
    walk.wakes(days=4)
    assert (walk.task("urge").path, walk.task("urge").role) == (("ask_part",), "qc")


def test_what_several_do_once_more_is_whose_it_was_where_it_is_drawn() -> None:
    p, called = in_two_lanes()
    called.each("one", "items", "item")
    walk = Walk(compiled(p, called, fields=("items",)))
    walk.does("before", items=["x", "y"])
    for element in ("one", "one", "two"):
        walk.does(element)
    walk.asks_back("after", "one")
    assert [(task.path, task.role) for task in walk.tasks.values()] == [(("ask_part",), "qc")] * 2


def test_who_is_called_learns_what_is_amended_around_the_call() -> None:
    walk = Walk(compiled(*calling(), fields=("n",)))
    walk.does("before", n=1)
    walk.does("one")
    walk.asks_back("two", "before")
    assert (walk.task("before").path, walk.waits) == ((), ["before"])
    walk.does("before", n=4)
    assert (walk.task("two").path, known(walk, "two")["n"]) == (("ask_part",), 4)
    walk.does("two")
    assert known(walk, "after")["n"] == 4


def test_one_of_several_instances_asks_back() -> None:
    walk = Walk(compiled(signing(), fields=("items",)))
    walk.does("before", items=["x", "y"])
    walk.asks_back("sign", "before", "2/2 · y")
    assert walk.waits == ["before", "sign"]
    walk.does("before")
    assert {task.item for task in walk.tasks.values()} == {"1/2 · x", "2/2 · y"}
    walk.does("sign")
    walk.does("sign")
    assert walk.waits == ["after"]


def signing() -> Process:
    """Draw a step, a step that is done for each item, and one after it."""
    p = Process("demo")
    p.message_start()
    p.user("before")
    p.user("sign")
    p.each("sign", "items", "item")
    p.user("after")
    p.end()
    p.chain("opened", "before", "sign", "after", "done")
    return p


def test_what_several_have_signed_is_gone_back_to_as_a_whole() -> None:
    walk = Walk(compiled(signing(), fields=("items",)))
    walk.does("before", items=["x", "y"])
    walk.does("sign")
    with pytest.raises(NoWayBackError, match="never done"):
        walk.withdraws(walk.move.closed[0])
    walk.does("sign")
    (last,) = walk.move.closed
    assert walk.way("after", "sign").target == last
    with pytest.raises(NoWayBackError, match="several times"):
        walk.withdraws(last)
    walk.returns("after", "sign")
    assert walk.waits == ["sign", "sign"]
    walk.does("sign")
    walk.does("sign")
    walk.asks_back("after", "sign")
    assert {task.item for task in walk.tasks.values()} == {"1/2 · x", "2/2 · y"}
    walk.does("sign")
    assert walk.does("sign").opened[0].element == "after"
    assert walk.way("after", "sign").target == walk.move.closed[0]
    assert walk.does("after").ended == "demo:done"


def test_a_detour_may_be_made_on_a_detour_and_left_for_good() -> None:
    p = Process("demo")
    p.message_start()
    for element in ("a", "b", "c"):
        p.user(element)
    p.end()
    p.chain("opened", "a", "b", "c", "done")
    walk = Walk(compiled(p))
    walk.does("a")
    walk.does("b")
    walk.asks_back("c", "b")
    walk.asks_back("b", "a")
    assert walk.waits == ["a"]
    walk.does("a")
    assert walk.waits == ["b"]
    walk.does("b")
    assert walk.waits == ["c"]
    walk.asks_back("c", "b")
    walk.returns("b", "a")
    assert walk.waits == ["a"]
    for element in ("a", "b", "c"):
        walk.does(element)
    assert walk.move.ended == "demo:done"


def test_what_was_done_on_a_detour_is_the_last_run_of_its_step() -> None:
    walk = Walk(compiled(forking("left", "right")))
    walk.does("first")
    walk.asks_back("left", "first")
    walk.does("first")
    (done,) = walk.move.closed
    assert walk.way("left", "first").target == done
    walk.withdraws(done)
    assert walk.waits == ["first"]


def test_a_detour_ends_with_the_case_and_with_what_is_around_it() -> None:
    p, called = calling()
    p.interrupt("stop", "ask_part", "P3D")
    p.user("instead")
    p.end("stopped")
    p.chain("stop", "instead", "stopped")
    walk = Walk(compiled(p, called))
    walk.does("before")
    walk.does("one")
    walk.asks_back("two", "one")
    before = walk.move.state
    assert walk.cancels().closed
    walk.reopens()
    assert (walk.waits, walk.timers) == (["two"], ["stop"])
    walk.move = spiff.wake(walk.compiled, before, now=T0 + timedelta(days=4))
    assert [task.element for task in walk.move.opened] == ["instead"]
    assert len(walk.move.closed) == 1
    assert spiff.position(walk.compiled, walk.move.state).live == ("demo:instead",)


def test_a_straight_return_is_refused_like_any_other() -> None:
    walk = Walk(compiled(forking("left", "right")))
    walk.does("first")
    walk.does("left")
    (left,) = walk.move.closed
    with pytest.raises(NoWayBackError, match="did not come of"):
        spiff.return_straight(walk.compiled, walk.move.state, walk.task("right").id, left, now=T0)
    with pytest.raises(TaskNotReadyError):
        spiff.return_straight(walk.compiled, walk.move.state, left, left, now=T0)


def test_no_flow_is_taken_where_the_step_of_a_detour_is_itself_returned_straight() -> None:
    walk = Walk(compiled(*calling(), fields=("n",)))
    walk.does("before")
    walk.does("one")
    walk.asks_back("two", "one")
    walk.asks_back("one", "before")
    move = walk.does("before")
    assert (move.flows, move.reached) == ((), ("demo:before", "part:one"))
    move = walk.does("one")
    assert (move.flows, move.reached) == ((), ("part:one", "part:two"))
    assert walk.does("two").flows[0] == "part:two_to_e"

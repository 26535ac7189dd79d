"""Errors and escalations: out through activities and calls, to the innermost that catches them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import RunError
from tests.engine.spiff.drawing import Process, Scope, compiled, variable
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spiff import Compiled

ASIDE = 'cancelActivity="false"'


def checking(scope: Scope, prefix: str, *, kind: str = "error", ends: bool = True) -> None:
    """Fill a scope with a step after which something is thrown, or not, and another step."""
    scope.start(f"{prefix}_begun")
    scope.user(f"{prefix}_check")
    scope.xor(f"{prefix}_ok", f"{prefix}_ok_to_{prefix}_thrown")
    scope.throws(f"{prefix}_thrown", kind, "E1", ends=ends)
    scope.end(f"{prefix}_ended")
    scope.chain(f"{prefix}_begun", f"{prefix}_check", f"{prefix}_ok", f"{prefix}_thrown")
    scope.flow(f"{prefix}_ok", f"{prefix}_ended", "ok")
    if not ends:
        scope.user(f"{prefix}_after")
        scope.chain(f"{prefix}_thrown", f"{prefix}_after", f"{prefix}_ended")


def handled(scope: Scope, event: str) -> None:
    """Draw a step after a boundary event, and an end of its own."""
    scope.user(f"{event}_handle")
    scope.end(f"{event}_handled")
    scope.chain(event, f"{event}_handle", f"{event}_handled")


def caller() -> tuple[Process, Process]:
    """Draw a process that another calls: the sheet of the called one is to be filled."""
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.call("ask", "called")
    p.end()
    p.chain("opened", "ask", "done")
    return p, called


def in_a_sub_process(caught: str = "E1") -> Compiled:
    p, inside = Process("demo"), Scope("demo")
    p.message_start()
    checking(inside, "in")
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    p.catches("caught", "part", "error", caught)
    handled(p, "caught")
    return compiled(p, fields=("ok",))


@pytest.mark.parametrize("caught", ["E1", ""])
def test_an_error_ends_the_sub_process_and_goes_on_from_its_boundary(caught: str) -> None:
    walk = Walk(in_a_sub_process(caught))
    move = walk.does("in_check", ok=False)
    assert walk.waits == ["caught_handle"]
    assert move.flows == (
        "demo:in_check_to_in_ok", "demo:in_ok_to_in_thrown", "demo:caught_to_caught_handle",
    )  # fmt: skip
    assert move.reached == (
        "demo:in_check", "demo:in_ok", "demo:in_thrown", "demo:caught", "demo:caught_handle",
    )  # fmt: skip
    assert walk.does("caught_handle").ended == "demo:caught_handled"


def test_without_the_error_the_boundary_event_is_gone() -> None:
    walk = Walk(in_a_sub_process())
    live = spiff.position(walk.compiled, walk.move.state).live
    assert set(live) == {"demo:part", "demo:in_check"}, "nobody waits for an error"
    move = walk.does("in_check", ok=True)
    assert move.ended == "demo:done"
    assert spiff.position(walk.compiled, move.state).live == ()


def branching() -> Compiled:
    """Draw an error beside a step, a timer, a call, and an inner call, all of which it ends."""
    p, called = caller()
    p.catches("caught", "ask", "error", "E1")
    handled(p, "caught")
    called.start("called_begun")
    called.parallel("fork")
    called.user("check")
    called.throws("thrown", "error", "E1")
    called.user("beside")
    called.deadline("beside_late", "beside", "P1D")
    called.service("looks", "ping")
    called.call("deeper", "deep")
    for id_ in ("beside", "beside_late", "looks", "deeper"):
        called.end(f"{id_}_ended")
        called.chain(id_, f"{id_}_ended")
    called.chain("called_begun", "fork", "check", "thrown")
    for id_ in ("beside", "looks", "deeper"):
        called.chain("fork", id_)
    deep = Process("deep")
    deep.start("deep_begun")
    deep.user("deep_step")
    deep.end("deep_ended")
    deep.chain("deep_begun", "deep_step", "deep_ended")
    return compiled(p, called, deep)


def test_an_error_ends_everything_beside_it_however_deep() -> None:
    walk = Walk(branching())
    assert walk.waits == ["beside", "check", "deep_step"]
    before, call = set(walk.tasks), walk.call("looks")
    move = walk.does("check")
    assert walk.waits == ["caught_handle"]
    assert set(move.closed) == before
    assert move.abandoned == (call,)
    assert [timer.element for timer in move.disarmed] == ["beside_late"]
    live = spiff.position(walk.compiled, move.state).live
    assert live == ("demo:caught_handle",)
    assert walk.does("caught_handle").ended == "demo:caught_handled"


def wrapped(scope: Scope, prefix: str, draw: Callable[[Scope], str]) -> None:
    """Fill a scope with one activity."""
    scope.start(f"{prefix}_begun")
    inner = draw(scope)
    scope.end(f"{prefix}_ended")
    scope.chain(f"{prefix}_begun", inner, f"{prefix}_ended")


def nested(catcher: str) -> Compiled:
    """Draw a called process in a sub-process in a sub-process, one of which catches."""
    p, called, deep, deeper = Process("demo"), Process("called"), Scope("demo"), Scope("demo")
    checking(called, "in")
    wrapped(deeper, "deeper", lambda scope: scope.call("ask", "called"))
    if catcher == "ask":
        deeper.catches("caught", "ask", "error", "E1")
        handled(deeper, "caught")
    wrapped(deep, "deep", lambda scope: scope.sub("inner", deeper))
    if catcher == "inner":
        deep.catches("caught", "inner", "error", "E1")
        handled(deep, "caught")
    p.message_start()
    p.sub("outer", deep)
    p.end()
    p.chain("opened", "outer", "done")
    if catcher == "outer":
        p.catches("caught", "outer", "error", "E1")
        handled(p, "caught")
    return compiled(p, called, fields=("ok",))


@pytest.mark.parametrize("catcher", ["ask", "inner", "outer"])
def test_an_error_goes_out_to_whoever_catches_it(catcher: str) -> None:
    walk = Walk(nested(catcher))
    move = walk.does("in_check", ok=False)
    assert walk.waits == ["caught_handle"]
    assert move.opened[0].path == ()
    move = walk.does("caught_handle")
    assert move.ended in {"demo:done", "demo:caught_handled"}


def test_the_innermost_that_fits_catches() -> None:
    p, called, inside = Process("demo"), Process("called"), Scope("demo")
    checking(called, "in")
    checking(inside, "out")
    inside.without("out_begun_to_out_check")
    inside.call("ask", "called")
    inside.chain("out_begun", "ask", "out_check")
    inside.catches("inner", "ask", "error")
    inside.user("mend")
    inside.xor("before_ask")
    inside.without("out_begun_to_ask")
    inside.chain("out_begun", "before_ask", "ask")
    inside.chain("inner", "mend", "before_ask")
    p.message_start()
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    p.catches("outer", "part", "error", "E1")
    handled(p, "outer")
    walk = Walk(compiled(p, called, fields=("ok",)))
    walk.does("in_check", ok=False)
    assert walk.waits == ["mend"], "though the outer one names the code"
    walk.does("mend")
    walk.does("in_check", ok=True)
    walk.does("out_check", ok=False)
    assert walk.waits == ["outer_handle"]


def two_codes() -> Compiled:
    """Draw a call out of which two errors come; the inner scope catches one, the outer any."""
    p, called = Process("demo"), Process("called")
    called.start("called_begun")
    called.user("check")
    called.xor("which", "which_to_called_ended")
    called.throws("first", "error", "E1")
    called.throws("second", "error", "E2")
    called.end("called_ended")
    called.chain("called_begun", "check", "which", "called_ended")
    called.flow("which", "first", "code == 1")
    called.flow("which", "second", "code == 2")
    inner = Scope("demo")
    inner.start("inner_begun")
    inner.call("ask", "called")
    inner.end("inner_ended")
    inner.chain("inner_begun", "ask", "inner_ended")
    inner.catches("one", "ask", "error", "E1")
    handled(inner, "one")
    p.message_start()
    p.sub("inner", inner)
    p.end()
    p.chain("opened", "inner", "done")
    p.catches("any", "inner", "error")
    handled(p, "any")
    return compiled(p, called, fields=("code",))


@pytest.mark.parametrize(("code", "handler"), [(1, "one_handle"), (2, "any_handle")])
def test_each_error_finds_its_own_way_out(code: int, handler: str) -> None:
    walk = Walk(two_codes())
    walk.does("check", code=code)
    assert walk.waits == [handler]
    assert walk.does(handler).ended in {"demo:done", "demo:any_handled"}


def retrying() -> Compiled:
    """Draw a loop out of a boundary event back into its host."""
    p, inside = Process("demo"), Scope("demo")
    checking(inside, "in")
    p.message_start()
    p.xor("merge")
    p.sub("part", inside)
    p.end()
    p.chain("opened", "merge", "part", "done")
    p.catches("caught", "part", "error", "E1")
    p.user("mend")
    p.chain("caught", "mend", "merge")
    return compiled(p, fields=("ok",))


def test_an_error_in_a_loop_is_caught_in_every_round_and_the_state_stays_flat() -> None:
    walk = Walk(retrying())
    sizes = []
    for _ in range(100):
        walk.does("in_check", ok=False)
        assert walk.waits == ["mend"]
        walk.does("mend")
        sizes.append(len(walk.move.state))
    assert walk.does("in_check", ok=True).ended == "demo:done"
    assert max(sizes[50:]) < 2_500


def test_variables_of_a_sub_process_stay_and_those_of_a_called_one_do_not() -> None:
    for embedded in (True, False):
        p, called = caller()
        scope: Scope = Scope("demo") if embedded else called
        scope.start("called_begun")
        scope.script("write", "seen = 'inside'")
        scope.throws("thrown", "error", "E1")
        scope.chain("called_begun", "write", "thrown")
        if embedded:
            p.without("ask")
            p.sub("ask", scope)
        p.catches("caught", "ask", "error", "E1")
        handled(p, "caught")
        p.extra = variable("seen", '"before"')
        walk = Walk(compiled(p) if embedded else compiled(p, called))
        known = spiff.known(walk.compiled, walk.move.state, walk.task("caught_handle").id)
        assert known["seen"] == ("inside" if embedded else "before")


def test_an_error_carries_what_it_says_out_of_a_called_process() -> None:
    p, called = caller()
    called.carried["E1"] = "reason amount missing"
    called.start("called_begun")
    called.script("write", "reason = 'late'\namount = 3\nother = 4")
    called.throws("thrown", "error", "E1")
    called.chain("called_begun", "write", "thrown")
    p.catches("caught", "ask", "error")
    handled(p, "caught")
    walk = Walk(compiled(p, called, fields=("missing",)))
    known = spiff.known(walk.compiled, walk.move.state, walk.task("caught_handle").id)
    assert known == {"reason": "late", "amount": 3}


def failing(*codes: str) -> Compiled:
    """Draw a service task that catches these codes, in a sub-process that catches any."""
    p, inside = Process("demo"), Scope("demo")
    inside.start("begun")
    inside.service("looks", "ping")
    inside.end("looked")
    inside.chain("begun", "looks", "looked")
    for code in codes:
        inside.catches(f"on_{code or 'any'}", "looks", "error", code)
        handled(inside, f"on_{code or 'any'}")
    p.message_start()
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    if "" not in codes:
        p.catches("outer", "part", "error")
        handled(p, "outer")
    return compiled(p)


@pytest.mark.parametrize(
    ("codes", "code", "handler"),
    [
        (("E1",), "E1", "on_E1_handle"),
        (("E1", "E2"), "E2", "on_E2_handle"),
        (("E1", ""), "E2", "on_any_handle"),
        (("E1", ""), "E1", "on_E1_handle"),
        (("E1",), "E3", "outer_handle"),
        ((), "E1", "outer_handle"),
        (("E1",), "", "outer_handle"),
    ],
)
def test_a_connector_that_fails_raises_its_error_at_the_service_task(
    codes: tuple[str, ...], code: str, handler: str
) -> None:
    walk = Walk(failing(*codes))
    move = walk.fails("looks", code)
    assert walk.waits == [handler]
    assert move.abandoned == ()
    assert "demo:looks" not in spiff.position(walk.compiled, move.state).live


def test_a_connector_that_answers_takes_its_boundary_events_away() -> None:
    walk = Walk(failing("E1", "E2"))
    assert walk.answers("looks").ended == "demo:done"


def test_an_error_of_a_connector_goes_out_of_a_called_process_or_to_an_operator() -> None:
    p, called = caller()
    called.start("called_begun")
    called.service("looks", "ping")
    called.end("looked")
    called.chain("called_begun", "looks", "looked")
    p.catches("caught", "ask", "error", "E1")
    handled(p, "caught")
    walk = Walk(compiled(p, called))
    with pytest.raises(RunError) as raised:
        walk.fails("looks", "E2")
    assert (raised.value.process, raised.value.element) == ("called", "looks")
    assert "E2" in raised.value.zh
    walk.fails("looks", "E1")
    assert walk.waits == ["caught_handle"]


def many(draw: Callable[[Process], None]) -> Walk:
    p, called = caller()
    checking(called, "in")
    p.catches("caught", "ask", "error", "E1")
    handled(p, "caught")
    draw(p)
    return Walk(compiled(p, called, fields=("ok", "names")), names=["x", "y", "z"])


def test_an_error_in_one_instance_ends_them_all_at_the_boundary_of_the_activity() -> None:
    walk = many(lambda p: p.each("ask", "names", "name"))
    assert walk.waits == ["in_check"] * 3
    walk.does("in_check", ok=True)
    walk.does("in_check", ok=False)
    assert walk.waits == ["caught_handle"]
    assert walk.does("caught_handle").ended == "demo:caught_handled"


def test_an_error_in_a_turn_of_a_loop_ends_the_loop() -> None:
    walk = many(lambda p: p.again("ask", "True"))
    walk.does("in_check", ok=True)
    walk.does("in_check", ok=True)
    walk.does("in_check", ok=False)
    assert walk.waits == ["caught_handle"]


def escalating(more: str, *, ends: bool = False, caught: bool = True) -> Compiled:
    p, called = caller()
    checking(called, "in", kind="escalation", ends=ends)
    if caught:
        p.catches("caught", "ask", "escalation", "E1", more)
        handled(p, "caught")
    return compiled(p, called, fields=("ok",))


def test_an_escalation_that_interrupts_ends_the_activity() -> None:
    for ends in (True, False):
        walk = Walk(escalating("", ends=ends))
        walk.does("in_check", ok=False)
        assert walk.waits == ["caught_handle"]
        assert walk.does("caught_handle").ended == "demo:caught_handled"


def test_an_escalation_beside_lets_the_activity_go_on() -> None:
    walk = Walk(escalating(ASIDE))
    move = walk.does("in_check", ok=False)
    assert walk.waits == ["caught_handle", "in_after"]
    assert move.reached[-2:] in {
        ("called:in_after", "demo:caught_handle"), ("demo:caught", "demo:caught_handle"),
    }  # fmt: skip
    walk.does("in_after")
    assert walk.waits == ["caught_handle"], "the case waits for the branch of the event"
    assert walk.does("caught_handle").ended in {"demo:caught_handled", "demo:done"}


def test_an_escalation_end_beside_ends_its_own_branch_only() -> None:
    walk = Walk(escalating(ASIDE, ends=True))
    walk.does("in_check", ok=False)
    assert walk.waits == ["caught_handle"]
    assert walk.does("caught_handle").ended in {"demo:caught_handled", "demo:done"}


def test_an_escalation_that_nobody_catches_goes_on() -> None:
    walk = Walk(escalating(ASIDE, caught=False))
    assert walk.does("in_check", ok=False).effects == ()
    assert walk.waits == ["in_after"]
    assert walk.does("in_after").ended == "demo:done"
    walk = Walk(escalating(ASIDE, ends=True, caught=False))
    assert walk.does("in_check", ok=False).ended == "demo:done"


def reminding() -> Compiled:
    """Draw a sub-process that escalates in every round of a loop."""
    p, inside = Process("demo"), Scope("demo")
    inside.start("begun")
    inside.xor("merge")
    inside.user("work")
    inside.throws("slow", "escalation", "SLOW", ends=False)
    inside.xor("again", "again_to_merge")
    inside.end("worked")
    inside.chain("begun", "merge", "work", "slow", "again", "merge")
    inside.flow("again", "worked", "ok")
    p.message_start()
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    p.catches("told", "part", "escalation", "", ASIDE)
    p.send("tell")
    p.end("told_it")
    p.chain("told", "tell", "told_it")
    return compiled(p, fields=("ok",))


def test_an_escalation_beside_is_caught_as_often_as_it_is_thrown() -> None:
    walk = Walk(reminding())
    sizes = []
    for _ in range(120):
        move = walk.does("work", ok=False)
        assert [effect.element for effect in move.effects] == ["tell"]
        assert walk.waits == ["work"]
        sizes.append(len(move.state))
    assert max(sizes[60:]) < 2_500, "nothing piles up"
    assert walk.does("work", ok=True).ended == "demo:done"


def test_two_escalations_of_one_move_are_both_caught() -> None:
    p, inside = Process("demo"), Scope("demo")
    inside.start("begun")
    inside.throws("one", "escalation", "E1", ends=False)
    inside.throws("two", "escalation", "E1", ends=False)
    inside.throws("three", "escalation", "E2", ends=False)
    inside.user("work")
    inside.end("worked")
    inside.chain("begun", "one", "two", "three", "work", "worked")
    p.message_start()
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    p.catches("told", "part", "escalation", "E1", ASIDE)
    handled(p, "told")
    walk = Walk(compiled(p))
    assert walk.waits == ["told_handle", "told_handle", "work"]


def test_an_error_on_the_branch_of_an_escalation_leaves_the_activity_as_well() -> None:
    p, inside = Process("demo"), Scope("demo")
    checking(inside, "in", kind="escalation", ends=False)
    middle = Scope("demo")
    middle.start("middle_begun")
    middle.sub("part", inside)
    middle.end("middle_ended")
    middle.chain("middle_begun", "part", "middle_ended")
    middle.catches("told", "part", "escalation", "E1", ASIDE)
    middle.user("decide")
    middle.throws("stopped", "error", "STOP")
    middle.chain("told", "decide", "stopped")
    p.message_start()
    p.sub("middle", middle)
    p.end()
    p.chain("opened", "middle", "done")
    p.catches("caught", "middle", "error", "STOP")
    handled(p, "caught")
    walk = Walk(compiled(p, fields=("ok",)))
    walk.does("in_check", ok=False)
    assert walk.waits == ["decide", "in_after"]
    walk.does("decide")
    assert walk.waits == ["caught_handle"]


def test_what_a_throw_carries_is_read_where_it_is_thrown() -> None:
    p, called = caller()
    called.carried["E1"] = "n"
    checking(called, "in", kind="escalation", ends=False)
    called.without("in_begun_to_in_check")
    called.script("count", "n = n + 1")
    called.chain("in_begun", "count", "in_check")
    p.catches("caught", "ask", "escalation", "E1", ASIDE)
    handled(p, "caught")
    p.extra = variable("n", "0")
    walk = Walk(compiled(p, called, fields=("ok",)))
    walk.does("in_check", ok=False)
    known = spiff.known(walk.compiled, walk.move.state, walk.task("caught_handle").id)
    assert known["n"] == 1


def test_what_an_error_ends_does_not_run_in_the_same_breath() -> None:
    p, inside = Process("demo"), Scope("demo")
    inside.start("begun")
    inside.parallel("fork")
    inside.throws("thrown", "error", "E1")
    inside.script("later", "ran = True")
    inside.throws("thrown_too", "error", "E1")
    inside.chain("begun", "fork", "thrown")
    inside.chain("fork", "later", "thrown_too")
    p.message_start()
    p.sub("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    p.catches("caught", "part", "error", "E1")
    handled(p, "caught")
    walk = Walk(compiled(p))
    assert walk.waits == ["caught_handle"]
    assert "ran" not in spiff.known(walk.compiled, walk.move.state, walk.task("caught_handle").id)

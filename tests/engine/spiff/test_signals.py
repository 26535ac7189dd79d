"""Signals: heard at once inside the case, told to the others."""

from __future__ import annotations

import pytest

from engine.spiff import Signal
from tests.engine.spiff.drawing import Process, Scope, compiled, signalling, variable
from tests.engine.spiff.walking import Walk


def begun() -> Process:
    """Begin a procedure that knows the signal `s_recall`."""
    p = Process("demo", extra=variable("lot", '"A1"') + variable("other", "1"))
    p.message_start()
    p.signal("s_recall", carries="lot", name="recall")
    p.signal("s_calm", name="calm")
    return p


@pytest.mark.parametrize("thrower", ["shout", "shout_at_end"])
def test_a_signal_is_told_to_the_other_cases(thrower: str) -> None:
    p = begun()
    p.shout("alarm", "s_recall") if thrower == "shout" else p.shout_at_end("alarm", "s_recall")
    p.chain("opened", "alarm")
    if thrower == "shout":
        p.end()
        p.chain("alarm", "done")
    walk = Walk(compiled(p))
    assert walk.move.effects == (Signal("recall", "demo", "alarm", {"lot": "A1"}),)
    assert walk.move.ended == f"demo:{'done' if thrower == 'shout' else 'alarm'}"


def test_a_case_waits_for_a_signal_from_outside() -> None:
    p = begun()
    p.hear("heard", "s_recall")
    p.xor("which", "which_to_done")
    p.end()
    p.end("mine")
    p.chain("opened", "heard", "which", "done")
    p.flow("which", "mine", 'lot == "B2"')
    walk = Walk(compiled(p))
    (wait,) = walk.move.awaited
    assert (wait.kind, wait.name, wait.keys, wait.element) == ("signal", "recall", {}, "heard")
    assert walk.hears("heard", lot="B2", other=9).ended == "demo:mine"


def test_every_catch_that_waits_in_the_case_hears_it_at_once() -> None:
    called = Process("part")
    called.signal("s_recall", carries="lot", name="recall")
    called.start("part_begun")
    called.hear("inside_heard", "s_recall")
    called.end("part_done")
    called.chain("part_begun", "inside_heard", "part_done")
    p = begun()
    p.parallel("fork")
    p.parallel("join")
    p.hear("first", "s_recall")
    p.hear("calm", "s_calm")
    p.call("around", "part")
    p.user("work")
    p.beside("noted", "work", signalling("s_recall"))
    p.user("note")
    p.end("noted_done")
    p.chain("noted", "note", "noted_done")
    p.user("throw")
    p.shout("alarm", "s_recall")
    p.end("thrown")
    p.chain("opened", "fork", "first", "join")
    p.chain("fork", "calm", "join")
    p.chain("fork", "around", "join")
    p.chain("fork", "work", "join")
    p.chain("fork", "throw", "alarm", "thrown")
    p.end()
    p.chain("join", "done")
    walk = Walk(compiled(p, called))
    assert walk.listens == ["calm", "first", "inside_heard", "noted"]
    before = walk.wait("noted")
    walk.does("throw")
    assert walk.listens == ["calm", "noted"]
    assert walk.wait("noted") != before
    assert walk.waits == ["note", "work"]


def test_what_begins_to_wait_after_the_throw_does_not_hear_it() -> None:
    p = begun()
    p.shout("alarm", "s_recall")
    p.hear("late", "s_recall")
    p.end()
    p.chain("opened", "alarm", "late", "done")
    walk = Walk(compiled(p))
    assert walk.listens == ["late"]
    assert walk.hears("late").ended == "demo:done"


@pytest.mark.parametrize("kind", ["sub", "call"])
@pytest.mark.parametrize("thrower", ["shout", "shout_at_end"])
def test_a_signal_from_inside_may_end_the_activity_that_it_comes_from(
    kind: str, thrower: str
) -> None:
    p = begun()
    inside: Scope = Scope("demo") if kind == "sub" else Process("part")
    inside.start("part_begun")
    inside.user("look")
    inside.parallel("fork")
    inside.user("beside")
    inside.end("beside_done")
    inside.chain("part_begun", "fork", "look")
    inside.chain("fork", "beside", "beside_done")
    if thrower == "shout":
        inside.shout("alarm", "s_recall")
        inside.user("never")
        inside.end("never_done")
        inside.chain("look", "alarm", "never", "never_done")
    else:
        inside.shout_at_end("alarm", "s_recall")
        inside.chain("look", "alarm")
    if isinstance(inside, Process):
        inside.signal("s_recall", carries="lot", name="recall")
        p.call("around", "part")
    else:
        p.sub("around", inside)
    p.user("normal")
    p.end()
    p.chain("opened", "around", "normal", "done")
    p.instead("stopped", "around", signalling("s_recall"))
    p.user("recall")
    p.end("recalled")
    p.chain("stopped", "recall", "recalled")
    processes = [p, inside] if isinstance(inside, Process) else [p]
    walk = Walk(compiled(*processes))
    move = walk.does("look")
    assert walk.waits == ["recall"]
    assert [effect.name for effect in move.effects if isinstance(effect, Signal)] == ["recall"]
    assert walk.does("recall").ended == "demo:recalled"


def test_of_two_events_that_would_end_an_activity_one_does() -> None:
    p = begun()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    for id_ in ("one", "two"):
        p.instead(id_, "work", signalling("s_recall"))
        p.user(f"after_{id_}")
        p.end(f"{id_}_done")
        p.chain(id_, f"after_{id_}", f"{id_}_done")
    p.parallel("fork")
    p.without("opened_to_work")
    p.user("throw")
    p.shout_at_end("alarm", "s_recall")
    p.chain("opened", "fork", "work")
    p.chain("fork", "throw", "alarm")
    walk = Walk(compiled(p))
    walk.does("throw")
    assert walk.waits == ["after_one"]
    assert walk.listens == []
    assert walk.does("after_one").ended == "demo:one_done"


def test_each_round_of_a_loop_hears_the_next_signal() -> None:
    p = begun()
    p.xor("merge")
    p.hear("heard", "s_recall")
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge", "heard", "again", "merge")
    p.flow("again", "done", 'lot == "B2"')
    walk = Walk(compiled(p))
    for lot in ("A1", "A2", "A3"):
        assert walk.hears("heard", lot=lot).ended is None
    assert walk.hears("heard", lot="B2").ended == "demo:done"


def instances(*, interrupting: bool) -> Process:
    """Draw a part for each of two: a step that throws, beside a branch that listens."""
    inside = Scope("demo")
    inside.start("part_begun")
    inside.parallel("part_fork")
    inside.user("throw")
    inside.shout("alarm", "s_recall")
    inside.user("go_on")
    inside.end("threw")
    inside.hear("heard", "s_recall")
    inside.user("note")
    inside.end("noted")
    inside.chain("part_begun", "part_fork", "throw", "alarm", "go_on", "threw")
    inside.chain("part_fork", "heard", "note", "noted")
    p = begun()
    p.extra += variable("depts", '["qc", "sales"]')
    p.sub("around", inside)
    p.each("around", "depts", "dept")
    p.user("after")
    p.end()
    p.chain("opened", "around", "after", "done")
    (p.instead if interrupting else p.beside)("stopped", "around", signalling("s_recall"))
    p.user("recall")
    p.end("recalled")
    p.chain("stopped", "recall", "recalled")
    return p


def test_all_instances_of_a_repeated_activity_hear_it_and_it_is_heard_beside_them_once() -> None:
    walk = Walk(compiled(instances(interrupting=False)))
    assert walk.listens == ["heard", "heard", "stopped"]
    walk.does("throw")
    assert walk.waits == ["go_on", "note", "note", "recall", "throw"]
    assert walk.listens == ["stopped"]


def test_one_instance_may_end_them_all() -> None:
    walk = Walk(compiled(instances(interrupting=True)))
    walk.does("throw")
    assert (walk.waits, walk.listens) == (["recall"], [])
    assert walk.does("recall").ended == "demo:recalled"

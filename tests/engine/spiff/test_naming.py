"""Ids that SpiffWorkflow needs itself: drawn, run, stored and told by the id that is drawn."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import spiff
from engine.spiff.files.naming import inside
from tests.engine.spiff.drawing import T0, Process, Scope, compiled
from tests.engine.spiff.walking import Walk

TAKEN = ("Start", "End", "Root", "StartEventSplit", "demo.EndJoin", "Start.BoundaryEventSplit")


@pytest.mark.parametrize("id_", TAKEN)
def test_any_element_may_have_such_an_id(id_: str) -> None:
    for kind in ("user", "script", "parallel", "xor", "timer", "part", "call", "throw"):
        p, called = Process("demo"), Process("called")
        p.message_start()
        draw(p, kind, id_)
        p.user("after")
        p.end()
        p.chain("opened", id_, "after", "done")
        called.start("called_begun")
        called.end("called_ended")
        called.chain("called_begun", "called_ended")
        walk = Walk(compiled(p, called))
        if kind == "user":
            assert walk.task(id_).element == id_
            walk.does(id_)
        if kind == "timer":
            assert walk.timers == [id_]
            walk.wakes(days=1)
        assert f"demo:{id_}" in {label for move in walk.moves for label in move.reached}
        assert f"demo:opened_to_{id_}" in walk.moves[0].flows
        assert walk.move.flows[-1] == f"demo:{id_}_to_after"
        assert walk.does("after").ended == "demo:done"


def draw(p: Process, kind: str, id_: str) -> None:
    if kind == "script":
        p.script(id_, "n = 1")
    elif kind == "timer":
        p.timer(id_, "P1D")
    elif kind == "call":
        p.call(id_, "called")
    elif kind == "part":
        part = Scope("demo")
        part.start("part_begun")
        part.end("part_ended")
        part.chain("part_begun", "part_ended")
        p.sub(id_, part)
    else:
        getattr(p, kind)(id_)


def taken_everywhere() -> tuple[Process, Process]:
    """Draw every such id at once: start, ends, host, boundary event, sub-process and join."""
    p, called, part = Process("demo"), Process("called"), Scope("demo")
    part.start("part_begun")
    part.user("StartEventSplit")
    part.throws("failed", "error", "E1")
    part.xor("which", "which_to_demo.EndJoin")
    part.end("demo.EndJoin")
    part.chain("part_begun", "StartEventSplit", "which", "demo.EndJoin")
    part.flow("which", "failed", "no")
    p.message_start("Start")
    p.parallel("fork")
    p.sub("Root", part)
    p.catches("Root.BoundaryEventJoin", "Root", "error", "E1")
    p.call("ask", "called")
    p.each("ask", "names", "name")
    p.parallel("StartEventJoin")
    p.end("End")
    p.terminate("other")
    p.deadline("Root.BoundaryEventSplit", "Root", "P1D")
    p.end("late_end")
    p.chain("Root.BoundaryEventSplit", "late_end")
    p.chain("Root.BoundaryEventJoin", "other")
    p.chain("Start", "fork", "Root", "StartEventJoin", "End")
    p.chain("fork", "ask", "StartEventJoin")
    called.start("Start")
    called.user("End")
    called.terminate("Root")
    called.chain("Start", "End", "Root")
    return p, called


def test_all_of_them_run_together() -> None:
    procedure = compiled(*taken_everywhere(), fields=("no", "names"))
    walk = Walk(procedure, names=["x", "y"])
    assert walk.waits == ["End", "End", "StartEventSplit"]
    assert walk.task("StartEventSplit").due == T0 + timedelta(days=1)
    assert walk.task("StartEventSplit").due_timer == "demo:Root.BoundaryEventSplit"
    walk.wakes(days=1)
    walk.does("End")
    walk.does("StartEventSplit", no=False)
    assert walk.does("End").ended == "demo:End"
    walk = Walk(procedure, names=["x"])
    assert spiff.position(procedure, walk.move.state).live
    assert walk.does("StartEventSplit", no=True).ended == "demo:other"
    assert set(procedure.diagrams["demo"].elements) >= {"Start", "End", "Root"}


def test_no_drawn_id_can_be_like_a_name_that_was_changed() -> None:
    assert inside("end") == "end"
    assert inside("Ended") == "Ended"
    assert {inside(id_) for id_ in TAKEN} == {f"{id_}:drawn" for id_ in TAKEN}


def test_an_element_may_be_called_as_its_operation_and_as_a_guarantee() -> None:
    number = '<banjie:guarantee id="mail" kind="every-end" what="mail" zh="编号" en="A number"/>'
    p = Process("demo", extra=number)
    p.message_start()
    p.user("allot_number")
    p.service("mail", "allot_number")
    p.end()
    p.chain("opened", "allot_number", "mail", "done")
    walk = Walk(compiled(p))
    assert walk.does("allot_number").ended == "demo:done"

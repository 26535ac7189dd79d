"""Transactions: a cancel end event ends all that is open inside, then the cancel way goes on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from engine import spiff
from engine.spiff import NotAwaitedError
from tests.engine.spiff.drawing import Process, Scope, compiled, variable
from tests.engine.spiff.walking import Walk


def booking() -> tuple[Process, Scope]:
    """Draw a procedure around a transaction that is to be filled, and what fills it."""
    inside = Scope("demo")
    inside.start("begun")
    inside.parallel("fork")
    inside.user("decide")
    inside.xor("which", "which_to_agreed")
    inside.end("agreed")
    inside.throws("cancelled", "cancel")
    inside.chain("begun", "fork", "decide", "which", "agreed")
    inside.flow("which", "cancelled", "no")
    inside.user("beside")
    inside.deadline("beside_late", "beside", "P1D")
    inside.service("looks", "ping")
    inside.call("deeper", "called")
    for id_ in ("beside", "beside_late", "looks", "deeper"):
        inside.end(f"{id_}_ended")
        inside.chain(id_, f"{id_}_ended")
    for id_ in ("beside", "looks", "deeper"):
        inside.chain("fork", id_)
    p = Process("demo")
    p.message_start()
    return p, inside


def called() -> Process:
    p = Process("called")
    p.start("called_begun")
    p.user("deep")
    p.end("called_ended")
    p.chain("called_begun", "deep", "called_ended")
    return p


def procedure() -> spiff.Compiled:
    p, inside = booking()
    p.transaction("book", inside)
    p.end()
    p.chain("opened", "book", "done")
    p.catches("undone", "book", "cancel")
    p.user("tell")
    p.end("told_it")
    p.chain("undone", "tell", "told_it")
    return compiled(p, called(), fields=("no",))


def test_a_cancel_ends_all_that_is_open_and_goes_on() -> None:
    walk = Walk(procedure())
    assert walk.waits == ["beside", "decide", "deep"]
    open_before, call = set(walk.tasks), walk.call("looks")
    move = walk.does("decide", no=True)
    assert walk.waits == ["tell"]
    assert set(move.closed) == open_before
    assert move.abandoned == (call,)
    assert [timer.element for timer in move.disarmed] == ["beside_late"]
    assert move.flows[-2:] == ("demo:which_to_cancelled", "demo:undone_to_tell")
    assert spiff.position(walk.compiled, move.state).live == ("demo:tell",)
    with pytest.raises(NotAwaitedError):
        spiff.answer(walk.compiled, move.state, call, {}, now=walk.now)
    assert walk.does("tell").ended == "demo:told_it"


def test_without_a_cancel_it_ends_as_a_sub_process_does() -> None:
    walk = Walk(procedure())
    walk.does("decide", no=False)
    walk.does("beside")
    walk.answers("looks")
    assert walk.does("deep").ended == "demo:done"


def test_timers_inside_and_around_run_on() -> None:
    walk = Walk(procedure())
    assert walk.task("beside").due == walk.now + timedelta(days=1)
    walk.wakes(days=1)
    assert walk.does("decide", no=True).opened[0].element == "tell"


def test_variables_keep_what_was_written() -> None:
    inside = Scope("demo")
    inside.start("begun")
    inside.script("write", "paid = True")
    inside.throws("cancelled", "cancel")
    inside.chain("begun", "write", "cancelled")
    p = Process("demo", extra=variable("paid", "false"))
    p.message_start()
    p.transaction("book", inside)
    p.end()
    p.chain("opened", "book", "done")
    p.catches("undone", "book", "cancel")
    p.xor("which", "which_to_done")
    p.user("refund")
    p.chain("undone", "which", "done")
    p.flow("which", "refund", "paid")
    p.chain("refund", "done")
    assert Walk(compiled(p)).waits == ["refund"]


def test_errors_and_escalations_go_out_of_a_transaction_as_well() -> None:
    inside = Scope("demo")
    inside.start("begun")
    inside.user("decide")
    inside.throws("told", "escalation", "SLOW", ends=False)
    inside.xor("which", "which_to_failed")
    inside.throws("failed", "error", "E1")
    inside.throws("cancelled", "cancel")
    inside.chain("begun", "decide", "told", "which", "failed")
    inside.flow("which", "cancelled", "no")
    p = Process("demo")
    p.message_start()
    p.transaction("book", inside)
    p.end()
    p.chain("opened", "book", "done")
    for event, kind in (("undone", "cancel"), ("broken", "error")):
        p.catches(event, "book", kind)
        p.user(f"{event}_step")
        p.chain(event, f"{event}_step", "done")
    p.catches("slow", "book", "escalation", "", 'cancelActivity="false"')
    p.send("tell")
    p.end("told_it")
    p.chain("slow", "tell", "told_it")
    for no, step in ((True, "undone_step"), (False, "broken_step")):
        walk = Walk(compiled(p, fields=("no",)))
        move = walk.does("decide", no=no)
        assert [effect.element for effect in move.effects] == ["tell"]
        assert walk.waits == [step]


def test_a_transaction_in_a_loop_in_a_called_process_and_for_each_of_a_list() -> None:
    inside = Scope("called")
    inside.start("begun")
    inside.user("decide")
    inside.xor("which", "which_to_cancelled")
    inside.end("agreed")
    inside.throws("cancelled", "cancel")
    inside.chain("begun", "decide", "which", "cancelled")
    inside.flow("which", "agreed", "yes")
    q = Process("called")
    q.start("called_begun")
    q.xor("merge")
    q.transaction("book", inside)
    q.end("called_ended")
    q.chain("called_begun", "merge", "book", "called_ended")
    q.catches("undone", "book", "cancel")
    q.user("mend")
    q.chain("undone", "mend", "merge")
    p = Process("demo")
    p.message_start()
    p.call("ask", "called")
    p.each("ask", "names", "name")
    p.end()
    p.chain("opened", "ask", "done")
    walk = Walk(compiled(p, q, fields=("yes", "names")), names=["x", "y"])
    for _ in range(3):
        walk.does("decide", yes=False)
        assert walk.waits == ["decide", "mend"]
        walk.does("mend")
    walk.does("decide", yes=True)
    assert walk.waits == ["decide"]
    assert walk.does("decide", yes=True).ended == "demo:done"

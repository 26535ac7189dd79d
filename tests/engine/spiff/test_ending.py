"""Terminate end events, in the called process and at the top, with everything that is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.engine.spiff.drawing import Process, Scope, compiled, variable
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from engine.spiff import Compiled


def urging() -> Process:
    p = Process("urging")
    p.start("urging_begun")
    p.user("urge")
    p.end("urged")
    p.chain("urging_begun", "urge", "urged")
    return p


def closing(end: str) -> Compiled:
    """Draw a called process whose reminders call another one, and a caller that goes on."""
    p, called = Process("demo"), Process("closing")
    p.message_start()
    p.call("close", "closing")
    p.xor("which", "which_to_wrong")
    p.user("thank")
    p.end()
    p.end("wrong")
    p.chain("opened", "close", "which", "wrong")
    p.flow("which", "thank", 'closed_by == "gm"')
    p.chain("thank", "done")
    called.start("closing_begun")
    called.parallel("fork")
    called.user("copy")
    called.end("copied")
    called.user("archive")
    getattr(called, end)("archived")
    called.chain("closing_begun", "fork", "archive", "archived")
    called.chain("fork", "copy", "copied")
    called.deadline("archive_late", "archive", "P3D")
    called.call("call_urging", "urging", before="closed_by = 'urging'")
    called.end("urged_once")
    called.chain("archive_late", "call_urging", "urged_once")
    return compiled(p, called, urging(), fields=("closed_by",))


def test_a_terminate_end_in_a_called_process_ends_that_process_only() -> None:
    walk = Walk(closing("terminate"))
    walk.wakes(days=3)
    assert walk.waits == ["archive", "copy", "urge"]
    open_before = {task.id for task in walk.tasks.values()}
    move = walk.does("archive", closed_by="gm")
    assert set(move.closed) == open_before, "what is open inside is cancelled, however deep"
    assert walk.waits == ["thank"]
    assert move.ended is None
    assert move.flows == (
        "closing:archive_to_archived",
        "demo:close_to_which",
        "demo:which_to_thank",
    )
    assert walk.does("thank").ended == "demo:done"


def test_a_plain_end_in_a_called_process_waits_for_what_is_open_inside() -> None:
    walk = Walk(closing("end"))
    walk.wakes(days=3)
    assert walk.does("archive", closed_by="gm").opened == ()
    assert walk.waits == ["copy", "urge"]
    walk.does("urge")
    walk.does("copy")
    assert walk.waits == ["thank"]


def test_a_terminate_end_disarms_the_timers_inside() -> None:
    walk = Walk(closing("terminate"))
    (armed,) = walk.move.armed
    assert walk.does("archive", closed_by="gm").disarmed == (armed,)
    assert walk.move.next_due is None
    assert walk.wakes(days=9).fired == ()


def test_a_terminate_end_at_the_top_ends_the_case() -> None:
    p = Process("demo")
    p.message_start()
    p.parallel("fork")
    p.user("work")
    p.terminate()
    p.call("call_urging", "urging")
    p.end("urged_once")
    p.chain("opened", "fork", "work", "done")
    p.chain("fork", "call_urging", "urged_once")
    p.deadline("late", "call_urging", "P1D")
    p.end("late_done")
    p.chain("late", "late_done")
    walk = Walk(compiled(p, urging()))
    assert walk.waits == ["urge", "work"]
    move = walk.does("work")
    assert move.ended == "demo:done"
    assert walk.waits == []
    assert [timer.element for timer in move.disarmed] == ["late"]
    assert walk.wakes(days=2).fired == ()


def test_what_a_terminate_end_has_cancelled_does_not_run_any_more() -> None:
    p = Process("demo", extra=variable("none", "0"))
    p.message_start()
    p.user("go")
    p.parallel("fork")
    p.terminate()
    p.script("later", "x = 1 / none")
    p.send("tell")
    p.end("told_done")
    p.chain("opened", "go", "fork", "done")
    p.chain("fork", "later", "tell", "told_done")
    walk = Walk(compiled(p))
    move = walk.does("go")
    assert move.ended == "demo:done"
    assert move.effects == ()
    assert "demo:tell" not in move.reached


def test_an_interrupted_call_takes_its_steps_with_it_and_hands_nothing_back() -> None:
    p = Process("demo")
    p.message_start()
    p.call("call_inner", "inner")
    p.xor("which", "which_to_fine")
    p.end()
    p.user("fine")
    p.user("spoilt")
    p.chain("opened", "call_inner", "done")
    p.interrupt("too_late", "call_inner", "P2D")
    p.chain("too_late", "which", "fine", "done")
    p.flow("which", "spoilt", 'note != "before"')
    p.chain("spoilt", "done")
    inner = Process("inner")
    inner.start("inner_begun")
    inner.user("first")
    inner.user("second")
    inner.end("inner_done")
    inner.chain("inner_begun", "first", "second", "inner_done")
    walk = Walk(compiled(p, inner, fields=("note",)), note="before")
    walk.does("first", note="inside")
    second = walk.task("second")
    assert walk.wakes(days=2).closed == (second.id,)
    assert walk.waits == ["fine"]


def test_a_sub_process_with_a_terminate_end_ends_alone() -> None:
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.parallel("fork")
    inside.user("one")
    inside.user("two")
    inside.terminate("one_done")
    inside.end("two_done")
    inside.chain("sub_begun", "fork", "one", "one_done")
    inside.chain("fork", "two", "two_done")
    p = Process("demo")
    p.message_start()
    p.sub("part", inside)
    p.user("after")
    p.end()
    p.chain("opened", "part", "after", "done")
    walk = Walk(compiled(p))
    two = walk.task("two")
    move = walk.does("one")
    assert two.id in move.closed
    assert walk.waits == ["after"]

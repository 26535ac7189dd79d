from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from engine import spiff
from engine.spiff import RunError, TaskNotReadyError, pruning
from tests.engine.spiff.drawing import T0, Process, Scope, compiled
from tests.engine.spiff.walking import Walk


def reminding(duration: str = "P3D", end: str = "end") -> Process:
    """Draw a step with a reminder beside it: a step of its own after a non-interrupting timer."""
    p = Process("demo")
    p.message_start()
    p.user("work")
    getattr(p, end)()
    p.chain("opened", "work", "done")
    p.deadline("late", "work", duration, 'banjie:clock="case"')
    p.user("urge")
    p.end("urged")
    p.chain("late", "urge", "urged")
    return p


def test_a_timer_fires_exactly_when_due_and_once() -> None:
    walk = Walk(compiled(reminding()))
    (armed,) = walk.move.armed
    assert (armed.process, armed.element, armed.host, armed.clock) == ("demo", "late", "work", True)
    assert armed.due == walk.move.next_due == T0 + timedelta(days=3)
    assert walk.task("work").due == armed.due
    assert walk.task("work").due_timer == "demo:late"

    early = walk.wakes(days=3, microseconds=-1)
    assert (early.fired, early.opened, early.flows) == ((), (), ())
    assert early.next_due == armed.due

    due = walk.wakes(microseconds=1)
    assert due.fired == (armed,)
    assert due.next_due is None
    assert due.flows == ("demo:late_to_urge",)
    assert due.reached == ("demo:late", "demo:urge")
    assert walk.waits == ["urge", "work"]

    again = walk.wakes()
    assert (again.fired, again.opened, again.armed, again.closed) == ((), (), (), ())
    assert again.state == due.state
    (work,) = (t for t in spiff.position(walk.compiled, again.state).tasks if t.element == "work")
    assert (work.due, work.due_timer) == (armed.due, "demo:late"), "a passed deadline still shows"
    assert walk.task("urge").due is None


def test_a_finished_step_disarms_its_timer() -> None:
    walk = Walk(compiled(reminding()))
    (armed,) = walk.move.armed
    move = walk.does("work")
    assert move.disarmed == (armed,)
    assert move.ended == "demo:done"
    assert walk.wakes(days=4).fired == ()


def test_a_plain_end_waits_for_a_reminder_and_a_terminate_end_does_not() -> None:
    plain = Walk(compiled(reminding()))
    plain.wakes(days=3)
    assert plain.does("work").ended is None
    assert plain.does("urge").ended == "demo:urged"
    ended = Walk(compiled(reminding(end="terminate")))
    ended.wakes(days=3)
    urge = ended.task("urge")
    move = ended.does("work")
    assert move.ended == "demo:done"
    assert urge.id in move.closed
    assert ended.waits == []


def test_an_interrupting_timer_cancels_its_step() -> None:
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    p.interrupt("given_up", "work", "P1D")
    p.user("explain")
    p.chain("given_up", "explain", "done")
    walk = Walk(compiled(p))
    work = walk.task("work")
    with pytest.raises(TaskNotReadyError):
        spiff.complete(walk.compiled, walk.move.state, work.id, {}, now=T0 + timedelta(days=1))
    move = walk.wakes(days=1)
    assert move.closed == (work.id,)
    assert walk.waits == ["explain"]
    assert walk.does("explain").ended == "demo:done"


def test_the_deadline_counts_from_the_move_that_arms_it() -> None:
    p = Process("demo")
    p.message_start()
    p.user("first")
    p.timer("pause", "wait_for")
    p.user("second")
    p.end()
    p.chain("opened", "first", "pause", "second", "done")
    p.deadline("late", "second", "PT4H")
    p.end("late_done")
    p.chain("late", "late_done")
    walk = Walk(compiled(p, fields=("wait_for",)))
    walk.now += timedelta(days=10)
    move = walk.does("first", wait_for="P1M")
    (pause,) = move.armed
    assert pause.due == walk.now.replace(month=1, year=2027)
    assert (pause.element, pause.host) == ("pause", "pause")
    move = walk.wakes(days=40)
    assert move.fired == (pause,)
    assert walk.task("second").due == walk.now + timedelta(hours=4)


def test_several_overdue_timers_fire_in_the_order_in_which_they_were_due() -> None:
    p = reminding("P3D")
    p.deadline("sooner", "work", "P1D")
    p.end("sooner_done")
    p.chain("sooner", "sooner_done")
    p.interrupt("stopped", "work", "P2D")
    p.end("stopped_done")
    p.chain("stopped", "stopped_done")
    walk = Walk(compiled(p))
    move = walk.wakes(days=30)
    assert [timer.element for timer in move.fired] == ["sooner", "stopped"]
    assert [timer.element for timer in move.disarmed] == ["late"], "cancelled by the one before it"
    assert move.ended == "demo:stopped_done"


def test_a_step_inside_calls_is_due_at_the_earliest_deadline_around_it() -> None:
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.call("handle", "called")
    p.end()
    p.chain("opened", "handle", "done")
    p.deadline("close_late", "handle", "P5D")
    p.end("noticed")
    p.chain("close_late", "noticed")
    called.start("called_begun")
    called.user("slow")
    called.user("quick")
    called.end("called_done")
    called.chain("called_begun", "slow", "quick", "called_done")
    called.deadline("slow_late", "slow", "P9D")
    called.deadline("quick_late", "quick", "P1D")
    for id_ in ("slow", "quick"):
        called.end(f"{id_}_noticed")
        called.chain(f"{id_}_late", f"{id_}_noticed")
    walk = Walk(compiled(p, called))
    slow = walk.task("slow")
    assert (slow.due, slow.due_timer) == (T0 + timedelta(days=5), "demo:close_late")
    assert slow.path == ("handle",)
    walk.does("slow")
    assert walk.task("quick").due_timer == "called:quick_late"
    walk.wakes(days=6)
    (quick,) = spiff.position(walk.compiled, walk.move.state).tasks
    assert (quick.due, quick.due_timer) == (T0 + timedelta(days=1), "called:quick_late")


def test_each_arming_has_an_id_of_its_own() -> None:
    p = Process("demo")
    p.message_start()
    p.xor("merge")
    p.user("work")
    p.xor("again", "again_to_done")
    p.end()
    p.chain("opened", "merge", "work", "again", "done")
    p.flow("again", "merge", "more")
    p.deadline("late", "work", "P1D")
    p.end("late_done")
    p.chain("late", "late_done")
    walk = Walk(compiled(p, fields=("more",)))
    armed = [walk.move.armed[0].id]
    armed += [walk.does("work", more=True).armed[0].id for _ in range(5)]
    assert len(set(armed)) == 6


@pytest.mark.parametrize("value", ["3 fish", None, 3, "P", "PT", "-P1D", "P1000Y", "P101Y"])
def test_a_duration_that_is_none_is_an_error_of_its_timer(value: object) -> None:
    p = reminding("late_after")
    procedure = compiled(p, fields=("late_after",))
    with pytest.raises(RunError) as caught:
        spiff.start(procedure, {"late_after": value}, now=T0)
    assert (caught.value.element, caught.value.variable) == ("late", "late_after")


def test_a_timer_of_no_length_fires_in_the_move_that_arms_it() -> None:
    walk = Walk(compiled(reminding("late_after"), fields=("late_after",)), late_after="PT0S")
    assert [timer.element for timer in walk.move.fired] == ["late"]
    assert walk.move.armed == walk.move.fired
    assert walk.waits == ["urge", "work"]


def test_a_move_needs_an_aware_moment_and_gives_utc() -> None:
    procedure = compiled(reminding())
    with pytest.raises(ValueError, match="aware"):
        spiff.start(procedure, {}, now=datetime(2026, 11, 21, 8))  # noqa: DTZ001 - on purpose
    shanghai = timezone(timedelta(hours=8))
    move = spiff.start(procedure, {}, now=datetime(2026, 11, 21, 16, tzinfo=shanghai))
    assert move.next_due == T0 + timedelta(days=3)
    assert move.next_due.utcoffset() == timedelta(0)


def test_a_timer_armed_and_disarmed_in_one_move_is_not_told() -> None:
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.script("sub_counts", "x = 1")
    inside.end("sub_done")
    inside.chain("sub_begun", "sub_counts", "sub_done")
    p = Process("demo")
    p.message_start()
    p.user("first")
    p.sub("part", inside)
    p.user("second")
    p.end()
    p.chain("opened", "first", "part", "second", "done")
    p.deadline("late", "part", "P1D")
    p.end("late_done")
    p.chain("late", "late_done")
    walk = Walk(compiled(p))
    move = walk.does("first")
    assert walk.waits == ["second"]
    assert (move.armed, move.fired, move.disarmed, move.next_due) == ((), (), (), None)


def test_a_pruned_case_still_shows_the_first_deadline_that_passed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pruning, "LIMIT", 0)
    p = Process("demo")
    p.message_start()
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    for days in (1, 2):
        p.deadline(f"late_{days}", "work", f"P{days}D")
        p.end(f"late_{days}_done")
        p.chain(f"late_{days}", f"late_{days}_done")
    walk = Walk(compiled(p))
    for _ in range(3):
        walk.wakes(days=1)
        (work,) = spiff.position(walk.compiled, walk.move.state).tasks
        assert (work.due, work.due_timer) == (T0 + timedelta(days=1), "demo:late_1")

"""Clocks that stand and go on: of a whole case, and of one step."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import spiff
from engine.calendar import parse_limit, reckon
from engine.spiff import TaskNotReadyError
from engine.spiff.codec import VERSION
from tests.engine.calendar.some import COMPANY, at
from tests.engine.spiff.drawing import Process, compiled
from tests.engine.spiff.test_working_time import ONE, waiting
from tests.engine.spiff.walking import Walk

MONDAY = at(2026, 11, 9, 10)


def two() -> Process:
    """Draw two steps side by side, each with its own deadline, and another after the first."""
    p = Process("demo")
    p.message_start()
    p.parallel("fork")
    for id_ in ("left", "right", "after"):
        p.user(id_)
        p.deadline(f"{id_}_late", id_, "2 天")
        p.end(f"{id_}_told")
        p.chain(f"{id_}_late", f"{id_}_told")
    p.parallel("join")
    p.end()
    p.chain("opened", "fork", "left", "after", "join", "done")
    p.chain("fork", "right", "join")
    return p


def test_what_was_left_counts_from_when_the_clock_goes_on() -> None:
    walk = Walk(waiting("5 working days"), MONDAY, ONE)
    walk.now = at(2026, 11, 10, 14)
    paused = walk.pauses()
    assert (paused.next_due, paused.shifted) == (None, ())
    assert [step.due for step in paused.retimed] == [None]
    assert walk.timer("late").stopped == walk.now
    assert walk.wakes(days=30).fired == ()
    walk.now = at(2026, 11, 12, 16)
    resumed = walk.resumes()
    (shift,) = resumed.shifted
    assert (shift.before, shift.timer.due) == (at(2026, 11, 16, 10), at(2026, 11, 18, 12))
    (work,) = resumed.retimed
    assert work.due == resumed.next_due == shift.timer.due
    lines = spiff.derivation(walk.compiled, walk.move.state, shift.timer.id, calendars=ONE).lines
    assert "2026-11-10（周二）14:00 暂停，余 3 个工作日 5 个工作小时" in [line.zh for line in lines]


def test_while_the_clock_stands_a_derivation_says_so() -> None:
    walk = Walk(waiting("5 working days"), MONDAY, ONE)
    walk.pauses()
    timer = walk.timer("late")
    lines = spiff.derivation(walk.compiled, walk.move.state, timer.id, calendars=ONE).lines
    assert lines[-1].zh == "2026-11-09（周一）10:00 起暂停，恢复后顺延"
    assert lines[-1].en == "Paused since Mon 2026-11-09 10:00: due later once resumed"


def test_one_step_may_stand_while_others_run() -> None:
    walk = Walk(compiled(two()), MONDAY, ONE)
    walk.now += timedelta(hours=10)
    move = walk.pauses("left")
    assert move.next_due == MONDAY + timedelta(days=2)
    assert walk.wakes(days=3).fired[0].element == "right_late"
    assert walk.timers == ["left_late"]
    (shift,) = walk.resumes("left").shifted
    assert shift.timer.due == MONDAY + timedelta(days=5)
    with pytest.raises(TaskNotReadyError):
        spiff.pause(walk.compiled, walk.move.state, uuid4(), now=walk.now)


def test_people_go_on_while_the_clock_stands_and_new_timers_stand_too() -> None:
    walk = Walk(compiled(two()), MONDAY, ONE)
    walk.pauses()
    walk.now += timedelta(hours=1)
    move = walk.does("left")
    assert [timer.element for timer in move.disarmed] == ["left_late"]
    (armed,) = move.armed
    assert (armed.element, armed.stopped) == ("after_late", walk.now)
    assert walk.wakes(days=9).fired == ()
    shifts = {shift.timer.element: shift.timer.due for shift in walk.resumes().shifted}
    assert shifts == {
        "right_late": walk.now + timedelta(days=2),
        "after_late": walk.now + timedelta(days=2),
    }


def test_a_step_that_stands_in_a_case_that_stands_goes_on_when_both_do() -> None:
    walk = Walk(compiled(two()), MONDAY, ONE)
    walk.pauses("left")
    walk.now += timedelta(days=1)
    walk.pauses()
    walk.pauses()
    walk.now += timedelta(days=1)
    assert [shift.timer.element for shift in walk.resumes().shifted] == ["right_late"]
    walk.now += timedelta(days=1)
    (shift,) = walk.resumes("left").shifted
    assert shift.timer.due == MONDAY + timedelta(days=5)
    assert walk.resumes("left").shifted == ()
    assert walk.resumes().shifted == ()


def test_what_is_due_when_the_clock_is_stopped_fires_first() -> None:
    walk = Walk(waiting("2 天"), MONDAY, ONE)
    walk.now += timedelta(days=2)
    assert [timer.element for timer in walk.pauses().fired] == ["late"]
    assert walk.resumes().shifted == ()


def test_a_date_stays_and_fires_when_the_clock_goes_on_after_it() -> None:
    walk = Walk(waiting("2026-11-10", "timeDate"), MONDAY, ONE)
    walk.pauses()
    walk.now = at(2026, 11, 11, 10)
    move = walk.resumes()
    assert [timer.element for timer in move.fired] == ["late"]
    assert move.shifted == ()


@pytest.mark.parametrize(
    ("cycle", "then"),
    [
        ("每 30 分钟", at(2026, 11, 12, 16, 20)),
        ("每天 09:00", at(2026, 11, 13, 9)),
        ("每天 17:00", at(2026, 11, 12, 17)),
        ("每 2 个工作日", at(2026, 11, 16, 15, 50)),
    ],
)
def test_rounds_of_a_paused_cycle_are_left_out(cycle: str, then: object) -> None:
    walk = Walk(waiting(cycle, "timeCycle"), MONDAY, ONE)
    walk.now += timedelta(minutes=10)
    walk.pauses()
    walk.now = at(2026, 11, 12, 16)
    assert walk.resumes().next_due == then
    walk.now = at(2026, 11, 20, 9)
    assert len(walk.wakes().fired) == 1


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(["5 working days", "30 working hours", "9 天", "当天", "by the 20th"]),
    st.lists(st.integers(1, 60 * 24 * 4), max_size=6),
)
def test_a_clock_that_stands_now_and_then_is_due_as_reckoned(limit: str, gaps: list[int]) -> None:
    """Through stored states, step by step, it comes to the same as by the calendar alone."""
    walk = Walk(waiting(limit), MONDAY, ONE)
    pauses, stopped = [], None
    for gap in gaps:
        walk.now += timedelta(minutes=gap)
        if stopped is None:
            walk.pauses()
            stopped = walk.now
        else:
            walk.resumes()
            pauses.append((stopped, walk.now))
            stopped = None
    found = reckon(parse_limit(limit), MONDAY, COMPANY, pauses).at
    stands = spiff.position(walk.compiled, walk.move.state)
    (work,), stopped_ones = stands.tasks, [late for late in stands.timers if late.stopped]
    assert work.due == (None if stopped_ones else found)
    assert {late.due for late in stands.timers} <= {found}


def test_a_timer_of_an_older_version_runs_pauses_and_is_left_alone_by_new_calendars() -> None:
    """Before there were calendars, a state said when a timer is due and no more."""
    walk = Walk(waiting("2 天"), MONDAY, ONE)
    walk.move = spiff.reckon_anew(walk.compiled, walk.move.state, **walk.then)
    old = _older(walk.move.state)
    assert walk.timer("late").since == MONDAY
    moved = spiff.reckon_anew(walk.compiled, old, now=walk.now)
    assert (moved.shifted, moved.next_due) == ((), MONDAY + timedelta(days=2))
    (timer,) = spiff.position(walk.compiled, old).timers
    assert (timer.rule, timer.since, timer.calendar) == ("", None, "")
    told = spiff.derivation(walk.compiled, old, timer.id)
    assert [line.zh for line in told.lines] == ["2026-11-11（周三）10:00 到期"]
    later = MONDAY + timedelta(hours=5)
    paused = spiff.pause(walk.compiled, old, None, now=MONDAY)
    resumed = spiff.resume(walk.compiled, paused.state, None, now=later)
    assert resumed.next_due == later + timedelta(days=2)
    woken = spiff.wake(walk.compiled, resumed.state, now=later + timedelta(days=2))
    assert [fired.id for fired in woken.fired] == [timer.id]


def _older(state: bytes) -> bytes:
    last_id, instances, *_ = orjson.loads(zstandard.ZstdDecompressor().decompress(state[1:]))
    for _, _, _, _, _, rows, *_ in instances:
        for row in rows:
            if len(row) > 4 and "arming" in row[4]:
                row[4] = {"due": row[4]["due"], "arming": row[4]["arming"]}
    return VERSION + zstandard.ZstdCompressor().compress(orjson.dumps([last_id, instances]))

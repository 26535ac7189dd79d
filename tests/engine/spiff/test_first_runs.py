"""Deadlines around a step that is taken back go on, as if nobody had done it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from tests.engine.spiff.drawing import T0, Process, Scope, compiled
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.spiff import Compiled

DAY = timedelta(days=1)


def called() -> Compiled:
    """Draw a call of look → check, with a deadline on it, and approve behind it."""
    part = Process("part")
    part.start()
    part.user("look")
    part.user("check")
    part.end("checked")
    part.chain("begun", "look", "check", "checked")
    p = Process("demo")
    p.call("inquire", "part")
    return compiled(_around(p), part)


def embedded() -> Compiled:
    """Draw the same inside a sub-process."""
    inside = Scope("demo")
    inside.start("inner")
    inside.user("look")
    inside.user("check")
    inside.end("checked")
    inside.chain("inner", "look", "check", "checked")
    p = Process("demo")
    p.sub("inquire", inside)
    return compiled(_around(p))


def _around(p: Process) -> Process:
    p.message_start()
    p.deadline("late", "inquire", "P5D")
    p.user("urge")
    p.end("urged")
    p.chain("late", "urge", "urged")
    p.user("approve")
    p.end()
    p.chain("opened", "inquire", "approve", "done")
    return p


def looked_into(drawn: Compiled) -> tuple[Walk, UUID]:
    """Give a case in which the check was done on the second day; the third has begun."""
    walk = Walk(drawn)
    walk.wakes(days=1)
    walk.does("look")
    walk.wakes(days=1)
    task = walk.task("check").id
    walk.does("check")
    walk.wakes(days=1)
    assert walk.waits == ["approve"]
    return walk, task


def due(walk: Walk) -> dict[str, datetime]:
    return {t.element: t.due for t in spiff.position(walk.compiled, walk.move.state).timers}


@pytest.mark.parametrize("drawn", [called(), embedded()])
def test_the_deadline_of_what_is_open_again_counts_from_when_it_first_began(
    drawn: Compiled,
) -> None:
    walk, task = looked_into(drawn)
    walk.withdraws(task)
    assert walk.waits == ["check"]
    assert due(walk) == {"late": T0 + 5 * DAY}
    assert walk.task("check").due == T0 + 5 * DAY
    walk.wakes(hours=1)
    again = walk.task("check").id
    walk.does("check")
    walk.withdraws(again)
    assert due(walk) == {"late": T0 + 5 * DAY}


@pytest.mark.parametrize("drawn", [called(), embedded()])
def test_a_return_counts_it_anew_and_so_does_a_withdrawal_after_that(drawn: Compiled) -> None:
    walk, _ = looked_into(drawn)
    walk.returns("approve", "check")
    assert due(walk) == {"late": T0 + 8 * DAY}
    walk.wakes(days=1)
    again = walk.task("check").id
    walk.does("check")
    walk.withdraws(again)
    assert due(walk) == {"late": T0 + 8 * DAY}


def test_it_does_not_count_while_the_whole_case_stood() -> None:
    walk, task = looked_into(called())
    halted = [(T0 - DAY, T0 - DAY / 2), (T0 - DAY, T0 + DAY), (T0 + DAY, T0 + 2 * DAY)]
    walk.move = spiff.withdraw(
        walk.compiled, walk.move.state, task, halted=halted, **walk.then
    )  # fmt: skip
    assert due(walk) == {"late": T0 + 7 * DAY}


def test_what_was_urged_by_a_deadline_is_not_urged_once_more() -> None:
    walk = Walk(called())
    walk.does("look")
    walk.wakes(days=6)
    assert sorted(walk.waits) == ["check", "urge"]
    task = walk.task("check").id
    walk.does("check")
    walk.does("urge")
    walk.wakes(days=1)
    move = walk.withdraws(task)
    assert walk.waits == ["check"]
    assert walk.task("check").due == T0 + 5 * DAY
    assert (due(walk), move.armed, move.fired) == ({}, (), ())


def test_nor_is_it_where_the_deadline_is_the_step_s_own() -> None:
    p = Process("demo")
    p.user("inquire")
    walk = Walk(compiled(_around(p)))
    walk.wakes(days=6)
    task = walk.task("inquire").id
    walk.does("inquire")
    walk.does("urge")
    walk.move = spiff.withdraw(walk.compiled, walk.move.state, task, since=T0, **walk.then)
    walk.follow()
    assert walk.waits == ["inquire"]
    assert walk.task("inquire").due == T0 + 5 * DAY


def test_a_deadline_that_passed_meanwhile_has_passed() -> None:
    walk, task = looked_into(called())
    walk.wakes(days=3)
    walk.withdraws(task)
    assert sorted(walk.waits) == ["check", "urge"]

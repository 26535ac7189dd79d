"""A case in a version whose deadline tables say otherwise: by the new rows, if its owner wants."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Dues, Limit, Verdict
from tests.engine.spiff.drawing import T0, Process, compiled, table
from tests.engine.spiff.test_transferring import late, row
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from engine.spiff import Compiled

DAY = timedelta(days=1)


def limits(near: str, far: str = '"P9D"') -> bytes:
    """Give a table of the two limits that a place has by its distance."""
    rows = [(["< 5"], [near, near]), ([">= 5"], [far, far])]
    return table("limits", ["km"], ["check_limit", "answer_limit"], rows)


def drawn(tables: bytes, *, called: str = "") -> Compiled:
    """Draw ask → limits → check (late by check_limit) → answer (late by answer_limit)."""
    p = row("ask")
    p.without("ask_to_done")
    p.rule("decide", "limits")
    inner = Process("inner") if called else p
    steps = "check", "answer"
    for step in steps:
        inner.user(step)
        inner.deadline(f"{step}_late", step, f"{step}_limit")
        inner.end(f"{step}_missed")
        inner.chain(f"{step}_late", f"{step}_missed")
    if called:
        inner.start()
        inner.end("through")
        inner.chain("begun", *steps, "through")
        p.call(called, "inner")
        p.chain("ask", "decide", called, "done")
        return compiled(p, inner, fields=("km", "weight"), tables={"limits": tables})
    p.chain("ask", "decide", *steps, "done")
    return compiled(p, fields=("km", "weight"), tables={"limits": tables})


def begun(procedure: Compiled, km: int = 3) -> Walk:
    walk = Walk(procedure)
    walk.does("ask", km=km)
    walk.wakes(hours=1)
    return walk


@pytest.mark.parametrize("called", ["", "part"])
def test_a_row_reaches_a_running_timer_and_the_later_ones_if_it_is_wanted(called: str) -> None:
    walk = begun(drawn(limits('"P2D"'), called=called))
    found = walk.transfers(drawn(limits('"P5D"'), called=called), Dues.DRAWN)
    assert found.verdict is Verdict.SAME
    assert set(found.limits) == {
        Limit("limits", "check_limit", "P2D", "P5D"),
        Limit("limits", "answer_limit", "P2D", "P5D"),
    }
    assert [(each.before, each.after) for each in found.deadlines] == [(T0 + 2 * DAY, T0 + 5 * DAY)]
    assert walk.timer("check_late").due == T0 + 5 * DAY
    walk.does("check")
    assert walk.timer("answer_late").due == walk.now + 5 * DAY


def test_what_is_kept_stays_and_the_new_moment_is_shown() -> None:
    walk = begun(drawn(limits('"P2D"')))
    found = walk.transfers(drawn(limits('"P5D"')))
    [deadline] = found.deadlines
    assert (deadline.before, deadline.after) == (T0 + 2 * DAY, T0 + 2 * DAY)
    assert deadline.drawn == T0 + 5 * DAY
    walk.does("check")
    assert walk.timer("answer_late").due == walk.now + 2 * DAY


def test_a_row_of_others_changes_nothing() -> None:
    walk = begun(drawn(limits('"P2D"')))
    found = walk.transfers(drawn(limits('"P2D"', '"P1D"')), Dues.DRAWN)
    assert (found.limits, found.deadlines[0].drawn) == ((), None)


def test_a_limit_that_the_older_table_does_not_say_stays_and_is_told() -> None:
    old = drawn(limits('"P2D"'))
    walk = begun(old)
    walk.move = spiff.repair(old, walk.move.state, {"check_limit": "P3D"})
    found = walk.transfers(drawn(limits('"P5D"')), Dues.DRAWN)
    assert Limit("limits", "check_limit", "P3D", None) in found.limits
    assert Limit("limits", "answer_limit", "P2D", "P5D") in found.limits
    assert [(each.before, each.drawn) for each in found.deadlines] == [(T0 + 2 * DAY, None)]


def test_a_table_that_cannot_be_asked_any_more_leaves_the_limit() -> None:
    walk = begun(drawn(limits('"P2D"')))
    other = table("limits", ["km", "weight"], ["check_limit", "answer_limit"],
                  [(["< 5", "> 1"], ['"P5D"', '"P5D"'])])  # fmt: skip
    found = walk.transfers(drawn(other), Dues.DRAWN)
    assert found.limits == (Limit("limits", "check_limit", "P2D", None),)


def test_a_shorter_limit_that_is_over_already_fires_at_once() -> None:
    walk = begun(drawn(limits('"P2D"')))
    walk.wakes(days=1)
    found = walk.transfers(drawn(limits('"PT2H"')), Dues.DRAWN)
    assert found.move is not None
    assert [timer.element for timer in found.move.fired] == ["check_late"]


def test_a_drawn_duration_is_not_taken_for_a_limit() -> None:
    walk = Walk(compiled(row("check", draw=late("P2D"))))
    assert walk.transfers(compiled(row("check", draw=late("P3D"))), Dues.DRAWN).limits == ()

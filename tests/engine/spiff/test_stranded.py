"""A case never comes to rest where nobody and nothing will move it again."""

from __future__ import annotations

import pytest

from engine.spiff import RunError
from tests.engine.spiff.drawing import Process, compiled, variable
from tests.engine.spiff.walking import Walk

pytestmark = pytest.mark.usefixtures("unjudged")


def one_way_of_two(*, timed: bool = False) -> Process:
    """Draw a choice whose ways a parallel gateway joins."""
    p = Process("demo", extra=variable("x", "0"))
    p.message_start()
    p.user("decide")
    p.xor("either", "either_to_check")
    p.user("check")
    p.user("inspect")
    if timed:
        p.deadline("decide_late", "decide", "P1D")
        p.user("urge")
        p.end("urged")
        p.chain("decide_late", "urge", "urged")
    p.parallel("meet")
    p.end()
    p.chain("opened", "decide", "either", "check", "meet", "done")
    p.flow("either", "inspect", "x > 1")
    p.chain("inspect", "meet")
    return p


def test_who_sends_the_last_step_is_refused_where_a_join_can_never_fire() -> None:
    walk = Walk(compiled(one_way_of_two()))
    walk.does("decide", x=1)
    with pytest.raises(RunError) as refused:
        walk.does("check")
    assert refused.value.element == "meet"
    assert "排他网关" in refused.value.zh
    assert [task.element for task in walk.tasks.values()] == ["check"], "it stays as it was"


def test_a_case_that_still_waits_for_something_else_goes_on() -> None:
    p = one_way_of_two(timed=True)
    walk = Walk(compiled(p))
    walk.wakes(days=2)
    walk.does("decide", x=1)
    walk.does("check")
    with pytest.raises(RunError):
        walk.does("urge")

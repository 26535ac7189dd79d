"""A case that cannot go on, by an endless loop or a fault of the engine, says so in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.spiff import RunError
from engine.spiff.flows import MAX_STEPS, CaseFlow
from tests.engine.spiff.drawing import Process, Scope, compiled, holding, variable
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable


def looping() -> Process:
    """Draw a step, and an activity still to be drawn to which a loop leads back."""
    p = Process("demo")
    p.message_start()
    p.user("go")
    p.xor("merge")
    p.end()
    p.extra = variable("n", "0")
    p.chain("opened", "go", "merge")
    return p


def failing(process: Scope) -> None:
    process.start("begun")
    process.script("reckon", "n = n + 1")
    process.throws("failed", "error", "E")
    process.chain("begun", "reckon", "failed")


def past_a_gateway() -> tuple[Process, ...]:
    p = looping()
    p.script("reckon", "n = n + 1")
    p.xor("enough", "enough_to_merge")
    p.chain("merge", "reckon", "enough", "merge")
    p.flow("enough", "done", "n == -1")
    return (p,)


def past_a_condition() -> tuple[Process, ...]:
    p = looping()
    p.user("look")
    p.instead("when", "look", holding("n > -1"))
    p.script("reckon", "n = n + 1")
    p.chain("merge", "look", "done")
    p.chain("when", "reckon", "merge")
    return (p,)


def past_an_error() -> tuple[Process, ...]:
    p, inside = looping(), Scope("part")
    failing(inside)
    p.sub("tried", inside)
    p.catches("when", "tried", "error", "E")
    p.chain("merge", "tried", "done")
    p.chain("when", "merge")
    return (p,)


def past_an_error_of_a_call() -> tuple[Process, ...]:
    p, called = looping(), Process("part")
    failing(called)
    p.call("tried", "part")
    p.catches("when", "tried", "error", "E")
    p.chain("merge", "tried", "done")
    p.chain("when", "merge")
    return (p, called)


@pytest.mark.parametrize(
    "drawn", [past_a_gateway, past_a_condition, past_an_error, past_an_error_of_a_call]
)
def test_a_loop_that_nobody_stops_is_told_as_one(drawn: Callable[[], tuple[Process, ...]]) -> None:
    walk = Walk(compiled(*drawn()))
    with pytest.raises(RunError, match=f"More than {MAX_STEPS} automatic steps") as stopped:
        walk.does("go")
    assert stopped.value.element


def test_a_fault_of_the_engine_is_told_without_its_name(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    walk = Walk(compiled(*past_a_gateway()))

    def fails(_case: CaseFlow) -> None:
        raise UnicodeTranslateError("", 0, 0, "")

    monkeypatch.setattr(CaseFlow, "advance", fails)
    with pytest.raises(RunError, match="The engine stopped here") as stopped:
        walk.does("go")
    assert (stopped.value.process, stopped.value.element) == ("demo", "go")
    assert "Unicode" not in stopped.value.zh + stopped.value.en
    assert "UnicodeTranslateError" in caplog.text

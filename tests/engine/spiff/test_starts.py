"""How procedures begin: by a message, by hand, by the clock, by a signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import BrokenFilesError, Start
from tests.engine.spiff.drawing import ROLES, Process, compiled, files_of
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable


def begun(begin: Callable[[Process], object]) -> Process:
    p = Process("demo")
    begin(p)
    p.signal("s_recall", carries="lot", name="recall")
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    return p


def by_message(p: Process) -> None:
    p.message_start()


def by_hand(p: Process) -> None:
    p.start("opened")


def by_the_clock(p: Process) -> None:
    p.timer_start("R/PT24H")


def by_a_signal(p: Process) -> None:
    p.signal_start("s_recall")


@pytest.mark.parametrize(
    ("begin", "start"),
    [
        (by_message, Start("demo", "opened", "demo_opened", "clerk")),
        (by_hand, Start("demo", "opened", "", "clerk", kind="none")),
        (by_the_clock, Start("demo", "opened", "", "clerk", kind="timer", schedule="R/PT24H")),
        (by_a_signal, Start("demo", "opened", "", "clerk", kind="signal", signal="recall")),
    ],
)
def test_a_case_begins_at_once_whatever_began_it(
    begin: Callable[[Process], object], start: Start
) -> None:
    procedure = compiled(begun(begin))
    assert procedure.start == start
    walk = Walk(procedure)
    assert walk.waits == ["work"]
    assert walk.move.reached == ("demo:opened", "demo:work")
    assert walk.does("work").ended == "demo:done"


def test_what_a_signal_brings_fills_its_names() -> None:
    p = begun(by_a_signal)
    p.without("work_to_done")
    p.xor("which", "which_to_done")
    p.end("known")
    p.chain("work", "which", "done")
    p.flow("which", "known", 'lot == "A1"')
    walk = Walk(compiled(p), lot="A1")
    assert walk.does("work").ended == "demo:known"


@pytest.mark.parametrize("begin", [by_message, by_hand, by_the_clock, by_a_signal])
def test_only_a_start_by_hand_needs_a_form(begin: Callable[[Process], object]) -> None:
    forms: dict[str, tuple[str, ...]] = {"demo/work": ()}
    files = files_of(begun(begin))
    if begin in {by_the_clock, by_a_signal}:
        spiff.compile_procedure(files, root="demo", roles=ROLES, clauses=(), forms=forms)
        return
    with pytest.raises(BrokenFilesError) as caught:
        spiff.compile_procedure(files, root="demo", roles=ROLES, clauses=(), forms=forms)
    assert [(p.code, p.element) for p in caught.value.problems] == [("no_form", "opened")]


def test_procedures_are_told_from_the_diagrams_that_they_call() -> None:
    def named(process: str, begin: Callable[[Process], object], *calls: str) -> Process:
        p = Process(process)
        begin(p)
        p.signal("s_recall")
        for called in calls:
            p.call(f"call_{called}", called)
        return p

    files = files_of(
        named("heard", by_message, "part"),
        named("ticking", by_the_clock, "shared"),
        named("alarmed", by_a_signal),
        named("asked", by_hand),
        named("part", by_hand, "shared"),
        named("shared", by_hand),
        named("forgotten", by_hand),
        named("called_message", by_message),
        named("caller", by_message, "called_message"),
    )
    files |= {"forms/asked/opened.json": b"{}", "forms/part/opened.json": b"{}"}
    files |= {"forms/heard/opened.json": b"{}", "bpmn/test/torn.bpmn": b"<torn"}
    assert spiff.roots(files) == ("alarmed", "asked", "caller", "heard", "ticking", "torn")

"""What of errors, escalations and cancels is refused: each with element, reason and cure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.spiff import BrokenFilesError, Problem
from tests.engine.spiff.drawing import Process, Scope, compiled

if TYPE_CHECKING:
    from collections.abc import Callable

ASIDE = 'cancelActivity="false"'


def drawing() -> tuple[Process, Scope, Process]:
    """Draw a procedure with a part that is to be filled, and a called process."""
    inside, called = Scope("demo"), Process("called")
    inside.start("begun")
    inside.user("work")
    inside.call("ask", "called")
    inside.chain("begun", "work", "ask")
    called.start("called_begun")
    called.user("check")
    called.chain("called_begun", "check")
    p = Process("demo")
    p.message_start()
    return p, inside, called


def whole(p: Process, inside: Scope, called: Process, *, kind: str = "sub") -> tuple[Process, ...]:
    """Finish what `drawing` began."""
    inside.end("worked")
    inside.chain("ask", "worked")
    if not any('sourceRef="check"' in xml for xml in called.xml):
        called.end("checked")
        called.chain("check", "checked")
    getattr(p, kind)("part", inside)
    p.end()
    p.chain("opened", "part", "done")
    return p, called


def problems(*processes: Process) -> tuple[Problem, ...]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=("n",))
    for problem in caught.value.problems:
        assert problem.file
        assert problem.element
        assert problem.zh.endswith("。")
        assert problem.en.endswith(".")
    return caught.value.problems


def handle(scope: Scope, event: str) -> None:
    scope.end(f"{event}_handled")
    scope.chain(event, f"{event}_handled")


def error_in_the_called(called: Process, code: str = "E1") -> None:
    called.throws("failed", "error", code)
    called.chain("check", "failed")


def test_an_error_that_nobody_catches_is_refused_with_the_way_out() -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    (problem,) = problems(*whole(p, inside, called))
    assert (problem.file, problem.element, problem.code) == (
        "bpmn/test/called.bpmn", "failed", "uncaught",
    )  # fmt: skip
    for words in (problem.zh, problem.en):
        assert "E1" in words
    assert "failed名（called:failed） → ask名（demo:ask） → part名（demo:part） →" in problem.zh


def test_an_error_caught_on_one_way_but_not_on_another_is_refused_by_the_other() -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    inside.catches("caught", "ask", "error", "E1")
    handle(inside, "caught")
    processes = whole(p, inside, called)
    assert compiled(*processes, fields=("n",)).id == "demo"
    p.without("part_to_done")
    p.call("ask_again", "called")
    p.chain("part", "ask_again", "done")
    (problem,) = problems(*processes)
    assert "(called:failed) → ask_again in English (demo:ask_again)" in problem.en
    p.catches("caught_too", "ask_again", "error")
    handle(p, "caught_too")
    assert compiled(*processes, fields=("n",)).id == "demo"


def test_another_code_does_not_catch_it() -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    inside.catches("caught", "ask", "error", "E2")
    handle(inside, "caught")
    found = {(problem.code, problem.element) for problem in problems(*whole(p, inside, called))}
    assert found == {("uncaught", "failed"), ("never_thrown", "caught")}


def test_what_nobody_throws_cannot_be_waited_for() -> None:
    for kind, code in (("error", "E1"), ("error", ""), ("escalation", "E1"), ("escalation", "")):
        p, inside, called = drawing()
        inside.catches("caught", "ask", kind, code)
        handle(inside, "caught")
        (problem,) = problems(*whole(p, inside, called))
        assert (problem.code, problem.element) == ("never_thrown", "caught")
        assert "ask" in problem.zh
        assert "ask" in problem.en


def test_what_is_caught_further_inside_cannot_be_waited_for() -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    inside.catches("caught", "ask", "error")
    handle(inside, "caught")
    processes = whole(p, inside, called)
    p.catches("late", "part", "error", "E1")
    handle(p, "late")
    (problem,) = problems(*processes)
    assert (problem.code, problem.element) == ("never_thrown", "late")


def test_a_connector_may_throw_what_is_not_caught_inside() -> None:
    p, inside, called = drawing()
    called.service("looks", "ping")
    called.chain("check", "looks")
    called.end("looked")
    called.chain("looks", "looked")
    inside.catches("caught", "ask", "error", "E1")
    handle(inside, "caught")
    processes = whole(p, inside, called)
    for code, may in (("E1", False), ("E2", True), ("", True)):
        p.catches("outer", "part", "error", code)
        handle(p, "outer")
        if may:
            assert compiled(*processes, fields=("n",)).id == "demo"
        else:
            (problem,) = problems(*processes)
            assert (problem.code, problem.element) == ("never_thrown", "outer")
        for id_ in ("outer", "outer_handled", "outer_to_outer_handled"):
            p.without(id_)


def one_on_a_step(inside: Scope) -> None:
    inside.catches("caught", "work", "error", "E1")


def escalation_on_a_service_task(inside: Scope) -> None:
    inside.service("looks", "ping")
    inside.without("work_to_ask")
    inside.chain("work", "looks", "ask")
    inside.catches("caught", "looks", "escalation", "E1")


def cancel_on_a_call(inside: Scope) -> None:
    inside.catches("caught", "ask", "cancel")


@pytest.mark.parametrize("draw", [one_on_a_step, escalation_on_a_service_task, cancel_on_a_call])
def test_a_boundary_event_hangs_where_its_alarm_can_come_out(draw: Callable[[Scope], None]) -> None:
    p, inside, called = drawing()
    draw(inside)
    handle(inside, "caught")
    found = problems(*whole(p, inside, called))
    assert ("bad_host", "caught") in {(problem.code, problem.element) for problem in found}


def test_errors_and_cancels_must_interrupt_and_are_caught_once() -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    inside.catches("caught", "ask", "error", "E1", ASIDE)
    handle(inside, "caught")
    inside.catches("twice", "ask", "error", "E1")
    handle(inside, "twice")
    found = {(problem.code, problem.element) for problem in problems(*whole(p, inside, called))}
    assert ("must_interrupt", "caught") in found
    assert ("caught_twice", "twice") in found


def test_an_escalation_that_nobody_catches_is_no_problem() -> None:
    p, inside, called = drawing()
    called.throws("told", "escalation", "SLOW")
    called.chain("check", "told")
    assert compiled(*whole(p, inside, called), fields=("n",)).id == "demo"


@pytest.mark.parametrize("kind", ["error", "escalation"])
def test_what_is_thrown_has_a_code(kind: str) -> None:
    p, inside, called = drawing()
    called.throws("thrown", kind)
    called.chain("check", "thrown")
    inside.catches("caught", "ask", kind)
    handle(inside, "caught")
    processes = whole(p, inside, called)
    (problem,) = problems(*processes)
    assert (problem.code, problem.element) == ("no_code", "thrown")
    assert f"{kind}Code" in problem.zh
    assert f"{kind}Code" in problem.en


def test_a_reference_to_nothing_does_not_catch_any() -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    inside.catches("caught", "ask", "error", "E1")
    handle(inside, "caught")
    for process in whole(p, inside, called):
        process.declared.append('<bpmn:error id="no_code" name="x"/>')
        process.xml = [xml.replace('errorRef="error_E1"', 'errorRef="no_code"')
                       for xml in process.xml]  # fmt: skip
    found = {(problem.code, problem.element) for problem in problems(p, called)}
    assert {("no_code", "caught"), ("no_code", "failed")} <= found


@pytest.mark.parametrize("names", ["a-b", "len", "unheard"])
def test_what_an_alarm_carries_are_variables_that_something_fills(names: str) -> None:
    p, inside, called = drawing()
    error_in_the_called(called)
    called.carried["E1"] = names
    inside.catches("caught", "ask", "error", "E1")
    handle(inside, "caught")
    found = {(problem.code, problem.element) for problem in problems(*whole(p, inside, called))}
    assert found & {("bad_name", "failed"), ("unfilled_name", "failed")}


def cancelling(where: str, *, caught: bool = True) -> tuple[Process, ...]:
    """Draw a cancel end in a part, in what it calls, or at the top."""
    p, inside, called = drawing()
    scope = {"part": inside, "called": called, "top": p}[where]
    scope.throws("undone", "cancel")
    scope.xor("which", "which_to_undone")
    before, after = {"part": ("work", "ask"), "called": ("check", "checked"),
                     "top": ("opened", "part")}[where]  # fmt: skip
    scope.without(f"{before}_to_{after}")
    scope.chain(before, "which", "undone")
    if where == "called":
        called.end("checked")
    scope.flow("which", after, "n == 1")
    processes = whole(p, inside, called, kind="transaction")
    if where == "top":
        p.without("opened_to_part")
    if caught:
        p.catches("caught", "part", "cancel")
        handle(p, "caught")
    return processes


def test_a_cancel_lies_directly_in_a_transaction_that_catches_it() -> None:
    assert compiled(*cancelling("part"), fields=("n",)).id == "demo"
    (problem,) = problems(*cancelling("part", caught=False))
    assert (problem.code, problem.element) == ("uncaught", "undone")
    assert "part" in problem.zh
    for where in ("called", "top"):
        found = {(problem.code, problem.element) for problem in problems(*cancelling(where))}
        assert ("bad_cancel", "undone") in found


def test_a_cancel_boundary_waits_for_a_cancel_that_there_is() -> None:
    p, inside, called = drawing()
    processes = whole(p, inside, called, kind="transaction")
    assert compiled(*processes, fields=("n",)).id == "demo"
    p.catches("caught", "part", "cancel")
    handle(p, "caught")
    (problem,) = problems(*processes)
    assert (problem.code, problem.element) == ("never_thrown", "caught")

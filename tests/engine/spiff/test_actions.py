"""Who may be drawn into a step: read from the drawing, or refused with the words that there are."""

from __future__ import annotations

import pytest

from engine.flexible.allowed import DEFAULTS
from engine.spiff import BrokenFilesError
from engine.spiff.files.actions import ACTIONS, CASE_ACTIONS
from tests.engine.spiff.drawing import Process, compiled, extensions


def drawn(actions: str, kind: str = "userTask") -> Process:
    p = Process("demo")
    p.message_start()
    p.add(kind, "ask", extensions(f"<banjie:actions {actions}/>"))
    p.end()
    p.chain("opened", "ask", "done")
    return p


def test_a_step_says_who_may_what() -> None:
    step = compiled(drawn('transfer="role gm" urge="concerned" return="no"')).diagrams["demo"]
    assert step.steps["ask"].actions == {
        "transfer": ("role", "gm"),
        "urge": ("concerned",),
        "return": ("no",),
    }


@pytest.mark.parametrize(
    ("actions", "code", "told"),
    [
        ('transfer="boss"', "unknown_who", "boss"),
        ('transfer=""', "unknown_who", "transfer"),
        ('transfer="anyone gm"', "unknown_who", "anyone gm"),
        ('delegate="concerned"', "unknown_who", "concerned"),
        ('return="gm"', "unknown_who", "gm"),
        ('withdraw="yes no"', "unknown_who", "yes no"),
        ('tranfer="role"', "unknown_mark", "transfer"),
    ],
)
def test_what_says_nobody_is_refused_with_what_may_be_said(
    actions: str, code: str, told: str
) -> None:
    with pytest.raises(BrokenFilesError) as refused:
        compiled(drawn(actions))
    (problem,) = refused.value.problems
    assert (problem.code, problem.element) == (code, "ask")
    assert told in problem.zh
    assert told in problem.en


def on_process(actions: str) -> Process:
    p = Process("demo", extra=f"<banjie:actions {actions}/>")
    p.message_start()
    p.user("ask")
    p.end()
    p.chain("opened", "ask", "done")
    return p


def test_a_procedure_says_who_does_what_with_a_whole_case() -> None:
    diagram = compiled(on_process('suspend="gm supervisor" cancel="nobody"')).diagrams["demo"]
    assert diagram.actions == {"suspend": ("gm", "supervisor"), "cancel": ("nobody",)}


@pytest.mark.parametrize(
    ("process", "code", "told"),
    [
        (on_process('suspend="boss"'), "unknown_who", "boss"),
        (on_process('transfer="role"'), "actions_misplaced", "a user task"),
        (drawn('suspend="gm"'), "actions_misplaced", "the process"),
    ],
)
def test_each_action_is_drawn_where_it_counts(process: Process, code: str, told: str) -> None:
    with pytest.raises(BrokenFilesError) as refused:
        compiled(process)
    (problem,) = [each for each in refused.value.problems if each.code == code]
    assert told in problem.en


def test_only_steps_have_actions() -> None:
    p = drawn('transfer="role"', kind="parallelGateway")
    with pytest.raises(BrokenFilesError) as refused:
        compiled(p)
    assert "actions_misplaced" in {problem.code for problem in refused.value.problems}


def test_every_action_has_a_default() -> None:
    assert DEFAULTS.keys() == ACTIONS.keys() | CASE_ACTIONS.keys()

"""Who may be drawn into a step: read from the drawing, or refused with the words that there are."""

from __future__ import annotations

import pytest

from engine.flexible.allowed import DEFAULTS
from engine.spiff import BrokenFilesError
from engine.spiff.files.actions import ACTIONS
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


def test_only_steps_have_actions() -> None:
    p = drawn('transfer="role"', kind="parallelGateway")
    with pytest.raises(BrokenFilesError) as refused:
        compiled(p)
    assert "actions_misplaced" in {problem.code for problem in refused.value.problems}


def test_every_action_has_a_default() -> None:
    assert DEFAULTS.keys() == ACTIONS.keys()

"""What is refused of messages, signals, conditions and the gateways before them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.spiff import BrokenFilesError
from tests.engine.spiff.drawing import (
    Process,
    compiled,
    holding,
    messaging,
    timing,
    variable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spiff import Problem


def choosing() -> Process:
    """Draw a gateway with two events, and nothing wrong."""
    p = Process("demo", extra=variable("claim", "17") + variable("amount", "0"))
    p.message("m_paid", keys="claim", carries="amount", name="paid")
    p.signal("s_recall", carries="amount", name="recall")
    p.message_start()
    p.catch("paid", "m_paid")
    p.hear("recalled", "s_recall")
    p.choice("wait", "paid", "recalled")
    p.end()
    p.chain("opened", "wait")
    p.chain("paid", "done")
    p.chain("recalled", "done")
    return p


def problems(*processes: Process) -> tuple[Problem, ...]:
    try:
        compiled(*processes)
    except BrokenFilesError as error:
        return error.problems
    return ()


def test_a_good_drawing_has_no_problems() -> None:
    assert problems(choosing()) == ()


def a_step_after_it(p: Process) -> None:
    p.user("extra")
    p.chain("wait", "extra", "done")


def a_way_beside_it(p: Process) -> None:
    p.without("opened_to_wait")
    p.xor("which", "which_to_wait")
    p.chain("opened", "which", "wait")
    p.without("recalled")
    p.hear("extra", "s_recall")
    p.without("wait_to_recalled")
    p.without("recalled_to_done")
    p.chain("wait", "extra", "done")
    p.flow("which", "extra", "claim == 17")


def a_boundary_event_behind_it(p: Process) -> None:
    p.receive("extra", "m_paid")
    p.chain("wait", "extra", "done")
    p.instead("late", "extra", timing("P1D"))
    p.chain("late", "done")


def a_marker_behind_it(p: Process) -> None:
    marker = (
        "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>claim == 17</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )
    p.add("receiveTask", "extra", marker, 'messageRef="m_paid"')
    p.chain("wait", "extra", "done")


@pytest.mark.parametrize(
    "spoil", [a_step_after_it, a_way_beside_it, a_boundary_event_behind_it, a_marker_behind_it]
)
def test_only_what_waits_for_it_alone_follows_the_gateway(spoil: Callable[[Process], None]) -> None:
    p = choosing()
    spoil(p)
    (found,) = problems(p)
    assert (found.code, found.element) == ("bad_choice", "extra")
    assert "接收任务" in found.zh
    assert "receive tasks" in found.en


def test_a_condition_on_a_way_of_the_gateway_would_be_ignored() -> None:
    p = choosing()
    p.without("wait_to_paid")
    p.flow("wait", "paid", "claim == 17")
    assert [(each.code, each.element) for each in problems(p)] == [
        ("idle_condition", "wait_to_paid")
    ]


def test_a_message_has_the_same_keys_in_all_diagrams() -> None:
    p = choosing()
    p.without("paid_to_done")
    p.call("around", "part")
    p.chain("paid", "around", "done")
    part = Process("part")
    part.message("m_sent", keys="claim amount", name="paid")
    part.start("part_begun")
    part.add("sendTask", "send", "", 'messageRef="m_sent"')
    part.end("part_done")
    part.chain("part_begun", "send", "part_done")
    (found,) = problems(p, part)
    assert (found.file, found.code, found.element) == (
        "bpmn/test/part.bpmn", "keys_differ", "m_sent",
    )  # fmt: skip
    assert "claim amount" in found.zh
    assert "bpmn/test/demo.bpmn" in found.en


def test_keys_and_cargo_are_names_of_variables() -> None:
    p = choosing()
    p.message("m_odd", keys="no-name", carries="number")
    p.declared.append('<bpmn:signal id="s_keyed" name="keyed" banjie:keys="claim"/>')
    assert {(each.code, each.element) for each in problems(p)} == {
        ("bad_name", "m_odd"), ("keyed_signal", "s_keyed"),
    }  # fmt: skip


def test_what_a_message_sends_must_be_filled() -> None:
    p = choosing()
    p.message("m_sent", keys="claim", carries="unheard")
    p.without("paid_to_done")
    p.add("intermediateThrowEvent", "send", messaging("m_sent"))
    p.chain("paid", "send", "done")
    (found,) = problems(p)
    assert (found.code, found.element) == ("unfilled_name", "send")


def test_a_boundary_event_hangs_on_what_waits() -> None:
    p = choosing()
    p.without("paid_to_done")
    p.script("reckon", "amount = amount + 1")
    p.chain("paid", "reckon", "done")
    p.beside("large", "reckon", holding("amount > 1"))
    p.chain("large", "done")
    assert [(each.code, each.element) for each in problems(p)] == [("bad_host", "large")]


def test_a_comparison_in_a_condition_is_judged_like_any_other() -> None:
    p = choosing()
    p.extra += variable("verdict", '"open"')
    p.without("paid_to_done")
    p.until("shut", 'verdict == "shut"')
    p.chain("paid", "shut", "done")
    (found,) = problems(p)
    assert (found.code, found.element) == ("unknown_value", "shut")

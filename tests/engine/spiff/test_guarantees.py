from __future__ import annotations

import pytest

from engine.spiff import BrokenFilesError, Problem
from tests.engine.spiff.drawing import Process, Scope, compiled, variable

PROMISE = (
    '<banjie:guarantee id="approved_first" without="{without}" never="{never}" '
    'zh="未经核决不得答复" en="No reply before approval"/>'
)


def promising(without: str = "approving:approved", never: str = "reply") -> Process:
    """Draw a case that replies after an approval, which is a diagram of its own."""
    p = Process("demo", extra=PROMISE.format(without=without, never=never))
    p.message_start()
    p.call("approve", "approving")
    p.user("reply")
    p.end()
    p.chain("opened", "approve", "reply", "done")
    return p


def approving(*, leaky: bool = False) -> Process:
    p = Process("approving")
    p.start("approving_begun")
    p.xor("merge")
    p.user("decide")
    p.xor("decision", "sent_back")
    p.end("decided")
    p.chain("approving_begun", "merge", "decide", "decision")
    p.flow("decision", "decided", "yes", "approved")
    if leaky:
        p.end("never_mind")
        p.flow("decision", "never_mind", "tired", "tired_out")
    p.flow("decision", "merge", id_="sent_back")
    p.deadline("decide_late", "decide", "P1D")
    p.end("urged")
    p.chain("decide_late", "urged")
    return p


def broken(*processes: Process) -> tuple[Problem, ...]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=("yes", "tired"))
    return caught.value.problems


def test_a_promise_that_the_drawing_keeps_is_published() -> None:
    assert compiled(promising(), approving(), fields=("yes",)).id == "demo"


def test_a_broken_promise_is_refused_with_the_way_around_it() -> None:
    (problem,) = broken(promising(), approving(leaky=True))
    assert (problem.code, problem.element) == ("guarantee_broken", "approved_first")
    for words in (
        "未经核决不得答复",
        "… → merge名[merge] → decide名",
        "never_mind名",
        "reply",
    ):
        assert words in problem.zh
    assert "decide in English[decide] → decision in English[decision]" in problem.en
    assert "merge" in problem.en
    assert "urged" not in problem.en, "a reminder's plain end does not end the approval"


def test_a_way_beside_the_call_breaks_it() -> None:
    p = promising()
    p.without("opened_to_approve")
    p.xor("urgent", "urgent_to_approve")
    p.chain("opened", "urgent", "approve")
    p.flow("urgent", "reply", "yes")
    (problem,) = broken(p, approving())
    assert "opened名[opened] → urgent名[urgent] → reply名[reply]" in problem.zh


def test_an_interrupting_event_is_a_way_out_of_a_call() -> None:
    p = promising()
    p.interrupt("given_up", "approve", "P9D")
    p.chain("given_up", "reply")
    (problem,) = broken(p, approving())
    assert "given_up" in problem.en


def test_a_terminate_end_beside_the_decision_ends_the_approval() -> None:
    called = approving()
    called.without("urged")
    called.terminate("urged")
    (problem,) = broken(promising(), called)
    assert "urged" in problem.en


def test_a_parallel_join_waits_for_the_approval() -> None:
    p = Process("demo", extra=PROMISE.format(without="approving:approved", never="reply"))
    p.message_start()
    p.parallel("fork")
    p.call("approve", "approving")
    p.user("prepare")
    p.parallel("join")
    p.user("reply")
    p.end()
    p.chain("opened", "fork", "approve", "join", "reply", "done")
    p.chain("fork", "prepare", "join")
    assert compiled(p, approving(), fields=("yes",)).id == "demo"
    p.without("join")
    p.xor("join")
    (problem,) = broken(p, approving())
    assert "prepare" in problem.en


def test_sub_processes_and_several_rounds_are_followed() -> None:
    inside = Scope("demo")
    inside.start("inner")
    inside.call("approve", "approving")
    inside.end("inner_done")
    inside.chain("inner", "approve", "inner_done")
    p = Process("demo", extra=PROMISE.format(without="approving:approved", never="reply demo:done"))
    p.message_start()
    p.sub("part", inside)
    p.user("reply")
    p.end()
    p.chain("opened", "part", "reply", "done")
    assert compiled(p, approving(), fields=("yes",)).id == "demo"
    assert len(broken(p, approving(leaky=True))) == 2, "one for each element promised"


@pytest.mark.parametrize(
    ("without", "never"),
    [("approved", "reply"), ("approving:approve", "reply"), ("approving:approved", "answer"),
     ("", "reply"), ("approving:approved", ""), ("gone:approved", "gone:reply")],
)  # fmt: skip
def test_a_promise_about_nothing_is_refused(without: str, never: str) -> None:
    found = broken(promising(without, never), approving())
    assert {problem.code for problem in found} == {"unknown_in_guarantee"}


def listed(*, loop: str = "") -> Process:
    p = promising()
    p.extra += variable("lots", "[]")
    if loop:
        p.again("approve", "lots == []", loop)
    else:
        p.each("approve", "lots", "lot")
    return p


@pytest.mark.parametrize("loop", ["", 'testBefore="true"'])
def test_an_empty_list_or_a_loop_left_out_is_a_way_around(loop: str) -> None:
    (problem,) = broken(listed(loop=loop), approving())
    assert "opened名[opened] → approve名[approve] → reply名[reply]" in problem.zh


def test_a_loop_that_turns_once_at_least_is_none() -> None:
    assert compiled(listed(loop='loopMaximum="3"'), approving(), fields=("yes",)).id == "demo"

from __future__ import annotations

import pytest

from engine.spiff import BrokenFilesError, Problem
from tests.engine.spiff.drawing import (
    Process,
    Scope,
    compiled,
    messaging,
    variable,
)

PROMISE = (
    '<banjie:guarantee id="approved_first" kind="only-after" what="{what}" after="{after}" '
    'zh="未经核决不得答复" en="No reply before approval"/>'
)


def promising(after: str = "approving:approved", what: str = "reply") -> Process:
    """Draw a case that replies after an approval, which is a diagram of its own."""
    p = Process("demo", extra=PROMISE.format(after=after, what=what))
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
        "merge名（merge） → decide名",
        "never_mind名",
        "reply",
    ):
        assert words in problem.zh
    assert "decide in English (decide) → decision in English (decision)" in problem.en
    assert "merge" in problem.en
    assert "urged" not in problem.en, "a reminder's plain end does not end the approval"


def test_a_way_beside_the_call_breaks_it() -> None:
    p = promising()
    p.without("opened_to_approve")
    p.xor("urgent", "urgent_to_approve")
    p.chain("opened", "urgent", "approve")
    p.flow("urgent", "reply", "yes")
    (problem,) = broken(p, approving())
    assert "opened名（opened） → urgent名（urgent） → reply名（reply）" in problem.zh


def test_an_interrupting_event_is_a_way_out_of_a_call() -> None:
    p = promising()
    p.interrupt("given_up", "approve", "P9D")
    p.chain("given_up", "reply")
    (problem,) = broken(p, approving())
    assert "given_up" in problem.en


def test_a_message_beside_the_approval_is_a_way_around_it() -> None:
    p = promising()
    p.message("m_waived", name="waived")
    p.instead("waived", "approve", messaging("m_waived"), 'banjie:offeredTo="gm"')
    p.chain("waived", "reply")
    (problem,) = broken(p, approving())
    assert "waived" in problem.en


def test_an_event_gateway_leads_to_each_of_its_events() -> None:
    def waiting(without: str) -> Process:
        p = Process("demo", extra=PROMISE.format(after=without, what="reply"))
        p.message_start()
        p.message("m_heard", name="heard")
        p.catch("heard", "m_heard", 'banjie:offeredTo="gm"')
        p.timer("silent", "P9D")
        p.choice("wait", "heard", "silent")
        p.user("reply")
        p.xor("merge")
        p.end()
        p.chain("opened", "wait")
        p.chain("heard", "merge", "reply", "done")
        p.chain("silent", "merge")
        return p

    assert compiled(waiting("wait_to_heard wait_to_silent")).id == "demo"
    (problem,) = broken(waiting("heard_to_merge"))
    assert "silent in English (silent)" in problem.en


def test_a_catch_event_is_passed_by_its_ways_only() -> None:
    p = Process("demo", extra=PROMISE.format(after="opened_to_heard", what="reply"))
    p.message_start()
    p.message("m_heard", name="heard")
    p.catch("heard", "m_heard", 'banjie:offeredTo="gm"')
    p.user("reply")
    p.end()
    p.chain("opened", "heard", "reply", "done")
    assert compiled(p).id == "demo"


def test_a_terminate_end_beside_the_decision_ends_the_approval() -> None:
    called = approving()
    called.without("urged")
    called.terminate("urged")
    (problem,) = broken(promising(), called)
    assert "urged" in problem.en


def test_a_parallel_join_waits_for_the_approval() -> None:
    p = Process("demo", extra=PROMISE.format(after="approving:approved", what="reply"))
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
    twice, problem = broken(p, approving())
    assert (twice.code, problem.code) == ("done_twice", "guarantee_broken")
    assert "prepare" in problem.en


def test_sub_processes_and_several_rounds_are_followed() -> None:
    inside = Scope("demo")
    inside.start("inner")
    inside.call("approve", "approving")
    inside.end("inner_done")
    inside.chain("inner", "approve", "inner_done")
    p = Process("demo", extra=PROMISE.format(after="approving:approved", what="reply demo:done"))
    p.message_start()
    p.sub("part", inside)
    p.user("reply")
    p.end()
    p.chain("opened", "part", "reply", "done")
    assert compiled(p, approving(), fields=("yes",)).id == "demo"
    assert len(broken(p, approving(leaky=True))) == 2, "one for each element promised"


@pytest.mark.parametrize(
    ("after", "what"),
    [("approved", "reply"), ("approving:approved", "answer"),
     ("approving:approved", "opened_to_approve"), ("gone:approved", "gone:reply")],
)  # fmt: skip
def test_a_promise_about_nothing_is_refused(after: str, what: str) -> None:
    found = broken(promising(after, what), approving())
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
    assert "opened名（opened） → approve名（approve） → reply名（reply）" in problem.zh


def test_a_loop_that_turns_once_at_least_is_none() -> None:
    assert compiled(listed(loop='loopMaximum="3"'), approving(), fields=("yes",)).id == "demo"


def withdrawing(kind: str, *, ends: bool = True) -> Process:
    """Draw the approval with a way out of it that throws something."""
    called = approving()
    called.xor("withdrawn", "go_on")
    called.without("approving_begun_to_merge")
    called.flow("withdrawn", "merge", id_="go_on")
    called.chain("approving_begun", "withdrawn")
    called.throws("thrown", kind, "" if kind == "cancel" else "W1", ends=ends)
    called.flow("withdrawn", "thrown", "tired")
    if not ends:
        called.without("go_on")
        called.flow("thrown", "merge", id_="go_on_too")
        called.flow("withdrawn", "merge", id_="go_on")
    return called


def catching(kind: str, target: str, more: str = "", host: str = "approve") -> Process:
    p = promising()
    p.catches("caught", host, kind, "W1" if kind == "escalation" else "", more)
    if target == "reply":
        p.chain("caught", "reply")
    else:
        p.end(target)
        p.chain("caught", target)
    return p


def test_an_error_out_of_the_approval_is_a_way_to_whoever_catches_it() -> None:
    (problem,) = broken(catching("error", "reply"), withdrawing("error"))
    assert (
        "thrown in English (thrown) → [demo in English] caught in English (caught) → reply"
        in problem.en
    )
    p = catching("error", "given_up")
    assert compiled(p, withdrawing("error"), fields=("yes", "tired")).id == "demo"


def test_an_error_that_is_thrown_only_with_approval_is_no_way_around_it() -> None:
    called = approving()
    called.without("approved")
    called.throws("thrown", "error", "W1")
    called.xor("sure", "sure_to_decided")
    called.flow("decision", "sure", "yes", "approved")
    called.chain("sure", "decided")
    called.flow("sure", "thrown", "tired")
    assert compiled(catching("error", "reply"), called, fields=("yes", "tired")).id == "demo"


def test_an_error_from_two_calls_deep_is_followed_past_who_does_not_catch_it() -> None:
    between, p = Process("between"), promising()
    between.start("between_begun")
    between.call("ask", "approving")
    between.end("asked")
    between.chain("between_begun", "ask", "asked")
    p.without("approve")
    p.call("approve", "between")
    p.catches("caught", "approve", "error")
    p.chain("caught", "reply")
    (problem,) = broken(p, between, withdrawing("error"))
    assert "thrown in English (thrown) → [demo in English] caught in English (caught)" in problem.en
    between.catches("nearer", "ask", "error", "W1")
    between.user("mend")
    between.xor("before")
    between.without("between_begun_to_ask")
    between.chain("between_begun", "before", "ask")
    between.chain("nearer", "mend", "before")
    p.without("caught")
    p.without("caught_to_reply")
    assert compiled(p, between, withdrawing("error"), fields=("yes", "tired")).id == "demo"


def test_an_escalation_is_a_way_beside_the_approval_or_out_of_it() -> None:
    aside = 'cancelActivity="false"'
    for more in ("", aside):
        for ends in (True, False):
            called = withdrawing("escalation", ends=ends)
            (problem,) = broken(catching("escalation", "reply", more), called)
            assert "caught in English (caught)" in problem.en
            if ends and more:
                continue
            p = catching("escalation", "given_up", more)
            assert compiled(p, called, fields=("yes", "tired")).id == "demo"
    (problem,) = broken(promising(), withdrawing("escalation"))
    assert "thrown" in problem.en, "a plain end of the approval where nobody interrupts"
    (problem,) = broken(
        catching("escalation", "given_up", aside), withdrawing("escalation", ends=True)
    )
    assert "thrown in English (thrown) → [demo in English] approve" in problem.en


def test_a_connector_that_fails_inside_is_a_way_to_every_error_that_fits() -> None:
    called = approving()
    called.service("looks", "ping")
    called.without("approving_begun_to_merge")
    called.chain("approving_begun", "looks", "merge")
    (problem,) = broken(catching("error", "reply"), called)
    assert "looks in English (looks) → [demo in English] caught in English (caught)" in problem.en
    called.catches("tried", "looks", "error")
    called.chain("tried", "merge")
    p = promising()
    assert compiled(p, called, fields=("yes", "tired")).id == "demo"


def test_a_cancel_is_a_way_out_of_a_transaction_and_not_through_its_end() -> None:
    for target, kept in (("given_up", True), ("reply", False)):
        inside = Scope("demo")
        inside.start("inner")
        inside.call("approve", "approving")
        inside.end("inner_done")
        inside.throws("undone", "cancel")
        inside.xor("early", "early_to_approve")
        inside.chain("inner", "early", "approve", "inner_done")
        inside.flow("early", "undone", "tired")
        p = Process("demo", extra=PROMISE.format(after="approving:approved", what="reply"))
        p.message_start()
        p.transaction("part", inside)
        p.user("reply")
        p.end()
        p.chain("opened", "part", "reply", "done")
        p.catches("caught", "part", "cancel")
        if kept:
            p.end(target)
        p.chain("caught", target)
        if kept:
            assert compiled(p, approving(), fields=("yes", "tired")).id == "demo"
        else:
            (problem,) = broken(p, approving())
            assert "undone in English (undone) → caught in English (caught)" in problem.en


def test_an_error_beside_the_approval_leads_out_though_a_reminder_threw_it() -> None:
    called = approving()
    called.without("urged")
    called.throws("urged", "error", "W1")
    (problem,) = broken(catching("error", "reply"), called)
    assert "urged in English (urged) → [demo in English] caught in English (caught)" in problem.en


@pytest.mark.parametrize(
    ("says", "code", "told"),
    [('kind="not-same-person" what="approve" other="reply"', "call_in_guarantee", "approving:"),
     ('kind="never-by" what="approve" person="yes"', "call_in_guarantee", "approving:decide"),
     ('kind="not-same-person" what="reply" other="reply"', "same_step_twice", "reply")],
)  # fmt: skip
def test_a_promise_about_people_names_two_steps_of_people(says: str, code: str, told: str) -> None:
    p = promising()
    p.extra = f'<banjie:guarantee id="apart" {says} zh="分开" en="Apart"/>'
    (problem,) = broken(p, approving())
    assert problem.code == code
    assert told in problem.zh

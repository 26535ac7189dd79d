"""An intervention names the guarantees that it leads around, and only those."""

from __future__ import annotations

import pytest

from engine import spiff
from engine.spiff import Leap
from tests.engine.spiff.drawing import Process, compiled
from tests.engine.spiff.walking import Walk

GUARANTEE = '<banjie:guarantee id="{id}" kind="{kind}" {says} zh="{id}" en="{id}"/>'
KEPT = (
    ("approved_first", "only-after", 'what="reply" after="approve"'),
    ("approved_flow", "only-after", 'what="inner:tell" after="approved"'),
    ("archived", "every-end", 'what="archive"'),
    ("signed_off", "always-after", 'what="archive" after="reply"'),
)


def drawing() -> spiff.Compiled:
    """Draw: prepare → (approve beside check) → reply → inner(tell) → archive."""
    said = "".join(GUARANTEE.format(id=i, kind=k, says=s) for i, k, s in KEPT)
    p = Process("demo", extra=said)
    p.message_start()
    for step in ("prepare", "approve", "check", "look", "reply", "archive", "note"):
        p.user(step)
    p.parallel("fork")
    p.parallel("join")
    p.call("telling", "inner")
    p.end()
    p.chain("opened", "prepare", "fork", "approve")
    p.flow("approve", "join", id_="approved")
    p.chain("join", "reply", "telling", "archive", "note", "done")
    p.chain("fork", "check", "look", "join")
    inner = Process("inner")
    inner.start("begun")
    inner.user("tell")
    inner.end("told")
    inner.chain("begun", "tell", "told")
    return compiled(p, inner)


@pytest.fixture(scope="module")
def procedure() -> spiff.Compiled:
    return drawing()


def bypassed(walk: Walk, step: str | None, to: str | None = None) -> list[str]:
    """Give the guarantees that moving a step's token would bypass, or skipping the step."""
    at = spiff.position(walk.compiled, walk.move.state)
    task = walk.task(step).id if step else None
    place = next((p for p in spiff.places(walk.compiled) if p.element == to), None)
    open_now = {f"{each.process}:{each.element}" for each in at.tasks}
    passed = {
        name: number
        for number, move in enumerate(walk.moves)
        for name in (*move.flows, *move.reached)
        if name not in open_now
    }
    leap = Leap(task, place, {task} if task else ())
    return [one.id for one in spiff.bypassed(walk.compiled, at, leap, passed)]


def test_a_move_to_what_comes_only_after_or_before_it_is_told(procedure: spiff.Compiled) -> None:
    walk = Walk(procedure)
    assert bypassed(walk, "prepare", "reply") == ["approved_first", "approved_flow"]
    assert bypassed(walk, "prepare", "tell") == ["approved_flow"]
    assert bypassed(walk, None, "telling") == ["approved_flow"]
    assert bypassed(walk, "prepare", "approve") == []


def test_past_a_join_nothing_is_bypassed_that_the_other_branch_still_keeps(
    procedure: spiff.Compiled,
) -> None:
    walk = Walk(procedure)
    walk.does("prepare")
    assert bypassed(walk, "check", "look") == []
    assert bypassed(walk, "approve", "reply") == ["approved_first", "approved_flow"]
    assert bypassed(walk, "approve") == ["approved_first", "approved_flow"]
    walk.does("check")
    walk.does("look")
    assert bypassed(walk, "approve") == ["approved_first", "approved_flow"]


def test_what_was_approved_stays_approved(procedure: spiff.Compiled) -> None:
    walk = Walk(procedure)
    for step in ("prepare", "check", "look", "approve"):
        walk.does(step)
    assert bypassed(walk, "reply") == []
    assert bypassed(walk, "reply", "tell") == []
    assert bypassed(walk, "reply", "prepare") == []


def test_what_every_case_passes_is_told_once_it_is_passed_by(procedure: spiff.Compiled) -> None:
    walk = Walk(procedure)
    assert bypassed(walk, "prepare", "note") == ["archived"]
    for step in ("prepare", "check", "look", "approve"):
        walk.does(step)
    assert bypassed(walk, None, "note") == []
    walk.does("reply")
    assert bypassed(walk, "tell", "note") == ["archived", "signed_off"]
    walk.does("tell")
    assert bypassed(walk, "archive") == ["archived", "signed_off"]
    walk.does("archive")
    assert bypassed(walk, "note") == []


def test_to_skip_a_decision_whose_answer_is_in_the_data_is_no_approval() -> None:
    said = GUARANTEE.format(id="kept", kind="only-after", says='what="reply" after="approved"')
    p = Process("demo", extra=said)
    p.message_start()
    for step in ("decide", "reply"):
        p.user(step)
    p.xor("decision", "no")
    p.end()
    p.chain("opened", "decide", "decision")
    p.flow("decision", "reply", "yes", "approved")
    p.flow("decision", "done", id_="no")
    p.chain("reply", "done")
    for answer, told in ((True, ["kept"]), (False, [])):
        walk = Walk(compiled(p, fields=("yes",)), yes=answer)
        at = spiff.position(walk.compiled, walk.move.state)
        task = walk.task("decide").id
        flows = walk.skips("decide").flows
        leap = Leap(task, None, {task}, flows)
        assert [g.id for g in spiff.bypassed(walk.compiled, at, leap, {})] == told

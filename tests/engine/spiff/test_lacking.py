"""An intervention names what it leaves unfilled for what reads it later, and only that."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Asking, Leap
from tests.engine.spiff.drawing import Process, compiled, table
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMS = {
    "demo/inspect": Asking(["grade", "qty", "hint"]),
    "demo/weigh": Asking(["qty", "mass"]),
    "demo/look": Asking(["seen"], starts_from=["hint"], shows=["rate"]),
    "inner/tell": Asking(["said"]),
}


def drawing() -> spiff.Compiled:
    """Draw: prepare → inspect → weigh → rate (a table) → is it good? → look, or inner(tell)."""
    p = Process("demo")
    p.message_start()
    for step in ("prepare", "inspect", "weigh", "look"):
        p.user(step)
    p.rule("rate", "rating")
    p.xor("is_good", "good_no")
    p.call("telling", "inner")
    p.end()
    p.chain("opened", "prepare", "inspect", "weigh", "rate", "is_good")
    p.flow("is_good", "look", 'grade == "good" and qty > 1', "good_yes")
    p.flow("is_good", "telling", "", "good_no")
    p.chain("look", "done")
    p.flow("telling", "done")
    inner = Process("inner")
    inner.start("begun")
    inner.script("word", "word = hint")
    inner.user("tell")
    inner.end("told")
    inner.chain("begun", "word", "tell", "told")
    rating = table("rating", ["mass > 3"], ["rate"], [(["-"], ['"a"'])])
    fields = ("grade", "qty", "hint", "mass")
    return compiled(p, inner, fields=fields, tables={"rating": rating})


@pytest.fixture(scope="module")
def procedure() -> spiff.Compiled:
    return drawing()


def lacking(
    walk: Walk,
    step: str | None,
    to: str | None = None,
    *filled: str,
    forms: Mapping[str, Asking] = FORMS,
) -> dict[str, object]:
    """Say what a skipped step, or a moved token, leaves unfilled, and where that is read."""
    at = spiff.position(walk.compiled, walk.move.state)
    place = next((p for p in spiff.places(walk.compiled) if p.element == to), None)
    task = walk.task(step).id if step else None
    leap = Leap(task, place, {task} if task else ())
    found = spiff.lacking(walk.compiled, at, leap, passed={}, filled=filled, forms=forms)
    return {
        f"{each.left}.{name}": [(f"{r.process}:{r.element}", r.how) for r in each.readers]
        for each in found
        for name in each.variables
    }


def test_a_skipped_step_says_who_reads_what_it_would_have_filled(procedure: spiff.Compiled) -> None:
    walk = Walk(procedure)
    walk.does("prepare")
    assert lacking(walk, "inspect") == {
        "demo:inspect.grade": [("demo:is_good", "condition")],
        "demo:inspect.hint": [("demo:look", "form"), ("inner:word", "otherwise")],
    }, "what weigh fills as well does not lack behind it"
    assert lacking(walk, "inspect", None, "grade", "hint") == {}
    walk.does("inspect", grade="good", hint="x", qty=1)
    assert lacking(walk, "weigh", None, "grade", "qty") == {
        "demo:weigh.mass": [("demo:rate", "table")]
    }


def test_a_move_says_it_of_all_that_it_goes_past(procedure: spiff.Compiled) -> None:
    walk = Walk(procedure)
    assert lacking(walk, "prepare", "look", "hint") == {
        "demo:rate.rate": [("demo:look", "form")]
    }, "what a form only shows"
    found = lacking(walk, "prepare", "telling")
    assert found == {"demo:inspect.hint": [("inner:word", "otherwise")]}
    walk.does("prepare")
    assert set(lacking(walk, "inspect", "weigh")) == {"demo:inspect.grade", "demo:inspect.hint"}
    assert lacking(walk, "inspect", "prepare") == {}, "it will be done when come to"
    assert lacking(walk, None, "look") == {}


def test_a_step_does_not_lack_what_its_own_form_begins_with() -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.user("look")
    p.xor("is_enough", "enough_yes")
    p.end()
    p.chain("opened", "ask", "look", "is_enough")
    p.flow("is_enough", "ask", "qty > 1", "enough_no")
    p.flow("is_enough", "done", "", "enough_yes")
    asking = {"demo/ask": Asking(["hint", "qty"], starts_from=["hint"])}
    walk = Walk(compiled(p, fields=("hint", "qty")))
    assert lacking(walk, "ask", forms=asking) == {"demo:ask.qty": [("demo:is_enough", "condition")]}


def approving() -> spiff.Compiled:
    """Draw: ask → amount (a script) → ours (a call) and mine, in a lane whose table ours fills."""
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.script("round_up", "amount = amount + 1")
    p.call("ours", "inner")
    p.xor("is_more", "more_no")
    p.user("other")
    p.user("mine")
    p.user("theirs")
    p.end()
    p.chain("opened", "ask", "round_up", "ours", "is_more")
    p.flow("is_more", "mine", "amount > 1", "more_yes")
    p.flow("is_more", "other", "", "more_no")
    p.chain("other", "ours")
    p.chain("mine", "theirs", "done")
    p.lane("核决人", "ours", "is_more", "mine", role_from="approver")
    inner = Process("inner")
    inner.start("begun")
    inner.rule("who", "who")
    inner.user("decide")
    inner.end("told")
    inner.chain("begun", "who", "decide", "told")
    inner.lane("核决人", "decide", role_from="approver")
    tables = {"who": table("who", ["amount > 3"], ["approver"], [(["-"], ['"gm"'])])}
    return compiled(p, inner, fields=("amount",), tables=tables)


def test_a_lane_that_names_its_role_is_read_by_its_steps_and_not_by_calls_in_it() -> None:
    walk = Walk(approving())
    forms = {"demo/ask": Asking(["amount"])}
    assert lacking(walk, "ask", "other", "amount", forms=forms) == {}, "ours fills it first"
    assert lacking(walk, "ask", "mine", "amount", forms=forms) == {
        "inner:who.approver": [("demo:mine", "otherwise")]
    }


def test_what_a_form_and_a_script_would_have_filled_lacks_once_by_the_form() -> None:
    found = lacking(Walk(approving()), "ask", "ours", forms={"demo/ask": Asking(["amount"])})
    assert set(found) == {"demo:ask.amount"}

"""Conditional events: they happen when a condition becomes true, wherever the case stands."""

from __future__ import annotations

import pytest

from engine.spiff import RunError
from tests.engine.spiff.drawing import (
    Process,
    Scope,
    compiled,
    holding,
    messaging,
    timing,
    variable,
)
from tests.engine.spiff.walking import Walk


def begun() -> Process:
    """Begin a procedure with an amount that steps fill in."""
    p = Process("demo", extra=variable("amount", "0"))
    p.message_start()
    return p


def beside_a_step(p: Process, event: str, *, interrupting: bool = False) -> None:
    """Draw two steps at a time: beside the first one an event, the second one fills in."""
    p.parallel("fork")
    p.user("work")
    p.user("fill")
    p.end()
    p.end("filled")
    p.chain("opened", "fork", "work", "done")
    p.xor("merge")
    p.xor("again", "again_to_merge")
    p.chain("fork", "merge", "fill", "again", "merge")
    p.flow("again", "filled", "enough")
    (p.instead if interrupting else p.beside)("large", "work", event)
    p.user("review")
    p.end("reviewed")
    p.chain("large", "review", "reviewed")


@pytest.mark.parametrize("amount", [0, 500])
def test_it_waits_until_the_condition_is_true_and_may_be_true_at_once(amount: int) -> None:
    p = Process("demo", extra=variable("amount", str(amount)))
    p.message_start()
    p.parallel("fork")
    p.until("large", "amount > 100")
    p.user("fill")
    p.end()
    p.end("filled")
    p.chain("opened", "fork", "large", "done")
    p.chain("fork", "fill", "filled")
    walk = Walk(compiled(p, fields=("amount",)))
    assert ("demo:done" in walk.move.reached) is (amount > 100)
    if amount == 0:
        assert walk.move.awaited == ()
        assert walk.does("fill", amount=101).ended == "demo:done"


def test_a_step_elsewhere_makes_it_happen() -> None:
    p = begun()
    beside_a_step(p, holding("amount > 100"))
    walk = Walk(compiled(p, fields=("amount", "enough")))
    walk.does("fill", amount=100, enough=False)
    assert walk.waits == ["fill", "work"]
    walk.does("fill", amount=101, enough=False)
    assert walk.waits == ["fill", "review", "work"]


def test_it_happens_again_once_it_has_been_untrue() -> None:
    p = begun()
    beside_a_step(p, holding("amount > 100"))
    walk = Walk(compiled(p, fields=("amount", "enough")))
    seen = []
    for amount in (200, 300, 50, 60, 400, 500):
        walk.does("fill", amount=amount, enough=False)
        seen.append(walk.waits.count("review"))
    assert seen == [1, 1, 1, 1, 2, 2]
    walk.does("work")
    walk.does("fill", amount=1, enough=False)
    walk.does("fill", amount=999, enough=True)
    assert walk.waits == ["review", "review"]


def test_what_was_true_from_the_beginning_must_become_untrue_first() -> None:
    p = begun()
    p.extra = variable("amount", "500")
    beside_a_step(p, holding("amount > 100"))
    walk = Walk(compiled(p, fields=("amount", "enough")))
    assert walk.waits == ["fill", "review", "work"]
    walk.does("fill", amount=600, enough=False)
    assert walk.waits == ["fill", "review", "work"]
    walk.does("fill", amount=6, enough=False)
    walk.does("fill", amount=600, enough=False)
    assert walk.waits == ["fill", "review", "review", "work"]


def test_interrupting_it_ends_the_activity() -> None:
    p = begun()
    beside_a_step(p, holding("amount > 100"), interrupting=True)
    walk = Walk(compiled(p, fields=("amount", "enough")))
    work = walk.task("work")
    move = walk.does("fill", amount=101, enough=False)
    assert work.id in move.closed
    assert walk.waits == ["fill", "review"]


def test_of_two_conditions_that_would_end_an_activity_one_does() -> None:
    p = begun()
    beside_a_step(p, holding("amount > 100"), interrupting=True)
    p.instead("larger", "work", holding("amount > 1000"))
    p.user("audit")
    p.end("audited")
    p.chain("larger", "audit", "audited")
    walk = Walk(compiled(p, fields=("amount", "enough")))
    walk.does("fill", amount=5000, enough=False)
    assert walk.waits == ["fill", "review"]


@pytest.mark.parametrize("event", ["message", "timer"])
def test_messages_and_timers_that_change_a_value_make_it_happen(event: str) -> None:
    p = begun()
    p.message("m_paid", carries="amount", name="paid")
    p.parallel("fork")
    p.until("large", "amount > 100")
    p.end()
    p.chain("opened", "fork", "large", "done")
    p.chain("fork", "came")
    if event == "message":
        p.catch("came", "m_paid", 'banjie:offeredTo="qc"')
    else:
        p.add("intermediateCatchEvent", "came", timing("P1D"))
    p.script("sets", "amount = amount + 101")
    p.end("set")
    p.chain("came", "sets", "set")
    walk = Walk(compiled(p))
    move = walk.hears("came", amount=1) if event == "message" else walk.wakes(days=1)
    assert move.ended == "demo:done"


@pytest.mark.parametrize("kind", ["sub", "call"])
def test_each_process_instance_has_its_own_values(kind: str) -> None:
    p = begun()
    inside: Scope = Scope("demo") if kind == "sub" else Process("part")
    inside.start("part_begun")
    inside.parallel("part_fork")
    inside.until("large", "amount > 100")
    inside.user("fill")
    inside.end("large_done")
    inside.end("fill_done")
    inside.chain("part_begun", "part_fork", "large", "large_done")
    inside.chain("part_fork", "fill", "fill_done")
    p.parallel("fork")
    p.sub("around", inside) if kind == "sub" else p.call("around", "part")
    p.until("outside", "amount > 100")
    p.end()
    p.end("outside_done")
    p.user("closing")
    p.chain("opened", "fork", "around", "closing", "done")
    p.chain("fork", "outside", "outside_done")
    processes = [p, inside] if isinstance(inside, Process) else [p]
    walk = Walk(compiled(*processes, fields=("amount",)))
    move = walk.does("fill", amount=101)
    assert f"{'part' if kind == 'call' else 'demo'}:large_done" in move.reached
    assert "demo:outside_done" in move.reached
    assert walk.waits == ["closing"]


def test_a_condition_without_values_is_not_true() -> None:
    p = begun()
    p.extra = ""
    beside_a_step(p, holding("amount > 100"))
    walk = Walk(compiled(p, fields=("amount", "enough")))
    assert walk.waits == ["fill", "work"]
    walk.does("fill", amount=None, enough=False)
    assert walk.waits == ["fill", "work"]
    walk.does("fill", amount=101, enough=False)
    assert walk.waits == ["fill", "review", "work"]


def test_what_cannot_be_judged_is_an_incident_that_names_it() -> None:
    p = begun()
    beside_a_step(p, holding("amount > 100"))
    walk = Walk(compiled(p, fields=("amount", "enough")))
    with pytest.raises(RunError) as caught:
        walk.does("fill", amount="many", enough=False)
    found = caught.value
    assert (found.element, found.variable, found.expression) == ("large", "amount", "amount > 100")


def test_a_condition_that_stays_true_in_a_loop_is_a_loop_without_end() -> None:
    p = begun()
    p.xor("merge")
    p.until("large", "amount >= 0")
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge", "large", "again", "merge")
    p.flow("again", "done", "amount < 0")
    with pytest.raises(RunError) as caught:
        Walk(compiled(p))
    assert "5000" in caught.value.zh


def test_a_wait_met_and_a_condition_agree_on_the_same_message() -> None:
    p = begun()
    p.message("m_paid", carries="amount", name="paid")
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    p.beside("paid", "work", messaging("m_paid"), 'banjie:offeredTo="qc"')
    p.end("paid_done")
    p.chain("paid", "paid_done")
    p.instead("large", "work", holding("amount > 100"))
    p.end("large_done")
    p.chain("large", "large_done")
    walk = Walk(compiled(p))
    assert walk.hears("paid", amount=100).ended is None
    assert walk.hears("paid", amount=101).ended == "demo:large_done"

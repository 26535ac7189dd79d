"""Event-based gateways: the event that happens first takes its way alone."""

from __future__ import annotations

import pytest

from engine import spiff
from engine.spiff import NotAwaitedError
from tests.engine.spiff.drawing import Process, Scope, compiled, messaging, variable
from tests.engine.spiff.walking import Walk


def choosing(scope: Scope, *, leave: str = "") -> None:
    """Draw a gateway with one event of each kind, each with an end of its own or `leave`."""
    scope.catch("paid", "m_paid")
    scope.receive("returned", "m_returned")
    scope.hear("recalled", "s_recall")
    scope.timer("late", "P1D")
    scope.timer("too_late", "P2D")
    scope.until("large", "amount > 100")
    scope.choice("wait", "paid", "returned", "recalled", "late", "too_late", "large")
    for id_ in ("paid", "returned", "recalled", "late", "too_late", "large"):
        if leave:
            scope.chain(id_, leave)
        else:
            scope.end(f"{id_}_done")
            scope.chain(id_, f"{id_}_done")


def begun(process: str = "demo") -> Process:
    p = Process(process)
    if process == "demo":
        p.extra = variable("amount", "0") + variable("claim", "17")
    p.message("m_paid", keys="claim", carries="amount", name="paid")
    p.message("m_returned", keys="claim", name="returned")
    p.signal("s_recall", name="recall")
    return p


def drawn() -> Process:
    p = begun()
    p.message_start()
    p.parallel("fork")
    choosing(p)
    p.user("fill")
    p.end("fill_done")
    p.chain("opened", "fork", "wait")
    p.chain("fork", "fill", "fill_done")
    return p


def test_all_its_events_wait_and_none_counts_as_taken() -> None:
    walk = Walk(compiled(drawn(), fields=("amount",)))
    assert walk.listens == ["paid", "recalled", "returned"]
    assert walk.timers == ["late", "too_late"]
    assert walk.move.flows == ("demo:opened_to_fork", "demo:fork_to_wait", "demo:fork_to_fill")
    assert walk.move.reached == ("demo:opened", "demo:fork", "demo:wait", "demo:fill")
    assert walk.wait("paid").keys == {"claim": 17}


@pytest.mark.parametrize("event", ["paid", "returned", "recalled"])
def test_a_message_or_signal_withdraws_the_others(event: str) -> None:
    walk = Walk(compiled(drawn(), fields=("amount",)))
    before = dict(walk.awaited)
    move = walk.hears(event)
    assert set(move.unawaited) == set(before)
    assert {timer.element for timer in move.disarmed} == {"late", "too_late"}
    assert move.flows == (f"demo:wait_to_{event}", f"demo:{event}_to_{event}_done")
    assert move.reached == (f"demo:{event}", f"demo:{event}_done")
    for wait in before:
        with pytest.raises(NotAwaitedError):
            spiff.deliver(walk.compiled, move.state, wait, {}, now=walk.now)
    assert walk.does("fill", amount=500).ended == "demo:fill_done"


@pytest.mark.parametrize("days", [1, 2, 5])
def test_of_two_timers_the_earlier_one_happens(days: int) -> None:
    walk = Walk(compiled(drawn(), fields=("amount",)))
    move = walk.wakes(days=days)
    assert [timer.element for timer in move.fired] == ["late"]
    assert [timer.element for timer in move.disarmed] == ["too_late"]
    assert move.reached == ("demo:late", "demo:late_done")
    assert walk.listens == walk.timers == []


def test_a_condition_may_happen_first_or_at_once() -> None:
    walk = Walk(compiled(drawn(), fields=("amount",)))
    move = walk.does("fill", amount=101)
    assert "demo:wait_to_large" in move.flows
    assert move.ended == "demo:large_done"
    p = drawn()
    p.extra = variable("amount", "999") + variable("claim", "17")
    walk = Walk(compiled(p, fields=("amount",)))
    assert walk.listens == walk.timers == []
    assert walk.waits == ["fill"]


def test_a_signal_from_beside_it_is_heard() -> None:
    p = drawn()
    p.without("fill_done")
    p.without("fill_to_fill_done")
    p.shout_at_end("shouted", "s_recall")
    p.chain("fill", "shouted")
    walk = Walk(compiled(p, fields=("amount",)))
    assert walk.does("fill").ended == "demo:recalled_done"


def test_in_a_loop_each_round_waits_anew() -> None:
    p = begun()
    p.message_start()
    p.xor("merge")
    p.xor("met")
    p.xor("again", "again_to_merge")
    p.end()
    choosing(p, leave="met")
    p.chain("opened", "merge", "wait")
    p.chain("met", "again", "merge")
    p.flow("again", "done", "amount == 3")
    walk = Walk(compiled(p))
    sizes = []
    for number in range(120):
        waits = set(walk.awaited)
        event = ("paid", "returned", "recalled", "late")[number % 4]
        move = walk.wakes(days=1) if event == "late" else walk.hears(event, amount=1)
        assert f"demo:wait_to_{event}" in move.flows
        assert not waits & set(walk.awaited)
        sizes.append(len(move.state))
    assert max(sizes[30:]) <= max(sizes[:30]) * 1.1
    assert walk.hears("paid", amount=3).ended == "demo:done"


@pytest.mark.parametrize("kind", ["sub", "call"])
def test_inside_another_process_it_ends_with_what_is_around(kind: str) -> None:
    inside: Scope = Scope("demo") if kind == "sub" else begun("part")
    inside.start("part_begun")
    choosing(inside)
    inside.chain("part_begun", "wait")
    p = begun()
    p.message_start()
    p.sub("around", inside) if kind == "sub" else p.call("around", "part")
    p.message("m_stop", keys="claim", name="stop")
    p.instead("stopped", "around", messaging("m_stop"))
    p.user("after")
    p.end()
    p.end("stopped_done")
    p.chain("opened", "around", "after", "done")
    p.chain("stopped", "stopped_done")
    procedure = compiled(*([p, inside] if isinstance(inside, Process) else [p]))
    walk = Walk(procedure)
    walk.hears("paid", amount=1)
    assert (walk.waits, walk.listens, walk.timers) == (["after"], [], [])
    walk = Walk(procedure)
    assert walk.hears("stopped").ended == "demo:stopped_done"
    assert (walk.listens, walk.timers) == ([], [])


def test_the_gateway_holds_a_join_until_one_has_happened() -> None:
    p = begun()
    p.message_start()
    p.inclusive("pick", "pick_to_fill")
    p.inclusive("gather")
    p.xor("met")
    choosing(p, leave="met")
    p.user("fill")
    p.user("other")
    p.user("after")
    p.end()
    p.chain("opened", "pick", "fill", "gather", "after", "done")
    p.flow("pick", "wait", "claim == 17")
    p.flow("pick", "other", "claim == 17")
    p.chain("other", "gather")
    p.chain("met", "gather")
    walk = Walk(compiled(p))
    walk.does("other")
    assert walk.waits == []
    walk.hears("recalled")
    assert walk.waits == ["after"]

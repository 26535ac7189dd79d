"""Messages that a case waits for: alone, in loops, in parts, in parallel, beside activities."""

from __future__ import annotations

from uuid import uuid4

import pytest

from engine import spiff
from engine.spiff import Message, NotAwaitedError, RunError
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, messaging, variable
from tests.engine.spiff.walking import Walk

WAITERS = ["catch", "receive"]


def draw(scope: Scope, waiter: str, id_: str) -> None:
    """Draw something that waits for `m_paid`."""
    (scope.catch if waiter == "catch" else scope.receive)(id_, "m_paid")


def begun(numbered: str = "claim", carries: str = "amount") -> Process:
    """Begin a procedure that knows the message `m_paid`."""
    p = Process("demo", extra=variable(numbered, "17") + variable("amount", "0"))
    p.message_start()
    p.message("m_paid", keys=numbered, carries=carries, name="paid")
    return p


@pytest.mark.parametrize("waiter", WAITERS)
def test_a_message_is_waited_for_by_the_values_of_its_keys(waiter: str) -> None:
    p = begun()
    draw(p, waiter, "paid")
    p.xor("much", "much_to_done")
    p.end()
    p.end("rich")
    p.chain("opened", "paid", "much", "done")
    p.flow("much", "rich", "amount > 100")
    walk = Walk(compiled(p))
    (wait,) = walk.move.awaited
    assert (wait.kind, wait.name, wait.keys, wait.offered) == (
        "message",
        "paid",
        {"claim": 17},
        (),
    )
    assert (wait.process, wait.element) == ("demo", "paid")
    assert walk.move.reached == ("demo:opened", "demo:paid")
    move = walk.hears("paid", amount=500, claim=3, rich=True)
    assert (move.unawaited, move.ended) == ((wait.id,), "demo:rich")
    assert move.flows == ("demo:paid_to_much", "demo:much_to_rich")
    with pytest.raises(NotAwaitedError):
        spiff.deliver(walk.compiled, move.state, wait.id, {}, now=T0)


def test_only_what_the_message_carries_is_taken() -> None:
    p = begun(carries="amount")
    p.catch("paid", "m_paid")
    p.user("check")
    p.end()
    p.chain("opened", "paid", "check", "done")
    walk = Walk(compiled(p))
    move = walk.hears("paid", claim=3, amount={"__class__": ["x"]}, typename="y")
    (task,) = move.opened
    assert spiff.known(walk.compiled, move.state, task.id) == {
        "claim": 17, "amount": {"__class__": ["x"]},
    }  # fmt: skip


def test_a_wait_that_nobody_knows_is_refused() -> None:
    p = begun()
    p.catch("paid", "m_paid")
    p.end()
    p.chain("opened", "paid", "done")
    walk = Walk(compiled(p))
    with pytest.raises(NotAwaitedError):
        spiff.deliver(walk.compiled, walk.move.state, uuid4(), {}, now=T0)


@pytest.mark.parametrize("value", [None, "", [1], {"a": 1}])
def test_a_key_without_a_value_is_named(value: object) -> None:
    p = begun()
    p.user("ask")
    p.catch("paid", "m_paid")
    p.end()
    p.chain("opened", "ask", "paid", "done")
    walk = Walk(compiled(p, fields=("claim",)))
    with pytest.raises(RunError) as caught:
        walk.does("ask", claim=value)
    assert (caught.value.element, caught.value.variable) == ("paid", "claim")


def test_a_thrown_message_sends_keys_and_payload() -> None:
    p = begun(carries="amount unknown")
    p.extra += variable("ready", "1")
    p.add("sendTask", "pay", "", 'messageRef="m_paid" banjie:notifies="qc"')
    p.add("intermediateThrowEvent", "pay_again", messaging("m_paid"))
    p.add("endEvent", "done", messaging("m_paid"))
    p.script("more", "amount = amount + 5")
    p.chain("opened", "pay", "more", "pay_again", "done")
    walk = Walk(compiled(p, fields=("unknown",)))
    assert walk.move.effects == (
        Message("paid", "demo", "pay", ("qc",), {"claim": 17}, {"amount": 0}),
        Message("paid", "demo", "pay_again", (), {"claim": 17}, {"amount": 5}),
        Message("paid", "demo", "done", (), {"claim": 17}, {"amount": 5}),
    )


def test_the_key_of_a_thrown_message_must_have_a_value() -> None:
    p = begun()
    p.user("ask")
    p.add("sendTask", "pay", "", 'messageRef="m_paid"')
    p.end()
    p.chain("opened", "ask", "pay", "done")
    walk = Walk(compiled(p, fields=("claim",)))
    with pytest.raises(RunError) as caught:
        walk.does("ask", claim=None)
    assert (caught.value.element, caught.value.variable) == ("pay", "claim")


def test_a_receive_task_runs_its_prescript_once_and_before_its_keys_are_read() -> None:
    p = begun()
    p.receive("paid", "m_paid", before="claim = claim + 1")
    p.parallel("fork")
    p.parallel("join")
    p.user("other")
    p.end()
    p.chain("opened", "fork", "paid", "join", "done")
    p.chain("fork", "other", "join")
    walk = Walk(compiled(p))
    assert walk.wait("paid").keys == {"claim": 18}
    walk.does("other")
    assert walk.wait("paid").keys == {"claim": 18}
    assert walk.hears("paid").ended == "demo:done"


@pytest.mark.parametrize("waiter", WAITERS)
def test_each_round_of_a_loop_waits_anew(waiter: str) -> None:
    p = begun()
    p.xor("merge")
    draw(p, waiter, "paid")
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge", "paid", "again", "merge")
    p.flow("again", "done", "amount > 2")
    walk = Walk(compiled(p))
    seen = {walk.wait("paid").id}
    for amount in (0, 1, 2):
        move = walk.hears("paid", amount=amount)
        (wait,) = move.awaited
        assert move.unawaited != (wait.id,)
        seen.add(wait.id)
    assert len(seen) == 4
    assert walk.hears("paid", amount=3).ended == "demo:done"


@pytest.mark.parametrize("kind", ["sub", "call"])
@pytest.mark.parametrize("waiter", WAITERS)
def test_it_waits_inside_another_process(kind: str, waiter: str) -> None:
    p = begun()
    inside: Scope = Scope("demo") if kind == "sub" else Process("part")
    inside.start("part_begun")
    draw(inside, waiter, "paid")
    inside.end("part_done")
    inside.chain("part_begun", "paid", "part_done")
    p.xor("much", "much_to_rich")
    p.end()
    p.end("rich")
    if isinstance(inside, Process):
        inside.message("m_paid", keys="claim", carries="amount", name="paid")
        p.call("around", "part", before="claim = 4")
    else:
        p.sub("around", inside)
    p.chain("opened", "around", "much", "rich")
    p.flow("much", "done", "amount == 9")
    processes = [p, inside] if isinstance(inside, Process) else [p]
    walk = Walk(compiled(*processes))
    wait = walk.wait("paid")
    assert wait.process == ("part" if kind == "call" else "demo")
    assert wait.keys == {"claim": 4 if kind == "call" else 17}
    assert walk.hears("paid", amount=9).ended == "demo:done"


@pytest.mark.parametrize("waiter", WAITERS)
def test_a_waiting_branch_holds_its_join_and_the_end(waiter: str) -> None:
    p = begun()
    p.parallel("fork")
    for id_ in ("left", "right"):
        draw(p, waiter, id_)
        p.chain("fork", id_)
    p.chain("opened", "fork")
    p.parallel("join")
    p.chain("left", "join")
    p.user("after")
    p.user("beside")
    p.chain("fork", "beside", "join", "after")
    p.end()
    p.end("right_done")
    p.chain("after", "done")
    p.chain("right", "right_done")
    walk = Walk(compiled(p))
    assert walk.listens == ["left", "right"]
    walk.does("beside")
    assert walk.waits == []
    walk.hears("left")
    assert walk.does("after").ended is None
    assert walk.listens == ["right"]
    assert walk.hears("right").ended == "demo:right_done"


def test_an_inclusive_join_waits_for_a_branch_that_waits() -> None:
    p = begun()
    p.inclusive("pick", "pick_to_left")
    p.inclusive("gather")
    p.catch("paid", "m_paid")
    p.user("left")
    p.user("after")
    p.end()
    p.chain("opened", "pick", "left", "gather", "after", "done")
    p.flow("pick", "paid", "claim == 17")
    p.flow("pick", "left_too", "claim == 17")
    p.user("left_too")
    p.chain("left_too", "gather")
    p.chain("paid", "gather")
    walk = Walk(compiled(p))
    walk.does("left_too")
    assert walk.waits == []
    walk.hears("paid")
    assert walk.waits == ["after"]


def test_a_terminate_end_withdraws_what_is_waited_for() -> None:
    p = begun()
    p.parallel("fork")
    p.catch("paid", "m_paid")
    p.end()
    p.user("stop")
    p.terminate("stopped")
    p.chain("opened", "fork", "paid", "done")
    p.chain("fork", "stop", "stopped")
    walk = Walk(compiled(p))
    wait = walk.wait("paid")
    move = walk.does("stop")
    assert (move.unawaited, move.ended) == ((wait.id,), "demo:stopped")


class TestBesideAnActivity:
    @staticmethod
    def asked(more: str = "", *, interrupting: bool = False) -> Process:
        """Draw a step during which a withdrawal may come."""
        p = begun()
        p.message("m_asked", keys="claim", carries="amount", name="asked")
        p.user("work")
        p.end()
        p.chain("opened", "work", "done")
        (p.instead if interrupting else p.beside)("asked", "work", messaging("m_asked"), more)
        p.user("answer")
        p.end("answered")
        p.chain("asked", "answer", "answered")
        return p

    def test_a_wait_that_is_never_met_does_not_hold_its_scope(self) -> None:
        walk = Walk(compiled(self.asked()))
        wait = walk.wait("asked")
        move = walk.does("work")
        assert (move.unawaited, move.ended) == ((wait.id,), "demo:done")

    def test_non_interrupting_waits_again_and_may_happen_many_times(self) -> None:
        walk = Walk(compiled(self.asked()))
        for round_ in range(1, 4):
            before = walk.wait("asked")
            move = walk.hears("asked", amount=round_)
            (after,) = move.awaited
            assert move.unawaited == (before.id,)
            assert after.id != before.id
            assert walk.waits == ["answer"] * round_ + ["work"]
        walk.does("work")
        assert walk.listens == []
        for _ in range(2):
            assert walk.does("answer").ended is None
        assert walk.does("answer").ended == "demo:answered"

    def test_interrupting_ends_the_activity(self) -> None:
        walk = Walk(compiled(self.asked(interrupting=True)))
        task = walk.task("work")
        move = walk.hears("asked")
        assert (move.closed, walk.waits, walk.listens) == ((task.id,), ["answer"], [])
        assert walk.does("answer").ended == "demo:answered"

    def test_the_next_wait_reads_the_keys_anew(self) -> None:
        p = self.asked()
        p.declared.clear()
        p.message("m_asked", keys="claim", carries="claim", name="asked")
        walk = Walk(compiled(p))
        walk.hears("asked", claim=99)
        assert walk.wait("asked").keys == {"claim": 99}

    def test_the_state_stays_small_however_often_it_happens(self) -> None:
        p = self.asked()
        p.without("asked_to_answer")
        p.without("answer")
        p.without("answer_to_answered")
        p.flow("asked", "answered")
        walk = Walk(compiled(p))
        sizes = []
        for _ in range(300):
            walk.hears("asked", amount=1)
            sizes.append(len(walk.move.state))
        assert max(sizes[100:]) <= max(sizes[:100]) * 1.1
        assert walk.does("work").ended == "demo:done"

    @pytest.mark.parametrize("kind", ["sub", "call"])
    def test_it_lasts_as_long_as_the_process_inside(self, kind: str) -> None:
        p = begun()
        inside: Scope = Scope("demo") if kind == "sub" else Process("part")
        inside.start("part_begun")
        inside.user("first")
        inside.user("second")
        inside.end("part_done")
        inside.chain("part_begun", "first", "second", "part_done")
        p.sub("around", inside) if kind == "sub" else p.call("around", "part")
        p.end()
        p.chain("opened", "around", "done")
        p.beside("asked", "around", messaging("m_paid"))
        p.end("answered")
        p.chain("asked", "answered")
        p.instead("stopped", "around", messaging("m_stop"))
        p.message("m_stop", keys="claim")
        p.end("gone")
        p.chain("stopped", "gone")
        processes = [p, inside] if isinstance(inside, Process) else [p]
        walk = Walk(compiled(*processes))
        walk.hears("asked")
        walk.does("first")
        walk.hears("asked")
        assert walk.listens == ["asked", "stopped"]
        assert walk.waits == ["second"]
        move = walk.hears("stopped")
        assert (move.ended, walk.waits, walk.listens) == ("demo:gone", [], [])

    def test_it_is_offered_to_roles(self) -> None:
        p = self.asked('banjie:offeredTo="gm =who"')
        p.extra += variable("who", '"qc"')
        p.declared.clear()
        p.message("m_asked", name="asked")
        walk = Walk(compiled(p))
        wait = walk.wait("asked")
        assert (wait.keys, wait.offered) == ({}, ("gm", "qc"))
        walk.hears("asked")
        assert walk.wait("asked").offered == ("gm", "qc")


def test_a_timer_that_is_due_takes_the_wait_away_first() -> None:
    p = begun()
    p.receive("paid", "m_paid")
    p.end()
    p.chain("opened", "paid", "done")
    p.interrupt("late", "paid", "PT1H")
    p.end("never_paid")
    p.chain("late", "never_paid")
    walk = Walk(compiled(p))
    wait, state = walk.wait("paid"), walk.move.state
    later = T0.replace(hour=T0.hour + 1)
    with pytest.raises(NotAwaitedError):
        spiff.deliver(walk.compiled, state, wait.id, {}, now=later)
    move = walk.wakes(hours=1)
    assert (move.unawaited, move.ended) == ((wait.id,), "demo:never_paid")


def test_each_instance_of_a_receive_task_waits_with_its_own_key() -> None:
    p = Process("demo", extra=variable("depts", '["qc", "sales"]') + variable("said", "[]"))
    p.message_start()
    p.message("m_reply", keys="dept", carries="verdict", name="reply")
    p.receive("reply", "m_reply")
    p.each("reply", "depts", "dept", "said", "verdict")
    p.user("after")
    p.xor("which", "which_to_done")
    p.end()
    p.end("agreed")
    p.chain("opened", "reply", "after", "which", "done")
    p.flow("which", "agreed", 'said == ["yes", "no"]')
    walk = Walk(compiled(p))
    assert {str(wait.keys["dept"]) for wait in walk.awaited.values()} == {"qc", "sales"}
    for _ in range(2):
        dept = walk.wait("reply").keys["dept"]
        walk.hears("reply", verdict="yes" if dept == "qc" else "no")
    assert walk.waits == ["after"]
    assert walk.does("after").ended == "demo:agreed"


def test_a_message_beside_a_repeated_activity_is_beside_all_of_it() -> None:
    p = begun()
    p.extra += variable("depts", '["qc", "sales"]')
    p.user("work")
    p.each("work", "depts", "dept")
    p.end()
    p.chain("opened", "work", "done")
    p.instead("stopped", "work", messaging("m_paid"))
    p.end("gone")
    p.chain("stopped", "gone")
    walk = Walk(compiled(p))
    assert (walk.waits, walk.listens) == (["work", "work"], ["stopped"])
    walk.does("work")
    assert walk.hears("stopped").ended == "demo:gone"


def test_a_cancelled_transaction_withdraws_what_it_waits_for() -> None:
    inside = Scope("demo")
    inside.start("begun")
    inside.parallel("fork")
    inside.user("decide")
    inside.throws("cancelled", "cancel")
    inside.catch("paid", "m_paid")
    inside.end("paid_done")
    inside.chain("begun", "fork", "decide", "cancelled")
    inside.chain("fork", "paid", "paid_done")
    p = begun()
    p.transaction("book", inside)
    p.end()
    p.chain("opened", "book", "done")
    p.catches("undone", "book", "cancel")
    p.end("told_it")
    p.chain("undone", "told_it")
    walk = Walk(compiled(p))
    wait = walk.wait("paid")
    move = walk.does("decide")
    assert (move.unawaited, move.ended) == ((wait.id,), "demo:told_it")

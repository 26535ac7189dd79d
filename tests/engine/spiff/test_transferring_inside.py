"""A case goes on in another version: joins, called processes, sub-processes and turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Verdict
from engine.spiff.codec import load
from engine.spiff.pruning import last_runs
from tests.engine.spiff.drawing import Process, Scope, compiled, variable
from tests.engine.spiff.test_transferring import moved, reasons, row
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from engine.spiff import Compiled


def forked(*branches: tuple[str, ...], after: str = "answer") -> Process:
    """Draw branches of steps beside each other, and a step after them."""
    p = row(after)
    p.without(f"opened_to_{after}")
    p.parallel("fork")
    p.parallel("join")
    p.chain("opened", "fork")
    for branch in branches:
        for step in branch:
            if step not in p.ids:
                p.user(step)
        p.chain("fork", *branch, "join")
    p.chain("join", after)
    return p


class TestJoins:
    def test_a_branch_that_has_come_waits_on(self) -> None:
        walk = self.case(("a", "d"), ("b",), done=("a", "d"))
        assert walk.transfers(compiled(forked(("a", "d"), ("b", "c")))).verdict is Verdict.SAME
        walk.does("b")
        walk.does("c")
        assert walk.waits == ["answer"]

    @staticmethod
    def case(*branches: tuple[str, ...], done: tuple[str, ...] = ()) -> Walk:
        walk = Walk(compiled(forked(*branches)))
        for step in done:
            walk.does(step)
        return walk

    def test_the_flow_by_which_it_came_may_begin_elsewhere(self) -> None:
        walk = self.case(("a",), ("b",), done=("a",))
        p = forked(("a", "c"), ("b",))
        p.xml = [xml.replace('id="c_to_join"', 'id="a_to_join"') for xml in p.xml]
        p.flows[p.flows.index("c_to_join")] = "a_to_join"
        assert walk.transfers(compiled(p)).verdict is Verdict.SAME
        walk.does("b")
        assert walk.waits == ["answer"]

    def test_a_flow_that_leads_elsewhere_is_named(self) -> None:
        walk = self.case(("a",), ("b",), done=("a",))
        assert [element for element, en in reasons(walk, compiled(forked(("a", "c"), ("b",))))] == [
            "join"
        ]

    def test_one_branch_more_would_be_waited_for_forever(self) -> None:
        walk = self.case(("a",), ("b",))
        [(element, en)] = reasons(walk, compiled(forked(("a",), ("b",), ("c",))))
        assert (element, "wait forever" in en) == ("join", True)

    def test_one_branch_more_comes_when_the_fork_is_still_ahead(self) -> None:
        def drawn(*branches: tuple[str, ...]) -> Compiled:
            p = forked(*branches)
            p.without("opened_to_fork")
            p.user("first")
            p.chain("opened", "first", "fork")
            return compiled(p)

        walk = moved(drawn(("a",), ("b",)), drawn(("a",), ("b",), ("c",)))
        walk.does("first")
        assert walk.waits == ["a", "b", "c"]

    def test_a_join_that_waited_for_a_branch_that_is_gone_goes_on(self) -> None:
        p = forked(("a",), ("b",))
        p.until("never", "n > 5")
        p.chain("b", "never")
        p.without("b_to_join")
        p.without("fork_to_b")
        p.chain("never", "join")
        p.chain("fork", "b")
        p.extra = variable("n", "1")
        walk = Walk(compiled(p, fields=("n",)))
        walk.does("a")
        assert walk.transfers(compiled(forked(("a",)))).verdict is Verdict.CANNOT
        p = forked(("a",), ("b",))
        p.without("b_to_join")
        p.end("b_done")
        p.chain("b", "b_done")
        found = walk.transfers(compiled(p))
        assert found.verdict is Verdict.NEXT
        assert walk.waits == ["answer", "b"]
        walk.does("answer")
        assert walk.does("b").ended is not None

    def test_steps_beside_each_other_cannot_follow_each_other(self) -> None:
        [(element, en)] = reasons(self.case(("a",), ("b",)), compiled(forked(("a", "b"))))
        assert (element, '"a in English" and "b in English" are both open' in en) == ("a", True)

    def test_steps_beside_each_other_cannot_exclude_each_other(self) -> None:
        p = forked(("a",), ("b",))
        for gateway in ("fork", "join"):
            p.without(gateway)
        p.without("fork_to_b")
        p.xor("fork", "fork_to_a")
        p.xor("join")
        p.flow("fork", "b", "n == 1")
        p.extra = variable("n", "1")
        walk, after = self.case(("a",), ("b",)), compiled(p, fields=("n",))
        [(element, en)] = reasons(walk, after)
        assert (element, "twice" in en) == ("a", True)

    def test_steps_before_a_join_that_changed_are_forgotten_for_going_back(self) -> None:
        walk = self.case(("a",), ("b",), done=("a", "b"))
        assert self.remembered(walk) == {"a", "b"}
        walk.transfers(compiled(forked(("a",), ("b",))))
        assert self.remembered(walk) == {"a", "b"}
        walk.transfers(compiled(forked(("a",), ("b",), ("c",))))
        assert self.remembered(walk) == set()
        assert walk.does("answer").ended == "demo:done"

    def test_a_step_that_stands_beside_a_new_one_now_is_forgotten_too(self) -> None:
        walk = Walk(compiled(row("a", "answer")))
        walk.does("a")
        assert self.remembered(walk) == {"a"}
        walk.transfers(compiled(forked(("a",), ("b",))))
        assert self.remembered(walk) == set()

    @staticmethod
    def remembered(walk: Walk) -> set[str]:
        case = load(walk.compiled.plan, walk.move.state)
        return {token.mark.element for token in last_runs(case)}


def calling(*steps: str, around: str = "P9D", process: str = "part") -> Compiled:
    """Draw a call with a deadline, of a process with these steps."""
    called = Process(process)
    called.start("b")
    for step in steps:
        called.user(step)
    called.end("e")
    called.chain("b", *steps, "e")
    p = row("answer")
    p.without("opened_to_answer")
    p.call("call", process)
    p.deadline("late", "call", around)
    p.end("noted")
    p.chain("late", "noted")
    p.chain("opened", "call", "answer")
    return compiled(p, called, fields=("n",))


class TestCalledProcesses:
    def test_a_step_in_a_called_process_stays_open(self) -> None:
        walk = moved(calling("x", "y"), calling("w", "x", "z"))
        walk.does("x")
        assert walk.waits == ["z"]
        walk.does("z")
        assert walk.waits == ["answer"]

    def test_a_step_that_is_gone_there_is_named_with_its_process(self) -> None:
        found = Walk(calling("x")).transfers(calling("y"))
        assert [(each.process, each.element) for each in found.obstacles] == [("part", "x")]

    def test_a_call_of_another_process_is_named(self) -> None:
        [(element, _)] = reasons(Walk(calling("x")), calling("x", process="other"))
        assert element == "call"

    def test_deadlines_around_it_run_on(self) -> None:
        walk = moved(calling("x"), calling("x", "y"))
        assert [timer.element for timer in walk.wakes(days=9).fired] == ["late"]

    def test_what_has_ended_there_is_kept_or_forgotten_with_its_call(self) -> None:
        walk = Walk(calling("x"))
        walk.does("x")
        assert walk.transfers(calling("y")).verdict is Verdict.SAME
        assert walk.transfers(compiled(row("answer"))).verdict is Verdict.SAME
        assert walk.does("answer").ended == "demo:done"

    def test_a_new_variable_is_known_in_the_copy_too(self) -> None:
        def drawn(limit: str) -> Compiled:
            called = Process("part")
            called.start("b")
            called.user("x")
            called.xor("gate", "gate_to_e")
            called.user("y")
            called.end("e")
            called.chain("b", "x", "gate")
            called.flow("gate", "y", f"{limit} > 3")
            called.flow("gate", "e")
            called.chain("y", "e")
            p = row("answer")
            p.without("opened_to_answer")
            p.call("call", "part")
            p.chain("opened", "call", "answer")
            p.extra = variable(limit, "5")
            return compiled(p, called)

        walk = moved(drawn("few"), drawn("many"))
        walk.does("x")
        assert walk.waits == ["y"]

    def test_a_sub_process_is_told_from_a_call(self) -> None:
        inside = Scope("demo")
        inside.start()
        inside.user("x")
        inside.end("e")
        inside.chain("begun", "x", "e")
        p = row("answer")
        p.without("opened_to_answer")
        p.sub("call", inside)
        p.chain("opened", "call", "answer")
        assert {element for element, _ in reasons(Walk(calling("x")), compiled(p))} == {"call"}


def each(sequential: str = "false", *, later: str = "answer") -> Compiled:
    p = row("check", later)
    p.each("check", "items", "item", "found", "n", sequential=sequential)
    p.extra = variable("items", '["a", "b", "c"]') + variable("found", "[]")
    return compiled(p, fields=("n",))


class TestTurns:
    @pytest.mark.parametrize("sequential", ["true", "false"])
    def test_instances_stay_open_and_their_results_are_kept(self, sequential: str) -> None:
        walk = Walk(each(sequential), n=0)
        walk.does("check", n=1)
        tasks = dict(walk.tasks)
        assert walk.transfers(each(sequential, later="approve")).verdict is Verdict.SAME
        assert walk.tasks == tasks
        walk.does("check", n=2)
        walk.does("check", n=3)
        assert walk.waits == ["approve"]
        [case] = spiff.variables(walk.compiled, walk.move.state)
        assert case.values["found"] == [1, 2, 3]

    def test_one_after_the_other_instead_of_all_at_a_time_is_named(self) -> None:
        [(element, _)] = reasons(Walk(each("true")), each("false"))
        assert element == "check"

    def test_a_step_that_runs_for_each_now_is_named(self) -> None:
        p = row("check", "answer")
        p.extra = variable("n", "1")
        [(element, _)] = reasons(Walk(compiled(p, fields=("n",))), each())
        assert element == "check"

    def test_a_loop_goes_round_by_its_new_condition(self) -> None:
        def drawn(condition: str) -> Compiled:
            p = row("check", "answer")
            p.again("check", condition, 'loopMaximum="5"')
            return compiled(p, fields=("n",))

        walk = moved(drawn("n > 3"), drawn("n > 1"))
        walk.does("check", n=2)
        assert walk.waits == ["check"]
        walk.does("check", n=1)
        assert walk.waits == ["answer"]


class TestCalls:
    @pytest.mark.parametrize(("operator", "can"), [("ask", True), ("ping", False)])
    def test_the_answer_of_the_same_operation_is_waited_for(
        self, operator: str, *, can: bool
    ) -> None:
        def drawn(name: str) -> Compiled:
            p = row("answer")
            p.without("opened_to_answer")
            given = {"question": "n"} if name == "ask" else {}
            p.service("service", name, "reply", **given)
            p.chain("opened", "service", "answer")
            return compiled(p, fields=("n",))

        walk = Walk(drawn("ask"), n=1)
        call = walk.call("service")
        if can:
            assert walk.transfers(drawn(operator)).verdict is Verdict.SAME
            assert spiff.position(walk.compiled, walk.move.state).calls == (call,)
            walk.answers("service", n=2)
            assert walk.waits == ["answer"]
        else:
            assert [element for element, _ in reasons(walk, drawn(operator))] == ["service"]


class TestStepsThatAreReturned:
    @staticmethod
    def drawn(*, watched: str = "", last: str = "c") -> Compiled:
        p = row("a", "b", last)
        if watched:
            p.interrupt("stop", watched, "P3D")
            p.end("stopped")
            p.chain("stop", "stopped")
            p.deadline("late", watched, "P1D")
            p.end("noted")
            p.chain("late", "noted")
        return compiled(p)

    def returned(self, *, watched: str = "") -> Walk:
        walk = Walk(self.drawn(watched=watched))
        walk.does("a")
        walk.does("b")
        walk.asks_back("c", "a")
        return walk

    def test_a_step_that_is_done_once_more_stays_open(self) -> None:
        walk = self.returned()
        assert walk.transfers(self.drawn()).verdict is Verdict.SAME
        walk.does("a")
        assert walk.waits == ["c"]

    def test_what_interrupts_is_not_armed_beside_it(self) -> None:
        walk = self.returned()
        assert walk.transfers(self.drawn(watched="a")).verdict is Verdict.SAME
        assert walk.timers == ["late"]
        walk.does("a")
        assert (walk.waits, walk.timers) == (["c"], [])

    def test_a_border_that_is_gone_is_named(self) -> None:
        [(element, en)] = reasons(self.returned(watched="a"), self.drawn())
        assert (element, "once more" in en) == ("a", True)

    def test_going_back_goes_on_in_the_other_version(self) -> None:
        walk = Walk(compiled(forked(("a",), ("b",))))
        walk.does("a")
        walk.does("b")
        assert walk.transfers(compiled(forked(("a",), ("b",)))).verdict is Verdict.SAME
        walk.returns("answer", "a")
        assert walk.waits == ["a"]
        walk.does("a")
        assert walk.waits == ["answer"]

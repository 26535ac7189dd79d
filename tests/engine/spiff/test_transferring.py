"""A case goes on in another version of its procedure: open steps, what hangs on them, and roles."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Dues, Verdict
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, signalling, table, variable
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.spiff import Compiled

DAY = timedelta(days=1)


def row(*steps: str, draw: Callable[[Process], None] = lambda _: None) -> Process:
    """Draw steps one after the other."""
    p = Process("demo")
    p.message_start()
    for step in steps:
        p.user(step)
    p.end()
    p.chain("opened", *steps, "done")
    draw(p)
    return p


def late(duration: str, host: str = "check") -> Callable[[Process], None]:
    def draw(p: Process) -> None:
        p.deadline("late", host, duration)
        p.user("urge")
        p.end("urged")
        p.chain("late", "urge", "urged")

    return draw


def moved(before: Compiled, after: Compiled, due: Dues = Dues.KEPT) -> Walk:
    walk = Walk(before)
    assert walk.transfers(after, due).verdict is Verdict.SAME
    return walk


def reasons(walk: Walk, after: Compiled) -> list[tuple[str, str]]:
    found = walk.transfers(after)
    assert found.verdict is Verdict.CANNOT
    assert found.move is None
    assert all(each.zh.endswith("。") and each.en.endswith(".") for each in found.obstacles)
    return [(each.element, each.en) for each in found.obstacles]


class TestTheTrivialCase:
    def test_a_version_with_the_same_diagrams_changes_nothing(self) -> None:
        walk = Walk(compiled(row("check", "answer", draw=late("P2D"))))
        before = spiff.position(walk.compiled, walk.move.state)
        found = walk.transfers(compiled(row("check", "answer", draw=late("P2D"))))
        assert found.verdict is Verdict.SAME
        assert spiff.position(walk.compiled, walk.move.state) == before
        [deadline] = found.deadlines
        assert deadline.before == deadline.after == T0 + 2 * DAY
        assert deadline.drawn is None

    def test_a_changed_table_is_asked_from_now_on(self) -> None:
        def drawn(near: int) -> Compiled:
            p = row("check")
            p.without("check_to_done")
            p.rule("decide", "zone")
            p.xor("gate", "gate_to_done")
            p.user("visit")
            p.flow("gate", "visit", 'zone == "far"')
            p.flow("gate", "done")
            p.chain("check", "decide", "gate")
            p.chain("visit", "done")
            rows = [([f"< {near}"], ['"near"']), ([f">= {near}"], ['"far"'])]
            dmn = table("zone", ["km"], ["zone"], rows)
            return compiled(p, fields=("km",), tables={"zone": dmn})

        walk = moved(drawn(5), drawn(2))
        walk.does("check", km=3)
        assert walk.waits == ["visit"]


class TestOpenSteps:
    def test_steps_before_and_behind_may_come_and_go(self) -> None:
        walk = Walk(compiled(row("register", "check", "answer")))
        walk.does("register")
        task = walk.task("check")
        assert walk.transfers(compiled(row("greet", "check", "approve"))).verdict is Verdict.SAME
        assert walk.task("check") == task
        walk.does("check")
        assert walk.waits == ["approve"]

    def test_a_step_that_is_gone_is_named(self) -> None:
        [(element, en)] = reasons(Walk(compiled(row("check"))), compiled(row("answer")))
        assert (element, "lacks" in en) == ("check", True)

    def test_a_step_of_another_kind_is_named(self) -> None:
        p = row("answer")
        p.without("opened_to_answer")
        p.timer("check", "P1D")
        p.chain("opened", "check", "answer")
        [(element, en)] = reasons(Walk(compiled(row("check"))), compiled(p))
        assert (element, "another kind" in en) == ("check", True)

    def test_a_step_that_moved_into_a_sub_process_is_named(self) -> None:
        inside = Scope("demo")
        inside.start()
        inside.user("check")
        inside.end("checked")
        inside.chain("begun", "check", "checked")
        p = row("answer")
        p.without("opened_to_answer")
        p.sub("part", inside)
        p.chain("opened", "part", "answer")
        [(element, en)] = reasons(Walk(compiled(row("check"))), compiled(p))
        assert (element, "sub-process" in en) == ("check", True)

    def test_another_lane_hands_the_step_over(self) -> None:
        walk = Walk(compiled(row("check")))
        found = walk.transfers(compiled(row("check", draw=lambda p: p.lane("品管部", "check"))))
        assert [(step.element, step.role) for step in found.reassigned] == [("check", "qc")]
        assert walk.task("check").role == "qc"

    def test_a_variable_that_says_whose_a_step_is_is_read_anew_only_where_it_is_new(self) -> None:
        def drawn(name: str) -> Compiled:
            p = row("check", draw=lambda p: p.lane("某部", "check", role_from=name))
            p.extra = variable("whose", '"qc"') + variable("other", '"gm"')
            return compiled(p, fields=("whose", "other"))

        walk = Walk(drawn("whose"))
        assert walk.transfers(drawn("whose")).reassigned == ()
        assert walk.task("check").role == "qc"
        walk.transfers(drawn("other"))
        assert walk.task("check").role == "gm"

    def test_a_role_that_nothing_says_hinders(self) -> None:
        p = row("check", draw=lambda p: p.lane("某部", "check", role_from="whose"))
        walk = Walk(compiled(row("check")))
        [(element, _)] = reasons(walk, compiled(p, fields=("whose",)))
        assert element == "check"

    def test_new_variables_get_their_defaults(self) -> None:
        p = row("check", "answer")
        p.without("check_to_answer")
        p.xor("gate", "gate_to_done")
        p.flow("gate", "answer", "limit > 3")
        p.flow("gate", "done")
        p.chain("check", "gate")
        p.extra = variable("limit", "5")
        walk = moved(compiled(row("check", "answer")), compiled(p))
        walk.does("check")
        assert walk.waits == ["answer"]

    def test_what_was_answered_and_not_listened_to_is_known_now(self) -> None:
        p = row("check", "answer")
        p.without("check_to_answer")
        p.xor("gate", "gate_to_done")
        p.flow("gate", "answer", "km > 3")
        p.flow("gate", "done")
        p.chain("check", "gate")
        after = compiled(p, fields=("km",))
        walk = Walk(compiled(row("check", "answer"), fields=("km",)), km=5)
        found = spiff.transfer(
            walk.compiled, after, walk.move.state, now=T0, answers={"km": 5, "unread": 1}
        )
        assert found.move is not None
        [case] = spiff.variables(after, found.move.state)
        assert case.values == {"km": 5}


class TestDeadlines:
    def test_a_new_deadline_begins_with_the_transfer(self) -> None:
        walk = Walk(compiled(row("check", "answer")))
        walk.now += DAY
        found = walk.transfers(compiled(row("check", "answer", draw=late("P2D"))))
        assert found.verdict is Verdict.SAME
        assert walk.task("check").due == T0 + 3 * DAY
        assert [(d.before, d.after) for d in found.deadlines] == [(None, T0 + 3 * DAY)]
        walk.wakes(days=2)
        assert walk.waits == ["check", "urge"]
        walk.does("urge")
        walk.does("check")
        assert walk.does("answer").ended == "demo:done"

    def test_a_removed_deadline_is_gone(self) -> None:
        walk = Walk(compiled(row("check", "answer", draw=late("P2D"))))
        found = walk.transfers(compiled(row("check", "answer")))
        assert [timer.element for timer in walk.move.disarmed] == ["late"]
        assert [(d.before, d.after) for d in found.deadlines] == [(T0 + 2 * DAY, None)]
        assert walk.task("check").due is None
        walk.wakes(days=9)
        walk.does("check")
        assert walk.does("answer").ended == "demo:done"

    def test_what_a_deadline_has_begun_beside_a_step_cannot_stand_instead_of_it(self) -> None:
        walk = Walk(compiled(row("check", draw=late("P2D"))))
        walk.wakes(days=3)
        p = row("check")
        p.user("urge")
        p.end("urged")
        p.interrupt("stop", "check", "P1D")
        p.chain("stop", "urge", "urged")
        [(element, en)] = reasons(walk, compiled(p))
        assert (element, "never are: what follows would be done twice" in en) == ("check", True)
        walk.does("urge")
        assert walk.transfers(compiled(p)).verdict is Verdict.SAME
        assert (walk.waits, walk.timers) == (["check"], ["stop"])

    def test_a_changed_one_stays_due_and_shows_what_is_drawn(self) -> None:
        walk = Walk(compiled(row("check", draw=late("P2D"))))
        found = walk.transfers(compiled(row("check", draw=late("P5D"))))
        [deadline] = found.deadlines
        assert (deadline.before, deadline.after) == (T0 + 2 * DAY, T0 + 2 * DAY)
        assert deadline.drawn == T0 + 5 * DAY
        assert walk.timer("late").rule == "P2D"
        assert [t.element for t in walk.wakes(days=2).fired] == ["late"]

    def test_it_is_reckoned_from_when_it_began_if_the_owner_chooses(self) -> None:
        walk = Walk(compiled(row("check", draw=late("P2D"))))
        timer = walk.timer("late")
        walk.now += DAY
        found = walk.transfers(compiled(row("check", draw=late("P5D"))), Dues.DRAWN)
        assert found.deadlines[0].after == T0 + 5 * DAY
        assert walk.timer("late").id == timer.id
        assert [shift.before for shift in walk.move.shifted] == [timer.due]
        assert walk.task("check").due == T0 + 5 * DAY

    @pytest.mark.parametrize("due", Dues)
    @pytest.mark.parametrize(
        ("was", "now"),
        [("timeDuration", "timeDate"), ("timeDate", "timeCycle"), ("timeCycle", "timeDuration")],
    )
    def test_another_kind_of_rule_can_be_reckoned_and_explained(
        self, due: Dues, was: str, now: str
    ) -> None:
        texts = {"timeDuration": "P2D", "timeDate": "2026-12-01", "timeCycle": "R3/P1D"}

        def drawn(tag: str) -> Compiled:
            p = row("check")
            p.deadline("late", "check", texts[tag], tag=tag)
            p.end("noted")
            p.chain("late", "noted")
            return compiled(p)

        walk = moved(drawn(was), drawn(now), due)
        timer = walk.timer("late")
        assert timer.rule == texts[was if due is Dues.KEPT else now]
        walk.pauses()
        walk.resumes()
        spiff.reckon_anew(walk.compiled, walk.move.state, now=walk.now)
        assert spiff.derivation(walk.compiled, walk.move.state, timer.id).at == timer.due
        assert walk.wakes(days=20).fired
        assert walk.does("check").ended == "demo:done"
        walk = moved(drawn(was), drawn(now), due)
        assert walk.transfers(drawn(was), due).verdict is Verdict.SAME
        assert walk.timer("late").rule == texts[was]

    def test_one_that_has_fired_is_not_armed_again(self) -> None:
        walk = Walk(compiled(row("check", draw=late("P2D"))))
        walk.wakes(days=3)
        found = walk.transfers(compiled(row("check", "answer", draw=late("P9D"))))
        assert (found.verdict, found.deadlines) == (Verdict.SAME, ())
        assert walk.task("check").due == T0 + 2 * DAY
        assert walk.waits == ["check", "urge"]

    def test_pauses_stay_and_hold_what_is_new_beside(self) -> None:
        def both(p: Process) -> None:
            late("P2D")(p)
            p.interrupt("stop", "check", "P4D")
            p.chain("stop", "urge")

        walk = Walk(compiled(row("check", draw=late("P2D"))))
        walk.pauses("check")
        walk.now += DAY
        walk.transfers(compiled(row("check", draw=both)))
        assert walk.move.next_due is None
        walk.now += DAY
        walk.resumes("check")
        assert walk.timer("late").due == T0 + 4 * DAY
        assert walk.timer("stop").due == T0 + 6 * DAY

    def test_the_pause_of_a_case_holds_them_too(self) -> None:
        walk = Walk(compiled(row("check")))
        walk.pauses()
        walk.transfers(compiled(row("check", draw=late("P2D"))))
        assert walk.move.next_due is None

    def test_one_that_is_overdue_as_drawn_now_fires_at_once(self) -> None:
        walk = Walk(compiled(row("check", draw=late("P5D"))))
        walk.now += 3 * DAY
        found = walk.transfers(compiled(row("check", draw=late("P2D"))), Dues.DRAWN)
        assert found.verdict is Verdict.NEXT
        assert walk.waits == ["check", "urge"]


class TestEventsBeside:
    def test_messages_are_waited_for_and_no_longer(self) -> None:
        def told(p: Process) -> None:
            p.beside("told", "check", signalling(p.signal("s_told")))
            p.end("noted")
            p.chain("told", "noted")

        walk = Walk(compiled(row("check")))
        walk.transfers(compiled(row("check", draw=told)))
        assert walk.listens == ["told"]
        walk.hears("told")
        assert walk.listens == ["told"]
        walk.transfers(compiled(row("check")))
        assert (walk.listens, walk.waits) == ([], ["check"])
        assert walk.does("check").ended == "demo:done"

    def test_another_key_is_another_wait(self) -> None:
        def drawn(key: str) -> Compiled:
            p = row("register", "check")
            p.without("register_to_check")
            p.catch("hear", p.message("m_goods", keys=key))
            p.chain("register", "hear", "check")
            return compiled(p, fields=("a", "b"))

        walk = Walk(drawn("a"), a=1, b=2)
        walk.does("register", a=3, b=4)
        wait = walk.wait("hear").id
        walk.transfers(drawn("a"))
        assert walk.wait("hear").id == wait
        assert walk.transfers(drawn("b")).verdict is Verdict.CANNOT, "b was not kept: unread"

    def test_a_rival_behind_the_gateway_is_waited_for_as_well(self) -> None:
        def drawn(*events: str) -> Compiled:
            p = row("check")
            p.without("opened_to_check")
            for event in events:
                p.timer(event, "P2D" if event == "pause" else "P3D")
                p.chain(event, "check")
            p.choice("choose", *events)
            p.chain("opened", "choose")
            return compiled(p)

        walk = moved(drawn("pause", "rest"), drawn("pause", "sleep"))
        assert walk.timers == ["pause", "sleep"]
        walk.wakes(days=2)
        assert (walk.timers, walk.waits) == ([], ["check"])
        walk = Walk(drawn("pause", "rest"))
        assert {element for element, _ in reasons(walk, drawn("sleep", "doze"))} == {
            "pause",
            "rest",
        }

    def test_a_condition_that_holds_already_takes_the_case_on(self) -> None:
        def drawn(condition: str) -> Compiled:
            p = row("answer")
            p.without("opened_to_answer")
            p.until("ready", condition)
            p.chain("opened", "ready", "answer")
            p.extra = variable("n", "1")
            return compiled(p, fields=("n",))

        walk = Walk(drawn("n > 5"))
        assert walk.transfers(drawn("n > 0")).verdict is Verdict.NEXT
        assert walk.waits == ["answer"]

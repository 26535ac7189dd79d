"""Defects of SpiffWorkflow's waiting events: the stock engine has them, ours has not.

As in test_fixes.py: a test named `…_upstream` fails on the day when upstream is mended.
"""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.event_definitions import timer as upstream_timer
from SpiffWorkflow.bpmn.specs.event_definitions.message import (
    CorrelationProperty,
    MessageEventDefinition,
)
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

from engine.spiff import Wait
from tests.engine.spiff.drawing import T0, Process, compiled, signalling, variable
from tests.engine.spiff.stock import does, stock, waits
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def begun(draw: Callable[[Process], None], *, plain: bool) -> Process:
    """Draw a procedure with the start that each engine wants, and an amount of nought."""
    p = Process("demo", extra=variable("amount", "0") + variable("claim", "17"))
    p.signal("s_recall", name="recall")
    if plain:
        p.start("opened")
        p.script("given", "amount = 0")
    else:
        p.message_start()
        p.xor("given")
    p.chain("opened", "given")
    draw(p)
    return p


def shout(workflow: Any, element: str) -> None:
    """Let the stock engine catch what an element waits for."""
    event = workflow.get_tasks(spec_name=element)[0].task_spec.event_definition
    workflow.catch(BpmnEvent(event, {}))
    workflow.do_engine_steps()


class TestTimersBehindAGatewayShareAMoment:
    """`choosing.EventGateway`: each event waits for itself (arena 1721; 419, 481)."""

    @staticmethod
    def timed(p: Process) -> None:
        p.timer("later", '"PT5H"')
        p.timer("soon", '"PT1H"')
        p.choice("wait", "later", "soon")
        p.chain("given", "wait")
        for id_ in ("later", "soon"):
            p.user(f"after_{id_}")
            p.end(f"{id_}_done")
            p.chain(id_, f"after_{id_}", f"{id_}_done")

    def test_upstream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Clock(upstream_timer.datetime):  # type: ignore[misc]
            at = T0

            @classmethod
            def now(cls, _zone: object = None) -> object:
                return cls.at

        monkeypatch.setattr(upstream_timer, "datetime", Clock)
        workflow = stock(begun(self.timed, plain=True))
        Clock.at = T0 + timedelta(hours=2)
        workflow.do_engine_steps()
        assert waits(workflow) == [], "the timer of one hour waits for that of five"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.timed, plain=False)))
        walk.wakes(hours=1)
        assert walk.waits == ["after_soon"]
        assert walk.timers == []


class TestAnEventBesideAnActivityHappensOnce:
    """`catching.BoundaryEvent`: one that does not interrupt waits again."""

    @staticmethod
    def noted(p: Process) -> None:
        p.user("work")
        p.end()
        p.chain("given", "work", "done")
        p.beside("heard", "work", signalling("s_recall"))
        p.user("note")
        p.end("noted")
        p.chain("heard", "note", "noted")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.noted, plain=True))
        for _ in range(2):
            shout(workflow, "heard")
        assert waits(workflow) == ["note", "work"]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.noted, plain=False)))
        for _ in range(2):
            walk.hears("heard")
        assert walk.waits == ["note", "note", "work"]


class TestTwoEventsOfOneMomentBothInterrupt:
    """`catching.BoundaryEvent`: the first withdraws the others before they run."""

    @staticmethod
    def stopped(p: Process) -> None:
        p.user("work")
        p.end()
        p.chain("given", "work", "done")
        for id_ in ("one", "two"):
            p.instead(id_, "work", signalling("s_recall"))
            p.user(f"after_{id_}")
            p.end(f"{id_}_done")
            p.chain(id_, f"after_{id_}", f"{id_}_done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.stopped, plain=True))
        shout(workflow, "one")
        assert waits(workflow) == ["after_one", "after_two"]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.stopped, plain=False)))
        walk.hears("one")
        assert (walk.waits, walk.listens) == (["after_one"], [])


class TestSignalsOfEndEventsAreNotHeard:
    """`signals.Broadcast`: an end event throws like any other."""

    @staticmethod
    def alarmed(p: Process) -> None:
        p.parallel("fork")
        p.hear("heard", "s_recall")
        p.user("note")
        p.end()
        p.user("go")
        p.shout_at_end("alarm", "s_recall")
        p.chain("given", "fork", "heard", "note", "done")
        p.chain("fork", "go", "alarm")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.alarmed, plain=True))
        does(workflow, "go")
        assert waits(workflow) == []

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.alarmed, plain=False)))
        walk.does("go")
        assert walk.waits == ["note"]


class TestConditionsSeeOnlyTheirOwnBranch:
    """`conditions.Condition`: asked whenever the case stands still, with the case's variables."""

    @staticmethod
    def filled(p: Process) -> None:
        p.parallel("fork")
        p.until("large", "amount > 100")
        p.user("review")
        p.end()
        p.user("fill")
        p.end("filled")
        p.chain("given", "fork", "large", "review", "done")
        p.chain("fork", "fill", "filled")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.filled, plain=True))
        does(workflow, "fill", amount=500)
        assert waits(workflow) == []

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.filled, plain=False), fields=("amount",)))
        walk.does("fill", amount=500)
        assert walk.waits == ["review"]


class TestATimerStartWaitsInsideItsCase:
    """`Start.schedule`: a case begins at once, when it is time (390; arena 463, 1398)."""

    @staticmethod
    def ticking(schedule: str) -> Process:
        p = Process("demo")
        p.timer_start(schedule)
        p.user("work")
        p.end()
        p.chain("opened", "work", "done")
        return p

    def test_upstream(self) -> None:
        workflow = stock(self.ticking('"R3/PT1H"'))
        assert waits(workflow) == []
        assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.WAITING)] == [
            "opened"
        ]

    def test_ours(self) -> None:
        walk = Walk(compiled(self.ticking("R3/PT1H")))
        assert walk.waits == ["work"]
        assert walk.compiled.start.schedule == "R3/PT1H"


class TestAnyKeyCorrelates:
    """`Wait.keys`: who waits says all of its keys, and all must be equal (434)."""

    def test_upstream(self) -> None:
        properties = [CorrelationProperty(name, name, [name]) for name in ("claim", "customer")]
        waiting = MessageEventDefinition("paid", properties)
        mine = {"claim": {"claim": 17}, "customer": {"customer": "ACME"}}
        yours = {"claim": {"claim": 17}, "customer": {"customer": "BETA"}}
        task: Any = SimpleNamespace(workflow=SimpleNamespace(correlations=mine))
        assert waiting.catches(task, BpmnEvent(waiting, {}, yours)), "another customer's message"

    def test_ours(self) -> None:
        def draw(p: Process) -> None:
            p.message("m_paid", keys="claim amount", name="paid")
            p.catch("paid", "m_paid")
            p.end()
            p.chain("given", "paid", "done")

        walk = Walk(compiled(begun(draw, plain=False)))
        (wait,) = walk.move.awaited
        keys = {"claim": 17, "amount": 0}
        assert wait == Wait(wait.id, "message", "paid", keys, "demo", "paid")

"""Defects of SpiffWorkflow's timers that we answer: the stock engine has them, ours has not.

As in test_fixes.py, a `test_upstream` fails on the day when upstream no longer has the defect.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from SpiffWorkflow.bpmn.specs.event_definitions import timer as upstream_timer
from SpiffWorkflow.exceptions import SpiffWorkflowException
from typing_extensions import override

from tests.engine.spiff.drawing import T0, Process, compiled, extensions, variable
from tests.engine.spiff.stock import stock, waits
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable


class Clock(datetime):
    """The machine's clock, as far as upstream's timers see it."""

    at: datetime = T0

    @classmethod
    @override
    def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
        del tz
        return cls.at


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> type[Clock]:
    monkeypatch.setattr(upstream_timer, "datetime", Clock)
    monkeypatch.setattr(Clock, "at", T0)
    return Clock


def begun(draw: Callable[[Process], None], *, plain: bool) -> Process:
    p = Process("demo", extra="" if plain else variable("hours", "null"))
    (p.start if plain else p.message_start)("opened")
    p.user("work")
    p.end()
    p.chain("opened", "work", "done")
    draw(p)
    return p


def interrupting(p: Process) -> None:
    p.interrupt("given_up", "work", '"R3/PT1H"', tag="timeCycle")
    p.user("explain")
    p.chain("given_up", "explain", "done")


def reminding(p: Process) -> None:
    p.deadline("remind", "work", '"R/PT1H"', tag="timeCycle")
    p.user("look")
    p.end("looked")
    p.chain("remind", "look", "looked")


class TestAnInterruptingCycleCancelsOnlyAtItsLastRound:
    """`Deadline`: its first round interrupts; then there is nothing left to interrupt."""

    def test_upstream(self, clock: type[Clock]) -> None:
        workflow = stock(begun(interrupting, plain=True))
        clock.at = T0 + timedelta(hours=1, seconds=1)
        workflow.do_engine_steps()
        assert waits(workflow) == ["explain", "work"], "the step that is cancelled is still open"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(interrupting, plain=False)))
        walk.wakes(hours=1)
        assert (walk.waits, walk.timers) == (["explain"], [])


class TestRoundsThatWereMissedAllFire:
    """`rounds.next_round`: after a night without power there is one reminder, not eight."""

    def test_upstream(self, clock: type[Clock]) -> None:
        workflow = stock(begun(reminding, plain=True))
        clock.at = T0 + timedelta(hours=8, seconds=1)
        for _ in range(20):
            workflow.refresh_timers()
            workflow.do_engine_steps()
        assert waits(workflow).count("look") == 8

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(reminding, plain=False)))
        walk.wakes(hours=8, seconds=1)
        assert walk.waits.count("look") == 1
        assert walk.move.next_due == T0 + timedelta(hours=9)


class TestAnEndlessCycleNeverLetsItsCaseEnd:
    """SpiffWorkflow 369: reported, and not seen again by its maintainers, nor by us."""

    def test_upstream_ends(self, clock: type[Clock]) -> None:
        workflow = stock(begun(reminding, plain=True))
        clock.at = T0 + timedelta(minutes=30)
        (work,) = workflow.get_tasks(spec_name="work")
        work.run()
        workflow.do_engine_steps()
        assert workflow.completed

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(reminding, plain=False)))
        for _ in range(3):
            walk.wakes(hours=1)
            walk.does("look")
        assert walk.does("work").ended == "demo:done"


class TestADateWithoutAZoneIsTheServers:
    """`Point`: a date without a zone is one on the calendar of those who work."""

    @staticmethod
    def dated(p: Process) -> None:
        p.interrupt("given_up", "work", '"2026-11-21T18:00:00"', tag="timeDate")
        p.chain("given_up", "done")

    def test_upstream(self, clock: type[Clock], monkeypatch: pytest.MonkeyPatch) -> None:
        for hours in (-5, 3):
            monkeypatch.setattr(upstream_timer, "LOCALTZ", timezone(timedelta(hours=hours)))
            workflow = stock(begun(self.dated, plain=True))
            clock.at = datetime(2026, 11, 21, 18 - hours, 0, 1, tzinfo=UTC)
            workflow.do_engine_steps()
            workflow.do_engine_steps()
            assert workflow.completed, "wherever the server stands"
            clock.at = T0

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.dated, plain=False)))
        assert walk.move.next_due == datetime(2026, 11, 21, 10, tzinfo=UTC), "18:00 in Shanghai"


class TestABoundaryTimerIsReckonedBeforeThePreScript:
    """spiff-arena 2939: the timer beside an activity takes what its preScript has set."""

    @staticmethod
    def prepared(p: Process) -> None:
        p.without("work")
        script = '<spiffworkflow:preScript>hours = "PT2H"</spiffworkflow:preScript>'
        p.ids.append("work")
        p.xml.append(f'<bpmn:userTask id="work" name="work">{extensions(script)}</bpmn:userTask>')
        p.interrupt("given_up", "work", "hours")
        p.chain("given_up", "done")

    @staticmethod
    def called(p: Process) -> None:
        p.without("work")
        p.call("work", "called", 'hours = "PT2H"')
        p.interrupt("given_up", "work", "hours")
        p.chain("given_up", "done")

    def test_upstream(self, clock: type[Clock]) -> None:
        assert clock.at == T0
        with pytest.raises(SpiffWorkflowException):
            stock(begun(self.prepared, plain=True))

    def test_ours(self) -> None:
        inner = Process("called")
        inner.start("called_begun")
        inner.user("inside")
        inner.end("called_done")
        inner.chain("called_begun", "inside", "called_done")
        walk = Walk(compiled(begun(self.called, plain=False), inner))
        assert walk.task("inside").due == T0 + timedelta(hours=2)


class TestATimerStartWaitsInsideACase:
    """SpiffWorkflow 390: whoever starts the case on its day has waited already."""

    @staticmethod
    def scheduled(*, plain: bool) -> Process:
        p = Process("demo")
        text = '"R/P1D"' if plain else "每天 09:00"
        p.timer_start(text)
        p.user("work")
        p.end()
        p.chain("opened", "work", "done")
        return p

    def test_upstream(self, clock: type[Clock]) -> None:
        workflow = stock(self.scheduled(plain=True))
        assert clock.at == T0
        assert waits(workflow) == [], "nothing can be done until tomorrow"

    def test_ours(self) -> None:
        procedure = compiled(self.scheduled(plain=False))
        assert (procedure.start.kind, procedure.start.schedule) == ("timer", "每天 09:00")
        assert Walk(procedure).waits == ["work"]

"""Defects of SpiffWorkflow about what is thrown, called out or not run at all; ours has them not.

As in test_fixes.py: a test named `…_upstream` fails on the day when upstream is mended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from SpiffWorkflow.bpmn import BpmnEvent
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine import spiff
from engine.spiff import BrokenFilesError
from tests.engine.spiff.drawing import Process, Scope, compiled
from tests.engine.spiff.stock import READY, does, stock, waits
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

ASIDE = 'cancelActivity="false"'


def begun(draw: Callable[[Process], None], *, plain: bool) -> Process:
    """Draw a procedure with the start that each engine wants."""
    p = Process("demo")
    (p.start if plain else p.message_start)("opened")
    draw(p)
    return p


def refused(draw: Callable[[Process], None]) -> set[tuple[str, str | None]]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(begun(draw, plain=False))
    return {(problem.code, problem.element) for problem in caught.value.problems}


def throwing(prefix: str, last: str, kind: str = "error") -> Scope:
    """Draw a step after which something is thrown."""
    inside = Scope("demo")
    inside.start(f"{prefix}_begun")
    inside.user(f"{prefix}_work")
    inside.throws(last, kind, "E1")
    inside.chain(f"{prefix}_begun", f"{prefix}_work", last)
    return inside


def caught(scope: Scope, event: str, host: str, kind: str = "error", more: str = "") -> None:
    scope.catches(event, host, kind, "E1", more)
    scope.user(f"{event}_handle")
    scope.end(f"{event}_end")
    scope.chain(event, f"{event}_handle", f"{event}_end")


class TestAnUncaughtErrorIsASuccess:
    """`lint.alarms`: an error that nobody catches is refused with its way out."""

    @staticmethod
    def failing(p: Process) -> None:
        p.user("go")
        p.throws("failed", "error", "E1")
        p.chain("opened", "go", "failed")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.failing, plain=True))
        does(workflow, "go")
        assert (workflow.completed, workflow.success) == (True, True)

    def test_ours(self) -> None:
        assert refused(self.failing) == {("uncaught", "failed")}


class TestAnErrorIsCaughtEverywhere:
    """`throwing.spring`: by the activities around it, one after the other."""

    @staticmethod
    def side_by_side(p: Process) -> None:
        p.parallel("fork")
        p.chain("opened", "fork")
        for side in ("left", "right"):
            p.sub(f"{side}_part", throwing(side, f"{side}_failed"))
            caught(p, f"{side}_caught", f"{side}_part")
            p.end(f"{side}_end")
            p.chain("fork", f"{side}_part", f"{side}_end")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.side_by_side, plain=True))
        does(workflow, "left_work")
        assert waits(workflow) == ["left_caught_handle", "right_caught_handle"]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.side_by_side, plain=False)))
        walk.does("left_work")
        assert walk.waits == ["left_caught_handle", "right_work"]


class TestTheOutermostCatchesToo:
    """`throwing.spring`: the innermost that fits, and nobody else."""

    @staticmethod
    def nested(p: Process) -> None:
        outer = Scope("demo")
        outer.start("outer_begun")
        outer.parallel("fork")
        outer.sub("inner", throwing("inner", "inner_failed"))
        caught(outer, "near", "inner")
        outer.end("outer_end")
        outer.user("outer_work")
        outer.throws("outer_failed", "error", "E1")
        outer.chain("outer_begun", "fork", "inner", "outer_end")
        outer.chain("fork", "outer_work", "outer_failed")
        p.sub("outer", outer)
        caught(p, "far", "outer")
        p.end()
        p.chain("opened", "outer", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.nested, plain=True))
        does(workflow, "inner_work")
        assert waits(workflow) == ["far_handle"]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.nested, plain=False)))
        walk.does("inner_work")
        assert walk.waits == ["near_handle", "outer_work"]
        walk.does("outer_work")
        assert walk.waits == ["far_handle"]


class TestAnEscalationIsCaughtOnce:
    """`catching.BoundaryEvent`: a non-interrupting one waits again."""

    @staticmethod
    def escalating(p: Process) -> None:
        inside = Scope("demo")
        inside.start("begun")
        drawn = ["begun"]
        for number in ("one", "two"):
            drawn.append(inside.user(number))
            drawn.append(inside.throws(f"{number}_told", "escalation", "E1", ends=False))
        inside.user("three")
        inside.end("ended")
        inside.chain(*drawn, "three", "ended")
        p.sub("part", inside)
        caught(p, "told", "part", "escalation", ASIDE)
        p.end()
        p.chain("opened", "part", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.escalating, plain=True))
        does(workflow, "one")
        does(workflow, "two")
        assert waits(workflow) == ["three", "told_handle"]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.escalating, plain=False)))
        walk.does("one")
        walk.does("two")
        assert walk.waits == ["three", "told_handle", "told_handle"]


class TestFailuresDoNotReachErrorEvents:
    """`answering.fail`: a connector that fails raises its error at the task (334, 335)."""

    @staticmethod
    def guarded(p: Process, draw: Callable[[Scope], str]) -> None:
        inside = Scope("demo")
        inside.start("begun")
        inside.user("go")
        inside.end("ended")
        inside.chain("begun", "go", draw(inside), "ended")
        p.sub("part", inside)
        caught(p, "broken", "part")
        p.end()
        p.chain("opened", "part", "done")

    def test_upstream(self) -> None:
        def dividing(p: Process) -> None:
            self.guarded(p, lambda scope: scope.script("divide", "y = 1 / 0"))

        workflow = stock(begun(dividing, plain=True))
        with pytest.raises(WorkflowTaskException):
            does(workflow, "go")
        assert not workflow.get_tasks(spec_name="broken_handle", state=READY)

    def test_ours(self) -> None:
        def calling(p: Process) -> None:
            self.guarded(p, lambda scope: scope.service("looks", "ping"))

        walk = Walk(compiled(begun(calling, plain=False)))
        walk.does("go")
        walk.fails("looks", "E1")
        assert walk.waits == ["broken_handle"]


class TestAFailingServiceFailsItself:
    """`calling_out`: services are asked after the commit, not within the move."""

    @staticmethod
    def calling(p: Process) -> None:
        p.user("go")
        p.service("looks", "ping")
        p.end()
        p.chain("opened", "go", "looks", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.calling, plain=True))
        with pytest.raises(NameError):
            does(workflow, "go")

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.calling, plain=False)))
        walk.does("go")
        assert walk.answers("looks").ended == "demo:done"


class TestACompensationIsNothing:
    """`lint.refused`: compensation is refused."""

    @staticmethod
    def undoing(p: Process) -> None:
        p.user("go")
        p.add("intermediateThrowEvent", "undo", "<bpmn:compensateEventDefinition/>")
        p.end()
        p.chain("opened", "go", "undo", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.undoing, plain=True))
        does(workflow, "go")
        assert workflow.completed
        definition = workflow.spec.task_specs["undo"].event_definition
        assert type(definition).__name__ == "NoneEventDefinition"

    def test_ours(self) -> None:
        assert refused(self.undoing) == {("unsupported_event", "undo")}


class TestALinkLosesItsToken:
    """`lint.refused`: link events are refused."""

    @staticmethod
    def linked(p: Process) -> None:
        p.user("go")
        p.add("intermediateThrowEvent", "out", '<bpmn:linkEventDefinition name="l"/>')
        p.add("intermediateCatchEvent", "into", '<bpmn:linkEventDefinition name="l"/>')
        p.user("after")
        p.end()
        p.chain("opened", "go", "out")
        p.chain("into", "after", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.linked, plain=True))
        does(workflow, "go")
        assert not workflow.completed
        assert not workflow.get_tasks(state=READY)

    def test_ours(self) -> None:
        with pytest.raises(BrokenFilesError) as caught:
            compiled(begun(self.linked, plain=False))
        (told,) = (each for each in caught.value.problems if each.code == "unsupported_event")
        assert told.element == "out"
        assert "into" in told.en, "both are told in one sentence"


class TestAnEventSubProcessChangesItsSpec:
    """`lint.refused`: event sub-processes are refused (arena 717)."""

    @staticmethod
    def triggered(p: Process) -> None:
        inside = Scope("demo")
        inside.message_start("trigger")
        inside.user("handle")
        inside.end("handled")
        inside.chain("trigger", "handle", "handled")
        p.user("go")
        p.end()
        p.chain("opened", "go", "done")
        p.sub("beside", inside)
        marker = '<bpmn:subProcess triggeredByEvent="true" '
        p.xml[-1] = p.xml[-1].replace("<bpmn:subProcess ", marker)

    def test_upstream(self) -> None:
        workflow = stock(begun(self.triggered, plain=True))
        start = workflow.spec.start
        before = [spec.name for spec in start.outputs]
        trigger = workflow.subprocess_specs["beside"].task_specs["trigger"]
        workflow.catch(BpmnEvent(trigger.event_definition, {}, {}))
        after = [spec.name for spec in start.outputs]
        assert before == ["opened"]
        assert after == ["opened", "beside"], "what all other cases share has changed"

    def test_ours(self) -> None:
        assert ("unsupported", "beside") in refused(self.triggered)


class TestATaskOfNoKindWaits:
    """`lint.refused`: `bpmn:task` is refused, rather than taken for a person's."""

    @staticmethod
    def plain_task(p: Process) -> None:
        p.add("task", "odd")
        p.end()
        p.chain("opened", "odd", "done")

    def test_upstream(self) -> None:
        assert waits(stock(begun(self.plain_task, plain=True))) == ["odd"]

    def test_ours(self) -> None:
        assert refused(self.plain_task) == {("unsupported", "odd")}


class TestTheParserRecursesAlongTheFlows:
    """`lint.sizes`: a scope is of a size that can be parsed (arena 1367, 1530, 1955)."""

    @staticmethod
    def long(p: Process) -> None:
        steps = [p.script(f"s{number}", "n = 1") for number in range(1_000)]
        p.chain("opened", *steps, p.end())

    def test_upstream(self) -> None:
        with pytest.raises((RecursionError, ValidationException), match="recursion"):
            stock(begun(self.long, plain=True))

    def test_ours(self) -> None:
        assert refused(self.long) == {("too_large", "demo")}
        assert spiff.roots({"bpmn/demo.bpmn": begun(self.long, plain=False).bytes()}) == ("demo",)

"""Each defect of SpiffWorkflow that we answer: the stock engine has it, ours has not.

A test named `…_upstream` fails on the day when upstream no longer has the defect: then the class
that answers it may go. Its neighbour of the same name fails when our answer is taken out.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from inspect import signature
from typing import TYPE_CHECKING

import pytest
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.bpmn.specs.event_definitions import timer as upstream_timer
from SpiffWorkflow.bpmn.util.task import BpmnTaskIterator
from SpiffWorkflow.exceptions import SpiffWorkflowException
from SpiffWorkflow.spiff.serializer import DEFAULT_CONFIG
from SpiffWorkflow.task import Task

from engine import spiff
from tests.engine.spiff.drawing import T0, Process, compiled
from tests.engine.spiff.stock import READY, does, stock, waits
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable


def begun(draw: Callable[[Process], None], *, plain: bool) -> Process:
    """Draw a procedure with the start that each engine wants."""
    p = Process("demo")
    (p.start if plain else p.message_start)("opened")
    draw(p)
    return p


def forked(p: Process) -> None:
    """Draw two branches, and a step after them."""
    for gate in ("fork", "join"):
        p.parallel(gate)
    for id_ in ("before", "left", "right", "after"):
        p.user(id_)
    p.end()
    p.chain("opened", "before", "fork", "left", "join", "after", "done")
    p.chain("fork", "right", "join")


def inclusive_loop(p: Process) -> None:
    for id_ in ("left", "right"):
        p.user(id_)
    p.xor("merge")
    p.inclusive("pick", "pick_to_left")
    p.inclusive("gather")
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge", "pick", "left", "gather", "again", "merge")
    p.flow("pick", "right", "True")
    p.chain("right", "gather")
    p.flow("again", "done", "enough")


def both_picked(p: Process) -> None:
    """Draw the same with a condition on both ways, so that both are taken."""
    inclusive_loop(p)
    p.without("pick")
    p.inclusive("pick", "pick_to_none")
    p.without("pick_to_left")
    p.flow("pick", "left", "True")
    p.user("none")
    p.chain("pick", "none", "gather")


def rushed(p: Process) -> None:
    """Draw a terminate end and another element, ready in the same breath."""
    p.user("go")
    p.parallel("fork")
    p.terminate("done")
    p.script("later", "ran = True")
    p.end("late_end")
    p.chain("opened", "go", "fork", "done")
    p.chain("fork", "later", "late_end")


class TestBranchesMergeStaleData:
    """`Token.data`: data belong to the process instance, not to each token."""

    def test_upstream(self) -> None:
        workflow = stock(begun(forked, plain=True))
        does(workflow, "before", verdict="old")
        does(workflow, "left", verdict="new")
        does(workflow, "right")
        (after,) = workflow.get_tasks(spec_name="after")
        assert after.data["verdict"] == "old", "the last branch still wins with what it inherited"

    def test_ours(self) -> None:
        def draw(p: Process) -> None:
            forked(p)
            p.without("after_to_done")
            p.xor("which", "which_to_done")
            p.end("other")
            p.chain("after", "which", "done")
            p.flow("which", "other", 'verdict == "new"')

        walk = Walk(compiled(begun(draw, plain=False), fields=("verdict",)))
        walk.does("before", verdict="old")
        walk.does("left", verdict="new")
        walk.does("right")
        assert walk.does("after").ended == "demo:other"


class TestInclusiveJoinsFireEarlyInLoops:
    """`InclusiveGateway`: waits for what can still come, by the drawing."""

    def test_upstream(self) -> None:
        workflow = stock(begun(both_picked, plain=True))
        does(workflow, "left")
        does(workflow, "right", enough=False)
        assert waits(workflow) == ["left", "right"]
        does(workflow, "left", enough=False)
        assert waits(workflow) != ["right"], "the join has let a second round go on too early"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(both_picked, plain=False), fields=("enough",)))
        for _ in range(3):
            assert walk.waits == ["left", "right"]
            walk.does("left", enough=False)
            assert walk.waits == ["right"]
            walk.does("right", enough=False)


class TestParallelJoinsWalkTheWholeTree:
    """`ParallelGateway`: counts what waits, wherever it came from."""

    @staticmethod
    def looped(p: Process) -> None:
        p.xor("merge")
        p.parallel("fork")
        p.parallel("join")
        p.user("left")
        p.user("right")
        p.xor("again", "again_to_merge")
        p.end()
        p.chain("opened", "merge", "fork", "left", "join", "again", "merge")
        p.chain("fork", "right", "join")
        p.flow("again", "done", "enough")

    def looks(self, rounds: int) -> int:
        """How often the stock engine asks for a parent while one round is made."""
        workflow = stock(begun(self.looped, plain=True))
        for _ in range(rounds):
            does(workflow, "left", enough=False)
            does(workflow, "right", enough=False)
        asked = 0

        def parent(task: Task) -> object:
            nonlocal asked
            asked += 1
            return task.workflow.tasks.get(task._parent)  # noqa: SLF001 - counting upstream

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Task, "parent", property(parent))
            does(workflow, "left", enough=False)
            does(workflow, "right", enough=False)
        return asked

    def test_upstream(self) -> None:
        assert self.looks(20) > 3 * self.looks(2)

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.looped, plain=False), fields=("enough",)))
        for number in range(60):
            first, second = ("left", "right") if number % 2 else ("right", "left")
            walk.does(first, enough=False)
            assert walk.waits == [second]
            walk.does(second, enough=False)
            assert walk.waits == ["left", "right"]

    @pytest.mark.usefixtures("unjudged")
    def test_it_takes_in_the_oldest_of_a_way(self) -> None:
        """In a stored state the places are in the order of the tree, not in that of time."""
        p = Process("demo")
        p.message_start("opened")
        for step in ("often", "once", "right", "last"):
            p.user(step)
        p.parallel("fork")
        p.parallel("join")
        p.xor("merge")
        p.xor("again", "again_to_merge")
        p.xor("ways")
        p.end()
        p.chain("opened", "fork", "merge", "often", "again", "merge")
        p.flow("again", "ways", "enough")
        p.chain("fork", "once", "ways", "join", "last", "done")
        p.chain("fork", "right", "join")
        walk = Walk(compiled(p, fields=("enough",)))
        walk.does("often", enough=False)
        walk.does("once")
        walk.does("often", enough=True)
        assert walk.waits == ["right"]
        walk.does("right")
        assert walk.ways("last") == ["right", "once"]


class TestWhatIsCancelledStillRuns:
    """`CaseFlow.advance`: a token is asked again when its turn comes."""

    def test_upstream(self) -> None:
        workflow = stock(begun(rushed, plain=True))
        does(workflow, "go")
        (later,) = workflow.get_tasks(spec_name="later")
        assert workflow.completed
        assert later.data.get("ran"), "it ran although the process had been terminated"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(rushed, plain=False)))
        move = walk.does("go")
        assert move.ended == "demo:done"
        assert "demo:late_end" not in move.reached


class TestATerminateEndLeavesAnEvent:
    """`EndEvent`: terminating throws nothing."""

    def test_upstream(self) -> None:
        workflow = stock(begun(rushed, plain=True))
        does(workflow, "go")
        assert [type(event.event_definition).__name__ for event in workflow.bpmn_events] == [
            "TerminateEventDefinition"
        ]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(rushed, plain=False)))
        assert walk.does("go").effects == ()
        assert len(walk.move.state) < 400


class TestTimersReadTheSystemClock:
    """`Deadline`: due at exactly `now`, which is an argument."""

    @staticmethod
    def timed(p: Process) -> None:
        p.timer("pause", '"PT1H"')
        p.end()
        p.chain("opened", "pause", "done")

    def test_upstream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        class Clock(upstream_timer.datetime):  # type: ignore[misc]
            at = T0

            @classmethod
            def now(cls, _zone: object = None) -> object:
                return cls.at

        monkeypatch.setattr(upstream_timer, "datetime", Clock)
        workflow = stock(begun(self.timed, plain=True))
        Clock.at = T0 + timedelta(hours=1)
        workflow.do_engine_steps()
        assert not workflow.completed, "at the due moment itself nothing fires"
        Clock.at += timedelta(microseconds=1)
        workflow.do_engine_steps()
        workflow.do_engine_steps()
        assert workflow.completed

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.timed, plain=False)))
        assert walk.wakes(hours=1).ended == "demo:done"


class TestATimerOutlivesItsTask:
    """Our engine keeps no list of waiting events beside the tree."""

    @staticmethod
    def reminded(p: Process) -> None:
        p.user("first")
        p.user("work")
        p.end()
        p.chain("opened", "first", "work", "done")
        p.deadline("late", "work", '"P1D"')
        p.end("late_end")
        p.chain("late", "late_end")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.reminded, plain=True))
        (first,) = workflow.get_tasks(spec_name="first")
        does(workflow, "first")
        workflow.reset_from_task_id(first.id)
        with pytest.raises(AttributeError):
            workflow.do_engine_steps()

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.reminded, plain=False)))
        walk.does("first")
        assert walk.timers == ["late"]
        walk.does("work")
        assert walk.timers == []


class TestEveryStateChangeBuildsALogRecord:
    """`Token._set_state`: states are set, not told."""

    @staticmethod
    def built(monkeypatch: pytest.MonkeyPatch, run: Callable[[], object]) -> int:
        built = 0
        original = Task.collect_log_extras

        def counted(task: Task, *arguments: object) -> object:
            nonlocal built
            built += 1
            return original(task, *arguments)

        monkeypatch.setattr(Task, "collect_log_extras", counted)
        logging.getLogger("spiff.task").setLevel(logging.WARNING)
        run()
        return built

    def test_upstream(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert self.built(monkeypatch, lambda: stock(begun(forked, plain=True)))

    def test_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        procedure = compiled(begun(forked, plain=False))
        assert not self.built(monkeypatch, lambda: Walk(procedure).does("before"))


class TestAWordInAFormMakesACaseUnloadable:
    """`codec`: variables are never walked (test_codec.py shows ours)."""

    def test_upstream(self) -> None:
        workflow = stock(begun(forked, plain=True))
        does(workflow, "before", product={"typename": "ACME-900"})
        serializer = BpmnWorkflowSerializer(BpmnWorkflowSerializer.configure(DEFAULT_CONFIG))
        stored = serializer.serialize_json(workflow)
        with pytest.raises(Exception, match=r"."):
            serializer.deserialize_json(stored)


class TestErrorsFailThemselves:
    """`Scripts` and `RunError`: upstream's exceptions are not asked for their text."""

    @staticmethod
    def failing(p: Process) -> None:
        p.script("reckon", "x = y['a']")
        p.end()
        p.chain("opened", "reckon", "done")

    def test_upstream(self) -> None:
        engine = PythonScriptEngine()
        with pytest.raises(TypeError):
            engine.create_task_exec_exception(None, "x", KeyError(3))
        error = SpiffWorkflowException("words")
        error.add_note(None)
        with pytest.raises(TypeError):
            str(error)

    def test_ours(self) -> None:
        procedure = compiled(begun(self.failing, plain=False), fields=("y",))
        with pytest.raises(spiff.RunError) as caught:
            spiff.start(procedure, {"y": {3: 4}}, now=T0)
        assert caught.value.element == "reckon"
        assert 'there is no "a" in it' in str(caught.value)


class TestScriptsMayDoAnything:
    """`expressions`: a whitelist (test_expressions.py shows the attacks)."""

    def test_upstream(self) -> None:
        def draw(p: Process) -> None:
            p.script("peek", "import os\nfound = os.getcwd()")
            p.end()
            p.chain("opened", "peek", "done")

        assert stock(begun(draw, plain=True)).data["found"]


class TestTheEndWalksTheTree:
    """`EndJoin` asks its tokens; a case deeper than the iterator's limit still ends."""

    @staticmethod
    def long(p: Process) -> None:
        p.xor("merge")
        p.user("work")
        p.xor("again", "again_to_merge")
        p.end()
        p.chain("opened", "merge", "work", "again", "merge")
        p.flow("again", "done", "enough")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.long, plain=True))
        for _ in range(12):
            does(workflow, "work", enough=False)
        assert signature(BpmnTaskIterator).parameters["max_depth"].default == 1000
        found = list(BpmnTaskIterator(workflow.task_tree, max_depth=30, state=READY))
        assert not found, "below the limit nothing is found, so a long case stands still"

    def test_ours(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("engine.spiff.pruning.LIMIT", 10**9)
        walk = Walk(compiled(begun(self.long, plain=False), fields=("enough",)))
        for _ in range(400):
            walk.does("work", enough=False)
        assert walk.does("work", enough=True).ended == "demo:done"


class TestAnElementCalledEnd:
    """`naming`: a spec is not called like one of upstream's own."""

    @staticmethod
    def ended(p: Process) -> None:
        p.parallel("fork")
        for id_ in ("one", "two"):
            p.user(id_)
            p.chain("fork", id_)
        p.end("End")
        p.end("other")
        p.chain("opened", "fork")
        p.chain("one", "End")
        p.chain("two", "other")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.ended, plain=True))
        does(workflow, "one")
        assert workflow.completed
        assert waits(workflow) == ["two"], "the case has ended beside an open step"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.ended, plain=False)))
        assert walk.does("one").ended is None
        assert walk.does("two").ended in {"demo:other", "demo:End"}
        walk = Walk(walk.compiled)
        assert "demo:End" in walk.does("one").reached

"""Defects of SpiffWorkflow's multi-instance tasks: the stock engine has them, ours has not.

As in test_fixes.py: a test named `…_upstream` fails on the day when upstream is mended.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from SpiffWorkflow.bpmn.exceptions import WorkflowDataException
from SpiffWorkflow.util.task import TaskState

from engine.spiff.codec import load
from tests.engine.spiff.drawing import Process, compiled, variable
from tests.engine.spiff.stock import does, stock
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

FIELDS = ("note", "opinion", "depts", "seen", "more")


def begun(draw: Callable[[Process], None], *, plain: bool) -> Process:
    """Draw a procedure with the start that each engine wants, and `depts` to go over."""
    p = Process("demo", extra=variable("depts", '["a", "b"]') + variable("seen", "[1, 2, 3]"))
    if plain:
        p.start("opened")
        p.script("given", 'depts = ["a", "b"]\nseen = [1, 2, 3]\nnote = "old"')
        p.chain("opened", "given")
    else:
        p.extra += variable("note", '"old"')
        p.message_start()
        p.xor("given")
        p.chain("opened", "given")
    draw(p)
    if plain:  # the stock engine takes the id of an item for its name
        p.xml = [re.sub(r'id="ask_\w+Item" name="(\w+)"', r'id="\1" name="\1"', x) for x in p.xml]
    return p


def values(walk: Walk) -> dict[str, object]:
    return load(walk.compiled.plan, walk.move.state).values


class TestInstancesMergeIntoTheCase:
    """`repeating`: an instance has its own copy, and leaves its result only."""

    @staticmethod
    def asked(p: Process) -> None:
        p.user("ask")
        p.each("ask", "depts", "dept")
        p.user("after")
        p.script("read", "note = note\nseen = seen")
        p.end()
        p.chain("given", "ask", "after", "read", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.asked, plain=True))
        does(workflow, "ask [child]", note="mine", seen=[9, 8, 7, 6])
        does(workflow, "ask [child]", seen=[5])
        (after,) = workflow.get_tasks(spec_name="after")
        assert after.data["note"] == "old", "what the first instance said is lost to the second"
        assert after.data["seen"] == [1], "a list that nobody has ever written"
        assert after.data["dept"] == "b", "while the last item stays in the case"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.asked, plain=False), fields=FIELDS))
        walk.does("ask", note="mine", seen=[9, 8, 7, 6])
        walk.does("ask", seen=[5])
        known = values(walk)
        assert (known["note"], known["seen"]) == ("old", [1, 2, 3])
        assert "dept" not in known


class TestBranchesLoseItemsOfAList:
    """`Token.data` (arena 1502): what two branches add to one list is all there."""

    @staticmethod
    def added(p: Process) -> None:
        p.parallel("fork")
        p.parallel("join")
        for side in ("left", "right"):
            p.user(side)
            p.script(f"add_{side}", f"seen = seen + ['{side}']")
            p.chain("fork", side, f"add_{side}", "join")
        p.user("after")
        p.end()
        p.chain("given", "fork")
        p.chain("join", "after", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.added, plain=True))
        does(workflow, "left")
        does(workflow, "right")
        (after,) = workflow.get_tasks(spec_name="after")
        assert len(after.data["seen"]) == 4, "one of the two is lost"

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.added, plain=False), fields=FIELDS))
        walk.does("left")
        walk.does("right")
        assert values(walk)["seen"] == [1, 2, 3, "left", "right"]


class TestResultsComeAsTheyAreCompleted:
    """`MultiInstance.turned`: results stand in the order of the instances."""

    @staticmethod
    def asked(p: Process) -> None:
        p.user("ask")
        p.each("ask", "depts", "dept", "opinions", "opinion")
        p.user("after")
        p.end()
        p.chain("given", "ask", "after", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.asked, plain=True))
        for opinion in ("second", "first"):
            task = workflow.get_tasks(spec_name="ask [child]", state=TaskState.READY)[-1]
            task.set_data(opinion=opinion)
            task.run()
        workflow.do_engine_steps()
        (after,) = workflow.get_tasks(spec_name="after")
        assert after.data["opinions"] == ["second", "first"]

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.asked, plain=False), fields=FIELDS))
        walk.does("ask", item="2/2 · b", opinion="second")
        walk.does("ask", opinion="first")
        assert values(walk)["opinions"] == ["first", "second"]


class TestASecondRoundFindsItsResultsThere:
    """`MultiInstance._begin`: each round begins with an empty list."""

    @staticmethod
    def asked(p: Process) -> None:
        p.xor("back")
        p.user("ask")
        p.each("ask", "depts", "dept", "opinions", "opinion", sequential="true")
        p.user("after")
        p.xor("again", "again_to_done")
        p.end()
        p.chain("given", "back", "ask", "after", "again", "done")
        p.flow("again", "back", "more")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.asked, plain=True))
        does(workflow, "ask [child]", opinion="yes")
        does(workflow, "ask [child]", opinion="no")
        with pytest.raises(WorkflowDataException, match="must be empty"):
            does(workflow, "after", more=True)

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.asked, plain=False), fields=FIELDS))
        walk.does("ask", opinion="yes")
        walk.does("ask", opinion="no")
        walk.does("after", more=True)
        assert (walk.waits, values(walk)["opinions"]) == (["ask"], [])


class TestACountedSecondRoundCrashes:
    """`MultiInstance._begin`: upstream misspells a name in its own check."""

    @staticmethod
    def asked(p: Process) -> None:
        TestASecondRoundFindsItsResultsThere.asked(p)
        p.without("ask")
        p.user("ask")
        p.each("ask", results="opinions", result="opinion", count="1")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.asked, plain=True))
        does(workflow, "ask [child]", opinion="yes")
        with pytest.raises(NameError, match="data_ouput"):
            does(workflow, "after", more=True)

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.asked, plain=False), fields=FIELDS))
        walk.does("ask", opinion="yes")
        walk.does("after", more=True)
        assert walk.waits == ["ask"]


class TestACompletionConditionCannotCount:
    """`MultiInstance._enough`: BPMN's counters are there, and the variables."""

    @staticmethod
    def asked(p: Process) -> None:
        p.user("ask")
        p.each("ask", "depts", "dept", until="nrOfCompletedInstances == 1")
        p.user("after")
        p.end()
        p.chain("given", "ask", "after", "done")

    def test_upstream(self) -> None:
        workflow = stock(begun(self.asked, plain=True))
        with pytest.raises(Exception, match="nrOfCompletedInstances"):
            does(workflow, "ask [child]")

    def test_ours(self) -> None:
        walk = Walk(compiled(begun(self.asked, plain=False), fields=FIELDS))
        walk.does("ask")
        assert walk.waits == ["after"]

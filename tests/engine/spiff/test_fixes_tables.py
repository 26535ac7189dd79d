"""Defects of SpiffWorkflow's decision tables: the stock engine has them, ours has not.

As in test_fixes.py: a test named `…_upstream` fails on the day when upstream is mended.
"""

from __future__ import annotations

from typing import Any

import pytest
from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.exceptions import WorkflowTaskException
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.spiff.parser import SpiffBpmnParser

from engine import spiff
from engine.spiff import RunError
from tests.engine.spiff.drawing import T0, Process, compiled, table
from tests.engine.spiff.stock import does
from tests.engine.spiff.test_requirements import bare, file_of, formula, requiring

OVERLAPPING = [(["> 1"], ["10"]), (["> 2"], ["5"])]


def asked_upstream(data: bytes, n: object) -> dict[str, Any]:
    """Give what the stock engine knows after it has asked the table."""
    p = Process("demo")
    p.start("opened")
    p.user("ask")
    p.rule("here", "klass")
    p.end()
    p.chain("opened", "ask", "here", "done")
    parser = SpiffBpmnParser()
    parser.add_bpmn_xml(etree.fromstring(p.bytes()))
    parser.add_dmn_xml(etree.fromstring(data), filename="klass.dmn")
    workflow = BpmnWorkflow(parser.get_spec("demo"), parser.get_subprocess_specs("demo"))
    workflow.do_engine_steps()
    does(workflow, "ask", n=n)
    known: dict[str, Any] = workflow.data
    return known


def asked(data: bytes, n: object) -> object:
    p = Process("demo")
    p.message_start()
    p.rule("here", "klass")
    p.end()
    p.chain("opened", "here", "done")
    procedure = compiled(p, fields=("n",), tables={"klass": data})
    return spiff.start(procedure, {"n": n}, now=T0).decisions[-1].outputs["k"]


class TestAUniqueTableTakesTheFirstRow:
    """`policies`: several rows that fit are an incident."""

    data = table("klass", ["n"], ["k"], OVERLAPPING)

    def test_upstream(self) -> None:
        assert asked_upstream(self.data, 5)["k"] == 10

    def test_ours(self) -> None:
        with pytest.raises(RunError, match="Several rows fit"):
            asked(self.data, 5)
        assert asked(self.data, 2) == 10


class TestAnAnyTableTakesTheFirstRow:
    """`policies`: rows that differ are an incident."""

    data = table("klass", ["n"], ["k"], OVERLAPPING, 'hitPolicy="ANY"')

    def test_upstream(self) -> None:
        assert asked_upstream(self.data, 5)["k"] == 10

    def test_ours(self) -> None:
        with pytest.raises(RunError, match="Rows fit that differ"):
            asked(self.data, 5)


class TestCollectDoesNotReckon:
    """`policies`: SUM, MIN, MAX and COUNT are what they say, of nothing too."""

    def data(self, aggregation: str) -> bytes:
        policy = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
        return table("klass", ["n"], ["k"], OVERLAPPING, policy)

    def test_upstream(self) -> None:
        assert asked_upstream(self.data("SUM"), 5)["k"] == [10, 5]
        assert "k" not in asked_upstream(self.data("COUNT"), 0)

    def test_ours(self) -> None:
        assert asked(self.data("SUM"), 5) == 15
        assert asked(self.data("COUNT"), 0) == 0


class TestADefaultOutputIsLost:
    """`decisions`: it answers where no row fits."""

    data = table("klass", ["n"], ["k"], OVERLAPPING[:1], default="0")

    def test_upstream(self) -> None:
        assert "k" not in asked_upstream(self.data, 0)

    def test_ours(self) -> None:
        assert asked(self.data, 0) == 0


class TestACellIsPython:
    """`cells`: a cell is a unary test of DMN."""

    def data(self, cell: str) -> bytes:
        return table("klass", ["n"], ["k"], [([cell], ["1"])])

    def test_upstream(self) -> None:
        for cell, value in (("[1..5]", 3), ("true", True), ("< 5000", "900.00")):
            with pytest.raises(WorkflowTaskException):
                asked_upstream(self.data(cell), value)
        for cell, value in (('"a", "b"', "a"), ('not("a")', "b")):
            assert "k" not in asked_upstream(self.data(cell), value)

    @pytest.mark.parametrize(
        ("cell", "value"),
        [("[1..5]", 3), ("true", True), ("< 5000", "900.00"), ('"a", "b"', "a"), ('not("a")', "b")],
    )
    def test_ours(self, cell: str, value: object) -> None:
        assert asked(self.data(cell), value) == 1


class TestATableComputesInFloats:
    """`whitelist`: numbers with a point are decimals."""

    data = table("klass", ["n * 3"], ["k"], [(["0.3"], ["1"]), (["-"], ["2"])], 'hitPolicy="FIRST"')

    def test_upstream(self) -> None:
        assert asked_upstream(self.data, 0.1)["k"] == 2

    def test_ours(self) -> None:
        assert asked(self.data, 0.1) == 1


class TestOneDecisionAFile:
    """`requirements`, `formulas`: several, that require each other, and expressions."""

    data = file_of(
        requiring(bare(table("klass", ["x"], ["k"], [(["2"], ["1"]), (["-"], ["0"])],
                             'hitPolicy="FIRST"')), "before"),
        formula("before", "x", "n + 1"),
    )  # fmt: skip

    def test_upstream(self) -> None:
        with pytest.raises(ValidationException):
            asked_upstream(self.data, 1)
        with pytest.raises(ValidationException):
            asked_upstream(file_of(formula("klass", "k", "1")), 1)

    def test_ours(self) -> None:
        assert asked(self.data, 1) == 1

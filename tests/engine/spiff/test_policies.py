"""Hit policies: which rows count, what they come to together, and what none comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Asked, BrokenFilesError, RunError, compile_procedure
from engine.spiff.dmn.tables import read_tables
from tests.engine.spiff.drawing import ROLES, T0, Process, compiled, files_of, table

if TYPE_CHECKING:
    from engine.spiff import Decision

FEES = [(["> 1"], ["10.10"]), (["> 2"], ["20.20"]), (["> 3"], ["5"])]


def asking(field: str = "klass") -> Process:
    p = Process("demo")
    p.message_start()
    p.rule("classify", field)
    p.end()
    p.chain("opened", "classify", "done")
    return p


def decided(data: bytes, n: object) -> Decision:
    procedure = compiled(asking(), fields=("n",), tables={"klass": data})
    (decision,) = spiff.start(procedure, {"n": n}, now=T0).decisions
    return decision


@pytest.mark.parametrize(
    ("policy", "n", "answer", "rows"),
    [
        ('hitPolicy="FIRST"', 3, "10.10", "klass_r1"),
        ('hitPolicy="FIRST"', 0, None, None),
        ('hitPolicy="UNIQUE"', 2, "10.10", "klass_r1"),
        ('hitPolicy="COLLECT"', 3, ["10.10", "20.20"], "klass_r1 klass_r2"),
        ('hitPolicy="COLLECT"', 0, [], None),
        ('hitPolicy="RULE ORDER"', 9, ["10.10", "20.20", 5], "klass_r1 klass_r2 klass_r3"),
        ('hitPolicy="RULE ORDER"', 1, [], None),
        ('hitPolicy="COLLECT" aggregation="SUM"', 9, "35.30", "klass_r1 klass_r2 klass_r3"),
        ('hitPolicy="COLLECT" aggregation="SUM"', 0, None, None),
        ('hitPolicy="COLLECT" aggregation="MIN"', 9, 5, "klass_r1 klass_r2 klass_r3"),
        ('hitPolicy="COLLECT" aggregation="MIN"', 0, None, None),
        ('hitPolicy="COLLECT" aggregation="MAX"', 9, "20.20", "klass_r1 klass_r2 klass_r3"),
        ('hitPolicy="COLLECT" aggregation="MAX"', 0, None, None),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 3, 2, "klass_r1 klass_r2"),
        ('hitPolicy="COLLECT" aggregation="COUNT"', 0, 0, None),
    ],
)
def test_what_each_hit_policy_answers(
    policy: str, n: int, answer: object, rows: str | None
) -> None:
    decision = decided(table("klass", ["n"], ["k"], FEES, policy), n)
    assert (decision.outputs, decision.rule) == ({"k": answer}, rows)


@pytest.mark.parametrize("policy", ["COLLECT", "RULE ORDER"])
def test_every_column_of_a_list_is_a_list_in_the_order_of_the_rows(policy: str) -> None:
    rows = [(["> 1"], ["'a'", "1"]), (["> 2"], ["'b'", ""]), (["> 3"], ["'c'", "3"])]
    data = table("klass", ["n"], ["k", "m"], rows, f'hitPolicy="{policy}"')
    assert decided(data, 3).outputs == {"k": ["a", "b"], "m": [1, None]}
    assert decided(data, 0).outputs == {"k": [], "m": []}


def test_the_same_output_twice_counts_twice() -> None:
    rows = [(["> 1"], ["0.10"]), (["> 1"], ["0.1"]), (["> 1"], ["number(n) / 10"])]
    for aggregation, answer in (("SUM", "0.50"), ("COUNT", 3)):
        policy = f'hitPolicy="COLLECT" aggregation="{aggregation}"'
        assert decided(table("klass", ["n"], ["k"], rows, policy), 3).outputs == {"k": answer}


def test_rows_of_an_any_table_must_agree() -> None:
    rows = [(["> 1"], ["'a'", "1"]), (["> 2"], ["'a'", "1.0"]), (["> 3"], ["'a'", "2"])]
    data = table("klass", ["n"], ["k", "m"], rows, 'hitPolicy="ANY"')
    assert decided(data, 3).outputs == {"k": "a", "m": 1}
    assert decided(data, 3).rule == "klass_r1 klass_r2"
    with pytest.raises(RunError, match="klass_r1, klass_r3") as caught:
        decided(data, 4)
    assert caught.value.element == "classify"
    assert "klass_r1、klass_r3" in caught.value.zh


@pytest.mark.parametrize(
    ("policy", "answer"),
    [
        ('hitPolicy="UNIQUE"', 0), ('hitPolicy="FIRST"', 0), ('hitPolicy="ANY"', 0),
        ('hitPolicy="COLLECT" aggregation="SUM"', 0), ('hitPolicy="COLLECT"', 0),
    ],
)  # fmt: skip
def test_a_default_output_answers_when_no_row_fits(policy: str, answer: object) -> None:
    data = table("klass", ["n"], ["k"], FEES, policy, default="0")
    decision = decided(data, 1)
    assert (decision.outputs, decision.rule) == ({"k": answer}, None)
    public = read_tables("klass.dmn", data)[0].decider
    assert public is not None
    assert public.table.default == ("0",)


def test_what_is_no_number_cannot_be_reckoned_with() -> None:
    data = table("klass", ["n"], ["k"], [(["-"], ["n"])], 'hitPolicy="COLLECT" aggregation="SUM"')
    with pytest.raises(RunError, match="must be numbers") as caught:
        decided(data, "ten")
    assert caught.value.element == "classify"


@pytest.mark.parametrize(
    ("outputs", "row", "policy", "code", "cure"),
    [
        (["k"], ["1"], 'hitPolicy="PRIORITY"', "hit_policy", "Use FIRST"),
        (["k"], ["1"], 'hitPolicy="OUTPUT ORDER"', "hit_policy", "Use RULE ORDER"),
        (["k"], ["1"], 'hitPolicy="MOST"', "hit_policy", "Use UNIQUE, FIRST"),
        (["k"], ["1"], 'hitPolicy="FIRST" aggregation="SUM"', "hit_policy", "with COLLECT only"),
        (["k"], ["1"], 'hitPolicy="COLLECT" aggregation="MEAN"', "hit_policy", "SUM, MIN, MAX"),
        (["k", "m"], ["1", "2"], 'hitPolicy="COLLECT" aggregation="SUM"', "aggregation", "Split"),
        (["k", "m"], ["1", "2"], 'hitPolicy="COLLECT" aggregation="COUNT"', "aggregation", "Split"),
        (["k"], ["'x'"], 'hitPolicy="COLLECT" aggregation="MAX"', "aggregation", "Row 1"),
        (["k"], ["true"], 'hitPolicy="COLLECT" aggregation="SUM"', "aggregation", "Row 1"),
        (["k"], [""], 'hitPolicy="COLLECT" aggregation="SUM"', "aggregation", "Row 1"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_cure(
    outputs: list[str], row: list[str], policy: str, code: str, cure: str
) -> None:
    (found,) = read_tables("klass.dmn", table("klass", ["n"], outputs, [(["-"], row)], policy))
    assert found.decider is None
    assert [problem.code for problem in found.problems] == [code]
    assert cure in found.problems[0].en
    assert found.problems[0].zh


@pytest.mark.parametrize(
    ("policy", "default", "complete"),
    [
        ('hitPolicy="UNIQUE"', "", False), ('hitPolicy="FIRST"', "", False),
        ('hitPolicy="ANY"', "", False), ('hitPolicy="COLLECT" aggregation="MIN"', "", False),
        ('hitPolicy="UNIQUE"', "1", True), ('hitPolicy="FIRST"', "1", True),
        ('hitPolicy="COLLECT" aggregation="MIN"', "1", True), ('hitPolicy="COLLECT"', "", True),
        ('hitPolicy="RULE ORDER"', "", True), ('hitPolicy="COLLECT" aggregation="COUNT"', "", True),
    ],
)  # fmt: skip
def test_a_gap_is_none_where_nothing_is_an_answer(
    policy: str, default: str, *, complete: bool
) -> None:
    klass = table("klass", ["n"], ["k"], [(["> 5"], ["1"])], policy, default=default)
    found: set[str] = set()
    try:
        compile_procedure(
            files_of(asking(), klass=klass), root="demo", roles=ROLES, clauses=(),
            forms={"demo/opened": {"n": Asked("number")}},
        )  # fmt: skip
    except BrokenFilesError as error:
        found = {problem.code for problem in error.problems}
    assert found == (set() if complete else {"no_row"})


@pytest.mark.parametrize(
    ("rows", "default", "codes"),
    [
        ([(["< 5"], ["'qc'", "'P3D'"])], "", {"no_row"}),
        ([(["< 5"], ["'qc'", "'P3D'"])], "'qc'", {"bad_duration"}),
        ([(["< 5"], ["'qc'", "'P3D'"])], "'P3D'", {"unknown_role"}),
        ([(["< 5"], ["['qc']", "3"])], "'gm'", {"unknown_role", "bad_duration"}),
        ([(["-"], ["'qc'", "'3 个工作日'"])], "", set()),
    ],
)
def test_default_outputs_are_roles_and_limits_like_others(
    rows: list[tuple[list[str], list[str]]], default: str, codes: set[str]
) -> None:
    p = asking()
    p.without("classify_to_done")
    p.user("work")
    p.deadline("late", "work", "limit")
    p.end("late_done")
    p.chain("late", "late_done")
    p.chain("classify", "work", "done")
    p.lane("办理人", "work", role_from="who")
    klass = table("klass", ["n"], ["who", "limit"], rows, default=default)
    found: set[str] = set()
    try:
        compile_procedure(
            files_of(p, klass=klass), root="demo", roles=ROLES, clauses=(),
            forms={"demo/opened": {"n": Asked("number")}, "demo/work": {"n": Asked("number")}},
        )  # fmt: skip
    except BrokenFilesError as error:
        found = {problem.code for problem in error.problems}
    assert found == codes

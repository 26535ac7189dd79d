from __future__ import annotations

import pytest

from engine import spiff
from engine.spiff import (
    Asked,
    BrokenFilesError,
    Problem,
    RunError,
    compile_procedure,
    compile_published,
)
from engine.spiff.dmn.cells import compile_output
from engine.spiff.dmn.tables import read_tables
from tests.engine.spiff.drawing import ROLES, T0, Process, compiled, files_of, table


def test_outputs_are_expressions_or_words() -> None:
    for text, value in (("true", True), ("false", False), ('"P3D"', "P3D"), ("1 + 2", 3)):
        output = compile_output(text)
        assert output is not None
        assert output.evaluate({}) == value
    assert compile_output("") is None
    none = compile_output("null")
    assert none is not None
    assert none.evaluate({}) is None


def test_a_broken_table_is_told_by_row_and_column() -> None:
    rows = [(['"a"', "< 5"], ['"x"']), (['"b', "< 5"], ['"y"']), (['"c"', "5 <"], ["y z"])]
    (found,) = read_tables("bpmn/decisions/klass.dmn", table("klass", ["kind", "n"], ["k"], rows))
    assert found.decider is None
    assert [(p.element, p.code) for p in found.problems] == [
        ("klass_r2", "bad_cell"), ("klass_r3", "bad_cell"), ("klass_r3", "bad_cell"),
    ]  # fmt: skip
    assert [p.zh[:5] for p in found.problems] == ["第2行第1", "第3行第2", "第3行第3"]
    assert found.problems[1].en.startswith("Row 3, column 2")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (table("other", ["a"], ["k"], []), "decision_id"),
        (table("klass", ["a"], ["k l"], []), "output_name"),
        (table("klass", ["a"], ["k", "k"], []), "output_name"),
        (table("klass", ["a b"], ["k"], []), "bad_cell"),
        (table("klass", ["a"], ["k"], [(["1", "2"], ["3"])]), "row_length"),
        (table("klass", ["a"], ["k"], []).replace(b"banjie:nameEn", b"banjie:x"), "name_missing"),
        (table("klass", ["a"], ["k"], []).replace(b"decisionTable", b"context"), "no_table"),
        (b'<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"/>', "no_decision"),
        (b'<definitions xmlns="http://www.omg.org/spec/DMN/20151101/dmn.xsd"/>', "wrong_namespace"),
        (b"nonsense", "not_xml"),
    ],
)
def test_what_is_no_table_of_ours_is_refused(data: bytes, code: str) -> None:
    (found,) = read_tables("bpmn/decisions/klass.dmn", data)
    assert found.decider is None
    assert code in {problem.code for problem in found.problems}
    assert all(problem.zh and problem.en for problem in found.problems)


def asking() -> Process:
    p = Process("demo")
    p.message_start()
    p.rule("classify", "klass")
    p.end()
    p.chain("opened", "classify", "done")
    return p


def test_rows_that_overlap_are_an_error_unless_the_first_one_counts() -> None:
    rows = [(["< 10"], ["'few'"]), (["< 100"], ["'some'"]), (["-"], ["'many'"])]
    first = table("klass", ["n"], ["k"], rows, 'hitPolicy="FIRST"')
    procedure = compiled(asking(), fields=("n",), tables={"klass": first})
    for n, k in ((5, "few"), (50, "some"), (500, "many")):
        (decision,) = spiff.start(procedure, {"n": n}, now=T0).decisions
        assert decision.outputs == {"k": k}
    unique = compiled(asking(), fields=("n",), tables={"klass": table("klass", ["n"], ["k"], rows)})
    with pytest.raises(RunError, match="klass_r1, klass_r2, klass_r3") as caught:
        spiff.start(unique, {"n": 5}, now=T0)
    assert caught.value.element == "classify"


def test_a_table_whose_input_cannot_be_computed_names_it() -> None:
    rows = [(["< 10"], ["'few'"]), ([">= 10"], ["'many'"])]
    procedure = compiled(
        asking(), fields=("n",), tables={"klass": table("klass", ["number(n)"], ["k"], rows)}
    )
    with pytest.raises(RunError) as caught:
        spiff.start(procedure, {"n": "ten"}, now=T0)
    assert (caught.value.element, caught.value.variable) == ("classify", "n")
    assert caught.value.expression == "number(n)"


def test_people_see_the_table_as_it_was_typed() -> None:
    rows = [(["< 10"], ["'few'"])]
    data = table("klass", ["n"], ["k"], rows, 'banjie:ourDefault="true"')
    public = compiled(asking(), fields=("n",), tables={"klass": data}).tables["klass"]
    assert (public.inputs, public.outputs, public.our_default) == (("n",), ("k",), True)
    assert (public.rules[0].inputs, public.rules[0].outputs) == (("< 10",), ("'few'",))
    assert public.names.zh == "klass名"


def test_a_step_knows_the_tables_of_our_defaults_that_set_it() -> None:
    p = asking()
    p.without("classify_to_done")
    p.user("by_table")
    p.user("by_lane")
    p.chain("classify", "by_table", "by_lane", "done")
    p.lane("核决人", "by_table", role_from="k")
    data = table("klass", ["n"], ["k"], [(["-"], ["'gm'"])], 'banjie:ourDefault="true"')
    steps = compiled(p, fields=("n",), tables={"klass": data}).diagrams["demo"].steps
    assert steps["by_table"].default_tables == ("klass",)
    assert steps["by_lane"].default_tables == ()


@pytest.mark.parametrize(
    ("asked", "cells", "code", "told"),
    [
        ("days", ["<= 3", ">= 4"], None, ""),
        ("number(amount)", ["<= 3", ">= 4"], "no_row", "= 3.5"),
        ("days", ["< 3", "> 3"], "no_row", "= 3"),
        ("days", ["<= 3", ">= 3"], "two_rows", "= 3"),
        ("days", ["[0..5]", "]5..9]"], "no_row", "= 10"),
        ("zone", ['"near"', '"far"'], None, ""),
        ("zone", ['"near"'], "no_row", '= "far"'),
        ("zone", ['"near"', 'not("near")', '"far"'], "two_rows", '"far"'),
        ("zone == None", ["true", "false"], None, ""),
        ("zone == None", ["true"], "no_row", "= no"),
    ],
)
def test_rows_leave_no_gap_and_do_not_overlap(
    asked: str, cells: list[str], code: str | None, told: str
) -> None:
    klass = table("klass", [asked], ["k"], [([cell], ["'x'"]) for cell in cells])
    fields = {
        "days": Asked("number"), "amount": Asked("text"), "zone": Asked("choice", ("near", "far")),
    }  # fmt: skip
    found: tuple[Problem, ...] = ()
    try:
        compile_procedure(
            files_of(asking(), klass=klass), root="demo", roles=ROLES, clauses=(),
            forms={"demo/opened": fields},
        )  # fmt: skip
    except BrokenFilesError as error:
        found = error.problems
    assert {problem.code for problem in found} == ({code} if code else set())
    assert all(told in problem.zh + problem.en for problem in found[:1])


def test_a_table_in_force_that_nobody_can_read_is_an_incident_where_it_is_asked() -> None:
    p = asking()
    files = files_of(p, klass=table("klass", ["n"], ["k"], [(["> 5%"], ["'few'"])]))
    procedure = compile_published(files, root="demo", roles=ROLES, forms={})
    with pytest.raises(RunError, match="klass") as caught:
        spiff.start(procedure, {"n": 5}, now=T0)
    assert caught.value.element == "classify"

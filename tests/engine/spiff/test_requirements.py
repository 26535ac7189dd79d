"""Several decisions in a file, each made once, after those that it requires."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

import pytest

from engine import spiff
from engine.spiff import Asked, BrokenFilesError, RunError, closure, compile_procedure
from tests.engine.spiff.drawing import ROLES, T0, Process, files_of, named, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff import Compiled, Problem

HEAD = (
    '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" '
    'xmlns:banjie="urn:banjie:bpmn:1" id="d" name="d" namespace="urn:test">'
)
FIELDS = {
    "loss": Asked("decimal"), "points": Asked("number"), "points_of_all": Asked("number"),
    "bonus": Asked("decimal"), "zone": Asked("choice", ("near", "far")),
}  # fmt: skip


def bare(data: bytes) -> str:
    found = re.search(r"<decision .*</decision>", data.decode(), re.DOTALL)
    assert found is not None
    return found[0]


def formula(id_: str, name: str, text: str, type_ref: str = "number") -> str:
    return (
        f"<decision {named(id_)}><description>按办法 / by the rules</description>"
        f'<variable name="{name}" typeRef="{type_ref}"/>'
        f'<literalExpression id="{id_}_e"><text>{escape(text)}</text></literalExpression>'
        "</decision>"
    )


def requiring(decision: str, *ids: str) -> str:
    """Draw requirements: of decisions by id, of input data as `=name`."""
    drawn = "".join(
        f'<informationRequirement id="r_{n}">'
        + (
            f'<requiredInput href="#{id_[1:]}"/>'
            if id_[0] == "="
            else f'<requiredDecision href="#{id_}"/>'
        )
        + "</informationRequirement>"
        for n, id_ in enumerate(ids)
    )
    place = re.search(r"<(decisionTable|literalExpression) ", decision)
    assert place is not None
    return decision[: place.start()] + drawn + decision[place.start() :]


def file_of(*decisions: str, more: str = "") -> bytes:
    return f"{HEAD}{''.join(decisions)}{more}</definitions>".encode()


def asking(*decisions: str) -> Process:
    p = Process("demo")
    p.message_start()
    for n, id_ in enumerate(decisions):
        p.rule(f"ask_{n}", id_)
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", *(f"ask_{n}" for n in range(len(decisions))), "which", "done")
    return p


def ready(files: Mapping[str, bytes], *asked: str, condition: str = "zone is None") -> Compiled:
    p = asking(*asked)
    p.flow("which", "other", condition)
    paths = {f"bpmn/decisions/{name}.dmn": data for name, data in files.items()}
    return compile_procedure(
        {**files_of(p), **paths}, root="demo", roles=ROLES, clauses=(),
        forms={"demo/opened": FIELDS},
    )  # fmt: skip


def refused(files: Mapping[str, bytes], *asked: str, **more: str) -> list[Problem]:
    try:
        ready(files, *asked, **more)
    except BrokenFilesError as error:
        return list(error.problems)
    return []


SHARE = formula("share", "amount", "number(loss) / points_of_all * points")
CAP = formula("cap", "limit", "number(bonus) * 0.5")
INSTALMENT = formula("deduction", "this_month", "min(number(amount), number(limit))")
WHOLE = formula("plan", "months", "int(-(-number(amount) // number(limit)))")
PENALTY = file_of(
    SHARE, CAP, requiring(INSTALMENT, "share", "cap"), requiring(WHOLE, "share", "cap")
)
CASE = {"loss": "9000.00", "points": 2, "points_of_all": 6, "bonus": "2400.00", "zone": "near"}


def test_required_decisions_are_made_first_and_each_once() -> None:
    total = requiring(formula("total", "in_all", "number(this_month) * number(months)"),
                      "deduction", "plan")  # fmt: skip
    data = PENALTY.replace(b"</definitions>", f"{total}</definitions>".encode())
    move = spiff.start(ready({"penalty": data}, "total"), CASE, now=T0)
    assert [decision.table for decision in move.decisions] == [
        "cap", "share", "plan", "deduction", "total",
    ]  # fmt: skip
    outputs = {name: value for d in move.decisions for name, value in d.outputs.items()}
    assert outputs == {
        "amount": "3000.00", "limit": "1200.000", "this_month": "1200.000", "months": 3,
        "in_all": "3600.000",
    }  # fmt: skip
    assert {decision.element for decision in move.decisions} == {"ask_0"}
    last = move.decisions[-1]
    assert last.inputs == {"this_month": "1200.000", "months": 3}
    assert last.rule == "total_e"


def test_what_is_required_is_seen_by_those_that_require_it_and_by_nothing_else() -> None:
    compiled = ready({"penalty": PENALTY}, "deduction")
    assert {"loss", "points", "bonus", "this_month"} <= compiled.variables
    assert not {"amount", "limit"} & compiled.variables
    found = refused({"penalty": PENALTY}, "deduction", condition="number(amount) > 3")
    assert [(p.code, p.element) for p in found] == [("unfilled_name", "which_to_other")]
    assert refused({"penalty": PENALTY}, "share", condition="number(amount) > 3") == []
    both = ready({"penalty": PENALTY}, "share", "deduction")
    assert "amount" in both.variables


def test_what_is_required_stands_before_a_variable_of_the_same_name() -> None:
    inner = formula("inner", "loss", "1")
    outer = requiring(formula("outer", "result", "number(loss) + 1"), "inner")
    outside = formula("outside", "kept", "number(loss)")
    compiled = ready({"x": file_of(inner, outer, outside)}, "outer", "outside")
    answers = [d.outputs for d in spiff.start(compiled, CASE, now=T0).decisions]
    assert answers == [{"loss": 1}, {"result": "2"}, {"kept": "9000.00"}]


def test_a_table_reads_what_it_requires_and_is_looked_at_for_gaps() -> None:
    sizes = [(["< 5000"], ["'small'"]), ([">= 5000"], ["'large'"])]
    size = bare(table("size", ["number(loss)"], ["size"], sizes))
    rows = [(['"small"', "-"], ["'clerk'"]), (['"large"', '"near"'], ["'qc'"])]
    who = requiring(bare(table("who", ["size", "zone"], ["who"], rows)), "size")
    (problem,) = refused({"x": file_of(size, who)}, "who")
    assert (problem.code, problem.element) == ("no_row", "who")
    assert 'size = "large", zone = "far"' in problem.en
    rows.append((['"large"', '"far"'], ["'gm'"]))
    who = requiring(bare(table("who", ["size", "zone"], ["who"], rows)), "size")
    compiled = ready({"x": file_of(size, who)}, "who")
    first, last = spiff.start(compiled, CASE, now=T0).decisions
    assert (first.table, first.rule, first.outputs) == ("size", "size_r2", {"size": "large"})
    assert (last.table, last.inputs) == ("who", {"size": "large", "zone": "near"})
    assert compiled.tables["who"].requires == ("size",)
    wrong = requiring(bare(table("who", ["size"], ["w"], [(['"huge"'], ["1"]), (["-"], ["2"])],
                                 'hitPolicy="FIRST"')), "size")  # fmt: skip
    (problem,) = refused({"x": file_of(size, wrong)}, "who")
    assert (problem.code, problem.element) == ("unknown_value", "who_r1")
    assert '"large", "small"' in problem.en


def test_a_list_is_handed_on_as_a_list() -> None:
    rows = [(["> 1"], ["10.50"]), (["> 2"], ["4"])]
    fees = bare(table("fees", ["points"], ["fees"], rows, 'hitPolicy="COLLECT"'))
    most = requiring(formula("most", "total", "sum([number(x0) for x0 in fees])"), "fees")
    assert refused({"x": file_of(fees, most)}, "most")[0].code == "bad_cell"
    count = requiring(formula("count", "n", "len(fees)"), "fees")
    move = spiff.start(ready({"x": file_of(fees, count)}, "count"), {**CASE, "points": 3}, now=T0)
    assert [d.outputs for d in move.decisions] == [{"fees": ["10.50", 4]}, {"n": 2}]


def test_an_only_output_may_be_named_by_the_decision() -> None:
    data = bare(table("klass", ["points"], ["k"], [(["-"], ["1"])]))
    renamed = data.replace("<decisionTable", '<variable name="kind"/><decisionTable', 1)
    alike = renamed.replace('name="k"', 'name="kind"')
    for decision in (renamed.replace(' name="k"', ""), alike):
        compiled = ready({"klass": file_of(decision)}, "klass")
        assert spiff.start(compiled, CASE, now=T0).decisions[0].outputs == {"kind": 1}
    (problem,) = refused({"klass": file_of(renamed)}, "klass")
    assert (problem.code, problem.element) == ("output_name", "klass")


def test_input_data_that_are_drawn_are_all_that_a_decision_reads() -> None:
    data = '<inputData id="i_loss" name="损失"><variable name="loss"/></inputData>'
    plain = formula("share", "amount", "number(loss)")
    assert refused({"share": file_of(requiring(plain, "=i_loss"), more=data)}, "share") == []
    more = requiring(formula("share", "amount", "number(loss) + points"), "=i_loss")
    (problem,) = refused({"share": file_of(more, more=data)}, "share")
    assert (problem.code, problem.element) == ("not_required", "share")
    assert '"points"' in problem.en
    unnamed = data.replace('<variable name="loss"/>', "")
    (problem,) = refused({"share": file_of(requiring(plain, "=i_loss"), more=unnamed)}, "share")
    assert (problem.code, problem.element) == ("input_name", "i_loss")


ROUND = [
    requiring(formula("share", "amount", "number(x)"), "cap"),
    requiring(formula("cap", "x", "number(amount)"), "share"),
]


@pytest.mark.parametrize(
    ("data", "code", "element"),
    [
        (file_of(*ROUND), "decision_cycle", "share"),
        (file_of(requiring(SHARE, "share")), "decision_cycle", "share"),
        (file_of(requiring(SHARE, "gone")), "no_requirement", "share"),
        (file_of(requiring(SHARE, "=gone")), "no_requirement", "share"),
        (file_of(SHARE.replace(' name="amount"', "")), "output_name", "share"),
        (file_of(SHARE.replace("amount", "the amount")), "output_name", "share"),
        (file_of(formula("share", "amount", "")), "bad_cell", "share"),
        (file_of(formula("share", "amount", "loss.x")), "bad_cell", "share"),
        (file_of(formula("share", "amount", "'x'")), "bad_cell", "share"),
        (file_of(formula("share", "amount", "loss", "tLoss")), "unknown_type", "share"),
        (file_of(formula("share", "amount", "1").replace("/ by the rules", "")),
         "no_description", "share_e"),
        (file_of(SHARE, SHARE), "same_decision", "share"),
        (file_of(requiring(SHARE, "cap", "cup"), CAP, CAP.replace('"cap', '"cup')),
         "given_twice", "share"),
        (file_of(SHARE, more="<itemDefinition name='t'/>"), "unsupported_dmn", "share"),
        (file_of(SHARE, more="<businessKnowledgeModel id='b' name='b'/>"), "unsupported_dmn", "b"),
        (file_of(SHARE, more="<decisionService id='s' name='s'/>"), "unsupported_dmn", "s"),
        (file_of(SHARE, more="<import namespace='x'/>"), "unsupported_dmn", "share"),
        (file_of(SHARE.replace("literalExpression", "context")), "no_table", "share"),
        (file_of(SHARE.replace("literalExpression", "invocation")), "unsupported_dmn", "share_e"),
        (file_of(SHARE.replace("literalExpression", "relation")), "unsupported_dmn", "share_e"),
        (file_of(SHARE.replace("literalExpression", "list")), "unsupported_dmn", "share_e"),
        (file_of(SHARE.replace("_e", '_e" expressionLanguage="juel')), "unsupported_dmn", "share"),
    ],
)  # fmt: skip
def test_what_cannot_be_run_is_refused_by_name(data: bytes, code: str, element: str) -> None:
    found = refused({"share": data}, "share")
    assert (code, element) in {(problem.code, problem.element) for problem in found}
    assert all(problem.zh and problem.en for problem in found)


def test_what_only_tells_people_something_is_let_be() -> None:
    more = (
        '<knowledgeSource id="k" name="办法"/>'
        '<textAnnotation id="t"><text>x</text></textAnnotation>'
        '<association id="a"><sourceRef href="#k"/><targetRef href="#t"/></association>'
    )
    told = SHARE.replace("<variable", "<question>?</question><variable", 1)
    told = told.replace(
        "<literalExpression",
        '<authorityRequirement id="au"><requiredAuthority href="#k"/></authorityRequirement>'
        "<literalExpression", 1,
    )  # fmt: skip
    assert refused({"share": file_of(told, more=more)}, "share") == []


def test_a_decision_is_found_wherever_it_is_and_only_its_file_is_needed() -> None:
    files = {
        **files_of(asking("deduction")), "bpmn/decisions/penalty.dmn": PENALTY,
        "bpmn/decisions/broken.dmn": b"nonsense",
        "bpmn/decisions/klass.dmn": table("klass", ["n"], ["k"], []),
    }  # fmt: skip
    assert closure(files, "demo") == {"bpmn/test/demo.bpmn", "bpmn/decisions/penalty.dmn"}
    assert refused({"penalty": PENALTY, "broken": b"nonsense"}, "deduction") == []
    found = refused({"penalty": PENALTY, "other": PENALTY}, "deduction")
    assert {(p.code, p.element) for p in found} == {
        ("same_decision", "deduction"), ("same_decision", "share"), ("same_decision", "cap"),
    }  # fmt: skip
    assert refused({"penalty": PENALTY}, "gone")[0].code == "no_table"
    assert refused({"gone": b"nonsense"}, "gone")[0].code == "not_xml"


def test_a_decision_that_cannot_be_made_is_named() -> None:
    compiled = ready({"penalty": PENALTY}, "deduction")
    with pytest.raises(RunError) as caught:
        spiff.start(compiled, {**CASE, "loss": "much"}, now=T0)
    assert (caught.value.element, caught.value.variable) == ("ask_0", None)
    assert 'Decision "share in English"' in caught.value.en
    assert "决策“share名”" in caught.value.zh
    with pytest.raises(RunError) as caught:
        spiff.start(compiled, {**CASE, "points_of_all": 0}, now=T0)
    assert caught.value.expression == "number(loss) / points_of_all * points"


def test_a_long_chain_is_refused_before_it_is_walked() -> None:
    links = [formula("d0", "x0", "1")]
    links += [
        requiring(formula(f"d{n}", f"x{n}", f"x{n - 1} + 1"), f"d{n - 1}") for n in range(1, 200)
    ]
    found = refused({"long": file_of(*links)}, "d199")
    assert {problem.code for problem in found} == {"decision_cycle"}
    compiled = ready({"short": file_of(*links[:51])}, "d50")
    assert spiff.start(compiled, CASE, now=T0).decisions[-1].outputs == {"x50": 51}

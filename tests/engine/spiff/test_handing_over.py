"""What called processes are given and give back, and data objects, stored at every step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.spiff import BrokenFilesError, RunError, compile_procedure
from engine.spiff.codec import load
from tests.engine.spiff.drawing import ROLES, Process, Scope, compiled, files_of, variable
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Mapping

FIELDS = ("order", "secret", "verdict", "noise", "note")


def inspecting(*hands: str) -> tuple[Process, Process]:
    """Draw a call of a process that has two steps, and reads what it is given."""
    p, called = Process("demo"), Process("inspect")
    p.message_start()
    p.call("part", "inspect")
    p.user("after")
    p.script("read", "both = [order, verdict]")
    p.end()
    p.chain("opened", "part", "after", "read", "done")
    called.start("begun")
    called.user("look")
    called.script("use", "used = [noise, order]")
    called.end("ended")
    called.chain("begun", "look", "use", "ended")
    called.hand_over(*hands)
    return p, called


def values(walk: Walk) -> dict[str, object]:
    return load(walk.compiled.plan, walk.move.state).values


def inner(walk: Walk) -> dict[str, object]:
    (called,) = load(walk.compiled.plan, walk.move.state).subprocesses.values()
    found: dict[str, object] = called.values
    return found


def started(*hands: str, **answers: object) -> Walk:
    return Walk(compiled(*inspecting(*hands), fields=FIELDS), **answers)


def test_only_inputs_go_in_and_only_outputs_come_back() -> None:
    p, called = inspecting("order", "verdict")
    p.without("read")
    p.script("read", "both = [order, verdict, secret]")
    walk = Walk(compiled(p, called, fields=FIELDS), order=7, secret="x", noise="before")
    assert inner(walk) == {"order": 7}
    walk.does("look", verdict="good", noise="inside", order=8)
    known = values(walk)
    assert known["verdict"] == "good"
    assert (known["order"], known["noise"]) == (7, "before"), "these are no outputs"
    assert walk.does("after").ended == "demo:done"


def test_a_missing_input_is_an_error_of_the_call() -> None:
    with pytest.raises(RunError) as caught:
        started("order", "verdict")
    assert (caught.value.process, caught.value.element) == ("demo", "part")
    assert caught.value.variable == "order"


def test_an_optional_input_may_be_missing() -> None:
    p, called = inspecting("order", "verdict order", "order")
    walk = Walk(compiled(p, called, fields=FIELDS))
    assert inner(walk) == {}
    walk.does("look", order=1, verdict="good", noise="")
    assert values(walk)["order"] == 1


def test_a_missing_output_is_an_error_unless_it_is_optional() -> None:
    walk = started("order", "verdict", order=1)
    before = walk.move.state
    with pytest.raises(RunError) as caught:
        walk.does("look", noise="")
    assert (caught.value.element, caught.value.variable) == ("part", "verdict")
    assert walk.move.state == before
    p, called = inspecting("order", "verdict", "verdict")
    walk = Walk(compiled(p, called, fields=FIELDS), order=1)
    walk.does("look", noise="")
    assert walk.waits == ["after"]


def test_an_output_that_nobody_wrote_does_not_bring_an_old_value_back() -> None:
    p, called = inspecting("order", "order verdict")
    p.without("opened_to_part")
    p.without("part_to_after")
    p.parallel("fork")
    p.parallel("join")
    p.user("change")
    p.chain("opened", "fork", "part", "join", "after")
    p.chain("fork", "change", "join")
    called.without("use")
    called.script("use", "used = noise")
    walk = Walk(compiled(p, called, fields=FIELDS), order="old")
    walk.does("change", order="new")
    walk.does("look", verdict="good", noise="")
    assert values(walk)["order"] == "new"


def test_a_called_process_begins_with_the_defaults_that_it_declares() -> None:
    p, called = inspecting("order", "verdict")
    called.extra = variable("noise", '"quiet"') + variable("verdict", '"open"')
    walk = Walk(compiled(p, called, fields=("order", "note")), order=1)
    assert inner(walk) == {"order": 1, "noise": "quiet", "verdict": "open"}
    walk.does("look")
    assert values(walk)["verdict"] == "open", "an own default is an output too"


@pytest.mark.parametrize("wrapped", ["sub", "each", "each in call"])
def test_it_holds_inside_instances_sub_processes_and_other_calls(wrapped: str) -> None:
    p, called = inspecting("order", "verdict")
    others = []
    if wrapped == "each":
        p.each("part", "orders", "order", "verdicts", "verdict")
    else:
        inside = Scope("demo")
        inside.start("in_begun")
        inside.call("nested", "inspect")
        inside.end("in_ended")
        inside.chain("in_begun", "nested", "in_ended")
        p.without("part")
        if wrapped == "sub":
            p.sub("part", inside)
        else:
            inside.each("nested", "orders", "order", "verdicts", "verdict")
            p.call("part", "middle")
            others = [Process("middle", inside.xml, inside.ids, inside.flows)]
            others[0].hand_over("orders", "verdicts")
    p.without("read")
    p.script("read", "both = verdicts" if "each" in wrapped else "both = verdict")
    given = {"orders": [1, 2]} if "each" in wrapped else {"order": 1}
    walk = Walk(compiled(p, *others, called, fields=(*FIELDS, "orders")), **given)
    for _ in range(2 if "each" in wrapped else 1):
        walk.does("look", verdict="good", noise="")
    found = values(walk)
    assert found["verdicts" if "each" in wrapped else "verdict"] in (["good"] * 2, "good")
    assert "noise" not in found


def problems(*processes: Process, fields: tuple[str, ...] = FIELDS) -> list[str]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=fields)
    return [f"{problem.code}:{problem.element}" for problem in caught.value.problems]


def told(p: Process, called: Process, within: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Publish with forms whose fields differ by process."""
    forms = {f"{x.process}/{id_}": within.get(x.process, ()) for x in (p, called) for id_ in x.ids}
    with pytest.raises(BrokenFilesError) as caught:
        compile_procedure(files_of(p, called), root="demo", roles=ROLES, clauses=set(), forms=forms)
    return [f"{each.code}:{each.element}" for each in caught.value.problems]


def test_what_is_not_handed_out_is_not_filled_outside() -> None:
    p, called = inspecting("order", "note")
    assert told(p, called, {"demo": ("order",), "inspect": ("verdict", "noise", "note")}) == [
        "not_handed_over:read"
    ]


def test_what_is_not_handed_in_is_not_filled_inside() -> None:
    p, called = inspecting("", "verdict")
    assert told(p, called, {"demo": ("order",), "inspect": ("verdict", "noise")}) == [
        "not_handed_over:use"
    ]


def test_without_a_specification_everything_is_handed_over() -> None:
    p, called = inspecting()
    called.hands = ""
    walk = Walk(compiled(p, called, fields=FIELDS), order=1, noise="before")
    walk.does("look", verdict="good", noise="inside")
    assert values(walk)["verdict"] == "good"


def test_what_instances_fill_is_not_filled_outside() -> None:
    p, called = inspecting("order", "verdict")
    p.each("part", "orders", "order", "verdicts", "verdict")
    found = told(p, called, {"demo": ("orders",), "inspect": ("verdict", "noise")})
    assert found == ["not_handed_over:read", "not_handed_over:read"], "order and verdict"


def test_what_is_around_is_known_to_instances() -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.each("ask", "depts", "dept", "opinions", "opinion", until="enough and opinion == dept")
    p.lane("某部门", "ask", role_from="dept")
    p.end()
    p.chain("opened", "ask", "done")
    walk = Walk(compiled(p, fields=("depts", "opinion", "enough")), depts=["qc", "gm"], enough=True)
    assert sorted(task.role for task in walk.tasks.values()) == ["gm", "qc"]
    assert walk.does("ask", opinion="qc").ended == "demo:done"


@pytest.mark.parametrize(
    ("hands", "code"),
    [(("9", "verdict"), "bad_specification"), (("order order", "len"), "bad_specification")],
)
def test_what_is_handed_over_are_variables(hands: tuple[str, ...], code: str) -> None:
    assert f"{code}:inspect" in problems(*inspecting(*hands))


def test_every_name_stands_in_its_set_and_there_is_one_set_each() -> None:
    p, called = inspecting("order", "verdict")
    called.hands = called.hands.replace("<bpmn:inputSet>", "<bpmn:inputSet/><bpmn:inputSet>")
    assert problems(p, called) == ["bad_specification:inspect"]
    p, called = inspecting("order", "verdict")
    called.hands = called.hands.replace("dataOutputRefs>", "whileExecutingOutputRefs>")
    assert problems(p, called) == ["bad_specification:inspect"]


def test_specifications_elsewhere_are_refused() -> None:
    p, called = inspecting("order", "verdict")
    p.hand_over("order")
    assert "bad_specification:demo" in problems(p, called)
    p, called = inspecting("order", "verdict")
    p.without("after")
    p.add("userTask", "after", called.hands.replace("inspect_", "x_"))
    assert "unsupported:after" in problems(p, called)


def drawn(variable_name: str, more: str = "") -> tuple[Process, Process]:
    p, called = inspecting("order", "verdict")
    p.data("order_form", variable_name)
    p.without("after")
    p.add(
        "userTask", "after",
        '<bpmn:property id="place" name="__targetRef_placeholder"/>'
        '<bpmn:dataInputAssociation id="reads"><bpmn:sourceRef>order_form</bpmn:sourceRef>'
        f"<bpmn:targetRef>place</bpmn:targetRef>{more}</bpmn:dataInputAssociation>"
        '<bpmn:dataOutputAssociation id="fills"><bpmn:targetRef>order_form</bpmn:targetRef>'
        "</bpmn:dataOutputAssociation>",
    )  # fmt: skip
    return p, called


def test_data_objects_are_drawn_and_run_nothing() -> None:
    walk = Walk(compiled(*drawn("order"), fields=FIELDS), order=1)
    assert "order_form" not in walk.compiled.diagrams["demo"].elements
    walk.does("look", verdict="good", noise="")
    assert walk.does("after").ended == "demo:done"


def test_a_data_object_stands_for_a_variable_that_is_filled() -> None:
    assert problems(*drawn("orders")) == ["unfilled_name:order_form"]
    assert problems(*drawn("no variable")) == ["bad_data_object:order_form"]
    p, called = inspecting("order", "verdict")
    p.data("verdict_slip")
    assert problems(p, called) == ["unfilled_name:verdict_slip"], "the object's id is no variable"


@pytest.mark.parametrize(
    "more",
    [
        "<bpmn:transformation>order + 1</bpmn:transformation>",
        "<bpmn:assignment><bpmn:from>1</bpmn:from><bpmn:to>order</bpmn:to></bpmn:assignment>",
    ],
)
def test_a_data_association_that_would_compute_is_refused_by_name(more: str) -> None:
    p, called = drawn("order", more)
    with pytest.raises(BrokenFilesError) as caught:
        compiled(p, called, fields=FIELDS)
    (problem,) = caught.value.problems
    assert (problem.code, problem.element) == ("unsupported", "reads")
    assert more.partition(">")[0].partition(":")[2] in problem.zh


def test_what_one_caller_gives_does_not_come_to_the_other() -> None:
    p, called = inspecting()
    called.hands = ""
    p.call("other", "inspect", before="mine = 1")
    p.each("other", "orders", "order", more="")
    p.without("after_to_read")
    p.chain("after", "other", "read")
    p.without("read")
    p.script("read", "both = [order, mine]")
    fields = {"demo": ("orders",), "inspect": ("noise",)}
    assert told(p, called, fields) == ["not_handed_over:read"]

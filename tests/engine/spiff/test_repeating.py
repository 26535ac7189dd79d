"""Multi-instance activities and loops, stored and loaded again at every step (Walk does)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine import spiff
from engine.spiff import BrokenFilesError, RunError
from engine.spiff.codec import load
from engine.spiff.elements.turns import LABEL, told
from tests.engine.spiff.drawing import (
    T0,
    Process,
    Scope,
    compiled,
    extensions,
    table,
    variable,
)
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from random import Random

DEPTS = ["qc", "production", "sales"]


def asking(**more: str) -> Process:
    """Draw one step that is done for each of `depts`, and a way out by what they said."""
    p = Process("demo", extra=variable("note", '"kept"'))
    p.message_start()
    p.user("ask")
    p.each("ask", "depts", "dept", "opinions", "opinion", **more)
    p.user("after")
    p.xor("which", "which_to_done")
    p.end()
    p.end("refused")
    p.chain("opened", "ask", "after", "which", "done")
    p.flow("which", "refused", '"no" in opinions or note == "wrong"')
    return p


FIELDS = ("depts", "opinion", "note", "dept")


def values(walk: Walk) -> dict[str, object]:
    return load(walk.compiled.plan, walk.move.state).values


def items(walk: Walk) -> list[str | None]:
    return [task.item for task in walk.tasks.values()]


def test_a_step_opens_for_each_item_at_a_time() -> None:
    walk = Walk(compiled(asking(), fields=FIELDS), depts=DEPTS)
    assert walk.waits == ["ask"] * 3
    assert items(walk) == ["1/3 · qc", "2/3 · production", "3/3 · sales"]
    assert values(walk)["opinions"] == []
    assert walk.does("ask", item="3/3 · sales", opinion="yes").ended is None
    assert values(walk)["opinions"] == ["yes"]
    walk.does("ask", opinion="no", note="changed")
    assert values(walk)["opinions"] == ["no", "yes"], "in the order of the instances"
    assert "opinion" not in values(walk)
    assert values(walk)["note"] == "kept", "only the result comes back"
    move = walk.does("ask", opinion="maybe")
    assert move.flows == ("demo:ask_to_after",)
    assert move.reached == ("demo:ask", "demo:after")
    assert values(walk)["opinions"] == ["no", "maybe", "yes"]
    assert walk.does("after").ended == "demo:refused"


def test_each_instance_sees_its_own_copy_of_the_variables() -> None:
    procedure = compiled(asking(), fields=FIELDS)
    walk = Walk(procedure, depts=DEPTS)
    seen = {}
    for task in walk.tasks.values():
        known = spiff.known(procedure, walk.move.state, task.id)
        seen[task.item] = (known["dept"], known["loopCounter"], known["note"])
    assert seen == {
        "1/3 · qc": ("qc", 1, "kept"), "2/3 · production": ("production", 2, "kept"),
        "3/3 · sales": ("sales", 3, "kept"),
    }  # fmt: skip
    walk.does("ask", dept="renamed", opinion="yes")
    left = [spiff.known(procedure, walk.move.state, task)["dept"] for task in walk.tasks]
    assert left == ["production", "sales"]


def test_one_after_the_other_takes_the_item_of_its_turn() -> None:
    walk = Walk(compiled(asking(sequential="true"), fields=FIELDS), depts=DEPTS)
    for number, dept in enumerate(DEPTS, 1):
        assert items(walk) == [f"{number}/3 · {dept}"]
        walk.does("ask", opinion=dept)
    assert walk.waits == ["after"]
    assert values(walk)["opinions"] == DEPTS


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_an_empty_list_passes_through_at_once(sequential: str) -> None:
    walk = Walk(compiled(asking(sequential=sequential), fields=FIELDS), depts=[])
    assert walk.waits == ["after"]
    assert walk.move.reached == ("demo:opened", "demo:ask", "demo:after")
    assert values(walk)["opinions"] == []


@pytest.mark.parametrize("wrong", [None, "qc", {"a": 1}, 3])
def test_a_list_that_is_none_is_an_error_naming_the_variable(wrong: object) -> None:
    with pytest.raises(RunError) as caught:
        Walk(compiled(asking(), fields=FIELDS), depts=wrong)
    assert (caught.value.element, caught.value.variable) == ("ask", "depts")
    assert "depts" in caught.value.zh
    assert "depts" in caught.value.en


def test_a_list_that_was_never_filled_is_an_error_too() -> None:
    with pytest.raises(RunError) as caught:
        Walk(compiled(asking(), fields=FIELDS))
    assert caught.value.variable == "depts"


@pytest.mark.parametrize("sequential", ["false", "true"])
def test_more_than_a_thousand_instances_are_refused(sequential: str) -> None:
    procedure = compiled(asking(sequential=sequential), fields=FIELDS)
    with pytest.raises(RunError, match="1001"):
        Walk(procedure, depts=[0] * 1001)
    assert len(Walk(procedure, depts=[0] * 1000).tasks) == (1 if sequential == "true" else 1000)


def test_instances_within_instances_are_counted_over_the_whole_case() -> None:
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.user("ask")
    inside.each("ask", "depts")
    inside.end("sub_done")
    inside.chain("sub_begun", "ask", "sub_done")
    p = around(inside)
    p.each("part", "depts")
    with pytest.raises(RunError, match="5000"):
        Walk(compiled(p, fields=("depts",)), depts=[0] * 500)


def around(inside: Scope) -> Process:
    p = Process("demo")
    p.message_start()
    p.sub("part", inside)
    p.user("after")
    p.end()
    p.chain("opened", "part", "after", "done")
    return p


@pytest.mark.parametrize("sequential", ["false", "true"])
@pytest.mark.parametrize(
    "until",
    [
        'opinion == "no"', '"no" in opinions', "nrOfCompletedInstances == 2",
        "nrOfCompletedInstances / nrOfInstances > 0.5",
    ],
)  # fmt: skip
def test_a_completion_condition_ends_the_others(sequential: str, until: str) -> None:
    procedure = compiled(asking(until=until, sequential=sequential), fields=FIELDS)
    walk = Walk(procedure, depts=DEPTS)
    assert walk.does("ask", opinion="yes").ended is None
    before = set(walk.tasks)
    move = walk.does("ask", opinion="no")
    assert walk.waits == ["after"]
    assert set(move.closed) == before
    assert values(walk)["opinions"] == ["yes", "no"]
    assert "opinion" not in values(walk)


def test_the_counters_tell_what_still_runs() -> None:
    until = "nrOfActiveInstances == 1 and nrOfInstances == 3 and nrOfCompletedInstances == 2"
    walk = Walk(compiled(asking(until=until), fields=FIELDS), depts=DEPTS)
    walk.does("ask", opinion="yes")
    walk.does("ask", opinion="yes")
    assert walk.waits == ["after"]


def test_a_failing_condition_names_the_activity_and_its_text() -> None:
    walk = Walk(compiled(asking(until="opinion > 1"), fields=FIELDS), depts=DEPTS)
    with pytest.raises(RunError) as caught:
        walk.does("ask", opinion="yes")
    assert (caught.value.element, caught.value.expression) == ("ask", "opinion > 1")
    walk.does("ask", opinion=2)
    assert walk.waits == ["after"]


@pytest.mark.parametrize("bad", [-1, 1.5, True, "2", None])
def test_a_number_of_instances_is_a_whole_number(bad: object) -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.each("ask", results="opinions", result="opinion", count="n + 0 if n == 3 else n")
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", "ask", "which", "done")
    p.flow("which", "other", "opinions == [1, 2, 3]")
    procedure = compiled(p, fields=("n", "opinion"))
    with pytest.raises(RunError) as caught:
        Walk(procedure, n=bad)
    assert (caught.value.element, caught.value.variable) == ("ask", "n")
    walk = Walk(procedure, n=3.0)
    assert items(walk) == ["1/3", "2/3", "3/3"]
    walk.does("ask", opinion=1)
    walk.does("ask", opinion=2)
    assert walk.does("ask", opinion=3).ended == "demo:other"


def test_automatic_activities_run_for_each_item() -> None:
    p = Process("demo", extra=variable("kinds", '["x", "y", "z"]') + variable("total", "0"))
    p.message_start()
    p.rule("classify", "klass")
    p.each("classify", "kinds", "kind", "grades", "grade")
    p.script("count", "length = len(kind) + loopCounter")
    p.each("count", "kinds", "kind", "lengths", "length", sequential="true")
    p.service("number", "allot_number")
    p.each("number", count="2")
    p.send("tell", "=who")
    p.each("tell", "grades", "who")
    p.xor("which", "which_to_wrong")
    p.end()
    p.end("wrong")
    p.chain("opened", "classify", "count", "number", "tell", "which", "wrong")
    p.flow("which", "done", 'grades == ["qc", "gm", "gm"] and lengths == [2, 3, 4]')
    grades = table("klass", ["kind"], ["grade"], [(['"x"'], ['"qc"']), (['"y","z"'], ['"gm"'])])
    move = Walk(compiled(p, tables={"klass": grades})).move
    assert move.ended == "demo:done"
    assert [decision.outputs["grade"] for decision in move.decisions] == ["qc", "gm", "gm"]
    assert [type(effect).__name__ for effect in move.effects] == ["Call"] * 2 + ["Message"] * 3
    assert [e.notifies for e in move.effects[2:]] == [("qc",), ("gm",), ("gm",)]  # type: ignore[union-attr]
    assert move.reached.count("demo:classify") == 1


def working(process: str) -> Scope:
    """Draw two steps, one with a deadline of its own, inside a sub-process."""
    inside = Scope(process)
    inside.start("sub_begun")
    inside.user("look")
    inside.user("judge")
    inside.end("sub_done")
    inside.chain("sub_begun", "look", "judge", "sub_done")
    inside.deadline("look_late", "look", "P1D")
    inside.user("urge")
    inside.end("urged")
    inside.chain("look_late", "urge", "urged")
    return inside


def repeated(kind: str) -> tuple[Process, ...]:
    """Draw a sub-process or a call, for each of `lots`."""
    p = Process("demo")
    p.message_start()
    called = []
    if kind == "sub":
        p.sub("part", working("demo"))
    else:
        p.call("part", "inspect")
        inside = working("inspect")
        called = [Process("inspect", inside.xml, inside.ids, inside.flows)]
    p.each("part", "lots", "lot", "verdicts", "verdict")
    p.user("after")
    p.xor("which", "which_to_wrong")
    p.end()
    p.end("wrong")
    p.chain("opened", "part", "after", "which", "wrong")
    p.flow("which", "done", 'verdicts == ["good", "bad"]')
    return p, *called


LOTS = [{"no": "L-1", "qty": 5, "more": [1]}, {"no": "L-2", "qty": 7}]


@pytest.mark.parametrize("kind", ["sub", "call"])
def test_sub_processes_and_calls_run_for_each_item(kind: str) -> None:
    walk = Walk(compiled(*repeated(kind), fields=("lots", "verdict")), lots=LOTS)
    assert walk.waits == ["look", "look"]
    assert items(walk) == ["1/2 · L-1 · 5", "2/2 · L-2 · 7"]
    assert [task.path for task in walk.tasks.values()] == [("part",) if kind == "call" else ()] * 2
    assert [task.due for task in walk.tasks.values()] == [T0 + timedelta(days=1)] * 2
    walk.does("look", item="2/2 · L-2 · 7")
    assert walk.waits == ["judge", "look"]
    assert walk.task("judge").item == "2/2 · L-2 · 7"
    walk.wakes(days=1)
    assert walk.waits == ["judge", "look", "urge"]
    walk.does("judge", verdict="bad")
    walk.does("look")
    walk.does("judge", verdict="good")
    assert walk.waits == ["urge"]
    walk.does("urge")
    assert values(walk)["verdicts"] == ["good", "bad"]
    assert not load(walk.compiled.plan, walk.move.state).subprocesses
    assert walk.does("after").ended == "demo:done"


def test_multi_instances_nest() -> None:
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.user("ask")
    inside.each("ask", "row", "cell", "told_all", "answer")
    inside.end("sub_done")
    inside.chain("sub_begun", "ask", "sub_done")
    p = around(inside)
    p.each("part", "rows", "row", "everything", "told_all", sequential="true")
    walk = Walk(compiled(p, fields=("rows", "answer")), rows=[["a", "b"], [], ["c"]])
    assert items(walk) == ["1/3 / 1/2 · a", "1/3 / 2/2 · b"]
    walk.does("ask", item="1/3 / 2/2 · b", answer="b!")
    walk.does("ask", answer="a!")
    assert items(walk) == ["3/3 / 1/1 · c"]
    walk.does("ask", answer="c!")
    assert values(walk)["everything"] == [["a!", "b!"], [], ["c!"]]


def test_boundary_events_hang_on_all_the_instances() -> None:
    p = asking()
    p.deadline("ask_late", "ask", "P1D")
    p.user("urge")
    p.end("urged")
    p.chain("ask_late", "urge", "urged")
    p.interrupt("ask_stopped", "ask", "P3D")
    p.user("instead")
    p.end("stopped")
    p.chain("ask_stopped", "instead", "stopped")
    walk = Walk(compiled(p, fields=FIELDS), depts=DEPTS)
    assert [task.due for task in walk.tasks.values()] == [T0 + timedelta(days=1)] * 3
    assert [task.due_timer for task in walk.tasks.values()] == ["demo:ask_late"] * 3
    walk.wakes(days=1)
    assert walk.waits == ["ask", "ask", "ask", "urge"], "once, not three times"
    walk.does("ask", opinion="no")
    move = walk.wakes(days=2)
    assert walk.waits == ["instead", "urge"]
    assert len(move.closed) == 2
    assert values(walk)["opinions"] == ["no"], "what was said so far is not lost"
    assert not load(walk.compiled.plan, walk.move.state).subprocesses
    walk.does("instead")
    assert walk.does("urge").ended == "demo:urged"


def test_deadlines_within_and_around_an_instance_are_both_found() -> None:
    p, called = repeated("call")
    p.deadline("part_late", "part", "PT6H")
    p.end("part_urged")
    p.chain("part_late", "part_urged")
    walk = Walk(compiled(p, called, fields=("lots", "verdict")), lots=LOTS)
    assert walk.task("look").due_timer == "demo:part_late"


def test_a_terminate_end_ends_its_own_instance_only() -> None:
    inside = working("demo")
    inside.without("sub_done")
    inside.terminate("sub_done")
    p = around(inside)
    p.each("part", "lots", "lot")
    walk = Walk(compiled(p, fields=("lots",)), lots=LOTS)
    walk.wakes(days=1)
    walk.does("look", item="1/2 · L-1 · 5")
    walk.does("judge")
    assert walk.waits == ["look", "urge"]
    walk.does("look")
    walk.does("judge")
    assert walk.waits == ["after"]


def test_multi_instances_run_anew_in_a_loop_and_in_parallel_branches() -> None:
    p = asking()
    p.without("opened_to_ask")
    p.without("ask_to_after")
    p.without("after")
    p.without("after_to_which")
    p.xor("back")
    p.parallel("fork")
    p.parallel("join")
    p.user("vote")
    p.each("vote", "people", "person", "votes", "vote_given", sequential="true")
    p.user("more")
    p.xor("again", "again_to_which")
    p.chain("opened", "back", "fork", "ask", "join", "more", "again", "which")
    p.chain("fork", "vote", "join")
    p.flow("again", "back", "once_more")
    fields = (*FIELDS, "people", "vote_given", "once_more")
    walk = Walk(compiled(p, fields=fields), depts=["a", "b"], people=["p", "q"])
    for depts in (["c"], ["d", "e", "f"], []):
        assert walk.waits.count("vote") == 1
        while "ask" in walk.waits:
            walk.does("ask", opinion="no")
        walk.does("vote", vote_given=1)
        walk.does("vote", vote_given=2)
        assert values(walk)["votes"] == [1, 2]
        walk.does("more", once_more=True, depts=depts)
        assert walk.waits.count("ask") == len(depts)
        assert values(walk)["opinions"] == []
    assert walk.waits == ["vote"]


def test_parallel_branches_do_not_change_what_an_instance_has_copied() -> None:
    p = asking()
    p.without("opened_to_ask")
    p.without("ask_to_after")
    p.parallel("fork")
    p.parallel("join")
    p.user("other")
    p.chain("opened", "fork", "ask", "join", "after")
    p.chain("fork", "other", "join")
    procedure = compiled(p, fields=FIELDS)
    walk = Walk(procedure, depts=["a", "b"])
    walk.does("other", note="changed")
    assert values(walk)["note"] == "changed"
    for task in walk.tasks:
        assert spiff.known(procedure, walk.move.state, task)["note"] == "kept"
    walk.does("ask", opinion="yes")
    walk.does("ask", opinion="yes")
    assert values(walk)["note"] == "changed"


def looping(condition: str = "more", attributes: str = "", kind: str = "user") -> Process:
    p = Process("demo", extra=variable("more", "true") + variable("n", "0"))
    p.message_start()
    if kind == "user":
        p.user("work")
    elif kind == "script":
        p.script("work", "n = n + 1")
    p.again("work", condition, attributes)
    p.user("after")
    p.script("read", "n = n")
    p.end()
    p.chain("opened", "work", "after", "read", "done")
    return p


def test_a_loop_runs_again_while_its_condition_holds() -> None:
    walk = Walk(compiled(looping(), fields=("more", "n")))
    for number in range(3):
        assert walk.waits == ["work"]
        assert walk.task("work").item is None, "a turn takes the place of the one before"
        walk.does("work", more=True, n=number)
        assert values(walk)["n"] == number, "turns share the variables"
    walk.does("work", more=False, n=7)
    assert walk.waits == ["after"]


def test_a_loop_tests_before_if_it_says_so() -> None:
    p = looping("more and n < 2", 'testBefore="true"')
    procedure = compiled(p, fields=("more", "n"))
    assert Walk(procedure, more=False).waits == ["after"]
    walk = Walk(procedure)
    walk.does("work", n=1)
    walk.does("work", n=2)
    assert walk.waits == ["after"]


@pytest.mark.parametrize(
    ("condition", "attributes", "expected"),
    [("", 'loopMaximum="3"', 3), ("n < 2", 'loopMaximum="3"', 2), ("loopCounter < 5", "", 5)],
)
def test_a_loop_ends_by_its_maximum_or_its_counter(
    condition: str, attributes: str, expected: int
) -> None:
    walk = Walk(compiled(looping(condition, attributes, "script")))
    assert values(walk)["n"] == expected


def test_a_loop_without_a_stop_is_an_error_and_not_a_hang() -> None:
    with pytest.raises(RunError, match="5000"):
        Walk(compiled(looping("True", kind="script")))


def test_a_loop_of_sub_processes_within_instances_keeps_to_its_instance() -> None:
    inner = Scope("demo")
    inner.start("in_begun")
    inner.user("work")
    inner.end("in_done")
    inner.chain("in_begun", "work", "in_done")
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.sub("turn", inner)
    inside.again("turn", "more")
    inside.end("sub_done")
    inside.chain("sub_begun", "turn", "sub_done")
    p = around(inside)
    p.extra = variable("more", "true")
    p.each("part", "lots", "lot", "left", "n")
    walk = Walk(compiled(p, fields=("lots", "more", "n")), lots=["a", "b"])
    walk.does("work", n=1, item="1/2 · a")
    walk.does("work", n=2, item="2/2 · b", more=False)
    assert items(walk) == ["1/2 · a"]
    walk.does("work", n=3, more=False)
    assert values(walk)["left"] == [3, 2]


def test_a_property_keeps_the_reference_to_a_list_in_other_editors() -> None:
    """They drop what they cannot resolve: bpmn.io's knows a variable by its property only."""
    p = asking()
    p.hands = '<bpmn:property id="depts" name="depts"/><bpmn:property id="opinions"/>'
    walk = Walk(compiled(p, fields=FIELDS), depts=DEPTS)
    assert walk.waits == ["ask"] * 3


def test_scripts_run_around_all_instances_or_in_each() -> None:
    inner = extensions(
        "<spiffworkflow:preScript>given = given + [1]</spiffworkflow:preScript>"
        "<spiffworkflow:postScript>ended = ended + [len(given)]</spiffworkflow:postScript>"
    )
    moves = []
    for attributes in ("", 'spiffworkflow:scriptsOnInstances="true"'):
        p = Process("demo", extra=variable("given", "[]") + variable("ended", "[]"))
        p.message_start()
        p.add("userTask", "ask", inner)
        p.each("ask", count="3", results="got", result="given", attributes=attributes)
        p.user("after")
        p.end()
        p.chain("opened", "ask", "after", "done")
        walk = Walk(compiled(p))
        for _ in range(3):
            walk.does("ask")
        moves.append((values(walk)["given"], values(walk)["ended"], values(walk)["got"]))
    assert moves == [([1], [1], [[1], [1], [1]]), ([], [], [[1], [1], [1]])]


def test_twenty_instances_are_stored_in_few_bytes() -> None:
    p, called = repeated("call")
    fields = {f"field_{n}": f"what somebody typed into field number {n} " * 3 for n in range(20)}
    more = " or ".join(f"{name} == lot" for name in fields)
    called.script("uses", f"verdict = {more}")
    called.without("judge_to_sub_done")
    called.chain("judge", "uses", "sub_done")
    procedure = compiled(p, called, fields=("lots", "verdict", *fields))
    sizes = {}
    for count in (1, 20):
        lots = [{"no": f"L-{n}", "qty": n} for n in range(count)]
        sizes[count] = len(Walk(procedure, lots=lots, **fields).move.state)
    assert sizes[20] < 3_072
    assert sizes[20] - sizes[1] < 19 * 120, "the variables are not stored for each instance"


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("a\n b", "a b"), (7, "7"), (None, ""), (True, ""), ([1], ""), ({"a": [1], "b": "x"}, "x"),
        ({"a": 1, "b": None, "c": "x", "d": 3}, "1 · x"),
        ("字" * 200, "字" * (LABEL - 1) + "…"), ({}, ""),
    ],
)  # fmt: skip
def test_an_item_is_told_in_few_words(item: object, text: str) -> None:
    assert told(item) == text


EAGER = {
    sequential: compiled(
        asking(until="nrOfCompletedInstances >= note", sequential=str(sequential).lower()),
        fields=FIELDS,
    )
    for sequential in (False, True)
}
JSON = st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3) | st.just({"a": [1]})


@given(
    depts=st.lists(JSON, max_size=6), enough=st.integers(1, 7), sequential=st.booleans(),
    order=st.randoms(use_true_random=False),
)  # fmt: skip
def test_whatever_the_list_results_stand_in_its_order_and_enough_ends_it(
    *, depts: list[object], enough: int, sequential: bool, order: Random
) -> None:
    walk = Walk(EAGER[sequential], depts=depts, note=enough)
    done: dict[int, object] = {}
    while "ask" in walk.waits:
        left = len(depts) - len(done)
        assert len(walk.tasks) == (1 if sequential else left)
        task = order.choice([*walk.tasks.values()])
        number = int((task.item or "").partition("/")[0])
        known = spiff.known(walk.compiled, walk.move.state, task.id)
        assert (known["dept"], known["loopCounter"]) == (depts[number - 1], number)
        assert type(known["dept"]) is type(depts[number - 1])
        walk.does("ask", item=task.item, opinion=[number, known["dept"]])
        done[number] = [number, known["dept"]]
        assert values(walk)["opinions"] == [done[n] for n in sorted(done)]
    assert len(done) == min(len(depts), enough)
    assert walk.waits == ["after"]


def refused(p: Process, *fields: str) -> list[str]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(p, fields=fields)
    return [f"{problem.code}:{problem.element}" for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("marker", "said"),
    [
        ('camunda:collection="depts" camunda:elementVariable="dept"', "collection"),
        ('flowable:collection="depts"', "collection"),
        ('behavior="None"', "behavior=None"),
    ],
)
def test_what_other_engines_write_is_refused_by_name(marker: str, said: str) -> None:
    spaces = ('xmlns:camunda="http://camunda.org/schema/1.0/bpmn" '
              'xmlns:flowable="http://flowable.org/bpmn" ')  # fmt: skip
    with pytest.raises(BrokenFilesError) as caught:
        compiled(asking(attributes=spaces + marker), fields=FIELDS)
    problems = [p for p in caught.value.problems if p.code == "repeat_unread"]
    assert problems
    assert problems[0].element == "ask"
    assert said in problems[0].zh
    assert "loopDataInputRef" in problems[0].en


@pytest.mark.parametrize(
    "arguments",
    [
        ("", "", "", ""), ("depts", "", "opinions", ""), ("depts", "", "", "opinion"),
        ("depts", "depts", "", ""), ("depts", "dept", "got", "got"),
        ("depts", "loopCounter", "", ""), ("depts", "len", "", ""),
    ],
)  # fmt: skip
def test_a_multi_instance_says_over_what(arguments: tuple[str, ...]) -> None:
    p = asking()
    p.without("ask")
    p.user("ask")
    p.each("ask", *arguments)
    assert "bad_repeat:ask" in refused(p, *FIELDS, "got")


def test_a_list_and_a_number_are_one_too_many() -> None:
    assert "bad_repeat:ask" in refused(asking(count="3"), *FIELDS)


@pytest.mark.parametrize(
    ("condition", "attributes"), [("", ""), ("", 'loopMaximum="0"'), ("", 'loopMaximum="-2"')]
)
def test_a_loop_says_how_long(condition: str, attributes: str) -> None:
    assert refused(looping(condition, attributes), "more", "n") == ["bad_repeat:work"]


def test_what_can_never_be_a_list_is_refused() -> None:
    p = asking()
    p.extra += variable("depts", '"qc"')
    with pytest.raises(BrokenFilesError) as caught:
        compiled(p, fields=("opinion", "note"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.element) == ("bad_repeat", "ask")
    assert "depts" in problem.zh


def test_only_activities_are_repeated() -> None:
    p = asking()
    p.each("which", "depts")
    assert "schema:which" in refused(p, *FIELDS)


def test_what_a_repeated_activity_reads_must_be_filled() -> None:
    assert refused(asking(until="enough > 1"), "opinion", "note") == [
        "unfilled_name:ask", "unfilled_name:ask",
    ]  # fmt: skip
    assert refused(asking(until="opinion = 1"), *FIELDS) == ["bad_expression:ask"]


def test_an_operator_sees_and_mends_each_instance_by_itself() -> None:
    procedure = compiled(*repeated("call"), fields=("lots", "verdict"))
    walk = Walk(procedure, lots=LOTS, verdict="unknown")
    walk.does("look", item="1/2 · L-1 · 5")
    case, *inner = spiff.variables(procedure, walk.move.state)
    assert (case.item, case.path) == (None, ())
    assert [(each.process, each.path, each.item) for each in inner] == [
        ("demo", (), "1/2 · L-1 · 5"), ("inspect", ("part",), "1/2 · L-1 · 5"),
        ("demo", (), "2/2 · L-2 · 7"), ("inspect", ("part",), "2/2 · L-2 · 7"),
    ]  # fmt: skip
    assert len({each.id for each in (case, *inner)}) == 5
    assert "lot" not in inner[0].copied
    assert "verdict" in inner[1].copied
    first = inner[0].id
    walk.move = spiff.repair(procedure, walk.move.state, {"verdict": "mended"}, scope=first)
    known = [each.values["verdict"] for each in spiff.variables(procedure, walk.move.state)]
    assert known == ["unknown", "mended", "mended", "unknown", "unknown"]
    walk.move = spiff.repair(procedure, walk.move.state, {"verdict": "all"})
    known = [each.values["verdict"] for each in spiff.variables(procedure, walk.move.state)]
    assert known == ["all", "mended", "mended", "all", "all"]

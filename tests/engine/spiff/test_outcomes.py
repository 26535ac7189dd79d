"""A way out that no case takes is refused, and none that some case takes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.spiff import Asked, BrokenFilesError, compile_expression, compile_procedure
from engine.spiff.language.expressions import EvaluationError
from engine.spiff.lint.outcomes import answers_of
from tests.engine.spiff.drawing import ROLES, Process, files_of
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from engine.spiff import Compiled, Problem

FIELDS = {
    "accepted": Asked("boolean"),
    "decision": Asked("choice", ("approve", "amend")),
    "days": Asked("number"),
    "amount": Asked("decimal"),
    "note": Asked("text"),
    "reasons": Asked("choices", ("late", "broken")),
}


def refused(condition: str, gateway: str = "exclusiveGateway") -> tuple[Problem, ...]:
    p = Process("demo")
    p.message_start()
    p.add(gateway, "which", "", 'default="which_to_done"')
    p.user("look")
    p.end()
    p.chain("opened", "which", "done")
    p.flow("which", "look", condition)
    p.chain("look", "done")
    forms = {"demo/opened": FIELDS, "demo/look": {}}
    try:
        compile_procedure(files_of(p), root="demo", roles=ROLES, clauses=(), forms=forms)
    except BrokenFilesError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("accepted == True and accepted == False", "永远不成立"),
        ('decision == "approve" and decision == "amend"', "永远不成立"),
        ('decision == "approve" and not decision', "永远不成立"),
        ("days > 3 and days < 2", "永远不成立"),
        ("number(amount) > 5 and number(amount) < -5", "永远不成立"),
        ('note == "a" and note == "b"', "永远不成立"),
        ('"late" in reasons and "late" not in reasons', "永远不成立"),
        ("False", "永远不成立"),
        ("True", "永远成立"),
        ("1 == 1", "永远成立"),
        ("days is None or days is not None", "永远成立"),
    ],
)
def test_a_settled_condition_is_refused(condition: str, said: str) -> None:
    (problem,) = refused(condition)
    assert (problem.code, problem.element) == ("settled_condition", "which_to_look")
    assert f"“which名→look名（which_to_look）”的条件“{condition}”{said}" in problem.zh
    assert ("never true" in problem.en) is (said == "永远不成立")


@pytest.mark.parametrize(
    "condition",
    [
        "accepted == True or accepted == False",  # not while nobody has answered
        'decision in ["approve", "amend"]',
        "days > 3 and days < 5",
        "number(amount) > 0.5 and number(amount) < 0.6",
        'note > "a" and note < "b"',
        '"late" in reasons and "broken" not in reasons',
        "accepted",
        "days + 1 == days",  # not judged
        'reasons == ["late", "late"]',  # neither
        '"late" in note and note > "more"',
        '"late" in note and note < "a"',
        'note in "lately" and note != "lately" and note != ""',
        '"late" in reasons and "broken" in reasons',
    ],
)
def test_a_condition_that_some_case_meets_is_not(condition: str) -> None:
    assert refused(condition) == ()


def test_a_way_of_an_inclusive_gateway_may_always_be_taken_but_not_never() -> None:
    assert refused("True", "inclusiveGateway") == ()
    assert [each.code for each in refused("False", "inclusiveGateway")] == ["settled_condition"]


WORDS = st.sampled_from(["None", "True", "False", "0", "1", "2", "0.5", "-1", "'a'", "'b'", "''"])
SIGNS = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
NAMES = st.sampled_from(["x", "y"])
ATOMS = st.one_of(
    NAMES,
    st.builds("{} {} {}".format, NAMES, SIGNS, WORDS),
    st.builds("{} is {}None".format, NAMES, st.sampled_from(["", "not "])),
    st.builds("number({}) {} {}".format, NAMES, SIGNS, WORDS),
    st.builds("{} in [{}, {}]".format, NAMES, WORDS, WORDS),
    st.builds("{} == [{}, {}]".format, NAMES, WORDS, WORDS),
    st.builds("{} in 'abc'".format, NAMES),
    st.builds("{} in {}".format, WORDS, NAMES),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda parts: st.one_of(
        st.builds("({} and {})".format, parts, parts),
        st.builds("({} or {})".format, parts, parts),
        st.builds("(not {})".format, parts),
    ),
    max_leaves=5,
)
HELD = st.one_of(
    st.none(), st.booleans(), st.integers(-3, 4),
    st.sampled_from(["", "a", "b", "ab", "ba", "cab", "Aab", "0.7", "7"]),
    st.decimals(-2, 3, places=2), st.lists(st.sampled_from(["a", "b", 1, 2]), max_size=2),
)  # fmt: skip


@given(condition=CONDITIONS, x=HELD, y=HELD)
def test_no_case_has_another_answer_than_those_foreseen(
    condition: str, x: object, y: object
) -> None:
    foreseen = answers_of(condition)
    try:
        answer = bool(compile_expression(condition).evaluate({"x": x, "y": y}))
    except EvaluationError:
        return
    assert not foreseen or answer in foreseen


def ways(*conditions: str, gateway: str = "exclusiveGateway", turned: bool = False) -> Compiled:
    """Compile a gateway with these ways out, the first one drawn topmost, or lowest."""
    p = Process("demo")
    p.message_start()
    p.add(gateway, "which", "", 'default="which_to_done"')
    steps = [f"step_{number}" for number in range(len(conditions))]
    for id_ in steps:
        p.user(id_)
    p.end()
    p.chain("opened", "which", "done")
    for id_, condition in zip(steps, conditions, strict=True):
        p.flow("which", id_, condition)
        p.chain(id_, "done")
    given = files_of(p)
    for number, id_ in enumerate(steps[::-1] if turned else steps):
        shape = rf'(bpmnElement="{id_}"><dc:Bounds x="\d+" y=)"80"'
        for path, data in given.items():
            given[path] = re.sub(shape, rf'\1"{number * 100}"', data.decode()).encode()
    forms = {f"demo/{id_}": FIELDS for id_ in ("opened", *steps)}
    return compile_procedure(given, root="demo", roles=ROLES, clauses=(), forms=forms)


def overtaken(*conditions: str, gateway: str = "exclusiveGateway", turned: bool = False) -> str:
    try:
        ways(*conditions, gateway=gateway, turned=turned)
    except BrokenFilesError as error:
        (problem,) = error.problems
        assert problem.code == "way_overtaken"
        return problem.element or ""
    return ""


@pytest.mark.parametrize(
    ("conditions", "hidden"),
    [
        (("days > 5", "days > 10"), 1),
        (("days > 5", "days >  5"), 1),
        (("days > 10", "days > 5"), None),
        (('decision == "approve"', "accepted == True"), None),
        (('decision in ["approve", "amend"]', 'decision == "amend"'), 1),
        (("days > 5", "days <= 5", "days == 3"), 2),
        (("len(note) > 5", "len(note) > 10"), None),
    ],
)
def test_a_way_that_another_one_always_overtakes_is_refused(
    conditions: tuple[str, ...], hidden: int | None
) -> None:
    expected = "" if hidden is None else f"which_to_step_{hidden}"
    assert overtaken(*conditions) == expected


def test_ways_are_asked_from_top_to_bottom_and_inclusive_ones_all() -> None:
    assert overtaken("days > 5", "days > 10", turned=True) == ""
    assert overtaken("days > 10", "days > 5", turned=True) == "which_to_step_0"
    assert overtaken("days > 5", "days > 10", gateway="inclusiveGateway") == ""


@pytest.mark.parametrize(("turned", "step"), [(False, "step_0"), (True, "step_1")])
def test_the_engine_asks_in_that_order(step: str, *, turned: bool) -> None:
    walk = Walk(ways("days > 5", "days < 20", turned=turned), days=12)
    assert [task.element for task in walk.tasks.values()] == [step]

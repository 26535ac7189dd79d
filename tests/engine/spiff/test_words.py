"""A comparison asks only for what its name can ever be, in conditions as in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.spiff import Asked, BrokenFilesError, compile_procedure
from tests.engine.spiff.drawing import ROLES, Process, files_of, table, variable

if TYPE_CHECKING:
    from engine.spiff import Problem

FIELDS = {
    "decision": Asked("choice", ("approve", "amend", "send_back")),
    "upheld": Asked("boolean"),
    "days": Asked("number"),
    "amount": Asked("text"),
    "reasons": Asked("choices", ("late", "broken")),
    "free": Asked(),
}


def refused(condition: str, *, before: str = "", more: str = "") -> tuple[Problem, ...]:
    p = Process("demo", extra=variable("variant", '"CM"') + more)
    p.message_start()
    p.script("set", before or "nothing = None")
    p.xor("which", "which_to_done")
    p.rule("classify", "klass")
    p.end()
    p.chain("opened", "set", "which", "done")
    p.flow("which", "classify", condition)
    p.chain("classify", "done")
    rows = [(["-"], ["'quality'"])]
    klass = table("klass", ["decision"], ["kind"], rows, 'hitPolicy="FIRST"')
    try:
        compile_procedure(
            files_of(p, klass=klass), root="demo", roles=ROLES, clauses=(),
            forms={"demo/opened": FIELDS},
        )  # fmt: skip
    except BrokenFilesError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    "condition",
    ['decision == "send_back"', 'decision in ["approve", "amend"]', "upheld == True",
     "upheld is None", "days == 3", 'amount == "3.00"', '"late" in reasons', 'free == "x"',
     'variant == "CM"', 'kind == "quality"', "kind is None", 'step == "one"', 'step == "two"',
     'upheld and decision == "approve"', '"app" + free == "approve"', "decision != amount"],
)  # fmt: skip
def test_what_can_be_is_asked_freely(condition: str) -> None:
    assert refused(condition, before='step = "one" if upheld else "two"') == ()


@pytest.mark.parametrize(
    ("condition", "name", "word"),
    [
        ('decision == "sent_back"', "decision", '"sent_back"'),
        ('decision != "sent_back"', "decision", '"sent_back"'),
        ('"sent_back" == decision', "decision", '"sent_back"'),
        ('decision in ["approve", "amended"]', "decision", '"amended"'),
        ('not (days > 3 and decision == "no")', "decision", '"no"'),
        ('upheld == "True"', "upheld", '"True"'),
        ("upheld == 1", "upheld", "1"),
        ('days == "3"', "days", '"3"'),
        ("amount == 3", "amount", "3"),
        ('"lost" in reasons', "reasons", '"lost"'),
        ('variant == "XX"', "variant", '"XX"'),
        ('kind == "qualify"', "kind", '"qualify"'),
        ('step == "three"', "step", '"three"'),
        ('last == "approved"', "last", '"approved"'),
    ],
)
def test_what_can_never_be_is_refused_with_what_can(condition: str, name: str, word: str) -> None:
    before = 'step = "one" if upheld else "two"\nlast = decision'
    (problem,) = refused(condition, before=before)
    assert (problem.code, problem.element) == ("unknown_value", "which_to_classify")
    assert f"“{name}”不可能是 {word}" in problem.zh
    assert f'"{name}" can never be {word}' in problem.en


def test_the_possible_values_are_named() -> None:
    (problem,) = refused('decision == "sent_back"')
    assert '"amend"、"approve"、"send_back"' in problem.zh
    assert '"amend", "approve", "send_back"' in problem.en


def test_a_declared_variable_may_name_values_of_other_procedures() -> None:
    more = '<banjie:variable name="line" default="null" values="CM MY" zh="x" en="x"/>'
    assert refused('line == "MY"', more=more) == ()
    assert len(refused('line == "PC"', more=more)) == 1


@pytest.mark.parametrize(
    ("condition", "part", "why"),
    [
        ("1 / 0 > 1", "1 / 0", "除数为零"),
        ("days / 0 > 1", "days / 0", "除数为零"),
        ("days % (2 - 2) == 1", "days % (2 - 2)", "除数为零"),
        ("number(decision) > 1", "number(decision)", "这个文字不能当数字"),
        ('number("many") > days', "number('many')", "这个文字不能当数字"),
        ("date(decision) is None", "date(decision)", "不是 2026-09-30 这样的日期"),
        ("amount * 2 > 5", "amount * 2", "number(amount)"),
    ],
)
def test_what_can_never_be_computed_is_refused(condition: str, part: str, why: str) -> None:
    (problem,) = refused(condition)
    assert (problem.code, problem.element) == ("never_computed", "which_to_classify")
    assert f"“{part}”永远算不出来：" in problem.zh
    assert why in problem.zh
    assert f'"{part}" can never be computed: ' in problem.en


@pytest.mark.parametrize(
    "condition",
    ["days / 2 > 1", "days / days > 1", "number(amount) > 1", "number(known) > 1",
     "number(free) * 2 > 1", "free / 3 > 1", "len(reasons) / 2 > 1", "round(days / 3, 1) > 1"],
)  # fmt: skip
def test_what_may_be_computed_is_not(condition: str) -> None:
    assert refused(condition, before='known = "1" if upheld else "many"') == ()


def test_a_script_that_can_never_be_computed_is_refused_too() -> None:
    found = refused("upheld == True", before="limit = 1 / 0\nrest = amount - limit")
    assert {(problem.code, problem.element) for problem in found} == {("never_computed", "set")}
    assert len(found) == 2

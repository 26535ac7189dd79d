"""One mistake is told once: by what is wrong, without all that follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.spiff.lint.following import folded
from engine.spiff.model import Problem
from tests.engine.spiff.drawing import Process, table
from tests.engine.spiff.test_lint import PATH, called, files, good, problems

if TYPE_CHECKING:
    from collections.abc import Callable


def told(p: Process, **more: bytes) -> list[str]:
    return [f"{each.code}:{each.element}" for each in problems({**files(p), **more})]


def long() -> Process:
    """Draw five steps one after the other, the first of which has a deadline."""
    p = Process("demo")
    p.message_start()
    for id_ in ("one", "two", "three", "four", "five"):
        p.user(id_)
    p.end()
    p.chain("opened", "one", "two", "three", "four", "five", "done")
    p.deadline("late", "one", "P3D")
    p.end("late_done")
    p.chain("late", "late_done")
    return p


def drawing(p: Process) -> list[str]:
    found = problems(files(p))
    return [f"{each.code}:{each.element}" for each in found if each.code != "no_form"]


def test_of_what_a_missing_flow_cuts_off_the_first_element_is_told() -> None:
    p = long()
    p.without("two_to_three")
    assert drawing(p) == ["dead_end:two", "unreachable:three"]


def test_of_what_leads_into_a_ring_the_ring_is_told() -> None:
    p = long()
    p.without("five_to_done")
    p.without("done")
    p.xor("again", "again_to_four")
    p.chain("five", "again", "four")
    p.flow("again", "five", "1 == 2")
    assert [each for each in drawing(p) if each.startswith("endless")] == ["endless:four"]


@pytest.mark.parametrize("spoil", ["id", "element"])
def test_an_element_that_is_not_there_is_told_by_what_hangs_on_it(spoil: str) -> None:
    p = long()
    if spoil == "element":
        p.without("one")
        assert drawing(p) == ["loose_flow:opened_to_one"]
        return
    spoilt = p.bytes().decode().replace('<bpmn:userTask id="one"', '<bpmn:userTask id="onne"')
    found = problems({**files(p), PATH: spoilt.encode()})
    (problem,) = (each for each in found if each.code != "no_form")
    assert (problem.code, problem.element) == ("loose_flow", "opened_to_one")
    assert "“one名" not in problem.zh
    assert "、“late名（late）”所连的“one”不在图中。是否为“onne”" in problem.zh
    assert '"late in English (late)": "one", which it is joined to, is not drawn.' in problem.en


@pytest.mark.parametrize(
    ("id_", "where", "better"),
    [("1 one", "there", "one"), ("1 one", "everywhere", "e_1_one"), (" one", "there", "one"),
     ("the one", "everywhere", "the_one"), ("one:1", "everywhere", "one_1"),
     ("·", "everywhere", "e")],
)  # fmt: skip
def test_an_id_that_xml_does_not_take_is_told_once(id_: str, where: str, better: str) -> None:
    drawn = long().bytes().decode()
    spoilt = drawn.replace('<bpmn:userTask id="one"', f'<bpmn:userTask id="{id_}"')
    if where == "everywhere":
        spoilt = drawn.replace('"one"', f'"{id_}"').replace(">one<", f">{id_}<")
    found = problems({**files(long()), PATH: spoilt.encode()})
    (problem,) = (each for each in found if each.code != "no_form")
    assert (problem.code, problem.element) == ("bad_id", id_)
    assert f"“one名（{id_}）”的 id“{id_}”不能用：id 以字母、汉字或下划线开头" in problem.zh
    assert f"请改为如 {better}，" in problem.zh
    assert f'has the id "{id_}", which cannot be one' in problem.en
    assert f"Write {better}, say," in problem.en


@pytest.mark.parametrize(
    ("old", "new"), [('"m_open"', '"m open"'), ('"opened_to_one"', '"1st"'), ('"shape_one"', '"1"')]
)
def test_no_id_in_a_file_is_one_that_xml_does_not_take(old: str, new: str) -> None:
    spoilt = long().bytes().decode().replace(old, new)
    found = problems({**files(long()), PATH: spoilt.encode()})
    assert [f'{each.code}:"{each.element}"' for each in found if each.code != "no_form"] == [
        f"bad_id:{new}"
    ]


def test_a_name_that_nobody_fills_is_told_once_in_a_diagram() -> None:
    p = good()
    p.xor("again", "again_to_done")
    p.without("call_sub_to_done")
    p.chain("call_sub", "again", "done")
    p.flow("again", "look", "knwon == 1 or knwon == 3", "back")
    p.without("which_to_done")
    p.flow("which", "done", "knwon == 2", "past")
    (problem,) = problems(files(p))
    assert (problem.code, problem.element) == ("unfilled_name", "back")
    assert "“again名→look名（back）”（以及“which名→done名（past）”）用到的“knwon”" in problem.zh
    assert '(also "which in English → done in English (past)") uses "knwon"' in problem.en


def a_misspelt_call(p: Process) -> None:
    p.without("call_sub")
    p.call("call_sub", "caled")


def a_missing_table(p: Process) -> None:
    p.rule("ask_table", "klas")
    p.without("look_to_call_sub")
    p.chain("look", "ask_table", "call_sub")


@pytest.mark.parametrize(
    ("spoil", "code"),
    [(a_misspelt_call, "no_process:call_sub"), (a_missing_table, "no_table:ask_table")],
)
def test_what_a_missing_file_would_fill_is_not_missed(
    spoil: Callable[[Process], None], code: str
) -> None:
    p = good()
    spoil(p)
    p.without("which_to_done")
    p.flow("which", "done", "filled_by_it == 1")
    assert told(p) == [code]


def test_a_diagram_with_another_process_id_is_judged_no_further() -> None:
    p = good()
    p.user("extra")
    spoilt = p.bytes().replace(b'<bpmn:process id="demo"', b'<bpmn:process id="demon"')
    found = problems({**files(p), PATH: spoilt})
    assert [(each.code, each.element) for each in found] == [("process_id", "demon")]


def test_mistakes_in_several_places_are_all_told() -> None:
    p, sub = good(), called()
    p.without("look_to_call_sub")
    spoilt = sub.bytes().replace(b'id="classify"', b'id="classify" banjie:clauses="CM-99"', 1)
    more = {
        "bpmn/test/called.bpmn": spoilt,
        "bpmn/decisions/klass.dmn": table("klass", ["known"], ["k"], [(["1..2"], ["'qc'"])]),
    }
    assert {each.code for each in problems({**files(p), **more})} == {
        "dead_end", "unreachable", "unknown_clause", "bad_cell",
    }  # fmt: skip


def test_at_most_five_elements_of_a_problem_are_named() -> None:
    each = [Problem("a.bpmn", f"e{n}", "c", f"“e{n}”错。", f'"e{n}" is wrong.') for n in range(9)]
    other = [Problem("b.bpmn", "e1", "c", "“e1”错。", '"e1" is wrong.')]
    first, second = folded([*each, *other])
    assert first.zh == "“e0”（以及“e1”、“e2”、“e3”、“e4”等共 8 处）错。"
    assert first.en == '"e0" (also "e1", "e2", "e3", "e4" and 4 more) is wrong.'
    assert second == other[0]
    assert folded([*each[:1], *each[:1]]) == each[:1]

"""Drawings of absurd size: refused by name or run, and soon; never a crash, never minutes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

import pytest

from engine import spiff
from engine.spiff import BrokenFilesError, Problem, RunError
from engine.spiff.lint.sizes import MOST_LEVELS, MOST_NODES
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, variable
from tests.engine.spiff.walking import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.timeout(30)


def problems(*processes: Process, fields: tuple[str, ...] = ()) -> tuple[Problem, ...]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=fields)
    for problem in caught.value.problems:
        assert problem.file.endswith(".bpmn")
        assert len(problem.zh) < 500
        assert len(problem.en) < 500
        assert len(problem.element or "") < 100
    return caught.value.problems


def codes(*processes: Process, fields: tuple[str, ...] = ()) -> set[str]:
    return {problem.code for problem in problems(*processes, fields=fields)}


def row(length: int) -> Process:
    """Draw a procedure of so many elements one after another."""
    p = Process("demo")
    p.message_start()
    scripts = [p.script(f"s{n}", "n = 1") for n in range(length - 2)]
    p.chain("opened", *scripts, p.end())
    return p


def nested(levels: int, *, timer: bool = False) -> Process:
    """Draw so many levels of sub-processes, the process itself being the first."""
    scope = Scope("demo")
    for level in range(levels, 1, -1):
        around = Scope("demo")
        around.start(f"begun_{level}")
        if level == levels:
            around.user("deepest")
        else:
            around.sub(f"part_{level + 1}", scope)
        around.end(f"ended_{level}")
        inner = "deepest" if level == levels else f"part_{level + 1}"
        around.chain(f"begun_{level}", inner, f"ended_{level}")
        scope = around
    p = Process("demo")
    p.message_start()
    p.sub("part_2", scope)
    p.end()
    p.chain("opened", "part_2", "done")
    if timer:
        p.interrupt("stop", "part_2", "P1D")
        p.chain("stop", "done")
    return p


def calling(levels: int) -> list[Process]:
    """Draw so many processes, each calling the next."""
    found = []
    for level in range(levels):
        p = Process(f"level-{level}" if level else "demo")
        begun = p.start(f"begun_{level}") if level else p.message_start()
        inner = f"does_{level}"
        p.user(inner) if level == levels - 1 else p.call(inner, f"level-{level + 1}")
        p.chain(begun, inner, p.end(f"ended_{level}"))
        found.append(p)
    return found


def doubling(levels: int) -> list[Process]:
    """Draw processes that each call the next twice."""
    found = calling(levels)
    for level, p in enumerate(found[:-1]):
        p.without(f"does_{level}_to_ended_{level}")
        p.call(f"again_{level}", f"level-{level + 1}")
        p.chain(f"does_{level}", f"again_{level}", f"ended_{level}")
    return found


def test_a_flat_diagram_of_5000_elements_is_refused() -> None:
    found = problems(row(5_000))
    assert {p.code for p in found} == {"too_large"}
    assert "5000" in found[0].zh
    assert "5000" in found[0].en


def test_a_scope_at_the_limit_runs() -> None:
    assert Walk(compiled(row(MOST_NODES))).move.ended == "demo:done"
    assert codes(row(MOST_NODES + 1)) == {"too_large"}


def test_many_scopes_at_the_limit_are_too_much_together() -> None:
    p = Process("demo")
    p.message_start()
    parts = []
    for number in range(9):
        inside = Scope("demo")
        inside.start(f"b{number}")
        steps = [inside.script(f"s{number}_{n}", "n = 1") for n in range(MOST_NODES - 2)]
        inside.end(f"e{number}")
        inside.chain(f"b{number}", *steps, f"e{number}")
        parts.append(p.sub(f"part_{number}", inside))
    p.end()
    p.chain("opened", *parts, "done")
    assert codes(p) == {"too_large"}


def test_sub_processes_200_deep_are_refused_and_those_at_the_limit_run_and_are_cancelled() -> None:
    (problem,) = problems(nested(200))
    assert problem.code == "too_deep"
    assert "200" in problem.zh
    assert "200" in problem.en
    procedure = compiled(nested(MOST_LEVELS, timer=True))
    assert Walk(procedure).does("deepest").ended == "demo:done"
    assert Walk(procedure).wakes(days=1).ended == "demo:done"
    assert codes(nested(MOST_LEVELS + 1)) == {"too_deep"}
    assert codes(nested(300)) == {"too_deep"}, "deeper than what libxml2 reads"


def test_calls_200_deep_are_refused_and_those_at_the_limit_run() -> None:
    assert codes(*calling(200)) == {"too_deep"}
    assert codes(*calling(MOST_LEVELS + 1)) == {"too_deep"}
    walk = Walk(compiled(*calling(MOST_LEVELS)))
    assert len(walk.task(f"does_{MOST_LEVELS - 1}").path) == MOST_LEVELS - 1
    assert walk.does(f"does_{MOST_LEVELS - 1}").ended == "demo:ended_0" or walk.move.ended


def test_sub_processes_and_calls_are_counted_together() -> None:
    outer, called = nested(12), calling(10)
    outer.xml = [xml.replace("userTask", "callActivity") for xml in outer.xml]
    outer.xml = [xml.replace('id="deepest"', 'id="deepest" calledElement="level-1"')
                 for xml in outer.xml]  # fmt: skip
    (problem,) = problems(outer, *called[1:])
    assert (problem.code, problem.element) == ("too_deep", "level-9")


def test_calls_that_double_at_every_level_are_refused() -> None:
    (problem,) = problems(*doubling(16))
    assert problem.code == "too_large"
    assert compiled(*doubling(8)).id == "demo"


def test_5000_flows_out_of_one_gateway_are_refused() -> None:
    p = Process("demo")
    p.message_start()
    p.xor("which", "f0")
    p.end()
    p.chain("opened", "which")
    for number in range(5_000):
        p.flow("which", "done", "n == 1" if number else "", f"f{number}")
    assert codes(p, fields=("n",)) == {"too_large"}


def test_200_branches_run_side_by_side() -> None:
    p = Process("demo")
    p.message_start()
    p.parallel("fork")
    p.parallel("join")
    p.end()
    p.chain("opened", "fork")
    for number in range(200):
        p.user(f"u{number}")
        p.chain("fork", f"u{number}", "join")
    p.chain("join", "done")
    walk = Walk(compiled(p))
    for number in range(199):
        assert walk.does(f"u{number}").opened == ()
    assert walk.does("u199").ended == "demo:done"


def forked_loop(p: Process, gateway: str) -> None:
    fork, join = (getattr(p, gateway)(id_) for id_ in ("fork", "join"))
    p.script("right", "k = 2")
    p.chain("merge", fork, "left", join, "again")
    p.chain(fork, "right", join)


def plain_loop(p: Process) -> None:
    p.chain("merge", "left", "again")


def calling_loop(p: Process) -> None:
    p.call("calls", "called")
    p.chain("merge", "left", "calls", "again")


def late_loop(p: Process) -> None:
    p.user("waits")
    p.deadline("late", "waits", '"PT0" + "S" if n else "P1D"')
    p.chain("merge", "left", "waits", "again")
    p.chain("late", "merge")


@pytest.mark.parametrize(
    "loop",
    [plain_loop, calling_loop, late_loop, lambda p: forked_loop(p, "parallel")],
    ids=["plain", "calling", "late", "parallel"],
)
def test_a_loop_that_never_waits_is_stopped_at_its_element(
    loop: Callable[[Process], None],
) -> None:
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.xor("merge")
    p.script("left", "n = n + [1]")
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge")
    p.chain("again", "merge")
    p.flow("again", "done", "n == n + [1]")
    loop(p)
    called.start("called_begun")
    called.script("called_script", "m = 1")
    called.end("called_done")
    called.chain("called_begun", "called_script", "called_done")
    p.extra = variable("n", "[]")
    with pytest.raises(RunError, match="5000") as caught:
        spiff.start(compiled(p, called), {}, now=T0)
    assert caught.value.element


@pytest.mark.parametrize(
    "text",
    ["n == " + "1" * 2_500_000, "n == " + "1" * 2_500, "(" * 900 + "n" + ")" * 900,
     "not " * 400 + "n", "n == [" * 300 + "1" + "]" * 300, " or ".join(["n"] * 400),
     "[" * 1_500],
)  # fmt: skip
def test_huge_conditions_are_refused_in_few_words(text: str) -> None:
    p = Process("demo")
    p.message_start()
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", "which", "done")
    p.flow("which", "other", text)
    assert codes(p, fields=("n",)) <= {"too_large", "bad_expression"}


def scripted(*scripts: str) -> Process:
    p = Process("demo")
    p.message_start()
    drawn = [p.script(f"s{number}", text) for number, text in enumerate(scripts)]
    p.chain("opened", *drawn, p.end())
    return p


def test_thousands_of_unknown_names_are_told_up_to_a_number() -> None:
    scripts = ["\n".join(f"x = nom_{n}_{m}" for m in range(100)) for n in range(40)]
    found = problems(scripted(*scripts), fields=tuple(f"name_{n}" for n in range(300)))
    assert len(found) == 301
    assert {p.code for p in found[:-1]} == {"unfilled_name"}
    assert found[-1].code == "more_problems"
    assert "700" in found[-1].zh
    assert "700" in found[-1].en


def test_values_that_are_handed_on_a_thousand_times_are_followed_once() -> None:
    numbers = iter(range(3_000))
    scripts = ["\n".join(f"v{n} = v{n + 1}" for n in [next(numbers) for _ in range(100)])
               for _ in range(30)]  # fmt: skip
    p = scripted(*scripts, "v3000 = 1")
    p.without("s30_to_done")
    p.xor("which", "which_to_done")
    p.end("other")
    p.chain("s30", "which", "done")
    p.flow("which", "other", "v0 == 2")
    (problem,) = problems(p)
    assert problem.code == "unknown_value"
    assert "1" in problem.en


def test_scripts_without_measure_are_refused() -> None:
    line = "value = 1\n"
    assert codes(scripted(*[line * 900] * 12)) == {"too_large"}
    assert codes(scripted(line * 1_100)) == {"bad_expression"}


@pytest.mark.parametrize(
    "id_",
    ["投诉登记", "__class__", "__init__", "constructor", "typename", "x" * 90, "_", "ask.more",
     "ask-more", "task", "None", "self", "data", "ß", "名_1"],
)  # fmt: skip
def test_odd_ids_are_only_ids(id_: str) -> None:
    p = Process("demo")
    p.message_start()
    p.user(id_)
    p.deadline(f"{id_[:90]}_late", id_, "PT1H")
    p.user("urge")
    p.end()
    p.chain("opened", id_, "done")
    p.chain(f"{id_[:90]}_late", "urge", "done")
    walk = Walk(compiled(p))
    assert walk.task(id_).due_timer == f"demo:{id_[:90]}_late"
    walk.wakes(hours=1)
    walk.does(id_)
    assert walk.does("urge").ended == "demo:done"


@pytest.mark.parametrize(
    "id_", ["x" * 10_000, "📋", "ask\u200b", "ask me", "", "1st", "a:b", "a'b"]
)
def test_ids_that_are_none_are_refused(id_: str) -> None:
    p = Process("demo")
    p.message_start()
    p.user(escape(id_))
    p.end()
    p.chain("opened", escape(id_), "done")
    assert codes(p) & {"too_long", "bad_id", "no_id"}


def test_a_name_without_measure_is_refused() -> None:
    p = row(3)
    p.xml = [xml.replace('name="s0名"', f'name="{"名" * 100_000}"') for xml in p.xml]
    assert codes(p) == {"too_long"}


@pytest.mark.parametrize(
    "declared",
    ['<bpmn:message id="m_long" name="{}"/>', '<bpmn:error id="e_long" errorCode="{}"/>',
     '<bpmn:escalation id="e_long" name="x" escalationCode="{}"/>', '<bpmn:signal id="{}"/>'],
)  # fmt: skip
def test_names_and_codes_without_measure_are_refused(declared: str) -> None:
    p = row(3)
    p.declared.append(declared.format("x" * 3_000))
    assert codes(p) == {"too_long"}


def test_defaults_without_measure_are_refused() -> None:
    p = row(3)
    p.extra = variable("n", f'"{"x" * 200_000}"')
    assert codes(p) == {"too_large"}


def test_marks_without_number_are_told_up_to_a_number() -> None:
    p = row(3)
    marks = " ".join(f'banjie:mark_{n}="1"' for n in range(50_000))
    p.xml = [xml.replace('id="s0"', f'id="s0" {marks}', 1) for xml in p.xml]
    found = problems(p)
    assert {problem.code for problem in found} == {"unknown_mark", "more_problems"}
    assert len(found) == 301

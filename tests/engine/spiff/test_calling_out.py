"""Service tasks that connectors answer: asked in a move, answered in another."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from engine import spiff
from engine.spiff import BrokenFilesError, Call, NotAwaitedError, Problem, RunError
from tests.engine.spiff.drawing import T0, Process, Scope, compiled, extensions, variable
from tests.engine.spiff.walking import Walk


def asking() -> Process:
    p = Process("demo")
    p.message_start()
    p.service("look_up", "ask", "found", question="'price of ' + item")
    p.xor("which", "which_to_dear")
    p.user("cheap")
    p.user("dear")
    p.end()
    p.chain("opened", "look_up", "which", "dear", "done")
    p.flow("which", "cheap", 'found["price"] < 100')
    p.chain("cheap", "done")
    return p


def refused(*processes: Process, fields: tuple[str, ...] = ("item",)) -> tuple[Problem, ...]:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(*processes, fields=fields)
    return caught.value.problems


def test_a_call_waits_for_its_answer_and_takes_it_as_a_variable() -> None:
    walk = Walk(compiled(asking(), fields=("item",)), item="soap")
    (call,) = walk.move.effects
    assert isinstance(call, Call)
    assert (call.operator, call.process, call.element) == ("ask", "demo", "look_up")
    assert call.parameters == {"question": "price of soap"}
    assert walk.waits == []
    assert walk.move.next_due is None
    assert "demo:look_up" in spiff.position(walk.compiled, walk.move.state).live
    move = walk.answers("look_up", price=12, seen={"at": ["x"]})
    assert move.flows == ("demo:look_up_to_which", "demo:which_to_cheap")
    assert move.effects == ()
    assert move.abandoned == ()
    assert walk.waits == ["cheap"]
    known = spiff.known(walk.compiled, move.state, walk.task("cheap").id)
    assert known["found"] == {"price": 12, "seen": {"at": ["x"]}}


def test_a_call_is_answered_once() -> None:
    walk = Walk(compiled(asking(), fields=("item",)), item="soap")
    call = walk.call("look_up")
    walk.answers("look_up", price=120)
    assert walk.waits == ["dear"]
    for gone in (call, uuid4()):
        with pytest.raises(NotAwaitedError):
            spiff.answer(walk.compiled, walk.move.state, gone, {}, now=T0)
        with pytest.raises(NotAwaitedError):
            spiff.fail(walk.compiled, walk.move.state, gone, "E1", now=T0)


def test_a_call_is_asked_again_by_what_the_case_knows_now() -> None:
    walk = Walk(compiled(asking(), fields=("item",)), item="soap")
    call = walk.call("look_up")
    state = spiff.repair(walk.compiled, walk.move.state, {"item": "wax"}).state
    again = spiff.asked_again(walk.compiled, state, call, now=T0)
    assert again == Call("ask", "demo", "look_up", call, {"question": "price of wax"})
    spiff.answer(walk.compiled, state, call, {"price": 12}, now=T0)
    with pytest.raises(NotAwaitedError):
        spiff.asked_again(walk.compiled, state, uuid4(), now=T0)
    state = spiff.repair(walk.compiled, state, {"item": 12}).state
    with pytest.raises(RunError) as caught:
        spiff.asked_again(walk.compiled, state, call, now=T0)
    assert caught.value.element == "look_up"


def test_an_answer_that_cannot_be_kept_or_used_leaves_the_call_open() -> None:
    walk = Walk(compiled(asking(), fields=("item",)), item="soap")
    call = walk.call("look_up")
    deep: object = "x"
    for _ in range(10_000):
        deep = [deep]
    for result, name in (
        ({"price": object()}, "found"), ({"price": deep}, "found"), ({}, "found"),
        ({"price": "12"}, "found"),
    ):  # fmt: skip
        with pytest.raises(RunError) as caught:
            spiff.answer(walk.compiled, walk.move.state, call, result, now=T0)
        assert caught.value.variable == name
    assert walk.answers("look_up", price=1).opened


def test_a_parameter_that_cannot_be_read_is_an_error_of_the_service_task() -> None:
    with pytest.raises(RunError) as caught:
        Walk(compiled(asking(), fields=("item",)))
    assert (caught.value.element, caught.value.variable) == ("look_up", "item")


def test_an_error_that_nobody_catches_says_so_and_leaves_the_call_open() -> None:
    walk = Walk(compiled(asking(), fields=("item",)), item="soap")
    with pytest.raises(RunError) as caught:
        walk.fails("look_up", "E-404")
    assert caught.value.element == "look_up"
    assert "E-404" in caught.value.zh
    assert "E-404" in caught.value.en
    assert walk.answers("look_up", price=1).opened


def slow() -> Process:
    p = asking()
    p.interrupt("too_late", "look_up", "PT1H")
    p.user("ask_by_hand")
    p.chain("too_late", "ask_by_hand", "done")
    p.deadline("remind", "look_up", "PT10M")
    p.send("tell_it")
    p.end("told_it")
    p.chain("remind", "tell_it", "told_it")
    return p


def test_timers_hang_on_a_service_task() -> None:
    walk = Walk(compiled(slow(), fields=("item",)), item="soap")
    assert walk.timers == ["remind", "too_late"]
    call = walk.call("look_up")
    assert walk.wakes(minutes=10).abandoned == ()
    move = walk.wakes(minutes=50)
    assert move.abandoned == (call,)
    assert walk.waits == ["ask_by_hand"]
    with pytest.raises(NotAwaitedError):
        spiff.answer(walk.compiled, move.state, call, {"price": 1}, now=walk.now)


def test_an_answer_disarms_the_timers() -> None:
    walk = Walk(compiled(slow(), fields=("item",)), item="soap")
    assert len(walk.answers("look_up", price=1).disarmed) == 2
    assert walk.timers == []


def test_an_answer_after_the_deadline_comes_too_late() -> None:
    walk = Walk(compiled(slow(), fields=("item",)), item="soap")
    with pytest.raises(NotAwaitedError):
        spiff.answer(
            walk.compiled, walk.move.state, walk.call("look_up"), {"price": 1},
            now=T0 + timedelta(hours=1),
        )  # fmt: skip


def test_a_call_that_is_cancelled_in_the_move_that_makes_it_is_never_asked() -> None:
    p = Process("demo")
    p.message_start()
    p.user("go")
    p.parallel("fork")
    p.service("look_up", "ping")
    p.end("asked")
    p.script("wait_a_bit", "n = 1")
    p.terminate("done")
    p.chain("opened", "go", "fork", "look_up", "asked")
    p.chain("fork", "wait_a_bit", "done")
    walk = Walk(compiled(p))
    move = walk.does("go")
    assert move.ended == "demo:done"
    assert (move.effects, move.abandoned) == ((), ())
    assert "demo:look_up" in move.reached


def test_calls_in_a_loop_in_scopes_and_side_by_side_are_told_apart() -> None:
    inside = Scope("demo")
    inside.start("inner")
    inside.parallel("fork")
    inside.parallel("join")
    inside.service("one", "ask", "first", question="n")
    inside.call("two", "called")
    inside.end("inner_done")
    inside.chain("inner", "fork", "one", "join", "inner_done")
    inside.chain("fork", "two", "join")
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.xor("merge")
    p.sub("part", inside)
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge", "part", "again", "merge")
    p.flow("again", "done", 'first["n"] + second["n"] > 6')
    called.start("called_begun")
    called.service("deep", "ask", "second", question="n")
    called.end("called_done")
    called.chain("called_begun", "deep", "called_done")
    walk = Walk(compiled(p, called, fields=("n",)), n=7)
    for number in (1, 2, 3):
        first, last = ("one", "deep") if number % 2 else ("deep", "one")
        walk.answers(first, n=number)
        move = walk.answers(last, n=number)
        assert [effect.element for effect in move.effects] == ["one", "deep"]
        assert all(e.parameters == {"question": 7} for e in move.effects)  # type: ignore[union-attr]
    walk.answers("one", n=4)
    assert walk.answers("deep", n=4).ended == "demo:done"


def test_scripts_run_before_a_call_is_made_and_after_it_is_answered() -> None:
    p = Process("demo")
    p.message_start()
    p.add(
        "serviceTask", "look_up",
        extensions(
            "<spiffworkflow:preScript>what = 'a'</spiffworkflow:preScript>"
            "<spiffworkflow:postScript>what = found['is']</spiffworkflow:postScript>"
            '<spiffworkflow:serviceTaskOperator id="ask" resultVariable="found">'
            "<spiffworkflow:parameters>"
            '<spiffworkflow:parameter id="question" value="what"/>'
            "</spiffworkflow:parameters></spiffworkflow:serviceTaskOperator>"
        ),
    )  # fmt: skip
    p.user("see")
    p.end()
    p.chain("opened", "look_up", "see", "done")
    walk = Walk(compiled(p))
    (call,) = walk.move.effects
    assert isinstance(call, Call)
    assert call.parameters == {"question": "a"}, "a parameter needs no type"
    walk.answers("look_up", **{"is": "b"})
    assert spiff.known(walk.compiled, walk.move.state, walk.task("see").id)["what"] == "b"


@pytest.mark.parametrize(
    ("operator", "result", "parameters", "code", "says"),
    [
        ("mail", "", {}, "no_operation", ["mail", "allot_number, ask, ping"]),
        ("ask", "", {}, "bad_parameters", ["question"]),
        ("ask", "", {"question": "1", "qestion": "2"}, "bad_parameters", ["qestion", "question"]),
        ("ping", "", {"question": "1"}, "bad_parameters", ["question"]),
        ("ping", "not a name", {}, "bad_parameters", ["not a name"]),
        ("ping", "len", {}, "bad_parameters", ["len"]),
        ("allot_number", "", {"question": "1"}, "bad_parameters", ["question"]),
        ("allot_number", "number given", {}, "bad_parameters", ["number given"]),
        ("ask", "", {"question": "1 +"}, "bad_expression", ["1 +"]),
        ("ask", "", {"question": ""}, "bad_expression", ["look_up"]),
        ("ask", "", {"question": "itme"}, "unfilled_name", ["itme", "item"]),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_by_name(
    operator: str, result: str, parameters: dict[str, str], code: str, says: list[str]
) -> None:
    p = Process("demo")
    p.message_start()
    p.service("look_up", operator, result, **parameters)
    p.end()
    p.chain("opened", "look_up", "done")
    (problem,) = refused(p)
    assert (problem.code, problem.element, problem.file) == (code, "look_up", "bpmn/test/demo.bpmn")
    for words in says:
        assert words in problem.zh
        assert words in problem.en


def numbered(condition: str) -> Process:
    p = Process("demo")
    p.message_start()
    p.service("allot", "allot_number", "case_number")
    p.xor("is_ours", default="not_ours")
    p.end()
    p.end("elsewhere")
    p.chain("opened", "allot", "is_ours")
    p.flow("is_ours", "done", condition)
    p.flow("is_ours", "elsewhere", id_="not_ours")
    return p


def test_the_number_is_a_text_that_later_conditions_may_read() -> None:
    procedure = compiled(numbered("'-TS-' in case_number"))
    opened = spiff.start(procedure, {}, now=T0)
    (call,) = opened.effects
    assert isinstance(call, Call)
    assert call.id is not None
    assert opened.awaits_number
    ended = spiff.number(procedure, opened.state, call.id, "KH-TS-2026-00001", now=T0)
    assert ended.ended == "demo:done"
    (problem,) = refused(numbered("case_number > 5"))
    assert "case_number" in problem.zh


def test_a_result_nobody_fills_otherwise_may_be_read_and_a_parameter_be_given_once() -> None:
    assert "found" in compiled(asking(), fields=("item",)).variables
    p = asking()
    again = '<spiffworkflow:parameter id="question" type="any" value="item"/>'
    p.xml = [xml.replace("</spiffworkflow:parameters>", again + "</spiffworkflow:parameters>")
             for xml in p.xml]  # fmt: skip
    (problem,) = refused(p)
    assert (problem.code, problem.element) == ("bad_parameters", "look_up")


def test_a_retry_drawn_would_be_ignored_and_is_refused() -> None:
    p = asking()
    p.xml = [xml.replace("</spiffworkflow:parameters>",
                         '</spiffworkflow:parameters><spiffworkflow:retry max="3"/>')
             for xml in p.xml]  # fmt: skip
    (problem,) = refused(p)
    assert "retry" in problem.zh
    assert "retry" in problem.en


def test_nothing_hangs_on_what_the_engine_does_at_once() -> None:
    p = Process("demo")
    p.message_start()
    p.service("allot", "allot_number")
    p.end()
    p.chain("opened", "allot", "done")
    p.interrupt("late", "allot", "P1D")
    p.chain("late", "done")
    (problem,) = refused(p)
    assert (problem.code, problem.element) == ("bad_host", "late")


def asking_each(sequential: str) -> Process:
    p = Process("demo")
    p.message_start()
    p.service("look_up", "ask", "found", question="item")
    p.each("look_up", "items", "item", "prices", "found", sequential=sequential)
    p.catches("broken", "look_up", "error")
    p.user("mend")
    p.user("see")
    p.end()
    p.chain("opened", "look_up", "see", "done")
    p.chain("broken", "mend", "done")
    return p


def test_a_call_is_made_for_each_of_a_list_and_its_answers_stand_in_order() -> None:
    walk = Walk(compiled(asking_each("false"), fields=("items",)), items=["soap", "tea"])
    first, second = walk.calls.values()
    assert [call.parameters["question"] for call in (first, second)] == ["soap", "tea"]
    move = walk.move
    for call, price in ((second, 2), (first, 1)):
        assert call.id is not None
        move = spiff.answer(walk.compiled, move.state, call.id, {"price": price}, now=T0)
    (see,) = move.opened
    prices = spiff.known(walk.compiled, move.state, see.id)["prices"]
    assert prices == [{"price": 1}, {"price": 2}]


def test_a_call_is_made_for_one_after_the_other() -> None:
    walk = Walk(compiled(asking_each("true"), fields=("items",)), items=["soap", "tea"])
    walk.answers("look_up", price=1)
    (call,) = walk.calls.values()
    assert call.parameters == {"question": "tea"}
    walk.answers("look_up", price=2)
    assert walk.waits == ["see"]


def test_a_call_that_fails_ends_those_beside_it() -> None:
    walk = Walk(compiled(asking_each("false"), fields=("items",)), items=["soap", "tea", "salt"])
    failing = walk.call("look_up")
    others = set(walk.calls) - {failing}
    move = walk.fails("look_up", "E1")
    assert set(move.abandoned) == others
    assert walk.waits == ["mend"]


def test_a_call_is_made_again_while_a_condition_holds() -> None:
    p = Process("demo", extra=variable("found", '{"ok": false}'))
    p.message_start()
    p.service("look_up", "ping", "found")
    p.again("look_up", 'not found["ok"]', 'loopMaximum="5"')
    p.end()
    p.chain("opened", "look_up", "done")
    walk = Walk(compiled(p))
    walk.answers("look_up", ok=False)
    walk.answers("look_up", ok=False)
    assert walk.answers("look_up", ok=True).ended == "demo:done"

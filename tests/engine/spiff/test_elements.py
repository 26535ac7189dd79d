from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from engine import spiff
from engine.spiff import Call, Message, RunError, TaskNotReadyError
from engine.spiff.codec import load
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


def test_the_start_answers_are_the_payload_of_the_start_message() -> None:
    p = Process("demo", extra=variable("variant", '"CM"') + variable("seen", "false"))
    p.extra += variable("idle", "1")
    p.message_start()
    p.xor("which", "which_to_pc")
    p.chain("opened", "which")
    for id_ in ("cm", "pc"):
        p.user(id_)
        p.end(f"{id_}_done")
        p.chain(id_, f"{id_}_done")
    p.flow("which", "cm", 'variant == "CM" and loss == "yes" and not seen')
    p.flow("which", "pc")
    procedure = compiled(p, fields=("loss", "unused"))
    assert procedure.variables == {"variant", "seen", "loss"}
    assert procedure.start == spiff.Start("demo", "opened", "demo_opened", "clerk")
    walk = Walk(procedure, loss="yes", unused="x" * 5_000)
    assert walk.waits == ["cm"]
    assert load(procedure.plan, walk.move.state).values == {
        "variant": "CM", "seen": False, "loss": "yes",
    }  # fmt: skip
    assert walk.move.flows == ("demo:opened_to_which", "demo:which_to_cm")
    assert walk.move.reached == ("demo:opened", "demo:which", "demo:cm")
    assert Walk(procedure, loss="no").waits == ["pc"]


def test_a_step_is_completed_once() -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.add("manualTask", "carry")
    p.end()
    p.chain("opened", "ask", "carry", "done")
    walk = Walk(compiled(p))
    first = walk.task("ask")
    assert walk.does("ask").closed == (first.id,)
    assert walk.waits == ["carry"]
    for unknown in (first.id, uuid4()):
        with pytest.raises(TaskNotReadyError):
            spiff.complete(walk.compiled, walk.move.state, unknown, {}, now=T0)
    move = walk.does("carry")
    assert move.ended == "demo:done"
    assert move.opened == ()
    assert move.next_due is None
    assert move.reached == ("demo:carry", "demo:done")


def test_scripts_tables_operations_and_messages_run_in_order() -> None:
    p = Process("demo")
    p.message_start()
    p.script("reckon", "total = number(price) * 2\nwho = 'qc'")
    p.rule("classify", "klass")
    p.service("allot", "allot_number")
    p.send("tell", notifies="gm =who gm")
    p.throw("told_all")
    p.user("look")
    p.end()
    p.chain("opened", "reckon", "classify", "allot", "tell", "told_all", "look", "done")
    rows = [(["< 100", "-"], ['"A"', "true"]), ([">= 100", '"x", "y"'], ['"B"', "false"])]
    procedure = compiled(
        p,
        fields=("price", "kind"),
        tables={
            "klass": table(
                "klass",
                ["number(total)", "kind"],
                ["grade", "small"],
                rows,
                'banjie:ourDefault="true"',
            )
        },
    )
    move = Walk(procedure, price="60.50", kind="y").move
    assert move.effects == (
        Call("allot_number", "demo", "allot"),
        Message("told", "demo", "tell", ("gm", "qc")),
        Message("told", "demo", "told_all", ()),
    )
    (decision,) = move.decisions
    assert (decision.table, decision.element, decision.rule) == ("klass", "classify", "klass_r2")
    assert decision.inputs == {"number(total)": "121.00", "kind": "y"}
    assert decision.outputs == {"grade": "B", "small": False}
    assert decision.our_default
    (nothing,) = Walk(procedure, price="60.50", kind="z").move.decisions
    assert nothing.rule is None
    assert nothing.outputs == {"grade": None, "small": None}


def test_roles_come_from_lanes_by_name_by_code_and_from_variables() -> None:
    p = Process("demo")
    p.message_start()
    for id_ in ("by_name", "by_code", "by_variable"):
        p.user(id_)
    p.end()
    p.chain("opened", "by_name", "by_code", "by_variable", "done")
    p.lane("品管部", "by_name")
    p.lane("gm", "by_code")
    p.lane("核决人", "by_variable", role_from="approver")
    procedure = compiled(p, fields=("approver",))
    assert procedure.diagrams["demo"].steps["by_variable"].role_from == "approver"
    walk = Walk(procedure)
    assert walk.task("by_name").role == "qc"
    walk.does("by_name", approver="clerk")
    assert walk.task("by_code").role == "gm"
    before = walk.move.state
    walk.does("by_code")
    assert walk.task("by_variable").role == "clerk"
    for value in ("boss", None, ["qc"]):
        with pytest.raises(RunError) as caught:
            spiff.complete(
                procedure, before, spiff.position(procedure, before).tasks[0].id,
                {"approver": value}, now=T0,
            )  # fmt: skip
        assert caught.value.variable == "approver"
        assert (caught.value.process, caught.value.element) == ("demo", "by_variable")
        assert "approver" in caught.value.zh
        assert "approver" in caught.value.en


def test_parallel_branches_share_the_data_and_join_once() -> None:
    p = Process("demo")
    p.message_start()
    p.parallel("fork")
    p.parallel("join")
    for id_ in ("left", "right", "after"):
        p.user(id_)
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", "fork", "left", "join", "after", "which", "done")
    p.chain("fork", "right", "join")
    p.flow("which", "other", 'x == "new" and y == "new"')
    walk = Walk(compiled(p, fields=("x", "y")), x="old", y="old")
    assert walk.waits == ["left", "right"]
    move = walk.does("left", x="new")
    assert move.flows == ("demo:left_to_join",)
    assert move.reached == ("demo:left",)
    move = walk.does("right", y="new")
    assert move.flows == ("demo:right_to_join", "demo:join_to_after")
    assert move.reached == ("demo:right", "demo:join", "demo:after")
    assert walk.does("after").ended == "demo:other"


def inclusive() -> Process:
    p = Process("demo")
    p.message_start()
    p.inclusive("pick", "pick_to_none")
    p.inclusive("gather")
    p.xor("again", "again_to_done")
    p.end()
    p.xor("back")
    p.chain("opened", "back", "pick")
    for id_ in ("a", "b"):
        p.user(id_)
        p.flow("pick", id_, f'"{id_}" in picked')
        p.chain(id_, "gather")
    p.user("none")
    p.chain("pick", "none", "gather", "again", "done")
    p.flow("again", "back", "more")
    return p


@pytest.mark.parametrize(
    ("picked", "waiting"), [([], ["none"]), (["a"], ["a"]), (["a", "b"], ["a", "b"])]
)
def test_an_inclusive_gateway_waits_for_the_branches_that_were_picked(
    picked: list[str], waiting: list[str]
) -> None:
    walk = Walk(compiled(inclusive(), fields=("picked", "more")), picked=picked, more=True)
    assert walk.waits == waiting
    for id_ in waiting[:-1]:
        assert walk.does(id_).opened == ()
    walk.does(waiting[-1], picked=["b", "a"])
    assert walk.waits == ["a", "b"], "a second round, with what was picked anew"
    assert walk.does("b").opened == ()
    assert walk.does("a", more=False).ended == "demo:done"


def test_sub_processes_share_data_and_called_ones_hand_back_what_they_wrote() -> None:
    inside = Scope("demo")
    inside.start("sub_begun")
    inside.script("sub_writes", "a = 'sub'")
    inside.user("sub_step")
    inside.end("sub_done")
    inside.chain("sub_begun", "sub_writes", "sub_step", "sub_done")
    p = Process("demo")
    p.message_start()
    p.sub("part", inside)
    p.call("outer", "middle", before="given = 'before'")
    p.xor("which", "which_to_wrong")
    p.end()
    p.end("wrong")
    p.chain("opened", "part", "outer", "which", "wrong")
    p.flow("which", "done", 'a == "sub" and b == "inner" and kept == "kept" and given == "before"')
    middle, inner = Process("middle"), Process("inner")
    middle.start("middle_begun")
    middle.call("nested", "inner")
    middle.end("middle_done")
    middle.chain("middle_begun", "nested", "middle_done")
    inner.start("inner_begun")
    inner.xor("inner_which", "inner_which_to_inner_wrong")
    inner.user("inner_step")
    inner.end("inner_done")
    inner.end("inner_wrong")
    inner.chain("inner_begun", "inner_which", "inner_wrong")
    inner.flow("inner_which", "inner_step", 'given == "before"')
    inner.chain("inner_step", "inner_done")
    walk = Walk(compiled(p, middle, inner, fields=("b", "kept")), kept="kept", b="old")
    assert walk.task("sub_step").path == ()
    walk.does("sub_step")
    assert walk.task("inner_step").path == ("outer", "nested")
    assert walk.task("inner_step").process == "inner"
    move = walk.does("inner_step", b="inner")
    assert move.ended == "demo:done"
    assert move.flows == (
        "inner:inner_step_to_inner_done",
        "middle:nested_to_middle_done",
        "demo:outer_to_which",
        "demo:which_to_done",
    )


def test_two_calls_at_a_time_keep_their_own_data() -> None:
    p, called = Process("demo"), Process("urging")
    p.message_start()
    p.parallel("fork")
    p.call("first", "urging", before="stage = 'one'")
    p.call("second", "urging", before="stage = 'two'")
    p.parallel("join")
    p.end()
    p.chain("opened", "fork", "first", "join", "done")
    p.chain("fork", "second", "join")
    called.start("urging_begun")
    called.user("urge")
    called.xor("which", "which_to_urge_two")
    called.user("urge_one")
    called.user("urge_two")
    called.end("urged")
    called.chain("urging_begun", "urge", "which", "urge_two", "urged")
    called.flow("which", "urge_one", 'stage == "one"')
    called.chain("urge_one", "urged")
    walk = Walk(compiled(p, called))
    walk.does("urge")
    walk.does("urge")
    assert walk.waits == ["urge_one", "urge_two"]


def test_a_run_error_names_element_expression_and_variable() -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.xor("which", "which_to_done")
    p.end()
    p.end("other")
    p.chain("opened", "ask", "which", "done")
    p.flow("which", "other", "amount < 5000")
    walk = Walk(compiled(p, fields=("amount",)))
    with pytest.raises(RunError) as missing:
        walk.does("ask")
    assert (missing.value.element, missing.value.variable) == ("which", "amount")
    assert missing.value.expression == "amount < 5000"
    with pytest.raises(RunError) as mistyped:
        walk.does("ask", amount=None)
    assert "cannot be compared" in mistyped.value.en
    assert "amount" in mistyped.value.variable  # type: ignore[operator]
    assert walk.does("ask", amount=1).ended == "demo:other", "the state before is still good"


def test_a_loop_without_a_stop_is_an_error_and_not_a_hang() -> None:
    p = Process("demo")
    p.message_start()
    p.xor("merge")
    p.script("count", "n = 1")
    p.xor("again", "again_to_merge")
    p.end()
    p.chain("opened", "merge", "count", "again", "merge")
    p.flow("again", "done", "n > 1")
    with pytest.raises(RunError, match="5000"):
        Walk(compiled(p))


def test_data_that_cannot_be_kept_are_an_error_of_their_element() -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.script("double", "x = x + x")
    p.end()
    p.chain("opened", "ask", "double", "done")
    walk = Walk(compiled(p, fields=("x",)))
    with pytest.raises(RunError) as caught:
        walk.does("ask", x="x" * 9_000)
    assert caught.value.element == "double"
    with pytest.raises(RunError) as wide:
        walk.does("ask", x={1, 2})
    assert wide.value.element == "double"


def scripts(before: str, after: str) -> str:
    return extensions(
        f"<spiffworkflow:preScript>{before}</spiffworkflow:preScript>"
        f"<spiffworkflow:postScript>{after}</spiffworkflow:postScript>"
    )


def test_scripts_run_before_and_after_an_activity_and_before_its_timer_is_armed() -> None:
    p = Process("demo")
    p.message_start()
    p.add("userTask", "ask", scripts("limit = 'P2D'", "answer = answer + '!'"))
    p.add("manualTask", "carry", scripts("limit = limit + 'T1H'", "carried = limit"))
    p.xor("which", "which_to_wrong")
    p.end()
    p.end("wrong")
    p.chain("opened", "ask", "carry", "which", "wrong")
    p.flow("which", "done", 'answer == "yes!" and carried == "P2DT1H"')
    p.deadline("ask_late", "ask", "limit")
    p.deadline("carry_late", "carry", "limit")
    for id_ in ("ask_late", "carry_late"):
        p.end(f"{id_}_done")
        p.chain(id_, f"{id_}_done")
    walk = Walk(compiled(p, fields=("answer",)))
    assert walk.task("ask").due == T0 + timedelta(days=2)
    walk.does("ask", answer="yes")
    assert walk.task("carry").due == T0 + timedelta(days=2, hours=1)
    assert walk.does("carry").ended == "demo:done"


def test_messages_are_thrown_by_ends_too_and_plain_throws_say_nothing() -> None:
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.add("intermediateThrowEvent", "passed")
    p.call("ask_called", "called")
    p.add("endEvent", "done", '<bpmn:messageEventDefinition messageRef="m_told"/>',
          'banjie:notifies="=who"')  # fmt: skip
    p.chain("opened", "passed", "ask_called", "done")
    called.start("called_begun")
    called.add("endEvent", "called_done", '<bpmn:messageEventDefinition messageRef="m_told"/>')
    called.chain("called_begun", "called_done")
    move = Walk(compiled(p, called, fields=("who",)), who="gm").move
    assert move.effects == (
        Message("told", "called", "called_done", ()), Message("told", "demo", "done", ("gm",)),
    )  # fmt: skip
    assert move.ended == "demo:done"
    assert move.reached == (
        "demo:opened", "demo:passed", "demo:ask_called", "called:called_begun",
        "called:called_done", "demo:done",
    )  # fmt: skip


def test_a_notice_to_nobody_is_an_error_naming_the_variable() -> None:
    p = Process("demo")
    p.message_start()
    p.send("tell", notifies="=who")
    p.end()
    p.chain("opened", "tell", "done")
    with pytest.raises(RunError) as caught:
        Walk(compiled(p, fields=("who",)), who="boss")
    assert (caught.value.element, caught.value.variable) == ("tell", "who")


def test_a_diagram_is_read_as_it_is_drawn() -> None:
    p, called = Process("demo"), Process("called")
    p.message_start()
    p.call("ask_called", "called")
    p.end()
    p.chain("opened", "ask_called", "done")
    called.start("called_begun")
    called.add("userTask", "step", "", 'banjie:clauses="CM-01" banjie:source="SP01.01"')
    called.end("called_done")
    called.chain("called_begun", "step", "called_done")
    called.lane("品管部", "step")
    procedure = compiled(p, called)
    assert (procedure.id, procedure.names.zh) == ("demo", "demo名")
    assert procedure.roles == {"clerk", "qc", "gm"}
    assert procedure.diagrams["demo"].calls == {"ask_called": "called"}
    assert procedure.diagrams["demo"].steps == {}
    diagram = procedure.diagrams["called"]
    assert diagram.file == "bpmn/test/called.bpmn"
    assert diagram.xml == called.bytes()
    step = diagram.elements["step"]
    assert (step.kind, step.clauses, step.source, step.lane) == (
        "userTask", ("CM-01",), "SP01.01", "品管部",
    )  # fmt: skip
    assert diagram.steps["step"].role == "qc"
    flow = diagram.flows["step_to_called_done"]
    assert (flow.source, flow.target) == ("step", "called_done")


def test_wake_and_complete_after_the_end_change_nothing() -> None:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.end()
    p.chain("opened", "ask", "done")
    walk = Walk(compiled(p))
    ask = walk.task("ask")
    ended = walk.does("ask")
    assert walk.wakes(days=400).ended is None
    assert walk.move.state == ended.state
    assert spiff.position(walk.compiled, ended.state) == spiff.Position((), (), ())
    with pytest.raises(TaskNotReadyError):
        spiff.complete(walk.compiled, ended.state, ask.id, {}, now=T0)


def gathering() -> Process:
    """Draw three branches that gather, two of them over one and the same way in."""
    p = Process("demo")
    p.message_start()
    p.inclusive("pick", "pick_to_none")
    p.end("none")
    p.xor("merge")
    p.inclusive("gather")
    p.user("after")
    p.end()
    p.xor("leaves", "leaves_to_gather")
    p.end("left")
    p.chain("opened", "pick", "none")
    for id_ in ("a", "b", "c"):
        p.user(id_)
        p.flow("pick", id_, "True")
    p.chain("a", "merge", "gather", "after", "done")
    p.chain("b", "merge")
    p.chain("c", "leaves", "gather")
    p.flow("leaves", "left", "gone")
    return p


@pytest.mark.usefixtures("unjudged")
def test_an_inclusive_gateway_loses_no_token_that_came_twice_the_same_way() -> None:
    walk = Walk(compiled(gathering(), fields=("gone",)))
    walk.does("a")
    walk.does("b")
    assert walk.waits == ["c"], "c may still come"
    assert walk.does("c", gone=False).reached.count("demo:gather") == 2
    assert walk.waits == ["after", "after"]


@pytest.mark.usefixtures("unjudged")
def test_an_inclusive_gateway_goes_on_when_every_way_in_has_a_token() -> None:
    walk = Walk(compiled(gathering(), fields=("gone",)))
    walk.does("a")
    walk.does("c", gone=False)
    assert walk.waits == ["after", "b"]
    walk.does("b")
    assert walk.waits == ["after", "after"]


@pytest.mark.usefixtures("unjudged")
def test_an_inclusive_gateway_goes_on_when_the_last_branch_went_elsewhere() -> None:
    walk = Walk(compiled(gathering(), fields=("gone",)))
    walk.does("a")
    walk.does("b")
    assert walk.waits == ["c"]
    walk.does("c", gone=True)
    assert walk.waits == ["after", "after"]


@pytest.mark.usefixtures("unjudged")
def test_an_inclusive_gateway_does_not_wait_for_an_event_that_may_never_happen() -> None:
    p = gathering()
    for flow in ("c_to_leaves", "leaves_to_gather", "leaves_to_left", "leaves"):
        p.without(flow)
    p.chain("c", "left")
    p.deadline("c_late", "c", "P1D")
    p.chain("c_late", "gather")
    walk = Walk(compiled(p, fields=("gone",)))
    walk.does("a")
    assert walk.waits == ["after", "b", "c"]


@pytest.mark.usefixtures("unjudged")
def test_an_inclusive_gateway_does_not_wait_for_what_may_come_where_a_token_is() -> None:
    p = gathering()
    p.without("leaves_to_left")
    p.without("left")
    p.flow("leaves", "merge", "gone")
    walk = Walk(compiled(p, fields=("gone",)))
    walk.does("b")
    assert walk.waits == ["a", "after", "c"], "as BPMN 2.0 §13.4.3 has it"

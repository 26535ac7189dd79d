"""Each rule: a good drawing with one thing wrong is refused, by code, element and cure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.spiff import Asked, BrokenFilesError, closure, compile_procedure
from engine.spiff.lint import RULES
from tests.engine.spiff.drawing import (
    ROLES,
    Process,
    Scope,
    extensions,
    files_of,
    holding,
    table,
    timing,
    variable,
)
from tests.engine.wording import foreign_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from engine.spiff import Problem

PATH = "bpmn/test/demo.bpmn"


def good() -> Process:
    """Draw a small procedure that has a bit of everything and nothing wrong."""
    p = Process("demo", extra=variable("known", "null"))
    p.message_start()
    p.user("ask")
    p.xor("which", "which_to_look")
    p.user("look")
    p.call("call_sub", "called")
    p.end()
    p.chain("opened", "ask", "which", "look", "call_sub", "done")
    p.flow("which", "done", "known == 1")
    p.deadline("late", "ask", "P3D")
    p.end("late_done")
    p.chain("late", "late_done")
    return p


def called() -> Process:
    p = Process("called")
    p.start("called_begun")
    p.rule("classify", "klass")
    p.end("called_done")
    p.chain("called_begun", "classify", "called_done")
    return p


def files(p: Process | None = None) -> dict[str, bytes]:
    return {
        **files_of(p or good(), called()),
        "bpmn/decisions/klass.dmn": table("klass", ["known"], ["k"], [(["1"], ["'qc'"])]),
    }


def problems(given: dict[str, bytes], *, forms: bool = True) -> tuple[Problem, ...]:
    keys = {f"demo/{id_}": ("known",) for id_ in ("opened", "ask", "look", "extra")}
    try:
        compile_procedure(
            given, root="demo", roles=ROLES, clauses={"CM-01"}, forms=keys if forms else {}
        )
    except BrokenFilesError as error:
        return error.problems
    return ()


def has(found: tuple[Problem, ...], code: str, element: str | None) -> bool:
    for problem in found:
        assert problem.zh
        assert problem.en
        assert problem.file
    return any((p.code, p.element) == (code, element) for p in found)


def test_a_good_procedure_has_no_problems() -> None:
    assert problems(files()) == ()
    assert closure(files() | {"bpmn/other/other.bpmn": b"x"}, "demo") == files().keys()
    assert len({rule.__name__ for rule in RULES}) == len(RULES)


def test_several_flows_may_come_to_a_step() -> None:
    p = good()
    p.xor("again", "again_to_done")
    p.without("call_sub_to_done")
    p.chain("call_sub", "again", "done")
    p.flow("again", "look", "known == 3")
    assert problems(files(p)) == ()


PRESCRIPT = extensions("<spiffworkflow:preScript>x</spiffworkflow:preScript>")
START = '<bpmn:messageEventDefinition messageRef="m_open"/>'
EDITS = [
    ("schema", "ask", 'id="ask"', 'id="ask" bogus="1"'),
    ("schema", "opened", START, "<bpmn:nonsense/>"),
    ("one_process", "two", "</bpmn:process>",
     '</bpmn:process><bpmn:process id="two" isExecutable="true"/>'),
    ("process_id", "demon", '"demo"', '"demon"'),
    ("not_executable", "demo", 'isExecutable="true"', 'isExecutable="false"'),
    ("no_id", None, 'id="look"', 'id=""'),
    ("duplicate_id", "called", '"look"', '"called"'),
    ("duplicate_id", "ask", 'id="look"', 'id="ask"'),
    ("name_missing", "ask", 'banjie:nameEn="ask in English"', ""),
    ("name_missing", "ask", 'name="ask名"', ""),
    ("name_missing", "ask", 'name="ask名" banjie:nameEn="ask in English"', ""),
    ("name_missing", "which", 'banjie:nameEn="which in English"', ""),
    ("name_missing", "lane_0", 'banjie:nameEn="lane 0"', ""),
    ("name_missing", "pool", 'banjie:nameEn="pool in English"', ""),
    ("not_drawn", "ask", 'bpmnElement="ask"', 'bpmnElement="pool"'),
    ("not_drawn", "ask_to_which", 'bpmnElement="ask_to_which"', 'bpmnElement="pool"'),
    ("unknown_mark", "ask", 'id="ask"', 'id="ask" banjie:clause="CM-01"'),
    ("unknown_mark", "demo", '<banjie:variable name="known"', '<banjie:variabel name="known"'),
    ("unknown_mark", "demo", 'default="null"', 'default="null" value="1"'),
    ("unknown_clause", "ask", 'id="ask"', 'id="ask" banjie:clauses="CM-01 CM-99"'),
    ("unsupported", "which", 'default="which_to_look">', f'default="which_to_look">{PRESCRIPT}'),
    ("unsupported_event", "opened", START, "<bpmn:conditionalEventDefinition/>"),
    ("timer_kind", "opened", START, timing("P1D")),
    ("no_signal", "opened", START, "<bpmn:signalEventDefinition/>"),
    ("timer_kind", "late", "timeDuration", "timeSometime"),
    ("bad_cycle", "late", "timeDuration", "timeCycle"),
    ("bad_date", "late", "timeDuration", "timeDate"),
    ("bad_host", "late", 'attachedToRef="ask"', 'attachedToRef="which"'),
    ("bad_host", "late", 'attachedToRef="ask"', 'attachedToRef="nothing"'),
    ("no_message", "opened", 'messageRef="m_open"', 'messageRef="m_gone"'),
    ("loose_flow", "ask_to_which", 'targetRef="which"', 'targetRef="gone"'),
    ("loose_flow", "ask_to_which", 'sourceRef="ask" ', ""),
    ("no_default", "which", 'default="which_to_look"', ""),
    ("no_default", "which", 'default="which_to_look"', 'default="ask_to_which"'),
    ("condition_on_default", "which_to_done", 'which_to_look">', 'which_to_done">'),
    ("no_condition", "which_to_look", 'default="which_to_look"', 'default="which_to_done"'),
    ("no_process", "call_sub", 'calledElement="called"', 'calledElement="gone"'),
    ("no_process", "call_sub", 'calledElement="called"', ""),
    ("recursion", "call_sub", 'calledElement="called"', 'calledElement="demo"'),
    ("unknown_role", "lane_0", 'name="内勤"', 'name="外勤"'),
    ("no_lane", "look", "<bpmn:flowNodeRef>look</bpmn:flowNodeRef>", ""),
    ("bad_variable", "demo", 'default="null"', 'default="NULL"'),
    ("bad_variable", "demo", '<banjie:variable name="known"', '<banjie:variable name="a-b"'),
    ("bad_expression", "which_to_done", "known == 1", "known = 1"),
    ("bad_expression", "which_to_done", "known == 1", "${known}"),
    ("bad_expression", "which_to_done", "known == 1", "known.x"),
    ("bad_expression", "which_to_done", "known == 1", "known == 1, known == 2"),
    ("bad_expression", "call_sub", '"called">', f'"called">{PRESCRIPT}'),
    ("unfilled_name", "which_to_done", "known == 1", "knonw == 1"),
    ("unfilled_name", "which_to_done", "known == 1", "known == true"),
    ("bad_duration", "late", "P3D", "limit"),
    ("bad_duration", "late", "P3D", "P3X"),
    ("bad_duration", "late", "P3D", "-P3D"),
    ("bad_duration", "late", "P3D", '"3 jours"'),
    ("bad_duration", "late", "P3D", "3"),
    ("bad_duration", "late", "P3D", "3 + 4"),
    ("bad_duration", "late", "P3D", "3 jours"),
    ("bad_duration", "late", "P3D", "3个工作曰"),
    ("bad_duration", "late", "P3D", "３天"),
    ("bad_duration", "late", "P3D", "P3天"),
    ("bad_duration", "late", "P3D", "PT0S"),
    ("bad_duration", "late", "P3D", "0 个工作日"),
    ("bad_duration", "late", "P3D", "101 年"),
    ("bad_expression", "late", "P3D", "=A1"),
    ("bad_duration", "late", "P3D", "72:00"),
    ("bad_duration", "late", "P3D", "9999-12-31"),
    ("bad_duration", "late", "P3D", "2026-12-31"),
    ("bad_duration", "late", "P3D", "每 30 分钟"),
    ("bad_duration", "late", "P3D", "R3/PT1H"),
    ("stray_calendar", "ask", 'id="ask"', 'id="ask" banjie:calendar="standard"'),
    ("unknown_calendar", "late", 'attachedToRef="ask"',
     'attachedToRef="ask" banjie:calendar="hotline"'),
]  # fmt: skip
CATCH, THROW = "intermediateCatchEvent", "intermediateThrowEvent"
TOLD = '<bpmn:messageEventDefinition messageRef="m_told"/>'
EXTRAS = [
    ("unsupported", "task", "", ""),
    ("unsupported", "complexGateway", "", ""),
    ("unsupported", "eventBasedGateway", "", 'eventGatewayType="Parallel"'),
    ("unsupported", "eventBasedGateway", "", 'instantiate="true"'),
    ("unsupported", "adHocSubProcess", "", ""),
    ("bad_repeat", "userTask", "<bpmn:multiInstanceLoopCharacteristics/>", ""),
    ("bad_repeat", "userTask", "<bpmn:standardLoopCharacteristics/>", ""),
    ("unsupported", "userTask", "<bpmn:ioSpecification/>", ""),
    ("unsupported", "userTask", "", 'isForCompensation="true"'),
    ("unsupported", "subProcess", "", 'triggeredByEvent="true"'),
    ("unsupported_event", THROW, '<bpmn:linkEventDefinition name="l"/>', ""),
    ("unsupported_event", THROW, "<bpmn:compensateEventDefinition/>", ""),
    ("unsupported_event", THROW, holding("known == 1"), ""),
    ("unsupported_event", CATCH, TOLD + holding("known == 1"), ""),
    ("unsupported_event", CATCH, TOLD + TOLD, 'parallelMultiple="true"'),
    ("no_signal", THROW, "<bpmn:signalEventDefinition/>", ""),
    ("no_signal", CATCH, '<bpmn:signalEventDefinition signalRef="gone"/>', ""),
    ("no_code", THROW, "<bpmn:escalationEventDefinition/>", ""),
    ("no_keys", CATCH, TOLD, ""),
    ("no_keys", "receiveTask", "", 'messageRef="m_told"'),
    ("no_message", "receiveTask", "", ""),
    ("unknown_role", CATCH, TOLD, 'banjie:offeredTo="qc boss"'),
    ("unknown_role", CATCH, TOLD, 'banjie:offeredTo="=a-b"'),
    ("unfilled_name", CATCH, TOLD, 'banjie:offeredTo="=who"'),
    ("misplaced_offer", THROW, TOLD, 'banjie:offeredTo="qc"'),
    ("misplaced_offer", "userTask", "", 'banjie:offeredTo="qc"'),
    ("unsupported_event", CATCH, '<bpmn:linkEventDefinition name="l"/>', ""),
    ("schema", CATCH, "<bpmn:conditionalEventDefinition/>", ""),
    ("bad_expression", CATCH, holding(""), ""),
    ("bad_expression", CATCH, holding("known = 1"), ""),
    ("unfilled_name", CATCH, holding("other == 1"), ""),
    ("misplaced_offer", CATCH, holding("known == 1"), 'banjie:offeredTo="qc"'),
    ("unsupported_event", CATCH, "", ""),
    ("no_message", "sendTask", "", ""),
    ("no_table", "businessRuleTask", "", ""),
    ("no_table", "businessRuleTask", extensions(
        "<spiffworkflow:calledDecisionId>gone</spiffworkflow:calledDecisionId>"), ""),
    ("no_operation", "serviceTask", "", ""),
    ("no_operation", "serviceTask", extensions(
        '<spiffworkflow:serviceTaskOperator id="mail"/>'), ""),
    ("unknown_role", "sendTask", "", 'messageRef="m_told" banjie:notifies="qc boss"'),
    ("unknown_role", "sendTask", "", 'messageRef="m_told" banjie:notifies="=a-b"'),
    ("unfilled_name", "sendTask", "", 'messageRef="m_told" banjie:notifies="=who"'),
    ("bad_expression", "scriptTask", "<bpmn:script>import os</bpmn:script>", ""),
    ("bad_expression", "scriptTask", "<bpmn:script> </bpmn:script>", ""),
    ("bad_expression", "scriptTask", "", ""),
    ("unfilled_name", "scriptTask", "<bpmn:script>known = other</bpmn:script>", ""),
    ("one_start", "subProcess", "", ""),
    ("no_end", "subProcess", "", ""),
]  # fmt: skip


def numbered(cases: Sequence[tuple[str | None, ...]]) -> list[str]:
    return [f"{number}-{case[0]}" for number, case in enumerate(cases)]


@pytest.mark.parametrize(("code", "element", "old", "new"), EDITS, ids=numbered(EDITS))
def test_one_word_wrong(code: str, element: str | None, old: str, new: str) -> None:
    text = good().bytes().decode()
    assert old in text
    spoilt = {**files(), PATH: text.replace(old, new).encode()}
    found = problems(spoilt)
    assert has(found, code, element), found
    assert not any(foreign_words(each, spoilt) for each in found), found


@pytest.mark.parametrize(("code", "tag", "inner", "attributes"), EXTRAS, ids=numbered(EXTRAS))
def test_one_element_wrong(code: str, tag: str, inner: str, attributes: str) -> None:
    p = good()
    p.add(tag, "extra", inner, attributes)
    p.chain("call_sub", "extra", "done")
    found = problems(files(p))
    assert has(found, code, "extra"), found
    assert not any(foreign_words(each, files(p)) for each in found), found


def flow_back_from_the_end(p: Process) -> None:
    p.chain("done", "ask")


def flow_into_the_start(p: Process) -> None:
    p.chain("look", "opened")


def flow_into_a_boundary_event(p: Process) -> None:
    p.chain("look", "late")


def second_flow(p: Process) -> None:
    p.flow("which", "look", "known == 2", "twice")


def second_way_out(p: Process) -> None:
    p.chain("ask", "look")


def condition_after_a_step(p: Process) -> None:
    p.flow("ask", "done", "known == 2", "idle")


def no_way_out(p: Process) -> None:
    p.without("look_to_call_sub")


def no_way_in(p: Process) -> None:
    p.user("extra")
    p.chain("extra", "look")


def no_way_to_an_end(p: Process) -> None:
    p.user("extra")
    p.user("other")
    p.chain("ask", "extra", "other", "extra")


def second_start(p: Process) -> None:
    p.start("again")
    p.chain("again", "look")


def error_end(p: Process) -> None:
    p.add("endEvent", "extra", "<bpmn:errorEventDefinition/>")
    p.chain("look", "extra")


def out_of_a_sub_process(p: Process) -> None:
    part(p)
    p.flow("extra", "look", id_="crossing")


def message_start_inside(p: Process) -> None:
    inside = Scope("demo")
    inside.message_start("inner")
    inside.end("inner_done")
    inside.chain("inner", "inner_done")
    p.sub("part", inside)
    p.chain("call_sub", "part", "done")


def part(p: Process) -> None:
    inside = Scope("demo")
    inside.start("inner")
    inside.user("extra")
    inside.end("inner_done")
    inside.chain("inner", "extra", "inner_done")
    p.sub("part", inside)
    p.chain("call_sub", "part", "done")


def lane_from_no_variable(p: Process) -> None:
    p.lane("核决人", "look", role_from="a-b")


def lane_from_nothing(p: Process) -> None:
    p.lane("核决人", "look", role_from="unheard")


def start_in_a_variable_lane(p: Process) -> None:
    p.lane("核决人", "opened", role_from="known")


@pytest.mark.parametrize(
    ("code", "element", "spoil"),
    [
        ("flow_direction", "done_to_ask", flow_back_from_the_end),
        ("flow_direction", "look_to_opened", flow_into_the_start),
        ("flow_direction", "look_to_late", flow_into_a_boundary_event),
        ("double_flow", "twice", second_flow),
        ("implicit_split", "ask", second_way_out),
        ("idle_condition", "idle", condition_after_a_step),
        ("dead_end", "look", no_way_out),
        ("unreachable", "extra", no_way_in),
        ("endless", "extra", no_way_to_an_end),
        ("one_start", "demo", second_start),
        ("no_code", "extra", error_end),
        ("loose_flow", "crossing", out_of_a_sub_process),
        ("start_kind", "inner", message_start_inside),
        ("role_from", "lane_1", lane_from_no_variable),
        ("unfilled_name", "lane_1", lane_from_nothing),
        ("start_lane", "opened", start_in_a_variable_lane),
    ],
)
def test_one_thing_drawn_wrong(code: str, element: str, spoil: Callable[[Process], None]) -> None:
    p = good()
    spoil(p)
    assert has(problems(files(p)), code, element)


def test_steps_and_the_start_have_forms() -> None:
    found = problems(files(), forms=False)
    for element in ("opened", "ask", "look"):
        assert has(found, "no_form", element)
    assert "forms/demo/ask.json" in next(p.en for p in found if p.element == "ask")


def test_every_problem_is_told_at_once() -> None:
    text = good().bytes().decode()
    for old, new in (
        ('banjie:nameEn="ask in English"', ""), ("known == 1", "known = 1"), ("P3D", "P3X"),
        ('default="which_to_look"', ""), ("内勤", "外勤"), ('calledElement="called"', ""),
    ):  # fmt: skip
        text = text.replace(old, new)
    found = {p.code for p in problems({**files(), PATH: text.encode()}, forms=False)}
    assert found >= {
        "name_missing", "bad_expression", "bad_duration", "no_default", "unknown_role",
        "no_process", "no_form",
    }  # fmt: skip


def test_problems_of_tables_and_called_diagrams_come_along() -> None:
    broken = files()
    broken["bpmn/decisions/klass.dmn"] = table("klass", ["known"], ["k"], [(["x y"], ["1"])])
    broken["bpmn/test/called.bpmn"] = broken["bpmn/test/called.bpmn"].replace(
        b'banjie:nameEn="classify in English"', b""
    )
    found = problems(broken)
    assert ("bpmn/decisions/klass.dmn", "bad_cell") in {(p.file, p.code) for p in found}
    assert ("bpmn/test/called.bpmn", "name_missing") in {(p.file, p.code) for p in found}


@pytest.mark.parametrize(
    ("code", "old", "new", "close"),
    [
        ("no_process", 'calledElement="called"', 'calledElement="caled"', "called"),
        ("no_table", ">klass<", ">klas<", "klass"),
        ("unknown_role", 'name="内勤"', 'name="clerc"', "clerk"),
        ("unknown_role", 'banjie:notifies="qc"', 'banjie:notifies="qcc"', "qc"),
        ("unknown_role", 'banjie:offeredTo="qc"', 'banjie:offeredTo="qcc"', "qc"),
        ("unknown_who", 'transfer="qc"', 'transfer="qcc"', "qc"),
    ],
)
def test_what_is_nearly_a_name_is_told_which(code: str, old: str, new: str, close: str) -> None:
    p = good()
    p.send("tell")
    p.catch("await_told", more='banjie:offeredTo="qc"')
    p.xml = [
        xml.replace("</bpmn:userTask>", '<bpmn:extensionElements><banjie:actions transfer="qc"/>'
                    "</bpmn:extensionElements></bpmn:userTask>")
        for xml in p.xml
    ]  # fmt: skip
    p.chain("opened", "tell", "await_told", "done")
    given = {
        path: content.replace(old.encode(), new.encode()) for path, content in files(p).items()
    }
    found = [each for each in problems(given) if each.code == code]
    assert any(f"是否为“{close}”？" in each.zh for each in found)
    assert any(f'Did you mean "{close}"?' in each.en for each in found)


def setting(script: str, *, before: bool, tells: bool) -> dict[str, bytes]:
    """Give a procedure with a script, of a task or before a call, that says who works or hears."""
    p = Process("demo", extra=variable("known", "null"))
    p.message_start()
    if before:
        p.call("set_k", "called", before=script)
    else:
        p.script("set_k", script)
    p.user("look")
    p.send("tell", "=k" if tells else "qc")
    p.end()
    p.chain("opened", "set_k", "look", "tell", "done")
    if not tells:
        p.lane("核决人", "look", role_from="k")
    return files(p)


@pytest.mark.parametrize("before", [True, False], ids=["pre-script", "script"])
@pytest.mark.parametrize("tells", [True, False], ids=["notifies", "roleFrom"])
@pytest.mark.parametrize(
    ("script", "wrong"),
    [
        ('k = "qcc"', "qcc"),
        ('k = "qc" if known == 1 else "qcc"', "qcc"),
        ('k = 3\nk = "qc"', "3"),
        ('k = "qc"\nother = "qcc"', None),
        ("k = known", None),
    ],
)
def test_a_script_that_says_who_works_sets_roles(
    script: str, wrong: str | None, *, before: bool, tells: bool
) -> None:
    found = problems(setting(script, before=before, tells=tells))
    assert [(each.code, each.element) for each in found] == [("unknown_role", "set_k")] * bool(
        wrong
    )
    for each in found:
        assert f"把“k”设为“{wrong}”，它不是角色代码" in each.zh
        assert f'sets "k" to "{wrong}"' in each.en
        assert ("是否为“qc”？" in each.zh) is (wrong == "qcc")


@pytest.mark.parametrize(
    ("script", "default", "wrong"),
    [
        ('given = "qcc"\nk = given', "null", "set_k"),
        ('given = "qcc"\nbetween = given or "qc"\nk = between if known == 1 else "gm"', "null",
         "set_k"),
        ("k = given", '"qcc"', "demo"),
        ("k = given", '"qc"', None),
        ("k = known\nother = given", '"qcc"', None),
    ],
)  # fmt: skip
def test_who_works_is_a_role_by_whatever_way_it_is_set(
    script: str, default: str, wrong: str | None
) -> None:
    p = good()
    p.extra += variable("given", default)
    p.script("set_k", script)
    p.without("ask_to_which")
    p.chain("ask", "set_k", "which")
    p.lane("核决人", "look", role_from="k")
    found = problems(files(p))
    assert [(each.code, each.element) for each in found] == [("unknown_role", wrong)] * bool(wrong)
    assert all("“qcc”" in each.zh and "是否为“qc”？" in each.zh for each in found)


@pytest.mark.parametrize(
    ("script", "wrong"),
    [('stage = "close"', False), ('stage = "closed"', True), ("stage = known", False),
     ("stage = None", False)],
)  # fmt: skip
@pytest.mark.parametrize("source", ["stage", None])
def test_a_call_hands_over_what_the_choices_of_its_form_offer(
    script: str, source: str | None, *, wrong: bool
) -> None:
    sub = called()
    sub.user("urge")
    sub.without("classify_to_called_done")
    sub.chain("classify", "urge", "called_done")
    p = good()
    p.extra += variable("stage", "null")
    p.without("call_sub")
    p.call("call_sub", "called", script)
    keys: dict[str, Any] = {f"demo/{id_}": {"known": Asked()} for id_ in ("opened", "ask", "look")}
    keys["called/urge"] = {"urged": Asked("choice", ("close", "reply"), source=source)}
    given = {**files(p), "bpmn/test/called.bpmn": sub.bytes()}
    found: tuple[Problem, ...] = ()
    try:
        compile_procedure(given, root="demo", roles=ROLES, clauses=(), forms=keys)
    except BrokenFilesError as error:
        found = error.problems
    expected = [("no_such_choice", "call_sub")] if wrong and source else []
    assert [(each.code, each.element) for each in found] == expected
    for each in found:
        assert "把“stage”设为“closed”，但 forms/called/urge.json 的“urged”没有这个选项" in each.zh
        assert "是否为“close”？" in each.zh
        assert 'Did you mean "close"?' in each.en


@pytest.mark.parametrize(
    ("kind", "choices", "wrong"),
    [("choice", ("qc", "qcc"), ["qcc"]), ("choice", ("qc", "gm"), []), ("text", (), [])],
)
def test_a_choice_that_says_who_works_offers_roles(
    kind: str, choices: tuple[str, ...], wrong: list[str]
) -> None:
    p = good()
    p.lane("核决人", "look", role_from="k")
    forms = {f"demo/{id_}": {"known": Asked()} for id_ in ("opened", "look")}
    forms["demo/ask"] = {"k": Asked(kind, choices), "other": Asked("choice", ("x",))}
    found: tuple[Problem, ...] = ()
    try:
        compile_procedure(files(p), root="demo", roles=ROLES, clauses={"CM-01"}, forms=forms)
    except BrokenFilesError as error:
        found = error.problems
    assert [(each.file, each.element, each.code) for each in found] == [
        ("forms/demo/ask.json", "ask", "unknown_role") for _ in wrong
    ]
    for each in found:
        assert "字段“k”的选项“qcc”不是角色代码" in each.zh
        assert "是否为“qc”？" in each.zh
        assert 'offers "qcc"' in each.en


def test_a_column_that_says_who_works_holds_roles() -> None:
    p = good()
    p.lane("核决人", "look", role_from="k")
    given = files(p)
    assert problems(given) == ()
    given["bpmn/decisions/klass.dmn"] = table(
        "klass", ["known"], ["k"], [(["1"], ["'qc'"]), (["2"], ["'qcc'"])]
    )
    (found,) = problems(given)
    assert (found.code, found.element) == ("unknown_role", "klass_r2")
    assert "“qcc”不是角色代码" in found.zh
    assert "是否为“qc”？" in found.zh
    assert "Row 2" in found.en


def test_two_processes_may_not_share_a_sub_process_id() -> None:
    def with_part(p: Process, last: str) -> Process:
        inside = Scope(p.process)
        inside.start(f"{p.process}_inner")
        inside.end(f"{p.process}_inner_done")
        inside.chain(f"{p.process}_inner", f"{p.process}_inner_done")
        p.sub("part", inside)
        p.xml = [x for x in p.xml if f'targetRef="{last}"' not in x]
        return p

    caller, other = good(), called()
    with_part(caller, "nothing")
    caller.chain("ask", "part", "look")
    with_part(other, "classify")
    other.chain("called_begun", "part", "classify")
    found = problems({**files(caller), **files_of(other)})
    assert any((p.code, p.element) == ("duplicate_id", "part") for p in found)


def test_a_missing_root_is_told() -> None:
    with pytest.raises(BrokenFilesError) as caught:
        compile_procedure({}, root="demo", roles=ROLES, clauses=(), forms={})
    assert caught.value.problems[0].code == "no_diagram"
    with pytest.raises(BrokenFilesError):
        closure(files(), "nothing")


@pytest.mark.parametrize("between", ["，", "、", ",", "；", ";"])
def test_clauses_that_no_blank_separates_are_told_apart_from_unknown_ones(between: str) -> None:
    for said, told in ((f"CM-01{between}CM-02", True), ("CM-99", False)):
        marked = f'id="ask" banjie:clauses="{said}"'
        drawn = files()[PATH].decode().replace('id="ask"', marked)
        found = problems({**files(), PATH: drawn.encode()})
        (problem,) = [each for each in found if each.code == "unknown_clause"]
        assert ("请用空格分隔" in problem.zh) is told
        assert ("Separate them by blanks" in problem.en) is told


def test_files_that_are_not_needed_are_not_looked_at() -> None:
    assert problems({**files(), "bpmn/test/draft.bpmn": b"not XML", "notes.txt": b""}) == ()

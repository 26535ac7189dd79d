"""What BPMN has and we do not run: file, element, reason and cure, in both languages."""

from __future__ import annotations

import pytest

from engine.spiff import BrokenFilesError, Problem
from engine.spiff.lint import refused
from tests.engine.spiff.drawing import Process, Scope, compiled

LINK = '<bpmn:linkEventDefinition name="l"/>'
UNDO = "<bpmn:compensateEventDefinition/>"
ERROR = "<bpmn:errorEventDefinition/>"
ESCALATION = "<bpmn:escalationEventDefinition/>"
CONDITION = (
    "<bpmn:conditionalEventDefinition><bpmn:condition>n == 1</bpmn:condition>"
    "</bpmn:conditionalEventDefinition>"
)
TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration>"
    "</bpmn:timerEventDefinition>"
)
CHOREOGRAPHY = (
    '<bpmn:choreography id="beside"><bpmn:participant id="a1" name="a"/>'
    '<bpmn:participant id="b1" name="b"/></bpmn:choreography>'
)
CATCH, THROW = "intermediateCatchEvent", "intermediateThrowEvent"


def drawn(tag: str = "task", inner: str = "", attributes: str = "") -> Process:
    """Draw a procedure with one element that is to be refused."""
    p = Process("demo")
    p.message_start()
    p.add(tag, "odd", inner, attributes)
    p.end()
    p.chain("opened", "odd", "done")
    return p


def refusal(p: Process, element: str = "odd") -> Problem:
    with pytest.raises(BrokenFilesError) as caught:
        compiled(p, fields=("n",))
    found = [p for p in caught.value.problems if p.code in {"unsupported", "unsupported_event"}]
    (problem,) = [problem for problem in found if problem.element == element]
    assert problem.file == "bpmn/test/demo.bpmn"
    return problem


@pytest.mark.parametrize(
    ("tag", "inner", "attributes", "zh", "en"),
    [
        ("task", "", "", ("未说明类型的任务", "由谁", "用户任务"), ("no kind", "user task")),
        ("complexGateway", "", "", ("复杂网关", "激活条件", "包容"), ("complex", "inclusive")),
        ("adHocSubProcess", "", "", ("临时子流程", "顺序", "offeredTo"), ("ad hoc", "offeredTo")),
        ("subProcess", "", 'triggeredByEvent="true"',
         ("事件子流程", "开始事件", "边界事件"), ("event sub-process", "boundary event")),
        ("userTask", "", 'isForCompensation="true"',
         ("补偿活动", "撤销", "边界事件"), ("compensation", "undo")),
        ("userTask", "", 'completionQuantity="2"',
         ("completionQuantity", "令牌", "并行"), ("completionQuantity", "parallel")),
        ("userTask", "<bpmn:potentialOwner/>", "",
         ("执行人", "泳道", "删去"), ("performer", "lane")),
        (THROW, LINK, "", ("链接事件", "连线", "顺序流"), ("link event", "sequence flow")),
        (CATCH, LINK, "", ("链接事件", "连线", "顺序流"), ("link event", "sequence flow")),
        (THROW, UNDO, "", ("补偿事件", "撤销", "步骤"), ("compensation", "Draw the steps")),
        (THROW, ERROR, "", ("错误抛出事件", "结束", "错误结束事件"), ("throw", "error end event")),
        (CATCH, TIMER * 2, "", ("多重事件", "一个定义", "几个"), ("multiple", "for each")),
        (CATCH, CONDITION + TIMER, 'parallelMultiple="true"', ("多重事件",), ("multiple",)),
        ("implicitThrowEvent", "", "", ("隐含", "看不见", "抛出"), ("implicit", "throw event")),
    ],
)  # fmt: skip
def test_each_is_named_with_reason_and_cure(
    tag: str, inner: str, attributes: str, zh: tuple[str, ...], en: tuple[str, ...]
) -> None:
    p = drawn(tag, inner, attributes)
    with pytest.raises(BrokenFilesError) as caught:
        compiled(p, fields=("n",))
    problem = next(
        p for p in caught.value.problems if p.code in {"unsupported", "unsupported_event"}
    )
    assert (problem.file, problem.element) == ("bpmn/test/demo.bpmn", "odd")
    assert all(words in problem.zh for words in ("odd", "不支持", *zh))
    assert all(words in problem.en for words in ("odd", "not supported", *en))


def test_end_and_boundary_events_that_undo_are_refused() -> None:
    p = drawn("userTask")
    p.without("done")
    p.add("endEvent", "done", UNDO)
    assert "补偿事件" in refusal(p, "done").zh
    p = drawn("userTask")
    p.add("boundaryEvent", "undo", UNDO, 'attachedToRef="odd"')
    p.chain("undo", "done")
    assert "compensation event" in refusal(p, "undo").en


@pytest.mark.parametrize(
    ("definition", "zh", "en"),
    [(CONDITION, "定时开始", "timer start"), (ERROR, "错误边界事件", "error boundary event"),
     (ESCALATION, "升级边界事件", "escalation boundary event"), (UNDO, "撤销", "undo")],
)  # fmt: skip
def test_a_case_does_not_begin_by_these(definition: str, zh: str, en: str) -> None:
    p = drawn("userTask")
    p.without("opened")
    p.add("startEvent", "opened", definition)
    problem = refusal(p, "opened")
    assert problem.code == "unsupported_event"
    assert zh in problem.zh
    assert en in problem.en


def test_an_event_sub_process_is_refused_wherever_it_lies() -> None:
    event, inside = Scope("demo"), Scope("demo")
    event.add("startEvent", "triggered", TIMER, 'isInterrupting="false"')
    event.end("triggered_end")
    event.chain("triggered", "triggered_end")
    inside.start("begun")
    inside.end("ended")
    inside.chain("begun", "ended")
    inside.sub("event_part", event)
    inside.xml[-1] = inside.xml[-1].replace(
        "<bpmn:subProcess ", '<bpmn:subProcess triggeredByEvent="true" '
    )
    p = drawn("userTask")
    p.without("odd_to_done")
    p.sub("part", inside)
    p.chain("odd", "part", "done")
    assert "事件子流程" in refusal(p, "event_part").zh


@pytest.mark.parametrize(
    ("root", "zh", "en"),
    [
        ('<bpmn:globalUserTask id="beside" name="x"/>', "全局任务", "global task"),
        ('<bpmn:globalScriptTask id="beside" name="x"/>', "全局任务", "global task"),
        (CHOREOGRAPHY, "编排", "choreography"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_process_is_refused(root: str, zh: str, en: str) -> None:
    p = drawn("userTask")
    p.declared.append(root)
    problem = refusal(p, "beside")
    assert zh in problem.zh
    assert en in problem.en


def test_a_call_of_a_global_task_finds_no_process() -> None:
    p = drawn("callActivity", attributes='calledElement="beside"')
    p.declared.append('<bpmn:globalUserTask id="beside" name="x"/>')
    assert "global task" in refusal(p, "beside").en


def test_a_data_store_may_be_a_picture_and_is_not_read_or_written() -> None:
    p = drawn("userTask")
    p.declared.append('<bpmn:dataStore id="crm" name="CRM"/>')
    p.xml.append('<bpmn:dataStoreReference id="store" dataStoreRef="crm"/>')
    assert compiled(p).id == "demo"
    reads = (
        '<bpmn:property id="held" name="__targetRef_placeholder"/>'
        '<bpmn:dataInputAssociation id="reads"><bpmn:sourceRef>store</bpmn:sourceRef>'
        "<bpmn:targetRef>held</bpmn:targetRef></bpmn:dataInputAssociation>"
    )
    writes = (
        '<bpmn:dataOutputAssociation id="writes"><bpmn:targetRef>store</bpmn:targetRef>'
        "</bpmn:dataOutputAssociation>"
    )
    for use in (reads, writes):
        p = drawn("userTask", use)
        p.xml.append('<bpmn:dataStoreReference id="store" dataStoreRef="crm"/>')
        p.declared.append('<bpmn:dataStore id="crm" name="CRM"/>')
        with pytest.raises(BrokenFilesError) as caught:
            compiled(p)
        assert any("数据存储" in p.zh and p.element == "odd" for p in caught.value.problems)


def test_every_refusal_says_name_reason_and_cure_in_both_languages() -> None:
    tables = (refused.KINDS, refused.DEFINITIONS, refused.STARTS, refused.ROOTS)
    found = [each for table in tables for each in table.values()]
    found += [value for value in vars(refused).values() if isinstance(value, refused.Refusal)]
    for each in found:
        for zh, en in each:
            assert any("一" <= char <= "鿿" for char in zh)
            assert en.isascii()
            assert zh[-1] not in "。."
            assert en[-1] not in "。."

"""Sentences of libraries, in Chinese."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from engine.spiff import foreign
from engine.spiff.errors import BrokenFilesError
from engine.spiff.files.xml import BPMN, UnreadableError, read_root
from tests.engine.spiff.drawing import Process, compiled

SCHEMA = [
    ('id="ask"', 'id="ask" bogus="1"', "<userTask> 的属性 bogus 不能有"),
    ("<bpmn:userTask", "<bpmn:nonsense/><bpmn:userTask", "<nonsense> 不能出现在这里"),
    ('<di:waypoint x="0" y="0"/>', '<di:waypoint x="0"/>', "<waypoint> 缺少属性 y"),
    (
        'bpmnElement="opened_to_ask"',
        'bpmnElement="1 edge"',
        "<BPMNEdge> 的属性 bpmnElement 的值“1 edge”不对，应为 名称（字母",
    ),
    ('isExecutable="true"', 'isExecutable="true" isClosed="maybe"', "应为 true 或 false"),
    ("<bpmn:laneSet", "文字<bpmn:laneSet", "<process> 里面不能直接写文字"),
    (
        '<bpmn:endEvent id="done"',
        '<bpmn:endEvent id="done" isThrown="no"',
        "<endEvent> 的属性 isThrown 不能有",
    ),
    (
        '<bpmn:exclusiveGateway id="which"',
        '<bpmn:exclusiveGateway gatewayDirection="Sideways" id="which"',
        "应为 Unspecified, Converging, Diverging, Mixed 之一",
    ),
    (
        '<di:waypoint x="0" y="0"/><di:waypoint x="9" y="0"/>',
        "",
        "<BPMNEdge> 里面缺少子元素，应有 <extension>、<waypoint>",
    ),
]


def drawn() -> Process:
    p = Process("demo")
    p.message_start()
    p.user("ask")
    p.xor("which")
    p.end()
    p.chain("opened", "ask", "which", "done")
    return p


class Spoilt(Process):
    """The same, with one text replaced."""

    change: tuple[str, str] = ("", "")

    @override
    def bytes(self) -> bytes:
        whole = super().bytes().decode()
        assert self.change[0] in whole
        return whole.replace(*self.change, 1).encode()


@pytest.mark.parametrize(("old", "new", "said"), SCHEMA)
def test_what_the_schema_has_against_a_file_is_said_in_chinese(
    old: str, new: str, said: str
) -> None:
    p = drawn()
    p.__class__ = Spoilt
    p.change = (old, new)  # type: ignore[attr-defined]
    with pytest.raises(BrokenFilesError) as refused:
        compiled(p)
    told = [one for one in refused.value.problems if one.code == "schema"]
    assert any(said in one.zh for one in told), [one.zh for one in told]
    for one in told:
        assert "{http" not in one.zh + one.en
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", one.zh), one.zh


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("No start event found", "没有开始事件"),
        ("Duplicate process ID: demo", "流程的 id“demo”重复"),
        ("There is no support implemented for this task type.", "没有实现这类元素"),
        ("Signal identifier is missing from bpmn xml", "有一个 Signal 没有 id"),
        ("something that nobody has read before", "原因见英文说明"),
    ],
)
def test_why_the_engine_refuses_a_diagram_is_said_in_chinese(message: str, said: str) -> None:
    assert foreign.of_engine(message) == said


@given(st.text())
def test_whatever_a_library_says_has_a_sentence_around_it(message: str) -> None:
    for told in (foreign.of_schema(message), foreign.of_engine(message)):
        assert re.match(r"[\u4e00-\u9fff<“]", told)
        assert len(told) < 2 * foreign.LONGEST + 3 * len(message) + 100


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<a>\n<b></a>", "第2行的 <b> 没有结束，却遇到了 </a>"),
        ("<a>amount < 5</a>", "在条件或文字里请写 &lt;"),
        ('<a b="x < 5"/>', "属性值里有“<”"),
        ("<a>x & y</a>", "请写 &amp;"),
        ("<a>&gone;</a>", "&gone; 没有定义"),
        ("<a b=1/>", "属性值没有加引号"),
        ("<a b/>", "属性 b 没有值"),
        ('<a b="1" b="2"/>', "属性 b 写了两次"),
        ("<x:a/>", "前缀 x 没有声明"),
        ("<a><b></b>", "<a> 没有结束"),
        ("<a/><b/>", "末尾有多余的内容"),
        ("", "文件里没有 XML"),
        ("no diagram", "文件里没有 XML"),
    ],
)
def test_why_a_file_is_no_xml_is_said_in_both_languages(content: str, reason: str) -> None:
    with pytest.raises(UnreadableError) as refused:
        read_root("a.bpmn", content.encode(), namespace=BPMN)
    problem = refused.value.problem
    assert problem.code == "not_xml"
    assert reason in problem.zh
    assert "原因见英文说明" not in problem.zh
    assert ("&lt;" in problem.en) is ("amount <" in content)

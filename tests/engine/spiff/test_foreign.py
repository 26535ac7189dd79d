"""Sentences of libraries, in Chinese."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from engine.spiff import foreign
from engine.spiff.errors import BrokenFilesError
from tests.engine.spiff.drawing import Process, compiled

SCHEMA = [
    ('id="ask"', 'id="ask" bogus="1"', "<userTask> 的属性 bogus 不能有"),
    ("<bpmn:userTask", "<bpmn:nonsense/><bpmn:userTask", "<nonsense> 不能出现在这里"),
    (' sourceRef="opened"', "", "<sequenceFlow> 缺少属性 sourceRef"),
    ('id="ask"', 'id="1 ask"', "<userTask> 的属性 id 的值“1 ask”不对，应为 id（字母"),
    ('isExecutable="true"', 'isExecutable="maybe"', "应为 true 或 false"),
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

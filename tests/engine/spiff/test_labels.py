"""Problems name elements as their owners do: by name, with the id that the file has behind."""

from __future__ import annotations

import pytest
from lxml import etree

from engine.spiff import Problem
from engine.spiff.files.labels import labelled
from tests.engine.spiff.test_lint import PATH, files, good, problems

DRAWING = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:banjie="urn:banjie:bpmn:1"><process id="demo" name="投诉" banjie:nameEn="Complaint">
<userTask id="ask" name="询 &#10; 问" banjie:nameEn="Ask"/><userTask id="look" name="看"/>
<exclusiveGateway id="bare"/><task id="twice" name="一"/><task id="twice" name="二"/>
<sequenceFlow id="on" sourceRef="ask" targetRef="look"/>
<sequenceFlow id="off" sourceRef="ask" targetRef="bare"/>
<sequenceFlow id="yes" name="是" banjie:nameEn="yes" sourceRef="ask" targetRef="bare"/>
</process></definitions>"""


def said(zh: str, en: str, *taken: str, file: str = "demo.bpmn") -> tuple[str, str]:
    roots = {"demo.bpmn": etree.fromstring(DRAWING)}
    (found,) = labelled([Problem(file, "ask", "code", zh, en)], roots, taken)
    return found.zh, found.en


@pytest.mark.parametrize(
    ("id_", "zh", "en"),
    [
        ("ask", "询 问（ask）", "Ask (ask)"),
        ("look", "看（look）", "看 (look)"),
        ("demo", "投诉（demo）", "Complaint (demo)"),
        ("yes", "询 问 是（yes）", "Ask yes (yes)"),
        ("on", "询 问→看（on）", "Ask → 看 (on)"),
        *((id_, id_, id_) for id_ in ("off", "bare", "twice", "gone")),
    ],
)
def test_an_element_is_named_with_its_id_behind(id_: str, zh: str, en: str) -> None:
    assert said(f"“{id_}”没有出口。", f'"{id_}" has no way out.') == (
        f"“{zh}”没有出口。", f'"{en}" has no way out.',
    )  # fmt: skip


def test_what_is_no_element_stays_as_it_is_written() -> None:
    kept = (
        'id“ask”在文件中出现两次。是否为“look”或“on”？“ask == "look"”：',
        ('The id "ask" is in the file twice. Did you mean "look" or "on"? "ask == "look"": '),
    )
    assert said(*kept) == kept
    assert said("“ask”没有表单。", '"ask" has no form.', file="klass.dmn")[0] == "“ask”没有表单。"


def test_a_variable_that_is_called_like_another_element_is_no_element() -> None:
    zh, en = said("“ask”用到的“look”没有人填写。", '"ask" uses "look".', "ask", "look")
    assert zh == "“询 问（ask）”用到的“look”没有人填写。"
    assert en == '"Ask (ask)" uses "look".'


def test_every_element_that_a_rule_speaks_of_is_named() -> None:
    p = good()
    p.without("look_to_call_sub")
    p.flow("look", "nowhere", id_="astray")
    p.flow("ask", "done", "known == 2", "idle")
    told = {each.element: each for each in problems({**files(p), PATH: p.bytes()})}
    assert told["astray"].zh.startswith("“astray”所连的“nowhere”不在图中。")
    assert told["idle"].zh.startswith("顺序流“ask名→done名（idle）”离开“ask名（ask）”（userTask）")

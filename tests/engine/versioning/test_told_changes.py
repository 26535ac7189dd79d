"""Each change of a diagram, form or table is told by its name, from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from engine.procedures import Version
from engine.procedures.bundles import load, read_folder, select
from engine.procedures.digests import digest_of
from engine.spiff import BrokenFilesError, Names, drawn
from engine.versioning.diagram_changes import diagram_changes
from engine.versioning.differences import differences
from tests.engine.errand import errand
from tests.engine.small import TEXT, form
from tests.engine.spiff.editing import edited

if TYPE_CHECKING:
    from collections.abc import Mapping

    from engine.spiff import Compiled, Diagram, Drawn

COMPLAINT = "manufacturer-complaint"
HANDLING = "bpmn/complaint/manufacturer-complaint-handling.bpmn"
WHOLE = "bpmn/complaint/manufacturer-complaint.bpmn"
INVESTIGATE = "bpmn/shared/investigate.bpmn"
AUTHORITY = "bpmn/decisions/approval-authority.dmn"
SHIPPED = read_folder()
CONDITIONS = "“sample_provided == False” to “sample_provided != True”"
LIMITS = "“1 hour, day and night” to “2 working days (weekends and holidays skipped)”"
FLOW = Names(
    "从“有样品？”到“有样品？”之后的排他网关的连线“无”",
    "The flow “no” from “Sample provided?” to the exclusive gateway after “Sample provided?”",
)
RENAMED = form(note=TEXT).replace("note项".encode(), "意见".encode())


def version(files: Mapping[str, bytes], root: str = COMPLAINT) -> Version:
    own = select(files, root)
    return Version(1, 1, load(own, root), digest_of(own), {})


def told(before: Mapping[str, bytes], after: Mapping[str, bytes], root: str) -> list[str]:
    """Give every sentence on what changed, Chinese and English."""
    parts = differences(version(before, root), version(after, root)).parts
    said = [each for part in parts for each in part.changes]
    assert all("“”" not in each.zh + each.en for each in said), said
    return [text for each in said for text in (each.zh, each.en)]


def altered(path: str, old: str, new: str) -> list[str]:
    """Change one place of the shipped complaint, and give what is told of it."""
    content = SHIPPED[path].decode()
    assert old in content
    return told(SHIPPED, {**SHIPPED, path: content.replace(old, new, 1).encode()}, COMPLAINT)


def test_a_condition_is_told_with_its_flow_from_which_text_to_which() -> None:
    said = altered(INVESTIGATE, "sample_provided == False", "sample_provided != True")
    assert said == [
        f"{FLOW.zh}的条件由“sample_provided == False”改为“sample_provided != True”",
        f"{FLOW.en}: condition changes from {CONDITIONS}",
    ]


def test_flows_that_lead_elsewhere_are_told_by_the_names_of_their_ends() -> None:
    said = altered(
        INVESTIGATE,
        'sourceRef="report_to_gm" targetRef="instruct_on_report"',
        'sourceRef="report_to_gm" targetRef="complaint_investigated"',
    )
    assert len(said) == 4
    assert said[0].startswith("新增从“")
    assert said[2].startswith("删除从“")
    assert said[3].endswith(" is gone")


def test_a_deadline_is_told_by_what_it_means_before_and_after() -> None:
    drawn = next(path for path in errand() if path.endswith(".bpmn"))
    files = errand()
    files[drawn] = files[drawn].replace(b"PT1H", "2 个工作日".encode())
    assert told(errand(), files, "errand") == [
        "“late名”的期限由“1 小时，昼夜连续计算”改为“2 个工作日（跳过周末和节假日）”",
        f"“late in English”: deadline changes from {LIMITS}",
    ]


def test_scripts_and_roles_are_told() -> None:
    said = altered(WHOLE, 'owner_role = "gm-office"', 'owner_role = "gm"')
    assert "“结案逾期催办”的开始前的计算由" in said[0]
    roles = "bpmn/roles.yaml"
    changed = SHIPPED[roles].replace("总经办".encode(), "总经理室".encode(), 1)
    assert changed != SHIPPED[roles]
    after = {**SHIPPED, roles: changed}
    for path in (HANDLING, WHOLE, INVESTIGATE):
        after[path] = after[path].replace("总经办".encode(), "总经理室".encode())
    said = told(SHIPPED, after, COMPLAINT)
    assert any("由“总经办”改为“总经理室”" in text for text in said)
    lanes = [text for text in said if text.startswith("泳道")]
    assert lanes == [f"泳道“总经办”改为“总经理室”，其中 {count} 个步骤" for count in (3, 5)]


def test_steps_that_go_to_another_lane_are_told_together() -> None:
    ref = "<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>".format
    files = errand()
    (path,) = (path for path in files if path.endswith(".bpmn"))
    text = files[path].decode().replace(ref("prepare"), "").replace(ref("urge"), "")
    both = ref("sign") + ref("prepare") + ref("urge")
    files[path] = text.replace(ref("sign"), both).encode()
    assert told(errand(), files, "errand") == [
        "“prepare名”、“urge名”由泳道“内勤”改归“总经理”",
        "“prepare in English”, “urge in English”: from lane “内勤” to “总经理”",
    ]


def test_a_cell_is_told_by_its_row_and_column() -> None:
    said = altered(AUTHORITY, "]1000..10000]", "]1000..12000]")
    assert "一行的“拟核金额(元)”由“" in said[0]
    assert said[1].startswith("Row “")
    assert "“Proposed amount (yuan)” changes from “" in said[1]


def test_a_limit_in_a_table_is_told_in_words() -> None:
    path = "bpmn/decisions/stage-deadline.dmn"
    said = altered(path, '"PT12H"', '"P1DT12H"')
    assert said[0].endswith("由“12 小时”改为“1 天 12 小时”")
    assert said[1].endswith("changes from “12 hours” to “1 day 12 hours”")


def test_only_the_layout_is_told_as_such() -> None:
    content = SHIPPED[INVESTIGATE].decode()
    bounds = content.index('x="', content.index("<dc:Bounds")) + 3
    moved = content[:bounds] + "9" + content[bounds:]
    (said, english) = told(SHIPPED, {**SHIPPED, INVESTIGATE: moved.encode()}, COMPLAINT)
    assert said == "只改了画法（位置和线条），流程不变"
    assert "Only the layout" in english


@pytest.mark.parametrize(
    ("new", "zh"),
    [
        (form("note", note=TEXT), "字段“note项”的必填由“否”改为“是”"),
        (form(note={**TEXT, "maxLength": 80}), "字段“note项”的最多字数：新增“80”"),
        (form(note={"type": "integer", "minimum": 3}), "字段“note项”的类型由“文字”改为“整数”"),
        (form(note={"type": "integer", "minimum": 3}), "字段“note项”的最小值：新增“3”"),
        (form(note=TEXT, weight=TEXT), "新增字段“weight项”"),
        (form(weight=TEXT), "删除字段“note项”"),
        (RENAMED, "字段“note项”改名为字段“意见”"),
    ],
)  # fmt: skip
def test_fields_are_told_with_what_is_asked_of_them(new: bytes, zh: str) -> None:
    assert zh in told(errand(), {**errand(), "forms/errand/sign.json": new}, "errand")


NUMBER: dict[str, object] = {"type": "integer"}
TICK: dict[str, object] = {"type": "boolean"}


@pytest.mark.parametrize(
    ("was", "now", "zh"),
    [
        ({**NUMBER, "minimum": 0}, {**NUMBER, "minimum": 1}, "最小值由“0”改为“1”"),
        ({**NUMBER, "minimum": 0}, NUMBER, "最小值：不再有（原为“0”）"),
        (NUMBER, {**NUMBER, "exclusiveMinimum": 0}, "须大于：新增“0”"),
        (NUMBER, {**NUMBER, "default": 0}, "预填：新增“0”"),
        ({**TICK, "default": False}, {**TICK, "default": True}, "预填由“否”改为“是”"),
        ({**TICK, "default": False}, TICK, "预填：不再有（原为“否”）"),
        ({**TEXT, "minLength": 0}, {**TEXT, "minLength": 2}, "最少字数：新增“2”"),
    ],
)
def test_nought_and_no_are_told_as_set(
    was: dict[str, object], now: dict[str, object], zh: str
) -> None:
    before, after = ({**errand(), "forms/errand/sign.json": form(note=one)} for one in (was, now))
    assert told(before, after, "errand")[::2] == [f"字段“note项”的{zh}"]


def test_what_a_form_shows_is_told() -> None:
    shows = {"subject": {}, "code": {**TEXT, "title": "编号", "x-i18n": {"en": {"title": "No."}}}}
    showing = orjson.dumps({**orjson.loads(form(note=TEXT)), "x-shows": shows})
    said = told(errand(), {**errand(), "forms/errand/sign.json": showing}, "errand")
    assert said == [
        "表单的只显示：新增“subject、编号”",
        "The form: only shown “subject, No.” is new",
    ]


def test_rules_across_fields_are_told() -> None:
    rule = {"check": "len(note) > 2", "field": "note", "zh": "太短", "en": "Too short"}
    ruled = orjson.dumps({**orjson.loads(form(note=TEXT)), "x-rules": [rule]})
    said = told(errand(), {**errand(), "forms/errand/sign.json": ruled}, "errand")
    assert said == [
        "表单的规则“太短”：新增“len(note) > 2”",
        "The form: rule “Too short” “len(note) > 2” is new",
    ]


def shown(procedure: Compiled) -> dict[str, tuple[Diagram, Drawn]]:
    """Give each diagram of a procedure, as it runs and as it is drawn."""
    files = {one.file: one.xml for one in procedure.diagrams.values()}
    found = drawn(files, procedure.id, {})
    return {key: (one, found[key]) for key, one in procedure.diagrams.items()}


@given(seed=st.integers(0, 2**31))
@settings(max_examples=40, deadline=None)
def test_whatever_was_edited_something_is_told_and_of_the_same_nothing(seed: int) -> None:
    try:
        old, new, _ = edited(seed)
    except BrokenFilesError:
        reject()
    before, after = shown(old), shown(new)
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        said = [*diagram_changes(was, now)]
        assert [*diagram_changes(was, was)] == []
        assert all(one.zh and one.en and "“”" not in one.zh + one.en for one in said), said
        if was and now and was[1].means != now[1].means:
            assert said

"""Posted answers become values, or problems at their fields; what was typed is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.datastructures import MultiDict

from forms import Answered, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms import JSON, Answers, Form

GOOD: dict[str, JSON] = {
    "customer": "天山机械",
    "phone": "13800138000",
    "zone": "xinjiang",
    "accepted_on": "2026-11-09",
    "complaint_class": "quality",
    "qty_delivered": "4,000",
    "qty_defective": "180",
    "urgent": "false",
    "remedies": ["return"],
    "reason": "外壳卡扣处开裂，首检五十件",
}
A_FILE = "11111111-1111-4111-8111-111111111111"


def read(form: Form, **changes: JSON) -> Answers:
    return form.read(Answered({**GOOD, **changes}))


def problem(form: Form, pointer: str, **changes: JSON) -> str:
    problems = read(form, **changes).problems
    assert list(problems) == [pointer], problems
    assert problems[pointer].zh != problems[pointer].en
    return problems[pointer].zh


def test_good_answers_become_values(sample: Form) -> None:
    answers = read(sample)
    assert answers.problems == {}
    assert answers.values["qty_delivered"] == 4000
    assert answers.values["urgent"] is False
    assert answers.values["samples_sealed"] is False
    assert answers.values["remedies"] == ["return"]
    assert answers.values["visited_at"] is None
    assert answers.values["parts"] == []
    assert "injury" not in answers.values
    assert answers.typed["qty_delivered"] == "4,000"


def test_a_browsers_multidict_is_read(sample: Form) -> None:
    posted: MultiDict[str, str] = MultiDict(sample.as_posted(GOOD))
    posted.setlist("remedies", ["return", "exchange"])
    posted.update({"csrf_token": "x", "unknown": "y", "__class__": "z"})
    answers = sample.read(posted)
    assert answers.problems == {}
    assert answers.values["remedies"] == ["return", "exchange"]
    assert "unknown" not in answers.values | answers.typed


def test_what_no_field_is_named_by_is_not_written_as_posted(sample: Form) -> None:
    assert sample.as_posted({**GOOD, "stranger": "x"}) == Answered(GOOD).texts


@pytest.mark.parametrize(
    ("changes", "pointer", "chinese"),
    [
        ({"customer": " "}, "/customer", "必填"),
        ({"customer": "长" * 121}, "/customer", "最多 120 个字（现在 121 个）"),
        ({"phone": "1380013"}, "/phone", "格式不正确：11 位手机号"),
        ({"email": "li@example"}, "/email", "电子邮箱"),
        ({"zone": "moon"}, "/zone", "请从所列选项中选择"),
        ({"complaint_class": ""}, "/complaint_class", "必填，请选择一项"),
        ({"urgent": ""}, "/urgent", "必填，请选择一项"),
        ({"qty_delivered": "0", "qty_defective": "0"}, "/qty_delivered", "不能小于 1"),
        ({"amount": "1000000.01"}, "/amount", "不能大于 1,000,000"),
        ({"ratio": "100.5"}, "/ratio", "不能大于 100"),
        ({"remedies": []}, "/remedies", "必填，请至少选择一项"),
        ({"remedies": ["return", "exchange", "apology", "discount"]}, "/remedies", "最多 3 项"),
        ({"remedies": ["return", "gold"]}, "/remedies", "请从所列选项中选择"),
        ({"reason": "太短"}, "/reason", "至少 10 个字（现在 2 个）"),
        ({"photos": ["not-an-id"]}, "/photos", "附件无效"),
        ({"photos": [A_FILE[:-1] + str(i) for i in range(6)]}, "/photos", "最多 5 个附件"),
        ({"parts": [{"lot": "B1"}]}, "/parts/0/qty", "必填"),
        ({"parts": [{"lot": "B1", "qty": "0"}]}, "/parts/0/qty", "不能小于 1"),
        ({"parts": [{"lot": "B1", "qty": 1, "price": "-1"}]}, "/parts/0/price", "不能小于 0"),
        ({"parts": [{"lot": "B", "qty": 1}] * 5}, "/parts", "最多 4 行"),
    ],
)
def test_each_problem_stands_at_its_field(
    sample: Form, changes: dict[str, Any], pointer: str, chinese: str
) -> None:
    assert chinese in problem(sample, pointer, **changes)


def test_defective_must_not_exceed_delivered(sample: Form) -> None:
    told = problem(sample, "/qty_defective", qty_defective="4001")
    assert told == "不良品数量不得大于交货数量"


def test_a_rule_waits_for_its_names(sample: Form) -> None:
    assert read(sample, amount="").problems == {}
    assert list(read(sample, qty_defective="4001", qty_delivered="x").problems) == [
        "/qty_delivered"
    ]


def test_a_rule_that_cannot_be_judged_is_a_problem_not_an_error(load: Callable[..., Form]) -> None:
    rule = {"check": "a / b > 1", "field": "a", "zh": "一", "en": "1"}
    form = load({"a": {"type": "integer"}, "b": {"type": "integer"}}, **{"x-rules": [rule]})
    assert "无法核对" in form.read(Answered({"a": 1, "b": 0})).problems["/a"].zh
    assert form.read(Answered({"a": 3, "b": 2})).problems == {}


def test_required_by_condition(sample: Form) -> None:
    assert problem(sample, "/channel", zone="overseas") == "必填，请选择一项"
    assert problem(sample, "/amount", remedies=["return", "compensation"]) == "必填"


def test_one_of_two_is_enough(sample: Form) -> None:
    assert read(sample, phone="", email="li@example.com").problems == {}
    assert problem(sample, "/phone", phone="") == "请至少填写其中一项：联系电话、邮箱"


def test_hidden_fields_are_dropped_but_still_shown_again(sample: Form) -> None:
    hidden = read(sample, injury="x", other_reason="smuggled")
    assert hidden.problems == {}
    assert not {"injury", "other_reason"} & hidden.values.keys()
    assert hidden.typed["other_reason"] == "smuggled"
    shown = read(sample, injury="二号线停两小时", urgent="true")
    assert shown.values["injury"] == "二号线停两小时"


def test_a_required_field_is_required_only_while_it_shows(load: Callable[..., Form]) -> None:
    form = load(
        {"yes": {"type": "boolean"}, "why": {"type": "string"}, "who": {"type": "string"}},
        ui={"why": {"ui:showIf": {"yes": True}}},
        required=["why"],
    )
    assert form.read(Answered({})).problems == {}
    assert list(form.read(Answered({"yes": True})).problems) == ["/why"]


def test_a_field_may_show_by_a_whole_number(load: Callable[..., Form]) -> None:
    form = load(
        {"level": {"type": "integer"}, "why": {"type": "string"}},
        ui={"why": {"ui:showIf": {"level": [3, 4]}}},
    )
    assert list(form.read(Answered({"level": "２"})).values) == ["level"]
    assert list(form.read(Answered({"level": "４"})).values) == ["level", "why"]
    assert repr(form) == "<Form test/form>"


def test_a_hidden_field_shows_nothing_else(load: Callable[..., Form]) -> None:
    form = load(
        {"a": {"type": "boolean"}, "b": {"type": "boolean"}, "c": {"type": "string"}},
        ui={
            "c": {"ui:showIf": {"b": True}},
            "b": {"ui:showIf": {"a": True}},
            "ui:order": ["c", "b", "a"],
        },
    )
    assert form.read(Answered({"b": True, "c": "x"})).values == {"a": False}
    assert list(form.read(Answered({"a": True, "b": True, "c": "x"})).values) == ["c", "b", "a"]


def test_a_box_that_must_be_ticked(load: Callable[..., Form]) -> None:
    form = load({"a": {"type": "boolean", "const": True}}, required=["a"])
    assert form.read(Answered({})).problems["/a"].zh == "必须勾选"
    assert form.read(Answered({"a": True})).values == {"a": True}


def test_more_than_500_names_are_too_much(sample: Form) -> None:
    posted = Answered({**GOOD, **{f"x{i}": "1" for i in range(500)}})
    answers = sample.read(posted)
    assert answers.problems == {"": Problem(*_too_much())}
    assert answers.values["customer"] == "天山机械"


def _too_much() -> tuple[str, str]:
    return (
        "提交的内容过多（超过 500 项），多出的部分没有读取",
        "Too much was sent (over 500 items): the rest was not read",
    )


def test_attachments_are_ids_once_each(sample: Form) -> None:
    assert read(sample, photos=[A_FILE, A_FILE]).values["photos"] == [A_FILE]


def test_prefill_takes_defaults_and_what_the_case_knows(load: Callable[..., Form]) -> None:
    form = load(
        {
            "a": {"type": "string", "default": "常用"},
            "b": {"type": "string", "x-from": "earlier"},
            "c": {"type": "string", "x-from": "unknown"},
        }
    )
    assert form.prefill({"earlier": "已知", "c": "no"}) == {"a": "常用", "b": "已知"}


def test_facts_are_what_the_header_shows(sample: Form) -> None:
    assert sample.facts(read(sample, amount="10").values) == {
        "customer": "天山机械",
        "zone": "xinjiang",
        "amount": "10.00",
    }
    assert sample.facts({}) == {}

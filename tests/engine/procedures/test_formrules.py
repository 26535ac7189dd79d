"""A form's rule compares amounts as numbers, and fields with what they can be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from engine.procedures.bundles import prepare, read_folder
from engine.spiff import BrokenFilesError, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

FORM = "forms/register/register_case.json"


def with_rule(check: str, field: str) -> dict[str, bytes]:
    files = read_folder()
    form = orjson.loads(files[FORM])
    form["x-rules"] = [{"check": check, "field": field, "zh": "不对", "en": "Wrong"}]
    for name, kind in (("fee", "money"), ("paid", "money"), ("sold_on", "date")):
        form["properties"][name] = {
            "type": "string", "format": kind, "title": "字段", "x-i18n": {"en": {"title": name}},
        }  # fmt: skip
    return {**files, FORM: orjson.dumps(form)}


@pytest.mark.parametrize(
    ("check", "field", "code", "cure"),
    [
        ("number(fee) <= number(paid)", "fee", None, ""),
        ("number(fee) <= 5000", "fee", None, ""),
        ('date(sold_on) > date("2026-01-01")', "sold_on", None, ""),
        ("fee <= paid", "fee", "compared_as_text", "number(fee)"),
        ("fee <= 5000", "fee", "compared_as_text", "number(fee)"),
        ("number(fee) <= paid", "fee", "compared_as_text", "number(paid)"),
        ("fee == 5000", "fee", "unknown_value", "number(…)"),
        ("date(sold_on) > sold_on", "sold_on", "not_comparable", "date(…)"),
    ],
)
def test_a_rule_compares_like_with_like(
    check: str, field: str, code: str | None, cure: str
) -> None:
    try:
        prepare(with_rule(check, field), "manufacturer-complaint")
        found = []
    except BrokenFilesError as error:
        found = list(error.problems)
    assert {(problem.file, problem.code) for problem in found} == (
        {(FORM, code)} if code else set()
    )
    assert all(cure in problem.en and problem.zh for problem in found[:1])


@pytest.mark.parametrize(
    ("path", "content", "step"),
    [
        (FORM, b"{}", "《登记》“登记并起算期限（register_case）”"),
        (FORM.replace(".json", ".ui.json"), b"{", "《登记》“登记并起算期限（register_case）”"),
        ("forms/manufacturer-complaint/complaint_received.json", b"{}", "complaint_received"),
    ],
)
def test_what_is_wrong_with_a_form_is_told_with_its_step(
    path: str, content: bytes, step: str
) -> None:
    with pytest.raises(BrokenFilesError) as refused:
        prepare({**read_folder(), path: content}, "manufacturer-complaint")
    found = [each for each in refused.value.problems if each.file == path]
    assert found
    for each in found:
        assert each.zh.startswith("《")
        assert step in each.zh.partition("的表单：")[0]
        assert each.en.startswith('Form of "')


def test_what_is_wrong_with_a_field_is_told_with_its_title() -> None:
    files = with_rule("number(fee) <= 5000", "fee")
    form = orjson.loads(files[FORM])
    form["properties"]["fee"]["minimun"] = 3
    with pytest.raises(BrokenFilesError) as refused:
        prepare({**files, FORM: orjson.dumps(form)}, "manufacturer-complaint")
    (problem,) = (each for each in refused.value.problems if each.file == FORM)
    assert "的表单：字段“字段”（/properties/fee/minimun）：不认识“minimun”，是否为“" in problem.zh


def test_a_rule_is_told_with_the_step_of_its_form() -> None:
    with pytest.raises(BrokenFilesError) as refused:
        prepare(with_rule("fee <= 5000", "fee"), "manufacturer-complaint")
    (problem,) = refused.value.problems
    assert problem.zh.startswith("《"), problem.zh
    assert "register_case" in problem.en.partition('" in "')[0]


def test_a_form_of_no_step_or_of_no_diagram_is_told_by_its_file() -> None:
    files = read_folder()
    files["forms/register/nobody.json"] = b"{}"
    with pytest.raises(BrokenFilesError) as refused:
        prepare(files, "manufacturer-complaint")
    (problem, *_) = refused.value.problems
    assert problem.file == "forms/register/nobody.json"
    assert "的表单：" not in problem.zh


STEP = "forms/manufacturer-complaint-handling/determine_handling.json"
CODE = {"type": "string", "title": "编号", "x-i18n": {"en": {"title": "Number"}}}


def showing(path: str, **shows: Mapping[str, object]) -> list[Problem]:
    files = read_folder()
    form = {**orjson.loads(files[path]), "x-shows": shows}
    try:
        prepare({**files, path: orjson.dumps(form)}, "manufacturer-complaint")
    except BrokenFilesError as error:
        return list(error.problems)
    return []


def test_a_form_shows_only_what_something_fills() -> None:
    assert showing(STEP, complaint_class=CODE, cause_code={}) == []
    (problem,) = showing(STEP, complaint_clas=CODE)
    assert (problem.file, problem.code) == (STEP, "unfilled_name")
    assert "是否为“complaint_class”？" in problem.zh
    assert "（determine_handling）”的表单：" in problem.zh


def test_a_paper_names_a_call_that_calls_its_step() -> None:
    path, files = "forms/print/complaint-handling-form.json", read_folder()
    astray = files[path].replace(b'"call": "approve_opinion"', b'"call": "close_complaint"')
    with pytest.raises(BrokenFilesError) as caught:
        prepare({**files, path: astray}, "manufacturer-complaint")
    (problem,) = caught.value.problems
    assert (problem.file, problem.code) == (path, "unknown_call")
    assert "close_complaint" in problem.zh


@pytest.mark.parametrize(
    ("name", "cure"),
    [
        ("complaint_clas", "是否为“complaint_class”？"),
        ("wholly_else", "请改正名称，或从 x-shows 删去。"),
    ],
)
def test_a_misspelt_name_that_a_form_shows_is_told_once(name: str, cure: str) -> None:
    (problem,) = showing(STEP, **{name: {}})
    assert problem.zh.endswith(
        f"的表单：x-shows 里的“{name}”没有任何表单、决策表、脚本会填写。{cure}"
    )


def test_a_diagram_that_cannot_be_read_is_told_and_nothing_of_what_its_forms_fill() -> None:
    files = read_folder()
    files["bpmn/shared/register.bpmn"] = b"<a"
    form = {**orjson.loads(files[STEP]), "x-shows": {"complaint_class": {}, "fault_code": {}}}
    with pytest.raises(BrokenFilesError) as refused:
        prepare({**files, STEP: orjson.dumps(form)}, "manufacturer-complaint")
    assert {problem.code for problem in refused.value.problems} == {"not_xml"}


def test_what_no_form_asks_for_is_shown_with_a_title_of_its_own() -> None:
    (problem,) = showing(STEP, complaint_class={})
    assert (problem.file, problem.code) == (STEP, "shown_unwritten")
    assert "请写明 type 和中英文 title" in problem.zh


def test_nothing_is_shown_before_there_is_a_case() -> None:
    (problem,) = showing("forms/manufacturer-complaint/complaint_received.json", cause_code={})
    assert problem.code == "start_shows"

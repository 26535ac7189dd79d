"""Values as people read them, in both languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from forms import Names

if TYPE_CHECKING:
    from forms import JSON, Form

A_FILE = "11111111-1111-4111-8111-111111111111"


@pytest.mark.parametrize(
    ("name", "value", "zh", "en"),
    [
        ("amount", "1280.50", "1,280.50 元", "1,280.50 CNY"),
        ("amount", "0.07", "0.07 元", "0.07 CNY"),
        ("ratio", "2.5", "2.5 %", "2.5 %"),
        ("qty_delivered", 4000, "4,000 件", "4,000 pcs"),
        ("urgent", True, "是", "Yes"),
        ("urgent", False, "否", "No"),
        ("zone", "china", "国内其他", "Elsewhere in China"),
        ("zone", "gone", "gone", "gone"),
        ("remedies", ["return", "apology"], "退货、道歉", "Return, Apology"),
        ("visited_at", "2026-11-09T02:00:00+00:00", "2026-11-09 10:00", "2026-11-09 10:00"),
        ("visited_at", "someday", "someday", "someday"),
        ("photos", [A_FILE, A_FILE], "2 个附件", "2 attachments"),
        ("reason", "一\n二", "一\n二", "一\n二"),
        ("amount", "not a number", "not a number", "not a number"),
        ("customer", None, "—", "—"),
        ("parts", [], "—", "—"),
        (
            "parts",
            [{"lot": "B1", "qty": 3, "sealed": True}],
            "1. B1 · 3 · — · — · 是",
            "1. B1 · 3 · — · — · Yes",
        ),
    ],
)
def test_a_value_reads_well(sample: Form, name: str, value: JSON, zh: str, en: str) -> None:
    assert sample.text(name, value, "zh") == zh
    assert sample.text(name, value, "en-GB") == en


def test_only_what_was_answered_is_described(sample: Form) -> None:
    values: dict[str, JSON] = {"email": None, "urgent": False, "customer": "天山", "remedies": []}
    assert sample.describe(values, "zh") == [("客户名称", "天山"), ("客户是否停线", "否")]
    assert sample.describe(values, "en")[0] == ("Customer", "天山")


def test_all_answers_are_told_and_those_that_changed_with_what_stood_before(sample: Form) -> None:
    before: dict[str, JSON] = {"amount": "10.00", "zone": "china", "email": None, "reason": "同样"}
    after: dict[str, JSON] = {"amount": "20.00", "email": "", "reason": "同样", "customer": "天山"}
    found = {change.name: change for change in sample.compared(before, after)}
    assert found.keys() == {"amount", "zone", "reason", "customer"}
    assert found["amount"].label == Names("交货金额", "Amount of delivery")
    assert found["amount"].old == Names("10.00 元", "10.00 CNY")
    assert found["amount"].new == Names("20.00 元", "20.00 CNY")
    assert found["customer"].old == Names("—", "—")
    assert (found["reason"].old, found["reason"].new) == (None, Names("同样", "同样"))
    assert found["zone"].old is not None
    assert found["zone"].new is None


def test_a_form_sent_for_the_first_time_changes_nothing(sample: Form) -> None:
    (told,) = sample.compared(None, {"customer": "天山", "email": None})
    assert (told.name, told.old, told.new) == ("customer", None, Names("天山", "天山"))

"""Why an expression cannot be computed: in words for staff, not in the words of Python."""

from __future__ import annotations

import pytest

from engine.spiff.language.expressions import EvaluationError, compile_expression


@pytest.mark.parametrize(
    ("text", "data", "zh", "en"),
    [
        ("a / b", {"a": 1, "b": 0}, "除数为零", "division by zero"),
        ("a / b", {"a": 0, "b": 0}, "除数为零", "division by zero"),
        ("a // b", {"a": 1, "b": 0}, "除数为零", "division by zero"),
        ("a % b", {"a": 1, "b": 0}, "除数为零", "division by zero"),
        ("a - 1", {"a": "x"}, "文字不能当数字", "text is used where a number"),
        ("-a", {"a": "x"}, "文字不能当数字", "text is used where a number"),
        ("a * 2", {"a": None}, "空值不能当数字", "nothing (no value) is used where a number"),
        ("int(a)", {"a": "x"}, "不能当数字", "cannot be read as a number"),
        ("number(a)", {"a": "x"}, "不能当数字", "cannot be read as a number"),
        ("a + 1", {"a": "x"}, "文字和数字不能相加", "text and a number cannot be added"),
        ("a + 1", {"a": None}, "空值和数字不能相加", "and a number cannot be added"),
        ("sum(a)", {"a": ["x"]}, "数字和文字不能相加", "a number and text cannot be added"),
        ("a > 1", {"a": "x"}, "文字和数字不能比较", "text and a number cannot be compared"),
        ("max(a)", {"a": [1, "x"]}, "文字和数字不能比较", "cannot be compared"),
        ("date(a) > b", {"a": "2026-09-30", "b": "x"}, "日期和文字不能比较", "cannot be compared"),
        ("a[3]", {"a": [1]}, "清单里没有这一项", "no such item"),
        ("a['x']", {"a": {}}, "没有“x”这一项", 'no "x"'),
        ("a['x']", {"a": [1]}, "序号必须是整数", "must be an integer"),
        ("max(a)", {"a": []}, "清单是空的", "the list is empty"),
        ("len(a)", {"a": 3}, "数字不是清单", "where a list is needed"),
        ("1 in a", {"a": 3}, "数字不是清单", "where a list is needed"),
        ("sum(a)", {"a": "x"}, "文字不是清单", "where a list is needed"),
        ("date(a)", {"a": "x"}, '"x" 不是 2026-09-30 这样的日期', '"x" is no date'),
        ("date(a)", {"a": "2026-02-30"}, "没有这一天", "no such day"),
        ("duration(a)", {"a": "P1M"}, "这样的时长", "is no duration"),
        ("date_time(date(a))", {"a": "2026-09-30"}, '"2026-09-30" 不是', '"2026-09-30" is no'),
        ("a * a", {"a": 10**10}, "数超过 1000000000000000000", "a number above"),
        ("a + a", {"a": "x" * 9999}, "长度超过 10000", "longer than 10000"),
        ("round(a, 'x')", {"a": 1}, "不能这样取整", "cannot be rounded"),
        ("date(a, a)", {"a": 1}, "个数或种类不对", "or more or fewer"),
        ("a[a]", {"a": {}}, "不能这样算", "cannot be used so"),
    ],
)
def test_what_went_wrong_is_said_in_words(
    text: str, data: dict[str, object], zh: str, en: str
) -> None:
    with pytest.raises(EvaluationError) as failed:
        compile_expression(text).evaluate(data)
    assert zh in failed.value.zh
    assert en in failed.value.en
    for technical in ("Error", "decimal", "<class", "NoneType", "DivisionBy"):
        assert technical not in failed.value.zh + failed.value.en

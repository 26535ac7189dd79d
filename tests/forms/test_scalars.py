"""What Chinese keyboards, papers and pastes bring is read exactly, or refused with words."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from forms import Answered, BrokenFormError, Problem, load_form

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms import JSON, Form, Judge


def read(form: Form, typed: str) -> JSON | Problem:
    answers = form.read(Answered({"a": typed}))
    return answers.problems["/a"] if answers.problems else answers.values["a"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1280.5", "1280.50"),
        (" 1,280.50 ", "1280.50"),
        ("１，２８０．５０", "1280.50"),
        ("¥1,280.50", "1280.50"),
        ("￥ 42,000 元", "42000.00"),
        ("0.07", "0.07"),
        ("19.99", "19.99"),
        ("0.1", "0.10"),
        ("007", "7.00"),
        ("-3.5", "-3.50"),
        ("－３．５", "-3.50"),
        ("−3.5", "-3.50"),
        ("-0.00", "0.00"),
        ("5.", "5.00"),
        ("12.500", "12.50"),
        ("99999999999999.99", "99999999999999.99"),
        ("３。５", "3.50"),
        ("", None),
        ("　 \u200b\ufeff", None),
    ],
)
def test_money_is_read_exactly(load: Callable[..., Form], typed: str, value: str | None) -> None:
    assert read(load({"a": {"type": "string", "format": "money"}}), typed) == value


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("12,80", "千分位逗号的位置不对"),
        ("1,2800", "千分位逗号的位置不对"),
        (",128", "千分位逗号的位置不对"),
        ("1.234", "最多两位小数"),
        ("一百", "请填写金额"),
        ("1e3", "请填写金额"),
        ("0x10", "请填写金额"),
        ("--5", "请填写金额"),
        ("1.2.3", "请填写金额"),
        ("٣", "请填写金额"),
        ("100000000000000", "数字太长"),
        ("9" * 100_000, "数字太长"),
    ],
)
def test_what_is_no_money_is_told(load: Callable[..., Form], typed: str, chinese: str) -> None:
    problem = read(load({"a": {"type": "string", "format": "money"}}), typed)
    assert isinstance(problem, Problem)
    assert chinese in problem.zh


@pytest.mark.parametrize(
    ("typed", "value"), [("3", "3"), ("0.125", "0.125"), ("1,000.10", "1000.10"), ("-0", "0")]
)
def test_a_decimal_keeps_its_digits(load: Callable[..., Form], typed: str, value: str) -> None:
    assert read(load({"a": {"type": "string", "format": "decimal"}}), typed) == value


def test_a_decimal_has_at_most_six_decimals(load: Callable[..., Form]) -> None:
    form = load({"a": {"type": "string", "format": "decimal"}})
    assert read(form, "0.123456") == "0.123456"
    assert read(form, "0.1234567") == Problem("小数最多 6 位", "At most 6 decimals")


@pytest.mark.parametrize(
    ("schema", "fits", "too_far", "chinese"),
    [
        ({"type": "integer", "exclusiveMinimum": 0}, "1", "0", "必须大于 0"),
        ({"type": "integer", "exclusiveMaximum": 10}, "9", "10", "必须小于 10"),
        ({"type": "integer", "minimum": -1}, "-1", "-2", "不能小于 -1"),
        (
            {"type": "string", "format": "decimal", "maximum": 0.3},
            "0.3",
            "0.300001",
            "不能大于 0.3",
        ),
        ({"type": "string", "format": "money", "minimum": 0.07}, "0.07", "0.06", "不能小于 0.07"),
    ],
)
def test_bounds_are_exact(
    load: Callable[..., Form], schema: dict[str, JSON], fits: str, too_far: str, chinese: str
) -> None:
    form = load({"a": schema})
    assert not isinstance(read(form, fits), Problem)
    problem = read(form, too_far)
    assert isinstance(problem, Problem)
    assert problem.zh == chinese


@pytest.mark.parametrize(
    ("typed", "value"),
    [("4,000", 4000), ("１２０", 120), ("-5", -5), ("+5", 5), ("12.0", 12), ("1 000", 1000)],
)
def test_whole_numbers(load: Callable[..., Form], typed: str, value: int) -> None:
    found = read(load({"a": {"type": "integer"}}), typed)
    assert (found, type(found)) == (value, int)


@pytest.mark.parametrize("typed", ["12.5", "十二", "True", "1_000", "9" * 15, "²"])
def test_what_is_no_whole_number_is_told(load: Callable[..., Form], typed: str) -> None:
    assert isinstance(read(load({"a": {"type": "integer"}}), typed), Problem)


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-09", "2026-11-9", "2026/11/9", "2026.11.09", "2026年11月9日", "2026 年 11 月 9 日",
        "２０２６－１１－０９", "２０２６年１１月９日", "20261109", " 2026/11/09\u3000",
    ],
)  # fmt: skip
def test_dates_as_people_write_them(load: Callable[..., Form], typed: str) -> None:
    assert read(load({"a": {"type": "string", "format": "date"}}), typed) == "2026-11-09"


@pytest.mark.parametrize(
    ("typed", "chinese"),
    [
        ("2026-02-30", "没有 2026 年 2 月 30 日这一天"),
        ("2026年13月1日", "没有 2026 年 13 月 1 日这一天"),
        ("11月9日", "请填写日期"),
        ("2026-11/09", "请填写日期"),
        ("1026-11-09", "年份应在 1900 到 2199 之间"),
        ("2026-11-09T00:00", "请填写日期"),
        ("明天", "请填写日期"),
    ],
)
def test_what_is_no_date_is_told(load: Callable[..., Form], typed: str, chinese: str) -> None:
    problem = read(load({"a": {"type": "string", "format": "date"}}), typed)
    assert isinstance(problem, Problem)
    assert chinese in problem.zh


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("2026-11-09T10:00", "2026-11-09T10:00:00+08:00"),
        ("2026-11-09 10:00", "2026-11-09T10:00:00+08:00"),
        ("2026/11/9 9:05", "2026-11-09T09:05:00+08:00"),
        ("2026年11月9日 10：30", "2026-11-09T10:30:00+08:00"),
        ("2026年11月9日10时30分", "2026-11-09T10:30:00+08:00"),
        ("2026-11-09 10:00:45", "2026-11-09T10:00:45+08:00"),
        ("2026-11-09T02:00:00+00:00", "2026-11-09T10:00:00+08:00"),
    ],
)
def test_a_moment_is_company_time_with_its_offset(
    load: Callable[..., Form], typed: str, value: str
) -> None:
    assert read(load({"a": {"type": "string", "format": "date-time"}}), typed) == value


@pytest.mark.parametrize(
    "typed",
    [
        "2026-11-09",
        "10:00",
        "2026-11-09 25:00",
        "1900-01-01 00:00",
        "2026-02-30 10:00",
        "1800-01-01T00:00:00+08:00",
        "2026-11-09T10:00:99",
    ],
)
def test_what_is_no_moment_is_told(load: Callable[..., Form], typed: str) -> None:
    assert isinstance(read(load({"a": {"type": "string", "format": "date-time"}}), typed), Problem)


def test_a_company_elsewhere_has_its_own_zone(judge: Judge) -> None:
    named = b'"title": "t", "x-i18n": {"en": {"title": "t"}}'
    field = b'{"type": "string", "format": "date-time", %b}' % named
    schema = b'{"type": "object", %b, "properties": {"a": %b}}' % (named, field)
    form = load_form("a/b", schema, None, judge=judge, zone=ZoneInfo("Europe/Berlin"))
    assert read(form, "2026-07-01 12:00") == "2026-07-01T12:00:00+02:00"
    # The clocks skip this hour; it is read, not refused.
    assert read(form, "2026-03-29 02:30") == "2026-03-29T02:30:00+01:00"
    assert form.text("a", "2026-07-01T10:00:00+00:00", "zh") == "2026-07-01 12:00"


@pytest.mark.parametrize(
    ("schema", "typed", "value"),
    [
        ({"type": "string"}, "  张三\u3000", "张三"),
        ({"type": "string"}, "Ａ１（甲）", "Ａ１（甲）"),
        ({"type": "string", "pattern": "^[0-9A-Z]+$"}, "Ａ１２", "A12"),
        (
            {"type": "string", "pattern": "^[0-9+() -]+$"},
            "（０９９１）７６５－４３２１",
            "(0991)765-4321",
        ),
        ({"type": "string"}, "两\r\n行", "两 行"),
        ({"type": "string"}, "a\x00b\ud800", "a\ufffdb\ufffd"),
        ({"type": "string", "format": "email"}, "li@example.com", "li@example.com"),
    ],
)
def test_words_are_trimmed_and_otherwise_left_alone(
    load: Callable[..., Form], schema: dict[str, str], typed: str, value: str
) -> None:
    assert read(load({"a": schema}), typed) == value


def test_a_text_area_keeps_its_lines(load: Callable[..., Form]) -> None:
    form = load({"a": {"type": "string"}}, ui={"a": {"ui:widget": "textarea"}})
    assert read(form, "一\r\n\r\n二\n") == "一\n\n二"


def test_yes_and_no(load: Callable[..., Form]) -> None:
    tick = load({"a": {"type": "boolean"}})
    assert [read(tick, typed) for typed in ("true", "", "false", "是", "否")] == [
        True, False, False, True, False,
    ]  # fmt: skip
    asked = load({"a": {"type": "boolean"}}, ui={"a": {"ui:widget": "radio"}})
    assert read(asked, "") is None
    assert isinstance(read(asked, "maybe"), Problem)


@pytest.mark.parametrize(
    ("schema", "typed", "digits"),
    [
        ({"type": "string", "format": "money"}, "1.2万", "12000"),
        ({"type": "string", "format": "money"}, "1.23456万元", "12345.6"),
        ({"type": "string", "format": "decimal"}, "１２ 万", "120000"),
        ({"type": "integer"}, "3万", "30000"),
    ],
)
def test_ten_thousands_are_asked_for_in_digits(
    load: Callable[..., Form], schema: dict[str, str], typed: str, digits: str
) -> None:
    problem = load({"a": schema}).read(Answered({"a": typed})).problems["/a"]
    assert (problem.zh, problem.en) == (f"请写 {digits}", f"Write {digits}")


def test_a_pattern_that_fails_shows_the_example(load: Callable[..., Form]) -> None:
    schema = {"type": "string", "pattern": "^[A-Z][0-9]{3}$", "examples": ["B123", "C456"]}
    problem = load({"a": schema}).read(Answered({"a": "b1"})).problems["/a"]
    assert problem.zh == "格式不正确，例如 B123"
    assert problem.en == "The format is not right, such as B123"


def test_an_example_that_does_not_fit_its_pattern_is_refused(load: Callable[..., Form]) -> None:
    with pytest.raises(BrokenFormError, match="examples"):
        load({"a": {"type": "string", "pattern": "^[0-9]+$", "examples": ["x"]}})


@pytest.mark.parametrize("ticked", [[], ["a"]])
def test_where_every_box_has_to_be_ticked_it_says_so_with_the_reason(
    load: Callable[..., Form], ticked: list[str]
) -> None:
    named = {"x-i18n": {"en": {"title": "t"}}, "title": "t"}
    items = {"type": "string", "oneOf": [{"const": "a", **named}, {"const": "b", **named}]}
    schema = {"type": "array", "items": items, "minItems": 2, "uniqueItems": True}
    form = load(
        {"a": schema},
        ui={"a": {"ui:help": {"zh": "两联都要存", "en": "Both are kept"}}},
        required=["a"],
    )
    problem = form.read(Answered({"a": [*ticked]})).problems["/a"]
    assert problem.zh == "两联都要存，请全部勾选"
    assert problem.en == "Both are kept: tick every box"

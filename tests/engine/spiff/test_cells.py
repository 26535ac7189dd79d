"""What a cell of a table means: unary tests as DMN 1.3 has them, over values as a case keeps them.

`fits_not` is what a row with this cell passes over; nothing that a case may hold makes it crash.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spiff.dmn.cells import compile_cell, compile_output
from engine.spiff.dmn.kinds import read_as
from engine.spiff.language.expressions import ExpressionError

DATA = {"limit": 7, "approved": "5000.00", "zones": ["near", "far"], "until": "2026-09-30"}
HOSTILE: list[object] = [
    None,
    "",
    "x",
    0,
    -1,
    True,
    1.5,
    [],
    ["x"],
    {"a": 1},
    [[[]]],
    "9" * 1000,
    10**30,
]

MEANINGS = [
    ("", [1, None, "x"], []),
    ("-", [1, None, "x"], []),
    ('"CM"', ["CM"], ["PC", None, ""]),
    ("'CM'", ["CM"], ["PC"]),
    ('"a","b"', ["a", "b"], ["c", None]),
    ('"a, b", "c"', ["a, b", "c"], ["a", "b"]),
    ('"a..b", "[c]", "(d"', ["a..b", "[c]", "(d"], ["a", "c"]),
    (r'"say \"no\", please"', ['say "no", please'], ["say"]),
    ('"投诉，一", "not(x)"', ["投诉，一", "not(x)"], ["x"]),
    ('not("a")', ["b", None, ""], ["a"]),
    ('not("a", "b")', ["c", None], ["a", "b"]),
    ('not(not("a"))', ["a"], ["b", None]),
    ('not( "a)" , "(b" )', ["a"], ["a)", "(b"]),
    ("not(< 5)", [5, 6], [4, None, "x"]),
    ("not([1..5[, 9)", [0, 5, 8], [1, 9, None]),
    ("not(null)", [0, ""], [None]),
    ("5", [5, Decimal("5.00"), "5.00"], [6, "x", None]),
    ("-5", [-5], [5]),
    ("-5, -3", [-5, -3], [5, -2]),
    ('"60-80"', ["60-80"], [-20]),
    ("limit-3", [4], [7]),
    ("0.1", [Decimal("0.1"), "0.10", 0.1], ["0.100001"]),
    ("< 5000", [4999, 0, "900.00", "4999.99"], [5000, "5000.00", "12000.00", None, "x", True]),
    ("<= 5000", [5000, "5000.00"], [5001, "5000.01"]),
    ("> 5", [6, "12.00"], [5, None, "5.00"]),
    (">= 5", [5], [4]),
    ("<5", [4], [5]),
    (">-5", [-4], [-5]),
    ("!= 5", [4, None], [5, "5.00"]),
    ("== 5", [5], [4]),
    ("[1..5]", [1, 5, 3, "4.50"], [0, 6, None]),
    ("]1..5[", [2, 4], [1, 5]),
    ("(1..5)", [2, 4], [1, 5]),
    ("(1..5]", [5], [1]),
    ("[1..5)", [1], [5]),
    ("[-5..-1]", [-5, -1], [0]),
    ("[1..1]", [1], [2]),
    ("[0.1..0.3[", ["0.10", "0.29"], ["0.30"]),
    ("[1..5[, 9", [1, 9], [5, 8]),
    ("[1..2], [4..5]", [1, 5], [3]),
    ("]1..2[, ]4..5[", ["1.5", "4.5"], [1, 2, 4, 5]),
    ("[1..limit]", [7], [8]),
    ("[limits[0]..limits[1]]", [3, 5], [2, 6]),
    ("[1..limits[1][", [4], [5]),
    ("(1 + 2), 5", [3, 5], [4]),
    ("true", [True], [False, None, 1, "true"]),
    ("false", [False], [True, 0]),
    ("null", [None], [0, ""]),
    ('null, "a"', [None, "a"], ["b"]),
    ("< limit", [6], [7]),
    ("<= approved", ["900.00", "5000.00", 5000], ["5000.01", "12000.00"]),
    ("zones", ["near", "far"], ["moon"]),
    ('["a", "b"]', ["a", "b"], ["c"]),
    ("limit, limit + 1", [7, 8], [9]),
    ("? in ['a', 'b']", ["a"], ["c"]),
    ("1 < ? <= limit", [2, 7], [1, 8]),
    ('? == "why?"', ["why?"], ["why"]),
    ('"late" in ?', [["late", "broken"]], [["broken"]]),
    ("? != 3 and ? != 4", [5], [3, 4]),
    ("len(?) == 3", ["abc"], ["ab"]),
    ('"a?"', ["a?"], ["a"]),
    ("1, 200", [1, 200], [1200]),
    ('"10,000"', ["10,000"], ["10"]),
    ('date("2026-09-30")', ["2026-09-30", "2026-09-30T08:00:00+08:00"], ["2026-10-01", None]),
    ('< date("2026-10-01")', ["2026-09-30", "2026-09-30T23:59:59+08:00"], ["2026-10-01", "x"]),
    ('[date("2026-09-28")..date("2026-09-30")]', ["2026-09-28", "2026-09-30"], ["2026-10-01"]),
    ('@"2026-09-30"', ["2026-09-30"], ["2026-10-01"]),
    ("<= until", ["2026-09-30"], ["2026-10-01"]),
    ("<= date(until)", ["2026-09-30"], ["2026-10-01"]),
    (
        '< date and time("2026-09-30T10:00:00+08:00")',
        ["2026-09-30T09:59:00+08:00", "2026-09-30T01:59:00Z"],
        ["2026-09-30T02:00:00Z", "2026-09-30", None],
    ),
    ('>= @"2026-09-30T10:00:00+08:00"', ["2026-09-30T02:00:00Z"], ["2026-09-30T01:59:59Z"]),
    ('<= duration("P3D")', ["P3D", "PT72H", "PT4H"], ["P4D", "PT73H", "P1M", "x", None]),
    ('@"PT4H"', ["PT4H", "PT240M"], ["PT5H"]),
]


@pytest.mark.parametrize(("cell", "fits", "fits_not"), MEANINGS)
def test_what_a_cell_means(cell: str, fits: list[object], fits_not: list[object]) -> None:
    test, data = compile_cell(cell), {**DATA, "limits": [3, 5]}
    for value in fits:
        assert test is None or test.fits(value, data), value
    for value in fits_not:
        assert test is not None
        assert not test.fits(value, data), value


@pytest.mark.parametrize("cell", [cell for cell, _, _ in MEANINGS if "?" not in cell])
@pytest.mark.parametrize("value", HOSTILE)
def test_nothing_that_a_case_holds_makes_a_cell_crash(cell: str, value: object) -> None:
    test = compile_cell(cell)
    assert test is None or test.fits(value, {**DATA, "limits": [3, 5]}) in {True, False}


def test_what_is_unknown_is_neither_fitting_nor_its_opposite() -> None:
    for cell in ("< 5", "[1..5]", 'date("2026-09-30")', "5"):
        for value in ("x", ["x"], True, {"a": 1}):
            for text in (cell, f"not({cell})"):
                test = compile_cell(text)
                assert test is not None
                assert not test.fits(value, {}), (text, value)


@pytest.mark.parametrize(
    ("cell", "zh", "en"),
    [
        ('"a",', "逗号之间", "beside a comma"),
        (",", "逗号之间", "beside a comma"),
        ('"a",,"b"', "逗号之间", "beside a comma"),
        ("< ", "缺少要比较的内容", "missing"),
        ("not()", "逗号之间", "beside a comma"),
        ("[1..", "区间没有收尾", "has no end"),
        ("[1..5", "区间没有收尾", "has no end"),
        ("1..5", "区间要有方括号", "as [1..5]"),
        ("]1, 5[", "不是有效", "Not an expression"),
        ("[5..1]", "什么都没有", "Nothing lies"),
        ("]5..5]", "什么都没有", "Nothing lies"),
        ('[1.."a"]', "什么都没有", "Nothing lies"),
        ("[null..5]", "什么都没有", "Nothing lies"),
        ("[1..5] [7..9]", "两段之间要有逗号", "comma between"),
        ("[1...5]]", "逗号", "comma"),
        ("a b", "不是有效", "Not an expression"),
        ('"a', "引号没有成对", "quote is left open"),
        ("it's", "引号没有成对", "quote is left open"),
        ("= 5", "等于不写符号", "without ="),
        ("< true", "能比大小", "have an order"),
        ("< null", "能比大小", "have an order"),
        ("not(", "不是有效", "Not an expression"),
        ('not("a"), "b"', "几个值用逗号", "others than one"),
        ('not "a"', "除外写 not", "others than one"),
        ('"a" or "b"', "几个值用逗号", "several as"),
        ("> 1 and < 5", "不是有效", "Not an expression"),
        ("limit > 5", "用 ? 代表输入", "stands for the input"),
        ("between 1 and 5", "写 [1..5]", "as [1..5]"),
        ("if a then b", "不用这个词", "does not stand in a cell"),
        ("for i in a", "用逗号隔开", "several values"),
        ("? ?", "不是有效", "Not an expression"),
        ("?", "不限请写 -", "Write - for any"),
        ("< ?", "写整个条件", "write all of it"),
        ("[1..?]", "写整个条件", "write all of it"),
        ("this", "写整个条件", "write all of it"),
        ("—", "不限请写 -", "Write - for any"),
        ("不限", "不限请写 -", "Write - for any"),
        ("x.y", "不允许", "Not allowed"),
        ("lambda: 1", "不允许", "Not allowed"),
        ('open("x")', "不允许", "Not allowed"),
        ("{1: 2}", "几个值用逗号", "several as"),
        ("10,000", "请写 10000", "Write 10000"),
        ("<= 1,000.50", "请写 1000", "Write 1000"),
        ("]1,000..2,000]", "请写 1000", "Write 1000"),
        ("<5000元", "不写单位", "without a unit"),
        ("> 5%", "请写小数", "as decimals"),
        ("≥5", "应写：>=5", "signs: >=5"),
        ("＜5", "应写：<5", "signs: <5"),
        ("“a”", '应写："a"', 'signs: "a"'),
        ("< 2026-10-30", 'date("2026-09-30")', 'date("2026-09-30")'),
        ("2026/10/30", 'date("2026-09-30")', 'date("2026-09-30")'),
        ("是", "请写 true", "Write true"),
        ("not(否)", "请写 false", "Write false"),
        ("甲", "要加引号", "in quotes"),
        ("甲, 是否", "要加引号", "in quotes"),
        ("60-80", "请写 [60..80]", "Write [60..80]"),
        ("60 - 80, 90", "请写 [60..80]", "Write [60..80]"),
        ("not(60.5-80)", "请写 [60.5..80]", "Write [60.5..80]"),
        ("60~80", "请写 [60..80]", "Write [60..80]"),
        ("60～80", "请写 [60..80]", "Write [60..80]"),
        ("60–80", "请写 [60..80]", "Write [60..80]"),
        ("60至80", "请写 [60..80]", "Write [60..80]"),
        ("60 到 80", "请写 [60..80]", "Write [60..80]"),
        ("2026年10月30日", 'date("2026-09-30")', 'date("2026-09-30")'),
        ('date("2026-13-01")', "无法计算", "Cannot be computed"),
        ('duration("P1M")', "无法计算", "Cannot be computed"),
        ('date and time("2026-09-30T10:00:00")', "无法计算", "Cannot be computed"),
    ],
)
def test_what_a_cell_cannot_mean_is_refused_with_what_to_write(cell: str, zh: str, en: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_cell(cell)
    assert zh in refused.value.zh
    assert en in refused.value.en
    assert refused.value.text == cell


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("true", True), ("null", None), ('"P3D"', "P3D"), ("1 + 2", 3), ("limit * 2", 14),
        ("[true, null]", [True, None]), ("10.50", Decimal("10.50")),
        ('date("2026-09-30")', date(2026, 9, 30)), ('@"PT4H"', timedelta(hours=4)),
        ('date and time("2026-09-30T10:00:00+08:00")',
         datetime.fromisoformat("2026-09-30T10:00:00+08:00")),
    ],
)  # fmt: skip
def test_what_an_output_says(cell: str, value: object) -> None:
    output = compile_output(cell)
    assert output is not None
    assert output.evaluate(DATA) == value


@pytest.mark.parametrize("cell", ["10,000", "“a”", "? + 1", "2026-10-30", '"a', "5%", "a.b", "3-5"])
def test_what_an_output_cannot_say(cell: str) -> None:
    with pytest.raises(ExpressionError):
        compile_output(cell)


@pytest.mark.parametrize(
    ("cell", "zh", "en"),
    [("5 个工作日", "要加引号", "in quotes"), ("是", "请写 true", "Write true")],
)
def test_words_of_an_output_stand_in_quotes(cell: str, zh: str, en: str) -> None:
    with pytest.raises(ExpressionError) as refused:
        compile_output(cell)
    assert zh in refused.value.zh
    assert en in refused.value.en


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("number", "1280.50", Decimal("1280.50")), ("number", "-3", Decimal(-3)),
        ("number", 0.1, Decimal("0.1")), ("number", "1,000", None), ("number", "1e9", None),
        ("number", True, None), ("number", "", None), ("number", "１２", None),
        ("text", 5, None), ("boolean", "true", None), ("boolean", False, False),
        ("date", "2026-02-30", None), ("date", "20260930", None),
        ("date", "2026-09-30T08:00:00+08:00", date(2026, 9, 30)),
        ("date_time", "2026-09-30", None), ("date_time", "2026-09-30T08:00:00", None),
        ("duration", "P1Y", None), ("duration", "P1W", timedelta(days=7)),
        ("duration", "-PT1H30M", timedelta(hours=-1, minutes=-30)), ("duration", "P", None),
    ],
)  # fmt: skip
def test_what_a_text_is_read_as(kind: str, value: object, read: object) -> None:
    assert read_as(kind, value) == read


@settings(max_examples=500, deadline=None, database=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "[",
                "]",
                "(",
                ")",
                "..",
                ",",
                "not(",
                "<",
                ">=",
                "=",
                '"a"',
                "'",
                '"',
                "1",
                "-",
                "?",
                "0.5",
                " ",
                "date(",
                "true",
                "limit",
                "@",
                "and",
                "、",
                "．",
                "{",
                "}",
                ":",
                "\n",
            ]
        ),
        max_size=12,
    ).map("".join),
    st.sampled_from(HOSTILE),
)
def test_no_cell_brings_anything_down(cell: str, value: object) -> None:
    with suppress(ExpressionError):
        test = compile_cell(cell)
        if test is not None and "?" not in cell and test.names <= DATA.keys():
            assert test.fits(value, DATA) in {True, False}
    with suppress(ExpressionError):
        compile_output(cell)

"""What an operator types for a variable: read by its kind, shown again, never an exception."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.cases.casedata import Variable, said, title_of
from engine.procedures import Version
from tests.browser.procedure import shipped
from web.admin import values
from web.admin.values import is_changed, kind_of, read, texts_of

VERSION = Version(1, 1, shipped(), b"", {})
NAMES = sorted({name for form in shipped().forms.values() for name in form.by_name})
SCALARS = (
    st.none() | st.booleans() | st.integers(-(10**18), 10**18)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
)  # fmt: skip
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


def variable(name: str, value: Any, *, is_set: bool = True) -> Variable:  # noqa: ANN401 - any value
    forms = (form for form in shipped().forms.values() if name in form.by_name)
    title, words = title_of(VERSION, name), said(VERSION, name, value)
    return Variable(name, title, value, words, is_set, next(forms, None))


@given(
    name=st.sampled_from([*NAMES, "close_limit", "rounds"]),
    value=ANYTHING.filter(lambda value: "\r" not in repr(value)),
)
def test_what_a_case_holds_is_shown_so_that_sending_it_back_changes_nothing(
    name: str, value: object
) -> None:
    one = variable(name, value)
    kind = kind_of(one)
    again = read(one, kind, texts_of(kind, value))
    if again.problem is None:
        assert not is_changed(one, again), (kind, again)


@given(
    name=st.sampled_from([*NAMES, "close_limit"]),
    kind=st.sampled_from([values.TEXT, values.NUMBER, values.YES_NO, values.CHOICE, values.LIST,
                          values.AS_JSON, values.DATE, values.UNSAID, "no such kind"]),
    texts=st.lists(st.text(max_size=20) | st.sampled_from(["1e999", "NaN", "[" * 10_000, "{}"]),
                   max_size=3),
)  # fmt: skip
def test_whatever_is_typed_is_read_or_refused_in_words(
    name: str, kind: str, texts: list[str]
) -> None:
    found = read(variable(name, None), kind, texts)
    if found.problem is not None:
        assert found.problem.zh
        assert found.problem.en


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("loss", True, values.YES_NO),
        ("zone", "china", values.CHOICE),
        ("remedy_requested", ["return"], values.LIST),
        ("copies_sent", None, values.LIST),
        ("amount_claimed", "12.50", values.TEXT),
        ("customer", None, values.TEXT),
        ("customer", {"name": "x"}, values.AS_JSON),
        ("loss", "yes", values.AS_JSON),
        ("rounds", 3, values.NUMBER),
        ("close_limit", "P3D", values.TEXT),
        ("unknown", [1, 2], values.AS_JSON),
        ("unknown", "2026-11-30", values.DATE),
        ("received_at", "2026-11-30", values.TEXT),
        ("unknown", None, values.UNSAID),
    ],
)
def test_a_variable_is_typed_as_its_form_does_and_as_json_where_it_holds_something_else(
    name: str, value: object, kind: str
) -> None:
    assert kind_of(variable(name, value)) == kind


@pytest.mark.parametrize(
    ("name", "kind", "typed", "value"),
    [
        ("rounds", values.NUMBER, "12", 12),
        ("rounds", values.NUMBER, " 0.5 ", 0.5),
        ("rounds", values.NUMBER, "", None),
        ("loss", values.YES_NO, "true", True),
        ("loss", values.YES_NO, "empty", None),
        ("zone", values.CHOICE, "overseas", "overseas"),
        ("amount_claimed", values.TEXT, "12.50", "12.50"),
        ("customer", values.TEXT, "一\r\n二", "一\n二"),
        ("unknown", values.DATE, "2026-11-30", "2026-11-30"),
        ("unknown", values.NUMBER, "5", 5),
        ("unknown", values.YES_NO, "否", False),
        ("unknown", values.YES_NO, "Yes", True),
        ("unknown", values.UNSAID, " ", None),
        ("unknown", values.LIST, "a\r\n\r\n b ", ["a", "b"]),
        ("zone", values.AS_JSON, '"mars"', "mars"),
        ("customer", values.AS_JSON, '{"a": [1, null]}', {"a": [1, None]}),
    ],
)
def test_each_kind_is_read(name: str, kind: str, typed: str, value: object) -> None:
    found = read(variable(name, None), kind, [typed])
    assert (found.problem, found.value) == (None, value)
    assert type(found.value) is type(value)


@pytest.mark.parametrize(
    ("name", "kind", "typed", "says"),
    [
        ("rounds", values.NUMBER, "4,000", "数字"),
        ("rounds", values.NUMBER, "9" * 19, "数字"),
        ("rounds", values.NUMBER, "1e999999", "数字"),
        ("rounds", values.NUMBER, "Infinity", "数字"),
        ("loss", values.YES_NO, "maybe", "是"),
        ("zone", values.CHOICE, "mars", ""),
        ("amount_claimed", values.TEXT, "twelve", ""),
        ("received_at", values.TEXT, "2026-02-30", ""),
        ("unknown", values.AS_JSON, "china", "加引号"),
        ("unknown", values.AS_JSON, "[" * 10_000, "读不懂这个值"),
        ("unknown", "no such kind", "china", "读不懂这个值"),
        ("unknown", values.DATE, "2026-11-31", "日期"),
        ("unknown", values.DATE, "20261130", "日期"),
        ("unknown", values.UNSAID, "5", "请先选择类型"),
    ],
)
def test_what_cannot_be_meant_is_a_problem_in_words(
    name: str, kind: str, typed: str, says: str
) -> None:
    found = read(variable(name, None), kind, [typed])
    assert found.problem is not None
    assert says in found.problem.zh


def test_an_empty_box_gives_a_variable_without_a_value_none() -> None:
    for kind in (values.TEXT, values.NUMBER, values.LIST, values.YES_NO, values.CHOICE):
        one = variable("customer", None, is_set=False)
        assert not is_changed(one, read(one, kind, texts_of(kind, None)))

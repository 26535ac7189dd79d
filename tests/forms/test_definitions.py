"""A broken form is refused: every refusal names the place and says in both languages what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from forms import BrokenFormError, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms import Form

TEXT = {"type": "string"}
YES = {"type": "boolean"}


def choice(*consts: str) -> dict[str, Any]:
    named = [{"const": c, "title": c, "x-i18n": {"en": {"title": c}}} for c in consts]
    return {"type": "string", "oneOf": named}


BROKEN_FIELDS: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "object"}, "", "Unknown type=object"),
    ({"type": "number"}, "", "Unknown type=number"),
    ({"type": ["string", "null"]}, "", "Unknown type"),
    ({"type": "string", "format": "uri"}, "", "Unknown type=string format=uri"),
    ({"type": "string", "enum": ["a"]}, "/enum", "write oneOf"),
    ({"type": "string", "requred": True}, "/requred", '"requred" is not known'),
    ({"type": "integer", "minimun": 3}, "/minimun", 'did you mean "minimum"?'),
    ({"type": "string", "minLength": -1}, "/minLength", "whole number"),
    ({"type": "string", "minLength": True}, "/minLength", "whole number"),
    ({"type": "string", "minLength": 9, "maxLength": 3}, "", "minLength is greater"),
    ({"type": "string", "maxLength": 100_001}, "/maxLength", "at most 100000"),
    ({"type": "string", "pattern": "(a"}, "/pattern", "cannot be used"),
    ({"type": "string", "pattern": "(?=a)b"}, "/pattern", "no look-around"),
    ({"type": "string", "pattern": r"(a)\1"}, "/pattern", "back-reference"),
    ({"type": "string", "pattern": r"(\d{1000}){1000}"}, "/pattern", "huge repetition"),
    ({"type": "string", "title": ""}, "/title", "not empty"),
    ({"type": "string", "x-i18n": {}}, "", "English title is missing"),
    ({"type": "string", "x-i18n": {"en": {"titel": "x"}}}, "/x-i18n/en/titel", "not known"),
    ({"type": "string", "x-case": "price"}, "/x-case", "x-case is one of"),
    ({"type": "string", "description": "仅中文"}, "", "English description is missing"),
    (
        {"type": "string", "format": "money", "x-unit": {"zh": "$", "en": "$"}},
        "/x-unit",
        "not known",
    ),
    ({"type": "integer", "minimum": "1"}, "/minimum", "number"),
    ({"type": "integer", "minimum": 5, "maximum": 1}, "", "lower bound is greater"),
    ({"type": "integer", "default": "x"}, "/default", "does not suit"),
    ({"type": "string", "default": ["x"]}, "/default", "single value"),
    ({"type": "boolean", "const": False}, "/const", "can only be true"),
    ({"type": "string", "oneOf": []}, "/oneOf", "at least one choice"),
    ({"type": "string", "oneOf": [{"const": "a"}]}, "/oneOf/0", "title are missing"),
    (choice("a", "a"), "/oneOf/1", '"a" is repeated'),
    ({"type": "array"}, "", '"items" is missing'),
    ({"type": "array", "items": TEXT}, "/items", "The items of a list"),
    ({"type": "array", "items": choice("a"), "minItems": 3, "maxItems": 2}, "", "minItems is"),
    ({"type": "array", "items": choice("a"), "maxItems": 501}, "/maxItems", "at most 500"),
    (
        {"type": "array", "items": {"type": "object", "properties": {}}},
        "/items/properties",
        "at least one field",
    ),
]


@pytest.mark.parametrize(("schema", "place", "english"), BROKEN_FIELDS)
def test_a_broken_field_is_refused(
    load: Callable[..., Form], schema: dict[str, Any], place: str, english: str
) -> None:
    with pytest.raises(BrokenFormError) as caught:
        load({"a": schema})
    error = caught.value
    assert error.file == "forms/test/form.json"
    assert error.pointer == f"/properties/a{place}"
    assert english in error.en
    assert error.zh != error.en


@pytest.mark.parametrize(
    "name",
    [
        "__class__",
        "typename",
        "Name",
        "a-b",
        "1a",
        "名称",
        "class",
        "sum",
        "csrf_token",
        "a" * 64,
        "",
    ],
)
def test_a_field_name_is_snake_case_and_free(load: Callable[..., Form], name: str) -> None:
    with pytest.raises(BrokenFormError, match="cannot be used"):
        load({name: TEXT})


ROWS = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "lot": {"type": "string", "title": "批号", "x-i18n": {"en": {"title": "Lot"}}}
        },
    },
}
IF_YES = {"properties": {"yes": {"const": True}}, "required": ["yes"]}
THEN_A = {"required": ["a"]}


def rule(check: str, field: str = "a", **more: str) -> dict[str, Any]:
    return {"x-rules": [{"check": check, "field": field, "zh": "一", "en": "1", **more}]}


BROKEN_FORMS: list[tuple[dict[str, Any], str, str]] = [
    ({"type": "array"}, "/type", 'is "object"'),
    ({"required": ["b"]}, "/required/0", '"b" in required'),
    ({"required": ["yess"]}, "/required/0", 'did you mean "yes"?'),
    ({"required": "a"}, "/required", "Write a list"),
    ({"$schema": "http://json-schema.org/draft-07/schema#"}, "/$schema", "2020-12"),
    ({"additionalProperties": False, "dependencies": {}}, "/dependencies", "not known"),
    (rule("b > 1"), "/x-rules/0/check", '"b" in this rule'),
    (rule("a >"), "/x-rules/0/check", "does not compile"),
    (rule("a.b"), "/x-rules/0/check", "does not compile"),
    (rule("a > 1", "b"), "/x-rules/0/field", '"b" is not a field'),
    (rule("a > 1", en=""), "/x-rules/0/en", "not empty"),
    (rule("a > 1", when="x"), "/x-rules/0/when", "not known"),
    ({"anyOf": [{"required": ["a", "yes"]}]}, "/anyOf/0/required", "names one field"),
    (
        {"allOf": [{"if": {"properties": IF_YES["properties"]}, "then": THEN_A}]},
        "/allOf/0/if/properties/yes",
        'while "yes" is empty',
    ),
    ({"allOf": [{"if": IF_YES, "then": {"minProperties": 1}}]}, "/allOf/0/then/minProperties", ""),
    (
        {"if": {**IF_YES, "properties": {"yes": {"const": "true"}}}, "then": THEN_A},
        "/if/properties/yes/const",
        "never equals",
    ),
    ({"if": IF_YES}, "", '"then" is missing'),
    ({"x-shows": ["b"]}, "/x-shows", "object"),
    ({"x-shows": {"a": {}}}, "/x-shows/a", '"a" is filled in by this form'),
    ({"x-shows": {"B b": {}}}, "/x-shows/B b", "cannot be used"),
    ({"x-shows": {"b": TEXT}}, "/x-shows/b", "title"),
    ({"x-shows": {"b": {**TEXT, "default": "x"}}}, "/x-shows/b/default", "not known"),
]


@pytest.mark.parametrize(("more", "place", "english"), BROKEN_FORMS)
def test_a_broken_form_is_refused(
    load: Callable[..., Form], more: dict[str, Any], place: str, english: str
) -> None:
    with pytest.raises(BrokenFormError) as caught:
        load({"a": TEXT, "yes": YES}, **more)
    assert caught.value.pointer == place
    assert english in caught.value.en


BROKEN_LOOKS: list[tuple[dict[str, Any], str, str]] = [
    ({"c": {}}, "/c", '"c" is not a field'),
    ({"ui:order": ["a"]}, "/ui:order", "lacks the fields b"),
    ({"ui:order": ["a", "b", "a"]}, "/ui:order/0", "stands twice"),
    ({"ui:order": ["c", "*"]}, "/ui:order/0", "is no field"),
    ({"a": {"ui:widget": "colour"}}, "/a/ui:widget", 'no widget "colour"'),
    ({"b": {"ui:widget": "textarea"}}, "/b/ui:widget", "possible: radio, select"),
    ({"a": {"ui:showIf": {"c": "x"}}}, "/a/ui:showIf/c", '"c" is not a field'),
    ({"a": {"ui:showIf": {"b": "z"}}}, "/a/ui:showIf/b", "never equals 'z'"),
    ({"a": {"ui:showIf": {"b": ["x", 1]}}}, "/a/ui:showIf/b/1", "never equals 1"),
    ({"b": {"ui:showIf": {"b": "x"}}}, "/b/ui:showIf", "circle"),
    ({"b": {"ui:showIf": {"a": "x"}}}, "/b/ui:showIf/a", "never equals"),
    ({"a": {"ui:help": "仅中文"}}, "/a", "needs Chinese and English"),
    ({"a": {"ui:section": "客户"}}, "/a/ui:section", "object"),
    ({"a": {"ui:options": {"widht": "half"}}}, "/a/ui:options/widht", "not known"),
    ({"a": {"ui:options": {"width": "third"}}}, "/a/ui:options/width", "one of full, half"),
]


@pytest.mark.parametrize(("ui", "place", "english"), BROKEN_LOOKS)
def test_a_broken_ui_schema_is_refused(
    load: Callable[..., Form], ui: dict[str, Any], place: str, english: str
) -> None:
    with pytest.raises(BrokenFormError) as caught:
        load({"a": TEXT, "b": choice("x", "y")}, ui=ui)
    assert caught.value.file == "forms/test/form.ui.json"
    assert caught.value.pointer == place
    assert english in caught.value.en


def test_a_half_translated_help_is_refused_where_the_other_half_belongs(
    load: Callable[..., Form],
) -> None:
    half = {"type": "string", "x-i18n": {"en": {"title": "A", "help": "only English"}}}
    with pytest.raises(BrokenFormError) as caught:
        load({"a": half})
    assert (caught.value.file, caught.value.pointer) == ("forms/test/form.ui.json", "/a")


def test_two_fields_cannot_be_the_same_fact(load: Callable[..., Form]) -> None:
    with pytest.raises(BrokenFormError, match='"a" is already the customer'):
        load({"a": {**TEXT, "x-case": "customer"}, "b": {**TEXT, "x-case": "customer"}})


def test_a_column_is_a_single_value(load: Callable[..., Form]) -> None:
    nested = {**ROWS, "title": "内", "x-i18n": {"en": {"title": "Inner"}}}
    outer = {"type": "array", "items": {"type": "object", "properties": {"inner": nested}}}
    with pytest.raises(BrokenFormError, match="A column of a row is a single value"):
        load({"a": outer})


def test_kinds_and_limits_are_read(sample: Form) -> None:
    kinds = {field.name: field.kind for field in sample.fields}
    assert set(kinds.values()) == set(Kind)
    assert [field.name for field in sample.fields][:6] == [
        "customer", "phone", "email", "zone", "accepted_on", "visited_at",
    ]  # fmt: skip
    assert [field.name for field in sample.fields][-2:] == ["photos", "samples_sealed"]
    assert sample.by_name["reason"].limits.max_length == 2000
    assert sample.by_name["injury"].limits.max_length == 5000
    assert sample.personal == ("phone", "email")


def test_a_catastrophic_pattern_cannot_hang(load: Callable[..., Form]) -> None:
    form = load({"a": {**TEXT, "pattern": "^(a+)+$"}})
    assert form.checker.problems({"a": "a" * 4000 + "!"}).keys() == {"/a"}

"""Answers with hostile names, shapes and depths: read as nothing, or refused at their field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest
from werkzeug.datastructures import MultiDict

from engine import spiff
from engine.procedures.bundles import _Judge
from forms import Answered, load_form
from tests.engine.spiff.drawing import T0, deciding

if TYPE_CHECKING:
    from forms import JSON, Form

HOSTILE = [
    "typename", "__class__", "__proto__", "constructor", "prototype", "__init__.__globals__",
    "reason.__class__", "parts.0.__proto__", "parts.__class__.lot", "parts.0.lot.__class__",
    "parts.-1.lot", "parts.99999.lot", "$where", "toString", "", ".", "..", "a" * 100_000,
    "reason[]", "reason[$ne]", "reason\u0000", "\ud800", "csrf_token", "this", "date", "None",
]  # fmt: skip


def bilingual(**more: object) -> dict[str, object]:
    return {"title": "文", "x-i18n": {"en": {"title": "Text"}}, **more}


@pytest.fixture
def form() -> Form:
    rows = {"lot": bilingual(type="string"), "qty": bilingual(type="integer")}
    item = {"type": "object", "properties": rows}
    schema = bilingual(
        type="object",
        properties={
            "reason": bilingual(type="string"),
            "amount": bilingual(type="string", format="money"),
            "parts": bilingual(type="array", items=item, maxItems=20),
        },
    )
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    return load_form("demo/ask", orjson.dumps(schema), None, judge=_Judge())


def nested(levels: int, *, in_list: bool) -> JSON:
    value: JSON = "x"
    for _ in range(levels):
        value = [value] if in_list else {"__class__": value}
    return value


def test_hostile_names_are_no_answers(form: Form) -> None:
    posted = MultiDict([("reason", "坏了"), *((name, "x") for name in HOSTILE)])
    answers = form.read(posted)
    assert answers.values == {"reason": "坏了", "amount": None, "parts": []}
    assert answers.problems == {}
    assert form.typed(posted) == {"reason": "坏了", "amount": "", "parts": []}
    assert form.rearranged(MultiDict([(f"_{name}", "__class__") for name in ("add", "del")]))


def test_hostile_values_are_texts_like_any_other(form: Form) -> None:
    for value in HOSTILE[:8]:
        answers = form.read(MultiDict({"reason": value, "parts.0.lot": value}))
        assert answers.values["reason"] == value
        assert answers.values["parts"] == [{"lot": value, "qty": None}]


@pytest.mark.parametrize("in_list", [True, False])
@pytest.mark.parametrize("levels", [3, 10_000])
def test_what_nobody_could_type_is_nothing(form: Form, levels: int, *, in_list: bool) -> None:
    deep = nested(levels, in_list=in_list)
    posts: list[dict[str, JSON]] = [
        {"reason": deep},
        {"amount": deep},
        {"parts": deep},
        {"parts": [deep, deep]},
    ]
    for values in posts:
        answers = form.read(Answered(values))
        assert {key: value for key, value in answers.values.items() if value} == {}


def test_ten_thousand_names_are_too_many(form: Form) -> None:
    answers = form.read(MultiDict([(f"name_{n}", "x") for n in range(10_000)]))
    assert list(answers.problems) == [""]


def test_what_is_read_goes_through_a_case_and_comes_back(form: Form) -> None:
    posted = MultiDict(
        [("reason", "__class__"), ("parts.0.lot", "typename"), *((n, "x") for n in HOSTILE)]
    )
    values = form.read(posted).values
    procedure = deciding("len(parts) > 1 or reason is None", "reason", "parts")
    opened = spiff.start(procedure, values, now=T0)
    known = spiff.known(procedure, opened.state, opened.opened[0].id)
    assert known == {"reason": "__class__", "parts": [{"lot": "typename", "qty": None}]}
    assert spiff.complete(procedure, opened.state, opened.opened[0].id, values, now=T0).ended

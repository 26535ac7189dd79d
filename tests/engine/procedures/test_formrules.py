"""A form's rule compares amounts as numbers, and fields with what they can be."""

from __future__ import annotations

import orjson
import pytest

from engine.procedures.bundles import prepare, read_folder
from engine.spiff import BrokenFilesError

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

"""Dates that are held against the company's day, and those that begin with it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest

from forms import Answered, BrokenFormError

if TYPE_CHECKING:
    from collections.abc import Callable

    from forms import Form

TODAY = date(2026, 11, 9)
DATE = {"type": "string", "format": "date"}
PAST = {**DATE, "x-latest": "today", "default": "today"}
EXACT = {**PAST, "x-earliest": "today"}


@pytest.mark.parametrize(
    ("schema", "typed", "zh"),
    [
        (PAST, "2026-11-09", None),
        (PAST, "2026-11-08", None),
        (PAST, "2026-11-10", "不得晚于今天（2026-11-09）"),
        (EXACT, "2026-11-09", None),
        (EXACT, "2026-11-10", "不得晚于今天（2026-11-09）"),
        (EXACT, "2026-11-08", "不得早于今天（2026-11-09）"),
        (DATE, "2199-12-31", None),
    ],
)
def test_a_date_is_held_against_today(
    load: Callable[..., Form], schema: dict[str, Any], typed: str, zh: str | None
) -> None:
    problems = load({"at": schema}).read(Answered({"at": typed}), today=TODAY).problems
    assert [problem.zh for problem in problems.values()] == ([zh] if zh else [])


def test_a_date_in_a_row_is_held_against_today_too(load: Callable[..., Form]) -> None:
    title = {"title": "日", "x-i18n": {"en": {"title": "Day"}}}
    column = {**DATE, **title, "x-latest": "today"}
    form = load(
        {"rows": {"type": "array", "items": {"type": "object", "properties": {"at": column}}}}
    )
    typed: list[Any] = [{"at": "2026-11-09"}, {"at": "2026-11-10"}]
    assert list(form.read(Answered({"rows": typed}), today=TODAY).problems) == ["/rows/1/at"]


def test_a_hidden_date_is_not_held_against_today(load: Callable[..., Form]) -> None:
    form = load({"yes": {"type": "boolean"}, "at": PAST}, ui={"at": {"ui:showIf": {"yes": True}}})
    assert form.read(Answered({"at": "2030-01-01"}), today=TODAY).problems == {}


def test_a_fresh_form_begins_with_the_company_s_day(load: Callable[..., Form]) -> None:
    form = load({"at": PAST, "other": {**PAST, "x-from": "at"}})
    night = datetime(2026, 11, 8, 16, 0, tzinfo=UTC)
    assert form.day(night) == TODAY
    assert form.prefill({"at": "2026-11-01"}, today=TODAY) == {
        "at": "2026-11-09",
        "other": "2026-11-01",
    }
    assert form.prefill({}) == {}


@pytest.mark.parametrize(
    ("schema", "pointer"),
    [
        ({**DATE, "x-latest": "tomorrow"}, "/properties/at/x-latest"),
        ({**DATE, "default": "tomorrow"}, "/properties/at/default"),
        ({"type": "integer", "x-latest": "today"}, "/properties/at/x-latest"),
        ({"type": "string", "format": "date-time", "default": "today"}, "/properties/at/default"),
    ],
)
def test_what_is_no_day_to_hold_against_is_refused(
    load: Callable[..., Form], schema: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(BrokenFormError) as caught:
        load({"at": schema})
    assert caught.value.pointer == pointer

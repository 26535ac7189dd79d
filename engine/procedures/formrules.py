"""The rules of forms, held against what their fields are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff import Expression, wrong_in_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff import Asked, Problem
    from forms import Form


def misread(
    forms: Mapping[str, Form], fields: Mapping[str, Mapping[str, Asked] | None]
) -> Iterator[Problem]:
    """Give the rules that compare amounts as texts, or fields with what they can never be."""
    for key, form in forms.items():
        for rule in form.rules:
            if isinstance(rule.check, Expression):
                yield from wrong_in_form(f"forms/{key}.json", rule.check.text, fields[key] or {})

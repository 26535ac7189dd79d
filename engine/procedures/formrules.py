"""The rules of forms, held against what their fields are, and what forms only show."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.spiff import Expression, Problem, wrong_in_form

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from engine.spiff import Asked
    from forms import Form


def misread(
    forms: Mapping[str, Form], fields: Mapping[str, Mapping[str, Asked] | None]
) -> Iterator[Problem]:
    """Give the rules that compare amounts as texts, or fields with what they can never be."""
    for key, form in forms.items():
        for rule in form.rules:
            if isinstance(rule.check, Expression):
                yield from wrong_in_form(f"forms/{key}.json", rule.check.text, fields[key] or {})


def unwritten(forms: Mapping[str, Form]) -> Iterator[Problem]:
    """Give what forms show of which neither they nor another form say how it is written."""
    asked = {name for form in forms.values() for name in form.by_name}
    for key, form in forms.items():
        for name in sorted({name for name, field in form.shows.items() if field is None} - asked):
            yield Problem(
                f"forms/{key}.json",
                key.partition("/")[2],
                "shown_unwritten",
                f"x-shows 里的“{name}”没有表单填写，不知道怎么显示。请写明 type 和中英文 title，"
                "有选项的再写 oneOf。",
                f'No form asks for "{name}" in x-shows, so how to show it is not known. Write its '
                "type and both titles, and oneOf where it is one of several.",
            )

"""Filling a form in as a person does: by labels, legends and choices, in either language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from forms.fields import Widget
from forms.pages import words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playwright.sync_api import Locator, Page

    from forms import Form
    from forms.fields import Field

Answers = dict[str, Any]

_WORDS = [words_of(lang) for lang in ("zh", "en")]
_MARKS = (r"\*", "$", *(re.escape(w) for of in _WORDS for w in (of.required, of.our_default)))
"""What may follow a label: it is required, or our default, or nothing."""


def fill(page: Page, form: Form, answers: Mapping[str, Any], *, lang: str = "zh") -> None:
    """Type answers, in the order of the form; a missing control is a failure after the wait."""
    for field in form.fields:
        if field.name in answers:
            _show(page, field, lang)
            _give(page, field, answers[field.name], lang)


def typed(page: Page, form: Form, names: Iterable[str], *, lang: str = "zh") -> Answers:
    """Return what stands in the named fields now, in the shape in which it was given."""
    return {name: _standing(page, form.by_name[name], lang) for name in names}


def labelled(page: Page, field: Field, lang: str = "zh") -> Locator:
    """Return a field's control by what its label says, whatever marks follow."""
    boxes = page.locator("input, select, textarea")
    return page.get_by_label(_beginning(field.title.of(lang))).and_(boxes)


def group(page: Page, field: Field, lang: str = "zh") -> Locator:
    """Return the box around a field's choices by its legend."""
    name = _beginning(field.title.of(lang))
    if field.look.widget is Widget.RADIO:
        return page.get_by_role("radiogroup", name=name)
    return page.get_by_role("group", name=name)


def _beginning(title: str) -> re.Pattern[str]:
    return re.compile(rf"^\s*{re.escape(title)}\s*({'|'.join(_MARKS)})")


def _show(page: Page, field: Field, lang: str) -> None:
    """Press the button that stands in for the script, where a field has not come up yet."""
    button = page.get_by_role("button", name=words_of(lang).show)
    if field.show_if and button.count() and not _control(page, field, lang).first.is_visible():
        button.first.click()


def _control(page: Page, field: Field, lang: str) -> Locator:
    if field.look.widget in {Widget.RADIO, Widget.CHECKBOXES, Widget.TABLE}:
        return group(page, field, lang)
    return labelled(page, field, lang)


def _give(page: Page, field: Field, answer: Any, lang: str) -> None:  # noqa: ANN401 - any JSON
    control = _control(page, field, lang)
    match field.look.widget:
        case Widget.RADIO:
            control.get_by_role("radio", name=_said(field, answer, lang), exact=True).check()
        case Widget.CHECKBOXES:
            for choice in field.choices:
                box = control.get_by_role("checkbox", name=choice.title.of(lang), exact=True)
                box.set_checked(choice.const in answer)
        case Widget.CHECKBOX:
            control.set_checked(answer)
        case Widget.SELECT:
            control.select_option(label=_said(field, answer, lang))
        case Widget.FILE:
            control.set_input_files(answer)
        case _:
            control.fill(answer)


def _standing(page: Page, field: Field, lang: str) -> object:
    control = _control(page, field, lang)
    match field.look.widget:
        case Widget.RADIO:
            return _meant(field, control.locator(":checked").input_value())
        case Widget.CHECKBOXES:
            return [box.input_value() for box in control.locator(":checked").all()]
        case Widget.CHECKBOX:
            return control.is_checked()
        case _:
            return control.input_value()


def _said(field: Field, answer: object, lang: str) -> str:
    if isinstance(answer, bool):
        words = words_of(lang)
        return words.yes if answer else words.no
    return next(choice.title.of(lang) for choice in field.choices if choice.const == answer)


def _meant(field: Field, value: str) -> object:
    return value if field.choices else value == "true"

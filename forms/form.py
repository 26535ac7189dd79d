"""A form: read answers, show it, tell what was answered."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from forms import messages, posted, texts
from forms.answers import Answers, read_typed
from forms.boxes import Page
from forms.definition import COMPANY_ZONE, Definition
from forms.fields import TODAY, Kind, Widget
from forms.view import as_shown, form_view

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime, tzinfo

    from forms.fields import JSON, Field, Values
    from forms.judge import Judge
    from forms.names import Problem
    from forms.pages import FormView


class Form(Definition):
    """Read-only, so that threads share it; every verb of the package begins here."""

    __slots__ = ()

    def read(self, sent: posted.Posted, *, today: date | None = None) -> Answers:
        """Read what a browser posted; never raises, whatever was posted.

        `today` is the company's day, which some dates may not be after or before; None where
        nothing is to be taken in, only read.
        """
        answers = read_typed(self, posted.typed_of(self.fields, sent), today)
        if posted.is_too_much(sent):
            answers.problems[""] = messages.TOO_MUCH
        return answers

    def typed(self, sent: posted.Posted) -> posted.Typed:
        """Keep what was posted as it was typed, for a draft: nothing is judged."""
        return posted.typed_of(self.fields, sent)

    def as_posted(self, values: Values) -> dict[str, list[str]]:
        """Write values as a browser would post them; those of no field of the form stay out."""
        mine = {name: value for name, value in values.items() if name in self.by_name}
        return posted.Answered(mine).texts

    def rearranged(self, sent: posted.Posted) -> posted.Typed | None:
        """Answer the buttons for rows (`_add`, `_del`) and `_show`; None if none was pressed."""
        return posted.rearranged(self.fields, sent)

    def view(
        self,
        typed_or_values: Values,
        problems: Mapping[str, Problem] | None = None,
        *,
        lang: str,
        files: Mapping[str, texts.AttachedFile] | None = None,
    ) -> FormView:
        """Lay out the page: `typed_or_values` as typed or as kept, `files` by attachment id."""
        return form_view(self, typed_or_values, problems or {}, Page(lang, files or {}))

    def shows_alike(self, one: Values, other: Values) -> bool:
        """Whether the page looks the same with either, each as typed or as kept.

        A browser ends lines in its own way and sends no tick that is not set.
        """
        ticks = {field.name for field in self.fields if field.look.widget is Widget.CHECKBOX}
        first, second = (
            {
                name: text == "true" if name in ticks else _lines(text)
                for name, text in shown.items()
            }
            for shown in (as_shown(self, one), as_shown(self, other))
        )
        return first == second

    def day(self, moment: datetime) -> date:
        """Give the company's calendar day at a moment."""
        return moment.astimezone(self.zone).date()

    def prefill(self, latest: Values, *, today: date | None = None) -> dict[str, JSON]:
        """Begin a fresh form: defaults, then the case's latest answers that fields come from.

        Dates that begin with the company's day stay empty without `today`.
        """
        found: dict[str, JSON] = {
            field.name: default
            for field in self.fields
            if (default := _default(field, today)) is not None
        }
        for field in self.fields:
            value = latest.get(field.source) if field.source else None
            if value is not None:
                found[field.name] = value
        return found

    def facts(self, values: Values) -> dict[str, JSON]:
        """Give what the case's header shows: customer, product, amount, zone, as far as known."""
        return {
            field.fact: values[field.name]
            for field in self.fields
            if field.fact and not texts.is_empty(values.get(field.name))
        }

    def describe(self, values: Values, lang: str) -> list[tuple[str, str]]:
        return texts.describe(self, values, lang)

    def filled(
        self, values: Values, *, lang: str, files: Mapping[str, texts.AttachedFile] | None = None
    ) -> texts.FilledView:
        """Show a filled form for reading, by sections."""
        return texts.filled(self, values, lang, files or {})

    def showing(self, others: Iterable[Form]) -> Form:
        """Give the form with what it only shows as its fields, to be `filled` with variables.

        What it does not define itself is written as in the first of `others` that asks for it.
        """
        forms = list(others)
        fields = (field or _asked_as(name, forms) for name, field in self.shows.items())
        return replace(self, fields=tuple(_in_a_row(field) for field in fields if field))

    def compared(self, before: Values | None, after: Values) -> list[texts.Change]:
        """List all answers beside the form's previous filling, None if there was none."""
        return texts.compared(self, before, after)

    def text(self, name: str, value: JSON, lang: str) -> str:
        """Write one value for reading."""
        return texts.text(self.by_name[name], value, lang, self.zone)

    @property
    def personal(self) -> tuple[str, ...]:
        """The fields that the law calls personal."""
        return tuple(field.name for field in self.fields if field.personal)

    @property
    def names(self) -> tuple[str, ...]:
        """All field names, shown or not."""
        return tuple(self.by_name)


def _lines(shown: JSON) -> JSON:
    if isinstance(shown, dict):
        return {name: _lines(value) for name, value in shown.items()}
    if isinstance(shown, list):
        return [_lines(one) for one in shown]
    return "\n".join(shown.splitlines()) if isinstance(shown, str) else shown


def _asked_as(name: str, forms: Iterable[Form]) -> Field | None:
    return next((form.by_name[name] for form in forms if name in form.by_name), None)


def _in_a_row(field: Field) -> Field:
    return replace(field, look=replace(field.look, section=None))


def _default(field: Field, today: date | None) -> JSON:
    if field.kind is Kind.DATE and field.default == TODAY:
        return today.isoformat() if today else None
    return field.default


def load_form(
    key: str, schema: bytes, ui: bytes | None, *, judge: Judge, zone: tzinfo = COMPANY_ZONE
) -> Form:
    """Read one form's files; raise BrokenFormError at the first fault. See Definition.load."""
    return Form.load(key, schema, ui, judge=judge, zone=zone)

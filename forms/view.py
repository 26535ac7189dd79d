"""Lay a form out for the page: by what has been typed so far, with its problems."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from forms.answers import required_now, row_texts, values_of
from forms.boxes import Page, State, box_of, files_of, rows_of
from forms.fields import Field, Kind
from forms.names import Names
from forms.pages import FieldView, FormView, ProblemView, SectionView
from forms.posted import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import tzinfo

    from forms.definition import Definition
    from forms.fields import JSON, Condition, Values
    from forms.names import Problem

_KEPT_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}"
)


def form_view(
    form: Definition, typed: Values, problems: Mapping[str, Problem], page: Page
) -> FormView:
    shown = as_shown(form, typed)
    values = values_of(form, shown)
    conditions = [c for field in form.fields for c in field.show_if]
    conditions += [c for need in form.requirements for c in need.when]
    triggers = {condition.field for condition in conditions}
    state = State(values, required_now(form, values), problems, triggers, page)
    sections: dict[Names | None, list[FieldView]] = {}
    for field in form.fields:
        found = _field_view(form, field, shown[field.name], state)
        sections.setdefault(field.look.section, []).append(found)
    return FormView(
        key=form.key,
        lang="en" if page.lang.startswith("en") else "zh",
        title=page.say(form.title),
        description=page.say(form.description),
        sections=tuple(
            SectionView(page.say(names), tuple(fields), any(field.shown for field in fields))
            for names, fields in sections.items()
        ),
        problems=tuple(_summary(form, problems, page)),
        words=page.words,
    )


def as_shown(form: Definition, typed: Values) -> dict[str, JSON]:
    """Write what was typed or kept as the boxes of the page show it, by field."""
    return {field.name: _as_typed(field, typed.get(field.name), form.zone) for field in form.fields}


def _as_typed(field: Field, value: JSON, zone: tzinfo) -> JSON:
    """Turn a kept value back into what a person would type; typed text stays untouched."""
    if field.kind is Kind.ROWS:
        return [
            {column.name: _as_typed(column, row[column.name], zone) for column in field.columns}
            for row in row_texts(field, value)
        ]
    if field.kind in (Kind.CHOICES, Kind.ATTACHMENTS):
        return value if isinstance(value, list) else []
    typed = text_of(value) if isinstance(value, str | int) else ""
    if field.kind is Kind.DATE_TIME and _KEPT_MOMENT.fullmatch(typed):
        return _wall_time(typed, zone)
    return typed


def _wall_time(iso: str, zone: tzinfo) -> str:
    try:
        local = datetime.fromisoformat(iso).astimezone(zone)
    except (ValueError, OverflowError):
        return iso
    return f"{local:%Y-%m-%dT%H:%M:%S}".removesuffix(":00")


def _field_view(form: Definition, field: Field, typed: JSON, state: State) -> FieldView:
    page, name = state.page, field.name
    demands = [n.when for n in form.requirements if name in n.fields and not field.required]
    box, hint = box_of(field, (name,), typed, state), page.say(field.look.help)
    return replace(
        box,
        shown=name in state.values,
        required=name in state.required or field.must_be_true,
        description=page.say(field.description),
        help="" if hint in box.problem else hint,
        show_if=_conditions([field.show_if] if field.show_if else []),
        required_if=_conditions(demands),
        triggers=name in state.triggers,
        columns=tuple((page.say(column.title), column.required) for column in field.columns),
        rows=rows_of(field, typed, state) if field.kind is Kind.ROWS else (),
        files=files_of(field, typed, page) if field.kind is Kind.ATTACHMENTS else (),
        can_add=not isinstance(typed, list) or len(typed) < field.limits.max_items,
        our_default=field.our_default,
    )


def _summary(
    form: Definition, problems: Mapping[str, Problem], page: Page
) -> Iterable[ProblemView]:
    """List the problems in the order of the page, each leading to its place."""
    places = [(pointer.split("/")[1:], problem) for pointer, problem in problems.items()]
    for path, problem in sorted(places, key=lambda place: _rank(place[0], form)):
        field = form.by_name.get(path[0]) if path else None
        label = _place(field, path, page) if field else ""
        href = "#" + "-".join(["f", *path]) if field else ""
        yield ProblemView(href, label, page.say(problem))


def _place(field: Field, path: Sequence[str], page: Page) -> str:
    """Name a field, or a cell by its row (counted from 1) and column."""
    label = page.say(field.title)
    column = next((c for c in field.columns if c.name == path[-1]), None)
    if column is None:
        return label
    row = int(path[1]) + 1
    return page.say(
        Names(
            f"{label} 第 {row} 行 {column.title.zh}",
            f"{label}, row {row}, {column.title.en}",
        )
    )


def _rank(path: Sequence[str], form: Definition) -> tuple[int, ...]:
    """Sort by the places on the page: field, row, column; the whole form comes first."""
    if not path:
        return (-1,)
    field = form.by_name[path[0]]
    columns = [column.name for column in field.columns]
    cell = (int(path[1]), columns.index(path[2])) if path[2:] else ()
    return (form.fields.index(field), *cell)


def _conditions(groups: Iterable[Iterable[Condition]]) -> str:
    """Write for the browser: one of the groups holds when every field in it has such a value."""
    told = [{c.field: [text_of(value) for value in c.allowed] for c in group} for group in groups]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""

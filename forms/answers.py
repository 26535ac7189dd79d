"""Typed texts into values and problems."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms import messages
from forms.fields import JSON, Field, Kind, Values
from forms.names import Problem
from forms.posted import Typed, text_of
from forms.scalars import read_scalar

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, tzinfo

    from forms.definition import Definition
    from forms.demands import Rule

_log = logging.getLogger("banjie.forms")


@dataclass(frozen=True, slots=True)
class Answers:
    """`values`: every shown field, None when empty (lists: empty); `typed`: to show again.

    `problems` is keyed by JSON pointer, "" being the form as a whole.
    """

    values: dict[str, JSON]
    problems: dict[str, Problem]
    typed: Typed


def read_typed(form: Definition, typed: Typed, today: date | None = None) -> Answers:
    """Never raises, whatever was typed; a value with a problem is not to be used."""
    values: dict[str, JSON] = {}
    problems: dict[str, Problem] = {}
    for field in form.in_turn:
        if all(condition.holds(values) for condition in field.show_if):
            values[field.name] = _value(field, typed.get(field.name), form.zone, problems)
    in_order = {field.name: values[field.name] for field in form.fields if field.name in values}
    for pointer, problem in _judged(form, in_order, problems):
        problems.setdefault(pointer, problem)
    for pointer, problem in _untimely(form, in_order, today) if today else ():
        problems.setdefault(pointer, problem)
    return Answers(in_order, problems, typed)


def values_of(form: Definition, typed: Typed) -> dict[str, JSON]:
    """Read only, for a page that shows itself by what has been typed so far."""
    values: dict[str, JSON] = {}
    for field in form.in_turn:
        if all(condition.holds(values) for condition in field.show_if):
            values[field.name] = _value(field, typed.get(field.name), form.zone, {})
    return values


def required_now(form: Definition, values: Values) -> set[str]:
    always = {field.name for field in form.fields if field.required}
    return always.union(*(need.fields for need in form.requirements if need.holds(values)))


def _value(field: Field, typed: JSON, zone: tzinfo, problems: dict[str, Problem]) -> JSON:
    if field.kind is Kind.ROWS:
        rows = enumerate(row_texts(field, typed))
        return [_row(field, row, f"/{field.name}/{i}", zone, problems) for i, row in rows]
    if field.kind in (Kind.CHOICES, Kind.ATTACHMENTS):
        texts = typed if isinstance(typed, list) else [typed]
        return [*dict.fromkeys(text for text in map(text_of, texts) if text)]
    return _scalar(field, typed, f"/{field.name}", zone, problems)


def _row(
    table: Field, row: Mapping[str, str], pointer: str, zone: tzinfo, problems: dict[str, Problem]
) -> dict[str, JSON]:
    return {
        column.name: _scalar(
            column, row.get(column.name, ""), f"{pointer}/{column.name}", zone, problems
        )
        for column in table.columns
    }


def _scalar(
    field: Field, typed: JSON, pointer: str, zone: tzinfo, problems: dict[str, Problem]
) -> JSON:
    found = read_scalar(field, text_of(typed), zone)
    if isinstance(found, Problem):
        problems[pointer] = found
        return None
    return found


def row_texts(table: Field, typed: JSON) -> list[dict[str, str]]:
    rows = typed if isinstance(typed, list) else []
    return [
        {column.name: text_of(row.get(column.name)) for column in table.columns}
        for row in rows
        if isinstance(row, dict)
    ]


def _judged(
    form: Definition, values: Values, problems: Mapping[str, Problem]
) -> Iterator[tuple[str, Problem]]:
    required = required_now(form, values)
    for name, value in values.items():
        if name in required and (value is None or value == []):
            yield f"/{name}", messages.missing(form.by_name[name])
    answered = {name: value for name, value in values.items() if value != []}
    yield from form.checker.problems(answered).items()
    yield from _alternatives(form, values)
    broken = {pointer.split("/")[1] for pointer in problems}
    for rule in form.rules:
        if rule.field in values and not broken.intersection(rule.names):
            yield from _ruled(rule, values)


def _untimely(form: Definition, values: Values, today: date) -> Iterator[tuple[str, Problem]]:
    """Hold dates against the company's day, fields and cells of rows alike."""
    for field in form.fields:
        value = values.get(field.name)
        if field.kind is Kind.ROWS and isinstance(value, list):
            cells = [
                (column, f"/{field.name}/{i}/{column.name}", row.get(column.name))
                for i, row in enumerate(value)
                if isinstance(row, dict)
                for column in field.columns
            ]
        else:
            cells = [(field, f"/{field.name}", value)]
        for one, pointer, day in cells:
            if isinstance(day, str) and one.limits.until_today and day > today.isoformat():
                yield pointer, messages.after_today(today)
            elif isinstance(day, str) and one.limits.from_today and day < today.isoformat():
                yield pointer, messages.before_today(today)


def _alternatives(form: Definition, values: Values) -> Iterator[tuple[str, Problem]]:
    for names in form.alternatives:
        shown = [name for name in names if name in values]
        if shown and all(values[name] in (None, [], False) for name in shown):
            titles = [form.by_name[name].title for name in shown]
            yield f"/{shown[0]}", messages.one_of(titles)


def _ruled(rule: Rule, values: Values) -> Iterator[tuple[str, Problem]]:
    data = {name: values.get(name) for name in rule.names}
    if any(value is None for value in data.values()):
        return
    try:
        holds = bool(rule.check.evaluate(data))
    except Exception:  # noqa: BLE001 - the judge's own exceptions are unknown here; none may pass
        _log.exception("The rule of the field %s cannot be judged", rule.field)
        yield f"/{rule.field}", messages.NOT_JUDGED
        return
    if not holds:
        yield f"/{rule.field}", rule.problem

"""Values as a person reads them: on the timeline, in forms filled so far, on paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from forms.fields import JSON, Field, Kind
from forms.names import Names
from forms.pages import Words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import tzinfo

    from forms.definition import Definition
    from forms.fields import Values

YUAN = Names("元", "CNY")
_YES_NO = {True: Names("是", "Yes"), False: Names("否", "No")}


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """What the page shows of an attachment; `href` is where its bytes are."""

    name: str
    href: str = ""
    size: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One answer beside the form's previous filling; texts in both languages.

    `old` is None where nothing changed, `new` is None where an answer was withdrawn.
    """

    name: str
    label: Names
    old: Names | None
    new: Names | None


@dataclass(frozen=True, slots=True)
class FilledItem:
    """One answer for reading: a text, a table (`columns`, `rows`), or files."""

    label: str
    text: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    files: tuple[AttachedFile, ...] = ()
    our_default: bool = False


@dataclass(frozen=True, slots=True)
class FilledSection:
    heading: str
    items: tuple[FilledItem, ...]


@dataclass(frozen=True, slots=True)
class FilledView:
    title: str
    sections: tuple[FilledSection, ...]
    words: Words


def is_empty(value: object) -> bool:
    return value is None or value in ("", [])


def text(field: Field, value: JSON, lang: str, zone: tzinfo) -> str:
    """Write a value for reading; what does not fit the field is written as it is."""
    if is_empty(value):
        return "—"
    if isinstance(value, list):
        return _list_text(field, value, lang, zone)
    if isinstance(value, bool):
        return _YES_NO[value].of(lang)
    return _one_text(field, str(value), lang, zone)


def _one_text(field: Field, value: str, lang: str, zone: tzinfo) -> str:
    match field.kind:
        case Kind.CHOICE:
            return _choice(field, value, lang)
        case Kind.MONEY:
            return _number(value, YUAN.of(lang))
        case Kind.DECIMAL | Kind.INTEGER:
            return _number(value, field.unit.of(lang) if field.unit else "")
        case Kind.DATE_TIME:
            return moment_text(value, zone)
        case _:
            return value


def moment_text(iso: str, zone: tzinfo) -> str:
    """Company wall time to the minute."""
    try:
        moment = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    local = moment.astimezone(zone) if moment.tzinfo else moment
    return f"{local:%Y-%m-%d %H:%M}"


def describe(form: Definition, values: Values, lang: str) -> list[tuple[str, str]]:
    """List what was answered, in the order of the form, leaving out what was not."""
    return [
        (field.title.of(lang), text(field, values[field.name], lang, form.zone))
        for field in form.fields
        if not is_empty(values.get(field.name))
    ]


def compared(form: Definition, before: Values | None, after: Values) -> list[Change]:
    """Tell every answer, and beside it what the form's previous filling said otherwise.

    An answer that the previous filling had and this one has not is told as withdrawn.
    """
    found = []
    for field in form.fields:
        old, new = (before or {}).get(field.name), after.get(field.name)
        if is_empty(old) and is_empty(new):
            continue
        differs = before is not None and old != new
        was = _both(form, field, old) if differs else None
        found.append(
            Change(field.name, field.title, was, None if is_empty(new) else _both(form, field, new))
        )
    return found


def _both(form: Definition, field: Field, value: JSON) -> Names:
    return Names(*(text(field, value, lang, form.zone) for lang in ("zh", "en")))


def filled(
    form: Definition, values: Values, lang: str, files: Mapping[str, AttachedFile]
) -> FilledView:
    sections: dict[str, list[FilledItem]] = {}
    for field in form.fields:
        value = values.get(field.name)
        if not is_empty(value):
            heading = field.look.section.of(lang) if field.look.section else ""
            sections.setdefault(heading, []).append(item_of(form, field, value, lang, files))
    return FilledView(
        form.title.of(lang),
        tuple(FilledSection(heading, tuple(items)) for heading, items in sections.items()),
        words_of(lang),
    )


def file_of(name: str, files: Mapping[str, AttachedFile]) -> AttachedFile:
    return files.get(name) or AttachedFile(name[:8])


def item_of(
    form: Definition, field: Field, value: JSON, lang: str, files: Mapping[str, AttachedFile]
) -> FilledItem:
    label, many = field.title.of(lang), value if isinstance(value, list) else []
    if field.kind is Kind.ROWS:
        return FilledItem(
            label,
            text(field, value, lang, form.zone),
            tuple(column.title.of(lang) for column in field.columns),
            tuple(tuple(_cells(field, row, lang, form.zone)) for row in many),
            our_default=field.our_default,
        )
    attached = [str(name) for name in many] if field.kind is Kind.ATTACHMENTS else []
    return FilledItem(
        label,
        text(field, value, lang, form.zone),
        files=tuple(file_of(name, files) for name in attached),
        our_default=field.our_default,
    )


def _list_text(field: Field, values: list[JSON], lang: str, zone: tzinfo) -> str:
    match field.kind:
        case Kind.CHOICES:
            return _joined([_choice(field, str(value), lang) for value in values], lang)
        case Kind.ATTACHMENTS:
            return Names(f"{len(values)} 个附件", f"{len(values)} attachments").of(lang)
        case Kind.ROWS:
            rows = (_cells(field, row, lang, zone) for row in values)
            return "\n".join(f"{i}. {' · '.join(row)}" for i, row in enumerate(rows, 1))
        case _:
            return _joined([str(value) for value in values], lang)


def _cells(table: Field, row: JSON, lang: str, zone: tzinfo) -> Iterator[str]:
    cells = row if isinstance(row, dict) else {}
    return (text(column, cells.get(column.name), lang, zone) for column in table.columns)


def _choice(field: Field, const: str, lang: str) -> str:
    return next((c.title.of(lang) for c in field.choices if c.const == const), const)


def _joined(parts: list[str], lang: str) -> str:
    return Names("、".join(parts), ", ".join(parts)).of(lang)


def _number(value: str, unit: str) -> str:
    try:
        grouped = f"{Decimal(value):,f}"
    except ArithmeticError:
        return value
    return f"{grouped} {unit}".rstrip()

"""One thing to fill in, a field or a cell of a row, with what was typed into it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from forms.answers import row_texts
from forms.fields import Field, Kind, Widget
from forms.pages import HANZI, ChoiceView, FieldView, FileView, RowView, Words, words_of
from forms.posted import text_of
from forms.texts import YUAN, file_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from forms.fields import JSON, Values
    from forms.names import Names, Problem
    from forms.texts import AttachedFile

# A picker shows nothing for a text that is not in its own form, so such a text gets a plain box.
_PICKERS = {
    Widget.DATE: ("date", re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")),
    Widget.DATE_TIME: (
        "datetime-local",
        re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?"),
    ),
}
_INPUTMODES = {
    Kind.INTEGER: "numeric",
    Kind.DECIMAL: "decimal",
    Kind.MONEY: "decimal",
    Kind.EMAIL: "email",
}
_WIDE = {Widget.TEXTAREA, Widget.TABLE, Widget.FILE, Widget.CHECKBOXES}
_LINE = 40
_MOST_LINES = 20
_MOST_IN_HALF = 24


@dataclass(frozen=True, slots=True)
class Page:
    """What a page knows beside the form: its language, and the attached files by id."""

    lang: str
    files: Mapping[str, AttachedFile]

    @property
    def words(self) -> Words:
        return words_of(self.lang)

    def say(self, names: Names | None) -> str:
        return names.of(self.lang) if names else ""


@dataclass(frozen=True, slots=True)
class State:
    """What has been typed, and what follows from it for the whole form."""

    values: Values
    required: set[str]
    problems: Mapping[str, Problem]
    triggers: set[str]
    page: Page


def box_of(field: Field, path: tuple[str, ...], typed: JSON, state: State) -> FieldView:
    """One thing to fill in, a field or a cell: `path` is (field,) or (field, row, column)."""
    page, look = state.page, field.look
    text = typed if isinstance(typed, str) else ""
    box = "-".join(("f", *path))
    problem = state.problems.get("/" + "/".join(path))
    return FieldView(
        id=box,
        name=".".join(path),
        widget=look.widget.value,
        label=page.say(field.title),
        value=text,
        required=field.required,
        problem=page.say(problem),
        placeholder=page.say(look.placeholder),
        input_type=_input_type(look.widget, text),
        inputmode=look.inputmode or _INPUTMODES.get(field.kind, ""),
        unit=page.say(YUAN if field.kind is Kind.MONEY else field.unit),
        lines=max(look.rows, min(_MOST_LINES, _lines(text))),
        accept=look.accept,
        wide=_is_wide(field, page),
        choices=tuple(_choices(field, box, typed, page)) if _has_choices(field) else (),
    )


def _has_choices(field: Field) -> bool:
    return bool(field.choices) or field.kind is Kind.BOOLEAN


def _choices(field: Field, box: str, typed: JSON, page: Page) -> Iterable[ChoiceView]:
    options = [(choice.const, page.say(choice.title)) for choice in field.choices]
    chosen = [str(one) for one in typed] if isinstance(typed, list) else [text_of(typed)]
    if field.kind is Kind.BOOLEAN:
        options = [("true", page.words.yes), ("false", page.words.no)]
        chosen = [one.strip().lower() for one in chosen]
    # What was sent but is no option stays visible too, as an option that is not accepted.
    options += [(one, one) for one in chosen if one and one not in dict(options) and field.choices]
    for i, (value, label) in enumerate(options):
        yield ChoiceView(f"{box}-{i}" if i else box, value, label, value in chosen)


def rows_of(table: Field, typed: JSON, state: State) -> tuple[RowView, ...]:
    rows = row_texts(table, typed)
    rows += [{} for _ in range(max(1, table.limits.min_items) - len(rows))]
    return tuple(_row(table, i, row, state) for i, row in enumerate(rows))


def _row(table: Field, i: int, row: Mapping[str, str], state: State) -> RowView:
    label = state.page.say(table.title)
    cells = (
        box_of(column, (table.name, str(i), column.name), row.get(column.name, ""), state)
        for column in table.columns
    )
    delete = f"删除“{label}”第 {i + 1} 行" if state.page.words is HANZI else f"Delete row {i + 1}"
    return RowView(i + 1, tuple(cells), f"{table.name}.{i}", delete)


def files_of(field: Field, typed: JSON, page: Page) -> tuple[FileView, ...]:
    """Show the attachments that exist: no other could be sent again."""
    named = [str(one) for one in typed] if isinstance(typed, list) else []
    ids = [one for one in named if one in page.files]
    found = []
    for i, one in enumerate(ids):
        file = file_of(one, page.files)
        found.append(FileView(f"f-{field.name}-file-{i}", one, file.name, file.href, file.size))
    return tuple(found)


def _input_type(widget: Widget, text: str) -> str:
    kind, fits = _PICKERS.get(widget, ("text", None))
    return kind if fits is None or not text or fits.fullmatch(text) else "text"


def _lines(text: str) -> int:
    return sum(1 + len(line) // _LINE for line in text.split("\n"))


def _is_wide(field: Field, page: Page) -> bool:
    if field.look.width:
        return field.look.width == "full"
    if field.look.widget is Widget.RADIO:
        return sum(len(page.say(choice.title)) for choice in field.choices) > _MOST_IN_HALF
    return field.look.widget in _WIDE

"""What a browser sent: flat names, kept exactly as typed so that it can be shown again."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeAlias

from forms.fields import Field, Kind
from forms.scalars import trimmed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from forms.fields import JSON, Values

MOST_KEYS = 500

Typed: TypeAlias = "dict[str, JSON]"
Rows: TypeAlias = "dict[int, dict[str, str]]"

# PostgreSQL keeps no NUL, UTF-8 no lone surrogates, and no page shows the other controls.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CELL = re.compile(r"([a-z][a-z0-9_]*)\.([0-9]{1,4})\.([a-z][a-z0-9_]*)", re.ASCII)


class Posted(Protocol):
    """Werkzeug's MultiDict and whatever else holds several texts under one name."""

    def keys(self) -> Iterable[str]: ...

    def getlist(self, key: str, /) -> list[str]: ...


class Answered:
    """Values written as a browser would post them: for drafts, programs and tests.

    `texts` holds all of them by name.
    """

    def __init__(self, values: Values) -> None:
        self.texts: dict[str, list[str]] = {}
        for name, value in values.items():
            self._write(name, value)

    def keys(self) -> Iterable[str]:
        return self.texts.keys()

    def getlist(self, key: str, /) -> list[str]:
        return list(self.texts.get(key, []))

    def _write(self, name: str, value: JSON) -> None:
        items = value if isinstance(value, list) else [value]
        for i, item in enumerate(items):
            cells = item if isinstance(item, dict) else {}
            for column, cell in cells.items():
                self.texts.setdefault(f"{name}.{i}.{column}", []).append(text_of(cell))
            if not isinstance(item, dict):
                self.texts.setdefault(name, []).append(text_of(item))


def text_of(value: JSON) -> str:
    """Write a value as it would be typed; what nobody could type in one box is nothing."""
    if value is None or isinstance(value, (list, dict)):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def typed_of(fields: Sequence[Field], posted: Posted) -> Typed:
    """Gather what belongs to the form; empty rows go, the others close up by their numbers."""
    tables = _tables(fields)
    rows = _rows(posted, tables) if tables else {}
    for numbered in rows.values():
        for number in [n for n, row in numbered.items() if not any(map(trimmed, row.values()))]:
            del numbered[number]
    return {field.name: _typed(field, posted, rows) for field in fields}


def is_too_much(posted: Posted) -> bool:
    return len(list(islice(posted.keys(), MOST_KEYS + 1))) > MOST_KEYS


def rearranged(fields: Sequence[Field], posted: Posted) -> Typed | None:
    """Add or take away the row whose button was pressed; None if none was.

    The buttons: `_add=parts`, `_del=parts.1`, and `_show`, which only asks for the page again.
    """
    pressed = {name: _last(posted, name) for name in ("_add", "_del", "_show")}
    if not any(pressed.values()):
        return None
    tables = _tables(fields)
    rows = _rows(posted, tables)
    _take_away(rows, pressed["_del"])
    table = tables.get(pressed["_add"])
    if table is not None:
        mine = rows.setdefault(table.name, {})
        if not mine:
            mine[0] = {}
        if len(mine) < table.limits.max_items:
            mine[max(mine) + 1] = {}
    return {field.name: _typed(field, posted, rows) for field in fields}


def _take_away(rows: Mapping[str, Rows], place: str) -> None:
    name, _, number = place.partition(".")
    if number.isascii() and number.isdigit() and len(number) <= len("9999"):
        rows.get(name, {}).pop(int(number), None)


def _typed(field: Field, posted: Posted, rows: Mapping[str, Rows]) -> JSON:
    if field.kind is Kind.ROWS:
        numbered = rows.get(field.name, {})
        return [{**numbered[number]} for number in sorted(numbered)]
    if field.kind in (Kind.CHOICES, Kind.ATTACHMENTS):
        texts = posted.getlist(field.name)[:MOST_KEYS]
        return [_showable(text) for text in texts if text]
    return _last(posted, field.name)


def _tables(fields: Sequence[Field]) -> dict[str, Field]:
    return {field.name: field for field in fields if field.kind is Kind.ROWS}


def _rows(posted: Posted, tables: Mapping[str, Field]) -> dict[str, Rows]:
    columns = {(name, c.name) for name, table in tables.items() for c in table.columns}
    found: dict[str, Rows] = {}
    for key in islice(posted.keys(), MOST_KEYS):
        cell = _CELL.fullmatch(key) if isinstance(key, str) else None
        if cell and (cell[1], cell[3]) in columns:
            row = found.setdefault(cell[1], {}).setdefault(int(cell[2]), {})
            row[cell[3]] = _last(posted, key)
    return found


def _last(posted: Posted, name: str) -> str:
    texts = posted.getlist(name)
    return _showable(texts[-1]) if texts else ""


def _showable(text: object) -> str:
    if not isinstance(text, str):
        return ""
    return text if text.isprintable() else _UNSHOWABLE.sub("\ufffd", text)

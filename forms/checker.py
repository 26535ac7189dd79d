"""Whether values fit their fields: one compiled validator a form, shared by threads."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from forms import messages
from forms.fields import JSON, Field, Kind
from forms.limits import LINEAR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from forms.fields import Values
    from forms.names import Problem

_PATTERNS = {
    Kind.MONEY: r"^-?[0-9]{1,14}\.[0-9]{2}$",
    Kind.DECIMAL: r"^-?[0-9]{1,14}(\.[0-9]{1,6})?$",
    Kind.EMAIL: r"^[^@\s]+@[^@\s.]+(\.[^@\s.]+)+$",
}
_FORMATS = {Kind.DATE: "date", Kind.DATE_TIME: "date-time"}
_FILE_ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"


class Checker:
    """Holds the fields' compiled schema; `required` is not its business."""

    def __init__(self, fields: tuple[Field, ...]) -> None:
        self._fields = {field.name: field for field in fields}
        self._exact = [field for field in fields if _is_bounded(field)]
        self._tables = [f for f in fields if any(map(_is_bounded, f.columns))]
        self._validator = jsonschema_rs.Draft202012Validator(
            _object(fields, required=()),
            validate_formats=True,
            pattern_options=LINEAR,
            offline=True,
        )

    def problems(self, values: Values) -> dict[str, Problem]:
        """Give the first problem of each field or cell, by JSON pointer; None is no answer."""
        given = {name: _answered(value) for name, value in values.items() if value is not None}
        found: dict[str, Problem] = {}
        if not self._validator.is_valid(given):
            for error in self._validator.iter_errors(given):
                pointer, problem = self._told(error, given)
                found.setdefault(pointer, problem)
        for pointer, problem in self._out_of_bounds(given):
            found.setdefault(pointer, problem)
        return found

    def _told(
        self, error: jsonschema_rs.ValidationError, values: Mapping[str, JSON]
    ) -> tuple[str, Problem]:
        path, details = list(error.instance_path), error.kind.as_dict()
        given: Any = values
        if error.kind.name == "required":
            path.append(str(details["property"]))
        field = self._fields[str(path[0])]
        for part in path:
            given = given.get(part) if isinstance(given, dict) else given[part]
        if field.kind is Kind.ROWS and len(path) == len(("field", "row", "column")):
            field = next(c for c in field.columns if c.name == path[2])
        else:
            path = path[:1]
        return _pointer(path), messages.by_keyword(
            error.kind.name, details.get("limit"), field, given
        )

    def _out_of_bounds(self, given: dict[str, Any]) -> Iterator[tuple[str, Problem]]:
        for field in self._exact:
            yield from _bounded(field, given.get(field.name), [field.name])
        for table in self._tables:
            for i, row in enumerate(given.get(table.name) or []):
                for column in table.columns:
                    yield from _bounded(column, row.get(column.name), [table.name, i, column.name])


def _answered(value: JSON) -> JSON:
    """Leave empty cells out of rows, as empty fields are left out of the form."""
    if not isinstance(value, list):
        return value
    return [
        {name: cell for name, cell in row.items() if cell is not None}
        if isinstance(row, dict)
        else row
        for row in value
    ]


def _is_bounded(field: Field) -> bool:
    limits = field.limits
    ends = (limits.minimum, limits.maximum, limits.above, limits.below)
    return any(end is not None for end in ends)


def _bounded(field: Field, value: object, path: list[str | int]) -> Iterator[tuple[str, Problem]]:
    if not _is_number(field, value):
        return
    number, limits = Decimal(str(value)), field.limits
    if limits.minimum is not None and number < limits.minimum:
        yield _pointer(path), messages.bound("minimum", limits.minimum)
    if limits.maximum is not None and number > limits.maximum:
        yield _pointer(path), messages.bound("maximum", limits.maximum)
    if limits.above is not None and number <= limits.above:
        yield _pointer(path), messages.bound("above", limits.above)
    if limits.below is not None and number >= limits.below:
        yield _pointer(path), messages.bound("below", limits.below)


def _is_number(field: Field, value: object) -> bool:
    if field.kind is Kind.INTEGER:
        return type(value) is int
    pattern = _PATTERNS.get(field.kind)
    return isinstance(value, str) and pattern is not None and bool(re.match(pattern, value))


def _object(fields: Iterable[Field], *, required: Iterable[str]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {field.name: _schema(field) for field in fields},
        "required": list(required),
        "additionalProperties": False,
    }


def _schema(field: Field) -> dict[str, Any]:
    if field.kind in _MANY:
        return {
            "type": "array",
            "minItems": field.limits.min_items,
            "maxItems": field.limits.max_items,
            "items": _MANY[field.kind](field),
        }
    if field.kind is Kind.INTEGER:
        return {"type": "integer"}
    if field.kind is Kind.BOOLEAN:
        return {"const": True} if field.must_be_true else {"type": "boolean"}
    return _chosen(field) if field.kind is Kind.CHOICE else _text(field)


def _chosen(field: Field) -> dict[str, Any]:
    return {"enum": [choice.const for choice in field.choices]}


def _row(table: Field) -> dict[str, Any]:
    return _object(table.columns, required=[c.name for c in table.columns if c.required])


def _file(_: Field) -> dict[str, Any]:
    return {"type": "string", "pattern": _FILE_ID}


_MANY = {Kind.CHOICES: _chosen, Kind.ROWS: _row, Kind.ATTACHMENTS: _file}


def _text(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string", "maxLength": field.limits.max_length}
    if field.limits.min_length is not None:
        found["minLength"] = field.limits.min_length
    if pattern := field.limits.pattern or _PATTERNS.get(field.kind):
        found["pattern"] = pattern
    if form := _FORMATS.get(field.kind):
        found["format"] = form
    return found


def _pointer(path: Iterable[str | int]) -> str:
    return "".join(f"/{part}" for part in path)

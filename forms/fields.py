"""One field of a form, as the rest of the package sees it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from forms.names import Names

JSON: TypeAlias = "str | int | bool | list[JSON] | dict[str, JSON] | None"
Values: TypeAlias = "Mapping[str, JSON]"

LONGEST_TEXT = 5000
MOST_ROWS = 50
MOST_FILES = 50
TODAY = "today"


class Kind(StrEnum):
    """What an answer is; money and decimals are exact strings."""

    TEXT = "text"
    EMAIL = "email"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    DATE_TIME = "date-time"
    BOOLEAN = "boolean"
    CHOICE = "choice"
    CHOICES = "choices"
    ROWS = "rows"
    ATTACHMENTS = "attachments"


class Widget(StrEnum):
    """How a person fills it in."""

    TEXT = "text"
    TEXTAREA = "textarea"
    DATE = "date"
    DATE_TIME = "datetime"
    RADIO = "radio"
    SELECT = "select"
    CHECKBOX = "checkbox"
    CHECKBOXES = "checkboxes"
    TABLE = "table"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Choice:
    const: str
    title: Names


@dataclass(frozen=True, slots=True)
class Condition:
    """One field has one of these values; for several ticked choices, one of them is ticked."""

    field: str
    allowed: tuple[JSON, ...]

    def holds(self, values: Values) -> bool:
        given = values.get(self.field)
        if isinstance(given, list):
            return any(value in given for value in self.allowed)
        return given in self.allowed


@dataclass(frozen=True, slots=True)
class Limits:
    """Both ends are allowed, except `above` and `below`; lengths count characters.

    `example` fits the pattern. `until_today` and `from_today` are for dates; today is the
    company's day of reading.
    """

    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    example: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    min_items: int = 0
    max_items: int = MOST_ROWS
    unique: bool = False
    until_today: bool = False
    from_today: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What only the page needs to know of a field."""

    widget: Widget
    section: Names | None = None
    help: Names | None = None
    placeholder: Names | None = None
    rows: int = 3
    accept: str = ""
    inputmode: str = ""
    width: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    kind: Kind
    title: Names
    look: Look
    description: Names | None = None
    required: bool = False
    limits: Limits = field(default_factory=Limits)
    choices: tuple[Choice, ...] = ()
    columns: tuple[Field, ...] = ()
    show_if: tuple[Condition, ...] = ()
    must_be_true: bool = False
    default: JSON = None
    unit: Names | None = None
    source: str | None = None
    fact: str | None = None
    personal: bool = False
    our_default: bool = False
    clauses: tuple[str, ...] = ()

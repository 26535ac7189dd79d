"""The forms of a case as they were sent, and which of them hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from forms.fields import JSON
    from forms.form import Form
    from forms.names import Names


class Role(Protocol):
    """What a role is called."""

    @property
    def zh(self) -> str: ...
    @property
    def en(self) -> str: ...


class Sheet(Protocol):
    """One form of the case as it was sent: by whom, when (aware), with which values.

    Whoever sent it did so by a `role`, and may have `acted_for` somebody, as a substitute. `round`
    counts from 1; a superseded sheet was sent in a round that was done again since. An `item`
    tells apart the sheets of a form that several people fill, each for one thing, `place` (the
    calls that it was sent in, and its step) those of a form that several calls ask for.
    """

    @property
    def form(self) -> Form: ...
    @property
    def who(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def values(self) -> Mapping[str, JSON]: ...
    @property
    def round(self) -> int: ...
    @property
    def superseded(self) -> bool: ...
    @property
    def item(self) -> Names | None: ...
    @property
    def place(self) -> tuple[str, ...]: ...
    @property
    def role(self) -> Role | None: ...
    @property
    def acted_for(self) -> str | None: ...


AnySheet = TypeVar("AnySheet", bound=Sheet)


def in_force(sheets: Iterable[AnySheet]) -> list[AnySheet]:
    """Keep of every form and item the newest sheet, unless its round was done again; in order."""
    newest: dict[object, AnySheet] = {}
    for sheet in sheets:
        newest.pop((sheet.form.key, sheet.item), None)
        newest[sheet.form.key, sheet.item] = sheet
    return [sheet for sheet in newest.values() if not sheet.superseded]


def within(call: str | None, sheets: Sequence[AnySheet]) -> list[AnySheet]:
    """Keep of them what was sent within a call; all of them where none is named; in order."""
    return [sheet for sheet in sheets if call in (None, *sheet.place[:-1])]

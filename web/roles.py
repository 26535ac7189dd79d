"""The roles that a person holds, in words, for every page's side bar."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from flask import current_app

from engine.people import role_names
from web.database import connection
from web.language import t

if TYPE_CHECKING:
    from engine.people import Person

KEPT = 30.0
_NAME = "banjie.roles"

_Named = dict[str, tuple[str, str]]


def roles_of(person: Person) -> str:
    """Return the names of a person's roles in the reader's language; they are asked for rarely."""
    kept: tuple[float, _Named] | None = current_app.extensions.get(_NAME)
    if kept is None or monotonic() - kept[0] > KEPT:
        kept = (monotonic(), role_names(connection()))
        current_app.extensions[_NAME] = kept
    held = [t(*names) for code, names in kept[1].items() if code in person.roles]
    return t("、", ", ").join(held)

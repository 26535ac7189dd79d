"""What whoever gave a task away has said, for the page of whoever has it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine.flexible.delegating import DELEGATED, GIVEN_BACK, TAKEN_BACK
from engine.flexible.handing import ASSIGNED, TRANSFERRED
from engine.history import read

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import sqlalchemy as sa

_GIVING: Final = frozenset({TRANSFERRED, ASSIGNED, DELEGATED, GIVEN_BACK})


@dataclass(frozen=True, slots=True)
class Handed:
    """How a task came to its holder: ``how`` is the kind of the entry, by ``who``, for what."""

    how: str
    who: str
    reason: str


def handed(row: sa.Row[Any], history: Sequence[sa.Row[Any]]) -> Handed | None:
    """Return how a task came to whoever holds it, None if they took it themselves."""
    last = next((each for each in reversed(history) if _changes_hands(each, row)), None)
    if last is None or last.kind not in _GIVING or row.claimed_by is None:
        return None
    body = read(last.body)
    if row.claimed_by.hex not in {key for key, *_ in body.get("to", ())}:
        return None
    return Handed(last.kind, body.get("name") or "", str(body.get("reason", "")))


def _changes_hands(entry: sa.Row[Any], row: sa.Row[Any]) -> bool:
    return entry.task_id == row.id and entry.kind in {*_GIVING, TAKEN_BACK}

"""Who signs an entry: who did it, for whom, and how it came to be done later than it was sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person


@dataclass(frozen=True, slots=True)
class Retried:
    """What a person had ``sent_at`` (UTC) in vain, and is done since by the retry of an incident.

    ``operator`` is who retried it, by id and name; None on the command line.
    """

    sent_at: datetime
    incident: int
    operator: tuple[UUID, str] | None


def signature(who: Person | None) -> dict[str, object]:
    """Return what an entry says of who did something (nobody: the engine), for whom, and how."""
    if who is None:
        return {"by": None, "name": None}
    said: dict[str, object] = {"by": who.id.hex, "name": who.name}
    if who.acts_for is not None:
        said |= {"for": who.acts_for.id.hex, "for_name": who.acts_for.name}
    if (told := who.retried) is not None:
        key, name = told.operator or (None, None)
        sent = told.sent_at.isoformat()
        said["retried"] = [sent, told.incident, None if key is None else key.hex, name]
    return said

"""The finished steps that a case may go back to, in words: what stops with each, and what falls."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import orjson

from engine.errors import Refusal
from engine.going_back.deeds import deeds
from engine.going_back.stops import stops
from engine.going_back.undone import Past, Undone, past
from engine.history import items

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.going_back.deeds import Deed
    from engine.procedures import Version
    from engine.spiff import Names, Return
    from forms import Names as FormNames


class PreviewChangedError(Refusal):
    """What was shown of going back is no longer what would happen."""

    code = "going_back_changed"

    def __init__(self) -> None:
        super().__init__(
            "您看过之后案件有了变化，还没有退回。请再看一遍会停下什么、哪些不再算数，然后再确认。",
            "The case has changed since you looked, and nothing was done. Read once more what "
            "would stop and what would no longer count, and confirm again.",
        )


@dataclass(frozen=True, slots=True)
class EarlierStep:
    """A finished step; ``who`` signed it ``at`` (UTC), None if several did or nobody said so.

    ``stops`` are what is cancelled besides, ``opens`` what is open again besides, ``undoes`` the
    later steps that no longer count.
    """

    target: UUID
    names: Names
    within: Names | None
    item: FormNames | None
    who: str | None
    acted_for: str | None
    at: datetime | None
    stops: list[Names]
    opens: list[Names]
    undoes: list[Undone]

    @property
    def seen(self) -> str:
        """A digest of all that changes with the case until somebody confirms it."""
        told = [*self.stops, None, *self.opens, None, *(one.told for one in self.undoes)]
        lines = [line and [line.zh, line.en] for line in told]
        return sha256(orjson.dumps(lines)).hexdigest()[:16]


def earlier_steps(
    conn: sa.Connection, version: Version, case_id: UUID, found: Sequence[Return]
) -> list[EarlierStep]:
    """Return finished steps in words."""
    done = deeds(conn, case_id, [each.target for each in found])
    so_far = past(conn, version, case_id)
    return [_step(conn, version, each, done, so_far) for each in found]


def as_seen(
    conn: sa.Connection, version: Version, case_id: UUID, found: Return, seen: str | None
) -> EarlierStep:
    """Return a step to which a case goes back. PreviewChangedError if it was seen otherwise."""
    (shown,) = earlier_steps(conn, version, case_id, [found])
    if seen is not None and seen != shown.seen:
        raise PreviewChangedError
    return shown


def _step(
    conn: sa.Connection, version: Version, each: Return, done: dict[UUID, Deed], so_far: Past
) -> EarlierStep:
    deed = done.get(each.target)
    return EarlierStep(
        target=each.target,
        names=version.step(each.process, each.element).names,
        within=_within(version, each.path),
        item=items.told(version, each.item),
        who=None if deed is None else deed.who,
        acted_for=None if deed is None else deed.acted_for,
        at=None if deed is None else deed.at,
        stops=stops(conn, version, each.cancelled),
        opens=[version.element(*place.split(":")).names for place in each.opened],
        undoes=so_far.undone_by(each),
    )


def _within(version: Version, path: tuple[str, ...]) -> Names | None:
    """Return the name of the call that a step stands in."""
    process, found = version.compiled.id, None
    for call in path:
        found = version.element(process, call).names
        process = version.compiled.diagrams[process].calls[call]
    return found

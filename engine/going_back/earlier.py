"""The finished steps that a case may go back to, in words: what stops with each, and what falls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.going_back.deeds import deeds
from engine.going_back.seen import check_seen, digest
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


@dataclass(frozen=True, slots=True)
class EarlierStep:
    """A finished step; ``who`` signed it ``at`` (UTC), None if several did or nobody said so.

    One that was ``skipped`` was signed by whoever passed it over, and goes to its role.
    ``stops`` are what is cancelled besides, ``opens`` what is open again besides, ``undoes`` the
    later steps that no longer count. ``no_straight`` says why the case cannot come straight back
    from it, None if it can.
    """

    target: UUID
    names: Names
    within: Names | None
    item: FormNames | None
    who: str | None
    acted_for: str | None
    at: datetime | None
    skipped: bool
    stops: list[Names]
    opens: list[Names]
    undoes: list[Undone]
    no_straight: Names | None

    @property
    def seen(self) -> str:
        """A digest of all that changes with the case until somebody confirms it."""
        return digest(self.stops, self.opens, [one.told for one in self.undoes])


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
    check_seen(seen, shown.seen)
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
        skipped=deed is not None and deed.skipped,
        stops=stops(conn, version, each.cancelled),
        opens=[version.element(*place.split(":")).names for place in each.opened],
        undoes=so_far.undone_by(each),
        no_straight=each.no_straight,
    )


def _within(version: Version, path: tuple[str, ...]) -> Names | None:
    """Return the name of the call that a step stands in."""
    process, found = version.compiled.id, None
    for call in path:
        found = version.element(process, call).names
        process = version.compiled.diagrams[process].calls[call]
    return found

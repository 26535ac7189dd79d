"""The page of returning a task: the steps that it may go back to, and what stops with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import items, procedures, spiff
from engine.flexible.actview import ActView, act_view
from engine.going_back.deeds import deeds
from engine.going_back.stops import stops
from engine.tables import cases
from engine.waiting import passed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    import sqlalchemy as sa

    from engine.going_back.deeds import Deed
    from engine.people import Person
    from engine.procedures import Version
    from engine.spiff import Names, Return
    from forms import Names as FormNames


@dataclass(frozen=True, slots=True)
class EarlierStep:
    """A finished step; ``who`` signed it ``at`` (UTC), None if several did or nobody said so.

    ``stops`` are what is cancelled besides, ``opens`` what is open again besides.
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


@dataclass(frozen=True, slots=True)
class ReturnView:
    """What the page of an action shows, and the steps to be chosen from, the nearest first."""

    action: ActView
    steps: list[EarlierStep]


def return_view(conn: sa.Connection, task_id: UUID, *, by: Person, now: datetime) -> ReturnView:
    """Return the page of returning a task.

    Raises TaskGoneError, NotOfferedError and NotFoundError.
    """
    action = act_view(conn, task_id, "return", by=by)
    row = conn.execute(cases.select().where(cases.c.id == action.case.id)).one()
    version = procedures.version(conn, row.version_id)
    try:
        found = spiff.returns(version.compiled, row.state, task_id)
    except spiff.TaskNotReadyError:
        raise passed(row.id, now) from None
    return ReturnView(action, earlier_steps(conn, version, row.id, found))


def earlier_steps(
    conn: sa.Connection, version: Version, case_id: UUID, found: Sequence[Return]
) -> list[EarlierStep]:
    """Return finished steps in words."""
    done = deeds(conn, case_id, [each.target for each in found])
    return [_step(conn, version, each, done) for each in found]


def _step(
    conn: sa.Connection, version: Version, each: Return, done: dict[UUID, Deed]
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
    )


def _within(version: Version, path: tuple[str, ...]) -> Names | None:
    """Return the name of the call that a step stands in."""
    process, found = version.compiled.id, None
    for call in path:
        found = version.element(process, call).names
        process = version.compiled.diagrams[process].calls[call]
    return found

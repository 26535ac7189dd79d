"""What a case waits for besides people: messages, answers from outside, times, conditions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from engine.history.path import STANDS_AT
from engine.messages.letterview import keys_said
from engine.tables import calls, waits

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from engine.procedures import Version
    from engine.spiff import Names, Position


@dataclass(frozen=True, slots=True)
class Standing:
    """One thing that a case waits for at an element. Times are UTC.

    ``name`` and ``keys``, under the titles of their fields, are those of a message or signal.
    ``until`` is when a call is tried next or a time comes, None where that is not known; ``tries``
    were made of a call, which is ``held`` up if it has failed. The clock of a time stands since
    ``stopped``.
    """

    kind: Literal["message", "signal", "call", "timer", "condition"]
    place: str
    names: Names
    since: datetime | None = None
    until: datetime | None = None
    name: str = ""
    keys: Sequence[tuple[Names, Names]] = ()
    tries: int = 0
    is_held: bool = False
    stopped: datetime | None = None


_WAITS = (
    sa.select(waits)
    .where(waits.c.case_id == sa.bindparam("case"))
    .order_by(waits.c.since, waits.c.process, waits.c.element, waits.c.id)
)
_CALLS = (
    sa.select(calls)
    .where(calls.c.case_id == sa.bindparam("case"), calls.c.status.in_(("waiting", "failed")))
    .order_by(calls.c.asked_at, calls.c.process, calls.c.element, calls.c.id)
)


def standing(conn: sa.Connection, version: Version, case_id: UUID, at: Position) -> list[Standing]:
    """Return what an open case waits for besides people, events beside an activity left out."""
    found = [
        *(_waits(conn, version, case_id) if at.waits else ()),
        *(_calls(conn, version, case_id) if at.calls else ()),
        *_timers(version, at),
    ]
    return [*found, *_conditions(version, at, {one.place for one in found})]


def _waits(conn: sa.Connection, version: Version, case_id: UUID) -> Iterator[Standing]:
    for row in conn.execute(_WAITS, {"case": case_id}):
        element = version.element(row.process, row.element)
        if element.kind in STANDS_AT:
            place = f"{row.process}:{row.element}"
            keys = keys_said(version, row.keys)
            yield Standing(row.kind, place, element.names, row.since, name=row.name, keys=keys)


def _calls(conn: sa.Connection, version: Version, case_id: UUID) -> Iterator[Standing]:
    for row in conn.execute(_CALLS, {"case": case_id}):
        yield Standing(
            "call",
            f"{row.process}:{row.element}",
            version.element(row.process, row.element).names,
            row.asked_at,
            row.next_try,
            tries=row.tries,
            is_held=row.status == "failed",
        )


def _timers(version: Version, at: Position) -> Iterator[Standing]:
    for timer in at.timers:
        element = version.element(timer.process, timer.element)
        if element.kind in STANDS_AT:
            place = f"{timer.process}:{timer.element}"
            yield Standing(
                "timer", place, element.names, timer.since, timer.due, stopped=timer.stopped
            )


def _conditions(version: Version, at: Position, others: set[str]) -> Iterator[Standing]:
    for place in at.live:
        element = version.element(*place.split(":"))
        if element.kind == "intermediateCatchEvent" and place not in others:
            yield Standing("condition", place, element.names)

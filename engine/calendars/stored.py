"""The company's calendars as they are stored; each process reads a revision of them once.

A revision's number comes with the lock of a case (moving.COLUMNS), so that a step asks nothing
more; `of` then finds what it knows already, or reads everything in one statement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from engine.calendar import STANDARD, Calendar, Day
from engine.calendar.model import OFFICE_HOURS
from engine.errors import NotFoundError
from engine.tables import (
    calendar_days,
    calendar_revisions,
    calendar_uses,
    calendars,
    people,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from engine.calendar import Span

STANDARD_CODE: Final = "standard"
ALWAYS: Final = range(1, 10_000)
"""The years of a calendar without public holidays: none of them is provisional."""

BY_NOTICE: Final = "chinesecalendar "
"""How the source of days begins that the State Council has announced."""

PROVISIONAL: Final = "holidays "
"""How the source of days begins whose year is not announced yet."""

COMPANY: Final = ("company", "")
"""The use of the calendar that holds where no other does."""


@dataclass(frozen=True, slots=True)
class SetDay:
    """A day that differs from its week; `spans` is None if it is worked like an ordinary one."""

    spans: tuple[Span, ...] | None
    note: str
    source: str

    @property
    def is_provisional(self) -> bool:
        """Whether the product set it by law alone, before the year's notice was out."""
        return self.source.startswith(PROVISIONAL)


@dataclass(frozen=True)
class Kept:
    """A stored calendar. `announced` is None for one that knows no public holidays."""

    code: str
    zh: str
    en: str
    zone: str
    week: tuple[tuple[Span, ...], ...]
    announced: frozenset[int] | None = frozenset()
    days: Mapping[date, SetDay] = field(default_factory=dict)

    @property
    def ordinary(self) -> tuple[Span, ...]:
        """The hours of a make-up workday that has none of its own: the first open day's."""
        return next((spans for spans in self.week if spans), OFFICE_HOURS)

    @cached_property
    def ready(self) -> Calendar:
        """The calendar to reckon with."""
        hours = self.ordinary
        return Calendar(
            code=self.code,
            zh=self.zh,
            en=self.en,
            zone=self.zone,
            week=self.week,
            days={
                day: Day(hours if each.spans is None else each.spans, each.note, each.source)
                for day, each in self.days.items()
            },
            announced=ALWAYS if self.announced is None else self.announced,
        )


@dataclass(frozen=True)
class Stored:
    """All calendars of one revision, and who uses which: (kind, code) -> calendar."""

    revision: int
    kept: Mapping[str, Kept]
    uses: Mapping[tuple[str, str], str]

    def choose(self, *, named: str | None, role: str | None, site: str | None) -> Calendar:
        """Return the calendar that a drawing names, else the role's, the site's, the company's.

        Raises KeyError for a name that no calendar has.
        """
        asked = (("role", role), ("site", site), COMPANY)
        used = (self.uses.get((kind, code)) for kind, code in asked if code is not None)
        return self.get(named or next(filter(None, used), STANDARD_CODE))

    def get(self, code: str) -> Calendar:
        """Return the calendar of a code. Raises KeyError."""
        found = self.kept.get(code)
        return STANDARD.get(code) if found is None else found.ready


@dataclass(frozen=True, slots=True)
class Revision:
    """One change of the calendars: when (UTC), by whom, why, and how many cases it may touch.

    ``hash`` binds it to all changes before it.
    """

    id: int
    at: datetime
    who: str | None
    note: str
    cases: int
    hash: bytes


REVISION: Final = sa.select(
    sa.func.coalesce(sa.func.max(calendar_revisions.c.id), sa.literal_column("0"))
)
"""The number of the newest revision, 0 before the first."""


def _listed(table: sa.Table) -> sa.ScalarSelect[Any]:
    row = sa.func.to_jsonb(sa.literal_column(table.name))
    listed = sa.func.coalesce(sa.func.jsonb_agg(row), sa.text("'[]'::jsonb"))
    return sa.select(listed).select_from(table).scalar_subquery()


_EVERYTHING = sa.select(
    REVISION.scalar_subquery(),
    *(_listed(table) for table in (calendars, calendar_days, calendar_uses)),
)

_REVISIONS = sa.select(
    calendar_revisions.c.id,
    calendar_revisions.c.at,
    people.c.name,
    calendar_revisions.c.note,
    calendar_revisions.c.cases,
    calendar_revisions.c.hash,
).join(people, people.c.id == calendar_revisions.c.changed_by, isouter=True)

_known: WeakKeyDictionary[sa.Dialect, Stored] = WeakKeyDictionary()
"""The revision that was read last, by database, for which its engine's dialect stands."""


def of(conn: sa.Connection, revision: int) -> Stored:
    """Return the calendars of a revision that was the newest a moment ago, or of a newer one."""
    known = _known.get(conn.dialect)
    if known is None or known.revision != revision:
        _known[conn.dialect] = known = _read(conn)
    return known


def current(conn: sa.Connection) -> Stored:
    """Return the calendars as they stand."""
    return of(conn, int(conn.scalar(REVISION) or 0))


def _read(conn: sa.Connection) -> Stored:
    revision, found, days, uses = conn.execute(_EVERYTHING).one()
    of_each: dict[str, dict[date, SetDay]] = {row["code"]: {} for row in found}
    for row in days:
        spans = None if row["spans"] is None else spans_from(row["spans"])
        set_day = SetDay(spans, row["note"], row["source"])
        of_each[row["calendar"]][date.fromisoformat(row["day"])] = set_day
    return Stored(
        revision,
        {row["code"]: _kept(row, of_each[row["code"]]) for row in found},
        {(row["kind"], row["code"]): row["calendar"] for row in uses},
    )


def _kept(row: Mapping[str, Any], days: Mapping[date, SetDay]) -> Kept:
    announced = row["announced"]
    return Kept(
        row["code"],
        row["zh"],
        row["en"],
        row["zone"],
        tuple(spans_from(spans) for spans in row["week"]),
        None if announced is None else frozenset(announced),
        dict(sorted(days.items())),
    )


def spans_from(stored: list[list[int]]) -> tuple[Span, ...]:
    """Return spans as they were before they became JSON."""
    return tuple((start, end) for start, end in stored)


def revisions(conn: sa.Connection, *, limit: int = 20) -> list[Revision]:
    """Return the newest revisions, the newest first."""
    wanted = _REVISIONS.order_by(calendar_revisions.c.id.desc()).limit(limit)
    return [Revision(*row) for row in conn.execute(wanted)]


def revision(conn: sa.Connection, key: int) -> Revision:
    """Return one revision. Raises NotFoundError."""
    row = conn.execute(_REVISIONS.where(calendar_revisions.c.id == key)).one_or_none()
    if row is None:
        raise NotFoundError
    return Revision(*row)

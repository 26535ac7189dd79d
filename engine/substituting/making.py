"""Making a substitution, by oneself or by who arranges it, and ending it before its time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import people, procedures
from engine.errors import NotFoundError
from engine.flexible.allowed import fits
from engine.history import journal
from engine.reasons import checked_reason
from engine.roles import PROCESS_OWNER
from engine.settings import company
from engine.substituting.refusals import (
    LONGEST,
    BadScopeError,
    ForOneselfError,
    MayNotArrangeError,
    NobodyError,
    RingError,
    SubstitutedAlreadyError,
    SubstitutionOverError,
    backwards,
    begun_before,
    too_long,
)
from engine.substituting.rings import Span, ring
from engine.tables import people as staff
from engine.tables import substitutions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID
    from zoneinfo import ZoneInfo

    from engine.people import Person


@dataclass(frozen=True, slots=True)
class Wanted:
    """A substitution as somebody asks for it: both days, in the company's zone, are in it.

    ``procedure`` is None for all of them; ``steps`` ("process:element") limit it further.
    """

    person: UUID
    substitute: UUID
    first: date
    last: date
    procedure: str | None = None
    steps: frozenset[str] = frozenset()
    reason: str = ""


_LOCK = sa.text("lock table substitutions in share row exclusive mode")
_STANDING = sa.select(substitutions).where(
    substitutions.c.ended_at.is_(None),
    substitutions.c.begins < sa.bindparam("ends"),
    substitutions.c.ends > sa.bindparam("begins"),
)


def lock(conn: sa.Connection) -> None:
    """Let nobody else make or end substitutions until this transaction ends."""
    conn.execute(_LOCK)


def make(conn: sa.Connection, wanted: Wanted, *, by: Person, now: datetime) -> int:
    """Let somebody stand in for a person. Returns its number.

    A reason is needed for somebody else's. Raises NobodyError, MayNotArrangeError, BadReasonError,
    ForOneselfError, BadPeriodError, BadScopeError, SubstitutedAlreadyError and RingError.
    """
    lock(conn)
    person, substitute = (_active(conn, key) for key in (wanted.person, wanted.substitute))
    if not may_arrange(by, person):
        raise MayNotArrangeError(person.name)
    reason = checked_reason(wanted.reason) if by.id != person.id or wanted.reason.strip() else ""
    if person.id == substitute.id:
        raise ForOneselfError(person.name)
    begins, ends = _period(wanted, company(conn).zone, now)
    _check_scope(conn, wanted)
    span = Span(person.id, substitute.id, begins, ends)
    if refusal := clash(conn, span, (wanted.procedure, wanted.steps)):
        raise refusal
    made = sa.insert(substitutions).values(
        person_id=person.id,
        substitute_id=substitute.id,
        begins=begins,
        ends=ends,
        procedure=wanted.procedure,
        steps=sorted(wanted.steps),
        reason=reason,
        made_by=by.id,
        made_at=now,
    )
    number = int(conn.execute(made.returning(substitutions.c.id)).scalar_one())
    journal.enter(conn, journal.SUBSTITUTED, substitutions, [number], by=by, now=now)
    return number


def end(conn: sa.Connection, number: int, *, by: Person, now: datetime) -> None:
    """End a substitution now: its person, its substitute and who may arrange it do.

    Raises NotFoundError, MayNotArrangeError and SubstitutionOverError.
    """
    lock(conn)
    one = substitutions.c.id == number
    row = conn.execute(sa.select(substitutions).where(one)).one_or_none()
    if row is None:
        raise NotFoundError
    person = people.person(conn, row.person_id)
    arranges = person is not None and may_arrange(by, person)
    if not arranges and by.id != row.substitute_id:
        raise MayNotArrangeError("" if person is None else person.name)
    if row.ended_at is not None or row.ends <= now:
        raise SubstitutionOverError
    conn.execute(sa.update(substitutions).where(one).values(ended_at=now, ended_by=by.id))
    journal.enter(conn, journal.SUBSTITUTION_ENDED, substitutions, [number], by=by, now=now)


def may_arrange(by: Person, person: Person) -> bool:
    """Whether somebody arranges who stands in for a person."""
    if by.id == person.id or PROCESS_OWNER in by.roles:
        return True
    return any(fits(("supervisor",), role, by.roles) for role in person.roles)


def _active(conn: sa.Connection, key: UUID) -> Person:
    found = people.person(conn, key)
    if found is None:
        raise NobodyError
    return found


def _period(wanted: Wanted, zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """Return the first moment (UTC) that is in the days, and the first that is out of them."""
    today = now.astimezone(zone).date()
    if wanted.last < wanted.first:
        raise backwards(wanted.first, wanted.last)
    if wanted.first < today:
        raise begun_before(today)
    if max(wanted.last - wanted.first, wanted.first - today) >= timedelta(days=LONGEST):
        raise too_long()
    begins, ends = (
        datetime.combine(day, time(), zone).astimezone(UTC)
        for day in (wanted.first, wanted.last + timedelta(days=1))
    )
    return begins, ends


def _check_scope(conn: sa.Connection, wanted: Wanted) -> None:
    if wanted.procedure is None:
        if wanted.steps:
            raise BadScopeError(
                "只限部分步骤时，请先选择规程。",
                "Choose the procedure of the steps that it is limited to.",
            )
        return
    version = procedures.in_force(conn, wanted.procedure)
    known = {f"{d}:{e}" for d, drawn in version.compiled.diagrams.items() for e in drawn.steps}
    if unknown := wanted.steps - known:
        told = "、".join(sorted(unknown))
        raise BadScopeError(
            f"规程“{version.names.zh}”里没有步骤“{told}”；请重新选择。",
            f"The procedure “{version.names.en}” has no step “{told}”; choose again.",
        )


def clash(
    conn: sa.Connection,
    span: Span,
    scope: tuple[str | None, frozenset[str]],
    *,
    without: UUID | None = None,
) -> RingError | SubstitutedAlreadyError | None:
    """Return why a span cannot stand beside the others: the same twice, or a ring; else None.

    Those of the person ``without`` whom it would be are not looked at.
    """
    rows = conn.execute(_STANDING, {"begins": span.begins, "ends": span.ends}).all()
    standing = [row for row in rows if without not in (row.person_id, row.substitute_id)]
    for row in standing:
        both = (row.person_id, row.substitute_id, (row.procedure, frozenset(row.steps)))
        if both == (span.person, span.substitute, scope):
            return SubstitutedAlreadyError(*_names(conn, [span.substitute]))
    spans = [Span(row.person_id, row.substitute_id, row.begins, row.ends) for row in standing]
    found = ring(span, spans)
    return RingError(_names(conn, found)) if found else None


def _names(conn: sa.Connection, keys: Sequence[UUID]) -> list[str]:
    rows = conn.execute(sa.select(staff.c.id, staff.c.name).where(staff.c.id.in_(keys))).all()
    named = {row.id: row.name for row in rows}
    return [named[key] for key in keys]

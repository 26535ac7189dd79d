"""Suspending a case 挂起 and letting it go on 恢复, by hand or on the day that was named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from engine import calendars, notices, procedures, settings, spiff
from engine.cases.facts import written
from engine.cases.moving import lock
from engine.cases.opening import move_on
from engine.clocks.reckoning import fresh
from engine.errors import Refusal
from engine.flexible.allowed import whole_case_fits
from engine.going_back.seen import check_seen, digest
from engine.going_back.stops import all_stops
from engine.history import Draft, dossier
from engine.history.told import SUSPENDED
from engine.reasons import checked_reason
from engine.spiff import Names
from engine.suspending.standstill import check_goes_on
from engine.tables import cases, entries, signings, tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from engine.cases.moving import Case
    from engine.people import Person
    from engine.procedures import Version

RESUMED: Final = "case_resumed"
_FACTS: Final = ("suspended_at", "suspended_until")
_COLUMNS: Final = (*_FACTS, "suspended_for")


class MayNotSuspendError(Refusal):
    """Only whom the diagram names suspends a case, or lets it go on."""

    code = "may_not_suspend"

    def __init__(self) -> None:
        super().__init__(
            "挂起或恢复案件，须由规程写明的人（通常是立案岗位的主管或规程管理员）办理；请联系他们。",
            "Whom the procedure names, as a rule a supervisor of the role that opens cases or a "
            "process owner, suspends a case or lets it go on; ask one of them.",
        )


class NotSuspendedError(Refusal):
    """The case is not suspended, or is over, so that it neither stops nor goes on."""

    code = "not_suspended"


class DayPassedError(Refusal):
    """A case cannot go on by itself on a day that has begun."""

    code = "day_passed"

    def __init__(self) -> None:
        super().__init__(
            "自动恢复的日期须是明天或以后，如 2027-01-31；由人恢复的请不填。",
            "The day on which it goes on must be tomorrow or later, like 2027-01-31; leave it out "
            "if somebody is to let it go on.",
        )


def may_suspend(version: Version, by: Person) -> bool:
    """Whether a person may suspend a case of this version, and let it go on."""
    return whole_case_fits(version, "suspend", by.roles)


def suspend_case(
    conn: sa.Connection,
    case_id: UUID,
    reason: str,
    day: date | None,
    *,
    seen: str | None = None,
    by: Person,
    now: datetime,
) -> None:
    """Let a case stand still until somebody lets it go on, or till the day (the company's) begins.

    ``seen`` is the digest of what the person has read of it (CaseActView.seen).
    Raises PreviewChangedError, MayNotSuspendError, SuspendedError, NotSuspendedError,
    BadReasonError, DayPassedError, NotFoundError and spiff.RunError.
    """
    case, version = _locked(conn, case_id, by=by)
    check_goes_on(case)
    until = None if day is None else _begins(conn, day, now)
    why = checked_reason(reason)
    check_seen(seen, digest(all_stops(conn, version, case.state)))
    case = fresh(conn, case, now=now)
    case = replace(case, suspended_at=now, suspended_until=until, suspended_for=why)
    _store(conn, case, version, spiff.suspend, Draft(SUSPENDED, {"reason": why}), by=by, now=now)
    _write(conn, case_id, **{name: getattr(case, name) for name in _COLUMNS})
    told = Names(f"{by.name} 挂起了本案：{why}", f"{by.name} has suspended the case: {why}")
    _tell(conn, case_id, told, without=by, now=now)


def resume_case(conn: sa.Connection, case_id: UUID, *, by: Person, now: datetime) -> None:
    """Let a suspended case go on: what was left of its deadlines counts from now.

    Raises MayNotSuspendError, NotSuspendedError, NotFoundError and spiff.RunError.
    """
    case, version = _locked(conn, case_id, by=by)
    check_stands(case)
    _go_on(conn, case, version, by=by, now=now)


def resume_due(conn: sa.Connection, case: Case, *, now: datetime) -> None:
    """Let a locked case go on whose day has come; whoever suspended it is told too."""
    _go_on(conn, case, procedures.version(conn, case.version_id), by=None, now=now)


def _locked(conn: sa.Connection, case_id: UUID, *, by: Person) -> tuple[Case, Version]:
    """Return an open case, locked, that this person may suspend or let go on, and its version."""
    case = lock(conn, dossier.case_row(conn, case_id, by=by).id)
    version = procedures.version(conn, case.version_id)
    check_may_suspend(dossier.case_row(conn, case_id, by=by), version, by)
    return case, version


def check_may_suspend(case: sa.Row[Any], version: Version, by: Person) -> None:
    """Refuse who may not suspend a case or let it go on, and a case that is over.

    Raises MayNotSuspendError and NotSuspendedError.
    """
    if not may_suspend(version, by):
        raise MayNotSuspendError
    if case.status != "open":
        zh, en = spiff.CaseOverError.zh, spiff.CaseOverError.en
        raise NotSuspendedError(zh, en, case_id=case.id)


def check_stands(case: Case | sa.Row[Any]) -> None:
    """Refuse to let a case go on that is not suspended (NotSuspendedError)."""
    if case.suspended_at is None:
        zh, en = "本案没有挂起，无需恢复。", "The case is not suspended, so it goes on anyway."
        raise NotSuspendedError(zh, en, case_id=case.id)


def _begins(conn: sa.Connection, day: date, now: datetime) -> datetime:
    begins = datetime.combine(day, time(), settings.company(conn).zone).astimezone(UTC)
    if begins <= now:
        raise DayPassedError
    return begins


def _go_on(
    conn: sa.Connection, case: Case, version: Version, *, by: Person | None, now: datetime
) -> None:
    case, _ = lift(conn, case)
    _store(conn, case, version, spiff.unsuspend, Draft(RESUMED), by=by, now=now)
    told = Names("本案到期自动恢复办理", "The case goes on, as its day has come")
    if by is not None:
        told = Names(f"{by.name} 恢复了本案的办理", f"{by.name} lets the case go on")
    _tell(conn, case.id, told, without=by, now=now)


def _store(
    conn: sa.Connection,
    case: Case,
    version: Version,
    verb: Callable[..., spiff.Move],
    said: Draft,
    *,
    by: Person | None,
    now: datetime,
) -> None:
    known = calendars.of(conn, case.calendars)
    move = verb(version.compiled, case.state, now=now, calendars=known)
    facts = {name: written(getattr(case, name)) for name in _FACTS}
    said = replace(said, facts={**said.facts, "facts": facts})
    move_on(conn, case, version, move, [said], by=by, now=now)


def _write(conn: sa.Connection, case_id: UUID, **values: object) -> None:
    conn.execute(sa.update(cases).where(cases.c.id == case_id).values(**values))


def lift(conn: sa.Connection, case: Case) -> tuple[Case, dict[str, None]]:
    """Write that a locked case is no longer suspended; return it so, and what its entry says."""
    if case.suspended_at is None:
        return case, {}
    _write(conn, case.id, **dict.fromkeys(_COLUMNS))
    lifted = replace(case, suspended_at=None, suspended_for=None, suspended_until=None)
    return lifted, dict.fromkeys(_FACTS)


_CONCERNED = sa.union(
    sa.select(tasks.c.claimed_by).where(tasks.c.case_id == sa.bindparam("case")),
    sa.select(tasks.c.owner).where(tasks.c.case_id == sa.bindparam("case")),
    sa.select(signings.c.person_id).where(
        signings.c.case_id == sa.bindparam("case"), signings.c.status == "asked"
    ),
    sa.select(cases.c.opened_by).where(cases.c.id == sa.bindparam("case")),
    sa.select(entries.c.actor).where(
        entries.c.case_id == sa.bindparam("case"), entries.c.kind == SUSPENDED
    ),
)


def _tell(
    conn: sa.Connection, case_id: UUID, text: Names, *, without: Person | None, now: datetime
) -> None:
    """Tell who has something to do in a case, who opened it, and who suspended it."""
    mine = set() if without is None else {without.id}
    for key in set(conn.scalars(_CONCERNED, {"case": case_id})) - {None, *mine}:
        notices.tell_one(conn, key, text, case_id=case_id, now=now)

"""What a person may do to a case as a whole just now, and the pages that say so beforehand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from engine import spiff
from engine.acts.drawn import rules
from engine.acts.table import CASE_ACTS
from engine.errors import NotFoundError
from engine.going_back.earlier import earlier_steps
from engine.going_back.ending import (
    CaseEndError,
    MayNotEndError,
    found,
    goes_on,
    grace,
    may_cancel,
    may_reopen,
    reopened_until,
)
from engine.going_back.seen import digest
from engine.going_back.stops import all_stops, stops
from engine.going_back.withdrawing import MayNotWithdrawError, last_of, withdrawal
from engine.history import dossier
from engine.linking.ties import check_may_link, may_link
from engine.suspending.holding import check_may_suspend, check_stands, may_suspend
from engine.suspending.standstill import check_goes_on

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta
    from uuid import UUID

    import sqlalchemy as sa

    from engine.acts.act import Act
    from engine.going_back.earlier import EarlierStep
    from engine.going_back.ending import Found
    from engine.history.dossier import CaseHeader
    from engine.people import Person
    from engine.spiff import Names


@dataclass(frozen=True, slots=True)
class CaseActView:
    """One action on a case: ``stops`` are what it cancels, ``steps`` those to be chosen from.

    ``task`` is the step that would be taken back, by its ``step`` name; ``goes_on`` names what a
    cancelled case would go on at, ``until`` (UTC) is the last moment for opening it again.
    Of one to be cancelled, ``grace`` is for how long it may be opened again, ``reopeners`` by whom.
    """

    act: Act
    case: CaseHeader
    stops: list[Names]
    steps: list[EarlierStep]
    task: UUID | None = None
    step: Names | None = None
    goes_on: tuple[Names, ...] = ()
    until: datetime | None = None
    grace: timedelta | None = None
    reopeners: tuple[Names, ...] = ()

    @property
    def seen(self) -> str:
        """The digest of all that changes with the case until somebody confirms it."""
        return digest([*self.stops, *self.goes_on])


def offered_acts(conn: sa.Connection, case_id: UUID, *, by: Person, now: datetime) -> list[Act]:
    """Return what a person may do to a case as a whole at this moment."""
    case = found(conn, case_id, by=by)
    keys = []
    if case.row.status == "open":
        stands = case.row.suspended_at is not None
        keys = ["withdraw"] if not stands and _may_withdraw(conn, case, by) else []
        if may_suspend(case.version, by):
            keys.append("resume" if stands else "suspend")
        keys += ["cancel"] if may_cancel(conn, case, by=by) else []
    elif may_reopen(conn, case, by=by):
        until = reopened_until(conn, case)
        keys = ["reopen"] if until is not None and now <= until else []
    if may_link(conn, case.row, by=by):
        keys.append("follow-up")
    return [CASE_ACTS[key] for key in keys]


def may_take_back(conn: sa.Connection, case_id: UUID, *, by: Person) -> bool:
    """Say whether a person may take the last step back that they did in a case."""
    case = found(conn, case_id, by=by)
    goes_on = case.row.status == "open" and case.row.suspended_at is None
    return goes_on and _may_withdraw(conn, case, by)


def _may_withdraw(conn: sa.Connection, case: Found, by: Person) -> bool:
    entry = last_of(conn, case.row.id, by=by)
    if entry is None:
        return False
    try:
        withdrawal(conn, case.version, case.row, entry, by)
    except MayNotWithdrawError:
        return False
    return True


def case_act_view(conn: sa.Connection, case_id: UUID, key: str, *, by: Person) -> CaseActView:
    """Return the page of an action on a case.

    Raises NotFoundError, and what keeps a person from it: MayNotWithdrawError, MayNotEndError,
    CaseEndError, MayNotLinkError, MayNotSuspendError, NotSuspendedError and SuspendedError.
    """
    if key not in CASE_ACTS:
        raise NotFoundError
    case = found(conn, case_id, by=by)
    return VIEWS[key](conn, case, by)


def _header(conn: sa.Connection, case: Found) -> CaseHeader:
    return dossier.header(conn, case.row)


def _suspend(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    check_may_suspend(case.row, case.version, by)
    check_goes_on(case.row)
    lines = all_stops(conn, case.version, case.row.state)
    return CaseActView(CASE_ACTS["suspend"], _header(conn, case), lines, [])


def _resume(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    check_may_suspend(case.row, case.version, by)
    check_stands(case.row)
    return CaseActView(CASE_ACTS["resume"], _header(conn, case), [], [])


def _link(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    check_may_link(conn, case.row.id, by=by)
    return CaseActView(CASE_ACTS["follow-up"], _header(conn, case), [], [])


def _unlink(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    check_may_link(conn, case.row.id, by=by)
    return CaseActView(CASE_ACTS["unlink"], _header(conn, case), [], [])


def _withdraw(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    check_goes_on(case.row)
    entry = last_of(conn, case.row.id, by=by)
    if entry is None:
        raise MayNotWithdrawError(
            "您在本案中还没有办过步骤，没有可撤回的。",
            "You have done no step of this case, so there is nothing to take back.",
            case_id=case.row.id,
        )
    undone = withdrawal(conn, case.version, case.row, entry, by)
    names = case.version.step(undone.process, undone.element).names
    lines = stops(conn, case.version, undone.cancelled)
    header = _header(conn, case)
    return CaseActView(CASE_ACTS["withdraw"], header, lines, [], task=entry.task_id, step=names)


def _cancel(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    if case.row.status != "open":
        raise CaseEndError(spiff.CaseOverError.zh, spiff.CaseOverError.en, case_id=case.row.id)
    if not may_cancel(conn, case, by=by):
        raise MayNotEndError
    lines = all_stops(conn, case.version, case.row.state)
    return CaseActView(
        CASE_ACTS["cancel"],
        _header(conn, case),
        lines,
        [],
        grace=grace(conn),
        reopeners=tuple(rule.who for rule in rules(case.version, "reopen")),
    )


def _reopen(conn: sa.Connection, case: Found, by: Person) -> CaseActView:
    if case.row.status == "open":
        raise CaseEndError(spiff.CaseOpenError.zh, spiff.CaseOpenError.en, case_id=case.row.id)
    if not may_reopen(conn, case, by=by):
        raise MayNotEndError
    version, state = case.version, case.row.state
    listed = spiff.reopenings(version.compiled, state)
    return CaseActView(
        CASE_ACTS["reopen"],
        _header(conn, case),
        [],
        earlier_steps(conn, version, case.row.id, listed),
        goes_on=goes_on(version, state),
        until=reopened_until(conn, case),
    )


VIEWS: Final[Mapping[str, Callable[[sa.Connection, Found, Person], CaseActView]]] = {
    "suspend": _suspend,
    "resume": _resume,
    "withdraw": _withdraw,
    "cancel": _cancel,
    "reopen": _reopen,
    "follow-up": _link,
    "unlink": _unlink,
}

"""A suspended case: nothing of it moves, runs out or is lost, and it goes on by hand or by day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases import timers
from engine.cases.caselist import search
from engine.cases.starts import NotYoursError
from engine.clocks import pausing
from engine.errors import NotFoundError
from engine.flexible import delegating, handing, telling
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.returning import return_task
from engine.history.dossier import case as dossier_of
from engine.reasons import BadReasonError
from engine.suspending.holding import (
    DayPassedError,
    MayNotSuspendError,
    NotSuspendedError,
    resume_case,
    suspend_case,
)
from engine.suspending.standstill import SuspendedError
from engine.tables import cases, notices, tasks
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from tests.engine.astray import astray
from tests.engine.clocks.deskwork import (
    BEFORE,
    LATER,
    NOTE,
    THURSDAY,
    TUESDAY,
    at,
    deskwork,
    dues,
    kinds,
    opened,
)
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import put_in_force, row_of, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, deskwork())
    return somebody(connection, "clerk-one", {"clerk"})


@pytest.fixture
def owner(connection: Connection) -> Person:
    return somebody(connection, "owner", {"process-owner"})


@pytest.fixture
def case_id(connection: Connection, clerk: Person) -> UUID:
    return opened(connection, clerk)


def task_of(conn: Connection, case_id: UUID) -> UUID:
    return waiting(conn, case_id)["prepare"]


def told(conn: Connection, person: Person) -> list[str]:
    return list(conn.scalars(sa.select(notices.c.zh).where(notices.c.person_id == person.id)))


ACTS: dict[str, Callable[[Connection, UUID, Person, Person], object]] = {
    "complete": lambda c, t, me, _: complete_task(c, t, NOTE, by=me, now=THURSDAY),
    "claim": lambda c, t, me, _: claim(c, t, by=me, now=THURSDAY),
    "release": lambda c, t, me, _: release(c, t, by=me, now=THURSDAY),
    "transfer": lambda c, t, me, o: handing.transfer(c, t, o.id, "x", by=me, now=THURSDAY),
    "assign": lambda c, t, me, o: handing.assign(c, t, me.id, "x", by=o, now=THURSDAY),
    "delegate": lambda c, t, me, o: delegating.delegate(c, t, o.id, "x", by=me, now=THURSDAY),
    "urge": lambda c, t, _, o: telling.urge(c, t, "", by=o, now=THURSDAY),
    "copy": lambda c, t, me, o: telling.copy(c, t, [o.id], "", by=me, now=THURSDAY),
    "return": lambda c, t, me, _: return_task(c, t, t, "through", "x", by=me, now=THURSDAY),
    "pause": lambda c, t, me, _: pausing.pause_task(c, t, "x", by=me, now=THURSDAY),
}


@pytest.mark.parametrize("act", ACTS)
def test_nobody_acts_on_its_steps_and_what_is_typed_stays(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID, act: str
) -> None:
    task = task_of(connection, case_id)
    suspend_case(connection, case_id, "等法院", None, by=owner, now=TUESDAY)
    before = row_of(connection, case_id)
    with pytest.raises(SuspendedError, match="等法院") as refused:
        ACTS[act](connection, task, clerk, owner)
    assert refused.value.case_id == case_id
    assert row_of(connection, case_id) == before

    save_draft(connection, task, {"note": ["写了一半"]}, by=clerk, now=THURSDAY)
    view = open_task(connection, task, by=clerk)
    assert view.draft == {"note": ["写了一半"]}
    assert view.hold.acts == ()
    assert view.case.suspended is not None
    assert view.case.suspended.reason == "等法院"
    assert drafts.load(connection, drafts.of_task(task), by=clerk) == {"note": ["写了一半"]}


def test_deadlines_stand_and_go_on_with_what_was_left(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID
) -> None:
    suspend_case(connection, case_id, " 等法院 ", None, by=owner, now=TUESDAY)
    row = row_of(connection, case_id)
    assert (row.suspended_at, row.suspended_for, row.next_due) == (TUESDAY, "等法院", None)
    assert not timers.wake_next(connection, now=BEFORE[1] + timedelta(days=1))
    (item,) = inbox(connection, clerk, now=BEFORE[1]).shared
    assert item.suspended is not None
    assert (item.suspended.since, item.paused) == (TUESDAY, None)
    (listed,), _ = search(connection, clerk, status="suspended")
    assert listed.suspended == item.suspended
    assert astray(connection) == {}

    resume_case(connection, case_id, by=owner, now=THURSDAY)
    assert dues(connection, case_id) == (LATER, at("2026-11-25T12:00"), LATER)
    assert row_of(connection, case_id).suspended_at is None
    assert search(connection, clerk, status="suspended") == ([], False)
    assert astray(connection) == {}
    complete_task(connection, task_of(connection, case_id), NOTE, by=clerk, now=THURSDAY)
    assert kinds(connection, case_id)[:3] == ["case_opened", "case_suspended", "case_resumed"]
    assert astray(connection) == {}


def test_it_goes_on_by_itself_on_the_day_that_was_named(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID
) -> None:
    claim(connection, task_of(connection, case_id), by=clerk, now=NOW)
    suspend_case(connection, case_id, "等法院", date(2026, 11, 12), by=owner, now=TUESDAY)
    day = at("2026-11-12T00:00")
    assert row_of(connection, case_id).next_due == day
    assert astray(connection) == {}
    assert dossier_of(connection, case_id, by=clerk).timeline[-1].notes[-1].en == (
        "Goes on by itself at 2026-11-12 00:00"
    )
    assert not timers.wake_next(connection, now=day - timedelta(seconds=1))
    assert timers.wake_next(connection, now=THURSDAY)
    assert not timers.wake_next(connection, now=THURSDAY)
    assert row_of(connection, case_id).suspended_until is None
    assert dues(connection, case_id)[0] == LATER
    assert told(connection, clerk) == ["owner君 挂起了本案：等法院", "本案到期自动恢复办理"]
    assert told(connection, owner) == ["本案到期自动恢复办理"]
    assert dossier_of(connection, case_id, by=clerk).timeline[-1].who is None
    assert astray(connection) == {}


def test_a_clock_that_stood_before_stands_on(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID
) -> None:
    pausing.pause_case(connection, case_id, "等件", by=clerk, now=NOW)
    suspend_case(connection, case_id, "等法院", None, by=owner, now=TUESDAY)
    assert astray(connection) == {}
    with pytest.raises(SuspendedError):
        pausing.resume_case(connection, case_id, by=clerk, now=TUESDAY)
    resume_case(connection, case_id, by=owner, now=THURSDAY)
    row = row_of(connection, case_id)
    assert (row.paused_at, row.next_due) == (NOW, None)
    assert astray(connection) == {}


def test_it_may_be_cancelled_and_is_not_suspended_when_it_is_opened_again(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID
) -> None:
    suspend_case(connection, case_id, "等法院", date(2027, 1, 1), by=owner, now=TUESDAY)
    cancel_case(connection, case_id, "撤诉", by=owner, now=THURSDAY)
    row = row_of(connection, case_id)
    assert (row.status, row.suspended_at, row.next_due) == ("ended", None, None)
    assert astray(connection) == {}
    with pytest.raises(NotSuspendedError):
        suspend_case(connection, case_id, "x", None, by=owner, now=THURSDAY)
    reopen_case(connection, case_id, None, "又来", by=owner, now=THURSDAY)
    assert row_of(connection, case_id).next_due is not None
    assert astray(connection) == {}
    complete_task(connection, task_of(connection, case_id), NOTE, by=clerk, now=THURSDAY)


def test_who_may_and_what_makes_no_sense(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID
) -> None:
    def suspend(by: Person, reason: str = "x", day: date | None = None) -> None:
        suspend_case(connection, case_id, reason, day, by=by, now=TUESDAY)

    for who in (clerk, somebody(connection, "gm", {"gm"})):
        with pytest.raises(MayNotSuspendError):
            suspend(who)
    with pytest.raises(NotFoundError):
        suspend(somebody(connection, "nobody", set()))
    for reason in ("", "  ", "x" * 1001):
        with pytest.raises(BadReasonError):
            suspend(owner, reason)
    for day in (date(2026, 11, 10), date(2026, 1, 1)):
        with pytest.raises(DayPassedError):
            suspend(owner, day=day)
    with pytest.raises(NotSuspendedError, match="not suspended"):
        resume_case(connection, case_id, by=owner, now=TUESDAY)
    suspend(owner)
    with pytest.raises(SuspendedError):
        suspend(owner)
    with pytest.raises(MayNotSuspendError):
        resume_case(connection, case_id, by=clerk, now=TUESDAY)
    with pytest.raises(NotYoursError):
        open_task(connection, task_of(connection, case_id), by=somebody(connection, "g2", {"gm"}))


STATED: dict[str, dict[str, object]] = {
    "since": {"suspended_at": NOW},
    "why": {"suspended_for": "别的"},
    "until": {"suspended_until": THURSDAY},
    "not at all": {"suspended_at": None, "suspended_for": None},
}


@pytest.mark.parametrize("name", STATED)
def test_what_was_changed_behind_its_back_is_told(
    connection: Connection, owner: Person, case_id: UUID, name: str
) -> None:
    suspend_case(connection, case_id, "等法院", None, by=owner, now=TUESDAY)
    connection.execute(sa.update(cases).where(cases.c.id == case_id).values(STATED[name]))
    assert astray(connection)


def test_a_task_of_it_stays_where_it_was(
    connection: Connection, clerk: Person, owner: Person, case_id: UUID
) -> None:
    task = task_of(connection, case_id)
    claim(connection, task, by=clerk, now=NOW)
    suspend_case(connection, case_id, "等法院", None, by=owner, now=TUESDAY)
    resume_case(connection, case_id, by=owner, now=THURSDAY)
    assert connection.scalar(sa.select(tasks.c.claimed_by).where(tasks.c.id == task)) == clerk.id

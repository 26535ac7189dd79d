"""Starting a case and assigning a task in the right of somebody for whom one stands in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from engine import history, people
from engine.cases.starts import NotYoursError, open_case, start_form
from engine.flexible.actview import act_view
from engine.flexible.handing import MayNotAssignError, assign
from engine.history import dossier
from engine.incidents import recording
from engine.incidents.retrying import retry
from engine.spiff import Names, RunError
from engine.substituting.making import Wanted, make
from engine.substituting.represented import standing_in
from engine.tables import cases, entries, notices, tasks
from engine.tasks.inbox import startable
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, waiting
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

FORM = Answered({"customer": "天源水务"})


def stands_in(conn: Connection, ill: Person, by: Person, **limits: Any) -> Person:  # noqa: ANN401
    days = NOW.date(), NOW.date() + timedelta(days=2)
    make(conn, Wanted(ill.id, by.id, *days, **limits), by=ill, now=NOW)
    found = standing_in(conn, by.id, now=NOW)
    assert found is not None
    return found


def signed(conn: Connection, case_id: UUID, kind: str) -> tuple[str, str]:
    """Give who did something in a case, and for whom, as its entry says."""
    mine = sa.select(entries.c.body).where(entries.c.case_id == case_id, entries.c.kind == kind)
    body = history.read(conn.scalars(mine).one())
    return body["name"], body.get("for_name", "")


def told(conn: Connection, person: Person) -> list[str]:
    return list(conn.scalars(sa.select(notices.c.zh).where(notices.c.person_id == person.id)))


def test_a_case_is_started_for_somebody_and_says_so(conn: Connection, ill: Person) -> None:
    deputy = stands_in(conn, ill, somebody(conn, "deputy", {"gm"}))
    assert [(one.procedure, one.absent) for one in startable(conn, deputy)] == [("errand", "ill君")]
    assert [one.absent for one in startable(conn, ill)] == [None]
    assert start_form(conn, "errand", by=deputy).absent == "ill君"
    case_id = open_case(conn, "errand", FORM, by=deputy, now=NOW).case_id
    assert signed(conn, case_id, "case_opened") == ("deputy君", "ill君")
    assert told(conn, ill) == ["deputy君 代您办理了“asked名”"]
    assert conn.scalar(sa.select(cases.c.opened_by)) == deputy.id
    assert history.verify(conn, case_id) is None
    assert dossier.case_row(conn, case_id, by=deputy).id == case_id


def test_ones_own_right_comes_first(conn: Connection, ill: Person) -> None:
    colleague = stands_in(conn, ill, somebody(conn, "colleague", ill.roles))
    case_id = open_case(conn, "errand", FORM, by=colleague, now=NOW).case_id
    assert signed(conn, case_id, "case_opened") == ("colleague君", "")


def test_who_stands_in_for_some_steps_only_starts_nothing(conn: Connection, ill: Person) -> None:
    limits = {"procedure": "errand", "steps": frozenset({"errand:prepare"})}
    deputy = stands_in(conn, ill, somebody(conn, "deputy", {"gm"}), **limits)
    assert startable(conn, deputy) == []
    with pytest.raises(NotYoursError):
        open_case(conn, "errand", FORM, by=deputy, now=NOW)


def test_a_start_that_failed_is_retried_for_the_same_person(conn: Connection, ill: Person) -> None:
    deputy = stands_in(conn, ill, somebody(conn, "deputy", {"gm"}))
    error = RunError(process="errand", element="asked", zh="坏了", en="broken")
    typed = {"customer": ["天源水务"]}
    key = recording.record_start(conn, "errand", error, posted=typed, by=deputy, now=NOW)
    tried = retry(conn, key, by=None, now=NOW + timedelta(days=30))
    assert tried.resolved_at is not None
    assert tried.case_id is not None
    assert signed(conn, tried.case_id, "case_opened") == ("deputy君", "ill君")


def test_a_task_is_assigned_in_the_right_of_a_supervisor(conn: Connection, ill: Person) -> None:
    people.save_roles(conn, {"clerk-supervisor": Names("内勤主管", "Chief clerk")})
    chief = somebody(conn, "chief", {"clerk-supervisor"})
    stranger = somebody(conn, "deputy", {"gm"})
    task = waiting(conn, asked(conn, ill).case_id)["prepare"]
    with pytest.raises(MayNotAssignError):
        assign(conn, task, ill.id, "请办", by=stranger, now=NOW)
    deputy = stands_in(conn, chief, stranger)
    assert act_view(conn, task, "assign", by=deputy).act.key == "assign"
    assign(conn, task, ill.id, "请办", by=deputy, now=NOW)
    row = conn.execute(sa.select(tasks).where(tasks.c.id == task)).one()
    assert row.claimed_by == ill.id
    assert signed(conn, row.case_id, "task_assigned") == ("deputy君", "chief君")

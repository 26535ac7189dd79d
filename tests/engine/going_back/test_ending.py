"""Cancelling a case, and opening one again that is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import settings
from engine.going_back.ending import CaseEndError, MayNotEndError, cancel_case, reopen_case
from engine.reasons import BadReasonError
from engine.tables import cases
from engine.tasks.completing import claim, complete_task
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.small import somebody

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from engine.people import Person
    from tests.engine.going_back.errands import Errand


@pytest.fixture
def owner(errands: Errand) -> Person:
    return somebody(errands.conn, "owner", {"process-owner"})


def cancelled(errands: Errand, by: Person, why: str = "客户撤诉") -> None:
    cancel_case(errands.conn, errands.case_id, why, by=by, now=NOW)


def reopened(errands: Errand, target: UUID | None, by: Person, *, now: datetime = NOW) -> None:
    reopen_case(errands.conn, errands.case_id, target, "又来投诉", by=by, now=now)


def row(errands: Errand) -> sa.Row[tuple[object, ...]]:
    return errands.conn.execute(sa.select(cases).where(cases.c.id == errands.case_id)).one()


def test_a_cancelled_case_waits_for_nothing_and_everybody_concerned_is_told(
    errands: Errand, owner: Person
) -> None:
    errands.does("prepare")
    check = errands.task("check")
    claim(errands.conn, check, by=errands.inspector, now=NOW)
    cancelled(errands, owner)

    assert errands.open == set()
    header = errands.dossier.header
    assert (header.status, header.outcome, header.is_cancelled) == ("ended", None, True)
    assert row(errands).next_due is None
    assert header.ended_at == header.closed_at == NOW
    for person in (errands.clerk, errands.inspector):
        assert errands.told(person)[-1] == f"{owner.name} 撤销了本案：客户撤诉"
    assert errands.last.title.zh == "撤销案件"
    with pytest.raises(TaskGoneError, match="has cancelled the case"):
        complete_task(errands.conn, check, Answered({"note": "x"}), by=errands.inspector, now=NOW)
    with pytest.raises(CaseEndError, match="is over"):
        cancelled(errands, owner)
    assert errands.holds


def test_whoever_opened_a_case_cancels_it_only_before_others_have_acted(errands: Errand) -> None:
    for person in (errands.colleague, errands.manager):
        with pytest.raises(MayNotEndError):
            cancelled(errands, person)
    with pytest.raises(BadReasonError):
        cancelled(errands, errands.clerk, " ")
    errands.does("prepare")
    claim(errands.conn, errands.task("check"), by=errands.inspector, now=NOW)
    with pytest.raises(MayNotEndError):
        cancelled(errands, errands.clerk)


def test_whoever_cancelled_it_lets_it_go_on_where_it_was(errands: Errand) -> None:
    cancelled(errands, errands.clerk)
    reopened(errands, None, errands.clerk)

    assert errands.open == {"prepare"}
    assert errands.row("prepare").again == "reopened"
    assert errands.dossier.header.status == "open"
    assert row(errands).next_due is not None
    assert errands.holds
    errands.to_signing()
    errands.does("sign")
    assert errands.dossier.header.outcome is not None
    assert errands.holds


def test_an_ended_case_goes_on_at_a_chosen_step_which_its_last_doer_gets(
    errands: Errand, owner: Person
) -> None:
    done = errands.to_signing()
    errands.does("sign")
    assert errands.dossier.header.status == "ended"
    reopened(errands, done["check"], owner)

    assert errands.open == {"check"}
    check = errands.row("check")
    assert (check.claimed_by, check.again) == (errands.inspector.id, "reopened")
    again = open_task(errands.conn, check.id, by=errands.inspector).again
    assert again is not None
    assert (again.how, again.reason) == ("reopened", "又来投诉")
    assert errands.told(errands.inspector)[-1] == f"{owner.name} 重新打开了案件：又来投诉"
    header = errands.dossier.header
    assert (header.status, header.outcome, header.closed_at) == ("open", None, None)
    assert set(errands.fallen) == {"check", "sign"}
    assert errands.holds
    errands.does("check")
    errands.does("sign")
    assert errands.holds


def test_not_while_it_is_open_nor_by_anybody_nor_after_the_days_of_grace(
    errands: Errand, owner: Person
) -> None:
    done = errands.to_signing()
    with pytest.raises(CaseEndError, match="not over"):
        reopened(errands, done["check"], owner)
    errands.does("sign")
    with pytest.raises(MayNotEndError):
        reopened(errands, done["check"], errands.clerk)
    with pytest.raises(CaseEndError, match="To go on with it"):
        reopened(errands, None, owner)
    settings.save(errands.conn, "reopen_days", 7)
    with pytest.raises(CaseEndError, match="more than 7 days"):
        reopened(errands, done["check"], owner, now=NOW + timedelta(days=8))
    reopened(errands, done["check"], owner, now=NOW + timedelta(days=6))
    assert errands.open == {"check"}

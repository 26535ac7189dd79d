"""Taking back a step that one has just done."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history
from engine.clocks.pausing import pause_task, resume_task
from engine.errors import NotFoundError
from engine.flexible.telling import copy, urge
from engine.going_back.withdrawing import MayNotWithdrawError, withdraw_step
from engine.tables import tasks
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person
    from tests.engine.going_back.errands import Errand


def withdrawn(errands: Errand, task: UUID, *, by: Person | None = None) -> UUID | None:
    who = by or errands.clerk
    return withdraw_step(errands.conn, errands.case_id, task, by=who, now=NOW)


def test_a_step_is_taken_back_with_what_was_sent_and_can_be_sent_again(errands: Errand) -> None:
    prepared = errands.does("prepare", note="太快了")
    checked = errands.task("check")
    anew = withdrawn(errands, prepared)

    assert errands.open == {"prepare"}
    row = errands.row("prepare")
    assert (row.id, row.claimed_by, row.again) == (anew, errands.clerk.id, "withdrawn")
    assert open_task(errands.conn, row.id, by=errands.clerk).draft == {
        "note": ["太快了"], "urgent": ["false"],
    }  # fmt: skip
    assert errands.last.title.zh == "撤回：prepare名"
    assert errands.fallen == errands.taken_back == ["prepare"]
    with pytest.raises(TaskGoneError, match="taken the step before back"):
        complete_task(errands.conn, checked, Answered({"note": "x"}), by=errands.inspector, now=NOW)
    errands.does("prepare", note="慢慢来")
    assert errands.open == {"check", "file_away"}
    assert errands.holds


@pytest.mark.parametrize("deed", ["claim", "release", "draft", "complete"])
def test_not_once_somebody_else_has_touched_what_it_opened(errands: Errand, deed: str) -> None:
    prepared, conn, other = errands.does("prepare"), errands.conn, errands.inspector
    check = errands.task("check")
    if deed in ("claim", "release"):
        claim(conn, check, by=other, now=NOW)
    if deed == "release":
        release(conn, check, by=other, now=NOW)
    if deed == "draft":
        save_draft(conn, check, {"note": ["写"]}, by=other, now=NOW)
    if deed == "complete":
        errands.does("check")
    with pytest.raises(MayNotWithdrawError, match="return it") as refused:
        withdrawn(errands, prepared)
    assert "请让现在的办理人退回" in refused.value.zh
    assert "check" in refused.value.zh or deed == "complete"
    assert "prepare" not in errands.open


def test_looking_at_a_form_does_not_hinder_and_neither_does_ones_own_hand(errands: Errand) -> None:
    prepared = errands.does("prepare")
    open_task(errands.conn, errands.task("check"), by=errands.inspector)
    claim(errands.conn, errands.task("file_away"), by=errands.clerk, now=NOW)
    assert withdrawn(errands, prepared) is not None
    assert errands.open == {"prepare"}


def test_its_deadline_counts_on_from_when_it_first_began_and_not_while_it_stood(
    errands: Errand,
) -> None:
    conn, task = errands.conn, errands.task("prepare")
    first = errands.row("prepare").due_at
    later = [NOW + timedelta(minutes=minutes) for minutes in range(60)]
    pause_task(conn, task, "等样品", by=errands.clerk, now=later[5])
    resume_task(conn, task, by=errands.clerk, now=later[15])
    complete_task(conn, task, Answered({"note": "快"}), by=errands.clerk, now=later[20])
    anew = withdraw_step(conn, errands.case_id, task, by=errands.clerk, now=later[30])
    assert anew is not None
    assert errands.row("prepare").due_at == first + timedelta(minutes=10)
    complete_task(conn, anew, Answered({"note": "快"}), by=errands.clerk, now=later[31])
    withdraw_step(conn, errands.case_id, anew, by=errands.clerk, now=later[32])
    assert errands.row("prepare").due_at == first + timedelta(minutes=10)
    assert errands.holds


def test_a_deadline_that_passed_meanwhile_has_passed(errands: Errand) -> None:
    task = errands.does("prepare")
    withdraw_step(
        errands.conn, errands.case_id, task, by=errands.clerk, now=NOW + timedelta(hours=2)
    )
    assert errands.open == {"prepare", "urge"}


def test_urging_and_copying_do_not_hinder_for_they_leave_the_task_as_it_was(
    errands: Errand,
) -> None:
    prepared, conn = errands.does("prepare"), errands.conn
    urge(conn, errands.task("check"), "请快些", by=errands.colleague, now=NOW)
    reader = somebody(conn, "reader", {"gm"})
    copy(conn, errands.task("file_away"), [reader.id], "", by=errands.colleague, now=NOW)
    assert withdrawn(errands, prepared) is not None
    assert errands.open == {"prepare"}


def test_only_ones_own_last_step_of_an_open_case(errands: Errand) -> None:
    done = errands.to_signing()
    with pytest.raises(NotFoundError):
        withdrawn(errands, done["prepare"], by=errands.manager)
    with pytest.raises(MayNotWithdrawError, match="not the last"):
        withdrawn(errands, done["prepare"])
    signed = errands.does("sign")
    with pytest.raises(MayNotWithdrawError, match="over"):
        withdrawn(errands, signed, by=errands.manager)


def test_what_comes_at_a_join_is_taken_back_alone(errands: Errand) -> None:
    errands.does("prepare")
    errands.does("check")
    filed = errands.does("file_away")
    assert errands.open == {"sign"}
    withdrawn(errands, filed)
    assert errands.open == {"file_away"}
    errands.does("file_away")
    assert errands.open == {"sign"}
    assert errands.holds


def test_of_a_withdrawal_and_a_claim_at_once_one_wins_and_the_other_is_told(
    database: Engine,
) -> None:
    with database.begin() as conn:
        put_in_force(conn, errand())
        clerk, inspector = somebody(conn, "one", {"clerk"}), somebody(conn, "two", {"qc"})

    def take_back(case_id: UUID, task: UUID, ready: Barrier) -> str:
        ready.wait()
        try:
            with database.begin() as conn:
                withdraw_step(conn, case_id, task, by=clerk, now=NOW)
        except MayNotWithdrawError as told:
            return told.en
        return "won"

    def take(task: UUID, ready: Barrier) -> str:
        ready.wait()
        try:
            with database.begin() as conn:
                claim(conn, task, by=inspector, now=NOW)
        except TaskGoneError as told:
            return told.en
        return "won"

    with ThreadPoolExecutor(2) as pair:
        for _ in range(20):
            case_id, done, check, ready = *_checked(database, clerk), Barrier(2)
            one, other = (
                pair.submit(take_back, case_id, done, ready),
                pair.submit(take, check, ready),
            )
            results = [one.result(), other.result()]
            assert results.count("won") == 1, results
            loser = next(told for told in results if told != "won")
            assert "claimed" in loser or "taken the step before back" in loser
            assert left(database, case_id) == (
                {"prepare"} if results[0] == "won" else {"check", "file_away"}
            )


def left(database: Engine, case_id: UUID) -> set[str]:
    """Give what is open in a case whose chain verifies."""
    with database.connect() as conn:
        assert history.verify(conn, case_id) is None
        mine = sa.select(tasks.c.element).where(tasks.c.case_id == case_id)
        return set(conn.scalars(mine))


def _checked(database: Engine, clerk: Person) -> tuple[UUID, UUID, UUID]:
    """Give a case, its finished first task, and the open one of the inspector."""
    with database.begin() as conn:
        case_id = asked(conn, clerk).case_id
        done = waiting(conn, case_id)["prepare"]
        complete_task(conn, done, Answered({"note": "好"}), by=clerk, now=NOW)
        return case_id, done, _check(conn, case_id)


def _check(conn: Connection, case_id: UUID) -> UUID:
    return waiting(conn, case_id)["check"]

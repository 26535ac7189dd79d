"""What was read before a case is stopped, moved or taken back is what happens, or it is refused."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from engine.going_back.caseview import case_act_view
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.foreseeing import foreseen
from engine.going_back.intervening import PLACE, SKIP, Wanted
from engine.going_back.seconding import agree, asked_for, intervene
from engine.going_back.seen import PreviewChangedError
from engine.going_back.withdrawing import withdraw_step
from engine.settings import save
from engine.suspending.holding import suspend_case
from engine.tasks.completing import claim
from tests.engine.conftest import NOW
from tests.engine.small import somebody

if TYPE_CHECKING:
    from engine.people import Person
    from tests.engine.going_back.errands import Errand


@pytest.fixture
def owner(errands: Errand) -> Person:
    errands.does("prepare")
    return somebody(errands.conn, "owner", {"process-owner", "operator"})


def seen(errands: Errand, act: str, by: Person) -> str:
    return case_act_view(errands.conn, errands.case_id, act, by=by).seen


def test_a_case_is_cancelled_as_it_was_read(errands: Errand, owner: Person) -> None:
    read = seen(errands, "cancel", owner)
    claim(errands.conn, errands.task("check"), by=errands.inspector, now=NOW)
    with pytest.raises(PreviewChangedError):
        cancel_case(errands.conn, errands.case_id, "撤诉", seen=read, by=owner, now=NOW)
    assert "check" in errands.open

    view = case_act_view(errands.conn, errands.case_id, "cancel", by=owner)
    assert f"待办“check名”：{errands.inspector.name}" in {line.zh for line in view.stops}
    cancel_case(errands.conn, errands.case_id, "撤诉", seen=view.seen, by=owner, now=NOW)
    assert errands.open == set()


def test_a_cancelled_case_goes_on_where_it_was_read_to(errands: Errand, owner: Person) -> None:
    case_id, later = errands.case_id, NOW + timedelta(hours=1)
    cancel_case(errands.conn, case_id, "撤诉", by=owner, now=NOW)
    read = seen(errands, "reopen", owner)
    with pytest.raises(PreviewChangedError):
        reopen_case(errands.conn, case_id, None, "又来", seen="else", by=owner, now=later)
    reopen_case(errands.conn, case_id, None, "又来", seen=read, by=owner, now=later)
    assert errands.open == {"check", "file_away"}


def test_a_case_is_suspended_as_it_was_read(errands: Errand, owner: Person) -> None:
    read = seen(errands, "suspend", owner)
    errands.does("file_away")
    with pytest.raises(PreviewChangedError):
        suspend_case(errands.conn, errands.case_id, "等", None, seen=read, by=owner, now=NOW)
    read = seen(errands, "suspend", owner)
    suspend_case(errands.conn, errands.case_id, "等", None, seen=read, by=owner, now=NOW)
    assert errands.dossier.header.suspended is not None


def test_a_step_is_taken_back_as_it_was_read(errands: Errand) -> None:
    conn, case_id, clerk = errands.conn, errands.case_id, errands.clerk
    task = errands.does("prepare")
    with pytest.raises(PreviewChangedError):
        withdraw_step(conn, case_id, task, seen="else", by=clerk, now=NOW)
    withdraw_step(conn, case_id, task, seen=seen(errands, "withdraw", clerk), by=clerk, now=NOW)
    assert errands.open == {"prepare"}


@pytest.mark.parametrize(("kind", "to"), [(SKIP, ()), (PLACE, ("prepare",))])
def test_an_intervention_is_done_and_agreed_to_as_it_was_read(
    errands: Errand, owner: Person, kind: str, to: tuple[str, ...]
) -> None:
    errands.does("file_away")
    errands.does("check")
    conn, wanted = errands.conn, Wanted(kind, errands.case_id, errands.task("sign"), to)
    read = foreseen(conn, wanted, by=owner, now=NOW).seen
    with pytest.raises(PreviewChangedError):
        intervene(conn, wanted, "停电", seen="else", by=owner, now=NOW)
    save(conn, "second_person", [kind])
    assert intervene(conn, wanted, "停电", seen=read, by=owner, now=NOW) == "waiting"
    second, (row,) = somebody(conn, "second", {"operator"}), asked_for(conn)
    with pytest.raises(PreviewChangedError):
        agree(conn, row.id, seen="else", by=second, now=NOW)
    read = foreseen(conn, wanted, by=second, now=NOW).seen
    agree(conn, row.id, seen=read, by=second, now=NOW)
    assert "sign" not in errands.open

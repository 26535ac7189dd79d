"""Returning a task to a step that was done before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import history
from engine.cases.starts import NotYoursError
from engine.going_back.anew import STRAIGHT, THROUGH
from engine.going_back.returning import NoStepChosenError, NoWayError, return_task
from engine.going_back.returnview import return_view
from engine.going_back.seen import PreviewChangedError
from engine.reasons import BadReasonError
from engine.tables import people
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, save_draft
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskClaimedError, TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Engine

    from engine.people import Person
    from tests.engine.going_back.errands import Errand


def returned(
    errands: Errand,
    step: str,
    target: UUID | None,
    way: str = THROUGH,
    *,
    by: Person | None = None,
    why: str = "漏了一项",
) -> UUID:
    """Return an open step; give the task that it was."""
    task = errands.task(step)
    who = by or {"check": errands.inspector, "sign": errands.manager}.get(step, errands.clerk)
    return_task(errands.conn, task, target, way, why, by=who, now=NOW)
    return task


def test_the_page_lists_earlier_steps_the_nearest_first_with_who_did_them_and_what_stops(
    errands: Errand,
) -> None:
    errands.does("prepare", by=errands.colleague)
    claim(errands.conn, errands.task("file_away"), by=errands.clerk, now=NOW)
    view = return_view(errands.conn, errands.task("check"), by=errands.inspector, now=NOW)

    (prepare,) = view.steps
    assert prepare.who == errands.colleague.name
    assert [line.zh for line in prepare.stops] == [f"待办“file_away名”：{errands.clerk.name}"]

    errands.does("file_away")
    errands.does("check")
    view = return_view(errands.conn, errands.task("sign"), by=errands.manager, now=NOW)
    assert {step.names.zh for step in view.steps[:2]} == {"check名", "file_away名"}
    assert [len(step.stops) for step in view.steps] == [0, 0, 0]


def test_the_step_goes_to_whoever_did_it_with_what_they_had_sent(errands: Errand) -> None:
    done = errands.to_signing()
    returned(errands, "sign", done["check"])

    assert errands.open == {"check"}
    row = errands.row("check")
    assert (row.claimed_by, row.again) == (errands.inspector.id, "returned")
    view = open_task(errands.conn, row.id, by=errands.inspector)
    assert view.draft == {"note": ["check"]}
    assert view.again is not None
    assert (view.again.who, view.again.reason) == (errands.manager.name, "漏了一项")
    assert view.again.step.zh == "sign名"
    assert (
        errands.told(errands.inspector)[-1]
        == f"{errands.manager.name} 从“sign名”退回到“check名”：漏了一项"
    )
    assert (errands.fallen, errands.taken_back) == (["check"], [])
    assert errands.last.title.zh == "从“sign名”退回到“check名”"
    assert errands.last.sort is not None
    assert errands.last.sort.zh == "灵活办理"
    assert {note.zh for note in errands.last.notes} >= {
        "回到“check名”，再逐步办理", "原因：漏了一项",
    }  # fmt: skip
    assert errands.holds

    errands.does("check", note="补上")
    assert errands.open == {"sign"}
    assert errands.row("sign").again is None
    assert errands.holds


def test_whoever_did_a_later_step_reads_and_is_told_that_it_counts_no_more(
    errands: Errand,
) -> None:
    done = errands.to_signing()
    view = return_view(errands.conn, errands.task("sign"), by=errands.manager, now=NOW)
    undoes = {step.names.zh: [one.told.zh for one in step.undoes] for step in view.steps}
    assert undoes["check名"] == []
    assert undoes["prepare名"] == [
        f"“check名”：{errands.inspector.name}", f"“file_away名”：{errands.clerk.name}",
    ]  # fmt: skip
    returned(errands, "sign", done["prepare"])

    name = errands.manager.name
    assert errands.told(errands.inspector)[-1] == (
        f"您办的“check名”不再有效：{name} 从“sign名”退回到“prepare名”：漏了一项"
    )
    assert set(errands.fallen) == {"prepare", "check", "file_away"}


def test_what_has_changed_since_it_was_read_is_read_once_more(errands: Errand) -> None:
    prepared = errands.does("prepare")
    view = return_view(errands.conn, errands.task("check"), by=errands.inspector, now=NOW)
    (seen,) = (step.seen for step in view.steps)
    errands.does("file_away")
    task, who = errands.task("check"), errands.inspector
    with pytest.raises(PreviewChangedError):
        return_task(errands.conn, task, prepared, THROUGH, "漏", seen=seen, by=who, now=NOW)
    view = return_view(errands.conn, task, by=who, now=NOW)
    (seen,) = (step.seen for step in view.steps)
    return_task(errands.conn, task, prepared, THROUGH, "漏", seen=seen, by=who, now=NOW)
    assert errands.open == {"prepare"}


def test_siblings_are_cancelled_and_whoever_held_them_is_told(errands: Errand) -> None:
    prepared = errands.does("prepare")
    claim(errands.conn, filed := errands.task("file_away"), by=errands.colleague, now=NOW)
    returned(errands, "check", prepared)

    assert errands.open == {"prepare"}
    name = errands.inspector.name
    assert errands.told(errands.colleague) == [
        f"“file_away名”已取消：{name} 从“check名”退回到“prepare名”：漏了一项"
    ]
    with pytest.raises(TaskGoneError, match="has returned the case"):
        complete_task(
            errands.conn, filed, Answered({"note": "晚了"}), by=errands.colleague, now=NOW
        )


def test_a_straight_return_stops_nothing_and_tells_nobody_that_it_does(errands: Errand) -> None:
    prepared = errands.does("prepare")
    claim(errands.conn, errands.task("file_away"), by=errands.colleague, now=NOW)
    returned(errands, "check", prepared, STRAIGHT)

    assert errands.open == {"prepare", "file_away"}
    assert not any("取消" in told for told in errands.told(errands.colleague))


def test_it_comes_straight_back_to_whoever_returned_it_with_what_they_had_typed(
    errands: Errand,
) -> None:
    done = errands.to_signing()
    claim(errands.conn, errands.task("sign"), by=errands.manager, now=NOW)
    typed = {"note": ["写了一半"]}
    save_draft(errands.conn, errands.task("sign"), typed, by=errands.manager, now=NOW)
    returned(errands, "sign", done["prepare"], STRAIGHT)

    assert errands.open == {"prepare"}
    assert errands.row("prepare").again == "straight"
    assert errands.fallen == []

    errands.does("prepare", note="改过")
    assert errands.open == {"sign"}
    row = errands.row("sign")
    assert (row.claimed_by, row.again) == (errands.manager.id, "back")
    assert open_task(errands.conn, row.id, by=errands.manager).draft == typed
    assert errands.told(errands.manager)[-1] == "“prepare名”已重新办好，“sign名”回到您这里"
    assert errands.fallen == ["prepare"]
    errands.does("sign")
    assert errands.dossier.header.status == "ended"
    assert errands.holds


def test_what_was_returned_straight_can_be_returned_further_and_comes_back_twice(
    errands: Errand,
) -> None:
    done = errands.to_signing()
    returned(errands, "sign", done["check"], STRAIGHT)
    returned(errands, "check", done["prepare"], STRAIGHT)
    assert errands.open == {"prepare"}
    errands.does("prepare")
    assert errands.row("check").claimed_by == errands.inspector.id
    errands.does("check")
    assert errands.row("sign").claimed_by == errands.manager.id
    errands.does("sign")
    assert errands.holds


def test_whoever_has_left_is_followed_by_the_role_which_finds_the_old_answers(
    errands: Errand,
) -> None:
    prepared = errands.does("prepare", by=errands.colleague)
    leaver = sa.update(people).where(people.c.id == errands.colleague.id)
    errands.conn.execute(leaver.values(active=False))
    returned(errands, "check", prepared)

    row = errands.row("prepare")
    assert row.claimed_by is None
    view = open_task(errands.conn, row.id, by=errands.clerk)
    assert view.draft is None
    assert view.prefill_at(NOW)["note"] == "prepare"
    assert errands.told(errands.clerk)[-1].endswith("退回到“prepare名”：漏了一项")


def test_no_return_without_a_step_a_way_a_reason_or_the_right(errands: Errand) -> None:
    prepared = errands.does("prepare")
    for target, way in ((None, THROUGH), (prepared, "sideways")):
        with pytest.raises(NoStepChosenError):
            returned(errands, "check", target, way)
    with pytest.raises(NoWayError, match="never done"):
        returned(errands, "check", uuid4())
    with pytest.raises(BadReasonError):
        returned(errands, "check", prepared, why=" ")
    with pytest.raises(NotYoursError):
        returned(errands, "check", prepared, by=errands.clerk)
    claim(errands.conn, errands.task("file_away"), by=errands.colleague, now=NOW)
    with pytest.raises(TaskClaimedError):
        returned(errands, "file_away", prepared)
    assert errands.open == {"check", "file_away"}


def test_of_two_who_return_the_same_task_the_second_is_told(errands: Errand) -> None:
    prepared = errands.does("prepare")
    task = returned(errands, "check", prepared)
    with pytest.raises(TaskGoneError, match="has returned the case"):
        return_task(errands.conn, task, prepared, THROUGH, "再退", by=errands.inspector, now=NOW)
    assert drafts.load(errands.conn, drafts.of_task(task), by=errands.inspector) is None


def test_the_diagram_marks_what_was_sent_back_until_it_is_done_again(errands: Errand) -> None:
    done = errands.to_signing()
    returned(errands, "sign", done["check"])
    (view,) = errands.dossier.diagrams
    assert view.undone == {"join", "sign"}
    assert {"file_away", "prepare", "fork"} <= view.done
    assert view.current == {"check"}
    assert "check_to_join" not in view.taken
    assert "file_away_to_join" in view.taken

    errands.does("check")
    (view,) = errands.dossier.diagrams
    assert view.undone == set()
    assert "check_to_join" in view.taken


def test_of_two_who_return_at_once_one_wins_and_the_other_is_told(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, errand())
        clerk = somebody(conn, "one", {"clerk"})
        pair = [somebody(conn, login, {"qc"}) for login in ("two", "three")]

    def back(task: UUID, target: UUID, by: Person, ready: Barrier) -> str:
        ready.wait()
        try:
            with database.begin() as conn:
                return_task(conn, task, target, THROUGH, "再看", by=by, now=NOW)
        except (TaskGoneError, TaskClaimedError) as told:
            return told.en
        return "won"

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            with database.begin() as conn:
                case_id = asked(conn, clerk).case_id
                target = waiting(conn, case_id)["prepare"]
                complete_task(conn, target, Answered({"note": "好"}), by=clerk, now=NOW)
                task = waiting(conn, case_id)["check"]
            ready = Barrier(2)
            runs = [pool.submit(back, task, target, one, ready) for one in pair]
            told = sorted(run.result() for run in runs)
            assert told[1] == "won"
            assert "has returned the case" in told[0]
            with database.connect() as conn:
                assert set(waiting(conn, case_id)) == {"prepare"}
                assert history.verify(conn, case_id) is None

"""What was typed for a task that ends undone is there again once its place opens anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.going_back.anew import STRAIGHT, THROUGH
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.intervening import PLACE, Wanted
from engine.going_back.returning import return_task
from engine.going_back.returnview import return_view
from engine.going_back.seconding import intervene
from engine.tasks import left
from engine.tasks.completing import claim, complete_task, save_draft
from engine.tasks.taskview import open_task
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.hearing import listening
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from engine.people import Person
    from tests.engine.going_back.errands import Errand

HALF = {"note": ["写了一半"]}


def drafted(errands: Errand, step: str, by: Person) -> UUID:
    """Type something for an open step, without sending it; give its task."""
    task = errands.task(step)
    save_draft(errands.conn, task, HALF, by=by, now=NOW)
    return task


def draft_of(errands: Errand, step: str, by: Person) -> object:
    return open_task(errands.conn, errands.task(step), by=by).draft


def returned(errands: Errand, step: str, target: UUID, by: Person, way: str = THROUGH) -> None:
    return_task(errands.conn, errands.task(step), target, way, "漏了", by=by, now=NOW)


def test_a_draft_of_a_cancelled_sibling_is_kept_and_its_writer_is_told(errands: Errand) -> None:
    prepared, writer = errands.does("prepare"), errands.colleague
    filed = drafted(errands, "file_away", writer)
    view = return_view(errands.conn, errands.task("check"), by=errands.inspector, now=NOW)
    assert [line.zh for line in view.steps[0].stops] == [
        f"待办“file_away名”：内勤（{writer.name} 已填写的草稿保留）"
    ]
    returned(errands, "check", prepared, errands.inspector)

    name = errands.inspector.name
    (told,) = errands.told(writer)
    assert told == f"“file_away名”已取消：{name} 从“check名”退回到“prepare名”：漏了"
    place = "errand/file_away"
    assert left.typed_for(errands.conn, filed, by=writer) == (place, HALF)
    assert left.typed_for(errands.conn, filed, by=errands.clerk) is None
    errands.does("prepare")
    assert draft_of(errands, "file_away", writer) == HALF
    assert left.typed_for(errands.conn, filed, by=writer) == (place, HALF)
    assert draft_of(errands, "check", errands.inspector) is None


@pytest.mark.parametrize("way", [THROUGH, STRAIGHT])
def test_a_draft_of_the_task_that_is_returned_is_there_when_it_comes_back(
    errands: Errand, way: str
) -> None:
    done = errands.to_signing()
    drafted(errands, "sign", errands.manager)
    returned(errands, "sign", done["check"], errands.manager, way)
    errands.does("check")
    assert draft_of(errands, "sign", errands.manager) == HALF


def test_claim_and_draft_of_a_cancelled_case_are_there_once_it_goes_on(errands: Errand) -> None:
    owner = somebody(errands.conn, "owner", {"process-owner"})
    errands.does("prepare")
    claim(errands.conn, errands.task("file_away"), by=errands.colleague, now=NOW)
    drafted(errands, "file_away", errands.colleague)
    drafted(errands, "check", errands.inspector)
    cancel_case(errands.conn, errands.case_id, "撤诉", by=owner, now=NOW)
    assert errands.told(errands.inspector)[-1] == f"{owner.name} 撤销了本案：撤诉"
    reopen_case(errands.conn, errands.case_id, None, "又来", by=owner, now=NOW)

    assert errands.row("file_away").claimed_by == errands.colleague.id
    assert errands.row("check").claimed_by is None
    assert draft_of(errands, "file_away", errands.colleague) == HALF
    assert draft_of(errands, "check", errands.inspector) == HALF
    assert errands.told(errands.colleague)[-1] == f"{owner.name} 重新打开了案件：又来"


def test_the_newest_of_several_drafts_is_the_one_that_goes_on(errands: Errand) -> None:
    prepared = errands.does("prepare")
    drafted(errands, "check", errands.inspector)
    returned(errands, "file_away", prepared, errands.clerk)
    newer = {"note": ["更多"]}
    save_draft(errands.conn, errands.task("prepare"), newer, by=errands.clerk, now=NOW)
    owner = somebody(errands.conn, "owner", {"process-owner"})
    cancel_case(errands.conn, errands.case_id, "撤诉", by=owner, now=NOW)
    reopen_case(errands.conn, errands.case_id, None, "又来", by=owner, now=NOW)
    assert draft_of(errands, "prepare", errands.clerk) == newer
    errands.does("prepare")
    assert draft_of(errands, "check", errands.inspector) == HALF


def test_a_token_that_is_put_where_it_was_keeps_what_was_typed(errands: Errand) -> None:
    drafted(errands, "prepare", errands.clerk)
    wanted = Wanted(PLACE, errands.case_id, errands.task("prepare"), ("prepare",))
    operator = somebody(errands.conn, "operator", {"operator"})
    intervene(errands.conn, wanted, "重来", by=operator, now=NOW)
    assert draft_of(errands, "prepare", errands.clerk) == HALF


def test_a_step_sends_no_more_statements_unless_there_is_something_to_carry(
    errands: Errand,
) -> None:
    prepared = errands.does("prepare")
    with listening(errands.conn) as first:
        errands.does("check")
    returned(errands, "file_away", prepared, errands.clerk)
    errands.does("prepare")
    posted = Answered({"note": "再查"})
    task = errands.task("check")
    with listening(errands.conn) as again:
        complete_task(errands.conn, task, posted, by=errands.inspector, now=NOW)
    assert len(again) <= len(first) <= 9

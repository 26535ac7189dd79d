"""Signatures on a task: asked before its answers or after them, given, refused, taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import history
from engine.cases.starts import InvalidAnswersError
from engine.errors import NotFoundError
from engine.flexible.asking import BadGroupError, Wanted, ask, remove
from engine.flexible.choosing import NobodyChosenError
from engine.flexible.delegating import delegate
from engine.flexible.handing import transfer
from engine.flexible.signing import SignedAlreadyError, sign
from engine.history import dossier
from engine.reasons import BadReasonError
from engine.tables import signings
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.waiting import SigningError, TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.flexible.conftest import row, told

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


def asks(
    conn: Connection, task: UUID, by: Person, place: str, *people: Person, **how: object
) -> None:
    mode, ratio = str(how.get("mode", "all")), how.get("ratio")
    share = ratio if isinstance(ratio, int) else None
    wanted = Wanted(place, mode, share, [one.id for one in people])
    ask(conn, task, wanted, "请看", by=by, now=NOW)


def signs(
    conn: Connection, task: UUID, by: Person, answer: str = "agreed", said: str = "好"
) -> None:
    mine = sa.and_(signings.c.task_id == task, signings.c.person_id == by.id)
    latest = (
        sa.select(signings.c.id)
        .where(mine)
        .order_by(signings.c.asked_at.desc(), signings.c.number.desc())
    )
    sign(conn, conn.scalars(latest).first() or task, answer, said, by=by, now=NOW)


def statuses(conn: Connection, task: UUID) -> list[str]:
    ours = sa.select(signings.c.status).where(signings.c.task_id == task)
    return list(conn.scalars(ours.order_by(signings.c.asked_at, signings.c.number)))


def test_nobody_sends_before_the_opinions_are_in(
    connection: Connection, clerk: Person, inspector: Person, manager: Person, task: UUID
) -> None:
    asks(connection, task, clerk, "before", inspector, manager)
    assert row(connection, task).claimed_by == clerk.id
    assert told(connection, manager) == [f"{clerk.name} 请您会签“prepare名”：请看"]
    with pytest.raises(SigningError):
        complete_task(connection, task, NOTE, by=clerk, now=NOW)
    with pytest.raises(BadReasonError):
        signs(connection, task, inspector, said=" ")
    signs(connection, task, inspector, "refused", "数据不足")
    with pytest.raises(SigningError):
        complete_task(connection, task, NOTE, by=clerk, now=NOW)
    signs(connection, task, manager)
    assert told(connection, clerk) == ["会签意见已齐，可以提交：“prepare名”"]
    with pytest.raises(SignedAlreadyError) as told_so:
        signs(connection, task, manager)
    assert told_so.value.zh == "您已签过：同意。"
    with pytest.raises(SignedAlreadyError, match="not agreed"):
        signs(connection, task, inspector)
    case_id = complete_task(connection, task, NOTE, by=clerk, now=NOW).case_id
    timeline = dossier.case(connection, case_id, by=clerk).timeline
    assert [entry.title.zh for entry in timeline[1:4]] == [
        "请会签：prepare名",
        "不同意：prepare名",
        "同意：prepare名",
    ]
    assert [note.zh for note in timeline[1].notes] == [
        "前加签；会签：所有人都签",
        f"对象：{inspector.name}、{manager.name}",
        "原因：请看",
    ]
    assert [note.zh for note in timeline[3].notes] == ["意见：好", "意见已齐，同意与否供办理人参考"]
    assert history.verify(connection, case_id) is None


def test_answers_go_on_once_they_are_signed_and_are_their_senders(
    connection: Connection, clerk: Person, inspector: Person, manager: Person, task: UUID
) -> None:
    case_id: UUID = row(connection, task).case_id
    with pytest.raises(InvalidAnswersError):
        asks(connection, task, clerk, "after", inspector)
    save_draft(connection, task, {"note": ["已办"]}, by=clerk, now=NOW)
    asks(connection, task, clerk, "after", inspector, manager, mode="order")
    assert statuses(connection, task) == ["asked", "waiting"]
    assert told(connection, manager) == []
    for refused in (
        lambda: complete_task(connection, task, NOTE, by=clerk, now=NOW),
        lambda: release(connection, task, by=clerk, now=NOW),
        lambda: transfer(connection, task, clerk.id, "不", by=clerk, now=NOW),
        lambda: delegate(connection, task, inspector.id, "不", by=clerk, now=NOW),
        lambda: asks(connection, task, clerk, "before", manager),
    ):
        with pytest.raises(SigningError):
            refused()
    with pytest.raises(SignedAlreadyError):
        signs(connection, task, manager)
    signs(connection, task, inspector, said="")
    assert told(connection, manager) == ["轮到您会签：“prepare名”"]
    signs(connection, task, manager, said="")
    assert waiting(connection, case_id).keys() == {"check", "file_away"}
    done = dossier.case(connection, case_id, by=clerk).filled[-1]
    assert (done.who, done.values["note"]) == (clerk.name, "已办")
    assert history.verify(connection, case_id) is None
    assert statuses(connection, task) == ["agreed", "agreed"]


def test_answers_that_are_not_signed_come_back_as_they_were_typed(
    connection: Connection, clerk: Person, inspector: Person, manager: Person, task: UUID
) -> None:
    save_draft(connection, task, {"note": ["初稿"]}, by=clerk, now=NOW)
    asks(connection, task, clerk, "after", inspector, manager, mode="any")
    signs(connection, task, inspector, "refused", "不妥")
    assert row(connection, task).signing == "after"
    with pytest.raises(BadReasonError):
        signs(connection, task, manager, "refused", "")
    signs(connection, task, manager, "refused", "同上")
    assert told(connection, clerk) == ["会签未通过，已退回给您修改：“prepare名”"]
    assert drafts.load(connection, drafts.of_task(task), by=clerk) == {"note": ["初稿"]}
    assert (row(connection, task).signing, row(connection, task).sent) == (None, None)
    complete_task(connection, task, NOTE, by=clerk, now=NOW)


def test_who_is_taken_away_is_not_waited_for(
    connection: Connection, clerk: Person, inspector: Person, manager: Person, task: UUID
) -> None:
    asks(connection, task, clerk, "before", inspector)
    asks(connection, task, clerk, "before", manager)
    with pytest.raises(NobodyChosenError):
        asks(connection, task, clerk, "before", manager)
    for nobody in (None, clerk.id):
        with pytest.raises(NobodyChosenError):
            remove(connection, task, nobody, "不用了", by=clerk, now=NOW)
    signs(connection, task, inspector)
    remove(connection, task, manager.id, "不用了", by=clerk, now=NOW)
    assert told(connection, manager)[-1] == f"{clerk.name} 取消了请您会签“prepare名”：不用了"
    with pytest.raises(SignedAlreadyError) as told_so:
        signs(connection, task, manager)
    assert told_so.value.zh == f"{clerk.name} 已减去您的会签（不用了），不必再签。"
    with pytest.raises(SignedAlreadyError, match="agreed"):
        signs(connection, task, inspector)
    case_id = complete_task(connection, task, NOTE, by=clerk, now=NOW).case_id
    assert history.verify(connection, case_id) is None


def test_answers_that_nobody_is_left_to_sign_come_back(
    connection: Connection, clerk: Person, inspector: Person, task: UUID
) -> None:
    save_draft(connection, task, {"note": ["初稿"]}, by=clerk, now=NOW)
    asks(connection, task, clerk, "after", inspector, mode="ratio", ratio=100)
    remove(connection, task, inspector.id, "他出差", by=clerk, now=NOW)
    assert row(connection, task).signing is None
    assert told(connection, clerk) == ["会签未通过，已退回给您修改：“prepare名”"]


def test_signatures_are_asked_as_they_count(
    connection: Connection, clerk: Person, inspector: Person, task: UUID
) -> None:
    for how in ({"mode": "most"}, {"mode": "ratio"}, {"mode": "ratio", "ratio": 101}):
        with pytest.raises(BadGroupError):
            asks(connection, task, clerk, "before", inspector, **how)
    with pytest.raises(NobodyChosenError):
        asks(connection, task, clerk, "before")
    with pytest.raises(NobodyChosenError):
        asks(connection, task, clerk, "before", clerk)
    with pytest.raises(NotFoundError):
        signs(connection, task, inspector)


def test_what_ends_a_task_voids_what_it_waited_for(
    connection: Connection, clerk: Person, colleague: Person, inspector: Person, task: UUID
) -> None:
    claim(connection, task, by=clerk, now=NOW)
    asks(connection, task, clerk, "before", inspector)
    release(connection, task, by=clerk, now=NOW)
    with pytest.raises(SigningError):
        complete_task(connection, task, NOTE, by=colleague, now=NOW)
    signs(connection, task, inspector)
    asks(connection, task, colleague, "before", inspector)
    connection.execute(sa.text("update tasks set signing = null"))
    complete_task(connection, task, NOTE, by=colleague, now=NOW)
    assert statuses(connection, task) == ["agreed", "void"]
    with pytest.raises(TaskGoneError):
        signs(connection, task, inspector)

"""Delegating: somebody prepares, the owner sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import history
from engine.cases.starts import NotYoursError
from engine.flexible.delegating import NotDelegatedError, delegate, give_back, take_back
from engine.flexible.handing import transfer
from engine.substituting.handing_over import leave
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.taskview import open_task
from engine.tasks.waiting import DelegatedError, TaskClaimedError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.flexible.conftest import row, told
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})


def test_a_delegate_of_another_role_prepares_and_the_owner_sends(
    connection: Connection, clerk: Person, inspector: Person, task: UUID
) -> None:
    save_draft(connection, task, {"note": ["起头"]}, by=clerk, now=NOW)
    delegate(connection, task, inspector.id, "请写明数据", by=clerk, now=NOW)
    view = open_task(connection, task, by=inspector)
    assert view.draft == {"note": ["起头"]}
    assert told(connection, inspector) == [
        f"{clerk.name} 请您先办“prepare名”，办好交回：请写明数据"
    ]

    save_draft(connection, task, {"note": ["起头，数据在此"]}, by=inspector, now=NOW)
    for refused in (
        lambda: complete_task(connection, task, NOTE, by=inspector, now=NOW),
        lambda: release(connection, task, by=inspector, now=NOW),
        lambda: transfer(connection, task, clerk.id, "不会", by=inspector, now=NOW),
        lambda: delegate(connection, task, clerk.id, "不会", by=inspector, now=NOW),
    ):
        with pytest.raises(DelegatedError):
            refused()
    with pytest.raises(TaskClaimedError):
        complete_task(connection, task, NOTE, by=clerk, now=NOW)

    give_back(connection, task, "写好了", by=inspector, now=NOW)
    assert (row(connection, task).claimed_by, row(connection, task).owner) == (clerk.id, None)
    assert told(connection, clerk) == [f"{inspector.name} 交回“prepare名”：写好了"]
    assert open_task(connection, task, by=clerk).draft == {"note": ["起头，数据在此"]}
    with pytest.raises(NotDelegatedError):
        give_back(connection, task, "再交", by=clerk, now=NOW)
    case_id = complete_task(connection, task, NOTE, by=clerk, now=NOW).case_id
    assert history.verify(connection, case_id) is None


def test_an_owner_takes_back_with_what_the_other_typed(
    connection: Connection, clerk: Person, colleague: Person, inspector: Person, task: UUID
) -> None:
    delegate(connection, task, inspector.id, "请帮忙", by=clerk, now=NOW)
    save_draft(connection, task, {"note": ["到这里"]}, by=inspector, now=NOW)
    for stranger in (colleague, inspector):
        with pytest.raises(NotDelegatedError):
            take_back(connection, task, by=stranger, now=NOW)
    take_back(connection, task, by=clerk, now=NOW)
    assert drafts.load(connection, drafts.of_task(task), by=clerk) == {"note": ["到这里"]}
    assert told(connection, inspector)[-1] == f"{clerk.name} 收回了“prepare名”，您不必再办"
    with pytest.raises(NotDelegatedError):
        take_back(connection, task, by=clerk, now=NOW)
    with pytest.raises(NotYoursError) as refused:
        open_task(connection, task, by=inspector)
    assert refused.value.zh.startswith(f"{clerk.name} 已收回这件待办，您不必再办。")
    with pytest.raises(NotYoursError, match=r"^此步骤由“内勤”办理，您没有该角色"):
        open_task(connection, task, by=somebody(connection, "stranger", {"gm"}))


def test_a_delegated_task_outlives_the_leaving_of_either(
    connection: Connection, clerk: Person, colleague: Person, inspector: Person, task: UUID
) -> None:
    claim(connection, task, by=clerk, now=NOW)
    delegate(connection, task, inspector.id, "请帮忙", by=clerk, now=NOW)
    leave(connection, inspector.login, (), "离职", by=None, now=NOW)
    assert (row(connection, task).claimed_by, row(connection, task).owner) == (clerk.id, None)

    delegate(connection, task, colleague.id, "请帮忙", by=clerk, now=NOW)
    leave(connection, clerk.login, (), "离职", by=None, now=NOW)
    give_back(connection, task, "写好了", by=colleague, now=NOW)
    assert (row(connection, task).claimed_by, row(connection, task).owner) == (None, None)


def test_what_both_typed_is_there_once_a_task_is_given_back(
    connection: Connection, clerk: Person, inspector: Person, task: UUID
) -> None:
    for own, theirs in (("我写的", "代写的"), ("我又写", "又代写")):
        delegate(connection, task, inspector.id, "请帮忙", by=clerk, now=NOW)
        save_draft(connection, task, {"note": [own]}, by=clerk, now=NOW)
        save_draft(connection, task, {"note": [theirs]}, by=inspector, now=NOW)
        give_back(connection, task, "写好了", by=inspector, now=NOW)
        assert open_task(connection, task, by=clerk).draft == {"note": [theirs]}
    kept = open_task(connection, task, by=clerk).hold.replaced
    assert {"note": ["我写的"]} in kept
    assert {"note": ["我又写"]} in kept

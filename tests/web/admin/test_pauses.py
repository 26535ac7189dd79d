"""The page of what stands: paused clocks and suspended cases, since when, why, and by whom."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.clocks import pausing
from engine.suspending import holding
from engine.tables import tasks
from tests.engine.clocks.deskwork import at, deskwork, opened
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor

HOME = "/admin/pauses"
HOUR = timedelta(hours=1)


def test_paused_clocks_are_listed_with_their_reason_and_a_link(
    sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    lin = sign_in("lin")
    lin.get(HOME)
    assert "没有暂停的计时，也没有挂起的案件" in lin.text
    since = at("2026-11-10T14:00")
    with database.begin() as conn:
        put_in_force(conn, deskwork())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        case_id = opened(conn, clerk)
        (task,) = conn.scalars(sa.select(tasks.c.id).where(tasks.c.case_id == case_id))
        pausing.pause_task(conn, task, "等客户<寄样>", by=clerk, now=since)
        pausing.pause_case(conn, case_id, "停工", by=clerk, now=since + HOUR)
    lin.get(HOME)
    step, whole = (" ".join(row.text_content().split()) for row in lin.all("//main//ul/li"))
    assert step.startswith("prepare名 ")
    assert f"原因：等客户<寄样> · {clerk.name}" in step
    assert whole.startswith("全案 ")
    assert "11月10日 15:00 已停 " in whole
    assert lin.all("//main//ul/li/a/@href") == [f"/cases/{case_id}"] * 2
    lin.get(f"/cases/{case_id}")
    assert lin.status == 200
    he = sign_in("he")
    he.post("/language/en", {})
    he.get(HOME)
    assert "The whole case" in he.text
    assert sign_in("fang").get(HOME).status_code == 403


def test_suspended_cases_are_listed_too_and_go_on_from_there(
    sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    lin = sign_in("lin")
    with database.begin() as conn:
        put_in_force(conn, deskwork())
        owner = somebody(conn, "owner", {"process-owner"})
        case_id = opened(conn, somebody(conn, "clerk-one", {"clerk"}))
        holding.suspend_case(conn, case_id, "等法院", None, by=owner, now=at("2026-11-10T14:00"))
    lin.get(HOME)
    suspended = " ".join(lin.all("//main//ul/li")[0].text_content().split())
    assert suspended.startswith("全案 挂起 ")
    assert f"原因：等法院 · {owner.name} 等人恢复" in suspended
    (resume,) = lin.all("//main//a[contains(@href, '/acts/')]/@href")
    lin.post(resume, {})
    lin.get(HOME)
    assert "等法院" not in lin.text

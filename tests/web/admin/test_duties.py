"""The page of duties: rule, next date and runs; switching, and starting one by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from engine.duties.dutyview import all_duties
from engine.duties.starting import start_next
from tests.engine.duties.tidying import tidying
from tests.engine.small import put_in_force

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from tests.web.visiting import Visitor

HOME = "/admin/duties"
WHY = "why.tidying"


@pytest.fixture
def lin(database: sa.Engine, sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of the process owner, with one duty in force."""
    with database.begin() as conn:
        put_in_force(conn, tidying())
    visitor = sign_in("lin")
    visitor.get(HOME)
    return visitor


def card(visitor: Visitor) -> str:
    (found,) = visitor.all("//section[@id='tidying']")
    return " ".join(found.text_content().split())


def test_it_says_its_rule_its_next_date_and_what_it_started(
    lin: Visitor, database: sa.Engine
) -> None:
    assert "每月 10 日 上班时，遇休息日提前到前一个工作日" in card(lin)
    assert "启用" in card(lin)
    assert "启动过的" not in card(lin)
    with database.begin() as conn:
        assert start_next(conn, now=datetime(2027, 2, 15, 4, tzinfo=UTC))
    lin.get(HOME)
    assert "对应日期 2027-02-10" in card(lin)
    assert "补上错过的 3 次" in card(lin)
    assert "共 3 次，已由其后的一次补上" in card(lin)
    lin.post("/language/en", {})
    lin.get(HOME)
    assert "makes up for 3 missed" in card(lin)


def test_it_is_switched_off_and_on(lin: Visitor, database: sa.Engine) -> None:
    off, on = f"{HOME}/tidying/off", f"{HOME}/tidying/on"
    assert lin.post(off, lin.values(off) | {WHY: " "}).status_code == 422
    assert "请写明原因" in card(lin)
    assert "停用中，不启动" not in card(lin)
    lin.follow(lin.post(off, lin.values(off) | {WHY: "盘库"}))
    assert "停用中，不启动" in card(lin)
    assert "林娜" in card(lin)
    assert "停用：盘库" in card(lin)
    lin.follow(lin.post(on, lin.values(on) | {WHY: "盘完"}))
    assert "启用：盘完" in card(lin)
    with database.connect() as conn:
        assert [duty.active for duty in all_duties(conn) if duty.procedure == "tidying"] == [True]
    assert lin.post(f"{HOME}/nothing/on", {WHY: "盘完"}).status_code == 404


def test_one_is_started_now(lin: Visitor) -> None:
    there = f"{HOME}/tidying/start"
    answer = lin.post(there, {**lin.values(there), WHY: "盘点提前"})
    lin.follow(answer)
    assert "手工启动" in lin.text
    assert "原因：盘点提前" in lin.text
    assert "林娜" in lin.text


def test_one_is_not_started_without_a_reason_and_what_was_typed_stays(lin: Visitor) -> None:
    there = f"{HOME}/tidying/start"
    typed = "因" * 1001
    assert lin.post(there, {**lin.values(there), WHY: typed}).status_code == 422
    assert "请写明原因" in card(lin)
    assert lin.values(there)[WHY] == typed
    assert lin.post(there, lin.values(there) | {WHY: " "}).status_code == 422
    lin.get(HOME)
    assert "启动过的" not in card(lin)


def test_a_faulty_one_says_why(lin: Visitor, database: sa.Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, tidying(condition="kilos > 5"))
    assert lin.post(f"{HOME}/tidying/start", {WHY: "盘点提前"}).status_code == 500
    assert "没有启动" in lin.text


def test_it_is_the_process_owners(lin: Visitor, sign_in: Callable[[str], Visitor]) -> None:
    assert lin.path == HOME
    fang = sign_in("fang")
    assert fang.get(HOME).status_code == 403
    for verb in ("on", "off", "start"):
        assert fang.post(f"{HOME}/tidying/{verb}").status_code == 403

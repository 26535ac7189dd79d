"""Going back in a case on its pages: returning a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import tasks
from tests.web.visiting import task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


@pytest.fixture
def form_task(fang: Visitor) -> str:
    """Give the address of the second task of a complaint, of sales like the first."""
    return task_path(fang.does(task_path(fang.opens()), "establish_data"))


def choose(visitor: Visitor, task: str, **typed: str) -> int:
    """Go from a task to the page of returning it, choose the nearest step, and send that."""
    visitor.get(task)
    kept = visitor.values(f"{task}/complete")
    visitor.follow(visitor.post(f"{task}/acts/return/begin", {**kept, "_form": "x"}))
    target = visitor.all("//input[@name='target']/@value")[0]
    sent = {**visitor.values(f"{task}/acts/return"), "target": target, **typed}
    return visitor.post(f"{task}/acts/return", sent).status_code


def test_a_task_is_returned_with_a_reason_and_says_so_wherever_it_is_shown(
    fang: Visitor, form_task: str, database: sa.Engine
) -> None:
    assert choose(fang, form_task, reason="") == 422
    assert "请写明原因" in fang.text
    assert fang.all("//input[@name='target' and @checked]")
    assert choose(fang, form_task, reason="订单号写错了", way="through") == 303

    with database.connect() as conn:
        task = f"/tasks/{conn.scalar(sa.select(tasks.c.id))}"
    fang.get("/")
    (line,) = fang.all(f"//a[@href='{task}']")
    assert "退回" in line.text_content()
    fang.get(task)
    assert "办好后按图逐步再办" in fang.text
    assert "订单号写错了" in fang.text
    assert fang.values(f"{task}/complete")["order_no"] == "SO-2026-0815"
    case = fang.all("//a[contains(@href, '/cases/')]/@href")[0]
    fang.get(case)
    assert "退回：" in fang.text
    assert "灵活办理" in fang.text
    assert "已被退回重办" in fang.text


def test_the_first_step_cannot_be_returned(fang: Visitor) -> None:
    task = task_path(fang.opens())
    fang.get(task)
    assert "退回" not in fang.text
    fang.get(f"{task}/acts/return")
    assert "没有可以退回的步骤" in fang.text


def test_a_return_of_a_task_that_ended_meanwhile_is_refused_in_words(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    colleague = sign_in("min")
    colleague.get(f"{form_task}/acts/return")
    sent = {**colleague.values(f"{form_task}/acts/return"), "reason": "再看看"}
    assert choose(fang, form_task, reason="先退了") == 303
    assert colleague.post(f"{form_task}/acts/return", sent).status_code == 409
    assert "王芳 已退回" in colleague.text

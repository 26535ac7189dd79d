"""Returning a task on its page: which ways of coming back are offered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import people
from tests.engine.small import NOW, TEXT, form, put_in_force, small
from tests.engine.spiff.test_alike import twice_asked
from tests.web.visiting import PASSWORD, task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from tests.web.visiting import Visitor


def test_a_step_that_gateways_rely_on_says_beforehand_that_nothing_comes_straight_back_from_it(
    database: sa.Engine, fang: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    with database.begin() as conn:
        number = {"type": "integer"}
        asked = {f"demo/{step}": form(note=TEXT) for step in ("opened", "manager", "finance")}
        asked["demo/state"] = form(n=number, m=number)
        put_in_force(conn, small(twice_asked(), forms=asked))
        people.add_person(conn, "lei", "雷", password=PASSWORD, held={"clerk"}, now=NOW)
    lei = sign_in("lei")
    lei.get("/start/demo")
    task = task_path(lei.post("/start/demo", lei.values("/start/demo")))
    lei.get(task)
    sent = {**lei.values(f"{task}/complete"), "n": "6000", "m": "0"}
    task = task_path(lei.post(f"{task}/complete", sent))

    page = f"{task}/acts/return"
    lei.get(page)
    assert "只能逐步再办，不能直接回来" in lei.text
    assert lei.all("//input[@name='way']/@value") == ["through"]
    sent = {**lei.values(page), "target": lei.all("//input[@name='target']/@value")[0]}
    assert lei.post(page, {**sent, "reason": "金额不对", "way": "straight"}).status_code == 409
    assert "只能逐步再办，不能直接回来" in lei.text
    assert lei.all("//input[@name='way' and @checked]/@value") == ["through"]

    first = task_path(fang.opens())
    fang.get(f"{task_path(fang.does(first, 'establish_data'))}/acts/return")
    assert "不能直接回来" not in fang.text
    assert fang.all("//input[@name='way']/@value") == ["through", "straight"]

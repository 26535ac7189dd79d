"""Actions besides doing a task: offered where they may be done, read first, then done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.tables import notices, people, tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person
    from tests.web.visiting import Visitor


NOTE = "order_no"


def menu(visitor: Visitor) -> list[str]:
    return [text.strip("…") for text in visitor.all("//div[@class='acts']/button/text()")]


def act(visitor: Visitor, task: str, key: str, **typed: object) -> int:
    """Go from a task to the page of an action, and do it."""
    visitor.get(task)
    kept = visitor.values(f"{task}/complete") if visitor.all("//form[@id='answers']") else {}
    visitor.follow(visitor.post(f"{task}/acts/{key}/begin", {**kept, "_form": "x"}))
    return does(visitor, task, key, **typed)


def does(visitor: Visitor, task: str, key: str, **typed: object) -> int:
    action = f"{task}/acts/{key}"
    return visitor.post(action, {**visitor.values(action), **typed}).status_code


def test_the_menu_has_what_this_person_may_do_now(
    fang: Visitor, task: str, sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    fang.get(task)
    assert menu(fang) == ["转办", "委派", "前加签", "后加签", "抄送"]
    fang.post(f"{task}/claim")
    fang.get(task)
    assert menu(fang) == ["转办", "委派", "前加签", "后加签", "抄送"]
    colleague = sign_in("min")
    colleague.get(task)
    assert menu(colleague) == ["催办", "抄送"]

    with database.connect() as conn:
        case = f"/cases/{conn.scalar(sa.select(tasks.c.case_id))}"
    owner = sign_in("lin")
    owner.get(case)
    assert owner.all("//div[@class='row-why acts']/a/text()") == ["指派", "催办"]
    stranger = sign_in("yang")
    stranger.get(case)
    assert stranger.all("//div[@class='row-why acts']/a") == []


def test_the_consequence_is_read_before_anything_is_done(fang: Visitor, task: str) -> None:
    fang.get(task)
    fang.follow(fang.post(f"{task}/acts/transfer/begin", fang.values(f"{task}/complete")))
    assert "从此由对方办理" in fang.text
    assert "时限照常计算" in fang.text
    names = [label.text_content() for label in fang.all("//ul[@class='people-list']//label")]
    assert any("敏敏" in name and "销售部" in name for name in names)
    assert not any("刘洋" in name for name in names)


def test_the_page_of_an_action_keeps_what_stands_in_it(
    fang: Visitor, task: str, staff: dict[str, Person]
) -> None:
    action, to = f"{task}/acts/transfer", str(staff["min"].id)
    fang.get(action)
    assert str(staff["fang"].id) not in fang.all("//input[@name='to']/@value")
    assert fang.post(action, {"to": to, "reason": " "}).status_code == 422
    assert "请写明原因" in fang.text
    assert fang.values(action)["to"] == to
    assert fang.post(action, {"reason": "出差"}).status_code == 422
    assert "请选择一个人" in fang.text
    found = {"to": to, "reason": "出差", "people": "王芳", "search": "1"}
    assert fang.post(action, found).status_code == 200
    assert fang.values(action) == {**fang.values(action), "to": to, "reason": "出差"}


def test_what_was_typed_goes_with_a_transfer(
    fang: Visitor,
    task: str,
    staff: dict[str, Person],
    sign_in: Callable[[str], Visitor],
    database: sa.Engine,
) -> None:
    fang.get(task)
    typed = {**fang.values(f"{task}/complete"), NOTE: "IS80-65"}
    action = f"{task}/acts/transfer"
    fang.follow(fang.post(f"{action}/begin", typed))
    fang.follow(fang.post(action, {"to": str(staff["min"].id), "reason": "出差"}))
    assert fang.path.startswith("/cases/")
    assert "对方会收到通知" in fang.text
    assert "转办：" in fang.text

    minmin = sign_in("min")
    minmin.get("/")
    assert "王芳 将" in minmin.text
    minmin.get(task)
    assert minmin.values(f"{task}/complete")[NOTE] == "IS80-65"
    assert fang.get(action).status_code == 409
    with database.connect() as conn:
        assert conn.scalar(sa.select(tasks.c.claimed_by)) == staff["min"].id


def test_a_delegate_gives_back_and_cannot_send(
    fang: Visitor, task: str, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    chosen = {"to": str(staff["yang"].id), "reason": "请写技术部分"}
    assert act(fang, task, "delegate", **chosen) == 303
    fang.get(task)
    assert "您已委派给 刘洋" in fang.text
    fang.follow(fang.post(f"{task}/draft", {**fang.values(f"{task}/draft"), NOTE: "我另写的"}))
    fang.get("/")
    (lent,) = fang.all("//section[@aria-labelledby='lent']//li")
    assert "在 刘洋 处" in lent.text_content()
    yang = sign_in("yang")
    yang.get("/")
    assert task in yang.all("//a[@class='row-main']/@href")
    yang.get(task)
    assert "王芳 委派您先办" in yang.text
    back = f"{task}/acts/give-back"
    answers = {**yang.values(f"{back}/begin"), NOTE: "IS50"}
    assert yang.post(f"{task}/complete", answers).status_code == 409
    assert "须交回委派人" in yang.text
    yang.follow(yang.post(f"{back}/begin", answers))
    assert "成为其草稿" in yang.text
    assert does(yang, task, "give-back", reason="写好了") == 303
    fang.get(task)
    assert fang.values(f"{task}/complete")[NOTE] == "IS50"
    assert "您先前填写的内容" in fang.text
    assert "我另写的" in [each.text for each in fang.all("//dl[@id='kept-values']//dd")]
    assert yang.get(task).status_code == 403


def test_somebody_is_urged_and_copied(
    fang: Visitor,
    task: str,
    staff: dict[str, Person],
    sign_in: Callable[[str], Visitor],
    database: sa.Engine,
) -> None:
    fang.post(f"{task}/claim")
    minmin = sign_in("min")
    assert act(minmin, task, "urge") == 303
    assert act(minmin, task, "urge", reason="快些") == 409
    assert "一小时内您已催过" in minmin.text
    people = [str(staff[login].id) for login in ("yang", "nobody")]
    assert act(fang, task, "copy", to=people) == 303
    with database.connect() as conn:
        case_id = conn.scalar(sa.select(tasks.c.case_id))
        texts = list(conn.scalars(sa.select(notices.c.zh).order_by(notices.c.id)))
    assert [text.split("“")[0] for text in texts] == [
        "敏敏 催办",
        "王芳 抄送您本案（",
        "王芳 抄送您本案（",
    ]
    assert sign_in("nobody").get(f"/cases/{case_id}").status_code == 200


def test_what_is_not_offered_is_refused_with_words(
    fang: Visitor, task: str, sign_in: Callable[[str], Visitor]
) -> None:
    assert fang.get(f"{task}/acts/dance").status_code == 404
    assert fang.get(f"{task}/acts/give-back").status_code == 409
    assert "现在不能由您交回" in fang.text
    yang = sign_in("yang")
    for key in ("transfer", "assign", "urge", "copy"):
        assert yang.get(f"{task}/acts/{key}").status_code == 409
        assert yang.post(f"{task}/acts/{key}", {"reason": "x"}).status_code == 409


def test_what_was_asked_stands_on_the_task_of_whoever_has_it(
    fang: Visitor, task: str, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    minmin = sign_in("min")
    to, wish = str(staff["min"].id), "请先核对批号"
    assert act(fang, task, "delegate", to=to, reason=wish) == 303
    minmin.get(task)
    assert f"要求：{wish}" in minmin.text
    fang.get(task)
    assert f"王芳 请敏敏先办：{wish}" in fang.text
    word = "批号" * 200
    minmin.get(f"{task}/acts/give-back")
    assert does(minmin, task, "give-back", reason=word) == 303
    fang.get(task)
    assert "敏敏 已办好交回您：批号" in fang.text
    (summary,) = fang.all("//details[@class='clamped']/summary/span/text()")
    assert len(summary) < 110
    assert act(fang, task, "transfer", to=to, reason="出差") == 303
    minmin.get(task)
    assert "王芳 转给您办理：出差" in minmin.text
    minmin.post(f"{task}/release")
    minmin.get(task)
    assert "出差" not in minmin.text


def test_who_has_a_step_is_said_on_the_case_and_nobody_else_is_offered_it(
    fang: Visitor, task: str, staff: dict[str, Person], sign_in: Callable[[str], Visitor]
) -> None:
    minmin = sign_in("min")
    fang.get(task)
    (case, *_) = fang.all("//a[contains(@href, '/cases/')]/@href")
    opened = "//section[@aria-labelledby='now']//a[contains(@class, 'btn-primary')]/text()"
    minmin.get(case)
    assert minmin.all(opened) == ["办理"]
    fang.post(f"{task}/claim")
    minmin.get(case)
    assert "王芳 已领取" in minmin.text
    assert minmin.all(opened) == []
    minmin.get(task)
    assert "王芳 已领取这件待办" in minmin.text
    assert not minmin.all("//form[@id='answers']//button[text()='提交']")
    fang.get(case)
    assert fang.all(opened) == ["办理"]
    assert act(fang, task, "delegate", to=str(staff["min"].id), reason="先办") == 303
    fang.get(case)
    assert "王芳 委派 敏敏 先办" in fang.text
    assert fang.all(opened) == []


def test_a_text_that_is_too_long_is_refused_in_words_and_stays(
    fang: Visitor, task: str, staff: dict[str, Person]
) -> None:
    action, long = f"{task}/acts/transfer", "长" * 1003
    fang.get(action)
    assert not fang.all("//textarea[@name='reason']/@maxlength")
    sent = {**fang.values(action), "to": str(staff["min"].id), "reason": long}
    assert fang.post(action, sent).status_code == 422
    assert "您写了 1003 字；请删减 3 字" in fang.text
    assert fang.values(action)["reason"] == long


def test_whom_nobody_can_take_it_from_is_asked_for_no_reason(
    fang: Visitor, task: str, database: sa.Engine, staff: dict[str, Person]
) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(people).where(people.c.id != staff["fang"].id).values(roles=["qc"]))
    fang.get(f"{task}/acts/transfer")
    assert "规程允许的人里没有别人" in fang.text
    assert not fang.all("//textarea[@name='reason'] | //form[@id='answers']//button")

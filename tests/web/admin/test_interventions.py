"""The operators' pages of interventions: seen beforehand, done with a reason, agreed to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import settings
from engine.people import add_person
from engine.tables import tasks
from tests.web.visiting import PASSWORD, Visitor, task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask

LIST = "/admin/interventions"


@pytest.fixture
def he(sign_in: Callable[[str], Visitor], fang: Visitor) -> Visitor:
    """Give the browser of an operator; a complaint waits for its first step."""
    task_path(fang.opens())
    return sign_in("he")


def mend(he: Visitor) -> str:
    """Go to the page of the only case; give its address."""
    he.get(LIST)
    page: str = he.all("//ul[contains(@class, 'mend-cases')]//a/@href")[0]
    he.get(page)
    return page


def waits_for(database: sa.Engine) -> set[str]:
    with database.connect() as conn:
        return set(conn.scalars(sa.select(tasks.c.element)))


def skipped(he: Visitor, page: str, reason: str) -> int:
    """Go from a case's page to that of skipping its step, and send a reason."""
    (link,) = he.all("//a[contains(@href, 'kind=skip')]/@href")
    he.get(link)
    answer = he.post(f"{page}/act", {**he.values(f"{page}/act"), "reason": reason})
    if answer.status_code == 303:
        he.follow(answer)
    return answer.status_code


def test_a_step_is_skipped_after_its_consequence_was_read(he: Visitor, database: sa.Engine) -> None:
    page = mend(he)
    assert skipped(he, page, "") == 422
    assert "请写明原因" in he.text
    he.get(page)
    assert skipped(he, page, "资料已在纸上登记") == 303
    assert "已办，并记入履历" in he.text
    assert waits_for(database) == {"fill_handling_form"}
    he.get(page.replace("/admin/interventions", "/cases"))
    assert "跳过：" in he.text
    assert "人工干预" in he.text


def test_a_token_is_moved_to_a_chosen_step(he: Visitor, database: sa.Engine) -> None:
    page = mend(he)
    task = he.all("//input[@name='task']/@value")[0]
    (to,) = [
        spot
        for spot in he.all("(//select)[1]/option/@value")
        if spot.endswith("/comment_by_supervisor")
    ]
    he.get(f"{page}/act?kind=place&task={task}&to={to}")
    assert "销售主管" in he.text
    assert "这会绕过保证" not in he.text
    given = {**he.values(f"{page}/act"), "reason": "表单遗失"}
    he.follow(he.post(f"{page}/act", given))
    assert waits_for(database) == {"comment_by_supervisor"}
    assert he.post(f"{page}/act", given).status_code == 409
    assert "已将案件移到别处" in he.text


def test_a_join_that_may_wait_is_only_spoken_of_where_nobody_has_looked(he: Visitor) -> None:
    page = mend(he)
    task = he.all("//input[@name='task']/@value")[0]
    he.get(f"{page}/act?kind=place&task={task}&to=pass_final_decision")
    assert "汇合" not in he.text


def test_a_suspended_case_offers_nothing_and_says_who_lets_it_go_on(
    he: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    page = mend(he)
    case = page.replace("/admin/interventions", "/cases")
    qiang = sign_in("qiang")
    qiang.get(f"{case}/acts/suspend")
    given = {**qiang.values(f"{case}/acts/suspend"), "reason": "等法院"}
    assert qiang.post(f"{case}/acts/suspend", given).status_code == 303
    he.get(page)
    assert "起挂起：等法院" in he.text
    assert not he.all("//select | //a[contains(@href, 'kind=skip')]")
    assert he.all(f"//p/a[@href='{case}']")


def test_a_preview_that_no_longer_holds_is_shown_anew_with_what_was_typed(he: Visitor) -> None:
    page = mend(he)
    (link,) = he.all("//a[contains(@href, 'kind=skip')]/@href")
    he.get(link)
    sent = {**he.values(f"{page}/act"), "reason": "资料已在纸上登记"}
    assert he.post(f"{page}/act", {**sent, "seen": "other"}).status_code == 409
    assert "您看过之后情况有了变化" in he.text
    assert he.values(f"{page}/act") == sent
    assert he.post(f"{page}/act", sent).status_code == 303


def test_a_page_names_the_guarantees_that_a_move_bypasses(he: Visitor) -> None:
    page = mend(he)
    task = he.all("//input[@name='task']/@value")[0]
    he.get(f"{page}/act?kind=place&task={task}&to=pass_final_decision")
    assert "这会绕过保证：“未经核决不得答复客户”" in he.text


def test_what_lacks_a_value_is_told_by_its_title_and_what_to_do(he: Visitor) -> None:
    page = mend(he)
    task = he.all("//input[@name='task']/@value")[0]
    (to,) = [at for at in he.all("(//select)[1]/option/@value") if at.endswith("/archive_case")]
    he.get(f"{page}/act?kind=place&task={task}&to={to}")
    assert "请改选那一步" in he.text
    assert "声明变量的默认值" not in he.text
    assert he.all("//select[@name='to']/option[@selected]/@value") == [to], "to choose again"
    assert he.all("//form[.//select]//input[@name='task']/@value") == [task]


def test_a_second_operator_agrees(he: Visitor, app: Flask, database: sa.Engine) -> None:
    with database.begin() as conn:
        settings.save(conn, "second_person", ["skip"])
        now = conn.scalar(sa.select(sa.func.now()))
        assert now is not None
        add_person(conn, "hu", "胡敏", password=PASSWORD, held={"operator"}, now=now)
    assert skipped(he, mend(he), "资料已在纸上登记") == 303
    assert "等另一位系统管理员确认后执行" in he.text
    assert "何清 提出，原因：资料已在纸上登记" in he.text
    he.get(LIST)
    assert "跳过“查明异常资料”" in he.text
    (link,) = he.all("//a[contains(@href, '/asked/')]/@href")
    he.get(link)
    assert not he.all("//form[contains(@action, '/agree')]")

    second = Visitor(app)
    second.sign_in("hu")
    second.get(link)
    assert "资料已在纸上登记" in second.text
    agree = f"{link}/agree"
    sent = second.values(agree)
    assert second.post(agree, {**sent, "seen": "other"}).status_code == 409
    assert "您看过之后情况有了变化" in second.text
    second.follow(second.post(agree, sent))
    assert waits_for(database) == {"fill_handling_form"}
    assert he.post(f"{link}/drop").status_code == 409


def test_nothing_that_is_nowhere_and_nobody_but_operators(he: Visitor, fang: Visitor) -> None:
    page = mend(he)
    for address in (f"{page}/act?kind=explode", f"{page}/act?kind=place&to=nowhere"):
        assert he.get(address).status_code == 404
    assert he.get(f"{LIST}/asked/99").status_code == 404
    he.get(f"{LIST}?q=没有这样的客户")
    assert "没有这样的未结案件" in he.text
    assert fang.get(page).status_code == 403


def test_a_page_says_what_will_be_missing_for_what_reads_it_later(he: Visitor) -> None:
    mend(he)
    (link,) = he.all("//a[contains(@href, 'kind=skip')]/@href")
    he.get(link)
    assert "“查明异常资料”的“投诉理由”没有填写，而“呈报调查报告”的表单要用到" in he.text
    he.post("/language/en", {})
    he.get(link)
    assert "What will be missing later" in he.text
    assert "of “Establish" in he.text

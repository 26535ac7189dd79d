"""Going back in a case on its pages: returning a task."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import tasks
from tests.web.visiting import case_of, task_path

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
    assert "退回到“" in fang.text
    assert "灵活办理" in fang.text
    assert "已被退回重办" in fang.text


def test_a_step_that_was_skipped_is_said_to_go_back_to_its_role(
    fang: Visitor, he: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    mend = f"/admin/interventions/{case_of(fang, form_task).rpartition('/')[2]}"
    he.get(f"{mend}/act?kind=skip&task={form_task.rpartition('/')[2]}")
    given = {**he.values(f"{mend}/act"), "reason": "纸上填过"}
    assert he.post(f"{mend}/act", given).status_code == 303

    boss = sign_in("qiang")
    boss.get("/")
    boss.get(boss.all("//a[@class='row-main']/@href")[0] + "/acts/return")
    skipped, done, *_ = (each.text_content() for each in boss.all("//ul[@class='step-list']/li"))
    assert "何清 跳过" in skipped
    assert "回到岗位" in skipped
    assert "王芳 ·" in done
    assert "：何清 跳过" in done, "what no longer counts"


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


def test_what_was_typed_stands_on_the_page_of_a_task_that_is_gone(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    colleague = sign_in("min")
    colleague.get(form_task)
    typed = {**colleague.values(f"{form_task}/complete"), "qty_requested": "4711"}
    assert colleague.post(f"{form_task}/draft", typed).status_code == 303
    assert choose(fang, form_task, reason="先退了") == 303
    assert colleague.get(form_task).status_code == 409
    assert "王芳 已退回" in colleague.text
    assert "4,711" in colleague.text


def test_a_preview_that_no_longer_holds_is_shown_anew_with_what_was_typed(
    fang: Visitor, form_task: str
) -> None:
    fang.get(f"{form_task}/acts/return")
    sent = {**fang.values(f"{form_task}/acts/return"), "reason": "再看看"}
    sent["target"] = fang.all("//input[@name='target']/@value")[0]
    seen = f"seen-{sent['target']}"
    assert fang.post(f"{form_task}/acts/return", {**sent, seen: "other"}).status_code == 409
    assert "您看过之后情况有了变化" in fang.text
    again = fang.values(f"{form_task}/acts/return")
    assert (again["reason"], again[seen]) == ("再看看", sent[seen])
    assert fang.post(f"{form_task}/acts/return", {**again, **sent}).status_code == 303


@pytest.mark.parametrize("act", ["cancel", "suspend"])
def test_a_preview_of_the_whole_case_that_no_longer_holds_is_shown_anew_with_what_was_typed(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor], act: str
) -> None:
    page, boss = f"{case_of(fang, form_task)}/acts/{act}", sign_in("qiang")
    boss.get(page)
    assert "填表并附样品标签" in boss.text
    sent = {**boss.values(page), "reason": "客户撤诉"}
    fang.does(form_task, "fill_handling_form")

    assert boss.post(page, sent).status_code == 409
    assert "您看过之后情况有了变化" in boss.text
    assert "填表并附样品标签" not in boss.text
    again = boss.values(page)
    assert again["reason"] == "客户撤诉"
    assert boss.post(page, again).status_code == 303


def test_the_step_just_sent_is_taken_back_from_the_page_after_it(
    fang: Visitor, form_task: str, database: sa.Engine
) -> None:
    fang.get(form_task)
    (link,) = fang.all("//a[contains(@href, '/acts/withdraw')]/@href")
    fang.get(link)
    assert "撤回“" in fang.text
    assert fang.all("//section[@aria-labelledby='stops']//li")
    fang.follow(fang.post(link, fang.values(link)))

    assert "撤回了这一步" in fang.text
    assert fang.values(f"{fang.path}/complete")["order_no"] == "SO-2026-0815"
    with database.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(tasks)) == 1
    assert fang.get(form_task).status_code == 409
    assert "王芳 已撤回上一步" in fang.text


def test_a_step_is_not_taken_back_once_a_colleague_has_claimed_the_next(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    fang.get(form_task)
    (link,) = fang.all("//a[contains(@href, '/acts/withdraw')]/@href")
    fang.get(link)
    typed = fang.values(link)
    sign_in("min").post(f"{form_task}/claim")
    assert fang.post(link, typed).status_code == 409
    assert "敏敏 已领取" in fang.text
    assert "请让现在的办理人退回" in fang.text
    fang.get(link.removesuffix("/acts/withdraw"))
    assert not fang.all("//a[contains(@href, '/acts/withdraw')]")


def test_the_papers_of_a_cancelled_case_say_so(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    case, boss = case_of(fang, form_task), sign_in("qiang")
    papers = [f"{case}/papers/complaint-handling-form", f"{case}/entries/1/paper"]
    assert [marks_of(boss, paper) for paper in papers] == [set(), set()]
    link = f"{case}/acts/cancel"
    boss.get(link)
    boss.post(link, {**boss.values(link), "reason": "客户撤诉"})
    assert [marks_of(boss, paper) for paper in papers] == [{"已撤销"}, {"已撤销"}]


def marks_of(visitor: Visitor, paper: str) -> set[str]:
    visitor.get(paper)
    return set(visitor.all("//p[@class='mark']/text()"))


def test_a_case_is_cancelled_and_opened_again_on_its_page(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    case = case_of(fang, form_task)
    qc, boss = sign_in("yang"), sign_in("qiang")
    qc.get(case)
    assert "撤销案件" not in qc.text
    assert qc.get(f"{case}/acts/cancel").status_code == 403

    boss.get(case)
    (link,) = boss.all("//a[contains(@href, '/acts/cancel')]/@href")
    boss.get(link)
    assert boss.post(link, {**boss.values(link), "reason": " "}).status_code == 422
    boss.follow(boss.post(link, {**boss.values(link), "reason": "客户撤诉"}))
    assert "已撤销" in boss.text
    assert "原因：客户撤诉" in boss.text
    assert boss.get(link).status_code == 409

    boss.get(case)
    (link,) = boss.all("//a[contains(@href, '/acts/reopen')]/@href")
    boss.get(link)
    on, target = boss.all("//input[@name='target']/@value")[:2]
    assert on == "on"
    given = {**boss.values(link), "target": target, "reason": "客户又来投诉"}
    boss.follow(boss.post(link, given))
    assert "办理中" in boss.text
    assert "重新打开案件" in boss.text
    fang.get("/")
    assert "重新打开" in fang.text


def test_no_act_that_is_unknown_and_none_without_a_choice(fang: Visitor, form_task: str) -> None:
    case = case_of(fang, form_task)
    assert fang.get(f"{case}/acts/explode").status_code == 404
    assert fang.post(f"{case}/acts/withdraw").status_code == 200
    fang.get(f"{case}/acts/cancel")
    typed = {**fang.values(f"{case}/acts/cancel"), "reason": "重复立案"}
    fang.follow(fang.post(f"{case}/acts/cancel", typed))
    assert fang.post(f"{case}/acts/reopen", {"reason": "再来"}).status_code == 422


def test_the_inbox_offers_to_take_back_what_was_just_sent_while_that_can_be(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    sent = fang.does(form_task, "fill_handling_form")
    fang.follow(sent)
    (link,) = fang.all("//a[contains(@href, '/acts/withdraw')]/@href")
    assert fang.get(link).status_code == 200

    boss = sign_in("qiang")
    boss.get("/")
    task = boss.all("//a[starts-with(@href, '/tasks/')]/@href")[0]
    boss.post(f"{task}/claim")
    fang.follow(sent)
    assert "已提交" in fang.text
    assert not fang.all("//a[contains(@href, '/acts/withdraw')]")


def test_a_step_is_taken_back_only_where_there_is_one_and_it_is_said_what_became_of_it(
    fang: Visitor,
) -> None:
    first = task_path(fang.opens())
    fang.get(first)
    assert "上一步已提交" in fang.text
    assert not fang.all("//a[contains(@href, '/acts/withdraw')]")
    fang.get(task_path(fang.does(first, "establish_data")))
    (link,) = fang.all("//a[contains(@href, '/acts/withdraw')]/@href")
    fang.get(link)
    assert fang.post(link, fang.values(link)).status_code == 303
    assert fang.get(link).status_code == 409
    assert "“查明异常资料”已由 王芳 撤回，又在待办里了" in fang.text
    assert "列表" not in fang.text


def test_opening_a_case_again_asks_for_a_step_at_its_field(
    fang: Visitor, form_task: str, sign_in: Callable[[str], Visitor]
) -> None:
    case = case_of(fang, form_task)
    owner = sign_in("lin")
    owner.get(f"{case}/acts/cancel")
    gone = {**owner.values(f"{case}/acts/cancel"), "reason": "重复立案"}
    assert owner.post(f"{case}/acts/cancel", gone).status_code == 303
    again = f"{case}/acts/reopen"
    owner.get(again)
    sent = {**owner.values(again), "reason": "客户坚持"}
    del sent["target"]
    assert owner.post(again, sent).status_code == 422
    assert owner.all("//fieldset//p[@role='alert']/text()") == ["请选择从哪一步办起。"]
    assert owner.values(again)["reason"] == "客户坚持"


def test_who_cancels_reads_until_when_and_by_whom_the_case_can_be_opened_again(
    form_task: str, fang: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    boss, case = sign_in("qiang"), case_of(fang, form_task)
    boss.get(f"{case}/acts/cancel")
    (told,) = [
        line for line in boss.all("//form[@id='answers']/p") if "打开" in line.text_content()
    ]
    assert "主管" in told.text_content()
    boss.follow(
        boss.post(f"{case}/acts/cancel", {**boss.values(f"{case}/acts/cancel"), "reason": "撤诉"})
    )
    (done,) = boss.all("//*[@role='status']")
    assert done.text_content() == "已办；履历里可以查到。"
    boss.get(f"{case}/acts/reopen")
    (until,) = [
        line.text_content()
        for line in boss.all("//form//p")
        if "可重新打开至" in line.text_content()
    ]
    assert until.removesuffix("。").split("至")[1].split()[0] in told.text_content()


def test_a_page_with_nothing_to_fill_in_gives_nothing_back_in_another_language(
    fang: Visitor, form_task: str
) -> None:
    fang.follow(fang.does(form_task, "fill_handling_form"))
    (link,) = fang.all("//a[contains(@href, '/acts/withdraw')]/@href")
    fang.get(link)
    (button,) = fang.all("//button[@form='answers' and @lang='en']/@formaction")
    fang.follow(fang.post(button, fang.values(link)))
    assert fang.path == link
    assert "What you had typed is back" not in fang.text

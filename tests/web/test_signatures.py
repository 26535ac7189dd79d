"""Signatures on the pages: asked from a task, given from the inbox, read by whoever does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.test_acting import does
from tests.web.visiting import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person
    from tests.web.visiting import Visitor

STEP = "establish_data"


@pytest.fixture
def jie(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of somebody of the general manager's office."""
    return sign_in("jie")


@pytest.fixture
def yang(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of somebody of quality control."""
    return sign_in("yang")


def asks(visitor: Visitor, task: str, place: str, *people: Person) -> int:
    """Go from the filled form of a task to the page of signatures, and ask."""
    visitor.get(task)
    typed = {**visitor.values(f"{task}/complete"), **filled(STEP)}
    visitor.follow(visitor.post(f"{task}/acts/sign-{place}/begin", typed))
    keys = [str(one.id) for one in people]
    return does(visitor, task, f"sign-{place}", to=keys, reason="请看一下")


def signature(visitor: Visitor) -> str:
    """Go to the first signature that is asked for, and give its address."""
    visitor.get("/")
    (group,) = visitor.all("//section[@aria-labelledby='asked']")
    address: str = group.xpath(".//a[@class='row-main']/@href")[0]
    visitor.get(address)
    return address


def test_an_opinion_is_asked_given_and_read(
    fang: Visitor, task: str, yang: Visitor, staff: dict[str, Person]
) -> None:
    assert asks(fang, task, "before", staff["yang"]) == 303
    fang.get(task)
    assert "意见齐之前，这件待办不能提交" in fang.text
    assert not fang.all("//form[@id='answers']//button[text()='提交']")
    fang.get("/")
    assert "会签中" in fang.text

    address = signature(yang)
    assert "王芳 请您会签" in yang.text
    assert "请看一下" in yang.text
    assert yang.post(address, {"answer": "agreed", "opinion": " "}).status_code == 422
    assert "请填写意见" in yang.text
    assert "由办理人提交" in yang.text
    assert yang.all("//textarea[@name='opinion'][@required]")
    yang.follow(yang.post(address, {"answer": "refused", "opinion": "缺批号"}))
    assert not yang.all("//section[@aria-labelledby='asked']")
    assert yang.post(address, {"answer": "agreed", "opinion": "好"}).status_code == 409
    yang.get(address)
    assert "您已签过" in yang.text

    fang.get(task)
    assert "缺批号" in fang.text
    assert fang.does(task, STEP).status_code == 303


def test_answers_wait_for_a_signature_and_then_go_on(
    fang: Visitor, task: str, yang: Visitor, staff: dict[str, Person]
) -> None:
    assert asks(fang, task, "after", staff["yang"], staff["jie"]) == 303
    fang.get(task)
    assert "签完后案件自动进入下一步" in fang.text
    assert fang.post(f"{task}/complete", filled(STEP)).status_code == 409
    fang.get(f"{task}/acts/remove-sign")
    assert "交给谁" not in fang.text
    assert does(fang, task, "remove-sign") == 422
    assert does(fang, task, "remove-sign", to=str(staff["jie"].id), reason="出差") == 303
    address = signature(yang)
    assert "王芳 填写的内容" in yang.text
    assert yang.post(address, {"answer": "agreed"}).status_code == 303
    assert fang.get(task).status_code == 409
    assert "您已完成此待办" in fang.text


def test_a_form_that_is_not_right_is_not_sent_for_signatures(
    fang: Visitor, task: str, staff: dict[str, Person]
) -> None:
    action = f"{task}/acts/sign-after"
    fang.get(action)
    sent = {**fang.values(action), "to": str(staff["yang"].id), "reason": "请看"}
    assert fang.post(action, sent).status_code == 422
    assert "要更正" in fang.text
    assert fang.post(action, {**sent, "mode": "ratio", "ratio": "0"}).status_code == 422
    assert "1 至 100" in fang.text


def test_a_signature_is_nobody_elses(
    fang: Visitor, task: str, yang: Visitor, staff: dict[str, Person]
) -> None:
    asks(fang, task, "before", staff["yang"])
    address = signature(yang)
    assert fang.get(address).status_code == 404
    assert fang.post(address, {"answer": "agreed", "opinion": "好"}).status_code == 404
    assert yang.post(address, {"answer": "perhaps", "opinion": "好"}).status_code == 404


def test_people_sign_in_the_order_that_was_asked_for(
    fang: Visitor, task: str, staff: dict[str, Person]
) -> None:
    fang.get(task)
    typed = {**fang.values(f"{task}/complete"), **filled(STEP)}
    fang.follow(fang.post(f"{task}/acts/sign-before/begin", typed))
    jie, yang = str(staff["jie"].id), str(staff["yang"].id)
    turns = {f"turn-{jie}": "2", f"turn-{yang}": "1"}
    asked = {"to": [jie, yang], "mode": "order", "reason": "请看", **turns}
    assert does(fang, task, "sign-before", **asked) == 303
    fang.get(task)
    lines = [line.text_content().split() for line in fang.all("//ul[@class='signatures']/li")]
    assert [line[0] for line in lines] == ["前加签；依次：按顺序逐个签", "刘洋", "陈洁"]


def test_a_step_says_whose_signatures_it_waits_for_and_is_not_put_back(
    fang: Visitor, task: str, yang: Visitor, staff: dict[str, Person]
) -> None:
    assert asks(fang, task, "after", staff["yang"], staff["jie"]) == 303
    fang.get(task)
    assert "放回岗位" not in fang.text
    (case, *_) = fang.all("//a[contains(@href, '/cases/')]/@href")
    fang.get(case)
    assert "等 刘洋、陈洁 会签" in fang.text
    assert not fang.all("//section[@aria-labelledby='now']//a[text()='办理']")
    yang.get("/")
    assert "1 件待办（含会签 1 件、代办 0 件）" in yang.text


def test_people_are_found_whatever_stands_in_the_percentage(fang: Visitor, task: str) -> None:
    fang.get(f"{task}/acts/sign-after")
    assert fang.all("//button[@name='search']/@formnovalidate")


def test_who_signs_is_told_whom_it_waits_for_next_and_where_it_is_when_refused(
    fang: Visitor, task: str, yang: Visitor, jie: Visitor, staff: dict[str, Person]
) -> None:
    fang.post(f"{task}/claim")
    asks(fang, task, "before", staff["yang"])
    address = signature(yang)
    assert yang.all("//a[contains(@href, '#forms')]/text()")
    assert gives(yang, address, "agreed").startswith("已签：同意；意见已齐，由 王芳 提交。")
    assert asks(fang, task, "after", staff["yang"], staff["jie"]) == 303
    assert gives(yang, signature(yang), "agreed").startswith("已签：同意；接着等 陈洁。")
    told = gives(jie, signature(jie), "refused")
    assert told.startswith("已签：不同意；会签未通过，已退回 王芳 修改。")
    assert asks(fang, task, "after", staff["yang"]) == 303
    assert gives(yang, signature(yang), "agreed").startswith("已签，会签已通过：")


def gives(visitor: Visitor, address: str, answer: str) -> str:
    """Give a signature, and the words that the page says of it then."""
    visitor.follow(visitor.post(address, {"answer": answer, "opinion": "看过"}))
    (told,) = visitor.all("//div[@role='status']")
    return " ".join(told.text_content().split())

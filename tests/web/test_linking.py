"""Linking cases on their pages: one that there is, or a new one that begins with what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.web.visiting import case_of, filled, task_path

if TYPE_CHECKING:
    from tests.web.visiting import Visitor

START = "/start/manufacturer-complaint"


@pytest.fixture
def case(fang: Visitor) -> str:
    return case_of(fang, task_path(fang.opens()))


def number_of(visitor: Visitor, case: str) -> str:
    visitor.get(case)
    text: str = visitor.all("//h1/text()")[0]
    return text


def links(visitor: Visitor, case: str, **typed: str) -> int:
    page = f"{case}/acts/follow-up"
    visitor.get(page)
    return visitor.post(page, {**visitor.values(page), **typed}).status_code


def test_a_case_is_linked_to_another_and_that_is_undone(fang: Visitor, case: str) -> None:
    other = case_of(fang, task_path(fang.opens()))
    code = number_of(fang, other)
    assert links(fang, case, code=code, relation="related", reason="") == 422
    assert fang.values(f"{case}/acts/follow-up")["code"] == code
    assert links(fang, case, code="C0", relation="related", reason="同一批货") == 422
    assert links(fang, case, code=code, relation="related", reason="同一批货") == 303
    for here, there in ((case, other), (other, case)):
        fang.get(here)
        assert "相关案件：同一批货" in fang.text
        assert fang.all(f"//section[@aria-labelledby='linked']//a[@href='{there}']")
    assert links(fang, case, code=code, relation="related", reason="同一批货") == 409

    fang.get(case)
    (undo,) = fang.all("//a[contains(@href, '/acts/unlink')]/@href")
    fang.get(undo)
    assert code in fang.text
    page = f"{case}/acts/unlink"
    assert fang.post(page, {**fang.values(page), "reason": ""}).status_code == 422
    assert code in fang.text
    assert fang.post(page, {**fang.values(page), "reason": "弄错了"}).status_code == 303
    fang.get(other)
    assert not fang.all("//section[@aria-labelledby='linked']")
    assert "解除关联" in fang.text


def test_a_new_case_begins_with_the_earlier_ones_answers(fang: Visitor, case: str) -> None:
    given = {"procedure": "manufacturer-complaint", "relation": "duplicate", "reason": "又来投诉"}
    assert links(fang, case, **given) == 303
    fang.get(START)
    assert "立案后与前一案件关联（重复投诉）" in fang.text
    typed = fang.values(START)
    assert typed["_follows"] == [case.rsplit("/", 1)[1].replace("-", ""), "duplicate", "又来投诉"]
    first = filled("complaint_received")
    assert [typed["customer"]] == first["customer"]
    assert fang.post(START, {**typed, **first, "customer": "又一家"}).status_code == 303
    fang.get(case)
    assert "重复投诉：又来投诉" in fang.text
    assert links(fang, case, **given) == 303
    assert links(fang, case, **given) == 409
    assert "草稿还没有提交" in fang.text

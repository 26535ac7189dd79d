"""The pages say for each of several open tasks of one step what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.engine.opinions import Hearing
from tests.web.visiting import Visitor

if TYPE_CHECKING:
    import sqlalchemy as sa
    from flask import Flask

    from engine.people import Person


@pytest.fixture
def hearing(database: sa.Engine, staff: dict[str, Person], app: Flask) -> Visitor:
    """Give the browser of somebody who is asked about two departments' opinions."""
    assert staff
    with database.begin() as conn:
        Hearing(conn, "design", "stock")
    visitor = Visitor(app)
    visitor.sign_in("everybody", "long enough")
    return visitor


def task_of(visitor: Visitor, step: str, item: str) -> str:
    """Give the address of an open task that the inbox lists."""
    visitor.get("/")
    line = f"//li[.//span[text()='{step}名'] and .//small[contains(., '{item}')]]"
    (address,) = visitor.all(f"{line}//a/@href")
    return str(address)


def test_the_inbox_and_the_task_name_the_item(hearing: Visitor) -> None:
    hearing.get("/")
    items = hearing.all("//small[@class='row-within']/text()")
    assert sorted(items) == ["1/2 · 设计部"] * 2 + ["2/2 · 仓库"] * 2
    stock = task_of(hearing, "ask", "仓库")
    hearing.get(stock)
    assert "2/2 · 仓库" in hearing.text
    hearing.post(f"{stock}/complete", {**hearing.values(f"{stock}/complete"), "opinion": "缺料"})
    design = task_of(hearing, "ask", "设计部")
    hearing.get(design)
    assert hearing.all("//details[contains(@class, 'earlier')]//span[contains(., '2/2 · 仓库')]")
    answer = hearing.values(f"{design}/complete")
    assert answer["opinion"] == "", "not what the other department said"


def test_the_case_and_its_papers_name_the_items(hearing: Visitor) -> None:
    for item, opinion in (("仓库", "缺料"), ("设计部", "可改")):
        task = task_of(hearing, "ask", item)
        hearing.get(task)
        values = hearing.values(f"{task}/complete")
        hearing.post(f"{task}/complete", {**values, "opinion": opinion})
    hearing.get("/cases")
    (case,) = set(hearing.all("//a[starts-with(@href, '/cases/')]/@href"))
    hearing.get(case)
    timeline = " ".join(hearing.all("//ol[@class='timeline']//text()"))
    assert "2/2 · 仓库" in timeline
    assert "已被退回重办" not in timeline
    papers = hearing.all("//a[contains(@href, '/paper')]/@href")
    hearing.get(next(paper for paper in papers if paper.endswith("/papers/opinions")))
    assert "1/2 · 设计部：可改；2/2 · 仓库：缺料" in hearing.text
    marks = set()
    for paper in (paper for paper in papers if "/entries/" in paper):
        hearing.get(paper)
        marks |= set(hearing.all("//p[@class='mark']/text()"))
    assert marks == {"1/2 · 设计部", "2/2 · 仓库"}

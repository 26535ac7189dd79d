"""Pausing clocks on the pages: in words first, shown while it lasts, seen before it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import cases, drafts
from tests.web.test_acts import shows
from tests.web.test_suspending import passed
from tests.web.visiting import task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


@pytest.fixture
def jie(fang: Visitor, sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of the general manager's office, at a task that has a deadline."""
    path = task_path(fang.opens())
    for step in ("establish_data", "fill_handling_form"):
        path = task_path(fang.does(path, step)) if step == "establish_data" else path
    fang.does(path, "fill_handling_form")
    qiang = sign_in("qiang")
    qiang.get("/")
    qiang.does(qiang.all("//a[@class='row-main']/@href")[0], "comment_by_supervisor")
    jie = sign_in("jie")
    jie.get("/")
    jie.does(jie.all("//a[@class='row-main']/@href")[0], "register_case")
    jie.get("/")
    jie.get(jie.all("//a[@class='row-main']/@href")[0])
    return jie


def pause(visitor: Visitor, reason: str = "等客户寄样") -> None:
    (action,) = visitor.all("//form[contains(@action, '/clock/pause')]/@action")
    visitor.follow(visitor.post(action, {**visitor.values(action), "reason": reason}))


def resume(visitor: Visitor) -> None:
    (action,) = visitor.all("//form[contains(@action, '/clock/resume')]/@action")
    visitor.follow(visitor.post(action, visitor.values(action)))


def test_a_task_says_how_its_deadline_is_reckoned(jie: Visitor) -> None:
    (why,) = jie.all("//section[@aria-labelledby='clock']//details")
    lines = [li.text_content() for li in why.xpath(".//li")]
    assert "怎么算的" in why.text_content()
    assert len(lines) >= 2
    assert lines[0] == "日历：标准日历"
    assert "起，期限：" in lines[1]
    jie.post("/language/en", {})
    jie.get(jie.path)


def test_a_step_is_paused_with_what_was_typed_kept(jie: Visitor, database: sa.Engine) -> None:
    task = jie.path
    typed = {**jie.values(f"{task}/complete"), "review_comment": "先等样品"}
    jie.follow(jie.post(f"{task}/clock", typed))
    assert jie.path == f"{task}/clock"
    assert "这一步的时限停止计算" in jie.text
    with database.connect() as conn:
        assert conn.scalar(sa.select(drafts.c.typed)) is not None
    (action,) = jie.all("//form[contains(@action, '/clock/pause')]/@action")
    assert jie.post(action, {**jie.values(action), "reason": " "}).status_code == 422
    assert "请写明原因" in jie.text
    pause(jie)
    assert jie.path == task
    assert "先等样品" in jie.text
    (head,) = jie.all("//div[@class='step-head']")
    assert "计时暂停" in head.text_content()
    assert "等客户寄样" in jie.text

    jie.get("/")
    assert "计时暂停" in jie.text
    assert "等客户寄样" in jie.text
    jie.get(f"{task}/clock")
    assert "现在恢复，时限变为" in jie.text
    assert jie.all("//ul[contains(@class, 'clock-list')]/li//time")
    resume(jie)
    assert jie.path == task
    assert "计时暂停" not in "".join(jie.all("//div[@class='step-head']//text()"))


def test_a_case_is_paused_by_who_works_on_it(
    jie: Visitor, sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    with database.connect() as conn:
        case = f"/cases/{conn.scalar(sa.select(cases.c.id))}"
    jie.get(case)
    assert jie.all("//dl[@class='case-facts']//details//li")
    jie.get(jie.all(f"//a[@href='{case}/clock']/@href")[0])
    assert "本案所有时限停止计算" in jie.text
    pause(jie)
    assert jie.path == case
    assert "全案计时自" in jie.text
    assert "全案计时暂停" in jie.text
    assert not jie.all("//div[@class='case-title']//time")

    yang = sign_in("yang")
    yang.get(case)
    assert not yang.all(f"//a[@href='{case}/clock']")
    yang.get(f"{case}/clock")
    assert "规程管理员" in yang.text
    assert not yang.all("//main//form")
    assert yang.post(f"{case}/clock/resume").status_code == 403
    assert "规程管理员" in yang.text
    assert sign_in("nobody").get(f"{case}/clock").status_code == 404
    jie.get(f"{case}/clock")
    resume(jie)
    assert "全案计时恢复" in jie.text
    assert jie.post(f"{case}/clock/resume").status_code == 409
    assert jie.post(f"{case}/clock/pause", {"reason": ""}).status_code == 422


def test_nothing_counts_while_the_clock_of_the_case_stands(
    jie: Visitor, database: sa.Engine
) -> None:
    with database.connect() as conn:
        case = f"/cases/{conn.scalar(sa.select(cases.c.id))}"
    jie.get(f"{case}/clock")
    pause(jie)
    (limit,) = jie.all("//dl[@class='case-facts']/div[dt='结案时限']/dd")
    assert limit.text_content().strip().startswith("计时暂停，恢复后顺延")
    jie.get("/cases")
    (row,) = jie.all("//li[contains(@class, 'case-row')]")
    assert "计时暂停" in row.text_content()
    assert not row.xpath(".//time")
    assert "row-none" in row.get("class")
    jie.get("/")
    jie.get(jie.all("//a[@class='row-main']/@href")[0])
    assert "计时暂停" in "".join(jie.all("//aside//text()"))
    assert not jie.all("//aside//time[@data-due]")


def test_what_was_overdue_before_its_clock_stood_stays_marked(
    jie: Visitor, database: sa.Engine
) -> None:
    with database.connect() as conn:
        case = f"/cases/{conn.scalar(sa.select(cases.c.id))}"
    jie.get(f"{case}/clock")
    pause(jie)
    passed(database)
    jie.get(case)
    for part in ("//div[@class='case-title']", "//section[@aria-labelledby='now']"):
        shown = jie.all(part)[0].text_content()
        assert "计时暂停" in shown
        assert "已逾期" in shown
    (limit,) = jie.all("//dl[@class='case-facts']/div[dt='结案时限']/dd")
    assert limit.text_content().strip().startswith("此前已逾期，恢复后不顺延")
    for page in ("/", "/cases"):
        jie.get(page)
        (row,) = jie.all("//li[contains(@class, 'row-late')]")
        assert "已逾期" in row.text_content(), page


def test_a_clock_is_not_everybodys(jie: Visitor, sign_in: Callable[[str], Visitor]) -> None:
    task = jie.path
    yang = sign_in("yang")
    assert yang.get(f"{task}/clock").status_code == 403
    for verb in ("pause", "resume"):
        assert yang.post(f"{task}/clock/{verb}", {"reason": "x"}).status_code == 403


def test_what_was_typed_is_labelled_in_words_when_there_is_no_clock_to_pause(
    fang: Visitor,
) -> None:
    task = task_path(fang.opens())
    fang.get(f"{task}/clock")
    assert "没有在走的期限" in fang.text
    assert not fang.all("//textarea[@name='reason']")
    assert fang.post(f"{task}/clock/pause", {"reason": "等客户寄样"}).status_code == 409
    (label,) = fang.all("//dl[@id='kept-values']//dt")
    assert label.text == "原因"


def test_their_pages_show_what_follows(jie: Visitor) -> None:
    task = jie.path
    case = jie.all("//a[contains(@href, '/cases/')]/@href")[0]
    for page, stops, goes_on in (
        (f"{task}/clock", "pause", "go-on"),
        (f"{case}/clock", "pause-case", "go-on-case"),
    ):
        assert shows(jie, page, stops)
        pause(jie)
        assert shows(jie, page, goes_on)
        resume(jie)

"""Suspending a case on its pages: who may, what its steps say meanwhile, and nothing typed lost."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import cases, tasks
from tests.web.visiting import filled

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


@pytest.fixture
def supervisor(sign_in: Callable[[str], Visitor]) -> Visitor:
    return sign_in("qiang")


def case_of(fang: Visitor, task: str) -> str:
    fang.get(task)
    path: str = fang.all("//a[contains(@href, '/cases/')]/@href")[0]
    return path


def acts(visitor: Visitor, case: str, act: str, **typed: str) -> int:
    page = f"{case}/acts/{act}"
    visitor.get(page)
    return visitor.post(page, {**visitor.values(page), **typed}).status_code


def test_a_supervisor_suspends_it_and_lets_it_go_on(
    fang: Visitor, supervisor: Visitor, task: str
) -> None:
    case = case_of(fang, task)
    fang.get(case)
    assert "挂起" not in fang.text
    supervisor.get(f"{case}/acts/suspend")
    assert "只想停计时、照常办理的，请用“暂停全案计时”。" in supervisor.text
    assert acts(supervisor, case, "suspend", reason="") == 422
    assert acts(supervisor, case, "suspend", reason="等法院", day="2001-01-01") == 422
    assert acts(supervisor, case, "suspend", reason="等法院", day="月底") == 422
    assert supervisor.values(f"{case}/acts/suspend")["reason"] == "等法院"
    assert acts(supervisor, case, "suspend", reason="等法院", day="2099-01-01") == 303

    fang.get(case)
    assert "起挂起 等法院" in fang.text
    assert "2099年1月1日 00:00 自动恢复" in fang.text
    fang.get("/cases?status=suspended")
    assert fang.all(f"//a[@href='{case}']")
    fang.get("/")
    (line,) = fang.all(f"//li[.//a[@href='{task}']]")
    assert "挂起" in line.text_content()
    assert not line.xpath(".//button")

    supervisor.get(case)
    assert acts(supervisor, case, "resume") == 303
    fang.get(case)
    assert "起挂起 等法院" not in fang.text
    assert fang.does(task, "establish_data").status_code == 303


def test_what_is_sent_meanwhile_is_refused_and_stays_in_the_form(
    fang: Visitor, supervisor: Visitor, task: str
) -> None:
    case = case_of(fang, task)
    fang.get(task)
    sent = {**fang.values(f"{task}/complete"), **filled("establish_data", order_no="SO-1")}
    assert acts(supervisor, case, "suspend", reason="等法院") == 303

    assert fang.post(f"{task}/complete", sent).status_code == 409
    assert "本案已挂起（等法院）" in fang.text
    assert fang.values(f"{task}/complete")["order_no"] == "SO-1"
    assert fang.post(f"{task}/draft", sent).status_code == 303
    fang.get(task)
    assert "恢复之前不能提交" in fang.text
    assert fang.values(f"{task}/complete")["order_no"] == "SO-1"
    assert not fang.all("//button[normalize-space()='提交']")
    assert fang.post(f"{task}/claim", {"csrf_token": sent["csrf_token"]}).status_code == 409
    assert fang.get(f"{task}/acts/transfer").status_code == 409


def test_only_whom_the_procedure_names(fang: Visitor, task: str) -> None:
    case = case_of(fang, task)
    assert fang.get(f"{case}/acts/suspend").status_code == 403
    assert "请联系他们" in fang.text


def passed(database: sa.Engine) -> None:
    """Let every deadline have passed before anything stood."""
    long_ago = datetime(2026, 1, 5, 2, tzinfo=UTC)
    with database.begin() as conn:
        for table in (cases, tasks):
            conn.execute(sa.update(table).values(due_at=long_ago))


def test_what_was_overdue_before_stays_marked_and_is_not_said_to_be_put_off(
    fang: Visitor, supervisor: Visitor, task: str, database: sa.Engine
) -> None:
    case = case_of(fang, task)
    assert acts(supervisor, case, "suspend", reason="等法院") == 303
    supervisor.get("/cases")
    assert "已逾期" not in supervisor.text
    passed(database)

    for page in ("/", "/cases"):
        fang.get(page)
        (row,) = fang.all("//li[contains(@class, 'row-late')]")
        assert "已逾期" in row.text_content(), page
    fang.get(task)
    (head,) = fang.all("//div[@class='step-head']")
    assert "已逾期" in head.text_content()
    assert "恢复后接着算" not in fang.text
    fang.get(case)
    for part in ("//div[@class='case-title']", "//section[@aria-labelledby='now']"):
        assert "已逾期" in fang.all(part)[0].text_content()
    (limit,) = fang.all("//dl[@class='case-facts']/div[dt='结案时限']/dd")
    assert limit.text_content().strip().startswith("此前已逾期，恢复后不顺延")

"""What a procedure guarantees stands on its page, and on the task that somebody may not do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.tables import people
from tests.browser.company import walk
from tests.procedures.complaint import INVESTIGATE, REGISTER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


def test_the_page_of_a_procedure_says_what_it_guarantees(fang: Visitor) -> None:
    fang.get("/procedures/manufacturer-complaint")
    assert "本版本的保证" in fang.text
    for sentence in (
        "未经核决不得答复客户",
        "只有经过“退回？ → 核准”之后，才到“向客户说明交涉”、“书信或电话转告”",
        "案件结束前必经“结案归档”或“填单反映处理情况”",
        "的人不办“核决批示”，反之亦然；领取和提交时核对",
        "“被投诉人员”、“责任人员”中写有姓名的人，不办",
    ):
        assert sentence in fang.text, sentence
    fang.post("/language/en", {})
    fang.get("/procedures/manufacturer-complaint")
    assert "What this version guarantees" in fang.text
    assert "no case ends without “Close and archive” or “Fill slip, report handling”" in fang.text
    fang.get("/procedures/monthly-complaint-review")
    assert "What this version guarantees" not in fang.text


def test_a_task_that_is_not_for_somebody_says_so_and_is_refused(
    sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    yang = sign_in("yang")
    with database.begin() as conn:
        case = walk(conn)
        case.opens(complained_about="刘洋")
        case.does_all(*REGISTER, "review_content")
        task = case.task("inspect_sample").id
    yang.get(f"/tasks/{task}")
    assert "这一步不能由您办理" in yang.text
    assert "“被投诉人员”写有您的姓名" in yang.text
    assert not yang.all(f"//button[contains(@formaction, '/tasks/{task}/claim')]")
    assert not yang.all("//button[normalize-space()='提交']")
    answer = yang.post(f"/tasks/{task}/claim", {})
    assert answer.status_code == 403
    assert "须由该岗位的其他人办理" in yang.text
    yang.get(f"/cases/{case.case_id}")
    (line,) = yang.all(f"//li[.//a[@href='/tasks/{task}']]")
    assert [each.text for each in line.xpath(".//a[contains(@class, 'btn')]")] == ["查看"]
    assert "不能由您办理：" in line.text_content()
    assert "“被投诉人员”写有您的姓名" in line.text_content()


def test_the_inbox_marks_the_approval_of_what_somebody_investigated(
    sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    with database.begin() as conn:
        others = sa.and_(people.c.roles.contains(["qc"]), people.c.login != "yang")
        conn.execute(sa.update(people).where(others).values(roles=[]))
        case = walk(conn)
        case.opens()
        case.does_all(*REGISTER, "review_content", *INVESTIGATE)
        case.does_all("determine_handling", "plan_quality_handling")
        role = case.task("decide").role
        both = sa.update(people).where(people.c.login == "yang")
        conn.execute(both.values(roles=["qc", role]))
    yang = sign_in("yang")
    yang.get("/")
    assert "须由他人办理" in yang.text
    assert not yang.all("//button[normalize-space()='领取']")

"""The pages of versions: the lines, what one changed, its drawings, the way back."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import files, version_files
from engine.versioning.listing import State, all_versions
from engine.versioning.switching import switch_next
from tests.engine.conftest import NOW
from tests.engine.judged import judged
from tests.engine.small import put_in_force
from tests.engine.versioning.lines import put, standing

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor

HOME = "/admin/versions"
SOON = (datetime.now(UTC) + timedelta(days=30)).date()


@pytest.fixture
def lin(database: sa.Engine, sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of the process owner, with two versions of the errand."""
    with database.begin() as conn:
        put(conn, 1)
        put(conn, 2)
    return sign_in("lin")


def sends(visitor: Visitor, number: int, act: str, **typed: str) -> int:
    """Fill in the form of a version's page and send it."""
    visitor.get(f"{HOME}/errand/{number}")
    action = f"{HOME}/errand/{number}/{act}"
    return visitor.post(action, {**visitor.values(action), **typed}).status_code


def test_the_versions_are_listed_by_procedure(lin: Visitor) -> None:
    lin.get(HOME)
    assert lin.status == 200
    rows = [" ".join(row.text_content().split()) for row in lin.all("//section//tbody/tr")]
    assert len(rows) == 4
    assert any(row.startswith("第 2 版 现行") and "文件 · 系统或命令行" in row for row in rows)
    assert any(row.startswith("第 1 版 已被取代") for row in rows)
    lin.get(f"{HOME}/manufacturer-complaint/1")
    assert "随产品提供" in lin.text
    assert "shipped" not in lin.text
    lin.post("/language/en", {})
    lin.get(f"{HOME}/manufacturer-complaint/1")
    assert "Shipped with Banjie" in lin.text
    lin.get(HOME)
    assert "随产品提供" not in lin.text
    assert "Version 2 in force" in lin.text
    assert "0 open" in lin.text


def test_only_process_owners_see_it(sign_in: Callable[[str], Visitor]) -> None:
    visitor = sign_in("fang")
    assert visitor.get(HOME).status_code == 403
    assert visitor.post(f"{HOME}/errand/1/again", {"why": "x"}).status_code == 403


def test_a_guarantee_that_an_older_version_lacks_is_ticked_one_by_one(
    lin: Visitor, database: sa.Engine
) -> None:
    old, promising = judged(""), judged()
    with database.begin() as conn:
        put_in_force(conn, old)
        put_in_force(conn, promising)
    page = f"{HOME}/judged/1"
    lin.get(page)
    assert "须逐项勾选才能取消" in lin.text
    assert "取消保证“调查人不得核决”" in lin.text
    typed = {**lin.values(f"{page}/again"), "why": "试用"}
    typed.pop("drops", None)
    assert lin.post(f"{page}/again", typed).status_code == 422
    assert "--drops not_both（在页面上勾选）" in lin.text
    lin.get(page)
    assert lin.post(f"{page}/again", {**typed, "drops": "not_both"}).status_code == 303
    lin.get(f"{HOME}/judged/3")
    assert "取消的保证和条款" in lin.text
    assert "取消保证“调查人不得核决”" in lin.text


def test_any_two_versions_are_compared(lin: Visitor, database: sa.Engine) -> None:
    with database.begin() as conn:
        put(conn, 3)
    lin.get(f"{HOME}/errand/3?against=1")
    assert "与第 1 版相比" in lin.text
    assert "新增字段“more_3项”" in lin.text
    assert "删除字段“more_1项”" in lin.text
    lin.get(f"{HOME}/errand/3?against=99")
    assert (lin.status, "相比</h2>" in lin.text) == (200, False)


def test_one_version_tells_what_it_changed_and_shows_its_diagrams(lin: Visitor) -> None:
    lin.get(f"{HOME}/errand/2")
    assert "与第 1 版相比" in lin.text
    assert "新增字段“more_2项”" in lin.text
    assert "删除字段“more_1项”" in lin.text
    assert "forms/errand/sign.json" in lin.text
    (address,) = lin.all("//img/@src")
    picture = lin.get(address)
    assert (picture.status_code, picture.mimetype) == (200, "image/svg+xml")
    assert "prepare名" in picture.text
    assert "Cache-Control" in picture.headers
    again = lin.get(address, **{"If-None-Match": picture.headers["ETag"]})
    assert again.status_code == 304
    assert "prepare in English" in lin.get(address.replace(".zh.", ".en.")).text
    assert lin.get(address.replace("errand", "nothing")).status_code == 404
    assert lin.get(f"{HOME}/errand/9").status_code == 404
    assert lin.get(f"{HOME}/nothing/1").status_code == 404


def test_a_shipped_version_tells_its_guarantees_and_clauses(lin: Visitor) -> None:
    lin.get(f"{HOME}/manufacturer-complaint/1")
    assert lin.status == 200
    assert len(lin.all("//img")) == 9
    assert "CM-06-13" in lin.text
    assert "bpmn/roles.yaml" in lin.text
    assert "案件结束前必经" in lin.text


def test_an_older_version_is_published_again_with_a_reason(
    lin: Visitor, database: sa.Engine
) -> None:
    assert sends(lin, 1, "again", why=" ") == 422
    assert "请写明原因" in lin.text
    assert sends(lin, 1, "again", why="x", begins="soon") == 422
    assert "2027-01-31" in lin.text
    assert sends(lin, 1, "again", why="x", begins="2026-01-01") == 422

    assert sends(lin, 1, "again", why=" ", begins="2026-01-01") == 422
    told = [one.text_content() for one in lin.all("//div[@class='field-problem']")]
    assert [text[:4] for text in told] == ["生效日期", "请写明原"]

    assert sends(lin, 1, "again", why="审批表有误") == 303

    with database.connect() as conn:
        newest = all_versions(conn, "errand")[0]
    assert (newest.number, newest.again_of, newest.note) == (3, 1, "审批表有误")
    assert newest.who == "林娜"
    lin.get(f"{HOME}/errand/3")
    assert "旧版重新发布（第 1 版）" in lin.text


def test_who_looked_at_another_version_in_force_is_told(lin: Visitor, database: sa.Engine) -> None:
    lin.get(f"{HOME}/errand/1")
    action = f"{HOME}/errand/1/again"
    values = {**lin.values(action), "why": "审批表有误"}
    with database.begin() as conn:
        put(conn, 3)

    assert lin.post(action, values).status_code == 409

    assert "其间已有第 3 版" in lin.text
    assert "审批表有误" in lin.values(action)["why"], "what was typed stays"
    with database.connect() as conn:
        assert standing(conn)[3] == "in force"


def test_an_older_version_follows_a_plan_or_waits_for_its_withdrawal(
    lin: Visitor, database: sa.Engine
) -> None:
    with database.begin() as conn:
        put(conn, 3, begins=SOON, now=datetime.now(UTC))
    lin.get(f"{HOME}/errand/1")
    assert "取代现行第 2 版" in lin.text
    assert "则取代第 3 版；要更早生效，请先撤回第 3 版" in lin.text

    assert sends(lin, 1, "again", why="先试") == 409
    assert "请先撤回它" in lin.text
    later = (SOON + timedelta(days=4)).isoformat()
    assert sends(lin, 1, "again", why=" ", begins=later) == 422
    assert "取代届时生效的第 3 版" in lin.text
    assert sends(lin, 1, "again", why="先试", begins=later) == 303

    with database.connect() as conn:
        assert standing(conn) == {1: "past", 2: "in force", 3: "planned", 4: "planned"}
        assert all_versions(conn, "errand")[0].based_on == 3


def test_an_older_version_is_planned_and_withdrawn(lin: Visitor, database: sa.Engine) -> None:
    assert sends(lin, 1, "again", why="先试", begins=SOON.isoformat()) == 303
    lin.get(f"{HOME}/errand/3")
    assert "待生效" in lin.text
    lin.get("/procedures/errand")
    assert f"第 3 版自 {SOON.month}月" in lin.text.replace(f"{SOON.year}年", "")
    assert sends(lin, 3, "withdraw", why="") == 422
    assert sends(lin, 3, "withdraw", why="总经理未批准") == 303
    lin.get(f"{HOME}/errand/3")
    assert "没有生效" in lin.text
    assert "总经理未批准" in lin.text
    with database.connect() as conn:
        assert standing(conn) == {1: "past", 2: "in force", 3: "withdrawn"}
    assert lin.post(f"{HOME}/errand/3/withdraw", {"why": "x"}).status_code == 409
    assert "已撤回" in lin.text


def test_a_version_whose_files_were_changed_is_still_listed_and_told(
    lin: Visitor, database: sa.Engine
) -> None:
    with database.begin() as conn:
        planned = put(conn, 5, begins=date(2099, 1, 1), now=NOW)
        row = next(one for one in all_versions(conn, "errand") if one.state is State.PLANNED)
        mine = sa.select(version_files.c.sha256).where(
            version_files.c.version_id == row.id,
            version_files.c.path == "forms/errand/sign.json",
        )
        conn.execute(sa.update(files).where(files.c.sha256.in_(mine)).values(content=b"{}"))
    lin.get(f"{HOME}/errand/{planned.number}")
    assert lin.status == 200
    assert "与发布时不符" in lin.text
    assert lin.all("//img") == []


def test_a_version_that_could_not_begin_is_marked_and_leads_to_its_incident(
    lin: Visitor, database: sa.Engine
) -> None:
    with database.begin() as conn:
        number = put(conn, 5, begins=date(2099, 1, 1), now=NOW).number
        row = next(one for one in all_versions(conn, "errand") if one.state is State.PLANNED)
        mine = sa.select(version_files.c.sha256).where(
            version_files.c.version_id == row.id,
            version_files.c.path == "forms/errand/sign.json",
        )
        conn.execute(sa.update(files).where(files.c.sha256.in_(mine)).values(content=b"{}"))
        assert switch_next(conn, now=datetime(2099, 2, 1, tzinfo=UTC))
    lin.get(HOME)
    assert f"第 {number} 版 未能生效" in " ".join(lin.text.split())
    assert f"第 {number} 版到期没有生效，现行的版本继续有效" in lin.text
    (link,) = lin.all("//a[contains(text(), '查看异常')]/@href")
    lin.get(f"{HOME}/errand/{number}")
    assert "did not come into force" not in lin.text
    assert link in lin.all("//a/@href")
    lin.get(str(link))
    assert lin.status == 200
    assert "版本生效" in lin.text
    assert "或改好文件重新发布" in lin.text
    lin.get("/admin/incidents")
    assert "版本生效" in lin.text

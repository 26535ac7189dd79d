"""The page of the company's journal: what was done, by whom and why, and whether it verifies."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.history import journalview
from engine.substituting.making import Wanted, end, make
from engine.tables import journal, versions
from engine.transfers.ending import give_up
from engine.transfers.planning import begin
from engine.versioning.again import roll_back, withdraw
from engine.versioning.terms import Terms
from tests.engine.errand import asked, errand
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person
    from tests.web.visiting import Visitor

HOME = "/admin/journal"


@pytest.fixture
def lin(
    database: sa.Engine, sign_in: Callable[[str], Visitor], staff: dict[str, Person]
) -> Visitor:
    """Give the browser of the process owner, after everything that the journal tells of."""
    now, by = datetime.now(UTC), staff["lin"]
    with database.begin() as conn:
        put_in_force(conn, errand())
        asked(conn, somebody(conn, "clerk", {"clerk"}))
        put_in_force(conn, errand(urging="interrupt"))
        batch = begin(conn, "errand", 2, reason="制度修订", by=by, now=now)
        give_up(conn, batch, by=by, now=now)
        again = Terms(begins=date(2099, 1, 1))
        made = roll_back(conn, "errand", 1, reason="审批表有误", by=by, now=now, terms=again)
        withdraw(conn, "errand", made, reason="总经理未批准", by=by, now=now)
    return sign_in("lin")


def told(visitor: Visitor) -> list[str]:
    rows = visitor.all("//main//tbody/tr")
    return [" ".join(row.text_content().split()).partition(" 条 ")[2] for row in rows]


def test_it_says_who_did_what_and_why_the_newest_first(lin: Visitor) -> None:
    lin.get(HOME)
    assert lin.status == 200
    assert told(lin)[:5] == [
        "撤回版本 “errand名”第 3 版 林娜 总经理未批准",
        "发布版本 “errand名”第 3 版 林娜 审批表有误",
        "放弃迁移 “errand名”→ 第 2 版 林娜 制度修订",
        "发起迁移 “errand名”→ 第 2 版 林娜 制度修订",
        "发布版本 “errand名”第 2 版随之停用或撤回：“errand名”第 1 版 系统或命令行 —",
    ]
    assert "日志校验无误" in lin.text
    assert "只有与另行归档的摘要比对才能看出" in lin.text
    assert lin.get(lin.all("//main//tbody//a/@href")[0]).status_code == 200
    lin.post("/language/en", {})
    lin.get(HOME)
    assert "Version withdrawn Version 3 of “errand in English” 林娜 总经理未批准" in lin.text
    assert "版" not in lin.text.replace("中文", "")


def test_it_is_filtered_by_kind_and_paged(lin: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    lin.get(f"{HOME}?group=transfers")
    assert [line.split()[0] for line in told(lin)] == ["放弃迁移", "发起迁移"]
    monkeypatch.setattr(journalview, "PAGE", 1)
    lin.get(f"{HOME}?group=transfers")
    (following,) = lin.all("//a[@rel='next']/@href")
    lin.get(following)
    assert [line.split()[0] for line in told(lin)] == ["发起迁移"]
    assert not lin.all("//a[@rel='next']")
    lin.get(f"{HOME}?group=substitutions")
    assert "还没有这样的记录" in lin.text


def test_a_substitution_stands_there_with_its_days(
    lin: Visitor, database: sa.Engine, staff: dict[str, Person]
) -> None:
    now, fang = datetime.now(UTC), staff["fang"]
    with database.begin() as conn:
        first, last = ((now + timedelta(days=day)).date() for day in (10, 11))
        wanted = Wanted(fang.id, staff["min"].id, first, last, reason="产假")
        key = make(conn, wanted, by=fang, now=now)
        end(conn, key, by=fang, now=now)
        limited = replace(wanted, procedure="errand", steps=frozenset({"errand:prepare"}))
        end(conn, make(conn, limited, by=fang, now=now), by=fang, now=now)
        end(
            conn,
            make(conn, replace(wanted, procedure="errand"), by=fang, now=now),
            by=fang,
            now=now,
        )
    lin.get(f"{HOME}?group=substitutions")
    span = f"{first} 至 {last}"
    assert told(lin) == [
        f"{did} 敏敏 代 王芳，{span}，{reach} 王芳 {why}"
        for reach in ("限“errand名”", "限“errand名”的“prepare名”", "所有规程")
        for did, why in (("终止代理", "—"), ("设定代理", "产假"))
    ]
    lin.post("/language/en", {})
    lin.get(f"{HOME}?group=substitutions")
    assert "only “prepare in English” of “errand in English”" in lin.text
    assert "for all procedures" in lin.text
    assert set(lin.all("//main//tbody//td/@data-label")) == {"Who: ", "Why: "}


def test_it_says_what_was_changed_behind_its_back(lin: Visitor, database: sa.Engine) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(versions).where(versions.c.number == 3).values(note="别的"))
    lin.get(HOME)
    assert "“errand名”第 3 版与日志不符：发布理由" in lin.text
    with database.begin() as conn:
        conn.execute(sa.update(journal).where(journal.c.seq == 2).values(body=b"x"))
    lin.get(HOME)
    assert (lin.status, "第 2 条起校验不符" in lin.text) == (200, True)


def test_operators_read_it_too_and_nobody_else(
    lin: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    assert lin.get(HOME).status_code == 200
    he = sign_in("he")
    he.get(HOME)
    assert told(he)[0].startswith("撤回版本")
    assert not he.all("//main//tbody//a[contains(@href, '/versions/')]")
    assert sign_in("fang").get(HOME).status_code == 403

"""The pages that move open cases: begin, look, decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import cases, entries
from engine.tasks.completing import complete_task
from engine.transfers.batches import foresee_any
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, waiting
from tests.engine.small import put_in_force, somebody
from tests.engine.transfers.test_batches import edited, without

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor

HOME = "/admin/moves"


@pytest.fixture
def lin(database: sa.Engine, sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of the process owner, with two errands in the first of three versions."""
    with database.begin() as conn:
        put_in_force(conn, edited(("PT1H", "P3000D")))
        clerk = somebody(conn, "errands", {"clerk"})
        for _ in range(2):
            asked(conn, clerk)
        put_in_force(conn, edited(("PT1H", "P3100D")))
        put_in_force(conn, without())
    return sign_in("lin")


def begins(visitor: Visitor, number: int, why: str = "制度修订") -> str:
    """Begin a batch, and give the address that the browser is led to."""
    visitor.get(HOME)
    typed = {"target": f"errand:{number}", "due": "kept", "why": why}
    return str(visitor.post(HOME, typed).headers.get("Location", ""))


def looks(database: sa.Engine) -> None:
    with database.begin() as conn:
        while foresee_any(conn, now=NOW):
            pass


def moved(database: sa.Engine) -> int:
    with database.connect() as conn:
        told = sa.select(sa.func.count()).where(entries.c.kind == "case_moved")
        return int(conn.scalar(told) or 0)


def test_cases_are_looked_at_and_then_all_of_them_move(lin: Visitor, database: sa.Engine) -> None:
    page = begins(lin, 2)
    assert lin.get(page).headers["Refresh"] == f"2; url={page}"
    assert "正在预演：0 / 2 件" in lin.text
    looks(database)
    assert "Refresh" not in lin.get(page).headers
    assert lin.text.count("停在原处") == 3
    assert "按新图应为" in lin.text
    lin.post(f"{page}/move", lin.values(f"{page}/move"))
    assert moved(database) == 2
    lin.get(page)
    assert "已迁移 2 / 2 件" in lin.text
    assert lin.text.count("林娜 · ") == 2
    lin.post("/language/en", {})
    lin.get(HOME)
    assert "2 of 2 moved" in lin.text


def test_of_a_case_past_its_deadline_it_is_said_that_none_runs(
    lin: Visitor, database: sa.Engine
) -> None:
    with database.begin() as conn:
        clerk = somebody(conn, "another", {"clerk"})
        task = waiting(conn, conn.scalars(sa.select(cases.c.id)).all()[0])["prepare"]
        complete_task(conn, task, Answered({"note": "x"}), by=clerk, now=NOW)
    page = begins(lin, 2)
    assert "没有在走的期限" not in lin.get(page).text
    looks(database)
    assert lin.get(page).text.count("没有在走的期限") == 1


def test_those_that_cannot_stay_with_their_reasons(lin: Visitor, database: sa.Engine) -> None:
    page = begins(lin, 3)
    looks(database)
    lin.get(page)
    assert "案件正停在“prepare名”" in lin.text
    assert lin.values(f"{page}/drop") is not None
    assert lin.post(f"{page}/move", {"which": "all"}).status_code >= 400
    assert "2 个案件不能迁移" in lin.text
    lin.post(f"{page}/drop", {})
    lin.get(page)
    assert "已放弃，案件没有动" in lin.text
    assert "停在：prepare名（内勤）" in lin.text
    lin.get(HOME)
    assert "已放弃" in lin.text
    with database.connect() as conn:
        assert len(set(conn.scalars(sa.select(cases.c.version_id)))) == 1


def test_cases_are_looked_at_anew_if_somebody_asks(lin: Visitor, database: sa.Engine) -> None:
    page = begins(lin, 2)
    looks(database)
    lin.get(page)
    lin.post(f"{page}/again", lin.values(f"{page}/again"))
    lin.get(page)
    assert "正在预演：0 / 2 件" in lin.text


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"target": "errand:2", "why": " "}, "请写明原因"),
        ({"target": "", "why": "x"}, "请选择要迁移到的版本"),
        ({"target": "errand:99999999999", "why": "x"}, "请选择要迁移到的版本"),
        ({"target": "errand:9", "why": "x"}, "没有第 9 版"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    lin: Visitor, typed: dict[str, str], said: str
) -> None:
    lin.get(HOME)
    assert lin.post(HOME, typed).status_code >= 400
    assert said in lin.text


def test_only_administrators_see_it(sign_in: Callable[[str], Visitor]) -> None:
    visitor = sign_in("fang")
    assert visitor.get(HOME).status_code == 403
    assert visitor.post(f"{HOME}/1/move", {}).status_code == 403

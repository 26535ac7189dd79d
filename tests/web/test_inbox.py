"""The inbox: what waits, claimed and released, asked about at no cost while nothing changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.tables import tasks
from tests.web.visiting import statements, task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


def steps(visitor: Visitor, section: str) -> list[str]:
    found = visitor.all(f"//section[@aria-labelledby='{section}']//*[@class='row-step']")
    return [" ".join("".join(one.xpath("span//text()")).split()) for one in found]


def test_an_empty_inbox_says_so_and_offers_what_may_be_started(
    fang: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    fang.get("/")
    assert "都办结了" in fang.text
    assert fang.all("//a[@href='/start/manufacturer-complaint']")
    other = sign_in("yang")
    other.get("/")
    assert not other.all("//a[@href='/start/manufacturer-complaint']")


def test_a_task_of_my_role_is_claimed_released_and_never_shown_to_other_roles(
    fang: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    path = task_path(fang.opens())
    fang.get("/")
    assert steps(fang, "shared") == ["查明异常资料"]
    fang.follow(fang.post(f"{path}/claim"))
    assert (steps(fang, "mine"), steps(fang, "shared")) == (["查明异常资料"], [])

    colleague, stranger = sign_in("min"), sign_in("yang")
    colleague.get("/")
    stranger.get("/")
    assert (steps(colleague, "shared"), steps(stranger, "shared")) == ([], [])
    assert stranger.post(f"{path}/claim").status_code == 403

    assert colleague.post(f"{path}/release").status_code == 409
    assert "王芳" in colleague.text
    fang.follow(fang.post(f"{path}/release"))
    assert steps(fang, "shared") == ["查明异常资料"]


def test_a_poll_is_silent_until_something_changes(fang: Visitor) -> None:
    fang.opens()
    fang.get("/")
    tag = fang.all("//*[@data-poll]/@data-tag")[0]
    known = {"If-None-Match": f'"{tag}"', "X-Requested-With": "banjie"}
    quiet = fang.get("/inbox/rows", **known)
    assert (quiet.status_code, quiet.data) == (304, b"")

    fang.opens()
    loud = fang.get("/inbox/rows", **known)
    assert loud.status_code == 200
    assert loud.text.count("row-step") == 2
    assert loud.headers["ETag"] != f'"{tag}"'


def test_the_statements_of_the_lists_do_not_grow_with_them(
    fang: Visitor, database: sa.Engine
) -> None:
    def counted(path: str) -> int:
        fang.get(path)
        with statements(database) as seen:
            assert fang.get(path).status_code == 200
        return len(seen)

    fang.opens()
    few = {path: counted(path) for path in ("/", "/inbox/rows", "/cases", "/notices")}
    paths = [task_path(fang.opens()) for _ in range(4)]
    fang.post(f"{paths[0]}/claim")
    assert {path: counted(path) for path in few} == few
    assert few["/"] <= 9


def test_what_was_sent_is_told_with_who_has_it_now(fang: Visitor) -> None:
    path = task_path(fang.opens())
    path = task_path(fang.does(path, "establish_data"))
    fang.follow(fang.does(path, "fill_handling_form"))
    assert fang.path.startswith("/?done=")
    told = fang.all("//*[@role='status']")[0].text_content()
    assert "已提交" in told
    assert "销售主管" in told
    assert "主管签注" in told
    assert fang.get("/?done=nonsense").status_code == 200


def test_the_inbox_speaks_english(fang: Visitor, database: sa.Engine) -> None:
    fang.opens()
    fang.follow(fang.post("/language/en"))
    assert steps(fang, "shared") == ["Establish the data"]
    assert "waiting" in fang.text
    with database.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(tasks)) == 1


def test_the_side_bar_names_the_role_and_a_task_without_deadline_its_waiting(
    fang: Visitor, database: sa.Engine
) -> None:
    fang.opens()
    with database.begin() as conn:
        long_ago = sa.text(
            "update tasks set due_at = null, opened_at = opened_at - interval '2 days'"
        )
        conn.execute(long_ago)
    fang.get("/")
    assert fang.all("//div[@class='who-here']//small/text()") == ["销售部"]
    assert "已等 2天" in fang.all("//*[@class='row-due']")[0].text_content()
    assert "无时限" not in fang.text

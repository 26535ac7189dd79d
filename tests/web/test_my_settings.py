"""My settings: a substitute arranged, told about, working, and ended; and all that is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from engine.settings import Company
from tests.web.test_going_back import choose
from tests.web.visiting import task_path

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person
    from tests.web.visiting import Visitor

MAKE = "/settings/substitutions"


@pytest.fixture
def jie(sign_in: Callable[[str], Visitor]) -> Visitor:
    """Give the browser of a person of the general manager's office."""
    return sign_in("jie")


def day(count: int) -> str:
    today = datetime.now(UTC).astimezone(Company().zone).date()
    return (today + timedelta(days=count)).isoformat()


def asks(visitor: Visitor, to: Person, **more: Any) -> int:  # noqa: ANN401
    """Fill in the form as it stands, and give the status of the answer."""
    visitor.get("/settings")
    values = visitor.values(MAKE)
    return visitor.post(MAKE, {**values, "substitute": str(to.id), **more}).status_code


def test_a_substitute_is_arranged_sees_what_waits_and_is_ended(
    fang: Visitor, jie: Visitor, staff: dict[str, Person]
) -> None:
    path = task_path(fang.opens())
    jie.get("/")
    assert "代 王芳 办理" not in jie.text
    assert asks(fang, staff["jie"], last=day(3), reason="年休假") == 303
    fang.get("/settings")
    assert "代理已安排" in fang.text
    assert "陈洁 代理中 所有规程 · 年休假" in fang.text
    jie.get("/")
    assert "代 王芳 办理" in jie.text
    assert jie.all(f"//section[starts-with(@aria-labelledby,'desk')]//a[@href='{path}']")

    (end,) = fang.all("//form[contains(@action,'/end')]/@action")
    assert fang.post(end).status_code == 303
    assert fang.post(end).status_code == 409
    jie.get("/")
    assert "代 王芳 办理" not in jie.text


def test_what_a_substitute_does_is_told_to_whom_it_was_done_for(
    fang: Visitor, jie: Visitor, staff: dict[str, Person]
) -> None:
    path = task_path(fang.opens())
    asks(fang, staff["jie"])
    assert jie.post(f"{path}/claim").status_code == 303
    jie.get(path)
    assert "您在代 王芳 办理" in jie.text
    fang.get("/")
    assert "陈洁 代领" in fang.text
    assert jie.does(path, "establish_data").status_code == 303

    fang.get("/settings")
    done = fang.all("//section[@aria-labelledby='done']//a")
    told = [" ".join("".join(one.itertext()).split()).split(" ")[0] for one in done]
    assert told == ["完成：查明异常资料", "领取：查明异常资料"]
    fang.get(done[0].get("href").partition("#")[0])
    assert "陈洁 代 王芳" in fang.text
    fang.get(fang.all("//a[contains(@href, '/entries/')]/@href")[-1])
    assert fang.all("//*[@class='sign']/b/text()") == ["陈洁 代 王芳 · 销售部"]
    fang.get("/notices")
    assert "陈洁 代您办理了“查明异常资料”" in fang.text


def test_what_a_substitute_returns_names_both_and_to_whom_it_comes_back(
    fang: Visitor, jie: Visitor, staff: dict[str, Person]
) -> None:
    first = task_path(fang.opens())
    second = task_path(fang.does(first, "establish_data"))
    asks(fang, staff["jie"])
    assert jie.post(f"{second}/claim").status_code == 303
    assert choose(jie, second, reason="订单号不对", way="straight") == 303
    fang.get("/")
    fang.get(fang.all("//a[@class='row-main']/@href")[0])
    assert "陈洁 代 王芳 从“" in fang.text
    assert "办好后直接回到 王芳 手中" in fang.text


def test_what_is_refused_keeps_what_was_chosen(fang: Visitor, staff: dict[str, Person]) -> None:
    for wrong, said in (
        ({"last": ""}, "请填写第一天和最后一天"),
        ({"last": "x" * 500}, "请填写第一天和最后一天"),
        ({"first": day(3), "last": day(2)}, "早于第一天"),
        ({"first": day(-1)}, "第一天不能早于今天"),
        ({"last": day(400)}, "最长 366 天"),
        ({"step": "complaint:nothing"}, "请先选择规程"),
        ({"procedure": "manufacturer-complaint", "step": "a:b"}, "没有步骤"),
        ({"substitute": "nobody"}, "没有这位人员"),
        ({"substitute": str(staff["fang"].id)}, "不能是 王芳 本人"),
        ({"reason": "长" * 1001}, "请删减 1 字"),
    ):
        status = asks(fang, staff["jie"], **{"reason": "出差", **wrong})
        assert status == 422, wrong
        assert said in fang.text
        assert fang.values(MAKE)["reason"] == wrong.get("reason", "出差")
    assert asks(fang, staff["jie"], procedure="no-such") == 404
    fang.get("/settings")
    assert "没有人代理您" in fang.text


def test_a_ring_is_named(fang: Visitor, jie: Visitor, staff: dict[str, Person]) -> None:
    assert asks(fang, staff["jie"]) == 303
    assert asks(fang, staff["jie"]) == 409
    assert "已代理同样的范围" in fang.text
    assert asks(jie, staff["fang"]) == 409
    assert "会形成循环代理：陈洁 → 王芳 → 陈洁" in jie.text


def test_a_supervisor_arranges_for_their_people_with_a_reason(
    fang: Visitor, sign_in: Callable[[str], Visitor], staff: dict[str, Person]
) -> None:
    boss, ill = sign_in("qiang"), str(staff["min"].id)
    boss.get("/settings")
    whose = boss.all("//select[@name='person']/option/text()")
    assert [text.split(" ")[0] for text in whose][:1] == ["李强"]
    assert {text.split(" ")[0] for text in whose} == {"李强", "王芳", "敏敏"}
    assert asks(boss, staff["fang"], person=ill) == 422
    assert asks(boss, staff["fang"], person=ill, reason="病假") == 303
    boss.get("/settings")
    assert "敏敏 由 王芳 代理" in boss.text
    away = sign_in("min")
    away.get("/settings")
    assert "王芳 代理中 所有规程 · 病假 · 由 李强 安排" in away.text

    (end,) = away.all("//form[contains(@action,'/end')]/@action")
    assert sign_in("yang").post(end).status_code == 403
    assert asks(fang, staff["jie"], person=ill, reason="病假") == 403
    assert sign_in("yang").post(f"{MAKE}/999999/end").status_code == 404


def test_steps_are_chosen_without_scripts(
    fang: Visitor, jie: Visitor, staff: dict[str, Person]
) -> None:
    fang.opens()
    fang.get("/settings")
    offered = fang.all("//input[@name='step']/@value")
    assert any(place.endswith(":establish_data") for place in offered)
    other = next(place for place in offered if not place.endswith(":establish_data"))
    limits = {"procedure": "manufacturer-complaint", "step": other}
    assert asks(fang, staff["jie"], **limits) == 303
    jie.get("/")
    assert "代 王芳 办理" in jie.text
    assert "其名下和岗位没有待办" in jie.text


def test_the_page_is_there_in_english(fang: Visitor, staff: dict[str, Person]) -> None:
    fang.get("/settings")
    fang.follow(fang.post("/language/en?next=/settings"))
    assert asks(fang, staff["jie"], last=day(-2)) == 422
    assert "comes before the first" in fang.text
    assert "Who stands in for me" in fang.text

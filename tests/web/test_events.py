"""Events that may be started on a case: their buttons, and what a press leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import people, tasks
from tests.engine.gathering import gathered, gathering
from tests.engine.letters import claim, claims, deliver_all, replies, reply
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from engine.people import Person
    from tests.web.visiting import Visitor


@pytest.fixture
def case_id(database: sa.Engine, staff: dict[str, Person]) -> UUID:
    """Give a gathering; Fang is a clerk, Yang of qc, Jie the general manager."""
    with database.begin() as conn:
        put_in_force(conn, gathering())
        for login, role in (("fang", "clerk"), ("jie", "gm")):
            mine = sa.update(people).where(people.c.id == staff[login].id)
            conn.execute(mine.values(roles=[role]))
        return gathered(conn, somebody(conn, "clerk-one", {"clerk"}))


def buttons(visitor: Visitor) -> list[str]:
    found = visitor.all("//ul[contains(@class, 'offers')]//button")
    return [" ".join(button.text_content().split()) for button in found]


def actions(visitor: Visitor) -> list[str]:
    return [form.get("action") for form in visitor.all("//ul[contains(@class, 'offers')]//form")]


def test_the_case_shows_what_may_be_started_and_what_follows(
    sign_in: Callable[[str], Visitor], case_id: UUID
) -> None:
    fang = sign_in("fang")
    fang.get(f"/cases/{case_id}")
    assert "可随时发起" in fang.text
    assert buttons(fang) == ["meeting_called名"]
    assert "接着：meet名" in " ".join(fang.text.split())
    jie = sign_in("jie")
    jie.post("/language/en", {})
    jie.get(f"/cases/{case_id}")
    assert "May be started at any time" in jie.text
    assert buttons(jie) == ["stopped in English", "weighing_called in English"]
    min_ = sign_in("min")
    min_.get(f"/cases/{case_id}")
    assert buttons(min_) == []
    assert "可随时发起" not in min_.text


def test_pressing_it_leads_to_the_persons_own_task_and_twice_is_once(
    sign_in: Callable[[str], Visitor], database: sa.Engine, case_id: UUID
) -> None:
    fang = sign_in("fang")
    fang.get(f"/cases/{case_id}")
    (action,) = actions(fang)
    values = fang.values(action)
    first = fang.post(action, values)
    again = fang.post(action, values)
    assert first.status_code == again.status_code == 303
    assert first.headers["Location"] == again.headers["Location"]
    assert "/tasks/" in first.headers["Location"]
    fang.follow(again)
    assert "meet名" in fang.text
    assert "已发起。这是随之要填的表单" in fang.text
    assert "上一步已提交" not in fang.text
    with database.connect() as conn:
        met = sa.select(sa.func.count()).where(tasks.c.element == "meet")
        assert conn.scalar(met) == 1

    fang.get(f"/cases/{case_id}")
    assert "发起：meeting_called名" in fang.text
    assert actions(fang) != [action]


def test_somebody_elses_task_leads_back_to_the_case(
    sign_in: Callable[[str], Visitor], case_id: UUID
) -> None:
    yang = sign_in("yang")
    yang.get(f"/cases/{case_id}")
    (action,) = actions(yang)
    answer = yang.post(action, yang.values(action))
    assert answer.headers["Location"] == f"/cases/{case_id}"


def test_what_is_over_or_not_ones_own_is_refused(
    sign_in: Callable[[str], Visitor], case_id: UUID
) -> None:
    fang, jie, yang = sign_in("fang"), sign_in("jie"), sign_in("yang")
    for visitor in (fang, jie, yang):
        visitor.get(f"/cases/{case_id}")
    (meet,) = actions(fang)
    stop = actions(jie)[0]
    assert fang.post(stop, {}).status_code == 403
    assert "总经理" in fang.text
    yang.post(meet, {})
    assert fang.post(meet, {}).status_code == 409
    assert "刘洋 刚刚已发起" in fang.text
    assert fang.get(meet).status_code == 405
    jie.post(stop, {})
    assert jie.post(actions(jie)[-1] if actions(jie) else meet, {}).status_code in {403, 409}


def test_what_cannot_be_started_is_on_record(
    sign_in: Callable[[str], Visitor], case_id: UUID
) -> None:
    jie = sign_in("jie")
    jie.get(f"/cases/{case_id}")
    answer = jie.post(actions(jie)[1], {})
    assert answer.status_code == 500
    assert "没有发起" in jie.text
    assert jie.all(f"//a[@href='/cases/{case_id}']")
    he = sign_in("he")
    he.get("/admin/incidents")
    assert "is_heavy名" in he.text


def test_an_ended_session_leads_back_to_the_case_and_says_that_nothing_was_started(
    sign_in: Callable[[str], Visitor], case_id: UUID
) -> None:
    fang = sign_in("fang")
    fang.get(f"/cases/{case_id}")
    (action,) = actions(fang)
    fang.client.delete_cookie("banjie")
    assert fang.post(action, {}).status_code == 401
    assert fang.sign_in("fang").status_code == 200
    assert "还没有办" in fang.text
    assert fang.all(f"//a[@href='/cases/{case_id}']")


def test_both_sides_of_a_message_say_so(
    sign_in: Callable[[str], Visitor], database: sa.Engine
) -> None:
    with database.begin() as conn:
        put_in_force(conn, claim())
        put_in_force(conn, reply())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        asking = claims(conn, clerk)
        answering = replies(conn, clerk, 5)
        deliver_all(conn)
        waiting_for_nobody = replies(conn, clerk, 6)
    fang = sign_in("fang")
    fang.get(f"/cases/{asking}")
    text = " ".join(fang.text.split())
    assert "收到消息：answered名" in text
    assert "关联：claim_no项 TS-7，customer项 天源水务" in text
    assert "发送人：clerk-one君" in text
    assert fang.all(f"//li[contains(@class, 'entry')]//a[@href='/cases/{answering}']")
    fang.get(f"/cases/{answering}")
    assert "发出消息：answer_sent名" in fang.text
    assert "已送达" in fang.text
    assert fang.all(f"//li[contains(@class, 'entry')]//a[@href='/cases/{asking}']")
    fang.get(f"/cases/{waiting_for_nobody}")
    assert "尚无案件接收，留存待送" in fang.text
    fang.post("/language/en", {})
    fang.get(f"/cases/{asking}")
    assert "Message received: answered in English" in fang.text
    assert "Correlated by The claim_no TS-7" in fang.text

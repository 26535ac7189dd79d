"""The page of messages: what is kept, filtered by state and name, and dropped with a reason."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.messages.mailbox import PAGE
from engine.tables import incidents, messages
from tests.engine.conftest import NOW
from tests.engine.letters import claim, claims, deliver_all, replies, reply, rewrite, send
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from tests.web.visiting import Visitor

HOME = "/admin/messages"


@pytest.fixture
def sent(database: sa.Engine) -> UUID:
    """Give the message that a case has sent and nobody waits for."""
    with database.begin() as conn:
        put_in_force(conn, claim())
        put_in_force(conn, reply())
        clerk = somebody(conn, "clerk-one", {"clerk"})
        replies(conn, clerk, 5)
        key: UUID = conn.scalars(sa.select(messages.c.id)).one()
    return key


def letters(visitor: Visitor) -> list[str]:
    found = visitor.all("//details[contains(@class, 'letter')]")
    return [" ".join(" ".join(one.itertext()).split()) for one in found]


def test_what_is_kept_is_shown_with_its_sender_and_content(
    sign_in: Callable[[str], Visitor], database: sa.Engine, sent: UUID
) -> None:
    with database.begin() as conn:
        later = NOW + timedelta(minutes=1)
        send(conn, "question", keys={}, idempotency="erp-1", now=later, note="<b>你好</b>")
    he = sign_in("he")
    he.get(HOME)
    kept, other = letters(he)
    assert "answer claim_no = TS-7，customer = 天源水务" in kept
    assert "clerk-one君" in kept
    assert "amount 5" in kept
    assert "无人等待" not in kept
    assert "生效的规程都不等待“question”。已知的消息名：answer、" in other
    assert "question 无人等待 没有关联键" in other
    assert "来件编号 erp-1" in other
    assert "外部系统" in other
    assert "<b>你好</b>" in other
    assert str(sent) in {one.get("id").removeprefix("m-") for one in he.all("//details[@id]")}

    he.get(f"{HOME}?name=question")
    assert len(letters(he)) == 1
    he.get(f"{HOME}?status=delivered")
    assert letters(he) == []
    assert "没有这样的消息" in he.text
    he.get(f"{HOME}?status=nonsense&page=-3")
    assert len(letters(he)) == 2


def test_both_administrators_see_it_and_nobody_else(
    sign_in: Callable[[str], Visitor], sent: UUID
) -> None:
    for login, status in (("he", 200), ("lin", 200), ("fang", 403), ("nobody", 403)):
        visitor = sign_in(login)
        assert visitor.get(HOME).status_code == status
        if status != 200:
            assert visitor.post(f"{HOME}/{sent}/drop", {"reason": "x"}).status_code == status


def test_dropping_asks_for_a_reason(
    sign_in: Callable[[str], Visitor], database: sa.Engine, sent: UUID
) -> None:
    he = sign_in("he")
    he.get(HOME)
    (action,) = he.all("//button[not(@lang)]/@formaction[contains(., '/drop')]")
    assert he.post(action, {**he.values(action), f"reason.{sent}": " "}).status_code == 422
    assert "请写明原因" in he.text
    assert len(letters(he)) == 1

    he.follow(he.post(action, {**he.values(action), f"reason.{sent}": "客户已撤诉"}))
    assert "消息已作废" in he.text
    assert letters(he) == []
    he.get(f"{HOME}?status=dropped")
    (dropped,) = letters(he)
    assert "何清：客户已撤诉" in dropped
    assert he.post(action, {f"reason.{sent}": "again"}).status_code == 409
    with database.connect() as conn:
        row = conn.execute(sa.select(messages).where(messages.c.id == sent)).one()
    assert (row.status, row.reason) == ("dropped", "客户已撤诉")
    he.get(f"/cases/{row.sent_from}")
    assert "消息作废：answer" in he.text
    assert "原因：客户已撤诉" in he.text


def test_many_are_paged(sign_in: Callable[[str], Visitor], database: sa.Engine) -> None:
    with database.begin() as conn:
        for _ in range(PAGE + 1):
            send(conn, "question", keys={})
    he = sign_in("he")
    he.get(HOME)
    assert len(letters(he)) == PAGE
    (following,) = he.all("//a[@rel='next']")
    he.get(following.get("href"))
    assert len(letters(he)) == 1


def test_a_delivered_one_names_its_case(
    sign_in: Callable[[str], Visitor], database: sa.Engine, sent: UUID
) -> None:
    with database.begin() as conn:
        clerk = somebody(conn, "clerk-two", {"clerk"})
        case_id = claims(conn, clerk)
        deliver_all(conn)
    he = sign_in("he")
    he.get(f"{HOME}?status=delivered")
    assert he.all(f"//details[@id='m-{sent}']//a[@href='/cases/{case_id}']")
    assert not he.all("//button[contains(@formaction, '/drop')]")
    he.post("/language/en", {})
    he.get(f"{HOME}?status=delivered")
    assert "Delivered" in letters(he)[0]


def test_what_a_case_cannot_take_in_is_an_incident_that_leads_to_its_message(
    sign_in: Callable[[str], Visitor], database: sa.Engine, sent: UUID
) -> None:
    with database.begin() as conn:
        rewrite(conn, sent, amount="x")
        claims(conn, somebody(conn, "clerk-two", {"clerk"}))
        deliver_all(conn)
        number = conn.scalar(sa.select(incidents.c.id))
    he = sign_in("he")
    he.get(f"/admin/incidents/{number}")
    assert "收取消息" in he.text
    (link,) = he.all(f"//a[contains(@href, '#m-{sent}')]")
    he.get(link.get("href").partition("#")[0])
    assert "amount x" in letters(he)[0]
    he.follow(he.post(f"{HOME}/{sent}/drop", {f"reason.{sent}": "写错了"}))
    he.get("/admin/incidents")
    assert "已无需再办" in he.text

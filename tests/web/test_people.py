"""Signing in and out, and the language that a person reads."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
import time_machine

from engine.people.signing_in import FAILURES_PER_LOGIN_AND_ADDRESS
from engine.tables import people

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.web.visiting import Visitor


def test_a_person_signs_in_and_lands_where_they_wanted(visitor: Visitor) -> None:
    visitor.follow(visitor.get("/cases?q=1"))
    assert visitor.sign_in("fang").headers["Location"] == "/cases?q=1"
    assert visitor.get("/cases?q=1").status_code == 200


@pytest.mark.parametrize("away", ["https://evil.example", "//evil.example", "/\\evil.example", ""])
def test_signing_in_never_leads_to_another_site(visitor: Visitor, away: str) -> None:
    visitor.get("/sign-in")
    sent = {**visitor.values("/sign-in"), "login": "fang", "password": "correct horse"}
    assert visitor.post("/sign-in", {**sent, "next": away}).headers["Location"] == "/"


def test_a_wrong_password_is_told_in_both_languages_and_keeps_the_login(visitor: Visitor) -> None:
    assert visitor.sign_in("fang", "wrong").status_code == 401
    assert "登录名或密码不正确" in visitor.text
    assert visitor.values("/sign-in")["login"] == "fang"
    visitor.follow(visitor.post("/language/en"))
    visitor.sign_in("fang", "wrong")
    assert "Login or password is wrong" in visitor.text


def test_attempts_are_limited_per_login(visitor: Visitor) -> None:
    for _ in range(FAILURES_PER_LOGIN_AND_ADDRESS):
        assert visitor.sign_in("fang", "wrong").status_code == 401
    assert visitor.sign_in("fang").status_code == 429
    assert visitor.sign_in("jie").status_code == 303


def test_signing_out_ends_the_session(fang: Visitor) -> None:
    fang.get("/")
    fang.post("/sign-out")
    assert fang.get("/").status_code == 302


def test_signing_out_kills_every_copy_of_the_cookie(
    fang: Visitor, sign_in: Callable[[str], Visitor]
) -> None:
    elsewhere, other = sign_in("fang"), sign_in("jie")
    fang.get("/")
    copied = fang.client.get_cookie("banjie")
    assert copied is not None
    fang.post("/sign-out")
    fang.client.set_cookie("banjie", copied.value)
    assert [one.get("/").status_code for one in (fang, elsewhere, other)] == [302, 302, 200]
    fang.sign_in("fang")
    assert fang.get("/").status_code == 200


def test_a_session_ends_after_a_week_however_busy(visitor: Visitor) -> None:
    start = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        visitor.sign_in("fang")
        for _ in range(7 * 24 // 8):
            clock.shift(timedelta(hours=8))
            assert visitor.get("/").status_code == 200
        clock.shift(timedelta(seconds=1))
        assert visitor.get("/").status_code == 302


@pytest.mark.parametrize("login", ["fang\x00", "fa\x01ng", "f" * 101, "f" * 100_000])
def test_a_login_that_nobody_can_have_is_a_wrong_one(visitor: Visitor, login: str) -> None:
    assert visitor.sign_in(login).status_code == 401
    assert "登录名或密码不正确" in visitor.text


def test_somebody_who_was_switched_off_is_out_at_once(fang: Visitor, database: sa.Engine) -> None:
    with database.begin() as conn:
        conn.execute(sa.update(people).where(people.c.login == "fang").values(active=False))
    assert fang.get("/").status_code == 302


def test_a_session_ends_after_twelve_idle_hours_but_not_before(visitor: Visitor) -> None:
    start = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        visitor.sign_in("fang")
        for _ in range(3):
            clock.shift(timedelta(hours=11))
            assert visitor.get("/").status_code == 200
        clock.shift(timedelta(hours=12, minutes=11))
        assert visitor.get("/").status_code == 302


def test_the_page_asking_by_itself_does_not_keep_a_session_alive(visitor: Visitor) -> None:
    start = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        visitor.sign_in("fang")
        for status in (200, 401):
            clock.shift(timedelta(hours=7))
            asked = visitor.get("/inbox/rows", **{"X-Requested-With": "banjie"})
            assert asked.status_code == status


def test_the_language_is_remembered_for_the_person(fang: Visitor, database: sa.Engine) -> None:
    fang.get("/")
    assert fang.page.get("lang") == "zh-CN"
    fang.follow(fang.post("/language/en?next=/cases"))
    assert fang.path == "/cases"
    assert fang.page.get("lang") == "en"
    assert "Cases" in fang.text
    with database.connect() as conn:
        lang = conn.scalar(sa.select(people.c.lang).where(people.c.login == "fang"))
    assert lang == "en"

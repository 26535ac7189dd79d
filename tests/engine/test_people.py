from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from engine import people
from engine.people import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_LOGIN,
    WINDOW,
    LoginTakenError,
    SignInRefusedError,
    TooManyAttemptsError,
    UnknownRoleError,
)
from engine.spiff import Names

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
HERE = "127.0.0.1"


@pytest.fixture
def conn(connection: Connection) -> Connection:
    people.save_roles(connection, {"qc": Names("品管部", "QC"), "sales": Names("销售部", "Sales")})
    people.add_person(connection, "anna", "安娜", password="right", held={"qc"}, now=NOW)
    people.add_person(connection, "bert", "伯特", password="other", held=(), now=NOW)
    return connection


def test_login_and_password_give_the_person_with_their_roles(conn: Connection) -> None:
    anna = people.sign_in(conn, "anna", "right", address=HERE, now=NOW)

    assert (anna.name, anna.roles, anna.lang) == ("安娜", frozenset({"qc"}), "zh")
    assert people.person(conn, anna.id) == anna


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong"), ("nobody", "right"), ("", "")])
def test_a_wrong_login_or_password_is_refused_in_the_same_words(
    conn: Connection, login: str, password: str
) -> None:
    with pytest.raises(SignInRefusedError) as refused:
        people.sign_in(conn, login, password, address=HERE, now=NOW)

    assert refused.value.zh == "登录名或密码不正确。"


def test_after_five_failures_even_the_right_password_waits(conn: Connection) -> None:
    for _ in range(FAILURES_PER_LOGIN):
        people.record_failure(conn, "anna", address=HERE, now=NOW)

    with pytest.raises(TooManyAttemptsError):
        people.sign_in(conn, "anna", "right", address=HERE, now=NOW + WINDOW - timedelta(seconds=1))
    assert people.sign_in(conn, "bert", "other", address=HERE, now=NOW).name == "伯特"
    assert people.sign_in(conn, "anna", "right", address=HERE, now=NOW + WINDOW).name == "安娜"


def test_an_address_that_tries_many_logins_waits_too(conn: Connection) -> None:
    for n in range(FAILURES_PER_ADDRESS):
        people.record_failure(conn, f"guess{n}", address=HERE, now=NOW)

    with pytest.raises(TooManyAttemptsError):
        people.sign_in(conn, "anna", "right", address=HERE, now=NOW)
    assert people.sign_in(conn, "anna", "right", address="192.0.2.1", now=NOW).name == "安娜"


def test_a_person_is_added_once_and_only_with_known_roles(conn: Connection) -> None:
    with pytest.raises(LoginTakenError):
        people.add_person(conn, "anna", "另一位", password="x", held={"qc"}, now=NOW)
    with pytest.raises(UnknownRoleError, match="magician"):
        people.add_person(conn, "carl", "卡尔", password="x", held={"magician"}, now=NOW)


def test_the_language_is_remembered(conn: Connection) -> None:
    anna = people.sign_in(conn, "anna", "right", address=HERE, now=NOW)
    people.set_language(conn, anna, "en")

    found = people.person(conn, anna.id)
    assert found is not None
    assert found.lang == "en"

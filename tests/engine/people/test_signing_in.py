"""Signing in: what is counted, when it ends, and that guessing at once gains nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.people import HASHER
from engine.people.signing_in import (
    FAILURES_PER_ADDRESS,
    FAILURES_PER_LOGIN,
    FAILURES_PER_LOGIN_AND_ADDRESS,
    WINDOW,
    SignInRefusedError,
    TooManyAttemptsError,
    sign_in,
)
from engine.tables import sign_in_failures
from tests.engine.conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Callable

    from engine.people import Person

RIGHT = "the right one"


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the passwords that were verified at all."""
    seen: list[str] = []
    really = type(HASHER).verify

    def verify(_self: object, kept: str, password: str) -> bool:
        seen.append(password)
        return really(HASHER, kept, password)

    monkeypatch.setattr(type(HASHER), "verify", verify)
    return seen


@pytest.fixture
def types(connection: sa.Connection, anna: Person, bert: Person) -> Callable[..., Person]:
    """Give the sign-in of a desk where everything is rolled back after the test."""
    assert (anna.login, bert.login) == ("anna", "bert")

    def typed(login: str, password: str, *, address: str = "192.0.2.1", later: int = 0) -> Person:
        moment = NOW + timedelta(seconds=later)
        return sign_in(
            lambda: nullcontext(connection), login, password, address=address, now=moment
        )

    return typed


def fails(types: Callable[..., Person], times: int, login: str, *, address: str) -> None:
    for _ in range(times):
        with pytest.raises(SignInRefusedError):
            types(login, "wrong", address=address)


def test_login_and_password_give_the_person_with_their_roles(types: Callable[..., Person]) -> None:
    found = types("anna", RIGHT)
    assert (found.name, found.roles, found.lang) == ("安娜", frozenset({"qc"}), "zh")


@pytest.mark.parametrize(
    ("login", "password"), [("anna", "wrong"), ("nobody", RIGHT), ("", ""), ("anna", "")]
)
def test_a_wrong_login_or_password_is_refused_in_the_same_words(
    types: Callable[..., Person], login: str, password: str
) -> None:
    with pytest.raises(SignInRefusedError, match="登录名或密码不正确"):
        types(login, password)


@pytest.mark.parametrize(
    ("login", "password"),
    [("a" * 101, RIGHT), ("anna", "x" * 201), ("an\x00na", RIGHT), ("anna", f"{RIGHT}\x00")],
)
def test_what_nobody_can_have_typed_is_wrong_without_a_look(
    types: Callable[..., Person], verified: list[str], login: str, password: str
) -> None:
    with pytest.raises(SignInRefusedError):
        types(login, password)
    assert verified == []


def test_after_five_failures_even_the_right_password_waits(types: Callable[..., Person]) -> None:
    fails(types, FAILURES_PER_LOGIN_AND_ADDRESS, "anna", address="192.0.2.1")
    whole = int(WINDOW.total_seconds())
    with pytest.raises(TooManyAttemptsError):
        types("anna", RIGHT, later=whole - 1)
    assert types("bert", "another one").name == "伯特"
    assert types("anna", RIGHT, later=whole).name == "安娜"


def test_a_stranger_elsewhere_locks_nobody_out(types: Callable[..., Person]) -> None:
    fails(types, FAILURES_PER_LOGIN_AND_ADDRESS, "anna", address="198.51.100.7")
    with pytest.raises(TooManyAttemptsError):
        types("anna", "wrong", address="198.51.100.7")
    assert types("anna", RIGHT).name == "安娜"


def test_a_login_guessed_from_many_addresses_waits(types: Callable[..., Person]) -> None:
    for n in range(FAILURES_PER_LOGIN):
        fails(types, 1, "anna", address=f"198.51.100.{n}")
    with pytest.raises(TooManyAttemptsError):
        types("anna", RIGHT)


def test_an_address_that_tries_many_logins_waits_too(types: Callable[..., Person]) -> None:
    for n in range(FAILURES_PER_ADDRESS):
        fails(types, 1, f"guess{n}", address="192.0.2.1")
    with pytest.raises(TooManyAttemptsError):
        types("anna", RIGHT)
    assert types("anna", RIGHT, address="192.0.2.9").name == "安娜"


def test_a_right_guess_is_forgotten_with_the_failures_before_it(
    types: Callable[..., Person], connection: sa.Connection
) -> None:
    for _ in range(3):
        fails(types, FAILURES_PER_LOGIN_AND_ADDRESS - 1, "anna", address="192.0.2.1")
        assert types("anna", RIGHT).name == "安娜"
    kept = connection.scalars(sa.select(sign_in_failures.c.subject)).all()
    assert sorted(set(kept)) == ["address:192.0.2.1", "login:anna"]
    assert kept.count("login:anna") == 3 * (FAILURES_PER_LOGIN_AND_ADDRESS - 1)


def test_guesses_at_once_are_verified_no_oftener_than_one_by_one(
    database: sa.Engine, verified: list[str]
) -> None:
    def guess(number: int) -> type[Exception]:
        with pytest.raises((SignInRefusedError, TooManyAttemptsError)) as refused:
            sign_in(database.begin, "wujun", f"guess {number}", address="192.0.2.1", now=NOW)
        return refused.type

    with ThreadPoolExecutor(max_workers=24) as crowd:
        told = list(crowd.map(guess, range(24)))
    assert len(verified) == FAILURES_PER_LOGIN_AND_ADDRESS
    assert told.count(TooManyAttemptsError) == 24 - FAILURES_PER_LOGIN_AND_ADDRESS

"""Signing in: every guess is counted before it is looked at, so that no number at once gets by."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import argon2
import sqlalchemy as sa

from engine.control import has_control
from engine.errors import Refusal
from engine.people import HASHER, LONGEST_LOGIN, LONGEST_PASSWORD, Person, with_password
from engine.tables import sign_in_failures

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

WINDOW = timedelta(minutes=15)
FAILURES_PER_LOGIN_AND_ADDRESS = 5
FAILURES_PER_LOGIN = 20
FAILURES_PER_ADDRESS = 50

_NOBODY = HASHER.hash("nobody has this password")
_LOCK = sa.select(
    sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(sa.bindparam("subject"), 0))
)
_FAILURES = (
    sa.select(sign_in_failures.c.subject, sa.func.count())
    .where(
        sign_in_failures.c.subject.in_(sa.bindparam("subjects", expanding=True)),
        sign_in_failures.c.at > sa.bindparam("since"),
    )
    .group_by(sign_in_failures.c.subject)
)


class SignInRefusedError(Refusal):
    """Login and password do not belong together."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("登录名或密码不正确。", "Login or password is wrong.")


class TooManyAttemptsError(Refusal):
    """Too many failed attempts for this login or from this address."""

    code = "too_many_attempts"

    def __init__(self) -> None:
        minutes = WINDOW.seconds // 60
        super().__init__(
            f"失败次数过多，请在 {minutes} 分钟后再试。",
            f"Too many failed attempts; try again in {minutes} minutes.",
        )


def sign_in(
    transaction: Callable[[], AbstractContextManager[sa.Connection]],
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
) -> Person:
    """Return the person, or refuse; refuse anybody once too many guesses have failed.

    Each ``transaction`` is committed by itself: the guess stands as failed before the password is
    verified, and is forgotten if it was right. Guesses are counted by login and address together,
    by login alone with a higher ceiling, so that a stranger elsewhere locks nobody out, and by
    address. Raises SignInRefusedError and TooManyAttemptsError.
    """
    if not _is_possible(login, LONGEST_LOGIN) or not _is_possible(password, LONGEST_PASSWORD):
        raise SignInRefusedError
    limits = {
        f"address:{address}": FAILURES_PER_ADDRESS,
        f"login:{login}": FAILURES_PER_LOGIN,
        f"pair:{address} {login}": FAILURES_PER_LOGIN_AND_ADDRESS,
    }
    with transaction() as conn:
        guess = _count(conn, limits, now=now)
    with transaction() as conn:
        found = with_password(conn, login)
    _verify(_NOBODY if found is None else found[1], password)
    if found is None:
        raise SignInRefusedError
    with transaction() as conn:
        _forget(conn, guess, pair=f"pair:{address} {login}")
    return found[0]


def _is_possible(typed: str, longest: int) -> bool:
    return 0 < len(typed) <= longest and not has_control(typed)


def _count(conn: sa.Connection, limits: Mapping[str, int], *, now: datetime) -> list[int]:
    """Count one more guess under the locks of all its subjects, always taken in the same order."""
    for subject in sorted(limits):
        conn.execute(_LOCK, {"subject": subject})
    conn.execute(sa.delete(sign_in_failures).where(sign_in_failures.c.at <= now - WINDOW))
    failures = conn.execute(_FAILURES, {"subjects": list(limits), "since": now - WINDOW})
    if any(count >= limits[subject] for subject, count in failures):
        raise TooManyAttemptsError
    counted = sa.insert(sign_in_failures).returning(sign_in_failures.c.id)
    return list(conn.scalars(counted, [{"subject": one, "at": now} for one in limits]))


def _verify(kept: str, password: str) -> None:
    try:
        HASHER.verify(kept, password)
    except argon2.exceptions.VerifyMismatchError:
        raise SignInRefusedError from None


def _forget(conn: sa.Connection, guess: list[int], *, pair: str) -> None:
    """Forget a right guess, and what failed before it from the same place."""
    of_guess, of_pair = sign_in_failures.c.id.in_(guess), sign_in_failures.c.subject == pair
    conn.execute(sa.delete(sign_in_failures).where(sa.or_(of_guess, of_pair)))

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from engine import people
from engine.people import BadLoginError, BadPasswordError, LoginTakenError, UnknownRoleError
from engine.spiff import Names
from engine.substituting.represented import of_session

if TYPE_CHECKING:
    from sqlalchemy import Connection

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
WORDS = "long enough words"


@pytest.fixture
def conn(connection: Connection) -> Connection:
    people.save_roles(connection, {"qc": Names("品管部", "QC"), "sales": Names("销售部", "Sales")})
    people.add_person(connection, "anna", "安娜", password=WORDS, held={"qc"}, now=NOW)
    return connection


def test_a_person_is_added_once_and_only_with_known_roles(conn: Connection) -> None:
    with pytest.raises(LoginTakenError):
        people.add_person(conn, "anna", "另一位", password=WORDS, held={"qc"}, now=NOW)
    with pytest.raises(UnknownRoleError, match="magician"):
        people.add_person(conn, "carl", "卡尔", password=WORDS, held={"magician"}, now=NOW)


@pytest.mark.parametrize("login", ["", " anna", "a" * 101, "an\x00na", "an\nna"])
def test_a_login_that_nobody_could_type_is_refused(conn: Connection, login: str) -> None:
    with pytest.raises(BadLoginError, match="1 至 100"):
        people.add_person(conn, login, "某", password=WORDS, held={"qc"}, now=NOW)


@pytest.mark.parametrize("password", ["", "nine char", "x" * 201, "ten chars\x00 or more"])
def test_a_password_too_short_too_long_or_untypeable_is_refused(
    conn: Connection, password: str
) -> None:
    with pytest.raises(BadPasswordError, match="10 to 200"):
        people.add_person(conn, "carl", "卡尔", password=password, held={"qc"}, now=NOW)


def test_ending_sessions_ends_those_of_one_person(conn: Connection) -> None:
    anna = people.with_password(conn, "anna")
    assert anna is not None
    bert = people.add_person(conn, "bert", "伯特", password=WORDS, held=(), now=NOW)
    assert of_session(conn, anna[0].id, 0, now=NOW) == anna[0]
    people.end_sessions(conn, anna[0])

    assert of_session(conn, anna[0].id, 0, now=NOW) is None
    found = of_session(conn, anna[0].id, 1, now=NOW)
    assert found is not None
    assert (found.login, found.generation) == ("anna", 1)
    assert of_session(conn, bert.id, 0, now=NOW) == bert


def test_the_language_is_remembered(conn: Connection) -> None:
    anna = people.add_person(conn, "berta", "贝塔", password=WORDS, held=(), now=NOW)
    people.set_language(conn, anna, "en")

    found = people.person(conn, anna.id)
    assert found is not None
    assert found.lang == "en"

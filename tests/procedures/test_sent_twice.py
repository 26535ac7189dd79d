"""A start form that is sent twice, by a second click or after a broken connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from engine import demo
from engine.cases.sending import FIELD
from engine.cases.starts import Completed, open_case
from engine.tables import cases
from forms.posted import Answered
from tests.procedures.complaint import USUAL
from tests.procedures.walk import ACCEPTED

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from engine.people import Person


@pytest.fixture
def fang(database: Engine) -> Person:
    with database.begin() as conn:
        return demo.load(conn, now=ACCEPTED)[0].person


def send(database: Engine, by: Person, key: str, **answers: Any) -> Completed:  # noqa: ANN401
    given = {**USUAL["complaint_received"], "received_at": "2026-11-09", **answers, FIELD: key}
    posted = Answered(given)
    with database.begin() as conn:
        return open_case(conn, "manufacturer-complaint", posted, by=by, now=ACCEPTED)


def count(database: Engine) -> int:
    with database.connect() as conn:
        return int(conn.scalar(sa.select(sa.func.count()).select_from(cases)) or 0)


def test_the_same_form_sent_again_gives_the_same_case_and_task(
    database: Engine, fang: Person
) -> None:
    key = uuid4().hex
    first = send(database, fang, key)

    assert send(database, fang, key) == first
    assert first.next_task is not None
    assert count(database) == 1


def test_of_eight_sendings_at_once_one_opens_the_case(database: Engine, fang: Person) -> None:
    key = uuid4().hex
    with ThreadPoolExecutor(8) as clicks:
        done = list(clicks.map(lambda _: send(database, fang, key), range(8)))

    assert len(set(done)) == 1
    assert count(database) == 1


@pytest.mark.parametrize("key", ["", "no key at all", UUID(int=7).hex])
def test_other_answers_or_no_key_open_another_case(
    database: Engine, fang: Person, key: str
) -> None:
    send(database, fang, key)
    send(database, fang, key, customer="另一家公司")

    assert count(database) == 2


def test_somebody_elses_key_counts_for_nothing(database: Engine, fang: Person) -> None:
    with database.begin() as conn:
        people = {one.person.login: one.person for one in demo.load(conn, now=ACCEPTED)}
        other = people["liqiang"]
        conn.execute(sa.text("update people set roles = array['sales'] where login = 'liqiang'"))
    other = replace(other, roles=fang.roles)
    key = uuid4().hex

    assert send(database, fang, key).case_id != send(database, other, key).case_id
    assert count(database) == 2

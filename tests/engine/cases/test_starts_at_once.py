"""A start that failed, retried by an operator while its person sends the form corrected."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine.cases.sending import FIELD, StartRetriedError
from engine.cases.starts import open_case
from engine.incidents import recording
from engine.incidents.closing import settle
from engine.incidents.retrying import retry
from engine.tables import cases
from engine.tasks.drafts import Kept
from tests.engine.incidents.test_incidents import routed, start_in_vain
from tests.engine.parcel import LATER, parcel
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person

    Act = Callable[[Connection], UUID | None]

BLOCKED = sa.text(
    "select exists (select from pg_locks where locktype = 'advisory' and not granted)"
)


@pytest.fixture
def clerk(database: Engine) -> Person:
    with database.begin() as conn:
        put_in_force(conn, parcel())
        return somebody(conn, "clerk-one", {"clerk"})


@pytest.fixture
def acts(database: Engine, clerk: Person) -> tuple[Act, Act]:
    """Give the person's corrected sending of a start that failed, and the operator's retry."""
    page = {FIELD: [uuid4().hex]}
    with database.begin() as conn:
        put_in_force(conn, routed("1 / kilos > 5"))
        key = start_in_vain(conn, clerk, {**page, "kilos": ["0"]})
        put_in_force(conn, routed("kilos > 5"))
    corrected = Kept({**page, "kilos": ["7"]})
    return (
        lambda conn: open_case(conn, "routed", corrected, by=clerk, now=LATER).case_id,
        lambda conn: retry(conn, key, by=None, now=LATER).case_id,
    )


def at_once(database: Engine, first: Act, second: Act) -> tuple[UUID | None, Future[UUID | None]]:
    """Let one do its work, and another begin before that is committed; give what came of both."""

    def follows() -> UUID | None:
        with database.begin() as conn:
            return second(conn)

    with ThreadPoolExecutor(1) as other, database.connect() as looking:
        with database.begin() as conn:
            done = first(conn)
            following = other.submit(follows)
            while not (looking.scalar(BLOCKED) or following.done()):
                pass
        return done, following


def opened(database: Engine) -> list[UUID]:
    with database.begin() as conn:
        settle(conn, now=LATER)
        assert recording.unresolved(conn) == []
        return list(conn.scalars(sa.select(cases.c.id)))


def test_a_retry_behind_the_corrected_form_has_nothing_left_to_do(
    database: Engine, acts: tuple[Act, Act]
) -> None:
    sends, retries = acts
    case_id, retried = at_once(database, sends, retries)
    assert retried.result() is None
    assert opened(database) == [case_id]


def test_the_corrected_form_behind_a_retry_is_told_of_the_case_that_there_is(
    database: Engine, acts: tuple[Act, Act], clerk: Person
) -> None:
    sends, retries = acts
    case_id, sent = at_once(database, retries, sends)
    with pytest.raises(StartRetriedError) as refused:
        sent.result()
    assert refused.value.case_id == case_id
    assert clerk.name in refused.value.zh
    assert opened(database) == [case_id]

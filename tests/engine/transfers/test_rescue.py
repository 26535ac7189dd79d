"""A case that a faulty version holds up is moved to a mended one; two people move a batch once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.cases.timers import wake_next
from engine.incidents import recording
from engine.incidents.closing import settle
from engine.tables import cases, entries
from engine.transfers.batches import Which, carry_out
from engine.transfers.refusals import OverError
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process
from tests.engine.transfers.test_batches import (
    LATER,
    LONGER,
    edited,
    foreseen,
    next_version,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

DUE = NOW + timedelta(hours=2)


def judging(condition: str) -> dict[str, bytes]:
    """Give an errand that judges a number, which may be missing, when its step is late."""
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.user("prepare")
    drawn.end("done")
    drawn.chain("asked", "prepare", "done")
    drawn.deadline("late", "prepare", "PT1H")
    drawn.xor("is_much", "little")
    drawn.user("urge")
    drawn.end("urged")
    drawn.chain("late", "is_much")
    drawn.flow("is_much", "urge", condition)
    drawn.flow("is_much", "urged", id_="little")
    drawn.chain("urge", "urged")
    number, note = form(n={"type": "integer"}), form(note=TEXT)
    return small(
        drawn,
        forms={"errand/asked": number, "errand/prepare": note, "errand/urge": note},
    )


def test_a_case_that_its_version_holds_up_goes_on_in_a_mended_one(connection: Connection) -> None:
    put_in_force(connection, judging("n > 3"))
    clerk = somebody(connection, "clerk", {"clerk"})
    key = open_case(connection, "errand", Answered({}), by=clerk, now=NOW).case_id
    wake_next(connection, now=DUE)
    stuck = sa.select(cases.c.stuck).where(cases.c.id == key)
    assert connection.scalar(stuck)
    number = next_version(connection, judging("n == None or n > 3"))
    found = foreseen(connection, number, now=DUE)
    assert carry_out(connection, found, Which.ALL, by=None, now=DUE) == 1
    assert set(waiting(connection, key)) == {"prepare", "urge"}
    assert not connection.scalar(stuck)
    assert settle(connection, now=DUE) == 1
    assert recording.unresolved(connection) == []
    assert astray(connection) == {}


def test_two_people_who_carry_out_a_batch_move_it_once(database: Engine) -> None:
    with database.begin() as conn:
        put_in_force(conn, errand())
        clerk = somebody(conn, "errands", {"clerk"})
        for _ in range(5):
            asked(conn, clerk)
        found = foreseen(conn, next_version(conn, edited(LONGER)))

    def moves(_: int) -> int:
        with database.begin() as conn:
            return carry_out(conn, found, Which.ALL, by=None, now=LATER)

    with ThreadPoolExecutor(2) as people:
        done = [people.submit(moves, number) for number in range(2)]
    first, second = sorted(done, key=lambda each: each.exception() is not None)
    assert first.result() == 5
    with pytest.raises(OverError):
        second.result()
    with database.connect() as conn:
        told = sa.select(sa.func.count()).where(entries.c.kind == "case_moved")
        assert conn.scalar(told) == 5

"""Numbers are unique, ascending and without a hole, whoever registers at once and fails."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine.cases.starts import open_case
from engine.tables import cases, tasks
from engine.tasks.completing import complete_task
from forms import Answered
from tests.chaos.company import PROCEDURE, T0

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection, Engine

    from engine.people import Person

OPENERS, EACH = 8, 200
NEXT_YEAR = T0 + timedelta(days=365)
SLIP = Answered({"customer": "天源水务", "held": False})
REMARK = Answered({"remark": "相符"})


class _ThinksBetterError(Exception):
    """What makes a registration roll back after its number was taken."""


def numbers(conn: Connection) -> dict[str, list[str]]:
    """Give the numbers that a reader sees, in order, by year."""
    found = defaultdict(list)
    for number in conn.scalars(sa.select(cases.c.number).where(cases.c.number.is_not(None))):
        found[number.split("-")[2]].append(number)
    return {year: sorted(given) for year, given in found.items()}


def without_holes(given: dict[str, list[str]]) -> bool:
    return all(
        series == [f"BJ-TS-{year}-{n:05d}" for n in range(1, len(series) + 1)]
        for year, series in given.items()
    )


def register(database: Engine, by: Person, turn: int) -> UUID | None:
    """Open a case and take it up to its number; every third is rolled back with the number."""
    now = NEXT_YEAR if turn % 2 else T0
    with database.begin() as conn:
        opened = open_case(conn, PROCEDURE, SLIP, by=by, now=now)
    assert opened.next_task is not None
    try:
        with database.begin() as conn:
            complete_task(conn, opened.next_task, REMARK, by=by, now=now)
            _think_better(turn)
    except _ThinksBetterError:
        return None
    return opened.case_id


def _think_better(turn: int) -> None:
    if turn % 3 == 2:
        raise _ThinksBetterError


def watch(database: Engine, over: Event) -> int:
    """Look again and again: whoever looks sees 1…n, so they are committed in their order."""
    looks = 0
    while not over.is_set():
        with database.connect() as conn:
            seen = numbers(conn)
        assert without_holes(seen), seen
        looks += 1
        over.wait(0.05)
    return looks


def test_eight_openers_whose_every_third_registration_is_rolled_back(
    database: Engine, clerks: list[Person]
) -> None:
    over = Event()

    def registers(by: Person) -> list[UUID]:
        done = (register(database, by, turn) for turn in range(EACH))
        return [case_id for case_id in done if case_id is not None]

    with ThreadPoolExecutor(OPENERS + 1) as pool:
        watching = pool.submit(watch, database, over)
        try:
            registered = [key for found in pool.map(registers, clerks) for key in found]
        finally:
            over.set()
        assert watching.result() > 10

    with database.connect() as conn:
        given = numbers(conn)
        assert without_holes(given)
        assert {year: len(series) for year, series in given.items()} == {
            "2026": OPENERS * 67,
            "2027": OPENERS * 67,
        }
        with_number = conn.scalars(sa.select(cases.c.id).where(cases.c.number.is_not(None)))
        assert set(with_number) == set(registered)


def test_a_case_keeps_the_number_that_it_was_given(database: Engine, clerks: list[Person]) -> None:
    by = clerks[0]
    case_id = register(database, by, 0)
    register(database, by, 0)

    for _ in range(2):
        with database.begin() as conn:
            mine = sa.select(tasks.c.id).where(tasks.c.case_id == case_id)
            complete_task(conn, conn.scalars(mine.limit(1)).one(), REMARK, by=by, now=NEXT_YEAR)

    with database.connect() as conn:
        row = conn.execute(sa.select(cases).where(cases.c.id == case_id)).one()
        assert (row.number, row.status) == ("BJ-TS-2026-00001", "ended")
        assert numbers(conn) == {"2026": ["BJ-TS-2026-00001", "BJ-TS-2026-00002"]}

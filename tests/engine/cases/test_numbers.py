from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from engine.cases.numbers import allot, series_of, written
from engine.settings import Company

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

NOW = datetime(2026, 11, 9, 2, 0, tzinfo=UTC)
COMPANY = Company(org="TS")


class _RolledBackError(Exception):
    pass


def _fail_every_third(n: int) -> None:
    if n % 3 == 0:
        raise _RolledBackError


def test_eight_openers_leave_no_hole_though_every_third_is_rolled_back(database: Engine) -> None:
    def take(n: int) -> str | None:
        try:
            with database.begin() as conn:
                number = allot(conn, COMPANY, now=NOW)
                _fail_every_third(n)
                return number
        except _RolledBackError:
            return None

    with ThreadPoolExecutor(8) as openers:
        taken = [number for number in openers.map(take, range(8 * 200)) if number is not None]

    kept = 8 * 200 - len(range(0, 8 * 200, 3))
    assert sorted(taken) == [f"TS-TS-2026-{n:05d}" for n in range(1, kept + 1)]


def test_the_year_is_the_companys_and_starts_a_new_series(connection: Connection) -> None:
    new_years_eve = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    new_year = datetime(2026, 12, 31, 16, 0, tzinfo=UTC)

    assert allot(connection, COMPANY, now=new_years_eve) == "TS-TS-2026-00001"
    assert allot(connection, COMPANY, now=new_year) == "TS-TS-2027-00001"
    assert allot(connection, COMPANY, now=new_years_eve) == "TS-TS-2026-00002"


@pytest.mark.parametrize(
    ("pattern", "number", "series"),
    [
        ("{org}-TS-{yyyy}-{seq5}", "BJ-TS-2026-00012", "BJ-TS-2026-#"),
        ("{org}{yyyy}{seq3}", "BJ2026012", "BJ2026#"),
        ("TS-{seq}", "TS-12", "TS-#"),
    ],
)
def test_a_pattern_writes_the_number_and_names_its_series(
    pattern: str, number: str, series: str
) -> None:
    assert written(pattern, org="BJ", yyyy="2026", seq=12) == number
    assert series_of(pattern, org="BJ", yyyy="2026") == series

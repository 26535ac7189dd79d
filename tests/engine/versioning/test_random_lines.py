"""Whatever is published, planned, withdrawn and published again, the line stays one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.errors import Refusal
from engine.tables import versions
from engine.versioning.again import roll_back, withdraw
from engine.versioning.switching import switch_next
from engine.versioning.terms import Source
from tests.engine.conftest import NOW
from tests.engine.versioning.lines import put

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row

SHARED = timedelta(hours=8)


class Company:
    """Does one thing after another by chance, each in a savepoint, and looks at the line."""

    def __init__(self, conn: Connection, seed: int) -> None:
        self.conn, self.random, self.now = conn, Random(seed), NOW
        self.done, self.refused = 0, 0

    def acts(self) -> None:
        self.now += timedelta(hours=self.random.randint(1, 40))
        before = self.line()
        act = self.random.choice((self.publishes, self.plans, self.goes_back, self.withdraws))
        try:
            with self.conn.begin_nested():
                act(before)
        except Refusal:
            self.refused += 1
            assert [row.id for row in self.line()] == [row.id for row in before]
        else:
            self.done += 1
        if self.random.random() < 0.5:
            while switch_next(self.conn, now=self.now):
                pass
        self.holds(before)

    def publishes(self, line: list[Row[tuple[object, ...]]]) -> None:
        source = self.random.choice([Source.FILES, Source.FILES, Source.PRODUCT])
        put(self.conn, self.random.randint(1, 9), *self.names(line), source=source, now=self.now)

    def plans(self, line: list[Row[tuple[object, ...]]]) -> None:
        day = (self.now + SHARED + timedelta(days=self.random.randint(0, 5))).date()
        named = self.names(line)
        put(self.conn, self.random.randint(1, 9), *named, begins=day, now=self.now)

    def goes_back(self, line: list[Row[tuple[object, ...]]]) -> None:
        number = self.random.randint(1, len(line) + 1)
        roll_back(self.conn, "errand", number, reason="x", by=None, now=self.now)

    def withdraws(self, line: list[Row[tuple[object, ...]]]) -> None:
        number = self.random.randint(1, len(line) + 1)
        withdraw(self.conn, "errand", number, reason="x", by=None, now=self.now)

    def names(self, line: list[Row[tuple[object, ...]]]) -> list[int]:
        """Name what stands, sometimes all of it, sometimes nothing."""
        standing = [
            row.number for row in line if row.in_force or not (row.began_at or row.withdrawn_at)
        ]
        return self.random.choice([[], standing, standing[-1:]])

    def line(self) -> list[Row[tuple[object, ...]]]:
        mine = sa.select(versions).where(versions.c.procedure == "errand")
        return list(self.conn.execute(mine.order_by(versions.c.number)))

    def holds(self, before: list[Row[tuple[object, ...]]]) -> None:
        line = self.line()
        began = [row for row in line if row.began_at is not None]
        planned = [row for row in line if not row.began_at and not row.withdrawn_at]
        assert [row.number for row in line] == list(range(1, len(line) + 1))
        assert sum(row.in_force for row in line) == bool(began)
        assert not any(row.withdrawn_at for row in began)
        assert len({row.begins_at for row in planned}) == len(planned)
        for row in before:
            now = line[row.number - 1]
            same = ("digest", "note", "source", "based_on", "again_of", "begins_at")
            assert [getattr(now, name) for name in same] == [getattr(row, name) for name in same]
            assert row.began_at in {None, now.began_at}, "nothing begins twice"
            assert row.withdrawn_at in {None, now.withdrawn_at}
        for row in planned:
            assert row.begins_at > datetime(2026, 11, 9, tzinfo=UTC)
            assert row.begins_at.astimezone(UTC).hour == 16, "midnight in Shanghai"


@pytest.mark.parametrize("seed", range(6))
def test_the_line_holds_whatever_is_done(connection: Connection, seed: int) -> None:
    company = Company(connection, seed)
    put(connection, 0)
    for _ in range(40):
        company.acts()
    assert company.done > 5
    assert company.refused > 5

"""A year of the demo company: deterministic, varied, and every case replays to where it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import demo, history
from engine.cases.lineage import Lineage
from engine.democases.figures import Figures, figures
from engine.democases.year import PROCEDURE, year_of
from engine.history.dossier import history_rows
from engine.procedures import in_force
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.replaying.replay import as_it_was, chosen, replay_as_it_was
from engine.replaying.verdicts import Verdict
from engine.tables import cases
from tests.engine.replaying.test_random_replays import seen

if TYPE_CHECKING:
    from sqlalchemy import Connection

END = datetime(2026, 11, 20, 4, tzinfo=UTC)
COUNT = 16


def live(connection: Connection, seed: int, count: int) -> Figures:
    demo.load(connection, now=END)
    opened = list(year_of(connection, count, seed=seed, end=END).passes())
    assert opened[-1] == count
    return figures(connection, PROCEDURE)


def test_a_year_has_cases_at_many_places_and_replays_to_where_they_are(
    connection: Connection,
) -> None:
    demo.load(connection, now=END)
    year = year_of(connection, COUNT, seed=4, end=END).passes()
    assert next(opened for opened in year if opened == COUNT)
    told = figures(connection, PROCEDURE)
    assert told.cases >= COUNT
    assert sum(count for _, count in told.ended) < told.cases
    assert len(told.ended) > 1
    assert told.timers > COUNT / 2
    version = in_force(connection, PROCEDURE)
    for key in chosen(connection, PROCEDURE):
        found = replay_as_it_was(connection, key).replayed
        assert (found.verdict, found.notes) == (Verdict.SAME, ())
        state = connection.scalar(sa.select(cases.c.state).where(cases.c.id == key)) or b""
        rows = history_rows(connection, key)
        said = record(rows)
        assert said.until is not None
        terms = as_it_was(connection, Lineage(version), rows)
        stage = play(said, terms, until=said.until).stage
        assert seen(version.compiled, stage.state) == seen(version.compiled, state)
        assert stage.flows == said.flows
        assert history.verify(connection, key) is None


@pytest.fixture
def twice(connection: Connection) -> list[Figures]:
    """Give the figures of the same year, made twice."""
    made = []
    for _ in range(2):
        with connection.begin_nested() as savepoint:
            made.append(live(connection, seed=2, count=6))
            savepoint.rollback()
    return made


def test_the_same_seed_makes_the_same_year(twice: list[Figures]) -> None:
    first, again = twice
    assert first == again
    assert first.cases >= 6
    assert first.steps > 6

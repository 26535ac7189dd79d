"""`banjie demo --cases`: a company without cases gets a year of them, once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import demo
from engine.tables import cases
from web.commands.past import live

if TYPE_CHECKING:
    import pytest
    from sqlalchemy import Engine

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


def test_a_year_is_made_once(database: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with database.begin() as connection:
        demo.load(connection, now=NOW)
    live(database, 4, now=NOW)
    said = capsys.readouterr().out
    assert "A year of 4 cases" in said
    assert "一年的 4 个案件" in said
    live(database, 4, now=NOW)
    assert "There are 4 cases already" in capsys.readouterr().out
    with database.connect() as connection:
        opened = connection.scalars(cases.select().with_only_columns(cases.c.opened_at)).all()
    assert len(opened) == 4
    assert all(at < NOW for at in opened)

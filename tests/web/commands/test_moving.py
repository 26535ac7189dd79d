"""The command that moves open cases: look first, then all or none, and on after a kill."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.procedures.publishing import publish
from engine.spiff import Dues
from engine.tables import cases, entries, transfers
from engine.transfers.batches import foresee_next
from engine.transfers.foreseen import batch, latest
from engine.transfers.planning import begin, unfinished
from tests.engine.conftest import NOW
from tests.engine.errand import asked
from tests.engine.small import somebody
from tests.engine.transfers.test_batches import edited, without

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed

COMMAND = ("move", "errand", "--to", "2")


@pytest.fixture
def opened(database: Engine) -> Engine:
    """Open two errands in the first of two versions."""
    with database.begin() as conn:
        publish(conn, edited(("PT1H", "P3000D")), by=None, now=NOW)
        clerk = somebody(conn, "clerk", {"clerk"})
        for _ in range(2):
            asked(conn, clerk)
        publish(conn, edited(("PT1H", "P3100D")), by=None, now=NOW)
    return database


def moved(engine: Engine) -> int:
    with engine.connect() as conn:
        told = sa.select(sa.func.count()).where(entries.c.kind == "case_moved")
        return int(conn.scalar(told) or 0)


def test_a_dry_run_says_what_would_become_and_keeps_nothing(
    type_in: Typed, url: str, opened: Engine
) -> None:
    code, said, _ = type_in(*COMMAND, "--dry-run", DATABASE_URL=url)
    assert code == 0
    assert said.count("停在原处 same place") == 3
    assert "按新图 as drawn now" in said
    assert moved(opened) == 0
    with opened.connect() as conn:
        assert conn.scalars(sa.select(transfers.c.id)).all() == []


def test_it_moves_all_with_a_reason_and_not_without(
    type_in: Typed, url: str, opened: Engine
) -> None:
    code, _, complained = type_in(*COMMAND, DATABASE_URL=url)
    assert (code, moved(opened)) == (1, 0)
    assert "请写明原因" in complained
    code, said, _ = type_in(*COMMAND, "--why", "制度修订", "--as-drawn", DATABASE_URL=url)
    assert (code, moved(opened)) == (0, 2)
    assert "已将 2 个案件迁移" in said
    with opened.connect() as conn:
        assert len(set(conn.scalars(sa.select(cases.c.version_id)))) == 1


def test_it_goes_on_where_it_was_killed(type_in: Typed, url: str, opened: Engine) -> None:
    with opened.begin() as conn:
        begun = begin(conn, "errand", 2, reason="制度修订", by=None, now=NOW)
        foresee_next(conn, begun, now=NOW)
    code, said, _ = type_in(*COMMAND, "--why", "制度修订", DATABASE_URL=url)
    assert (code, moved(opened)) == (0, 2)
    assert f"Going on with batch {begun}." in said


def test_one_that_cannot_holds_back_the_others_unless_left_behind(
    type_in: Typed, url: str, opened: Engine
) -> None:
    with opened.begin() as conn:
        publish(conn, without(), by=None, now=NOW)
    last = ("move", "errand", "--to", "3", "--why", "制度修订")
    code, said, complained = type_in(*last, DATABASE_URL=url)
    assert (code, moved(opened)) == (1, 0)
    assert "不能迁移 cannot move" in said
    assert "none was" in complained
    assert "停在 stands at: prepare名 prepare in English" in said
    with opened.connect() as conn:
        found = batch(conn, latest(conn)[0].id)
    assert found.ended_for is not None
    assert "2 个案件不能迁移" in found.ended_for.zh
    with opened.connect() as conn:
        left = unfinished(conn, "errand", 3, reason="制度修订", due=Dues.KEPT)
    assert left is None
    code, said, _ = type_in(*last, "--leave-behind", DATABASE_URL=url)
    assert (code, moved(opened)) == (0, 0)
    assert "已将 0 个案件迁移" in said

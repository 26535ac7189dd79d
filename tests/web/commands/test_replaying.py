"""The command that replays cases: verdicts by case and in a table, in one process or in several."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.procedures.publishing import publish
from engine.tables import entries
from tests.engine.conftest import NOW
from tests.engine.errand import asked
from tests.engine.small import somebody
from tests.engine.transfers.test_batches import edited
from web.commands import replaying

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.web.commands.conftest import Typed

COMMAND = ("replay", "errand")


@pytest.fixture
def opened(database: Engine) -> Engine:
    """Open two errands in the first of two versions, of which the second has a shorter deadline."""
    with database.begin() as conn:
        publish(conn, edited(("PT1H", "P3000D")), by=None, now=NOW)
        clerk = somebody(conn, "clerk", {"clerk"})
        for _ in range(2):
            asked(conn, clerk)
        publish(conn, edited(("PT1H", "PT1M")), by=None, now=NOW)
    return database


@pytest.mark.usefixtures("opened")
def test_each_case_that_differs_has_its_line_and_all_are_counted(type_in: Typed, url: str) -> None:
    code, said, progress = type_in(*COMMAND, "--to", "2", DATABASE_URL=url)
    assert code == 0
    assert "2/2" in progress
    assert said.count("逾期 missed:") == 2
    assert "逾期 deadlines missed: 2 新增 new, 0 不再 met now, 0 未走到 not reached" in said
    assert "2 case(s) were replayed" in said


@pytest.mark.usefixtures("opened")
def test_several_processes_say_the_same(
    type_in: Typed, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = type_in(*COMMAND, "--to", "2", DATABASE_URL=url)[1].splitlines()[:-2]
    monkeypatch.setattr(replaying, "AT_ONCE", 1)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    several = type_in(*COMMAND, "--to", "2", DATABASE_URL=url)[1].splitlines()[:-2]
    assert one == several
    assert len(one) > 2


def test_files_that_are_not_published_and_fewer_cases(
    type_in: Typed, url: str, opened: Engine, tmp_path: Path
) -> None:
    for path, content in edited(("PT1H", "P3000D")).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    with opened.connect() as conn:
        before = conn.scalar(sa.select(sa.func.count()).select_from(entries))
    asked_for = (*COMMAND, "--from-files", str(tmp_path), "--limit", "1", "--cases", "open")
    code, said, _ = type_in(*asked_for, DATABASE_URL=url)
    assert code == 0
    assert "1  走同一条路 same path" in said
    with opened.connect() as conn:
        assert conn.scalar(sa.select(sa.func.count()).select_from(entries)) == before


@pytest.mark.usefixtures("opened")
@pytest.mark.parametrize(
    ("options", "told"),
    [((), "Give either --to"), (("--to", "9"), "There is no version 9")],
)
def test_what_cannot_be_replayed_is_refused(
    type_in: Typed, url: str, options: tuple[str, ...], told: str
) -> None:
    code, said, wrong = type_in(*COMMAND, *options, DATABASE_URL=url)
    assert code != 0
    assert told in said + wrong

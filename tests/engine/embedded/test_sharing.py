"""Whoever starts the server stops it, however it ends; whoever finds it running shares it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest

from engine.embedded import start, throw_away
from engine.embedded.leftovers import postmaster, serving

if TYPE_CHECKING:
    from collections.abc import Callable

    Hold = Callable[..., subprocess.Popen[str]]


def _told(holder: subprocess.Popen[str]) -> list[str]:
    assert holder.stdout is not None
    return holder.stdout.readline().split()


def _select(folder: Path, sql: str) -> object:
    with psycopg.connect(host=str(folder), user="banjie", dbname="banjie") as opened:
        row = opened.execute(sql.encode()).fetchone()
        assert row is not None
        return row[0]


def test_a_second_starter_shares_it_and_leaves_it_running(hold: Hold, folder: Path) -> None:
    first = hold(folder)
    url, shared = _told(first)
    assert shared == "False"

    with start(folder) as second:
        assert second.is_shared
        assert second.url == url
        assert _select(folder, "select 1") == 1

    assert postmaster(folder / "data") is not None
    first.communicate(timeout=30)
    assert serving(folder / "data") == []


def test_two_who_start_it_at_once_get_one_server(hold: Hold, folder: Path) -> None:
    told = [_told(holder) for holder in [hold(folder), hold(folder), hold(folder)]]
    assert sorted(shared for _, shared in told) == ["False", "True", "True"]
    assert len({url for url, _ in told}) == 1


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_a_signal_to_its_starter_stops_it(hold: Hold, folder: Path, number: signal.Signals) -> None:
    holder = hold(folder)
    _told(holder)
    holder.send_signal(number)
    holder.wait(30)
    assert serving(folder / "data") == []


def test_a_server_whose_starter_was_killed_is_adopted_and_then_stopped(
    hold: Hold, folder: Path
) -> None:
    holder = hold(folder)
    _told(holder)
    holder.kill()
    holder.wait(30)
    orphan = postmaster(folder / "data")
    assert orphan is not None

    with start(folder) as heir:
        assert not heir.is_shared
        assert postmaster(folder / "data") == orphan
    assert serving(folder / "data") == []


def test_who_shares_it_takes_over_when_the_starter_stops(hold: Hold, folder: Path) -> None:
    holder = hold(folder)
    _told(holder)
    with start(folder) as sharer:
        holder.communicate(timeout=30)
        sharer.keep()
        assert not sharer.is_shared
        assert _select(folder, "select 1") == 1


def test_committed_rows_survive_a_killed_postmaster(folder: Path) -> None:
    with start(folder) as server:
        with psycopg.connect(host=str(folder), user="banjie", dbname="banjie") as opened:
            opened.execute("create table kept as select generate_series(1, 1000) as n")
        killed = postmaster(folder / "data")
        assert killed is not None
        os.kill(killed, signal.SIGKILL)
        time.sleep(0.1)

        server.keep()

        assert postmaster(folder / "data") not in {None, killed}
        assert _select(folder, "select count(*) from kept") == 1000


def test_a_pid_file_that_names_another_living_program_is_forgotten(
    folder: Path, living_pid: int
) -> None:
    with start(folder):
        pid_file = (folder / "data" / "postmaster.pid").read_text()
        lock_file = (folder / ".s.PGSQL.5432.lock").read_text()
    own = pid_file.split("\n", 1)[0]
    (folder / "data" / "postmaster.pid").write_text(pid_file.replace(own, str(living_pid), 1))
    (folder / ".s.PGSQL.5432.lock").write_text(lock_file.replace(own, str(living_pid), 1))

    with start(folder):
        assert _select(folder, "select 1") == 1


@pytest.mark.parametrize("content", ["", "999999\n", "not a pid\n"], ids=["empty", "gone", "torn"])
def test_a_pid_file_that_names_nobody_is_forgotten(folder: Path, content: str) -> None:
    with start(folder):
        pass
    (folder / "data" / "postmaster.pid").write_text(content)
    with start(folder):
        assert _select(folder, "select 1") == 1


def test_what_a_killed_test_run_left_behind_is_removed_by_the_next() -> None:
    script = "import os; from engine.embedded import throw_away; s = throw_away(); "
    script += "print(s.folder, flush=True); os.kill(os.getpid(), 9)"
    killed = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    left = Path(killed.stdout.strip())
    assert serving(left / "data") != []

    with throw_away() as newborn_is_spared:
        assert left.exists()
        assert newborn_is_spared.folder != left
    hours_ago = time.time() - 7200
    os.utime(left, (hours_ago, hours_ago))
    with throw_away():
        assert not left.exists()
    assert serving(left / "data") == []

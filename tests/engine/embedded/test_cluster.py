"""What a fresh cluster is: UTF-8 whatever the locale, private, and on a Unix socket only."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import psutil
import psycopg
import pytest

from engine.embedded import DatabaseStartError, start, throw_away
from engine.embedded.leftovers import serving

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

CHINESE = {"LANG": "zh_CN.UTF-8", "LC_ALL": "zh_CN.UTF-8", "LANGUAGE": "zh_CN", "PGPORT": "1"}


def test_a_chinese_locale_that_is_not_installed_does_no_harm(
    hold: Callable[..., subprocess.Popen[str]], folder: Path
) -> None:
    holder = hold(folder, environment=CHINESE)
    assert holder.stdout is not None
    assert holder.stdout.readline().split()[1:] == ["False"]
    with psycopg.connect(host=str(folder), user="banjie", dbname="banjie") as opened:
        row = opened.execute(
            "select pg_encoding_to_char(encoding), datlocprovider, datcollate, datlocale,"
            " upper('é 办结') from pg_database where datname = 'banjie'"
        ).fetchone()
    assert row == ("UTF8", "b", "C", "C.UTF-8", "É 办结")


def test_it_never_listens_on_tcp() -> None:
    with throw_away() as server:
        pids = serving(server.folder / "data")
        lasting = []
        for pid in pids:
            with suppress(psutil.NoSuchProcess):
                assert psutil.Process(pid).net_connections("inet") == []
                lasting.append(pid)
        assert len(lasting) > 3
        with psycopg.connect(host=str(server.folder), user="banjie", dbname="banjie") as opened:
            assert opened.execute("show listen_addresses").fetchone() == ("",)


def test_data_socket_and_lock_lie_in_one_private_folder() -> None:
    with throw_away() as server:
        inside = {path.name for path in server.folder.iterdir()}
        assert {"data", "lock", ".s.PGSQL.5432"} <= inside
        assert server.folder.stat().st_mode & 0o777 == 0o700
    assert not server.folder.exists()


def test_own_settings_win_and_last(folder: Path) -> None:
    with start(folder):
        pass
    (folder / "data" / "own.conf").write_text("work_mem = '13MB'\n")
    (folder / "data" / "own.conf").chmod(0o644)
    with start(folder), psycopg.connect(host=str(folder), user="banjie", dbname="banjie") as opened:
        assert opened.execute("show work_mem").fetchone() == ("13MB",)


def test_settings_of_ones_own_may_be_taken_away(folder: Path) -> None:
    with start(folder):
        (folder / "data" / "own.conf").unlink()
    with start(folder), psycopg.connect(host=str(folder), user="banjie", dbname="banjie") as opened:
        assert opened.execute("show listen_addresses").fetchone() == ("",)


def test_a_folder_open_to_others_is_refused_and_its_mode_stays(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o755)
    with pytest.raises(DatabaseStartError, match="chmod 700") as refused:
        start(folder)
    assert str(folder) in refused.value.zh
    assert folder.stat().st_mode & 0o777 == 0o755
    assert list(folder.iterdir()) == []


def test_a_folder_too_deep_for_a_socket_is_refused_by_its_length(folder: Path) -> None:
    with pytest.raises(DatabaseStartError, match="90 bytes"):
        start(folder / ("x" * 100))
    assert not folder.exists()


def test_a_broken_cluster_is_told_with_what_postgresql_said(folder: Path) -> None:
    with start(folder):
        pass
    (folder / "data" / "global" / "pg_control").unlink()
    with pytest.raises(DatabaseStartError, match="pg_control"):
        start(folder)

"""The pool: UTC, JSON, dead connections replaced, a missing server told quickly."""

from __future__ import annotations

import socket
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError

from engine.database import UnsuitableDatabaseError, connect, is_away, undo
from engine.embedded import throw_away

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL, Engine


@pytest.fixture
def engine(server: URL) -> Iterator[Engine]:
    engine = connect(server, size=3)
    yield engine
    engine.dispose()


def test_moments_come_back_aware_and_in_utc(engine: Engine) -> None:
    with engine.connect() as opened:
        moment = opened.scalar(text("select timestamptz '2026-11-21 20:00:00+08'"))
    assert moment == datetime(2026, 11, 21, 12, tzinfo=UTC)
    assert moment.tzinfo is UTC


def test_a_plain_postgresql_address_gets_our_driver(server: URL) -> None:
    plain = server.set(drivername="postgresql")
    engine = connect(plain)
    with engine.connect() as opened:
        assert opened.scalar(text("select 1")) == 1
    assert engine.driver == "psycopg"
    engine.dispose()


def test_another_kind_of_database_is_refused() -> None:
    with pytest.raises(UnsuitableDatabaseError, match="postgresql://") as refused:
        connect("sqlite:///x.db")
    assert "sqlite" in refused.value.zh


def test_connections_that_died_in_the_pool_are_replaced_unnoticed() -> None:
    with throw_away() as server:
        engine = connect(server.url, size=3)
        held = [engine.connect() for _ in range(3)]
        for one in held:
            one.execute(text("select 1"))
            one.close()
        killed = (
            "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
        )
        other = connect(server.url, size=1)
        with other.connect() as opened:
            opened.execute(text(f"{killed} and datname = 'banjie'"))
        time.sleep(0.2)
        for _ in range(3):
            with engine.connect() as opened:
                assert opened.scalar(text("select 1")) == 1
        engine.dispose()
        other.dispose()


def test_a_missing_server_is_told_within_three_seconds(tmp_path: Path) -> None:
    engine = connect(f"postgresql://nobody@/nothing?host={tmp_path}")
    began = time.monotonic()
    with pytest.raises(OperationalError) as told:
        engine.connect()
    assert time.monotonic() - began < 3
    assert is_away(told.value)


@pytest.mark.parametrize(
    ("state", "away"),
    [
        ("57P01", True),
        ("57P03", True),
        ("08006", True),
        ("53300", True),
        ("40P01", True),
        ("54000", False),
        ("55P03", False),
        ("57014", False),
        ("22P05", False),
    ],
)
def test_a_limit_that_no_second_try_gets_over_is_not_the_database_being_away(
    engine: Engine, state: str, *, away: bool
) -> None:
    raising = text(f"do $$ begin raise exception 'of the test' using errcode = '{state}'; end $$")
    with engine.connect() as opened, pytest.raises(DBAPIError) as told:
        opened.execute(raising)
    assert is_away(told.value) == away


def test_a_connection_that_is_cut_off_is_the_database_being_away(engine: Engine) -> None:
    with engine.connect() as opened, pytest.raises(DBAPIError) as told:
        opened.execute(text("select pg_terminate_backend(pg_backend_pid())"))
    assert is_away(told.value)


def test_what_is_undone_is_gone_and_what_was_prepared_is_not(engine: Engine) -> None:
    prepared = text("select count(*) from pg_prepared_statements")
    with engine.connect() as opened:
        opened.execute(text("create temporary table numbers as select 1 as one"))
        opened.commit()
        for _ in range(10):
            opened.execute(text("insert into numbers values (2)"))
            undo(opened)
        assert opened.scalar(text("select count(*) from numbers")) == 1
        assert opened.scalar(prepared) == 1
        undo(opened)
        undo(opened)


@pytest.mark.parametrize("told", ["not yet", "already"])
def test_a_connection_that_is_cut_off_can_be_undone(engine: Engine, told: str) -> None:
    with engine.connect() as opened:
        pid = opened.scalar(text("select pg_backend_pid()"))
        with engine.connect() as other:
            other.execute(text("select pg_terminate_backend(:pid, 5000)"), {"pid": pid})
        if told == "already":
            with pytest.raises(DBAPIError):
                opened.execute(text("select 1"))
            undo(opened)
        else:
            with pytest.raises(DBAPIError) as lost:
                undo(opened)
            assert is_away(lost.value)
        assert opened.scalar(text("select 1")) == 1


def test_an_address_that_swallows_packets_is_told_within_three_seconds() -> None:
    with _deaf_port() as port:
        engine = connect(f"postgresql://nobody@127.0.0.1:{port}/nothing")
        began = time.monotonic()
        with pytest.raises(OperationalError):
            engine.connect()
        assert time.monotonic() - began < 3


@contextmanager
def _deaf_port() -> Iterator[int]:
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(1)
        yield deaf.getsockname()[1]

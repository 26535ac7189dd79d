"""A PostgreSQL for the run, and for each test a database of its own, cloned from one template."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import make_url, text

from engine import demo
from engine.database import connect
from engine.embedded import throw_away
from engine.procedures.bundles import SHIPPED_NOTE, read_folder
from engine.procedures.publishing import publish
from engine.schema import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser
    from sqlalchemy import URL, Connection, Engine

SLOW = (HealthCheck.too_slow, HealthCheck.data_too_large)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def pytest_configure() -> None:
    """Let a SIGTERM end the run as Ctrl-C does, and let no property fail for a slow machine."""
    settings.register_profile("banjie", deadline=None, suppress_health_check=SLOW)
    settings.load_profile("banjie")
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@pytest.fixture(scope="session")
def server() -> Iterator[URL]:
    """Give the address of a server on which tests make databases: DATABASE_URL's, or a new one's.

    The database that the address names is only connected to, never written.
    """
    if outside := os.environ.get("DATABASE_URL"):
        yield make_url(outside)
        return
    with throw_away() as embedded:
        yield make_url(embedded.url)


@pytest.fixture(scope="session")
def template(server: URL) -> Iterator[URL]:
    """Give a database with the shipped procedures and the demo people; nobody stays connected."""
    with _new_database(server) as url:
        engine = connect(url)
        upgrade(engine)
        _publish_shipped(engine)
        engine.dispose()
        yield url


@pytest.fixture
def database(server: URL, template: URL) -> Iterator[Engine]:
    """Give a fresh database of the test's own, in which it may commit and use threads."""
    with _new_database(server, template=template.database) as url:
        engine = connect(url, size=20)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def shared_database(server: URL, template: URL) -> Iterator[Engine]:
    """Give one database for the run, for tests that only look at what one of them put there."""
    with _new_database(server, template=template.database) as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def _unchanged(server: URL, template: URL) -> Iterator[Engine]:
    with _new_database(server, template=template.database) as url:
        engine = connect(url)
        yield engine
        engine.dispose()


@pytest.fixture
def connection(_unchanged: Engine) -> Iterator[Connection]:
    """Give a connection whose transaction is rolled back; quicker than `database`."""
    with _unchanged.connect() as opened, opened.begin() as transaction:
        yield opened
        if transaction.is_active:
            transaction.rollback()


@pytest.fixture(scope="session")
def chromium() -> str:
    """Give Debian's chromium; without one the browser tests are skipped, and under CI=true fail."""
    for name in BROWSERS:
        if path := shutil.which(name):
            return path
    missing = "no chromium: apt-get install chromium (make test does it as root)"
    if os.environ.get("CI") == "true":
        pytest.fail(missing)
    pytest.skip(missing)


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[Browser]:
    """Give a running browser without windows; one for the run, for Playwright allows one alone."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@contextmanager
def _new_database(server: URL, *, template: str | None = None) -> Iterator[URL]:
    name = f"banjie_test_{uuid4().hex[:12]}"
    like = f' template "{template}" strategy file_copy' if template else ""
    _command(server, f'create database "{name}"{like}')
    try:
        yield server.set(database=name)
    finally:
        _command(server, f'drop database "{name}" with (force)')


def _command(server: URL, sql: str) -> None:
    engine = connect(server, size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as opened:
        opened.execute(text(sql))
    engine.dispose()


def _publish_shipped(engine: Engine) -> None:
    now = datetime.now(UTC)
    with engine.begin() as opened:
        publish(opened, read_folder(), by=None, now=now, note=SHIPPED_NOTE)
        demo.load(opened, now=now)

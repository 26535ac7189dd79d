"""A browser for the run; a served site and people at it for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.company import Cases, furnish
from tests.browser.site import Site, serve
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext
    from sqlalchemy import Engine

DESKTOP = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
PATIENCE = 20_000
"""Milliseconds that a slow machine may take over one thing that a person waits for."""


class Comes(Protocol):
    """Brings somebody to the site, in a browser context of their own."""

    def __call__(
        self,
        login: str | None = None,
        *,
        screen: ViewportSize = DESKTOP,
        lang: str = "zh",
        scripts: str = "on",
    ) -> Visitor: ...


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture
def site(database: Engine, tmp_path: Path) -> Iterator[Site]:
    """Give the program, served on a database of the test's own."""
    with serve(database, tmp_path / "web.log") as served:
        yield served


@pytest.fixture(scope="session")
def cases(shared_database: Engine) -> Cases:
    """Give three cases that tests look at and leave where they are."""
    return furnish(shared_database)


@pytest.fixture(scope="session")
def furnished_site(
    shared_database: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Give the program, served for the run on the database of `cases`, to be looked at only."""
    with serve(shared_database, tmp_path_factory.mktemp("furnished") / "web.log") as served:
        yield served


@pytest.fixture
def looks(browser: Browser, furnished_site: Site) -> Iterator[Comes]:
    """Give a way to bring people to `furnished_site`; no page of theirs may have a fault."""
    with Reception(browser, furnished_site.address) as reception:
        yield reception


@pytest.fixture
def comes(browser: Browser, site: Site) -> Iterator[Comes]:
    """Give a way to bring people to `site`; at the end no page of theirs may have had a fault."""
    with Reception(browser, site.address) as reception:
        yield reception


class Reception:
    """Brings people to an address; when it closes, it wants no page to have had a fault."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser = browser
        self._address = address
        self._visitors: list[Visitor] = []

    def __call__(
        self,
        login: str | None = None,
        *,
        screen: ViewportSize = DESKTOP,
        lang: str = "zh",
        scripts: str = "on",
    ) -> Visitor:
        context = open_context(self._browser, screen, scripts=scripts)
        visitor = Visitor(context, self._address, lang=lang)
        self._visitors.append(visitor)
        if login is not None:
            visitor.signs_in(login)
        return visitor

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for visitor in self._visitors:
            visitor.context.close()
        faults = [fault for visitor in self._visitors for fault in visitor.watch.faults]
        assert kind is not None or faults == [], "\n".join(faults)


def open_context(browser: Browser, screen: ViewportSize, *, scripts: str = "on") -> BrowserContext:
    """Open a context as a desk or a phone in Urumqi has it; ``scripts`` is on or off."""
    context = browser.new_context(
        viewport=screen,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        java_script_enabled=scripts == "on",
        accept_downloads=True,
    )
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    return context

"""The pictures of the README, made anew by `make pictures`: the inbox, and a case's diagram."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from playwright.sync_api import ViewportSize, expect, sync_playwright

from engine.database import connect
from engine.embedded import throw_away
from tests.browser.cast import play
from tests.browser.company import found
from tests.browser.conftest import open_context
from tests.browser.site import serve
from tests.browser.visitor import Visitor
from tests.conftest import BROWSERS, FLAGS

if TYPE_CHECKING:
    from uuid import UUID

    from playwright.sync_api import Browser

FOLDER = Path(__file__).parent / "pictures"
LARGEST = 250_000
"""Bytes of one picture."""

SCREEN, TALL_SCREEN = ViewportSize(width=1440, height=900), ViewportSize(width=1440, height=1136)
"""In CSS pixels; the tall one has room for a case's head and the whole of a diagram."""

FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <include>/etc/fonts/fonts.conf</include>
  <match target="pattern">
    <test name="family"><string>sans-serif</string></test>
    <edit name="family" mode="prepend" binding="strong"><string>Noto Sans CJK SC</string></edit>
  </match>
</fontconfig>
"""
"""A desk in China has one typeface for both scripts: take one here too, where it is installed."""


def main() -> None:
    """Write both pictures."""
    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder, throw_away() as server:
        fonts = Path(folder, "fonts.conf")
        fonts.write_text(FONTS, encoding="utf-8")
        engine = connect(server.url)
        found(engine)
        with engine.begin() as conn:
            cases = play(conn)
        with serve(engine, Path(folder, "web.log")) as site, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, BROWSERS)), None),
                args=list(FLAGS),
                env={**os.environ, "FONTCONFIG_FILE": str(fonts)},
            )
            _take(browser, site.address, cases["investigated"])
            browser.close()
        engine.dispose()


def _take(browser: Browser, address: str, case_id: UUID) -> None:
    context = open_context(browser, SCREEN)
    office = Visitor(context, address)
    office.signs_in("chenjie")
    expect(office.page.locator("#rows")).to_contain_text("我领取的")
    _write(office, "inbox.png")
    office.page.set_viewport_size(TALL_SCREEN)
    office.goes(f"/cases/{case_id}")
    expect(office.page.locator("svg [data-element-id='trace_cause']").first).to_be_visible()
    _write(office, "case.png")
    assert office.watch.faults == [], office.watch.faults
    context.close()


def _write(visitor: Visitor, name: str) -> None:
    picture = visitor.page.screenshot(path=FOLDER / name, animations="disabled")
    sys.stdout.write(f"tests/browser/pictures/{name}: {len(picture) // 1000} kB\n")
    assert len(picture) <= LARGEST, name


if __name__ == "__main__":
    main()

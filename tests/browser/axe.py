"""axe-core, from the npm packages that the bundle is built with, let loose on a page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

SOURCE = Path(__file__).parents[2] / "web/frontend/node_modules/axe-core/axe.min.js"

_RUN = """() => axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, impact, nodes }) => nodes.map(({ target, any }) =>
    `${impact} ${id} ${target.join(' ')} ${any[0]?.message ?? ''}`)))
"""


def barriers(page: Page) -> list[str]:
    """Return the serious and critical violations on the page as it stands, folds opened."""
    page.evaluate("() => document.querySelectorAll('details').forEach((fold) => fold.open = true)")
    # Evaluated by the debugger: the page's own policy would rightly refuse a foreign script.
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN)
    return [f"{page.url} {page.viewport_size}: {barrier}" for barrier in found]


@cache
def _source() -> str:
    if not SOURCE.is_file():
        pytest.fail(f"{SOURCE} is missing: make web")
    return SOURCE.read_text(encoding="utf-8")

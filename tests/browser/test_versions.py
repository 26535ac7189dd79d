"""The pages of versions, at a desk and on a phone: no barrier, and drawings without a script."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import barriers
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.browser.procedure import PROCEDURE

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

    from tests.browser.conftest import Comes

PAGE = f"/admin/versions/{PROCEDURE}/1"


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_no_page_of_versions_has_a_barrier(looks: Comes, screen: ViewportSize) -> None:
    owner = looks("linna", screen=screen)
    found: list[str] = []
    for path in ("/admin/versions", PAGE):
        owner.goes(path)
        found += barriers(owner.page)
        if screen is PHONE:
            found += unfit_for_fingers(owner.page)
        wide = owner.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= screen["width"], path
    assert found == []


def test_a_drawing_needs_no_script(looks: Comes) -> None:
    owner = looks("linna", scripts="off")
    owner.goes(PAGE)
    drawing = owner.page.locator("details[open] img")
    expect(drawing).to_be_visible()
    assert (drawing.bounding_box() or {"width": 0})["width"] > 1000
    owner.page.locator("details[open] a").click()
    expect(owner.page.locator("svg").first).to_be_visible()
    assert "品质异常" in owner.page.content()

"""The operator mends what failed, at a desk and on a phone, with scripts and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.people import with_password
from tests.browser.axe import barriers
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.web.admin.stuck import stuck_case

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

    from tests.browser.conftest import Comes
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor


class Looks:
    """Writes down what on the pages would bar somebody."""

    def __init__(self, visitor: Visitor, screen: ViewportSize, scripts: str) -> None:
        self.visitor, self.screen, self.scripts = visitor, screen, scripts
        self.found: list[str] = []

    def __call__(self) -> None:
        page = self.visitor.page
        if self.scripts == "on":
            self.found += barriers(page)
        if self.screen is PHONE:
            self.found += unfit_for_fingers(page)


@pytest.mark.parametrize(
    ("screen", "scripts"),
    [(DESKTOP, "on"), (PHONE, "on"), (PHONE, "off")],
    ids=["desk", "phone", "phone-without"],
)
def test_a_stuck_case_is_mended_looked_at_and_goes_on(
    comes: Comes, site: Site, screen: ViewportSize, scripts: str
) -> None:
    with site.engine.connect() as conn:
        found = with_password(conn, "chenjie")
    assert found is not None
    for _ in range(2):
        stuck_case(site.engine, found[0])
    visitor = comes("heqing", screen=screen, scripts=scripts)
    looks = Looks(visitor, screen, scripts)
    visitor.page.get_by_role("link", name="管理").click()
    looks()
    visitor.page.get_by_role("link", name="-00001").click()
    looks()
    _repairs(visitor, looks)
    _retries_both(visitor, looks)
    assert not looks.found, "\n".join(looks.found)


def _repairs(visitor: Visitor, looks: Looks) -> None:
    page = visitor.page
    if looks.scripts == "on":
        expect(page.locator("svg [data-element-id='handle_complaint_late']").first).to_be_visible()
    page.locator("button[name='json'][value='variant']").click()
    page.locator("[name='value.variant']").fill('"CM"')
    page.get_by_role("button", name="查看更改").first.click()
    expect(page.get_by_role("row", name="variant")).to_contain_text("CM")
    looks()
    page.get_by_label("原因").fill("发布时写错")
    visitor.presses("更正数据")
    expect(page.get_by_role("status").first).to_contain_text("数据已更正")


def _retries_both(visitor: Visitor, looks: Looks) -> None:
    page = visitor.page
    visitor.presses("同因 2 件全部重试")
    expect(page.get_by_text("1 件已排除")).to_be_visible()
    expect(page.get_by_text("1 件仍失败")).to_be_visible()
    looks()
    page.get_by_role("link", name="回到异常").click()
    expect(page.get_by_role("link", name="-00002")).to_be_visible()
    expect(page.get_by_role("link", name="-00001")).to_have_count(0)

"""The operator mends what failed, at a desk and on a phone, with scripts and without."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.people import with_password
from tests.browser.axe import barriers
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.procedures.complaint import USUAL
from tests.web.admin.stuck import STEP, mend, spoilt_case, stuck_case

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
        page.wait_for_load_state()
        expect(page.locator("main")).to_be_visible()
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


@pytest.mark.parametrize("scripts", ["on", "off"])
def test_whose_step_fails_is_told_that_all_is_kept_and_later_that_it_is_done(
    comes: Comes, site: Site, scripts: str
) -> None:
    with site.engine.begin() as conn:
        case_id, task = spoilt_case(conn)
    office, operator = comes("chenjie", scripts=scripts), comes("heqing", scripts=scripts)
    office.goes(f"/tasks/{task}")
    office.fills({**USUAL["register_case"], "zone": "china", "register_note": "急件"}, STEP)
    office.watch.foreseen.add(500)
    office.sends()
    expect(office.heading).to_contain_text("这一步没有完成")
    expect(office.page.locator("main")).to_contain_text("已存为草稿")
    office.page.get_by_role("link", name="回到表单").click()
    for _ in range(2):
        expect(office.page.get_by_role("status").first).to_contain_text("不必再提交")
        expect(office.page.get_by_label("备注")).to_have_value("急件")
        office.page.reload()

    with site.engine.begin() as conn:
        mend(conn, case_id)
    operator.goes("/admin/incidents/1")
    operator.presses("重试")
    expect(operator.page.get_by_role("status").first).to_contain_text("重试成功")
    office.goes("/")
    expect(office.region("通知")).to_contain_text("重试成功")


def _repairs(visitor: Visitor, looks: Looks) -> None:
    page = visitor.page
    if looks.scripts == "on":
        expect(page.locator("svg [data-element-id='handle_complaint_late']").first).to_be_visible()
    page.locator("button[name='json'][value='variant']").click()
    page.locator("textarea[name='value.variant']").fill('"CM"')
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

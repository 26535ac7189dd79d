"""Messages in administration, and events that people start: at a desk and on a phone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.browser.axe import barriers
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.engine.gathering import gathered, gathering
from tests.engine.letters import send
from tests.engine.small import put_in_force, somebody

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

    from tests.browser.conftest import Comes
    from tests.browser.site import Site


def faults(page: Page, screen: ViewportSize) -> list[str]:
    return barriers(page) + (unfit_for_fingers(page) if screen is PHONE else [])


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_a_kept_message_is_read_and_dropped(comes: Comes, site: Site, screen: ViewportSize) -> None:
    with site.engine.begin() as conn:
        send(conn, "answer", idempotency="erp-2026-118", amount=5, remark="请尽快安排检验" * 9)
        send(conn, "payment_received", keys={"order": "4711"}, lines=[{"item": "A", "qty": 2}])
    visitor = comes("heqing", screen=screen)
    page = visitor.page
    visitor.goes("/admin/messages")
    assert not faults(page, screen)
    page.locator("details.letter", has_text="payment_received").locator("summary").click()
    letter = page.locator("details.letter", has_text="claim_no")
    if letter.get_attribute("open") is None:
        letter.locator("summary").click()
    assert not faults(page, screen)
    letter.get_by_role("textbox").fill("客户已撤诉")
    letter.get_by_role("button").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.locator("details.letter")).to_have_count(1)
    visitor.presses("English")
    visitor.goes("/admin/messages?status=dropped")
    expect(page.locator("details.letter")).to_contain_text("answer")
    assert not faults(page, screen)
    visitor.goes("/admin/messages")
    assert not faults(page, screen)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_an_event_is_started_from_the_case(comes: Comes, site: Site, screen: ViewportSize) -> None:
    with site.engine.begin() as conn:
        put_in_force(conn, gathering())
        case_id = gathered(conn, somebody(conn, "clerk-one", {"clerk"}))
    visitor = comes("liuyang", screen=screen)
    page = visitor.page
    visitor.goes(f"/cases/{case_id}")
    offer = page.locator(".offers button")
    expect(offer).to_be_visible()
    assert not faults(page, screen)
    visitor.presses("English")
    expect(offer).to_have_text("meeting_called in English")
    assert not faults(page, screen)
    offer.click()
    expect(page).to_have_url(f"{site.address}/cases/{case_id}")
    expect(page.locator(".timeline .entry").first).to_contain_text("meeting_called")
    expect(page.locator(".row-step", has_text="meet")).to_be_visible()

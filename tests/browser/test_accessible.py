"""No page bars anybody: axe finds nothing serious at a desk or on a phone, and all fits there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from playwright.sync_api import expect

from engine.tables import people
from tests.browser.axe import barriers
from tests.browser.company import furnish
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.browser.procedure import PROCEDURE

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

    from tests.browser.company import Cases
    from tests.browser.conftest import Comes
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

PLACES = (
    "/",
    "/start",
    f"/start/{PROCEDURE}",
    "/cases",
    "/cases?q=没有这样的案件",
    "/procedures",
    f"/procedures/{PROCEDURE}",
    "/notices",
    "/settings",
)


class Tour:
    """Goes from page to page and writes down what would bar somebody."""

    def __init__(self, visitor: Visitor, screen: ViewportSize) -> None:
        self.visitor = visitor
        self.on_phone = screen is PHONE
        self.barriers: list[str] = []

    def looks(self) -> None:
        page = self.visitor.page
        self.barriers += barriers(page)
        if self.on_phone:
            self.barriers += unfit_for_fingers(page)

    def goes(self, path: str) -> None:
        self.visitor.goes(path)
        drawing = self.visitor.page.locator("[data-drawing]")
        if drawing.count():
            expect(drawing.locator("svg [data-element-id]").first).to_be_visible()
        self.looks()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_no_page_has_a_barrier(looks: Comes, cases: Cases, screen: ViewportSize) -> None:
    stranger = looks(screen=screen)
    tour = Tour(stranger, screen)
    tour.goes("/sign-in")
    stranger.watch.foreseen.add(401)
    stranger.page.get_by_label("登录名").fill("wangfang")
    stranger.page.get_by_label("密码").fill("not this one")
    stranger.presses("登录")
    expect(stranger.page.get_by_role("alert")).to_be_visible()
    tour.looks()

    for login, task in (("chenjie", "determine_handling"), ("liuyang", "trace_cause")):
        office = Tour(looks(login, screen=screen), screen)
        office.visitor.opens(task)
        office.looks()
        tour.barriers += office.barriers
    sales = Tour(looks("wangfang", screen=screen), screen)
    for place in PLACES:
        sales.goes(place)
    for case_id in (cases.investigated, cases.settled):
        sales.goes(f"/cases/{case_id}")
    sales.visitor.goes(f"/start/{PROCEDURE}")
    sales.visitor.watch.foreseen.add(422)
    sales.visitor.presses("立案")
    sales.looks()
    found = tour.barriers + sales.barriers
    assert not found, "\n".join(found)


OWNERS = (
    "/admin/calendars",
    "/admin/calendars/of/standard?year=2026",
    "/admin/calendars/of/standard?year=2027",
    "/admin/calendars/new",
    "/admin/calendars/import",
    "/admin/duties",
    "/admin/journal",
    "/admin/pauses",
)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_no_page_of_a_process_owner_has_a_barrier(
    looks: Comes, cases: Cases, screen: ViewportSize
) -> None:
    tour = Tour(looks("linna", screen=screen), screen)
    for place in (*OWNERS, f"/cases/{cases.judged}/clock"):
        tour.goes(place)
    tour.visitor.goes("/admin/calendars/of/standard")
    page = tour.visitor.page
    page.locator("summary", has_text="改一天").click()
    page.locator("#date").fill("2026-12-25")
    page.get_by_role("button", name="预览").first.click()
    expect(page.get_by_role("button", name="确认修改")).to_be_visible()
    tour.looks()
    assert tour.barriers == [], "\n".join(tour.barriers)


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_no_page_in_english_has_a_barrier(comes: Comes, site: Site, screen: ViewportSize) -> None:
    cases = furnish(site.engine)
    with site.engine.connect() as conn:
        goes = conn.scalar(sa.select(people.c.id).where(people.c.login == "liuyang"))
    leaving = f"/admin/staff/{goes}/leaving"
    places = {
        "wangfang": (*PLACES, f"/cases/{cases.settled}", f"/cases/{cases.judged}"),
        "linna": (*OWNERS, f"/cases/{cases.judged}/clock"),
        "heqing": ("/admin/incidents", "/admin/messages", "/admin/staff", leaving),
    }
    found = []
    for login, theirs in places.items():
        tour = Tour(comes(login, screen=screen), screen)
        tour.visitor.presses("English")
        expect(tour.visitor.heading).to_have_text("Inbox")
        for place in theirs:
            tour.goes(place)
        found += tour.barriers
    assert not found, "\n".join(found)

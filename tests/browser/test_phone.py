"""A phone, 390 pixels wide, with JavaScript switched off: everything still works and fits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.browser.procedure import PROCEDURE, task_page
from tests.procedures.complaint import USUAL

if TYPE_CHECKING:
    from tests.browser.conftest import Comes
    from tests.browser.visitor import Visitor

STEPS = (
    ("wangfang", "establish_data"),
    ("wangfang", "fill_handling_form"),
    ("liqiang", "comment_by_supervisor"),
    ("chenjie", "register_case"),
)


class Pages:
    """Measures each page that somebody comes to."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def measure(self, visitor: Visitor) -> None:
        self.faults += unfit_for_fingers(visitor.page)


def test_e01_begins_on_a_phone_without_scripts(comes: Comes) -> None:
    pages = Pages()
    sales = comes(screen=PHONE, scripts="off")
    sales.goes("/")
    pages.measure(sales)
    sales.signs_in("wangfang")
    pages.measure(sales)
    _opens_a_case(sales, pages)

    people = {"wangfang": sales}
    for login, element in STEPS:
        visitor = people.get(login) or comes(login, screen=PHONE, scripts="off")
        people[login] = visitor
        visitor.opens(element)
        pages.measure(visitor)
        visitor.fills(USUAL[element], element)
        pages.measure(visitor)
        visitor.sends()
        expect(visitor.page.get_by_role("status").first).to_contain_text("已提交")

    office = people["chenjie"]
    expect(office.heading).to_have_text(task_page("review_content").heading.zh)
    office.page.get_by_role("link", name="流程图与履历").click()
    expect(office.heading).to_contain_text("-00001")
    expect(office.region("履历").get_by_role("listitem").first).to_contain_text("陈洁")
    pages.measure(office)
    assert not pages.faults, "\n".join(pages.faults)


def _opens_a_case(sales: Visitor, pages: Pages) -> None:
    sales.goes(f"/start/{PROCEDURE}")
    pages.measure(sales)
    sales.watch.foreseen.add(422)
    sales.presses("立案")
    expect(sales.page.get_by_role("alert").last).to_contain_text("请改正以下各项")
    pages.measure(sales)
    sales.fills(USUAL["complaint_received"])
    sales.presses("立案")
    expect(sales.heading).to_have_text(task_page("establish_data").heading.zh)

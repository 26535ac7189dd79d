"""What comes out of the printer: the form alone on A4, with its copies, and no page's chrome."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from tests.browser.procedure import task_page

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.browser.company import Cases
    from tests.browser.conftest import Comes

COPIES = ("品管部", "制造部门", "销售部", "财务部", "总经办")
A4 = (595, 842)
"""Width and height in points."""


def test_the_five_part_form_prints_five_times_with_title_and_number(
    looks: Comes, cases: Cases
) -> None:
    visitor = looks("chenjie")
    visitor.goes(f"/cases/{cases.settled}")
    number = visitor.heading.inner_text()
    visitor.region("打印").get_by_role("link", name="客户投诉处理表").click()
    visitor.page.emulate_media(media="print")

    expect(visitor.page.get_by_role("navigation")).to_be_hidden()
    sheets = visitor.page.get_by_role("article")
    expect(sheets).to_have_count(5)
    for sheet, department in zip(sheets.all(), COPIES, strict=True):
        expect(sheet.get_by_role("heading", level=1)).to_contain_text("客户投诉处理表")
        expect(sheet).to_contain_text(number)
        expect(sheet).to_contain_text(department)
    pdf = _printed(visitor.page)
    assert _title(pdf) == f"客户投诉处理表 · {number}"
    visitor.page.evaluate(
        "() => document.querySelectorAll('.sheet + .sheet').forEach(s => s.remove())"
    )
    pages = _pages(_printed(visitor.page))
    assert _pages(pdf) == 5 * pages
    assert pages <= 2


def test_one_form_as_it_was_sent_prints_on_one_page(looks: Comes, cases: Cases) -> None:
    visitor = looks("chenjie")
    visitor.goes(f"/cases/{cases.settled}")
    number = visitor.heading.inner_text()
    form = visitor.region("已填表单").get_by_role("group").filter(has_text="登记追踪表")
    form.locator("summary").click()
    form.get_by_role("link", name="打印这张表").click()
    visitor.page.emulate_media(media="print")

    expect(visitor.page.get_by_role("navigation")).to_be_hidden()
    pdf = _printed(visitor.page)
    assert _title(pdf) == f"登记追踪表 · {number}"
    assert _pages(pdf) == 1


def test_task_and_case_pages_print_without_what_is_there_to_be_pressed(
    looks: Comes, cases: Cases
) -> None:
    visitor = looks("chenjie")
    visitor.page.emulate_media(media="print")
    visitor.goes(f"/cases/{cases.judged}")
    number = visitor.heading.inner_text()
    _nothing_to_press(visitor.page)
    assert number in _title(_printed(visitor.page))

    visitor.page.emulate_media(media="screen")
    visitor.opens("determine_handling")
    visitor.page.emulate_media(media="print")
    _nothing_to_press(visitor.page)
    expect(visitor.page.get_by_role("main")).to_contain_text(number)
    for field in task_page("determine_handling").form.fields:
        if not field.show_if:
            expect(visitor.page.locator("#answers")).to_contain_text(field.title.zh)
    assert task_page("determine_handling").heading.zh in _title(_printed(visitor.page))


def _nothing_to_press(page: Page) -> None:
    for chrome in (
        page.get_by_role("navigation"),
        page.get_by_role("banner"),
        page.locator(".answers-foot, .zoom, .crumb"),
    ):
        for one in chrome.all():
            expect(one).to_be_hidden()


def _printed(page: Page) -> bytes:
    pdf: bytes = page.pdf(prefer_css_page_size=True)
    boxes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf))
    assert {(round(float(width)), round(float(height))) for width, height in boxes} == {A4}
    return pdf


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def _title(pdf: bytes) -> str:
    found = re.search(rb"/Title <FEFF([0-9A-F]+)>", pdf)
    assert found is not None
    return bytes.fromhex(found[1].decode()).decode("utf-16-be")

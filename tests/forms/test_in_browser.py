"""What src/forms.js adds to a form, in Debian's chromium."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from jinja2 import Environment, FileSystemLoader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

    from forms import Form

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "web" / "frontend" / "src" / "forms.js"

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def blank(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


@pytest.fixture
def page(blank: Page, sample: Form) -> Page:
    environment = Environment(loader=FileSystemLoader(ROOT / "web" / "templates"), autoescape=True)
    template = environment.from_string(
        '{% from "forms/form.html" import fields with context %}'
        "<form data-form novalidate>{{ fields(form) }}</form>"
    )
    blank.set_content(template.render(form=sample.view({}, {}, lang="zh")))
    blank.add_script_tag(content=SCRIPT.read_text(), type="module")
    blank.wait_for_selector("form[data-looked-after]")
    return blank


def test_a_field_appears_when_its_conditions_hold(page: Page) -> None:
    injury = page.locator("[data-field=injury]")
    assert injury.is_hidden()
    page.check("input[name=urgent][value=true]")
    assert injury.is_hidden()
    page.check("input[name=complaint_class][value=quality]")
    assert injury.is_visible()
    page.fill("textarea[name=injury]", "二号线停两小时")
    page.check("input[name=complaint_class][value=other]")
    assert injury.is_hidden()
    assert page.locator("[data-field=other_reason]").is_visible()
    page.check("input[name=complaint_class][value=quality]")
    assert page.input_value("textarea[name=injury]") == "二号线停两小时"


def test_a_field_becomes_required_when_its_conditions_hold(page: Page) -> None:
    mark = page.locator("[data-field=amount] [data-required-mark]")
    amount = page.locator("input[name=amount]")
    assert mark.get_attribute("hidden") is not None
    page.check("input[name=remedies][value=compensation]")
    assert mark.get_attribute("hidden") is None
    assert amount.evaluate("box => box.required") is True
    page.uncheck("input[name=remedies][value=compensation]")
    assert amount.evaluate("box => box.required") is False


def test_chosen_files_are_listed(page: Page, tmp_path: Path) -> None:
    photos = [tmp_path / name for name in ("甲.jpg", "乙<b>.jpg")]
    for photo in photos:
        photo.write_bytes(b"x" * 3000)
    page.set_input_files("input[type=file]", photos)
    listed = page.locator("[data-files] li").all_text_contents()
    assert listed == ["甲.jpg · 3 KB", "乙<b>.jpg · 3 KB"]


def test_leaving_warns_until_the_form_is_sent(page: Page) -> None:
    leaves = "() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
    assert page.evaluate(leaves) is True
    page.fill("input[name=customer]", "天山")
    assert page.evaluate(leaves) is False
    page.evaluate("document.forms[0].dispatchEvent(new Event('submit', {cancelable: true}))")
    assert page.evaluate(leaves) is True


def test_enter_sends_the_form_and_presses_no_row_button(page: Page) -> None:
    page.evaluate(
        """() => document.forms[0].addEventListener('submit', event => {
             event.preventDefault();
             window.pressed = event.submitter.name || 'the form';
           })"""
    )
    page.press("input[name='parts.0.lot']", "Enter")
    assert page.evaluate("window.pressed") == "the form"

"""English by a switch: step names, labels, buttons and diagrams; only data stays as typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, expect

from engine.people import all_people
from tests.browser.company import furnish
from tests.browser.filling import typed
from tests.browser.procedure import PROCEDURE, shipped, start_page, task_page
from tests.procedures.complaint import USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.conftest import Comes
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

HANZI = re.compile(r"[\u3400-\u9fff]")

# What a person reads or hears, except what says itself that it is Chinese, and what is typed.
_UNSAID = "[lang|=zh], [aria-hidden=true], textarea, script, .wordmark"
_TEXTS = """(unsaid) => {
  const told = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement: near } = walker.currentNode;
    if (!near.closest(unsaid)) told.push(data);
  }
  for (const name of ['aria-label', 'title', 'placeholder', 'alt']) {
    for (const one of document.querySelectorAll(`[${name}]`)) told.push(one.getAttribute(name));
  }
  return [...told, document.title];
}"""


def test_the_switch_leaves_no_chinese_but_what_people_typed(comes: Comes, site: Site) -> None:
    cases = furnish(site.engine)
    data = _data(site)
    visitor = comes("chenjie")
    visitor.presses("English")
    expect(visitor.heading).to_have_text("Inbox")
    visitor.lang = "en"
    said = _chinese(visitor, data)

    visitor.opens("determine_handling")
    for field in task_page("determine_handling").form.fields:
        expect(visitor.page.locator("#answers")).to_contain_text(field.title.en)
    said += _chinese(visitor, data)
    visitor.does("determine_handling", USUAL["determine_handling"])
    said += _chinese(visitor, data)

    visitor.goes(f"/cases/{cases.settled}")
    expect(visitor.page.get_by_role("tab", name="Customer complaint")).to_be_visible()
    expect(visitor.page.locator("svg [data-element-id='complaint_settled']").first).to_be_visible()
    expect(visitor.region("History")).to_contain_text(task_page("decide").heading.en)
    said += _chinese(visitor, data)
    for path in ("/start", "/cases", f"/cases/{cases.settled}/papers/complaint-handling-form"):
        visitor.goes(path)
        said += _chinese(visitor, data)
    assert not said, "\n".join(said)


def test_the_language_follows_the_person_to_another_browser(comes: Comes) -> None:
    first = comes("wangfang")
    first.presses("English")
    expect(first.heading).to_have_text("Inbox")

    second = comes()
    second.goes("/")
    second.gives_password("wangfang")
    expect(second.heading).to_have_text("Inbox")
    second.presses("中文")
    expect(second.heading).to_have_text("待办")


@pytest.mark.parametrize("scripts", ["on", "off"])
def test_switching_in_the_middle_of_a_form_keeps_what_was_typed(comes: Comes, scripts: str) -> None:
    visitor = comes("wangfang", scripts=scripts)
    visitor.goes(f"/start/{PROCEDURE}")
    start, given = start_page(), USUAL["complaint_received"]
    photo = FilePayload(name="渗水.png", mimeType="image/png", buffer=visitor.page.screenshot())
    visitor.fills({**given, "complaint_files": [photo]})
    visitor.presses("English")

    visitor.lang = "en"
    expect(visitor.heading).to_have_text(start.heading.en)
    assert typed(visitor.page, start.form, given, lang="en") == given
    visitor.presses("Open the case")
    expect(visitor.heading).to_have_text(task_page("establish_data").heading.en)


def _chinese(visitor: Visitor, data: list[str]) -> list[str]:
    left = []
    for text in visitor.page.evaluate(_TEXTS, _UNSAID):
        rest = text
        for known in data:
            rest = rest.replace(known, "")
        if HANZI.search(rest):
            left.append(f"{visitor.page.url}: {text.strip()}")
    return left


def _data(site: Site) -> list[str]:
    """Return names and answers, the longest first, so that none hides in another."""
    with site.engine.connect() as conn:
        known = {person.name for person in all_people(conn)}
    known |= {text for answers in USUAL.values() for text in _texts(answers)}
    assert shipped().compiled.names.zh not in known
    return sorted(known, key=len, reverse=True)


def _texts(answer: object) -> Iterator[str]:
    if isinstance(answer, str) and answer:
        yield answer
    elif isinstance(answer, dict):
        for value in answer.values():
            yield from _texts(value)

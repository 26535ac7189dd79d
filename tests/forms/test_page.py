"""The macros print a page that works without JavaScript, says what is wrong, and escapes all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

from forms import Answered, AttachedFile

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from forms import Form, Problem

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
ATTACK = "\"'><script>alert(1)</script>{{ 7*7 }}</textarea><img src=x onerror=alert(1)>"
A_FILE = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def page() -> Callable[..., HtmlElement]:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    template = environment.from_string(
        '{% from "forms/form.html" import fields, filled with context %}'
        "<form>{{ fields(form) }}</form><div id=filled>{{ filled(view) }}</div>"
    )

    def page(
        form: Form,
        typed: dict[str, Any],
        problems: dict[str, Problem] | None = None,
        *,
        lang: str = "zh",
        files: dict[str, AttachedFile] | None = None,
    ) -> HtmlElement:
        view = form.view(typed, problems, lang=lang, files=files)
        filled = form.filled(form.read(Answered(typed)).values, lang=lang, files=files)
        return html.fromstring(template.render(form=view, view=filled))

    return page


def one(page: HtmlElement, path: str) -> HtmlElement:
    found: list[HtmlElement] = page.xpath(path)
    assert len(found) == 1, (path, len(found))
    return found[0]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_box_has_a_label_and_every_reference_an_end(
    sample: Form, page: Callable[..., HtmlElement], lang: str
) -> None:
    answers = sample.read(Answered({"qty_delivered": "x", "parts": [{"lot": "B1", "qty": "y"}]}))
    shown = page(sample, answers.typed, answers.problems, lang=lang)
    ids = shown.xpath("//@id")
    assert len(ids) == len(set(ids))
    for box in shown.xpath(
        "//form//input[not(@type='hidden')] | //form//select | //form//textarea"
    ):
        labels = shown.xpath(
            f"//label[@for='{box.get('id')}'][not(contains(@class, 'file-choose'))]"
        )
        assert len(labels) == 1, box.get("id")
        assert labels[0].text_content().strip()
    for described in shown.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)
    for link in shown.xpath("//*[@data-problems]//a/@href"):
        assert link.removeprefix("#") in ids
    for group in shown.xpath("//fieldset"):
        assert group.xpath("./legend")[0].text_content().strip()
    assert shown.xpath("//form//button[not(@type)]") == []
    assert shown.xpath("//*[@style] | //@onclick") == []


def test_enter_does_not_press_a_rows_delete_button(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    first = page(sample, {"parts": [{"lot": "B1"}]}).xpath("//form//button[@type='submit']")[0]
    assert first.get("name") is None


def test_a_problem_stands_at_its_field_and_in_the_summary(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    answers = sample.read(Answered({"qty_delivered": "10", "qty_defective": "11"}))
    shown = page(sample, answers.typed, answers.problems)
    box = one(shown, "//input[@name='qty_defective']")
    assert box.get("aria-invalid") == "true"
    assert box.get("value") == "11"
    message = one(shown, f"//*[@id='{box.get('aria-describedby')}']")
    assert message.text == "不良品数量不得大于交货数量"
    lines = [li.text_content() for li in shown.xpath("//*[@data-problems]//li")]
    assert "不良品数量 不良品数量不得大于交货数量" in lines
    assert lines[0].startswith("客户名称")
    assert len(lines) == len(answers.problems)


def test_a_cells_problem_names_row_and_column(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    answers = sample.read(Answered({"parts": [{"lot": "B1", "qty": 1}, {"lot": "B2", "qty": "x"}]}))
    shown = page(sample, answers.typed, answers.problems, lang="en")
    link = one(shown, "//a[@href='#f-parts-1-qty']")
    assert link.text == "Lots concerned, row 2, Quantity"


def test_everything_typed_is_escaped(sample: Form, page: Callable[..., HtmlElement]) -> None:
    typed: dict[str, Any] = dict.fromkeys(sample.names, ATTACK)
    typed |= {
        "remedies": [ATTACK],
        "photos": [ATTACK],
        "urgent": "true",
        "complaint_class": "quality",
    }
    typed["parts"] = [dict.fromkeys(("lot", "qty", "made_on", "price", "sealed"), ATTACK)]
    files = {ATTACK: AttachedFile(ATTACK, "/attachments/1", ATTACK)}
    answers = sample.read(Answered(typed))
    for lang in ("zh", "en"):
        shown = page(sample, typed, answers.problems, lang=lang, files=files)
        assert shown.xpath("//script | //img | //@onerror") == []
        assert one(shown, "//input[@name='customer']").get("value") == ATTACK
        assert one(shown, "//textarea[@name='injury']").text.removeprefix("\n") == ATTACK
        assert one(shown, "//input[@name='parts.0.lot']").get("value") == ATTACK
        assert "49" not in shown.text_content()


def test_fields_that_do_not_apply_are_hidden_with_their_condition(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    fresh = page(sample, {})
    injury = one(fresh, "//*[@data-field='injury']")
    assert injury.get("hidden") is not None
    assert injury.get("data-show-if") == '[{"urgent":["true"],"complaint_class":["quality"]}]'
    shown = page(sample, {"urgent": "true", "complaint_class": "quality"})
    assert one(shown, "//*[@data-field='injury']").get("hidden") is None
    assert len(fresh.xpath("//noscript//button[@name='_show']")) == 4


def test_required_by_condition_is_marked_when_it_holds(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    mark = "//*[@data-field='amount']//*[@data-required-mark]"
    assert one(page(sample, {}), mark).get("hidden") is not None
    held = page(sample, {"remedies": ["compensation"]})
    assert one(held, mark).get("hidden") is None
    assert one(held, "//input[@name='amount']").get("required") is not None


def test_values_and_typed_texts_show_alike(sample: Form, page: Callable[..., HtmlElement]) -> None:
    typed = {
        "visited_at": "2026-11-09 10:00",
        "urgent": "true",
        "qty_delivered": "5",
        "zone": "china",
    }
    values = sample.read(Answered(typed)).values
    shown = page(sample, values)
    assert one(shown, "//input[@name='visited_at']").get("value") == "2026-11-09T10:00"
    assert one(shown, "//input[@name='visited_at']").get("type") == "datetime-local"
    assert one(shown, "//input[@name='urgent'][@checked]").get("value") == "true"
    assert one(shown, "//input[@name='zone'][@checked]").get("value") == "china"
    assert one(shown, "//input[@name='qty_delivered']").get("value") == "5"


def test_a_text_that_no_picker_can_show_gets_a_plain_box(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    assert one(page(sample, {}), "//input[@name='accepted_on']").get("type") == "date"
    odd = one(page(sample, {"accepted_on": "11月9日"}), "//input[@name='accepted_on']")
    assert (odd.get("type"), odd.get("value")) == ("text", "11月9日")


def test_a_moment_that_is_none_shows_as_it_was_kept(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    shown = page(sample, {"visited_at": "2026-13-40T10:00:00+08:00"})
    assert one(shown, "//input[@name='visited_at']").get("value") == "2026-13-40T10:00:00+08:00"
    assert one(shown, "//input[@name='visited_at']").get("type") == "text"


def test_a_text_area_keeps_a_first_empty_line(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    area = one(page(sample, {"reason": "\n第二行"}), "//textarea[@name='reason']")
    # lxml keeps the line break that browsers drop after the tag: exactly one comes before the text.
    assert area.text == "\n\n第二行"


def test_kept_files_stay_chosen_and_can_be_opened(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    files = {A_FILE: AttachedFile("照片.jpg", "/attachments/1", "1.4 MB")}
    shown = page(sample, {"photos": [A_FILE]}, files=files)
    kept = one(shown, "//input[@name='photos'][@type='checkbox'][@checked]")
    assert kept.get("value") == A_FILE
    assert "照片.jpg" in one(shown, f"//label[@for='{kept.get('id')}']").text_content()
    assert one(shown, "//form//a[@href='/attachments/1']").get("rel") == "noopener"
    assert one(shown, "//input[@type='file']").get("accept") == "image/*,application/pdf"


def test_only_a_form_that_takes_files_has_to_be_sent_in_parts(
    sample: Form, load: Callable[..., Form]
) -> None:
    assert sample.view({}, lang="zh").has_files
    assert not load({"note": {"type": "string"}}).view({}, lang="zh").has_files


def test_a_choice_of_another_version_stays_visible(
    sample: Form, page: Callable[..., HtmlElement]
) -> None:
    shown = page(sample, {"channel": "telex"})
    assert one(shown, "//select[@name='channel']/option[@selected]").get("value") == "telex"


def test_a_filled_form_reads_by_sections(sample: Form, page: Callable[..., HtmlElement]) -> None:
    typed = {"customer": "天山机械", "amount": "1280.5", "parts": [{"lot": "B1", "qty": 3}]}
    shown = one(page(sample, typed), "//*[@id='filled']")
    assert [h.text for h in shown.xpath(".//h4")] == ["客户", "异常内容", "明细"]
    assert "1,280.50 元" in shown.text_content()
    assert shown.xpath(".//table//th/text()")[:2] == ["批号", "数量"]
    assert "邮箱" not in shown.text_content()


def test_a_form_shows_variables_as_it_says_or_as_another_form_asks_for_them(
    load: Callable[..., Form],
) -> None:
    code = {"type": "string", "title": "编号", "x-i18n": {"en": {"title": "Number"}}}
    paid = {"type": "string", "format": "money"}
    form = load({"note": {"type": "string"}}, **{"x-shows": {"code": code, "paid": {}}})
    asking = load({"paid": paid}, ui={"paid": {"ui:section": {"zh": "钱", "en": "Money"}}})
    showing = form.showing([form, asking])
    values = {"code": "CM-1", "paid": "1280.50", "note": "not shown"}
    (section,) = showing.filled(values, lang="zh").sections
    assert [(item.label, item.text) for item in section.items] == [
        ("编号", "CM-1"),
        ("标题", "1,280.50 元"),
    ]
    assert showing.filled({"note": "x"}, lang="en").sections == ()
    assert form.read(Answered({"code": "forged", "note": "x"})).values == {"note": "x"}

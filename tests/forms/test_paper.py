"""A filled form goes onto paper: copies, signatures, and boxes to write in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

from forms import (
    JSON,
    Answered,
    BrokenFormError,
    Form,
    Heading,
    Layout,
    Names,
    layout_of,
    load_layout,
    paper,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lxml.html import HtmlElement

    from forms import PaperView

TEMPLATES = Path(__file__).parents[2] / "web" / "templates"
HEADING = Heading(Names("哈密泵业", "Hami Pumps"), "HM-TS-2026-00017", "K7QF-2M")
LAYOUT: dict[str, Any] = {
    "title": "客户投诉处理表",
    "x-i18n": {"en": {"title": "Complaint form"}},
    "procedure": "sample",
    "copies": [
        {"no": 1, "to": {"zh": "品管部", "en": "QC"}, "purpose": {"zh": "存档", "en": "filed"}},
        {"no": 2, "to": {"zh": "销售部", "en": "Sales"}},
    ],
    "sections": [
        {
            "title": {"zh": "客户", "en": "Customer"},
            "rows": [["customer", "zone"], [{"field": "reason", "lines": 3}], ["ratio"], ["parts"]],
            "signs": [{"zh": "填表人", "en": "Filled in by", "step": "sample/complaint"}],
        }
    ],
    "note": {"zh": "不得交给客户", "en": "Not for the customer"},
}


@dataclass(frozen=True)
class Sent:
    form: Form
    who: str
    at: datetime
    values: Mapping[str, JSON]
    round: int = 1
    superseded: bool = False
    item: Names | None = None
    role: Names | None = None
    acted_for: str | None = None
    place: tuple[str, ...] = ()


def sent(form: Form, who: str, hour: int, **typed: JSON) -> Sent:
    at = datetime(2026, 11, 9, hour, 5, tzinfo=UTC)
    return Sent(form, who, at, form.read(Answered(typed)).values)


def layout(form: Form, **changes: object) -> Layout:
    source = orjson.dumps({**LAYOUT, **changes})
    return load_layout("handling", source, forms={form.key: form})


def printed(view: PaperView) -> HtmlElement:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined
    )
    page = environment.get_template("print/form.html")
    return html.fromstring(page.render(paper=view, asset=lambda name: name, back="/cases/1"))


def texts_of(view: PaperView) -> dict[str, str]:
    return {cell.item.label: cell.item.text for row in view.sections[0].rows for cell in row}


def test_what_the_newest_filling_hides_is_blank_on_the_paper(sample: Form) -> None:
    first = sent(sample, "李娜", 2, customer="天山", ratio="3")
    again = sent(sample, "王敏", 3, customer="天山")
    values = {name: value for name, value in again.values.items() if name != "ratio"}
    texts = texts_of(
        paper(layout(sample), [first, replace(again, values=values)], HEADING, lang="zh")
    )
    assert texts["客户名称"] == "天山"
    assert "3" not in texts.values()


def test_a_sheet_of_a_round_done_again_is_not_on_the_paper(sample: Form) -> None:
    fallen = replace(sent(sample, "李娜", 2, customer="天山"), superseded=True)
    view = paper(layout(sample), [fallen], HEADING, lang="zh")
    assert set(texts_of(view).values()) == {""}
    assert [sign.name for sign in view.sections[0].signs] == [""]


def test_the_latest_answers_and_who_gave_them_are_on_the_paper(sample: Form) -> None:
    sheets = [
        sent(sample, "李娜", 2, customer="旧名", zone="china"),
        sent(sample, "王敏", 3, customer="天山机械", zone="overseas", ratio="3"),
    ]
    view = paper(layout(sample), sheets, HEADING, lang="zh")
    texts = {cell.item.label: cell.item.text for row in view.sections[0].rows for cell in row}
    assert texts["客户名称"] == "天山机械"
    assert texts["客户地区"] == "国外"
    assert texts["投诉理由"] == ""
    (sign,) = view.sections[0].signs
    assert (sign.title, sign.name, sign.at) == ("填表人", "王敏", "2026-11-09 11:05")
    assert view.has_our_default


def test_a_step_that_nobody_has_done_is_signed_by_hand(
    sample: Form, load: Callable[..., Form]
) -> None:
    other = load({"note": {"type": "string"}})
    view = paper(layout(sample), [sent(other, "李娜", 2, note="x")], HEADING, lang="zh")
    assert [(sign.name, sign.at) for sign in view.sections[0].signs] == [("", "")]


def test_every_copy_says_whom_it_is_for(sample: Form) -> None:
    view = paper(layout(sample), [], HEADING, lang="zh")
    assert [(copy.number, copy.to, copy.purpose) for copy in view.copies] == [
        ("第一联（共二联）", "品管部", "存档"),
        ("第二联（共二联）", "销售部", ""),
    ]
    page = printed(view)
    assert len(page.xpath("//article")) == 2
    for head in page.xpath("//article//thead"):
        assert "HM-TS-2026-00017" in head.text_content()
    only = paper(layout(sample), [], HEADING, lang="en", copy=2)
    assert [copy.number for copy in only.copies] == ["Copy 2 of 2"]
    assert only.title == "Complaint form"
    assert only.second_title == "客户投诉处理表"


def test_nothing_but_the_sheet_is_printed_and_all_of_it_is_escaped(sample: Form) -> None:
    attack = "<script>alert(1)</script>"
    typed: dict[str, JSON] = {"customer": attack, "parts": [{"lot": attack, "qty": 1}]}
    heading = Heading(Names(attack, attack), attack)
    page = printed(paper(layout(sample), [sent(sample, attack, 2, **typed)], heading, lang="zh"))
    assert [script.get("src") for script in page.xpath("//script")] == ["print.js"]
    assert page.xpath("//*[@style] | //@onclick") == []
    assert attack in page.xpath("//article")[0].text_content()
    outside = page.xpath("//body/*[not(self::article)]")
    assert [element.get("class") for element in outside] == ["on-screen"]


def test_every_row_of_a_paper_is_as_wide_as_the_paper(sample: Form) -> None:
    page = printed(paper(layout(sample), [], HEADING, lang="zh"))
    for row in page.xpath("(//article)[1]//table[@class='form']/*/tr"):
        assert sum(int(span) for span in row.xpath("./*/@colspan")) == 24


def test_a_form_of_its_own_prints_by_its_sections(sample: Form) -> None:
    view = paper(layout_of(sample), [sent(sample, "李娜", 2, customer="天山")], HEADING, lang="zh")
    assert [section.title for section in view.sections] == ["客户", "异常内容", "明细", ""]
    assert view.copies[0].number == ""
    assert [sign.name for sign in view.sections[-1].signs] == ["李娜"]
    wide = [[c.item.label for c in r] for s in view.sections for r in s.rows if len(r) == 1]
    assert ["投诉理由"] in wide


@pytest.mark.parametrize(
    ("changes", "pointer", "english"),
    [
        ({"sections": [{"rows": [["nope"]]}]}, "/sections/0/rows/0/0", 'no field "nope"'),
        ({"sections": [{"rows": [[]]}]}, "/sections/0/rows/0", "1 to 4 cells"),
        ({"sections": [{"rows": [["zone"] * 5]}]}, "/sections/0/rows/0", "1 to 4 cells"),
        (
            {"sections": [{"rows": [[{"field": "zone", "step": "a/b"}]]}]},
            "/sections/0/rows/0/0/step",
            'no form of a step "a/b"',
        ),
        (
            {"sections": [{"rows": [], "signs": [{"zh": "一", "en": "1", "step": "a/b"}]}]},
            "/sections/0/signs/0/step",
            'no form of a step "a/b"',
        ),
        ({"orientation": "sideways"}, "/orientation", "portrait or landscape"),
        ({"copies": [{"no": 1}]}, "/copies/0", '"to" is missing'),
        ({"footer": "x"}, "/footer", "not known"),
    ],
)
def test_a_broken_paper_is_refused(
    sample: Form, changes: dict[str, Any], pointer: str, english: str
) -> None:
    with pytest.raises(BrokenFormError) as caught:
        layout(sample, **changes)
    assert caught.value.file == "forms/print/handling.json"
    assert caught.value.pointer == pointer
    assert english in caught.value.en


def test_an_empty_paper_has_lines_to_write_on_and_a_filled_one_only_its_text(sample: Form) -> None:
    empty = paper(layout(sample), [], HEADING, lang="zh")
    full = paper(layout(sample), [sent(sample, "李娜", 2, reason="渗水")], HEADING, lang="zh")
    assert [
        max(c.lines for p in view.sections for r in p.rows for c in r) for view in (empty, full)
    ] == [3, 1]


def test_a_sheet_of_a_later_round_says_so(sample: Form) -> None:
    again = replace(sent(sample, "李娜", 2, customer="天山"), round=2)
    for lang, title in (("zh", "填表人（第 2 轮）"), ("en", "Filled in by (round 2)")):
        (sign,) = paper(layout(sample), [again], HEADING, lang=lang).sections[0].signs
        assert sign.title == title


def test_a_sheet_that_no_longer_counts_is_marked_when_it_is_printed_alone(sample: Form) -> None:
    heading = replace(HEADING, mark=Names("已被退回重办", "Superseded"))
    page = printed(paper(layout(sample), [], heading, lang="en"))
    assert [mark.text for mark in page.xpath("//article//p[@class='mark']")] == ["Superseded"] * 2


def test_a_paper_names_for_whom_and_as_what_somebody_signed(sample: Form) -> None:
    by_the_substitute = replace(
        sent(sample, "赵敏", 2), role=Names("销售部", "Sales"), acted_for="王芳"
    )
    for lang, name in (("zh", "赵敏 代 王芳 · 销售部"), ("en", "赵敏 for 王芳 · Sales")):
        view = paper(layout(sample), [by_the_substitute], HEADING, lang=lang)
        assert [sign.name for sign in view.sections[0].signs] == [name]
        (alone,) = (
            paper(layout_of(sample), [by_the_substitute], HEADING, lang=lang).sections[-1].signs
        )
        assert alone.name == name


def test_a_role_that_the_line_names_already_is_not_said_twice(sample: Form) -> None:
    signed = replace(sent(sample, "李娜", 2), role=Names("填表人", "Filled in by"))
    (sign,) = paper(layout(sample), [signed], HEADING, lang="zh").sections[0].signs
    assert sign.name == "李娜"

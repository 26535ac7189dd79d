"""E01 of domain.md in a real browser: each person in a browser context of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import FilePayload, expect

from tests.browser.procedure import start_page, task_page
from tests.procedures.complaint import USUAL

if TYPE_CHECKING:
    from tests.browser.conftest import Comes
    from tests.browser.visitor import Visitor

SHANGHAI = ZoneInfo("Asia/Shanghai")
TAKEN, UNTAKEN = "rgb(11, 90, 99)", "rgb(34, 36, 42)"
"""Colours of a flow on the diagram."""

NAMES = {
    "wangfang": "王芳",
    "liqiang": "李强",
    "chenjie": "陈洁",
    "liuyang": "刘洋",
    "sunwei": "孙伟",
    "wujun": "吴军",
    "zhaomin": "赵敏",
}
TO_ACCEPTANCE = (
    ("wangfang", "establish_data"),
    ("wangfang", "fill_handling_form"),
    ("liqiang", "comment_by_supervisor"),
    ("chenjie", "register_case"),
)
TO_PARALLEL = (("chenjie", "review_content"), ("liuyang", "inspect_sample"))
TO_CLOSING = (
    ("sunwei", "analyse_production"),
    ("liuyang", "trace_cause"),
    ("liuyang", "report_to_gm"),
    ("wujun", "instruct_on_report"),
    ("chenjie", "determine_handling"),
    ("chenjie", "plan_quality_handling"),
    ("zhaomin", "decide"),
    ("wangfang", "explain_to_customer"),
    ("wangfang", "tell_customer"),
    ("wangfang", "record_negotiation"),
    ("liqiang", "review_negotiation"),
    ("chenjie", "write_opinion"),
    ("zhaomin", "decide"),
    ("chenjie", "archive_case"),
)
TO_THE_END = (("wangfang", "pass_final_decision"),)


class Story:
    """E01 on its way; people come when it is first their turn."""

    def __init__(self, comes: Comes) -> None:
        self._comes = comes
        self._people: dict[str, Visitor] = {}

    def person(self, login: str) -> Visitor:
        if login not in self._people:
            self._people[login] = self._comes(login)
        return self._people[login]

    def runs(self, steps: tuple[tuple[str, str], ...]) -> None:
        for login, element in steps:
            self.person(login).does(element, USUAL[element])


@pytest.fixture
def story(comes: Comes) -> Story:
    return Story(comes)


def test_e01_runs_from_the_counter_to_settled_in_seven_browsers(story: Story) -> None:
    sales = story.person("wangfang")
    photo = FilePayload(name="渗水.png", mimeType="image/png", buffer=sales.page.screenshot())
    sales.starts({**USUAL["complaint_received"], "complaint_files": [photo]})
    story.runs(TO_ACCEPTANCE)
    accepted = datetime.now(UTC)
    story.runs(TO_PARALLEL)
    _quality_and_production_both_have_their_task(story)
    story.runs(TO_CLOSING)
    story.runs(TO_THE_END)

    expect(sales.page.get_by_role("status").first).to_contain_text("案件已办结")
    sales.page.get_by_role("status").first.get_by_role("link").click()
    _header_tells_number_clock_and_end(sales, accepted)
    _timeline_tells_who_did_what(sales)
    _diagram_shows_the_path(sales)
    _photo_comes_back_as_it_was(sales, photo)


def _quality_and_production_both_have_their_task(story: Story) -> None:
    for login, element in (("liuyang", "trace_cause"), ("sunwei", "analyse_production")):
        visitor = story.person(login)
        visitor.goes("/")
        rows = visitor.page.locator("#rows")
        expect(rows.get_by_role("link", name=task_page(element).heading.zh)).to_be_visible()
    visitor = story.person("sunwei")
    visitor.opens("analyse_production")
    visitor.page.get_by_role("link", name="流程图与履历").click()
    steps = visitor.region("现在").get_by_role("listitem")
    expect(steps).to_have_count(2)
    expect(steps.filter(has_text="品管部")).to_contain_text("追查原因定责任")
    expect(steps.filter(has_text="制造部门")).to_contain_text("生产分析拟对策")


def _header_tells_number_clock_and_end(visitor: Visitor, accepted: datetime) -> None:
    expect(visitor.heading).to_have_text(f"BJ-TS-{accepted.astimezone(SHANGHAI).year}-00001")
    head = visitor.page.locator(".case-head")
    expect(head).to_contain_text("已办结")
    expect(head).to_contain_text("按时完成")
    expect(head).to_contain_text("哈密天源水务有限公司")
    limit = head.locator("div", has_text="结案时限").get_by_role("time").get_attribute("datetime")
    assert limit is not None
    due = datetime.fromisoformat(limit)
    assert timedelta(0) <= accepted + timedelta(days=5) - due < timedelta(minutes=1)


def _timeline_tells_who_did_what(visitor: Visitor) -> None:
    done = visitor.region("履历").locator(".entry-done")
    said = [
        (_step(entry.locator("strong").inner_text()), entry.locator("[data-who]").inner_text())
        for entry in reversed(done.all())
    ]
    walked = TO_ACCEPTANCE + TO_PARALLEL + TO_CLOSING + TO_THE_END
    told = [(task_page(element).heading.zh, NAMES[login]) for login, element in walked]
    assert said[1:] == told
    assert said[0][1] == NAMES["wangfang"]

    opening = done.last
    opening.locator("summary").click()
    expect(opening).to_contain_text(USUAL["complaint_received"]["description"])


def _step(title: str) -> str:
    return title.rpartition("：")[2]


def _diagram_shows_the_path(visitor: Visitor) -> None:
    visitor.page.get_by_role("tab", name="客户投诉处理", exact=True).click()
    colours = {
        flow: visitor.page.locator(f"[data-element-id='{flow}'] .djs-visual path").first
        for flow in ("loss_yes", "joint_inspection_no", "upheld_yes", "loss_no", "upheld_no")
    }
    for flow, drawn in colours.items():
        taken = flow not in {"loss_no", "upheld_no"}
        expect(drawn).to_have_css("stroke", TAKEN if taken else UNTAKEN)

    visitor.page.get_by_role("tab", name="调查", exact=True).click()
    for flow in ("both_investigate_to_trace_cause", "both_investigate_to_analyse_production"):
        drawn = visitor.page.locator(f"[data-element-id='{flow}'] .djs-visual path").first
        expect(drawn).to_have_css("stroke", TAKEN)
    expect(
        visitor.page.locator("[data-element-id='sample_no'] .djs-visual path").first
    ).to_have_css("stroke", UNTAKEN)


def _photo_comes_back_as_it_was(visitor: Visitor, photo: FilePayload) -> None:
    link = visitor.region("附件").get_by_role("link", name=photo["name"])
    expect(link.locator("img")).to_have_js_property("complete", value=True)
    assert link.locator("img").evaluate("picture => picture.naturalWidth") == 1440
    answer = visitor.page.request.get(visitor.address + (link.get_attribute("href") or ""))
    assert answer.body() == photo["buffer"]
    field = start_page().form.by_name["complaint_files"].title.zh
    expect(visitor.region("已填表单")).to_contain_text(field)

"""After every refusal what was typed still stands there, and once it is cured sending just works.

Each is told with scripts, which keep drafts meanwhile, and without, where the page alone must do.
"""

from __future__ import annotations

import os
import signal
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from engine import embedded
from engine.database import connect
from engine.demo import PASSWORD
from engine.embedded.leftovers import postmaster
from engine.history.dossier import history_rows, latest_answers
from engine.people import add_person
from engine.procedures import in_force
from tests.browser.company import found, walk
from tests.browser.conftest import Reception
from tests.browser.filling import typed
from tests.browser.procedure import task_page
from tests.browser.site import serve
from tests.procedures.complaint import USUAL

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from uuid import UUID

    from playwright.sync_api import Browser
    from sqlalchemy import Engine

    from engine.embedded import Server
    from tests.browser.conftest import Comes
    from tests.browser.site import Site
    from tests.browser.visitor import Visitor

STEP = "establish_data"
ANSWERS = USUAL[STEP]
FORM = task_page(STEP).form

scripts_on_and_off = pytest.mark.parametrize("scripts", ["on", "off"])


def a_case_waits(engine: Engine) -> UUID:
    """Open a case whose first step waits for sales; a second salesman, 冯刚, joins."""
    with engine.begin() as conn:
        now = datetime.now(UTC)
        one = walk(conn)
        one.opens()
        add_person(conn, "fenggang", "冯刚", password=PASSWORD, held=["sales"], now=now)
        return one.case_id


def everything_stands(visitor: Visitor, answers: dict[str, Any] = ANSWERS) -> None:
    assert typed(visitor.page, FORM, answers) == answers


def it_is_taken(visitor: Visitor, engine: Engine, case_id: UUID) -> None:
    """See that sending went through, and that what was typed is what the case now knows."""
    expect(visitor.heading).to_have_text(task_page("fill_handling_form").heading.zh)
    with engine.connect() as conn:
        version = in_force(conn, "manufacturer-complaint")
        known = latest_answers(version, history_rows(conn, case_id))
    assert {name: known.get(name) for name in ANSWERS} == ANSWERS


@scripts_on_and_off
def test_422_a_missing_field_is_all_that_has_to_be_typed(
    comes: Comes, site: Site, scripts: str
) -> None:
    case_id = a_case_waits(site.engine)
    visitor = comes("wangfang", scripts=scripts)
    visitor.opens(STEP)
    wrong = {**ANSWERS, "order_no": "", "qty_defective": "4001"}
    visitor.fills(wrong, STEP)
    visitor.watch.foreseen.add(422)
    visitor.sends()

    problems = visitor.page.get_by_role("alert").filter(has_text="请改正以下各项")
    expect(problems).to_contain_text("订单编号")
    everything_stands(visitor, wrong)
    field = visitor.page.get_by_label("订单编号")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description("必填")
    visitor.fills({name: ANSWERS[name] for name in ("order_no", "qty_defective")}, STEP)
    visitor.sends()
    it_is_taken(visitor, site.engine, case_id)


@scripts_on_and_off
def test_409_a_colleague_who_claimed_the_task_may_give_it_back(
    comes: Comes, site: Site, scripts: str
) -> None:
    case_id = a_case_waits(site.engine)
    visitor, colleague = comes("wangfang", scripts=scripts), comes("fenggang", scripts=scripts)
    visitor.opens(STEP)
    visitor.fills(ANSWERS, STEP)
    colleague.presses("领取")
    expect(colleague.region("我领取的")).to_contain_text(task_page(STEP).heading.zh)
    visitor.watch.foreseen.add(409)
    visitor.sends()

    expect(visitor.page.get_by_role("alert")).to_contain_text("冯刚")
    everything_stands(visitor)
    colleague.presses("放回")
    expect(colleague.region("本岗位的")).to_contain_text(task_page(STEP).heading.zh)
    visitor.sends()
    it_is_taken(visitor, site.engine, case_id)


@scripts_on_and_off
def test_409_what_was_typed_for_a_finished_task_can_still_be_read(
    comes: Comes, site: Site, scripts: str
) -> None:
    a_case_waits(site.engine)
    visitor, colleague = comes("wangfang", scripts=scripts), comes("fenggang", scripts=scripts)
    visitor.opens(STEP)
    visitor.fills(ANSWERS, STEP)
    colleague.does(STEP, {**ANSWERS, "order_no": "SO-2026-0001"})
    visitor.watch.foreseen.add(409)
    visitor.sends()

    expect(visitor.page.get_by_role("main")).to_contain_text("冯刚")
    kept = visitor.region("您填写的内容")
    for label, text in FORM.describe({**ANSWERS}, "zh"):
        if text and label != "收到日期":
            expect(kept).to_contain_text(label)
            expect(kept).to_contain_text(text)
    visitor.page.get_by_role("link", name="查看案件").click()
    expect(visitor.region("履历")).to_contain_text("冯刚")


@scripts_on_and_off
def test_an_expired_session_brings_everything_back_after_signing_in(
    comes: Comes, site: Site, scripts: str
) -> None:
    case_id = a_case_waits(site.engine)
    visitor = comes("wangfang", scripts=scripts)
    visitor.opens(STEP)
    visitor.fills(ANSWERS, STEP)
    visitor.context.clear_cookies(name="banjie")
    visitor.watch.foreseen.add(401)
    visitor.sends()

    expect(visitor.page.get_by_role("status")).to_contain_text("登录已过期")
    visitor.gives_password("wangfang")
    expect(visitor.heading).to_have_text(task_page(STEP).heading.zh)
    expect(visitor.page.get_by_role("status").first).to_contain_text("已找回")
    everything_stands(visitor)
    visitor.sends()
    it_is_taken(visitor, site.engine, case_id)


@scripts_on_and_off
def test_an_expired_session_brings_back_what_was_typed_for_an_action(
    comes: Comes, site: Site, scripts: str
) -> None:
    a_case_waits(site.engine)
    visitor = comes("wangfang", scripts=scripts)
    visitor.opens(STEP)
    visitor.goes(f"{urlsplit(visitor.page.url).path}/acts/transfer")
    reason, colleague = visitor.page.locator("#reason"), visitor.page.get_by_label("冯刚")
    colleague.check()
    reason.fill("明天起出差")
    visitor.context.clear_cookies(name="banjie")
    visitor.watch.foreseen.add(401)
    visitor.presses("转办")

    visitor.gives_password("wangfang")
    expect(reason).to_have_value("明天起出差")
    visitor.presses("English")
    expect(reason).to_have_value("明天起出差")
    expect(colleague).to_be_checked()
    visitor.presses("Transfer")
    expect(visitor.page.get_by_role("status")).to_contain_text("Done")


@scripts_on_and_off
def test_a_stale_token_needs_one_more_press(comes: Comes, site: Site, scripts: str) -> None:
    case_id = a_case_waits(site.engine)
    visitor = comes("wangfang", scripts=scripts)
    visitor.opens(STEP)
    visitor.fills(ANSWERS, STEP)
    if scripts == "on":  # an autosave after the new sign-in would renew the token by itself
        expect(visitor.page.locator(".saved")).to_contain_text("草稿已保存")
    signs_in_anew_in_another_tab(visitor)
    visitor.watch.foreseen.add(400)
    visitor.sends()

    expect(visitor.heading).to_have_text("请再确认一次")
    kept = visitor.region("您填写的内容")
    for label, text in FORM.describe({**ANSWERS}, "zh"):
        if text and label != "收到日期":
            expect(kept).to_contain_text(label)
    visitor.presses("确认提交")
    it_is_taken(visitor, site.engine, case_id)


def signs_in_anew_in_another_tab(visitor: Visitor) -> None:
    tab = visitor.context.new_page()
    tab.goto(visitor.address)
    tab.get_by_role("button", name="退出").click()
    tab.get_by_label("登录名").fill("wangfang")
    tab.get_by_label("密码").fill(PASSWORD)
    tab.get_by_role("button", name="登录").click()
    expect(tab.get_by_role("heading", level=1)).to_have_text("待办")
    tab.close()


@pytest.fixture
def cluster() -> Iterator[Server]:
    """Give a PostgreSQL of the test's own, to be stopped; commits outlive that."""
    with embedded.throw_away({"synchronous_commit": "on"}) as server:
        yield server


@pytest.fixture
def own_site(cluster: Server, tmp_path: Path) -> Iterator[Site]:
    engine = connect(cluster.url)
    found(engine)
    with serve(engine, tmp_path / "web.log") as served:
        yield served
    engine.dispose()


@scripts_on_and_off
def test_503_goes_away_by_itself_once_the_database_is_back(
    browser: Browser, cluster: Server, own_site: Site, scripts: str
) -> None:
    case_id = a_case_waits(own_site.engine)
    with Reception(browser, own_site.address) as comes:
        visitor = comes("wangfang", scripts=scripts)
        visitor.opens(STEP)
        visitor.fills(ANSWERS, STEP)
        stop(cluster)
        visitor.watch.foreseen.add(503)
        visitor.sends()
        expect(visitor.heading).to_have_text("数据库暂时没有应答")
        kept = visitor.region("您填写的内容")
        expect(kept).to_contain_text(ANSWERS["customer_demand"])
        visitor.presses("再提交一次")
        expect(kept).to_contain_text(ANSWERS["order_no"])
        cluster.keep()
        visitor.presses("再提交一次")
        it_is_taken(visitor, own_site.engine, case_id)


def stop(cluster: Server) -> None:
    """Stop PostgreSQL as an administrator does who wants it down at once."""
    pid = postmaster(cluster.folder / "data")
    assert pid is not None
    os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + 60
    while postmaster(cluster.folder / "data") is not None:
        assert time.monotonic() < deadline, "PostgreSQL does not stop"
        time.sleep(0.05)

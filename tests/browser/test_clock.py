"""Time passes: the worker wakes a late case, and an inbox that stood open shows it by itself."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa
from playwright.sync_api import expect

from engine.tables import tasks
from tests.browser.company import walk
from tests.browser.procedure import task_page
from tests.browser.site import PATIENCE, wake
from tests.procedures.complaint import REGISTER

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from tests.browser.conftest import Comes
    from tests.browser.site import Site

REVIEW, URGE = task_page("review_content").heading.zh, task_page("convene_meeting").heading.zh


def test_a_late_step_turns_red_and_urging_appears_without_a_reload(
    comes: Comes, site: Site, tmp_path: Path
) -> None:
    with site.engine.begin() as conn:
        case = walk(conn)
        case.now = datetime.now(UTC) - timedelta(hours=13)
        case.opens()
        case.does_all(*REGISTER)
    office = comes("chenjie")
    rows = office.page.locator("#rows")
    expect(rows.get_by_role("listitem")).to_have_count(1)
    expect(rows.get_by_role("listitem").filter(has_text=REVIEW)).to_contain_text("逾期 1小时")

    with wake(site.engine, tmp_path / "worker.log"):
        _until_urged(site.engine)
    # As when a person comes back to the tab: otherwise the page asks every half minute.
    office.page.evaluate("() => document.dispatchEvent(new Event('visibilitychange'))")
    expect(rows.get_by_role("listitem")).to_have_count(2)
    expect(rows.get_by_role("listitem").filter(has_text=URGE)).to_be_visible()
    office.page.reload()
    expect(office.region("通知")).to_contain_text("审核逾期")


def _until_urged(engine: Engine) -> None:
    deadline = time.monotonic() + PATIENCE
    urged = sa.select(sa.func.count()).where(tasks.c.element == "convene_meeting")
    while True:
        with engine.connect() as conn:
            if conn.scalar(urged):
                return
        assert time.monotonic() < deadline, "the worker wakes nothing"
        time.sleep(0.1)

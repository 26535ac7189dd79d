"""The pages that move open cases, at a desk and on a phone, and without barriers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from engine.transfers.batches import foresee_any
from tests.browser.axe import barriers
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers
from tests.engine.conftest import NOW
from tests.engine.errand import asked
from tests.engine.small import put_in_force, somebody
from tests.engine.transfers.test_batches import edited, without

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize
    from sqlalchemy import Engine

    from tests.browser.conftest import Comes


@pytest.fixture
def errands(site: object, database: Engine) -> Engine:
    """Add two errands in the first of three versions to the company."""
    assert site is not None
    with database.begin() as conn:
        put_in_force(conn, edited(("PT1H", "P3000D")))
        clerk = somebody(conn, "errands", {"clerk"})
        for _ in range(2):
            asked(conn, clerk)
        put_in_force(conn, edited(("PT1H", "P3100D")))
        put_in_force(conn, without())
    return database


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_cases_are_moved_from_the_page(comes: Comes, errands: Engine, screen: ViewportSize) -> None:
    owner, found = comes("linna", screen=screen), []
    for target, said in (("errand:3", "案件正停在"), ("errand:2", "停在原处")):
        owner.goes("/admin/moves")
        owner.page.get_by_label("迁移到").select_option(target)
        owner.page.get_by_label("理由").fill("制度修订")
        owner.presses("预演")
        with errands.begin() as conn:
            while foresee_any(conn, now=NOW):
                pass
        owner.page.reload()
        expect(owner.page.get_by_text(said).first).to_be_visible()
        found += barriers(owner.page)
        if screen is PHONE:
            found += unfit_for_fingers(owner.page)
    owner.presses("全部迁移")
    expect(owner.page.get_by_text("已迁移").first).to_be_visible()
    owner.goes("/admin/moves")
    expect(owner.page.get_by_text("迁移 2 / 2 件")).to_be_visible()
    found += barriers(owner.page)
    assert found == []

"""The pages of going back and of interventions, at a desk and on a phone: no barrier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.tables import tasks
from tests.browser.axe import barriers
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.measuring import unfit_for_fingers

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

    from tests.browser.company import Cases
    from tests.browser.conftest import Comes
    from tests.browser.site import Site


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desk", "phone"])
def test_no_page_has_a_barrier(
    looks: Comes, furnished_site: Site, cases: Cases, screen: ViewportSize
) -> None:
    with furnished_site.engine.connect() as conn:
        mine = sa.select(tasks.c.id).where(
            tasks.c.case_id == cases.judged, tasks.c.element == "determine_handling"
        )
        task = conn.scalar(mine)
    mend = f"/admin/interventions/{cases.judged}"
    pages = {
        "chenjie": (f"/tasks/{task}/acts/return",),
        "linna": (f"/cases/{cases.judged}/acts/cancel", f"/cases/{cases.settled}/acts/reopen"),
        "heqing": ("/admin/interventions", mend, f"{mend}/act?kind=skip&task={task}"),
    }
    found: list[str] = []
    for login, paths in pages.items():
        person = looks(login, screen=screen)
        for path in paths:
            person.goes(path)
            found += barriers(person.page)
            if screen is PHONE:
                found += unfit_for_fingers(person.page)
            wide = person.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= screen["width"], path
    assert found == []

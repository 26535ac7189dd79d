"""The pages of a case mark what a round done again had said, and print it with that mark."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from engine import demo
from tests.procedures.complaint import INVESTIGATE, REGISTER, USUAL
from tests.procedures.walk import Walk

if TYPE_CHECKING:
    from collections.abc import Callable

    import sqlalchemy as sa

    from tests.web.visiting import Visitor


def test_a_round_done_again_is_marked_on_page_and_paper(
    database: sa.Engine, sign_in: Callable[[str], Visitor]
) -> None:
    with database.begin() as conn:
        demo.load(conn, now=datetime.now(UTC))
        walk = Walk(conn, "manufacturer-complaint", USUAL)
        walk.now = datetime.now(UTC)
        walk.opens()
        walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
        walk.does_all("determine_handling", "plan_quality_handling")
        walk.does("decide", decision="send_back", send_back_reason="证据不足。")
        walk.does("determine_handling", own_quality=False)
        fallen = [form.seq for form in walk.dossier.filled if form.superseded]
    fang = sign_in("fang")
    fang.get(f"/cases/{walk.case_id}")
    marked = "//*[contains(@class, 'tag') and contains(., '已被退回重办')]"
    assert len(fang.all(f"//ol[@class='timeline']{marked}")) == len(fallen) == 3
    assert len(fang.all(f"//details[contains(@class, 'earlier')]{marked}")) == 3

    fang.get(f"/cases/{walk.case_id}/entries/{fallen[1]}/paper")
    assert [mark.text for mark in fang.all("//p[@class='mark']")] == ["已被退回重办"]
    assert "同批返工并复检" in fang.text
    fang.get(f"/cases/{walk.case_id}/papers/complaint-handling-form")
    assert "同批返工并复检" not in fang.text

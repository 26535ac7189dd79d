"""An entry lists the clauses of what was done in it, and of nothing that was only entered."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.going_back.intervening import SKIP, Wanted, carry_out, prepared
from engine.history import read
from engine.history.dossier import history_rows

if TYPE_CHECKING:
    from tests.procedures.walk import Walk


def listed(walk: Walk) -> dict[str, set[str]]:
    """Give the clauses of the last entry about each element that it names."""
    bodies = [read(row.body) for row in history_rows(walk.conn, walk.case_id)]
    return {body["element"]: {*body.get("clauses", ())} for body in bodies if "element" in body}


def test_a_call_is_fulfilled_when_it_is_over_and_what_runs_by_itself_with_what_led_to_it(
    walk: Walk,
) -> None:
    walk.opens()
    assert listed(walk) == {"complaint_received": {"CM-03-1"}}

    walk.does_all("establish_data", "fill_handling_form", "comment_by_supervisor")
    found = listed(walk)
    assert found["establish_data"] == {"CM-06-1a", "CM-05-1-1", "CM-05-1-2"}
    assert found["fill_handling_form"] == {"CM-06-1b", "CM-06-1d", "CM-23"}
    assert found["comment_by_supervisor"] == {"CM-06-1c"}
    assert found["allot_complaint_number"] == {"CM-06-4a"}

    walk.does("register_case")
    call = {"CM-06-1a", "CM-06-1b", "CM-06-1c", "CM-06-1d", "CM-06-4a"}
    tables = {"CM-07-1", "CM-07-2"}
    assert listed(walk)["register_case"] == {"CM-06-4a", "CM-05-3-1"} | tables | call


def test_a_gateway_on_the_way_is_nobody_s_deed_and_a_skipped_step_is_not_done(walk: Walk) -> None:
    walk.opens()
    walk.does_all("establish_data", "fill_handling_form", "comment_by_supervisor", "register_case")
    walk.does("review_content")
    assert "CM-05-2-3" not in listed(walk)["review_content"]

    operator = walk.person("operator")
    wanted = Wanted(SKIP, walk.case_id, walk.task("inspect_sample").id)
    ready = prepared(walk.conn, wanted, by=operator, now=walk.now)
    carry_out(walk.conn, ready, "样品丢失", by=operator, now=walk.now)
    assert listed(walk)["inspect_sample"] == set()

"""What an operator reads before moving a case of E01: what will be missing, or why it cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.going_back.foreseeing import Foreseen, foreseen
from engine.going_back.intervening import PLACE, Wanted
from engine.going_back.interventionview import case_to_mend
from engine.going_back.returning import NoWayError
from tests.engine.small import somebody
from tests.procedures.complaint import INVESTIGATE, REGISTER

if TYPE_CHECKING:
    from tests.procedures.walk import Walk


def moving(walk: Walk, step: str, to: str) -> Foreseen:
    """Give what an operator reads who moves the token at a step to another."""
    by = somebody(walk.conn, "operator", {"operator"})
    case = walk.case_id
    spots = case_to_mend(walk.conn, case, by=by).spots
    there = next(spot.to for spot in spots if spot.to[-1] == to)
    return foreseen(walk.conn, Wanted(PLACE, case, walk.task(step).id, there), by=by, now=walk.now)


def test_what_a_called_diagram_fills_first_is_not_said_to_be_missing(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE[:3])
    said = [line.zh for line in moving(walk, "report_to_gm", "tell_customer").lacks]
    assert not [line for line in said if "按金额定核决人" in line]
    assert "approver" not in "".join(said)
    assert sum(line.count("“拟核金额”") for line in said) == 1


def test_a_refused_move_says_which_step_fills_what_is_needed(walk: Walk) -> None:
    walk.opens()
    with pytest.raises(NoWayError) as refused:
        moving(walk, "establish_data", "decide")
    assert "“结案期限”，它还没有值，或不能用。它在“登记并起算期限”办完时才有" in refused.value.zh
    assert "Register the case, start the clocks" in refused.value.en


def test_a_move_past_what_fills_an_amount_names_the_steps_that_do(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE[:3])
    with pytest.raises(NoWayError) as refused:
        moving(walk, "report_to_gm", "decide")
    assert "“定处理方式与责任”" in refused.value.zh

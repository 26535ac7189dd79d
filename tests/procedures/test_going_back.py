"""E01 with people going back: the report is returned, a step is taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from engine.going_back.anew import STRAIGHT, THROUGH
from engine.going_back.caseview import case_act_view
from engine.going_back.ending import reopen_case
from engine.going_back.returning import return_task
from engine.going_back.returnview import return_view
from engine.going_back.withdrawing import MayNotWithdrawError, withdraw_step
from engine.tasks.taskview import open_task
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER

if TYPE_CHECKING:
    from tests.procedures.walk import Walk

TO_REPORT = INVESTIGATE[: INVESTIGATE.index("instruct_on_report")]
TO_THE_END = (
    *("determine_handling", "plan_quality_handling", "decide", *NEGOTIATE),
    *("write_opinion", "decide", "archive_case", "pass_final_decision"),
)


def returns(walk: Walk, step: str, to: str, way: str, why: str = "数据前后不符") -> None:
    """Let whoever has a step return it to another."""
    row = walk.task(step)
    by = walk.person(row.role)
    view = return_view(walk.conn, row.id, by=by, now=walk.now)
    names = {one.names.zh: one.target for one in view.steps}
    target = names[_name(walk, to)]
    return_task(walk.conn, row.id, target, way, why, by=by, now=walk.now)


def _name(walk: Walk, step: str) -> str:
    version = walk.dossier.version
    diagrams = version.compiled.diagrams.values()
    return next(d.steps[step].names.zh for d in diagrams if step in d.steps)


def fallen(walk: Walk) -> list[str]:
    return [one.place[-1] for one in walk.dossier.filled if one.superseded]


def view_of(walk: Walk, step: str) -> Any:  # noqa: ANN401
    row = walk.task(step)
    return open_task(walk.conn, row.id, by=walk.person(row.role))


@pytest.mark.parametrize("way", [THROUGH, STRAIGHT])
def test_the_general_manager_returns_the_report_and_gets_it_again(walk: Walk, way: str) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *TO_REPORT)
    returns(walk, "instruct_on_report", "report_to_gm", way)

    assert walk.waits_for == {("qc", "report_to_gm")}
    row = walk.task("report_to_gm")
    assert row.claimed_by == walk.person("qc").id
    view = view_of(walk, "report_to_gm")
    assert view.draft["report_findings"] == ["浇注温度偏低致砂眼，整批隔离。"]
    assert view.again.reason == "数据前后不符"
    assert fallen(walk) == (["report_to_gm"] if way == THROUGH else [])

    walk.does("report_to_gm", report_findings="复核后更正：炉温偏低三十度。")
    assert fallen(walk) == ["report_to_gm"]
    assert walk.waits_for == {("gm", "instruct_on_report")}
    held = walk.task("instruct_on_report").claimed_by
    assert held == (walk.person("gm").id if way == STRAIGHT else None)
    walk.does_all("instruct_on_report", *TO_THE_END)
    assert walk.outcome is not None
    assert walk.is_unbroken
    assert not walk.dossier.doubts


def test_a_return_into_a_call_takes_back_what_had_followed_it_in_the_caller(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *TO_REPORT, "instruct_on_report")
    walk.does_all("determine_handling", "plan_quality_handling")
    returns(walk, "decide", "report_to_gm", THROUGH)
    assert fallen(walk) == [
        "report_to_gm", "instruct_on_report", "determine_handling", "plan_quality_handling",
    ]  # fmt: skip
    walk.does_all("report_to_gm", "instruct_on_report", *TO_THE_END)
    assert len(fallen(walk)) == 4
    assert walk.is_unbroken


def test_a_case_opened_again_at_its_archiving_takes_back_what_had_followed_that(
    walk: Walk,
) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *TO_REPORT, "instruct_on_report", *TO_THE_END)
    owner = walk.person("process-owner")
    view = case_act_view(walk.conn, walk.case_id, "reopen", by=owner)
    step = next(one for one in view.steps if one.names.zh == _name(walk, "archive_case"))
    assert [one.names.zh for one in step.undoes] == [_name(walk, "pass_final_decision")]
    reopen_case(walk.conn, walk.case_id, step.target, "补件", by=owner, now=walk.now)
    assert fallen(walk) == ["archive_case", "pass_final_decision"]


def test_a_return_past_the_parallel_investigation_says_what_it_stops_and_does_it(
    walk: Walk,
) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", "inspect_sample")
    assert ("production", "analyse_production") in walk.waits_for
    returns(walk, "analyse_production", "inspect_sample", THROUGH)

    assert walk.waits_for == {("qc", "inspect_sample")}
    walk.does_all("inspect_sample", "trace_cause", "analyse_production")
    walk.does_all("report_to_gm", "instruct_on_report", *TO_THE_END)
    assert walk.outcome is not None
    assert walk.is_unbroken


def test_a_straight_return_leaves_what_is_between_as_it_is(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *TO_REPORT)
    returns(walk, "instruct_on_report", "inspect_sample", STRAIGHT)

    assert walk.waits_for == {("qc", "inspect_sample")}
    walk.does("inspect_sample", inspected_qty="20")
    assert walk.waits_for == {("gm", "instruct_on_report")}
    assert fallen(walk) == ["inspect_sample"]
    assert walk.dossier.filled[-1].values["inspected_qty"] == "20"
    walk.does_all("instruct_on_report", *TO_THE_END)
    assert walk.is_unbroken


def test_the_clerk_takes_the_handling_form_back_before_the_supervisor_has_it(walk: Walk) -> None:
    walk.opens()
    walk.does("establish_data")
    task = walk.task("fill_handling_form").id
    walk.does("fill_handling_form", qty_requested="18")
    assert walk.waits_for == {("sales-supervisor", "comment_by_supervisor")}

    clerk = walk.person("sales")
    anew = withdraw_step(walk.conn, walk.case_id, task, by=clerk, now=walk.now)
    assert walk.waits_for == {("sales", "fill_handling_form")}
    assert walk.task("fill_handling_form").id == anew
    assert view_of(walk, "fill_handling_form").draft["qty_requested"] == ["18"]
    assert fallen(walk) == ["fill_handling_form"]

    walk.does_all("fill_handling_form", "comment_by_supervisor")
    with pytest.raises(MayNotWithdrawError):
        withdraw_step(walk.conn, walk.case_id, anew, by=clerk, now=walk.now)
    walk.does_all("register_case", "review_content", *INVESTIGATE, *TO_THE_END)
    assert walk.outcome is not None
    assert walk.is_unbroken
    assert not walk.dossier.doubts


def test_deadlines_of_what_opens_anew_count_from_then_and_the_cases_own_runs_on(
    walk: Walk,
) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *TO_REPORT[:-1])
    first, whole = walk.due("report_to_gm"), walk.row().due_at
    walk.does("report_to_gm")
    walk.after(hours=5)
    returns(walk, "instruct_on_report", "report_to_gm", THROUGH)
    again = walk.due("report_to_gm")
    assert first is not None
    assert again is not None
    assert again > first
    assert walk.row().due_at == whole


def test_a_case_taken_back_to_before_its_clock_has_none_until_it_is_registered_again(
    walk: Walk,
) -> None:
    walk.opens()
    walk.does_all(*REGISTER[:-1])
    task = walk.task("register_case").id
    walk.does("register_case")
    first = walk.row().due_at
    assert first is not None

    by = walk.person("gm-office")
    withdraw_step(walk.conn, walk.case_id, task, by=by, now=walk.now)
    assert walk.row().due_at is None
    assert not walk.dossier.doubts
    walk.after(hours=2)
    walk.does("register_case")
    assert walk.row().due_at > first
    assert not walk.dossier.doubts

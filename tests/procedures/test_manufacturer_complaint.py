"""The manufacturer's complaint procedure, variant CM, told as its stories (domain.md §4.3)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine.cases.starts import InvalidAnswersError
from engine.notices import unseen
from engine.tables import cases
from engine.tasks.taskview import open_task
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER
from tests.procedures.walk import ACCEPTED

if TYPE_CHECKING:
    from tests.procedures.walk import Walk


def shanghai(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC) - timedelta(hours=8)


def walk_to_decision(walk: Walk, **handling: object) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
    walk.does("determine_handling", **handling)
    if handling.get("own_quality", True):
        walk.does("plan_quality_handling")


def test_e01_an_upheld_complaint_runs_from_the_counter_to_settled(walk: Walk) -> None:
    walk.opens()
    assert walk.waits_for == {("sales", "establish_data")}
    assert walk.row().number is None

    walk.does_all("establish_data", "fill_handling_form", "comment_by_supervisor")
    assert walk.waits_for == {("gm-office", "register_case")}
    assert walk.row().number == "BJ-TS-2026-00001"
    assert walk.row().due_at is None

    walk.does("register_case")
    assert walk.row().due_at == shanghai(11, 14, 10)
    walk.does_all("review_content", "inspect_sample")
    assert walk.waits_for == {("qc", "trace_cause"), ("production", "analyse_production")}

    walk.does("analyse_production")
    assert walk.waits_for == {("qc", "trace_cause")}
    walk.does_all(
        "trace_cause",
        "report_to_gm",
        "instruct_on_report",
        "determine_handling",
        "plan_quality_handling",
    )
    assert walk.waits_for == {("sales-manager", "decide")}

    walk.does_all("decide", *NEGOTIATE, "write_opinion")
    assert walk.waits_for == {("sales-manager", "decide")}
    walk.does_all("decide", "archive_case")
    assert walk.row().closed_at == walk.now
    assert walk.row().status == "open"

    walk.does("pass_final_decision")
    assert (walk.outcome, walk.row().status) == ("complaint_settled", "ended")
    assert walk.waits_for == set()
    assert walk.is_unbroken


@pytest.mark.parametrize(
    ("zone", "due"),
    [
        ("in_xinjiang", shanghai(11, 14, 10)),
        ("china", shanghai(11, 16, 10)),
        ("overseas", shanghai(11, 16, 10)),
    ],
)
def test_e01_the_clock_runs_five_or_seven_calendar_days_from_acceptance(
    walk: Walk, zone: str, due: datetime
) -> None:
    walk.now -= timedelta(hours=5)
    walk.opens(zone=zone)
    walk.does_all(*REGISTER[:-1])
    walk.now = ACCEPTED
    walk.does("register_case", zone=zone)

    assert walk.row().due_at == due


@pytest.mark.parametrize("day", ["2026-11-08", "2026-11-10"])
def test_a_case_is_accepted_on_the_day_from_which_its_clock_runs(walk: Walk, day: str) -> None:
    walk.opens()
    walk.does_all(*REGISTER[:-1])
    with pytest.raises(InvalidAnswersError) as caught:
        walk.does("register_case", accepted_at=day)
    assert list(caught.value.answers.problems) == ["/accepted_at"]

    walk.does("register_case", accepted_at="2026-11-09")
    assert walk.row().due_at == shanghai(11, 14, 10)


def test_e01_the_five_copies_go_to_five_departments(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does_all("decide", *NEGOTIATE, "write_opinion", "decide")

    for role in ("qc", "production", "sales", "finance", "gm-office"):
        told = [notice.text.zh for notice in unseen(walk.conn, walk.person(role))]
        assert "五联分存" in told, role
    assert unseen(walk.conn, walk.person("gm")) == []


def test_a_complaint_without_loss_ends_with_the_slip(walk: Walk) -> None:
    walk.opens(loss=False)
    assert walk.waits_for == {("sales", "fill_slip")}

    walk.does("fill_slip")
    assert walk.outcome == "closed_without_loss"
    assert walk.row().number is None


def test_e04_an_objection_that_is_granted_opens_a_linked_case(walk: Walk) -> None:
    walk_to_decision(walk, upheld="not_upheld", own_quality=False)
    walk.does("decide")
    assert walk.waits_for == {("gm-office", "archive_case")}

    walk.does("archive_case")
    walk.does("tell_not_upheld", customer_objects=True, objection="客户不认可检验结论。")
    walk.does("submit_petition")
    walk.does("decide_petition")

    assert walk.outcome == "reopened_in_linked_case"
    linked = walk.conn.execute(sa.select(cases).where(cases.c.parent_id == walk.case_id)).one()
    assert (linked.customer, linked.status, linked.number) == (walk.row().customer, "open", None)
    assert [link.id for link in walk.dossier.linked] == [linked.id]
    assert walk.is_unbroken
    assert [one.linked for one in walk.dossier.timeline if one.linked] == [linked.id]
    notes = [note.zh for one in walk.dossier.timeline for note in one.notes]
    assert not [note for note in notes if note.startswith("通知 ：")]
    assert not walk.dossier.doubts

    first = walk.row().number
    walk.case_id = linked.id
    walk.does_all(*REGISTER)
    assert (first, walk.row().number) == ("BJ-TS-2026-00001", "BJ-TS-2026-00002")


def test_e04_an_objection_that_is_refused_ends_the_case(walk: Walk) -> None:
    walk_to_decision(walk, upheld="not_upheld", own_quality=False)
    walk.does_all("decide", "archive_case")
    walk.does("tell_not_upheld", customer_objects=True, objection="客户不认可检验结论。")
    walk.does("submit_petition")
    walk.does("decide_petition", petition_granted=False)

    assert walk.outcome == "closed_not_upheld"
    assert walk.conn.scalar(sa.select(sa.func.count()).select_from(cases)) == 1


def test_a_refusal_that_the_customer_accepts_ends_the_case(walk: Walk) -> None:
    walk_to_decision(walk, upheld="not_upheld", own_quality=False)
    walk.does_all("decide", "archive_case", "tell_not_upheld")

    assert walk.outcome == "closed_not_upheld"
    assert "explain_to_customer" not in walk.story


def test_e07_the_joint_visit_comes_before_the_form(walk: Walk) -> None:
    walk.opens(joint_inspection=True)
    assert [n.text.zh for n in unseen(walk.conn, walk.person("qc"))] == ["立即通知品管"]

    walk.does("record_qc_answer")
    assert walk.waits_for == {("gm", "assign_staff")}
    walk.does_all("assign_staff", "visit_jointly")
    assert walk.waits_for == {("sales", "establish_data")}
    assert walk.story.index("visit_jointly") == len(walk.story) - 1


def test_e07_qc_that_can_come_needs_nobody_assigned(walk: Walk) -> None:
    walk.opens(joint_inspection=True)
    walk.does("record_qc_answer", qc_available=True)

    assert walk.waits_for == {("sales", "visit_jointly")}


def test_a_sent_back_decision_returns_to_who_determined_it(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does("decide", decision="send_back", send_back_reason="证据不足。")

    assert walk.waits_for == {("gm-office", "determine_handling")}
    assert walk.row().due_at == shanghai(11, 14, 10)
    walk.does_all("determine_handling", "plan_quality_handling", "decide")
    assert walk.waits_for == {("sales", "explain_to_customer")}


def test_after_three_returns_the_general_manager_decides(walk: Walk) -> None:
    walk_to_decision(walk)
    for _ in range(3):
        assert walk.waits_for == {("sales-manager", "decide")}
        walk.does("decide", decision="send_back", send_back_reason="再议。")
        walk.does_all("determine_handling", "plan_quality_handling")

    assert walk.waits_for == {("gm", "decide")}


@pytest.mark.parametrize(
    ("amount", "role"),
    [
        ("1000.00", "sales-supervisor"),
        ("1000.01", "sales-manager"),
        ("10000.00", "sales-manager"),
        ("10000.01", "deputy-gm"),
        ("50000.00", "deputy-gm"),
        ("50000.01", "gm"),
        (None, "sales-manager"),
    ],
)
def test_the_amount_decides_who_approves(walk: Walk, amount: str | None, role: str) -> None:
    walk_to_decision(walk, amount_proposed=amount)

    assert walk.waits_for == {(role, "decide")}


def test_without_a_sample_nothing_is_inspected(walk: Walk) -> None:
    walk.opens()
    walk.does("establish_data")
    walk.does("fill_handling_form", sample_provided=False, no_sample_reason="客户已报废。")
    walk.does_all("comment_by_supervisor", "register_case", "review_content")

    assert walk.waits_for == {("qc", "trace_cause"), ("production", "analyse_production")}


def test_a_third_party_is_dealt_with_jointly(walk: Walk) -> None:
    walk_to_decision(walk, own_quality=False, third_party=True)

    assert walk.waits_for == {("gm-office", "handle_jointly")}
    walk.does("handle_jointly")
    assert walk.waits_for == {("sales-manager", "decide")}


def test_the_report_is_due_in_three_days_and_urged_when_late(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE[:3])
    assert walk.due("report_to_gm") == walk.now + timedelta(days=3)

    assert walk.after(days=3, seconds=-1) == 0
    assert walk.after(seconds=1) == 1
    assert walk.waits_for == {("qc", "report_to_gm"), ("gm-office", "convene_meeting")}
    assert walk.story[-1] == "!report_to_gm_late"
    assert walk.after(days=1) == 0

    walk.does_all("report_to_gm", "instruct_on_report")
    assert walk.waits_for == {("gm-office", "determine_handling")}
    cancelled = [note.zh for note in walk.dossier.timeline[-1].notes if "取消" in note.zh]
    assert cancelled == ["取消待办：开会催办"]


def test_the_opinion_is_due_in_one_day(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does_all("decide", *NEGOTIATE)

    assert walk.due("write_opinion") == walk.now + timedelta(days=1)
    walk.after(days=1)
    assert ("gm-office", "convene_meeting") in walk.waits_for


def test_urging_an_overdue_case_never_delays_its_end(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does_all("decide", *NEGOTIATE, "write_opinion")
    walk.after(days=6)
    assert "!handle_complaint_late" in walk.story
    assert ("gm-office", "convene_meeting") in walk.waits_for

    walk.does_all("decide", "archive_case", "pass_final_decision")
    assert (walk.outcome, walk.row().status) == ("complaint_settled", "ended")
    assert walk.waits_for == set()
    assert walk.row().closed_at == walk.now > walk.row().due_at
    assert walk.after(days=30) == 0


def test_a_meeting_that_does_not_help_is_followed_by_a_liaison_slip(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE[:3])
    walk.after(days=3)
    walk.does("convene_meeting", urged_stage="report", urged_unit="qc", still_late=True)

    assert ("gm-office", "issue_liaison_slip") in walk.waits_for
    walk.does("issue_liaison_slip")
    assert walk.waits_for == {("qc", "report_to_gm")}


def test_nobody_replies_to_the_customer_before_the_decision(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does_all("decide", *NEGOTIATE, "write_opinion", "decide", "archive_case")
    walk.does("pass_final_decision")

    replies = ["explain_to_customer", "tell_customer", "pass_final_decision"]
    assert all(walk.story.index("decide") < walk.story.index(reply) for reply in replies)


def test_urging_knows_what_is_late_and_whom_to_tell(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE[:3])
    walk.after(days=3)

    told = [notice.text.zh for notice in unseen(walk.conn, walk.person("qc"))]
    assert told == ["报告逾期：通知责任人与上级"]
    form = open_task(walk.conn, walk.task("convene_meeting").id, by=walk.person("gm-office"))
    assert (form.prefill["urged_stage"], form.prefill["urged_unit"]) == ("report", "qc")

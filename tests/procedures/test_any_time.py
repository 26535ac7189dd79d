"""What people may start at any time while a complaint is investigated, decided and closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine.notices import unseen
from engine.procedures import in_force
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER

if TYPE_CHECKING:
    from tests.procedures.walk import Walk

DISSENTING = ("sales", "qc", "production", "finance", "gm-office")
OFFERED = {
    "gm-office": {
        "meeting_needed",
        "contact_help_needed",
        "customer_opinion_heard",
        "dissent_raised",
    },
    "sales": {"contact_help_needed", "dissent_raised", "customer_in_difficulty"},
    "qc": {"contact_help_needed", "dissent_raised"},
    "production": {"contact_help_needed", "dissent_raised"},
    "finance": {"dissent_raised"},
    "gm": set(),
    "sales-supervisor": set(),
}
CLOSING = ("determine_handling", "plan_quality_handling", "decide", *NEGOTIATE)


def registered(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER)


def told(walk: Walk, role: str) -> list[str]:
    return [notice.text.zh for notice in unseen(walk.conn, walk.person(role))]


@pytest.mark.parametrize("role", OFFERED)
def test_each_department_is_offered_its_own_while_the_complaint_is_handled(
    walk: Walk, role: str
) -> None:
    walk.opens()
    assert walk.offers(role) == set()
    walk.does_all(*REGISTER)
    assert walk.offers(role) == OFFERED[role]
    walk.does_all("review_content", *INVESTIGATE, *CLOSING, "write_opinion", "decide")
    assert walk.offers(role) == OFFERED[role]
    walk.does("archive_case")
    assert walk.offers(role) == set()


def test_the_office_calls_meetings_as_often_as_it_needs_and_the_case_goes_on_beside_them(
    walk: Walk,
) -> None:
    registered(walk)
    for _ in range(2):
        walk.begins("meeting_needed", role="gm-office")
    walk.does_all("convene_complaint_meeting", "review_content", "inspect_sample")
    assert walk.waits_for == {
        ("gm-office", "convene_complaint_meeting"),
        ("qc", "trace_cause"),
        ("production", "analyse_production"),
    }
    walk.does("convene_complaint_meeting")
    assert walk.story.count("convene_complaint_meeting") == 2
    assert walk.is_unbroken


def test_sales_helps_the_customer_and_the_office_helps_who_asks(walk: Walk) -> None:
    registered(walk)
    walk.begins("customer_in_difficulty", role="sales")
    walk.begins("contact_help_needed", role="production")
    assert walk.waits_for == {
        ("sales", "assist_customer"),
        ("gm-office", "assist_contact"),
        ("gm-office", "review_content"),
    }
    walk.does_all("assist_customer", "assist_contact")
    assert walk.waits_for == {("gm-office", "review_content")}


def test_an_opinion_of_the_customer_is_reported_to_the_departments(walk: Walk) -> None:
    registered(walk)
    walk.begins("customer_opinion_heard", role="gm-office")
    walk.does("report_customer_opinion")
    for role in ("sales", "qc", "production"):
        assert "转有关部门" in told(walk, role)
    assert "转有关部门" not in told(walk, "finance")


@pytest.mark.parametrize("role", DISSENTING)
def test_a_dissent_is_petitioned_by_the_department_that_raises_it_and_told_to_it(
    walk: Walk, role: str
) -> None:
    registered(walk)
    walk.begins("dissent_raised", role=role)
    assert (role, "submit_petition") in walk.waits_for
    walk.does("submit_petition", petition_matter="dissent", petition_content="处理方式过重。")
    assert ("gm", "decide_petition") in walk.waits_for
    walk.does("decide_petition", petition_granted=False)
    assert "告知签呈结果" in told(walk, role)
    assert walk.waits_for == {("gm-office", "review_content")}
    assert walk.row().status == "open"


def test_two_dissents_at_a_time_do_not_meet(walk: Walk) -> None:
    registered(walk)
    for role in ("qc", "production"):
        walk.begins("dissent_raised", role=role)
    petitions = {held for held, step in walk.waits_for if step == "submit_petition"}
    assert petitions == {"qc", "production"}
    walk.does("submit_petition", petition_matter="dissent", petition_content="检验结论不符。")
    walk.does("decide_petition")
    answered = [role for role in petitions if "告知签呈结果" in told(walk, role)]
    assert len(answered) == 1
    (still,) = petitions - set(answered)
    assert (still, "submit_petition") in walk.waits_for


def test_a_granted_dissent_opens_no_case_and_does_not_stand_for_the_customer_s_objection(
    walk: Walk,
) -> None:
    registered(walk)
    walk.begins("dissent_raised", role="qc")
    walk.does("submit_petition", petition_matter="dissent", petition_content="样品不足。")
    walk.does("decide_petition", petition_granted=True)
    walk.does_all("review_content", *INVESTIGATE)
    walk.does("determine_handling", upheld="not_upheld", handling_mode=[], own_quality=False)
    walk.does_all("decide", "archive_case")
    walk.does("tell_not_upheld", customer_objects=False)
    assert walk.outcome == "closed_not_upheld"
    assert walk.dossier.linked == []


def test_what_is_still_open_beside_it_holds_up_neither_closing_nor_settling(walk: Walk) -> None:
    registered(walk)
    walk.begins("meeting_needed", role="gm-office")
    walk.begins("dissent_raised", role="finance")
    walk.does_all("review_content", *INVESTIGATE, *CLOSING, "write_opinion", "decide")
    walk.does("archive_case")
    assert walk.row().closed_at == walk.now
    assert ("gm-office", "convene_complaint_meeting") in walk.waits_for
    walk.does("pass_final_decision")
    assert (walk.outcome, walk.waits_for) == ("complaint_settled", set())
    cancelled = [note.zh for entry in walk.dossier.timeline for note in entry.notes]
    assert any("联系投诉处理会议" in note for note in cancelled)
    assert walk.is_unbroken


def test_every_duty_that_is_done_at_any_time_is_drawn(walk: Walk) -> None:
    version = in_force(walk.conn, walk.procedure)
    drawn = {
        clause
        for diagram in version.compiled.diagrams.values()
        for element in diagram.elements.values()
        for clause in element.clauses
    }
    assert drawn >= {"CM-05-1-3", "CM-05-3-3", "CM-05-3-6", "CM-05-3-7", "CM-06-12"}

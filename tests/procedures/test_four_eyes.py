"""Who investigates a complaint does not approve it, and whom it is about does neither."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from engine.tasks.completing import claim, complete_task
from engine.tasks.foureyes import FourEyesError
from forms.posted import Answered

if TYPE_CHECKING:
    from tests.procedures.walk import Walk

REGISTERED = (
    *("establish_data", "fill_handling_form", "comment_by_supervisor", "register_case"),
    "review_content",
)
INVESTIGATED = ("trace_cause", "analyse_production", "report_to_gm", "instruct_on_report")


def test_the_investigator_with_the_approvers_role_may_not_approve(walk: Walk) -> None:
    walk.opens()
    walk.does_all(
        *REGISTERED, "inspect_sample", *INVESTIGATED, "determine_handling", "plan_quality_handling"
    )
    task = walk.task("decide")
    investigator = walk.person("qc")
    both = replace(investigator, roles=investigator.roles | {task.role})
    with pytest.raises(FourEyesError) as refused:
        claim(walk.conn, task.id, by=both, now=walk.now)
    assert "“调查人不得核决”" in refused.value.zh
    assert "“核决批示”" in refused.value.zh
    claim(walk.conn, task.id, by=walk.person(task.role), now=walk.now)


def test_whom_the_complaint_is_about_does_not_investigate(walk: Walk) -> None:
    accused = walk.person("qc")
    walk.opens(complained_about=f"品管部 {accused.name}")
    walk.does_all(*REGISTERED)
    task = walk.task("inspect_sample")
    with pytest.raises(FourEyesError) as refused:
        complete_task(walk.conn, task.id, Answered({}), by=accused, now=walk.now)
    assert "“被投诉人员”写有您的姓名" in refused.value.zh
    assert "“Persons complained about” names you" in refused.value.en


def test_whoever_is_found_responsible_does_not_approve(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTERED, "inspect_sample")
    walk.does("trace_cause", responsible_persons=walk.person("gm").name)
    walk.does_all(*INVESTIGATED[1:], "determine_handling", "plan_quality_handling")
    task = walk.task("decide")
    named = replace(walk.person("gm"), roles=frozenset({task.role}))
    with pytest.raises(FourEyesError):
        claim(walk.conn, task.id, by=named, now=walk.now)

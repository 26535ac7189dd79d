"""A round that was sent back and done again no longer counts: on paper, in prefill, on pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.going_back.anew import THROUGH
from engine.going_back.intervening import SKIP, Wanted, carry_out, prepared
from engine.tasks.taskview import open_task
from forms import Heading, Names, paper
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER
from tests.procedures.test_going_back import returns

if TYPE_CHECKING:
    from engine.history.entryview import FilledForm
    from forms import PaperView
    from tests.procedures.walk import Walk

PAPER = "complaint-handling-form"


def walk_to_decision(walk: Walk, **handling: object) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
    walk.does("determine_handling", **handling)


def fallen(walk: Walk) -> list[tuple[str, int]]:
    return [(_step(form), form.round) for form in walk.dossier.filled if form.superseded]


def _step(form: FilledForm) -> str:
    return form.form.key.partition("/")[2]


def approved(walk: Walk) -> str | None:
    return walk.dossier.approved_amount


def laid_out(walk: Walk) -> PaperView:
    dossier = walk.dossier
    layout = dossier.version.bundle.papers[PAPER]
    return paper(layout, dossier.filled, Heading(Names("公司", "Company"), ""), lang="zh")


def decided(walk: Walk) -> list[tuple[str, str]]:
    """Return what each block with an approval says of it; signed means said."""
    found = []
    for part in laid_out(walk).sections:
        cells = {cell.item.label: cell.item.text for row in part.rows for cell in row}
        for sign in (sign for sign in part.signs if sign.title == "核决人"):
            assert bool(sign.name) == bool(cells["核决"])
            found.append((part.title, cells["核决"]))
    return found


def printed(walk: Walk) -> dict[str, str]:
    view = laid_out(walk)
    cells = [cell.item for part in view.sections for row in part.rows for cell in row]
    signs = {sign.title: sign.name for part in view.sections for sign in part.signs}
    return {**{item.label: item.text for item in cells}, **signs}


def test_e01_without_a_return_supersedes_nothing(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does_all("plan_quality_handling", "decide", *NEGOTIATE, "write_opinion", "decide")
    walk.does_all("archive_case", "pass_final_decision")

    assert fallen(walk) == []
    assert {form.round for form in walk.dossier.filled} == {1}


def test_a_return_that_is_not_redone_yet_still_says_who_sent_it_back(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does("plan_quality_handling")
    walk.does("decide", decision="send_back", send_back_reason="证据不足。")

    assert fallen(walk) == []
    assert decided(walk) == [("处理方式与责任", "退回"), ("综合意见与核决", "")]


def test_a_paper_shows_no_final_decision_before_it_is_made(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does("plan_quality_handling")
    walk.does("decide", decision_text="先与客户交涉。")
    walk.does_all(*NEGOTIATE, "write_opinion")
    assert decided(walk) == [("处理方式与责任", "同意"), ("综合意见与核决", "")]

    walk.does("decide", decision="amend", approved_amount="7000.00", decision_text="减付。")
    assert decided(walk) == [("处理方式与责任", "同意"), ("综合意见与核决", "修改后同意")]


def test_the_plan_for_own_quality_falls_when_it_is_found_to_be_another_s(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does("plan_quality_handling")
    walk.does("decide", decision="send_back", send_back_reason="证据不足。")
    walk.does("determine_handling", own_quality=False, upheld="not_upheld")

    assert fallen(walk) == [
        ("determine_handling", 1),
        ("plan_quality_handling", 1),
        ("decide", 1),
    ]
    texts = printed(walk)
    assert texts["投诉是否成立"] == "不成立"
    for label in ("另拟处理方式", "处理方式", "拟核退货数量"):
        assert texts[label] == "", label
    assert [text for _, text in decided(walk)] == ["", ""]
    task = open_task(walk.conn, walk.task("decide").id, by=walk.person("sales-manager"))
    assert [_step(form) for form in task.earlier if form.superseded] == [
        "determine_handling",
        "plan_quality_handling",
        "decide",
    ]


def test_what_is_done_again_holds_when_the_next_step_is_done_again_too(walk: Walk) -> None:
    walk_to_decision(walk, amount_proposed="8000.00")
    walk.does("plan_quality_handling")
    for round_ in (1, 2):
        walk.does("decide", decision="send_back", send_back_reason="再议。")
        walk.does_all("determine_handling", "plan_quality_handling")
        again = [("determine_handling", round_), ("plan_quality_handling", round_)]
        assert fallen(walk)[-3:] == [*again, ("decide", round_)]

    walk.does_all("decide", *NEGOTIATE)
    task = open_task(walk.conn, walk.task("write_opinion").id, by=walk.person("gm-office"))
    assert task.prefill["amount_proposed"] == "8000.00"


def test_what_came_of_a_skipped_step_falls_when_the_case_goes_back_to_it(walk: Walk) -> None:
    walk_to_decision(walk)
    skip = Wanted(SKIP, walk.case_id, walk.task("plan_quality_handling").id)
    operator = walk.person("operator")
    carry_out(
        walk.conn,
        prepared(walk.conn, skip, by=operator, now=walk.now),
        "不必另拟",
        by=operator,
        now=walk.now,
    )
    walk.does("decide")
    returns(walk, "explain_to_customer", "plan_quality_handling", THROUGH)

    assert fallen(walk) == [("decide", 1)]


def test_an_opinion_that_is_sent_back_leaves_the_handling_in_force(walk: Walk) -> None:
    walk_to_decision(walk)
    walk.does_all("plan_quality_handling", "decide", *NEGOTIATE, "write_opinion")
    walk.does("decide", decision="send_back", send_back_reason="意见不全。")
    walk.does_all("write_opinion", "decide")

    assert fallen(walk) == [("write_opinion", 1), ("decide", 1)]
    decided = [form.round for form in walk.dossier.filled if _step(form) == "decide"]
    assert decided == [1, 1, 2]


def test_withdrawn_figures_are_not_filled_in_again(walk: Walk) -> None:
    walk_to_decision(walk, amount_proposed="8000.00")
    walk.does("plan_quality_handling")
    walk.does("decide", decision="send_back", send_back_reason="不成立。")
    walk.does("determine_handling", own_quality=False, amount_proposed=None)

    task = open_task(walk.conn, walk.task("decide").id, by=walk.person("sales-manager"))
    assert "approved_amount" not in task.prefill


def test_two_urgings_at_once_do_not_supersede_each_other(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", "inspect_sample")
    walk.after(days=30)
    urged = {"urged_stage": "analyse", "urged_unit": "production"}
    walk.does("convene_meeting", **urged)
    walk.does("convene_meeting", **urged)

    assert fallen(walk) == []
    assert {form.round for form in walk.dossier.filled} == {1}


def test_the_amount_decided_is_known_until_its_round_is_redone(walk: Walk) -> None:
    walk_to_decision(walk, amount_proposed="8000.00")
    walk.does("plan_quality_handling")
    assert approved(walk) is None
    walk.does("decide", decision="amend", approved_amount="7500.00")
    assert approved(walk) == "7500.00"
    assert walk.dossier.header.amount == "42000.00"
    walk.does_all(*NEGOTIATE, "write_opinion")
    walk.does("decide", decision="send_back", send_back_reason="意见不全。")
    assert approved(walk) is None


def test_the_timeline_shows_what_a_form_said_and_what_it_says_otherwise_when_redone(
    walk: Walk,
) -> None:
    walk_to_decision(walk, qty_approved="180")
    walk.does("plan_quality_handling")
    walk.does("decide", decision="send_back", send_back_reason="证据不足。")
    walk.does("determine_handling", upheld="not_upheld", own_quality=False)
    walk.does("decide")

    entries = [entry for entry in walk.dossier.timeline if entry.kind == "step_completed"]
    said = [{change.name: change for change in entry.changes} for entry in entries[-4:]]
    verdicts = [(one["decision"].old, one["decision"].new) for one in (said[1], said[3])]
    assert [new.zh for _, new in verdicts if new] == ["退回", "同意"]
    assert [old.zh for old, _ in verdicts if old] == ["退回"]
    redone = said[2]
    assert redone["handling_reason"].old is None
    assert redone["upheld"].old is not None
    assert redone["qty_approved"].old is not None
    assert redone["qty_approved"].new is None

"""Several open tasks of one step: one for each item of a list, through database and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import history
from engine.cases.starts import open_case
from engine.going_back.anew import THROUGH
from engine.going_back.returning import return_task
from engine.going_back.returnview import return_view
from engine.history import dossier, items
from engine.tables import tasks
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from engine.tasks.waiting import TaskClaimedError, TaskGoneError
from forms import Answered, Heading, Names, paper
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.opinions import Hearing
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from engine.history.dossier import Dossier
    from engine.history.entryview import FilledForm

SAID = {"opinion": "同意", "dept": "写错"}


@pytest.fixture
def hearing(connection: Connection) -> Hearing:
    return Hearing(connection, "design", "stock")


def seen(hearing: Hearing) -> Dossier:
    return dossier.case(hearing.conn, hearing.case_id, by=hearing.by)


def dept_of(form: FilledForm) -> str:
    return form.item.en.rpartition(" · ")[2].lower() if form.item else ""


def fallen(hearing: Hearing) -> list[tuple[str, str, int]]:
    """Give what no longer holds: step, department, round."""
    return [
        (form.form.key.partition("/")[2], dept_of(form), form.round)
        for form in seen(hearing).filled
        if form.superseded
    ]


def test_instances_of_one_step_do_not_supersede_each_other(hearing: Hearing) -> None:
    hearing.does("ask", "stock", **SAID)
    hearing.does("ask", "design", **SAID)
    hearing.does("look", "stock", seen="好")
    hearing.does("look", "design", seen="好")
    hearing.does("judge", "stock", verdict="好", unclear=False)
    hearing.does("judge", "design", verdict="好", unclear=False)
    assert fallen(hearing) == []
    assert {form.round for form in seen(hearing).filled} == {1}


def test_a_second_round_takes_the_place_of_all_instances_of_the_first(hearing: Hearing) -> None:
    for dept in ("design", "stock"):
        hearing.does("ask", dept, **SAID)
        hearing.does("look", dept, seen="好")
        hearing.does("judge", dept, verdict="好", unclear=False)
    hearing.does("decide", repeat=True, depts=["stock", "qc", "design"])
    hearing.does("ask", "qc", **SAID)
    first = [("ask", "design", 1), ("ask", "stock", 1), ("decide", "", 1)]
    assert fallen(hearing) == first, "what is beside it stands"
    hearing.does("ask", "stock", **SAID)
    hearing.does("ask", "design", **SAID)
    assert fallen(hearing) == first, "nobody of the second round falls"
    hearing.does("look", "design", seen="好")
    hearing.does("look", "stock", seen="好")
    assert sorted(fallen(hearing)) == sorted(
        [*first, *((step, dept, 1) for step in ("look", "judge") for dept in ("design", "stock"))]
    )


def test_a_return_to_a_step_of_several_undoes_what_all_of_them_said(hearing: Hearing) -> None:
    for dept in ("design", "stock"):
        hearing.does("ask", dept, **SAID)
        hearing.does("look", dept, seen="好")
        hearing.does("judge", dept, verdict="好", unclear=False)
    decide = hearing.waiting("decide")
    boss = somebody(hearing.conn, "boss", {"gm"})
    view = return_view(hearing.conn, decide, by=boss, now=NOW)
    (ask,) = [step for step in view.steps if step.names.zh == "ask名"]
    return_task(hearing.conn, decide, ask.target, THROUGH, "不全", by=boss, now=NOW)
    assert fallen(hearing) == [("ask", "design", 1), ("ask", "stock", 1)]


def test_a_loop_within_one_instance_takes_back_what_that_instance_said(hearing: Hearing) -> None:
    hearing.does("look", "design", seen="好")
    hearing.does("look", "stock", seen="好")
    hearing.does("judge", "design", verdict="不清楚", unclear=True)
    hearing.does("judge", "stock", verdict="好", unclear=False)
    hearing.does("look", "design", seen="又看")
    assert fallen(hearing) == [("look", "design", 1), ("judge", "design", 1)]
    rounds = {(f.form.key, dept_of(f), f.round) for f in seen(hearing).filled if f.round > 1}
    assert rounds == {("opinions/look", "design", 2)}


def test_instances_one_after_the_other_stand_too(connection: Connection) -> None:
    hearing = Hearing(connection, "design", "stock", sequential="true")
    hearing.does("ask", "design", **SAID)
    hearing.does("ask", "stock", **SAID)
    assert fallen(hearing) == []


def test_inbox_task_and_case_say_which_item_it_is(hearing: Hearing) -> None:
    shown = inbox(hearing.conn, hearing.by, now=NOW)
    told = {(item.element, item.item.zh if item.item else "") for item in shown.shared}
    assert told >= {("ask", "1/2 · 设计部"), ("ask", "2/2 · 仓库"), ("look", "2/2 · 仓库")}
    task = open_task(hearing.conn, hearing.waiting("ask", "stock"), by=hearing.by)
    assert task.item == Names("2/2 · 仓库", "2/2 · Stock")
    steps = {step.item.en for step in seen(hearing).open_steps if step.item is not None}
    assert steps == {"1/2 · Design", "2/2 · Stock"}


def test_the_history_says_which_item_it_was(hearing: Hearing) -> None:
    claim(hearing.conn, hearing.waiting("ask", "stock"), by=hearing.by, now=NOW)
    task = hearing.does("ask", "stock", **SAID)
    rows = dossier.history_rows(hearing.conn, hearing.case_id)
    said = {history.read(row.body).get("item") for row in rows if row.task_id == task}
    assert said == {"2/2 · stock"}
    shown = {entry.item.zh for entry in seen(hearing).timeline if entry.item is not None}
    assert shown == {"2/2 · 仓库"}
    assert astray(hearing.conn) == {}


def test_entries_without_instances_say_nothing_of_items(hearing: Hearing) -> None:
    opened, *_ = dossier.history_rows(hearing.conn, hearing.case_id)
    body = history.read(opened.body)
    assert set(body["turns"]) == {task for task, *_ in body["opened"]}
    for dept in ("design", "stock"):
        hearing.does("ask", dept, **SAID)
        hearing.does("look", dept, seen="好")
        hearing.does("judge", dept, verdict="好", unclear=False)
    hearing.does("decide", repeat=False, depts=[])
    body = history.read(dossier.history_rows(hearing.conn, hearing.case_id)[-1].body)
    assert body["kind"] == "step_completed"
    assert not {"item", "turns"} & set(body)


def test_an_instance_does_not_know_what_its_siblings_said(hearing: Hearing) -> None:
    hearing.does("look", "stock", seen="仓库的")
    stock = open_task(hearing.conn, hearing.waiting("judge", "stock"), by=hearing.by)
    assert stock.known["seen"] == "仓库的"
    hearing.does("ask", "stock", **SAID)
    design = open_task(hearing.conn, hearing.waiting("ask", "design"), by=hearing.by)
    assert (design.known["dept"], design.known.get("opinion")) == ("design", None)
    assert design.prefill["dept"] == "design"
    assert "seen" not in design.known
    hearing.does("ask", "design", **SAID)
    for dept in ("design", "stock"):
        if dept == "design":
            hearing.does("look", dept, seen="好")
        hearing.does("judge", dept, verdict="好", unclear=False)
    decide = open_task(hearing.conn, hearing.waiting("decide"), by=hearing.by)
    assert decide.known["given"] == ["同意", "同意"]
    assert "opinion" not in decide.known


def test_a_paper_prints_what_each_instance_said_and_who_signed(hearing: Hearing) -> None:
    hearing.does("ask", "stock", opinion="缺料", dept="")
    hearing.does("ask", "design", opinion="可改", dept="")
    case = seen(hearing)
    layout = case.version.bundle.papers["opinions"]
    heading = Heading(Names("公司", "Company"), "")
    for lang, expected in (
        ("zh", "1/2 · 设计部：可改；2/2 · 仓库：缺料"),
        ("en", "1/2 · Design: 可改; 2/2 · Stock: 缺料"),
    ):
        view = paper(layout, case.filled, heading, lang=lang)
        cells = {cell.item.text for part in view.sections for row in part.rows for cell in row}
        assert expected in cells
        signs = [(sign.title, sign.name) for part in view.sections for sign in part.signs]
        role = {"zh": "内勤", "en": "Clerk"}[lang]
        assert [name for _, name in signs] == [f"everybody君 · {role}"] * 2
        assert "1/2" in signs[0][0]


def test_the_same_answers_sent_twice_are_told_apart_by_task(hearing: Hearing) -> None:
    task = hearing.does("ask", "stock", **SAID)
    other = hearing.waiting("ask", "design")
    again = complete_task(hearing.conn, task, Answered(SAID), by=hearing.by, now=NOW)
    assert again.case_id == hearing.case_id
    assert hearing.waiting("ask", "design") == other, "the sibling is still open"
    changed = Answered({**SAID, "opinion": "不同意"})
    with pytest.raises(TaskGoneError):
        complete_task(hearing.conn, task, changed, by=hearing.by, now=NOW)


def test_drafts_and_claims_belong_to_one_instance(hearing: Hearing) -> None:
    stock, design = hearing.waiting("ask", "stock"), hearing.waiting("ask", "design")
    colleague = somebody(hearing.conn, "colleague", {"clerk"})
    save_draft(hearing.conn, stock, {"opinion": ["草稿"]}, by=hearing.by, now=NOW)
    claim(hearing.conn, stock, by=hearing.by, now=NOW)
    claim(hearing.conn, design, by=colleague, now=NOW)
    assert drafts.load(hearing.conn, drafts.of_task(design), by=hearing.by) is None
    with pytest.raises(TaskClaimedError):
        hearing.does("ask", "design", **SAID)
    hearing.does("ask", "stock", **SAID)
    release(hearing.conn, design, by=colleague, now=NOW)
    assert hearing.does("ask", "design", **SAID) == design


def test_tasks_that_a_condition_cancels_are_told_once(connection: Connection) -> None:
    hearing = Hearing(connection, "design", "stock", "qc", until='opinion == "够了"')
    left = hearing.waiting("ask", "qc")
    hearing.does("ask", "stock", opinion="够了", dept="")
    (entry,) = [e for e in seen(hearing).timeline if e.kind == "step_completed"]
    assert [note.zh for note in entry.notes] == ["取消待办：ask名（2 件）"]
    with pytest.raises(TaskGoneError, match="moved past"):
        claim(hearing.conn, left, by=hearing.by, now=NOW)
    rows = hearing.conn.execute(tasks.select().where(tasks.c.element == "ask")).all()
    assert rows == []


def test_open_steps_stand_in_the_order_of_their_items(connection: Connection) -> None:
    hearing = Hearing(connection, "qc", "design", "stock")
    steps = [step.item.zh for step in seen(hearing).open_steps if step.place == "opinions:ask"]  # type: ignore[union-attr]
    assert steps == ["1/3 · 品管部", "2/3 · 设计部", "3/3 · 仓库"]
    assert items.place("2/3 · 1/2 吨 / 12/20 · x") == [2, 12]


def test_two_lists_at_a_time_of_one_called_diagram_keep_their_places(
    connection: Connection,
) -> None:
    put_in_force(connection, looking_twice())
    by = somebody(connection, "clerk", {"clerk"})
    case_id = open_case(connection, "twice", Answered({"n": 3}), by=by, now=NOW).case_id
    query = tasks.select().where(tasks.c.case_id == case_id)
    for row in connection.execute(query).all():
        complete_task(connection, row.id, Answered({"seen": "好"}), by=by, now=NOW)
    filled = dossier.case(connection, case_id, by=by).filled
    places = [form.place for form in filled if form.form.key == "look/see"]
    assert sorted(places) == [("first", "see")] * 3 + [("second", "see")] * 3
    assert not any(form.superseded for form in filled)


def looking_twice() -> dict[str, bytes]:
    """Give a procedure that calls one diagram for each of two lists at a time."""
    p, called = Process("twice"), Process("look")
    p.message_start("asked")
    p.parallel("fork")
    p.parallel("join")
    for call in ("first", "second"):
        p.call(call, "look")
        p.each(call, count="n")
        p.chain("fork", call, "join")
    p.end()
    p.chain("asked", "fork")
    p.chain("join", "done")
    called.start("begun")
    called.user("see")
    called.end("ended")
    called.chain("begun", "see", "ended")
    forms = {"twice/asked": form(n={"type": "integer"}), "look/see": form(seen=TEXT)}
    return small(p, called, forms=forms)

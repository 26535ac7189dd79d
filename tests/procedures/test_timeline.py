"""What the timeline says of who did what, in which role, by when and under which clauses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine import history
from engine.history.dossier import history_rows
from engine.spiff import Names
from tests.procedures.complaint import REGISTER

if TYPE_CHECKING:
    from engine.history.entryview import EntryView
    from tests.procedures.walk import Walk


def shown(walk: Walk, kind: str, element: str = "") -> EntryView:
    found = [one for one in walk.dossier.timeline if one.kind == kind]
    return next(one for one in found if (one.place or "").endswith(element))


ENTERED_ONLY = {"callActivity", "serviceTask", "subProcess", "exclusiveGateway", "parallelGateway"}
"""What a move comes to does nothing yet, or nothing at all: calls count when they are over."""


def registered(walk: Walk) -> Walk:
    walk.opens()
    walk.does_all(*REGISTER)
    return walk


def test_an_entry_says_in_which_role_somebody_acted(walk: Walk) -> None:
    registered(walk)

    assert shown(walk, "case_opened").role == Names("销售部", "Sales department")
    done = shown(walk, "step_completed", "register_case")
    assert done.role is not None
    assert done.role in walk.dossier.version.bundle.roles.values()
    assert [form.role for form in walk.dossier.filled if form.seq == done.seq] == [done.role]


def test_the_number_is_nobodys_doing(walk: Walk) -> None:
    registered(walk)
    allotted = shown(walk, "number_allotted")

    assert (allotted.who, allotted.role) == (None, None)
    assert allotted.title.zh == f"编号：{walk.row().number}"
    assert walk.dossier.doubts.differing == ()


def test_an_entry_carries_the_clauses_of_all_that_its_move_went_through_each_once(
    walk: Walk,
) -> None:
    registered(walk)
    version = walk.dossier.version
    for row in history_rows(walk.conn, walk.case_id):
        body = history.read(row.body)
        clauses = body.get("clauses", [])
        waiting = {place for _, place, _ in body.get("opened", [])}
        places = [each for each in body.get("reached", []) if each not in waiting]
        through = [version.element(*place.split(":")) for place in places]
        due = {c for each in through if each.kind not in ENTERED_ONLY for c in each.clauses}
        assert due <= set(clauses)
        assert len(clauses) == len(set(clauses))
    assert {c for one in walk.dossier.timeline for c in one.clauses} <= set(version.clauses)
    assert version.clauses["CM-01"].article == "第一条"


def test_a_late_timer_says_its_deadline_and_when_it_was_found(walk: Walk) -> None:
    registered(walk)
    walk.after(days=4)
    fired = shown(walk, "timer_fired")
    due = [history.read(r.body).get("due") for r in history_rows(walk.conn, walk.case_id)]

    (note,) = [one for one in fired.notes if one.zh.startswith("时限 ")]
    assert note.zh.endswith("2026-11-13 10:00 发现")
    assert note.en.startswith("Due 2026-11-")
    assert note.en.endswith("found 2026-11-13 10:00")
    assert any(due)


def test_a_deadline_is_said_by_its_name_and_end(walk: Walk) -> None:
    registered(walk)
    notes = [note for one in walk.dossier.timeline for note in one.notes]

    assert [note.zh for note in notes if "”时限至 2026-11-" in note.zh]
    assert [note.en for note in notes if "” is due by 2026-11-" in note.en]

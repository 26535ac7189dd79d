"""Open cases go to another version in batches: foreseen, then all of them or none."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from engine import procedures
from engine.cases.starts import open_case
from engine.going_back.caseview import case_act_view, offered_acts
from engine.going_back.ending import cancel_case
from engine.going_back.withdrawing import MayNotWithdrawError
from engine.history import dossier
from engine.notices import unseen
from engine.procedures.publishing import publish
from engine.reasons import BadReasonError
from engine.spiff import Dues
from engine.tables import cases, entries, tasks, transfer_cases
from engine.tasks.completing import claim, complete_task
from engine.tasks.drafts import load, of_task, save
from engine.tasks.taskview import open_task
from engine.transfers import one, telling
from engine.transfers.batches import Which, carry_out, foresee_next, look_again
from engine.transfers.ending import give_up
from engine.transfers.foreseen import batch
from engine.transfers.one import CannotMoveError
from engine.transfers.planning import begin, unfinished
from engine.transfers.refusals import (
    NotForeseenError,
    NothingToMoveError,
    OtherwiseError,
    OverError,
    SomeCannotError,
)
from engine.versioning.terms import Terms
from forms import Answered
from tests.engine.astray import astray
from tests.engine.conftest import NOW
from tests.engine.errand import asked, errand, waiting
from tests.engine.small import TEXT, YES_NO, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from engine.people import Person
    from engine.transfers.foreseen import Batch

DIAGRAM = "bpmn/test/errand.bpmn"
LATER = NOW + timedelta(minutes=10)
WHY = "制度修订"


@pytest.fixture
def clerk(connection: Connection) -> Person:
    put_in_force(connection, errand())
    return somebody(connection, "clerk", {"clerk", "qc"})


def edited(*changes: tuple[str, str]) -> dict[str, bytes]:
    """Give the errand with its drawing changed, text by text."""
    files = errand()
    text = files[DIAGRAM].decode()
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return {**files, DIAGRAM: text.encode()}


def next_version(conn: Connection, files: dict[str, bytes]) -> int:
    terms = Terms(drops=frozenset({"checked_before_signed"}))
    (one,) = publish(conn, files, by=None, now=LATER, note=WHY, terms=terms)
    return one.number


def foreseen(conn: Connection, number: int, due: Dues = Dues.KEPT, *, now: datetime = LATER) -> int:
    """Begin a batch, and look at all of its cases."""
    found = begin(conn, "errand", number, reason=WHY, due=due, by=None, now=now)
    while foresee_next(conn, found, now=now):
        pass
    return found


def verdicts(found: Batch) -> list[str | None]:
    return [case.verdict for case in found.cases]


LONGER = ("PT1H", "PT5H")


def without(step: str = "prepare") -> dict[str, bytes]:
    """Give the errand with another step in the place of one."""
    files = edited((f'"{step}"', '"ready"'), (f">{step}<", ">ready<"))
    files["forms/errand/ready.json"] = form(note=TEXT)
    return {path: data for path, data in files.items() if f"errand/{step}" not in path}


def test_cases_that_can_move_are_moved_with_an_entry_each(
    connection: Connection, clerk: Person
) -> None:
    keys = [asked(connection, clerk).case_id for _ in range(3)]
    task = waiting(connection, keys[0])["prepare"]
    claim(connection, task, by=clerk, now=NOW)
    save(connection, of_task(task), {"note": ["half"]}, by=clerk, now=NOW)
    number = next_version(connection, edited(LONGER))
    found = foreseen(connection, number)
    assert verdicts(batch(connection, found)) == ["same_place"] * 3
    assert carry_out(connection, found, Which.ALL, by=clerk, now=LATER) == 3
    assert astray(connection) == {}
    assert waiting(connection, keys[0])["prepare"] == task
    view = open_task(connection, task, by=clerk)
    assert (view.claimed_by, view.case.version) == (clerk.id, number)
    assert load(connection, of_task(task), by=clerk) is not None
    entry = dossier.case(connection, keys[1], by=clerk).timeline[-1]
    assert (entry.title.en, entry.who) == ("Moved to version 2", clerk.name)
    assert [note.en for note in entry.notes][:2] == [
        f"Reason: {WHY}",
        "It was in version 1; it stands where it stood",
    ]


def test_a_new_step_is_told_to_lie_ahead_of_a_case_or_behind_it(
    connection: Connection, clerk: Person
) -> None:
    ahead, behind = asked(connection, clerk).case_id, asked(connection, clerk).case_id
    for step in ("prepare", "check"):
        task = waiting(connection, behind)[step]
        complete_task(connection, task, Answered({"note": step}), by=clerk, now=NOW)
    number = next_version(connection, without("check"))
    found = foreseen(connection, number)
    said = {each.case_id: each.lies for each in batch(connection, found).cases}
    assert [line.zh for line in said[ahead]] == ["新增的“check名”（品管部）在前面：走到时要办"]
    (missed,) = said[behind]
    assert missed.zh.startswith("新增的“check名”（品管部）已经错过：本案不会再办")
    assert missed.en.startswith("The case is past the new step “check in English”")
    assert carry_out(connection, found, Which.ALL, by=clerk, now=LATER) == 2
    for key, lines in said.items():
        notes = dossier.case(connection, key, by=clerk).timeline[-1].notes
        assert set(lines) <= set(notes), "the history keeps it"
    task = waiting(connection, ahead)["prepare"]
    complete_task(connection, task, Answered({"note": "x"}), by=clerk, now=LATER)
    assert "ready" in waiting(connection, ahead)
    assert "ready" not in waiting(connection, behind)


def test_a_case_that_has_passed_a_new_step_since_it_was_read_is_not_as_told() -> None:
    told = {"opened": [], "handed": [], "lies": [["errand", "ready", "ahead"]]}
    assert telling.is_as_told(told, told)
    assert not telling.is_as_told(told, {**told, "lies": [["errand", "ready", "behind"]]})


def test_deadlines_are_shown_before_and_after_and_the_choice_is_the_owners(
    connection: Connection, clerk: Person
) -> None:
    key = asked(connection, clerk).case_id
    number = next_version(connection, edited(LONGER))
    kept = batch(connection, foreseen(connection, number)).cases[0].deadlines[0]
    hour, hours = NOW + timedelta(hours=1), NOW + timedelta(hours=5)
    assert (kept.before, kept.after, kept.drawn) == (hour, hour, hours)
    found = foreseen(connection, number, Dues.DRAWN)
    drawn = batch(connection, found).cases[0].deadlines[0]
    assert (drawn.before, drawn.after) == (hour, hours)
    carry_out(connection, found, Which.ALL, by=None, now=LATER)
    due = connection.scalar(sa.select(tasks.c.due_at).where(tasks.c.case_id == key))
    assert due == hours
    assert astray(connection) == {}


def timed(reminder: str, wait: str) -> dict[str, bytes]:
    """Draw an errand with a reminder beside its step and a wait in its flow."""
    drawn = Process("errand")
    drawn.message_start("asked")
    drawn.user("prepare")
    drawn.timer("pause", wait)
    drawn.end("done")
    drawn.deadline("knock", "prepare", reminder, tag="timeCycle")
    drawn.end("knocked")
    drawn.chain("asked", "prepare", "pause", "done")
    drawn.chain("knock", "knocked")
    forms = {f"errand/{step}": form(note=TEXT) for step in ("asked", "prepare")}
    return small(drawn, forms=forms)


def test_a_reminder_is_called_one_and_a_time_that_is_waited_for_has_words_of_its_own(
    connection: Connection,
) -> None:
    put_in_force(connection, timed("R/PT1H", "PT5H"))
    by = somebody(connection, "both", {"clerk"})
    keys = [open_case(connection, "errand", Answered({}), by=by, now=NOW).case_id for _ in "ab"]
    task = waiting(connection, keys[1])["prepare"]
    complete_task(connection, task, Answered({"note": "x"}), by=by, now=NOW)
    number = next_version(connection, timed("R/PT2H", "PT9H"))

    found = foreseen(connection, number)
    told = {case.case_id: case.deadlines[0] for case in batch(connection, found).cases}
    assert [(told[key].reminds, told[key].waits) for key in keys] == [(True, False), (False, True)]

    carry_out(connection, found, Which.ALL, by=None, now=LATER)
    said = [dossier.case(connection, key, by=by).timeline[-1].notes for key in keys]
    assert "“knock名”下次提醒不变；按新图应为 2026-11-09 12:00" in [one.zh for one in said[0]]
    assert "“pause名”等候的时间不变；按新图应为 2026-11-09 19:00" in [one.zh for one in said[1]]
    english = "“pause in English” waits as before; as drawn now, until 2026-11-09 19:00"
    assert english in [one.en for one in said[1]]


def test_one_that_cannot_holds_back_all_unless_it_may_stay(
    connection: Connection, clerk: Person
) -> None:
    stays, goes = (asked(connection, clerk).case_id for _ in range(2))
    complete_task(
        connection,
        waiting(connection, goes)["prepare"],
        Answered({"note": "好"}),
        by=clerk,
        now=NOW,
    )
    number = next_version(connection, without())
    found = foreseen(connection, number)
    seen = batch(connection, found)
    assert verdicts(seen) == ["cannot", "same_place"]
    assert "prepare in English" in seen.cases[0].obstacles[0].en
    with pytest.raises(SomeCannotError):
        carry_out(connection, found, Which.ALL, by=None, now=LATER)
    assert carry_out(connection, found, Which.ABLE, by=None, now=LATER) == 1
    left = connection.execute(sa.select(cases.c.id, cases.c.version_id)).all()
    assert len({row.version_id for row in left}) == 2
    assert astray(connection) == {}
    page = dossier.case(connection, goes, by=clerk)
    assert [view.form.key for view in page.filled] == ["errand/asked", "errand/prepare"]
    assert "prepare in English" in next(
        entry.title.en for entry in page.timeline if entry.kind == "step_completed"
    )
    assert dossier.case(connection, stays, by=clerk).header.version == 1


def test_a_batch_goes_on_where_it_was_and_never_twice(
    connection: Connection, clerk: Person
) -> None:
    for _ in range(3):
        asked(connection, clerk)
    number = next_version(connection, edited(LONGER))
    found = begin(connection, "errand", number, reason=WHY, by=None, now=LATER)
    assert foresee_next(connection, found, now=LATER)
    with pytest.raises(NotForeseenError):
        carry_out(connection, found, Which.ALL, by=None, now=LATER)
    assert unfinished(connection, "errand", number, reason=WHY, due=Dues.KEPT) == found
    assert unfinished(connection, "errand", number, reason="另一个", due=Dues.KEPT) is None
    while foresee_next(connection, found, now=LATER):
        pass
    assert carry_out(connection, found, Which.ALL, by=None, now=LATER) == 3
    assert unfinished(connection, "errand", number, reason=WHY, due=Dues.KEPT) is None
    with pytest.raises(OverError):
        carry_out(connection, found, Which.ALL, by=None, now=LATER)
    moved = sa.select(sa.func.count()).where(entries.c.kind == "case_moved")
    assert connection.scalar(moved) == 3


def test_what_happened_meanwhile_counts(connection: Connection, clerk: Person) -> None:
    keys = [asked(connection, clerk).case_id for _ in range(2)]
    number = next_version(connection, edited(LONGER))
    first, second = foreseen(connection, number), foreseen(connection, number)
    complete_task(
        connection,
        waiting(connection, keys[0])["prepare"],
        Answered({"note": "好"}),
        by=clerk,
        now=LATER,
    )
    assert carry_out(connection, first, Which.ALL, by=None, now=LATER) == 2
    assert carry_out(connection, second, Which.ALL, by=None, now=LATER) == 0
    assert astray(connection) == {}
    with pytest.raises(NothingToMoveError):
        foreseen(connection, number)


def test_one_that_cannot_any_more_takes_all_back(connection: Connection, clerk: Person) -> None:
    keys = sorted(asked(connection, clerk).case_id for _ in range(3))
    number = next_version(connection, without("sign"))
    found = foreseen(connection, number)
    assert verdicts(batch(connection, found)) == ["same_place"] * 3
    for step in ("prepare", "check", "file_away"):
        task = waiting(connection, keys[1])[step]
        complete_task(connection, task, Answered({"note": "好"}), by=clerk, now=LATER)
    with pytest.raises(OtherwiseError, match="have changed"), connection.begin_nested():
        carry_out(connection, found, Which.ALL, by=None, now=LATER)
    moved = sa.select(sa.func.count()).where(entries.c.kind == "case_moved")
    assert connection.scalar(moved) == 0
    assert astray(connection) == {}


def test_a_case_that_another_batch_has_moved_does_not_go_from_where_it_was_not_shown(
    connection: Connection, clerk: Person
) -> None:
    asked(connection, clerk)
    two = next_version(connection, edited(LONGER))
    three = next_version(connection, edited(("PT1H", "PT9H")))
    first, second = foreseen(connection, three), foreseen(connection, two)
    assert carry_out(connection, first, Which.ALL, by=None, now=LATER) == 1
    with pytest.raises(OtherwiseError) as refused, connection.begin_nested():
        carry_out(connection, second, Which.ALL, by=None, now=LATER)
    code = batch(connection, second).cases[0].case_code
    assert f"案件 {code}此后有了变化，与预演不同" in refused.value.zh
    assert [case.number for case in batch(connection, second).cases] == [1]
    look_again(connection, second)
    assert verdicts(batch(connection, second)) == [None]
    while foresee_next(connection, second, now=LATER):
        pass
    assert [case.number for case in batch(connection, second).cases] == [3]
    assert carry_out(connection, second, Which.ALL, by=None, now=LATER) == 1
    assert astray(connection) == {}


def test_a_claim_made_since_the_preview_is_not_taken_away_unseen(
    connection: Connection, clerk: Person
) -> None:
    task = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    found = foreseen(connection, next_version(connection, handed()))
    claim(connection, task, by=clerk, now=LATER)
    with pytest.raises(OtherwiseError), connection.begin_nested():
        carry_out(connection, found, Which.ALL, by=None, now=LATER)
    row = connection.execute(sa.select(tasks).where(tasks.c.id == task)).one()
    assert (row.role, row.claimed_by) == ("clerk", clerk.id)


def test_the_same_answers_sent_again_after_the_step_has_gone_are_known(
    connection: Connection, clerk: Person
) -> None:
    task = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    sent = Answered({"note": "好"})
    done = complete_task(connection, task, sent, by=clerk, now=NOW)
    number = next_version(connection, without())
    carry_out(connection, foreseen(connection, number), Which.ALL, by=None, now=LATER)
    assert complete_task(connection, task, sent, by=clerk, now=LATER) == done


def test_a_step_that_has_gone_is_not_offered_to_be_taken_back(
    connection: Connection, clerk: Person
) -> None:
    key = asked(connection, clerk).case_id
    complete_task(
        connection, waiting(connection, key)["prepare"], Answered({"note": "好"}), by=clerk, now=NOW
    )
    number = next_version(connection, without())
    carry_out(connection, foreseen(connection, number), Which.ALL, by=None, now=LATER)
    offered = offered_acts(connection, key, by=clerk, now=LATER)
    assert "withdraw" not in {act.key for act in offered}
    with pytest.raises(MayNotWithdrawError):
        case_act_view(connection, key, "withdraw", by=clerk)


def handed() -> dict[str, bytes]:
    """Give the errand with its first step in another lane."""
    ref = "<bpmn:flowNodeRef>{}</bpmn:flowNodeRef>".format
    return edited((ref("prepare"), ""), (ref("sign"), ref("sign") + ref("prepare")))


def test_another_lane_hands_the_task_over_and_frees_it(
    connection: Connection, clerk: Person
) -> None:
    key = asked(connection, clerk).case_id
    task = waiting(connection, key)["prepare"]
    claim(connection, task, by=clerk, now=NOW)
    save(connection, of_task(task), {"note": ["half"]}, by=clerk, now=NOW)
    boss = somebody(connection, "boss", {"gm"})
    found = foreseen(connection, next_version(connection, handed()))
    told = "“prepare名”改由总经理办理（原为内勤）；clerk君 的领取取消，草稿保留"
    assert [said.zh for said in batch(connection, found).cases[0].handed] == [told]
    carry_out(connection, found, Which.ALL, by=None, now=LATER)
    row = connection.execute(sa.select(tasks).where(tasks.c.id == task)).one()
    assert (row.role, row.claimed_by) == ("gm", None)
    entry = dossier.case(connection, key, by=clerk).timeline[-1]
    assert told in [note.zh for note in entry.notes]
    assert [one.text.zh for one in unseen(connection, clerk)] == [told]
    assert [one.text.zh for one in unseen(connection, boss)] == [
        "“prepare名”改由总经理办理（原为内勤）"
    ]
    assert load(connection, of_task(task), by=clerk) is not None
    assert astray(connection) == {}


def test_who_has_the_new_role_as_well_keeps_the_claim(
    connection: Connection, clerk: Person
) -> None:
    both = somebody(connection, "both", {"clerk", "gm"})
    task = waiting(connection, asked(connection, clerk).case_id)["prepare"]
    claim(connection, task, by=both, now=NOW)
    found = foreseen(connection, next_version(connection, handed()))
    carry_out(connection, found, Which.ALL, by=None, now=LATER)
    row = connection.execute(sa.select(tasks).where(tasks.c.id == task)).one()
    assert (row.role, row.claimed_by) == ("gm", both.id)


def test_terms_are_refused_in_words(connection: Connection, clerk: Person) -> None:
    with pytest.raises(NothingToMoveError):
        begin(connection, "errand", 1, reason=WHY, by=None, now=LATER)
    with pytest.raises(BadReasonError):
        begin(connection, "errand", 1, reason=" ", by=None, now=LATER)
    asked(connection, clerk)
    number = next_version(connection, edited(LONGER))
    found = foreseen(connection, number)
    give_up(connection, found, by=None, now=LATER)
    with pytest.raises(OverError):
        foresee_next(connection, found, now=LATER)
    assert batch(connection, found).ended_at == LATER
    moved = sa.select(transfer_cases.c.moved_at).where(transfer_cases.c.transfer_id == found)
    assert connection.scalars(moved).all() == [None]


def short(*, hurries: bool) -> dict[str, bytes]:
    """Give an errand of two steps; a later version leaves out the last one if it is urgent."""
    drawn = Process("errand")
    drawn.message_start("asked")
    for step in ("prepare", "wait_for", "sign"):
        drawn.user(step)
    drawn.end("done")
    drawn.chain("asked", "prepare", "wait_for")
    drawn.chain("sign", "done")
    if hurries:
        drawn.xor("is_urgent", "calm")
        drawn.chain("wait_for", "is_urgent")
        drawn.flow("is_urgent", "done", "urgent")
        drawn.flow("is_urgent", "sign", id_="calm")
    else:
        drawn.chain("wait_for", "sign")
    forms = {f"errand/{step}": form(note=TEXT) for step in ("asked", "wait_for", "sign")}
    return small(drawn, forms={**forms, "errand/prepare": form(urgent=YES_NO)})


def test_an_answer_that_only_the_new_version_reads_is_taken_from_the_history(
    connection: Connection,
) -> None:
    put_in_force(connection, short(hurries=False))
    clerk = somebody(connection, "clerk", {"clerk"})
    key = open_case(connection, "errand", Answered({}), by=clerk, now=NOW).case_id
    for step, answers in (("prepare", {"urgent": True}), ("wait_for", {})):
        task = waiting(connection, key)[step]
        if step == "wait_for":
            number = next_version(connection, short(hurries=True))
            carry_out(connection, foreseen(connection, number), Which.ALL, by=None, now=LATER)
        complete_task(connection, task, Answered(answers), by=clerk, now=LATER)
    assert connection.scalar(sa.select(cases.c.outcome)) == "errand:done"
    assert astray(connection) == {}


def test_a_case_that_has_ended_is_not_moved(connection: Connection, clerk: Person) -> None:
    key = asked(connection, clerk).case_id
    owner = somebody(connection, "owner", {"process-owner"})
    cancel_case(connection, key, WHY, by=owner, now=LATER)
    next_version(connection, edited(LONGER))
    terms = one.Terms(procedures.in_force(connection, "errand"), WHY)
    with pytest.raises(CannotMoveError, match="The case is over"):
        one.move(connection, key, terms, by=clerk, now=LATER)
    assert astray(connection) == {}

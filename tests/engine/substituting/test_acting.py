"""Acting for somebody: their desk, what is done from it, and how it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from engine import history, notices
from engine.cases.starts import NotYoursError
from engine.clocks.pausing import pause_task, resume_task
from engine.errors import NotFoundError
from engine.flexible.asking import Wanted as Group
from engine.flexible.asking import ask
from engine.flexible.delegating import delegate, give_back, take_back
from engine.flexible.handing import transfer
from engine.flexible.signing import OwnRequestError, sign
from engine.flexible.signview import asked_of, sign_view
from engine.going_back.anew import THROUGH
from engine.going_back.caseview import offered_acts
from engine.going_back.returning import return_task
from engine.going_back.withdrawing import MayNotWithdrawError, withdraw_step
from engine.history import dossier
from engine.spiff import Names
from engine.substituting.desks import Desk, desks
from engine.substituting.making import Wanted, end, make
from engine.substituting.represented import standing_in
from engine.tables import entries, tasks
from engine.tasks import drafts
from engine.tasks.completing import claim, complete_task, release, save_draft
from engine.tasks.inbox import inbox
from engine.tasks.taskview import open_task
from engine.tasks.waiting import NotClaimedError, TaskClaimedError, TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import asked, crowd, many, waiting
from tests.engine.hearing import listening
from tests.engine.small import somebody

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person

NOTE = Answered({"note": "已办"})
TODAY = NOW.date()


@pytest.fixture
def manager(conn: Connection, ill: Person) -> Person:
    """Give the manager who stands in for the clerk, with other roles of their own."""
    return stands_in(conn, ill, somebody(conn, "manager", {"gm"}))


def stands_in(conn: Connection, ill: Person, by: Person, **limits: Any) -> Person:  # noqa: ANN401
    make(conn, Wanted(ill.id, by.id, TODAY, TODAY + timedelta(days=2), **limits), by=ill, now=NOW)
    found = standing_in(conn, by.id, now=NOW)
    assert found is not None
    return found


def desk(conn: Connection, by: Person) -> Desk:
    (only,) = desks(conn, by)
    return only


def listed(found: Desk) -> list[UUID]:
    return [item.task_id for item in found.items]


def holder(conn: Connection, task: UUID) -> tuple[UUID | None, UUID | None]:
    row = conn.execute(sa.select(tasks).where(tasks.c.id == task)).one()
    return row.claimed_by, row.claimed_through


def test_the_desk_has_what_they_hold_and_what_is_free_for_their_roles(
    conn: Connection, ill: Person, manager: Person
) -> None:
    held, free, elsewhere = many(conn, ill, 3)
    claim(conn, held, by=ill, now=NOW)
    claim(conn, elsewhere, by=somebody(conn, "colleague", {"clerk"}), now=NOW)

    found = desk(conn, manager)

    assert (found.person.id, set(listed(found)), found.more) == (ill.id, {held, free}, False)
    assert {item.task_id: item.claimed_by_me for item in found.items} == {held: True, free: False}
    assert inbox(conn, manager, now=NOW).shared == []
    assert desks(conn, ill) == []


def test_what_ones_own_roles_may_do_stands_in_ones_own_list_only(
    conn: Connection, ill: Person
) -> None:
    colleague = stands_in(conn, ill, somebody(conn, "colleague", {"clerk"}))
    held, free = many(conn, ill, 2)
    claim(conn, held, by=ill, now=NOW)

    assert listed(desk(conn, colleague)) == [held]
    assert [item.task_id for item in inbox(conn, colleague, now=NOW).shared] == [free]
    claim(conn, free, by=colleague, now=NOW)
    assert holder(conn, free) == (colleague.id, None)


def test_two_whom_one_represents_have_a_desk_each_and_share_no_task(
    conn: Connection, ill: Person, manager: Person
) -> None:
    other = somebody(conn, "other", {"clerk", "qc"})
    both = stands_in(conn, other, manager)
    free, held = many(conn, ill, 2)
    claim(conn, held, by=other, now=NOW)

    assert {each.person.login: listed(each) for each in desks(conn, both)} == {
        "ill": [free],
        "other": [held],
    }


def test_the_desk_is_limited_to_a_procedure_and_its_steps(conn: Connection, ill: Person) -> None:
    here = {"procedure": "errand", "steps": frozenset({"errand:prepare"})}
    away = {"procedure": "errand", "steps": frozenset({"errand:file_away"})}
    (task,) = many(conn, ill, 1)
    sees = stands_in(conn, ill, somebody(conn, "sees", {"gm"}), **here)
    blind = stands_in(conn, ill, somebody(conn, "blind", {"gm"}), **away)

    assert listed(desk(conn, sees)) == [task]
    assert listed(desk(conn, blind)) == []
    with pytest.raises(NotYoursError):
        claim(conn, task, by=blind, now=NOW)
    with pytest.raises(NotYoursError):
        open_task(conn, task, by=blind)
    claim(conn, task, by=ill, now=NOW)
    assert listed(desk(conn, sees)) == [task]
    assert listed(desk(conn, blind)) == []


def test_what_is_claimed_for_somebody_is_theirs_and_says_through_whom(
    conn: Connection, ill: Person, manager: Person
) -> None:
    (task,) = many(conn, ill, 1)
    claim(conn, task, by=manager, now=NOW)
    claim(conn, task, by=manager, now=NOW)

    assert holder(conn, task) == (ill.id, manager.id)
    (mine,) = inbox(conn, ill, now=NOW).mine
    assert (mine.task_id, mine.through, mine.claimed_by_me) == (task, manager.name, True)
    (theirs,) = desk(conn, manager).items
    assert (theirs.through, theirs.claimed_by_me) == (None, True)
    assert open_task(conn, task, by=ill).claimed_through == manager.name
    with pytest.raises(TaskClaimedError, match=ill.name):
        claim(conn, task, by=somebody(conn, "colleague", {"clerk"}), now=NOW)

    release(conn, task, by=manager, now=NOW)
    assert holder(conn, task) == (None, None)
    with pytest.raises(NotClaimedError):
        release(conn, task, by=manager, now=NOW)


def test_a_step_done_for_somebody_says_so_everywhere(
    conn: Connection, ill: Person, manager: Person
) -> None:
    case_id = asked(conn, ill).case_id
    task = waiting(conn, case_id)["prepare"]
    claim(conn, task, by=ill, now=NOW)
    view = open_task(conn, task, by=manager)
    assert view.by.acts_for is not None
    assert (view.by.id, view.by.acts_for.id) == (manager.id, ill.id)
    pause_task(conn, task, "等样品", by=manager, now=NOW)
    resume_task(conn, task, by=manager, now=NOW)

    done = complete_task(conn, task, NOTE, by=manager, now=NOW)

    assert complete_task(conn, task, NOTE, by=manager, now=NOW) == done
    rows = conn.execute(sa.select(entries).where(entries.c.case_id == case_id)).all()
    signed = {row.kind: (row.actor, row.acted_for) for row in rows}
    assert signed["task_claimed"] == (ill.id, None)
    for kind in ("clock_paused", "clock_resumed", "step_completed"):
        assert signed[kind] == (manager.id, ill.id), kind
    said = next(history.read(row.body) for row in rows if row.kind == "step_completed")
    assert (said["for"], said["for_name"]) == (ill.id.hex, ill.name)
    assert history.verify(conn, case_id) is None
    found = dossier.case(conn, case_id, by=ill)
    assert (found.timeline[-1].who, found.timeline[-1].acted_for) == (manager.name, ill.name)
    assert (found.filled[-1].who, found.filled[-1].acted_for) == (manager.name, ill.name)
    told = [notice.text for notice in notices.unseen(conn, ill)]
    assert told[0] == Names(
        f"{manager.name} 代您办理了“prepare名”", f"{manager.name} did “prepare in English” for you"
    )
    with pytest.raises(TaskGoneError, match=f"for {ill.name}"):
        claim(conn, task, by=ill, now=NOW)


def test_a_step_is_returned_and_taken_back_for_somebody(
    conn: Connection, ill: Person, manager: Person
) -> None:
    case_id = asked(conn, ill).case_id
    prepared = waiting(conn, case_id)["prepare"]
    complete_task(conn, prepared, NOTE, by=manager, now=NOW)
    offered = [act.key for act in offered_acts(conn, case_id, by=manager, now=NOW)]
    assert "withdraw" in offered
    withdraw_step(conn, case_id, prepared, by=manager, now=NOW)

    anew = waiting(conn, case_id)["prepare"]
    assert holder(conn, anew) == (ill.id, None)
    assert last_signed(conn, case_id) == (manager.name, ill.name, "内勤")
    complete_task(conn, anew, NOTE, by=manager, now=NOW)
    filing = waiting(conn, case_id)["file_away"]
    return_task(conn, filing, anew, THROUGH, "漏了", by=manager, now=NOW)
    assert last_signed(conn, case_id) == (manager.name, ill.name, "内勤")
    told = [notice.text.zh for notice in notices.unseen(conn, ill)]
    back = "从“file_away名”退回到“prepare名”：漏了"
    for words in ("代您撤回了“prepare名”", "代您退回了“file_away名”", back):
        assert f"{manager.name} {words}" in told
    assert f"{manager.name} 撤回了“prepare名”" not in told
    assert history.verify(conn, case_id) is None


def test_what_was_done_for_somebody_is_not_taken_back_once_that_is_over(
    conn: Connection, ill: Person, manager: Person
) -> None:
    case_id = asked(conn, ill).case_id
    prepared = waiting(conn, case_id)["prepare"]
    complete_task(conn, prepared, NOTE, by=manager, now=NOW)
    end(conn, conn.scalar(sa.text("select id from substitutions")), by=ill, now=NOW)
    after = standing_in(conn, manager.id, now=NOW)
    assert after is not None
    with pytest.raises(MayNotWithdrawError, match=f"for {ill.name}"):
        withdraw_step(conn, case_id, prepared, by=after, now=NOW)
    withdraw_step(conn, case_id, prepared, by=ill, now=NOW)
    assert last_signed(conn, case_id) == (ill.name, None, "内勤")


def last_signed(conn: Connection, case_id: UUID) -> tuple[str | None, str | None, str | None]:
    """Say who signed a case's last entry, for whom, and by which role."""
    reader = somebody(conn, f"reader-{uuid4()}", {"gm"})
    last = dossier.case(conn, case_id, by=reader).timeline[-1]
    return last.who, last.acted_for, None if last.role is None else last.role.zh


def test_an_entry_whose_represented_person_was_exchanged_does_not_verify(
    conn: Connection, ill: Person, manager: Person
) -> None:
    case_id = asked(conn, ill).case_id
    complete_task(conn, waiting(conn, case_id)["prepare"], NOTE, by=manager, now=NOW)
    changed = sa.update(entries).where(entries.c.acted_for == ill.id)
    conn.execute(changed.values(acted_for=manager.id))
    assert history.verify(conn, case_id) == 2


def test_what_they_had_typed_is_where_the_substitute_begins(
    conn: Connection, ill: Person, manager: Person
) -> None:
    (task,) = many(conn, ill, 1)
    save_draft(conn, task, {"note": ["一半"]}, by=ill, now=NOW)
    assert open_task(conn, task, by=manager).draft == {"note": ["一半"]}

    save_draft(conn, task, {"note": ["全部"]}, by=manager, now=NOW)

    assert open_task(conn, task, by=manager).draft == {"note": ["全部"]}
    assert drafts.load(conn, drafts.of_task(task), by=ill) == {"note": ["一半"]}


def test_nothing_is_left_of_it_once_it_is_over(
    conn: Connection, ill: Person, manager: Person
) -> None:
    (task,) = many(conn, ill, 1)
    claim(conn, task, by=manager, now=NOW)
    over = standing_in(conn, manager.id, now=NOW + timedelta(days=3))
    assert over is not None

    assert desks(conn, over) == []
    with pytest.raises(NotYoursError, match=f"not stand in for {ill.name} now"):
        complete_task(conn, task, NOTE, by=over, now=NOW + timedelta(days=3))
    complete_task(conn, task, NOTE, by=ill, now=NOW + timedelta(days=3))


def test_one_that_was_ended_a_second_ago_gives_no_right(
    conn: Connection, ill: Person, manager: Person
) -> None:
    (task,) = many(conn, ill, 1)
    number = conn.scalar(sa.text("select id from substitutions"))
    end(conn, number, by=ill, now=NOW)
    after = standing_in(conn, manager.id, now=NOW)
    assert after is not None
    with pytest.raises(NotYoursError, match=f"You no longer stand in for {ill.name}"):
        claim(conn, task, by=after, now=NOW)


def test_a_step_for_somebody_and_their_desk_send_no_more_statements(
    conn: Connection, ill: Person, manager: Person
) -> None:
    first, second, third = many(conn, ill, 3)
    complete_task(conn, first, NOTE, by=manager, now=NOW)
    with listening(conn) as step:
        complete_task(conn, second, NOTE, by=manager, now=NOW)
    assert len(step) <= 9, step
    with listening(conn) as few:
        assert len(desk(conn, manager).items) > 0
    crowd(conn, third, 60)
    with listening(conn) as lots:
        found = desk(conn, manager)
    assert (len(found.items), found.more) == (50, True)
    assert len(few) == len(lots) <= 2


def test_a_task_is_transferred_delegated_and_taken_back_for_somebody(
    conn: Connection, ill: Person, manager: Person
) -> None:
    colleague, helper = (somebody(conn, login, {"clerk"}) for login in ("colleague", "helper"))
    first, second = many(conn, ill, 2)
    save_draft(conn, first, {"note": ["一半"]}, by=ill, now=NOW)
    transfer(conn, first, colleague.id, "病假", by=manager, now=NOW)
    assert holder(conn, first) == (colleague.id, None)
    assert drafts.load(conn, drafts.of_task(first), by=colleague) == {"note": ["一半"]}

    claim(conn, second, by=manager, now=NOW)
    delegate(conn, second, helper.id, "请先看", by=manager, now=NOW)
    assert holder(conn, second) == (helper.id, None)
    take_back(conn, second, by=manager, now=NOW)
    assert holder(conn, second) == (ill.id, None)

    rows = conn.execute(sa.select(entries).where(entries.c.kind.like("task_%"))).all()
    signed = {row.kind: (row.actor, row.acted_for) for row in rows}
    for kind in ("task_transferred", "task_delegated", "task_taken_back"):
        assert signed[kind] == (manager.id, ill.id), kind


def test_a_delegated_task_is_given_back_by_the_substitute_of_who_prepares_it(
    conn: Connection, ill: Person, manager: Person
) -> None:
    owner = somebody(conn, "owner", {"clerk"})
    (task,) = many(conn, owner, 1)
    delegate(conn, task, ill.id, "请先看", by=owner, now=NOW)
    assert listed(desk(conn, manager)) == [task]
    give_back(conn, task, "已看", by=manager, now=NOW)
    assert holder(conn, task) == (owner.id, None)


def test_a_signature_is_given_for_somebody_but_not_by_who_asks_for_it(
    conn: Connection, ill: Person, manager: Person
) -> None:
    colleague = stands_in(conn, ill, somebody(conn, "colleague", {"clerk"}))
    stranger = somebody(conn, "stranger", {"gm"})
    (task,) = many(conn, ill, 1)
    claim(conn, task, by=colleague, now=NOW)
    ask(conn, task, Group("before", "all", None, [ill.id]), "请看", by=colleague, now=NOW)

    (seen,) = asked_of(conn, manager)
    assert (seen.acts_for, seen.id) == (ill.name, asked_of(conn, ill)[0].id)
    assert sign_view(conn, seen.id, by=manager).is_open
    assert asked_of(conn, stranger) == []
    with pytest.raises(NotFoundError):
        sign_view(conn, seen.id, by=stranger)
    with pytest.raises(NotFoundError):
        sign(conn, seen.id, "agreed", "好", by=stranger, now=NOW)
    with pytest.raises(OwnRequestError):
        sign(conn, seen.id, "agreed", "好", by=colleague, now=NOW)
    sign(conn, seen.id, "agreed", "好", by=manager, now=NOW)

    (row,) = conn.execute(sa.select(entries).where(entries.c.kind == "signature_given"))
    assert (row.actor, row.acted_for) == (manager.id, ill.id)


def test_a_substitute_is_told_what_their_roles_are_told(
    conn: Connection, ill: Person, manager: Person
) -> None:
    both = stands_in(conn, ill, somebody(conn, "both", {"clerk"}))
    here, away = (somebody(conn, login, {"gm"}) for login in ("here", "away"))
    stands_in(conn, ill, here, procedure="errand")
    stands_in(conn, ill, away, procedure="errand", steps=frozenset({"errand:prepare"}))
    case_id = asked(conn, ill).case_id

    text = Names("一句话", "A word")
    notices.tell(conn, ["clerk"], text, case_id=case_id, now=NOW)
    notices.tell(conn, ["qc"], text, case_id=case_id, now=NOW)

    told = {one.login: len(notices.unseen(conn, one)) for one in (ill, manager, both, here, away)}
    assert told == {"ill": 1, "manager": 1, "both": 1, "here": 1, "away": 0}

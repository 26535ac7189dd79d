"""Operators skip steps and move tokens, alone or with a second person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from engine import demo, settings
from engine.cases.starts import open_case
from engine.errors import NotFoundError
from engine.going_back.anew import STRAIGHT
from engine.going_back.foreseeing import foreseen
from engine.going_back.intervening import PLACE, SKIP, Wanted
from engine.going_back.interventionview import case_to_mend
from engine.going_back.returning import return_task
from engine.going_back.returnview import return_view
from engine.going_back.seconding import (
    SecondPersonError,
    SettledError,
    agree,
    asked_for,
    count_asked,
    drop,
    intervene,
)
from engine.history import dossier
from engine.reasons import BadReasonError
from engine.roles import RoleNeededError
from engine.tasks.completing import claim, complete_task
from engine.tasks.waiting import TaskGoneError
from forms import Answered
from tests.engine.conftest import NOW
from tests.engine.errand import waiting
from tests.engine.small import TEXT, form, put_in_force, small, somebody
from tests.engine.spiff.drawing import Process
from tests.procedures.complaint import REGISTER, USUAL
from tests.procedures.walk import Walk

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from engine.people import Person
    from tests.engine.going_back.errands import Errand


NOTED = Answered({"note": "已办"})


@pytest.fixture
def operator(errands: Errand) -> Person:
    return somebody(errands.conn, "operator", {"operator"})


@pytest.fixture
def other(errands: Errand) -> Person:
    return somebody(errands.conn, "other", {"operator"})


def skip(errands: Errand, step: str) -> Wanted:
    return Wanted(SKIP, errands.case_id, errands.task(step))


def done(errands: Errand, wanted: Wanted, by: Person, why: str = "品管部停电") -> str:
    return intervene(errands.conn, wanted, why, by=by, now=NOW)


def test_a_skipped_step_counts_as_done_and_whoever_held_it_is_told(
    errands: Errand, operator: Person
) -> None:
    errands.does("prepare")
    errands.does("file_away")
    claim(errands.conn, task := errands.task("check"), by=errands.inspector, now=NOW)
    wanted = skip(errands, "check")
    seen = foreseen(errands.conn, wanted, by=operator, now=NOW)
    assert [line.zh for line in seen.opens] == ["“sign名”：总经理"]
    assert seen.stops == []
    assert done(errands, wanted, operator) == "done"

    assert errands.open == {"sign"}
    told = f"“check名”已由 {operator.name} 干预结束：品管部停电"
    assert errands.told(errands.inspector) == [told]
    assert errands.last.title.zh == "跳过：check名"
    assert errands.last.role is None
    assert errands.last.sort is not None
    assert errands.last.sort.zh == "人工干预"
    with pytest.raises(TaskGoneError, match="has skipped"):
        claim(errands.conn, task, by=errands.inspector, now=NOW)
    assert errands.holds


def test_a_skipped_detour_comes_back_to_whoever_returned_the_task(
    errands: Errand, operator: Person
) -> None:
    steps = errands.to_signing()
    task, manager = errands.task("sign"), errands.manager
    return_task(errands.conn, task, steps["check"], STRAIGHT, "再查", by=manager, now=NOW)
    done(errands, skip(errands, "check"), operator)
    assert errands.row("sign").claimed_by == manager.id


def test_a_token_is_moved_to_any_step_and_one_more_is_opened(
    errands: Errand, operator: Person
) -> None:
    spots = case_to_mend(errands.conn, errands.case_id, by=operator).spots
    assert {spot.to for spot in spots} >= {("sign",), ("prepare",), ("check",)}
    wanted = Wanted(PLACE, errands.case_id, errands.task("prepare"), ("sign",))
    seen = foreseen(errands.conn, wanted, by=operator, now=NOW)
    assert [line.zh for line in seen.opens] == ["“sign名”：总经理"]
    done(errands, wanted, operator)
    assert errands.open == {"sign"}
    assert errands.last.title.zh == "移动：sign名"
    assert "从“prepare名”移来" in {note.zh for note in errands.last.notes}

    done(errands, Wanted(PLACE, errands.case_id, None, ("urge",)), operator)
    assert errands.open == {"sign", "urge"}
    assert errands.holds


def test_a_step_that_a_token_was_moved_to_stands_in_the_calls_on_the_way(
    connection: Connection, operator: Person
) -> None:
    put_in_force(connection, calling())
    by = somebody(connection, "caller", {"clerk"})
    case_id = open_case(connection, "outer", NOTED, by=by, now=NOW).case_id
    wanted = Wanted(PLACE, case_id, waiting(connection, case_id)["first"], ("call",))
    intervene(connection, wanted, "第一步已在线下办过", by=operator, now=NOW)
    complete_task(connection, waiting(connection, case_id)["step"], NOTED, by=by, now=NOW)
    [_, form] = dossier.case(connection, case_id, by=by).filled
    assert form.place == ("call", "inside", "step")


def calling() -> dict[str, bytes]:
    """Draw a procedure that calls one that calls a third, with a step."""
    p, middle, inner = Process("outer"), Process("middle"), Process("inner")
    p.message_start("asked")
    p.user("first")
    p.call("call", "middle")
    p.end()
    p.chain("asked", "first", "call", "done")
    middle.start("begun")
    middle.call("inside", "inner")
    middle.end("ended")
    middle.chain("begun", "inside", "ended")
    inner.start("opened")
    inner.user("step")
    inner.end("over")
    inner.chain("opened", "step", "over")
    places = ("outer/asked", "outer/first", "inner/step")
    return small(p, middle, inner, forms=dict.fromkeys(places, form(note=TEXT)))


def test_what_bypasses_a_guarantee_is_named_before_and_after(
    errands: Errand, operator: Person
) -> None:
    errands.does("prepare")
    errands.does("file_away")
    kept = Wanted(PLACE, errands.case_id, None, ("urge",))
    assert foreseen(errands.conn, kept, by=operator, now=NOW).bypassed == []
    wanted = skip(errands, "check")
    seen = foreseen(errands.conn, wanted, by=operator, now=NOW)
    assert [names.zh for names in seen.bypassed] == ["先检验后签字"]
    done(errands, wanted, operator)
    assert "绕过保证：“先检验后签字”" in {note.zh for note in errands.last.notes}

    back = Wanted(PLACE, errands.case_id, errands.task("sign"), ("prepare",))
    assert foreseen(errands.conn, back, by=operator, now=NOW).bypassed == []


def marked(errands: Errand) -> list[tuple[str, bool]]:
    """Give the interventions of the case, and whether each holds no more."""
    kinds = ("step_skipped", "token_moved")
    told = [entry for entry in errands.dossier.timeline if entry.kind in kinds]
    return [(entry.title.zh, entry.superseded) for entry in told]


def test_a_skip_that_a_later_return_undid_holds_no_more(errands: Errand, operator: Person) -> None:
    prepared = errands.does("prepare")
    done(errands, skip(errands, "check"), operator)
    filed = errands.does("file_away")
    return_task(
        errands.conn, errands.task("sign"), filed, "through", "补", by=errands.manager, now=NOW
    )
    assert marked(errands) == [("跳过：check名", False)]
    errands.does("file_away")
    task = errands.task("sign")
    return_task(errands.conn, task, prepared, "through", "重办", by=errands.manager, now=NOW)
    assert marked(errands) == [("跳过：check名", True)]


def test_a_move_that_a_later_return_undid_holds_no_more(
    connection: Connection, operator: Person
) -> None:
    steps = ("first", "second", "third", "fourth")
    p = Process("line")
    p.message_start("asked")
    for step in steps:
        p.user(step)
    p.end()
    p.chain("asked", *steps, "done")
    forms = {f"line/{each}": form(note=TEXT) for each in ("asked", *steps)}
    put_in_force(connection, small(p, forms=forms))
    by = somebody(connection, "line-clerk", {"clerk"})
    case_id = open_case(connection, "line", NOTED, by=by, now=NOW).case_id

    def task(step: str) -> UUID:
        return waiting(connection, case_id)[step]

    def does(step: str) -> UUID:
        complete_task(connection, key := task(step), NOTED, by=by, now=NOW)
        return key

    def is_marked_after_returning(to: UUID) -> bool:
        return_task(connection, task("fourth"), to, "through", "重办", by=by, now=NOW)
        told = dossier.case(connection, case_id, by=by).timeline
        return next(entry.superseded for entry in told if entry.kind == "token_moved")

    first = does("first")
    wanted = Wanted(PLACE, case_id, task("second"), ("third",))
    intervene(connection, wanted, "线下办过", by=operator, now=NOW)
    assert not is_marked_after_returning(does("third"))
    assert not is_marked_after_returning(does("third"))
    does("third")
    assert is_marked_after_returning(first)


def test_an_entry_names_the_clause_passed_over_and_what_will_be_missing(
    connection: Connection, operator: Person
) -> None:
    demo.load(connection, now=NOW)
    walk = Walk(connection, "manufacturer-complaint", USUAL)
    walk.opens()
    walk.does(REGISTER[0])
    wanted = Wanted(SKIP, walk.case_id, waiting(connection, walk.case_id)[REGISTER[1]])
    seen = foreseen(connection, wanted, by=operator, now=NOW)
    intervene(connection, wanted, "资料已在纸上", by=operator, now=NOW)
    notes = [note.zh for note in walk.dossier.timeline[-1].notes]
    assert seen.lacks
    assert [each for each in notes if each.startswith("以后会缺的内容：")] == [
        f"以后会缺的内容：{line.zh}" for line in seen.lacks
    ]
    assert any(note.startswith("越过的条款：CM-") for note in notes)


def test_a_skipped_step_is_nobodys_when_the_case_goes_back_to_it(errands: Errand) -> None:
    both = somebody(errands.conn, "both", {"operator", "qc"})
    errands.does("prepare")
    errands.does("file_away")
    done(errands, skip(errands, "check"), both)
    view = return_view(errands.conn, errands.task("sign"), by=errands.manager, now=NOW)
    (step,) = [each for each in view.steps if each.names.zh == "check名"]
    assert (step.who, step.skipped) == (both.name, True)

    way, why = STRAIGHT, "还是要查"
    task = errands.task("sign")
    return_task(errands.conn, task, step.target, way, why, by=errands.manager, now=NOW)
    assert errands.row("check").claimed_by is None


def test_only_operators_with_a_reason_at_a_place_that_is_there(
    errands: Errand, operator: Person
) -> None:
    wanted = skip(errands, "prepare")
    with pytest.raises(RoleNeededError):
        done(errands, wanted, errands.manager)
    with pytest.raises(BadReasonError):
        done(errands, wanted, operator, " ")
    for nowhere in (
        Wanted(PLACE, errands.case_id, errands.task("prepare"), ("nowhere",)),
        Wanted(SKIP, errands.case_id, None),
    ):
        with pytest.raises(NotFoundError):
            done(errands, nowhere, operator)
    done(errands, wanted, operator)
    with pytest.raises(TaskGoneError):
        done(errands, wanted, operator)


def asking(errands: Errand, by: Person) -> int:
    """Ask for skipping the first step where a second person is wanted; give its number."""
    settings.save(errands.conn, "second_person", ["skip"])
    assert done(errands, skip(errands, "prepare"), by) == "waiting"
    (row,) = asked_for(errands.conn)
    key: int = row.id
    return key


def test_a_second_person_agrees_where_the_company_wants_one(
    errands: Errand, operator: Person, other: Person
) -> None:
    key = asking(errands, operator)
    assert errands.open == {"prepare"}
    assert count_asked(errands.conn) == 1
    assert errands.told(other)[-1] == f"{operator.name} 提出干预，等另一人确认：品管部停电"
    with pytest.raises(SecondPersonError):
        agree(errands.conn, key, by=operator, now=NOW)
    agree(errands.conn, key, by=other, now=NOW)

    assert errands.open == {"check", "file_away"}
    assert errands.last.who == other.name
    assert f"由 {operator.name} 提出" in {note.zh for note in errands.last.notes}
    with pytest.raises(SettledError):
        agree(errands.conn, key, by=other, now=NOW)
    assert count_asked(errands.conn) == 0


def test_a_second_person_does_not_agree_or_comes_too_late(
    errands: Errand, operator: Person, other: Person
) -> None:
    key = asking(errands, operator)
    drop(errands.conn, key, by=other, now=NOW)
    assert errands.told(operator)[-1] == f"{other.name} 没有同意跳过"
    late = asking(errands, operator)
    gone: UUID = errands.does("prepare")
    with pytest.raises(TaskGoneError):
        agree(errands.conn, late, by=other, now=NOW)
    assert gone not in {row.task_id for row in asked_for(errands.conn) if row.id != late}

"""Complaints replay from their histories to where they are."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from engine import procedures, spiff
from engine.cases.lineage import Lineage
from engine.clocks.pausing import pause_task, resume_task
from engine.going_back.anew import THROUGH
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.returning import return_task
from engine.history.dossier import history_rows
from engine.procedures.bundles import read_folder
from engine.replaying.playing import play
from engine.replaying.record import record
from engine.replaying.replay import as_it_was, drafted, replay, replay_as_it_was
from engine.replaying.verdicts import Verdict
from engine.suspending.holding import resume_case as resume_suspended
from engine.suspending.holding import suspend_case
from tests.engine.replaying.test_random_replays import seen
from tests.procedures.complaint import INVESTIGATE, NEGOTIATE, REGISTER

if TYPE_CHECKING:
    from tests.procedures.walk import Walk

PROCEDURE = "manufacturer-complaint"


def settle(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE, "determine_handling")
    walk.does_all("plan_quality_handling", "decide", *NEGOTIATE, "write_opinion", "decide")
    walk.does_all("archive_case", "pass_final_decision")


def same(walk: Walk) -> None:
    """See that a case replays to the state that is stored, and is said to."""
    version = procedures.version(walk.conn, walk.row().version_id)
    rows = history_rows(walk.conn, walk.case_id)
    told = record(rows)
    assert told.until is not None
    terms = as_it_was(walk.conn, Lineage(version), rows)
    found = play(told, terms, until=told.until).stage
    assert seen(version.compiled, found.state) == seen(version.compiled, walk.row().state)
    assert found.flows == told.flows
    replayed = replay_as_it_was(walk.conn, walk.case_id).replayed
    assert (replayed.verdict, replayed.notes, replayed.unused) == (Verdict.SAME, (), ())


def test_a_settled_complaint_replays_to_its_end(walk: Walk) -> None:
    settle(walk)
    assert walk.outcome == "complaint_settled"
    same(walk)


def test_a_late_complaint_replays_with_its_deadlines(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content")
    same(walk)
    walk.after(days=9)
    walk.does("inspect_sample")
    walk.after(days=9)
    same(walk)
    found = replay_as_it_was(walk.conn, walk.case_id).replayed
    assert found.missed
    assert all(each.passed and each.late > timedelta() for each in found.missed)


def test_a_complaint_that_went_back_and_was_cancelled_replays_so(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content", *INVESTIGATE)
    task, version = walk.task("determine_handling"), procedures.in_force(walk.conn, PROCEDURE)
    ways = spiff.returns(version.compiled, walk.row().state, task.id)
    target = next(way.target for way in ways if way.element == "trace_cause")
    by = walk.person(task.role)
    return_task(walk.conn, task.id, target, THROUGH, "原因不清。", by=by, now=walk.now)
    walk.after(hours=3)
    same(walk)
    walk.does("trace_cause")
    clock = walk.task("report_to_gm")
    holder = walk.person(clock.role)
    pause_task(walk.conn, clock.id, "等样品。", by=holder, now=walk.now)
    walk.after(days=1)
    same(walk)
    resume_task(walk.conn, clock.id, by=holder, now=walk.now)
    office = walk.person("process-owner")
    cancel_case(walk.conn, walk.case_id, "客户撤回投诉。", by=office, now=walk.now)
    same(walk)
    walk.after(days=2)
    reopen_case(walk.conn, walk.case_id, None, "客户又来。", by=office, now=walk.now)
    walk.does("report_to_gm")
    same(walk)


def test_a_complaint_that_was_suspended_replays_so(walk: Walk) -> None:
    walk.opens()
    walk.does_all(*REGISTER, "review_content")
    owner = walk.person("process-owner")
    suspend_case(walk.conn, walk.case_id, "客户停产。", None, by=owner, now=walk.now)
    walk.after(days=9)
    same(walk)
    resume_suspended(walk.conn, walk.case_id, by=owner, now=walk.now)
    same(walk)
    walk.does_all(*INVESTIGATE)
    suspend_case(walk.conn, walk.case_id, "又停产。", None, by=owner, now=walk.now)
    cancel_case(walk.conn, walk.case_id, "客户撤回。", by=owner, now=walk.now)
    reopen_case(walk.conn, walk.case_id, None, "客户又来。", by=owner, now=walk.now)
    same(walk)


def test_nothing_is_written(walk: Walk) -> None:
    settle(walk)
    before = walk.conn.scalar(sa.text("select pg_current_xact_id_if_assigned()"))
    walk.conn.execute(sa.text("set transaction read only"))
    to = drafted(walk.conn, read_folder(), PROCEDURE)
    assert replay(walk.conn, walk.case_id, to, now=walk.now).replayed.verdict is Verdict.SAME
    assert walk.conn.scalar(sa.text("select pg_current_xact_id_if_assigned()")) == before

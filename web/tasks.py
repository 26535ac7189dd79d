"""One task: its form, its draft, claiming and releasing it, and completing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from engine.clocks import clockview
from engine.clocks.clockview import Reckonings
from engine.going_back.caseview import may_take_back
from engine.incidents import recording
from engine.tasks import completing, drafts, left
from engine.tasks.taskview import TaskView, open_task
from engine.tasks.waiting import TaskGoneError
from web import answering
from web.answering import Shown, Subject
from web.clock import now
from web.database import connection, transaction
from web.errors import refusal_page
from web.filled import for_reading, readings
from web.kept import keeps_typed, local_path
from web.people import current_person
from web.written import FORM_KEY, in_words, labelled, many

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict


bp = Blueprint("tasks", __name__, url_prefix="/tasks")


def _subject(task_id: UUID) -> Subject[TaskView]:
    by, at = current_person(), now()
    return Subject(
        draft=drafts.of_task(task_id),
        here=lambda: url_for("tasks.show", task_id=task_id),
        view=lambda: open_task(connection(), task_id, by=by),
        fresh=lambda task: task.prefill_at(at),
        page=_page,
        save=lambda conn, typed: completing.save_draft(conn, task_id, typed, by=by, now=at),
        send=lambda conn, posted: completing.complete_task(conn, task_id, posted, by=by, now=at),
        record=lambda conn, error, typed: recording.record_task(
            conn, task_id, error, posted=typed, by=by, now=at
        ),
    )


def keep(posted: MultiDict[str, str], task_id: UUID, act: str = "") -> str:
    """Store what was typed into a task's form, whatever ``act`` it was on the way to."""
    del act
    return answering.keep(_subject(task_id), posted)


@bp.get("/<uuid:task_id>")
def show(task_id: UUID) -> ResponseReturnValue:
    try:
        return answering.show(_subject(task_id))
    except TaskGoneError as refusal:
        return _gone(task_id, refusal)


def _gone(task_id: UUID, refusal: TaskGoneError) -> ResponseReturnValue:
    """Show what the person had typed for a task that has ended since."""
    left_there = left.typed_for(connection(), task_id, by=current_person())
    if left_there is None:
        return refusal_page(refusal)
    form, typed = left_there
    posted = many({**typed, FORM_KEY: [form]})
    return refusal_page(refusal, kept=labelled(connection(), refusal.case_id, posted))


@bp.post("/<uuid:task_id>/complete")
@keeps_typed(keep)
def complete(task_id: UUID) -> ResponseReturnValue:
    return answering.send(_subject(task_id))


@bp.post("/<uuid:task_id>/draft")
@keeps_typed(keep)
def save_draft(task_id: UUID) -> ResponseReturnValue:
    return answering.save_draft(_subject(task_id))


@bp.post("/<uuid:task_id>/claim")
@keeps_typed(keep)
def claim(task_id: UUID) -> ResponseReturnValue:
    keep_what_was_typed(task_id)
    with transaction() as conn:
        completing.claim(conn, task_id, by=current_person(), now=now())
    return redirect(local_path(request.args.get("next")), 303)


@bp.post("/<uuid:task_id>/release")
@keeps_typed(keep)
def release(task_id: UUID) -> ResponseReturnValue:
    keep_what_was_typed(task_id)
    with transaction() as conn:
        completing.release(conn, task_id, by=current_person(), now=now())
    return redirect(local_path(request.args.get("next")), 303)


@bp.post("/<uuid:task_id>/clock")
@keeps_typed(keep)
def see_clock(task_id: UUID) -> ResponseReturnValue:
    """Go to the page of the step's clock; what was typed stays as a draft."""
    keep_what_was_typed(task_id)
    return redirect(url_for("clocks.of_task", task_id=task_id), 303)


def keep_what_was_typed(task_id: UUID) -> None:
    """Store what was typed into the task's form, if the request comes from there, as a draft."""
    if FORM_KEY in request.form:
        keep(request.form, task_id)


def _reckonings(task: TaskView) -> Reckonings:
    if task.due is None:
        return Reckonings(None, {})
    return clockview.of_case(connection(), task.case.id, by=current_person())


def _page(task: TaskView, shown: Shown) -> str:
    delegated = task.hold.owner is not None and task.claimed_by == task.by.principal.id
    answers_for = url_for("tasks.complete", task_id=task.task_id)
    if delegated:
        answers_for = url_for("acting.begin", task_id=task.task_id, act="give-back")
    clocks = _reckonings(task)
    just_sent = shown.once == "then"
    return render_template(
        "task.html",
        active="inbox",
        task=task,
        shown=shown,
        earlier=readings(task.earlier),
        facts=for_reading(task.shows, task.shown),
        mine=task.claimed_by == task.by.principal.id,
        reckoned=clocks.steps.get(task.task_id),
        runs=task.task_id in clocks.running,
        delegated=delegated,
        replaced=[
            kept
            for one in task.hold.replaced
            if one != task.draft
            for kept in in_words(task.form, many(one))
        ],
        answers=readings([task.hold.answers] if task.hold.answers else []),
        answers_for=answers_for,
        here=url_for("tasks.show", task_id=task.task_id),
        may_withdraw=just_sent and may_take_back(connection(), task.case.id, by=current_person()),
    )

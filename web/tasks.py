"""One task: its form, its draft, claiming and releasing it, and completing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine import drafts, incidents, tasks
from engine.cases import InvalidAnswersError
from engine.spiff import RunError
from engine.taskview import TaskView, open_task
from engine.waiting import TaskClaimedError, TaskGoneError
from web.clock import now
from web.database import connection, transaction
from web.errors import STATUS, asked_by_script, refusal_page
from web.filled import readings
from web.kept import keeps_typed, local_path, typed_only
from web.language import language, t
from web.onward import onward
from web.people import current_person
from web.uploads import files_of, posted_with_files
from web.written import FORM_KEY, labelled, many, rearranges, stuck_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from engine.errors import Refusal
    from forms import Form, Problem

bp = Blueprint("tasks", __name__, url_prefix="/tasks")


@bp.get("/<uuid:task_id>")
def show(task_id: UUID) -> ResponseReturnValue:
    task = open_task(connection(), task_id, by=current_person())
    typed = task.prefill_at(now()) if task.draft is None else task.form.typed(many(task.draft))
    return _page(task, typed)


def _keep(posted: MultiDict[str, str], task_id: UUID) -> str:
    with transaction() as conn:
        typed = typed_only(posted)
        tasks.save_draft(conn, task_id, typed, by=current_person(), now=now())
    return url_for("tasks.show", task_id=task_id, kept=1)


@bp.post("/<uuid:task_id>/complete")
@keeps_typed(_keep)
def complete(task_id: UUID) -> ResponseReturnValue:
    posted, refused = posted_with_files(drafts.of_task(task_id), lambda: _form(task_id))
    if refused or rearranges(posted):
        return _again(task_id, posted, refused)
    try:
        with transaction() as conn:
            done = tasks.complete_task(conn, task_id, posted, by=current_person(), now=now())
    except InvalidAnswersError as error:
        task = open_task(connection(), task_id, by=current_person())
        return _page(task, error.answers.typed, error.answers.problems, refusal=error), 422
    except (TaskClaimedError, TaskGoneError, RunError) as error:
        return _not_taken(task_id, posted, error)
    return onward(done)


@bp.post("/<uuid:task_id>/draft")
@keeps_typed(_keep)
def save_draft(task_id: UUID) -> ResponseReturnValue:
    posted, refused = posted_with_files(drafts.of_task(task_id), lambda: _form(task_id))
    try:
        _keep(posted, task_id)
    except TaskGoneError as error:
        return refusal_page(error) if asked_by_script() else _gone(error, posted)
    if asked_by_script():
        return "", 204
    if refused:
        return _again(task_id, posted, refused)
    return redirect(url_for("tasks.show", task_id=task_id, saved=1), 303)


@bp.post("/<uuid:task_id>/claim")
def claim(task_id: UUID) -> ResponseReturnValue:
    _keep_what_was_typed(task_id)
    with transaction() as conn:
        tasks.claim(conn, task_id, by=current_person(), now=now())
    return redirect(local_path(request.args.get("next")), 303)


@bp.post("/<uuid:task_id>/release")
def release(task_id: UUID) -> ResponseReturnValue:
    _keep_what_was_typed(task_id)
    with transaction() as conn:
        tasks.release(conn, task_id, by=current_person(), now=now())
    return redirect(local_path(request.args.get("next")), 303)


def _keep_what_was_typed(task_id: UUID) -> None:
    if FORM_KEY in request.form:
        _keep(request.form, task_id)


def _form(task_id: UUID) -> Form:
    return open_task(connection(), task_id, by=current_person()).form


def _again(
    task_id: UUID,
    posted: MultiDict[str, str],
    problems: Mapping[str, Problem],
    *,
    refusal: Refusal | None = None,
) -> ResponseReturnValue:
    task = open_task(connection(), task_id, by=current_person())
    typed = task.form.rearranged(posted) or task.form.typed(posted)
    status = STATUS[refusal.code] if refusal else 422 if problems else 200
    return _page(task, typed, problems, refusal=refusal), status


def _page(
    task: TaskView,
    typed: Mapping[str, Any],
    problems: Mapping[str, Problem] | None = None,
    *,
    refusal: Refusal | None = None,
) -> str:
    files = files_of([(task.form, typed)])
    return render_template(
        "task.html",
        active="inbox",
        task=task,
        form=task.form.view(typed, problems, lang=language(), files=files),
        earlier=readings(task.earlier),
        mine=task.claimed_by == current_person().id,
        refusal=refusal,
        problems=problems or {},
        answers_for=url_for("tasks.complete", task_id=task.task_id),
        here=url_for("tasks.show", task_id=task.task_id),
    )


def _not_taken(
    task_id: UUID, posted: MultiDict[str, str], error: TaskClaimedError | TaskGoneError | RunError
) -> ResponseReturnValue:
    if isinstance(error, TaskClaimedError):
        return _again(task_id, posted, {}, refusal=error)
    if isinstance(error, TaskGoneError):
        return _gone(error, posted)
    return _stuck(task_id, posted, error)


def _gone(refusal: TaskGoneError, posted: MultiDict[str, str]) -> ResponseReturnValue:
    return refusal_page(refusal, kept=labelled(connection(), refusal.case_id, posted))


def _stuck(task_id: UUID, posted: MultiDict[str, str], error: RunError) -> ResponseReturnValue:
    typed = typed_only(posted)
    with transaction() as conn:
        by = current_person()
        number = incidents.record_task(conn, task_id, error, posted=typed, by=by, now=now())
        tasks.save_draft(conn, task_id, typed, by=by, now=now())
    back = url_for("tasks.show", task_id=task_id, kept=1)
    return stuck_page(t(error.zh, error.en), number, back=back), STATUS["case_stuck"]

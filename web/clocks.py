"""Pausing the clock of a step or of a case, and letting it go on: seen first, then done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from engine.acts.table import EVERY
from engine.clocks import clockview, pausing
from engine.reasons import BadReasonError
from web.clock import now
from web.database import connection, transaction
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

bp = Blueprint("clocks", __name__)


@bp.get("/tasks/<uuid:task_id>/clock")
def of_task(task_id: UUID) -> ResponseReturnValue:
    return _task_page(task_id)


@bp.get("/cases/<uuid:case_id>/clock")
def of_case(case_id: UUID) -> ResponseReturnValue:
    return _case_page(case_id)


@bp.post("/tasks/<uuid:task_id>/clock/pause")
def pause_task(task_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as conn:
            pausing.pause_task(conn, task_id, _reason(), by=current_person(), now=now())
    except BadReasonError as refusal:
        return _task_page(task_id, refusal), 422
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@bp.post("/tasks/<uuid:task_id>/clock/resume")
def resume_task(task_id: UUID) -> ResponseReturnValue:
    with transaction() as conn:
        pausing.resume_task(conn, task_id, by=current_person(), now=now())
    return redirect(url_for("tasks.show", task_id=task_id), 303)


@bp.post("/cases/<uuid:case_id>/clock/pause")
def pause_case(case_id: UUID) -> ResponseReturnValue:
    try:
        with transaction() as conn:
            pausing.pause_case(conn, case_id, _reason(), by=current_person(), now=now())
    except BadReasonError as refusal:
        return _case_page(case_id, refusal), 422
    return redirect(url_for("cases.show", case_id=case_id), 303)


@bp.post("/cases/<uuid:case_id>/clock/resume")
def resume_case(case_id: UUID) -> ResponseReturnValue:
    with transaction() as conn:
        pausing.resume_case(conn, case_id, by=current_person(), now=now())
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _reason() -> str:
    return request.form.get("reason", "")


def _task_page(task_id: UUID, refusal: Refusal | None = None) -> str:
    found = clockview.of_task(connection(), task_id, by=current_person(), now=now())
    return _page(found, refusal, back=url_for("tasks.show", task_id=task_id), section="inbox")


def _case_page(case_id: UUID, refusal: Refusal | None = None) -> str:
    found = clockview.of_whole(connection(), case_id, by=current_person(), now=now())
    return _page(found, refusal, back=url_for("cases.show", case_id=case_id), section="cases")


def _page(clock: clockview.Clock, refusal: Refusal | None, *, back: str, section: str) -> str:
    verb = "pause" if clock.since is None else "resume"
    acts = ("pause", "go-on") if clock.task_id else ("pause-case", "go-on-case")
    if clock.task_id is None:
        action = url_for(f"clocks.{verb}_case", case_id=clock.case.id)
        if not pausing.may_pause(current_person().roles, set(clock.waiting)):
            refusal, action = pausing.MayNotPauseError(), ""
    else:
        action = url_for(f"clocks.{verb}_task", task_id=clock.task_id)
    return render_template(
        "clock.html",
        active=section,
        clock=clock,
        act=EVERY[acts[clock.since is not None]],
        refusal=refusal,
        typed=_reason(),
        back=back,
        action=action,
    )

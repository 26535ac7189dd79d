"""Returning a task to an earlier step: what would stop is read first, then it is done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from engine.attachments.enclosing import key_of
from engine.going_back.anew import THROUGH
from engine.going_back.returning import NoStepChosenError, NoWayError, return_task
from engine.going_back.returnview import return_view
from engine.going_back.seen import PreviewChangedError
from engine.reasons import BadReasonError
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.once import say_once
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal
    from engine.going_back.returnview import ReturnView

bp = Blueprint("returning", __name__, url_prefix="/tasks/<uuid:task_id>/acts/return")


@bp.get("")
def show(task_id: UUID) -> ResponseReturnValue:
    return _page(_view(task_id))


@bp.post("")
def do(task_id: UUID) -> ResponseReturnValue:
    view = _view(task_id)
    given = request.form
    target, way = key_of(given.get("target")), given.get("way", THROUGH)
    try:
        with transaction() as conn:
            by, reason = current_person(), given.get("reason", "")
            seen = given.get(f"seen-{target}", "")
            return_task(conn, task_id, target, way, reason, seen=seen, by=by, now=now())
    except (BadReasonError, NoStepChosenError, NoWayError, PreviewChangedError) as refusal:
        return _page(_view(task_id), refusal), status_of(refusal)
    there = url_for("cases.show", case_id=view.action.case.id)
    say_once(there, "acted")
    return redirect(there, 303)


def _view(task_id: UUID) -> ReturnView:
    return return_view(connection(), task_id, by=current_person(), now=now())


def _page(view: ReturnView, refusal: Refusal | None = None) -> str:
    given = request.form
    return render_template(
        "return.html",
        active="inbox",
        view=view.action,
        steps=view.steps,
        refusal=refusal,
        typed=given.get("reason", ""),
        chosen=key_of(given.get("target")),
        way=given.get("way", THROUGH),
        back=url_for("tasks.show", task_id=view.action.task_id),
    )

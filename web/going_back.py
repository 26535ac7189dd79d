"""What is done to a case as a whole: take a step back, suspend, cancel it, open it again."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from flask import Blueprint, redirect, render_template, request, url_for

from engine.acts.signing import COUNTING, MODES
from engine.attachments.enclosing import key_of
from engine.errors import NotFoundError
from engine.going_back.caseview import case_act_view
from engine.going_back.ending import cancel_case, reopen_case
from engine.going_back.returning import NoStepChosenError
from engine.going_back.seen import PreviewChangedError
from engine.going_back.whatview import what_can_be_done
from engine.going_back.withdrawing import withdraw_step
from engine.linking.following import DraftThereError, prepare
from engine.linking.listing import ties_of
from engine.linking.relations import RELATIONS, BadLinkError, LinkedAlreadyError
from engine.linking.ties import link, unlink
from engine.reasons import BadReasonError
from engine.suspending.holding import DayPassedError, resume_case, suspend_case
from engine.tasks.inbox import startable
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.once import say_once
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

GO_ON = "on"
"""What stands for no step: a cancelled case goes on where it was."""

OLD = "old"
"""What stands for no procedure: the other case is there already."""

bp = Blueprint("going_back", __name__, url_prefix="/cases/<uuid:case_id>/acts")


@bp.get("")
def index(case_id: UUID) -> ResponseReturnValue:
    """Show everything that anybody may do with the case, and what would follow."""
    found = what_can_be_done(connection(), case_id, by=current_person(), now=now())
    return render_template("acts.html", active="cases", found=found, counting=COUNTING, modes=MODES)


@bp.get("/<act>")
def show(case_id: UUID, act: str) -> ResponseReturnValue:
    return _page(case_id, act)


@bp.post("/<act>")
def do(case_id: UUID, act: str) -> ResponseReturnValue:
    if act not in VERBS:
        raise NotFoundError
    return VERBS[act](case_id)


def _withdraw(case_id: UUID) -> ResponseReturnValue:
    task = key_of(request.form.get("task"))
    if task is None:
        return _page(case_id, "withdraw")
    try:
        with transaction() as conn:
            anew = withdraw_step(conn, case_id, task, seen=_seen(), by=current_person(), now=now())
    except PreviewChangedError as refusal:
        return _page(case_id, "withdraw", refusal), status_of(refusal)
    if anew is None:
        return _done(case_id)
    return redirect(url_for("tasks.show", task_id=anew), 303)


def _cancel(case_id: UUID) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        with transaction() as conn:
            cancel_case(conn, case_id, reason, seen=_seen(), by=current_person(), now=now())
    except (BadReasonError, PreviewChangedError) as refusal:
        return _page(case_id, "cancel", refusal), status_of(refusal)
    return _done(case_id)


def _suspend(case_id: UUID) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    try:
        with transaction() as conn:
            day, by = _day(), current_person()
            suspend_case(conn, case_id, reason, day, seen=_seen(), by=by, now=now())
    except (BadReasonError, DayPassedError, PreviewChangedError) as refusal:
        return _page(case_id, "suspend", refusal), status_of(refusal)
    return _done(case_id)


def _seen() -> str:
    return request.form.get("seen", "")


def _day() -> date | None:
    """Return the day that was named. Raises DayPassedError for what is none."""
    text = request.form.get("day", "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise DayPassedError from None


def _resume(case_id: UUID) -> ResponseReturnValue:
    with transaction() as conn:
        resume_case(conn, case_id, by=current_person(), now=now())
    return _done(case_id)


def _reopen(case_id: UUID) -> ResponseReturnValue:
    chosen, reason = request.form.get("target", ""), request.form.get("reason", "")
    target = key_of(chosen)
    if target is None and chosen != GO_ON:
        return _page(case_id, "reopen", NoStepChosenError()), 422
    try:
        with transaction() as conn:
            seen = _seen() if target is None else request.form.get(f"seen-{target}", "")
            reopen_case(conn, case_id, target, reason, seen=seen, by=current_person(), now=now())
    except (BadReasonError, PreviewChangedError) as refusal:
        return _page(case_id, "reopen", refusal), status_of(refusal)
    return _done(case_id)


def _follow_up(case_id: UUID) -> ResponseReturnValue:
    """Link a case that there is, or go to the start form of a new one."""
    given, by = request.form, current_person()
    relation, reason = given.get("relation", ""), given.get("reason", "")
    procedure = given.get("procedure", OLD)
    try:
        with transaction() as conn:
            if procedure != OLD:
                prepare(conn, case_id, procedure, relation, reason, by=by, now=now())
            else:
                link(conn, case_id, given.get("code", ""), relation, reason, by=by, now=now())
    except (BadReasonError, BadLinkError, LinkedAlreadyError, DraftThereError) as refusal:
        return _page(case_id, "follow-up", refusal), status_of(refusal)
    if procedure != OLD:
        return redirect(url_for("cases.start", procedure=procedure), 303)
    return _done(case_id)


def _unlink(case_id: UUID) -> ResponseReturnValue:
    key, reason = request.form.get("tie", -1, type=int), request.form.get("reason", "")
    try:
        with transaction() as conn:
            unlink(conn, case_id, key, reason, by=current_person(), now=now())
    except BadReasonError as refusal:
        return _page(case_id, "unlink", refusal), status_of(refusal)
    return _done(case_id)


VERBS: Final = {
    "withdraw": _withdraw,
    "suspend": _suspend,
    "resume": _resume,
    "cancel": _cancel,
    "reopen": _reopen,
    "follow-up": _follow_up,
    "unlink": _unlink,
}


def _done(case_id: UUID) -> ResponseReturnValue:
    there = url_for("cases.show", case_id=case_id)
    say_once(there, "done")
    return redirect(there, 303)


def _tie() -> str:
    return request.form.get("tie") or request.args.get("tie", "")


def _page(case_id: UUID, act: str, refusal: Refusal | None = None) -> str:
    view = case_act_view(connection(), case_id, act, by=current_person())
    return render_template(
        "case_act.html",
        active="cases",
        view=view,
        refusal=refusal,
        typed=request.form.get("reason", ""),
        day=request.form.get("day", ""),
        relations=RELATIONS if act == "follow-up" else {},
        startable=startable(connection(), current_person()) if act == "follow-up" else [],
        ties=[tie for tie in ties_of(connection(), case_id) if str(tie.key) == _tie()],
        chosen=key_of(request.form.get("target")),
        on=GO_ON,
        old=OLD,
        action=url_for("going_back.do", case_id=case_id, act=view.act.key),
        back=url_for("cases.show", case_id=case_id),
    )

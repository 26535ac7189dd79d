"""Interventions: skip a step or move a token, seen beforehand, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from engine.acts.table import BY_OPERATORS
from engine.attachments.enclosing import key_of
from engine.cases import caselist
from engine.errors import NotFoundError
from engine.going_back.foreseeing import foreseen
from engine.going_back.intervening import PLACE, SKIP, Wanted
from engine.going_back.interventionview import case_to_mend, requested
from engine.going_back.returning import NoWayError
from engine.going_back.seconding import (
    agree,
    asked,
    count_asked,
    drop,
    intervene,
    wanted_of,
)
from engine.going_back.seen import PreviewChangedError
from engine.reasons import BadReasonError
from engine.roles import OPERATOR
from engine.settings import company
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.errors import status_of
from web.once import said_once, say_once
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

bp = section("interventions", "干预", "Interventions", roles={OPERATOR}, count=count_asked)


@bp.get("")
def index() -> ResponseReturnValue:
    query, conn = request.args.get("q", "").strip(), connection()
    found, _ = caselist.search(conn, current_person(), query=query, status="open")
    return render_template(
        "admin/interventions.html", asked=requested(conn), cases=found, query=query
    )


@bp.get("/<uuid:case_id>")
def show(case_id: UUID) -> ResponseReturnValue:
    case = case_to_mend(connection(), case_id, by=current_person())
    return render_template("admin/intervention_case.html", case=case, once=said_once()[0])


@bp.get("/<uuid:case_id>/act")
def preview(case_id: UUID) -> ResponseReturnValue:
    return _preview(_wanted(case_id, request.args))


@bp.post("/<uuid:case_id>/act")
def do(case_id: UUID) -> ResponseReturnValue:
    wanted, reason = _wanted(case_id, request.form), request.form.get("reason", "")
    try:
        with transaction() as conn:
            seen, by = request.form.get("seen", ""), current_person()
            became = intervene(conn, wanted, reason, seen=seen, by=by, now=now())
    except (BadReasonError, PreviewChangedError) as refusal:
        return _preview(wanted, refusal), status_of(refusal)
    return _back(case_id, "acted" if became == "done" else "asked")


@bp.get("/asked/<int:key>")
def look(key: int) -> ResponseReturnValue:
    """Show a second person what a colleague has asked for, and what would follow."""
    return _asked(key)


def _asked(key: int, refusal: Refusal | None = None) -> str:
    row = asked(connection(), key)
    return _preview(wanted_of(row), refusal, asked_by=row.asked_by, reason=row.reason, key=key)


@bp.post("/asked/<int:key>/agree")
def second(key: int) -> ResponseReturnValue:
    row, seen = asked(connection(), key), request.form.get("seen", "")
    try:
        with transaction() as conn:
            agree(conn, key, seen=seen, by=current_person(), now=now())
    except PreviewChangedError as refusal:
        return _asked(key, refusal), status_of(refusal)
    return _back(row.case_id, "acted")


@bp.post("/asked/<int:key>/drop")
def leave(key: int) -> ResponseReturnValue:
    with transaction() as conn:
        drop(conn, key, by=current_person(), now=now())
    return redirect(url_for(".index"), 303)


def _wanted(case_id: UUID, given: dict[str, str]) -> Wanted:
    kind, task = given.get("kind"), key_of(given.get("task"))
    if kind not in {SKIP, PLACE}:
        raise NotFoundError
    to = tuple(given.get("to", "").split("/")) if kind == PLACE else ()
    return Wanted(kind, case_id, task, to)


def _back(case_id: UUID, word: str) -> ResponseReturnValue:
    there = url_for(".show", case_id=case_id)
    say_once(there, word)
    return redirect(there, 303)


def _preview(wanted: Wanted, refusal: Refusal | None = None, **asked: object) -> str:
    again = None
    try:
        seen = foreseen(connection(), wanted, by=current_person(), now=now())
    except NoWayError as hindrance:
        seen, refusal = None, hindrance
        if not asked:
            again = case_to_mend(connection(), wanted.case_id, by=current_person())
    return render_template(
        "admin/intervention.html",
        seen=seen,
        again=again,
        wanted=wanted,
        act=BY_OPERATORS[wanted.kind],
        refusal=refusal,
        typed=request.form.get("reason", ""),
        asked=asked,
        needs_second=wanted.kind in company(connection()).second_person,
        is_mine=asked.get("asked_by") == current_person().id,
    )

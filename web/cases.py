"""Cases: starting one, finding one, and the page that tells everything about one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for

from engine import caselist, cases, dossier, drafts, incidents
from engine.cases import InvalidAnswersError, StartView
from engine.inbox import startable
from engine.spiff import RunError
from web.clock import now
from web.database import connection, transaction
from web.drawings import path_tab
from web.errors import STATUS, asked_by_script
from web.filled import readings
from web.kept import keeps_typed, typed_only
from web.language import language, t
from web.onward import onward
from web.people import current_person
from web.security import draws
from web.uploads import files_of, posted_with_files
from web.written import many, rearranges, stuck_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from engine.errors import Refusal
    from forms import Form, Problem

LAST_PAGE = 10_000

bp = Blueprint("cases", __name__)


@bp.get("/start")
def start_list() -> ResponseReturnValue:
    found = startable(connection(), current_person())
    return render_template("start_list.html", active="start", startable=found)


@bp.get("/start/<procedure>")
def start(procedure: str) -> ResponseReturnValue:
    view = cases.start_form(connection(), procedure, by=current_person())
    today = view.form.day(now())
    fresh = view.draft is None
    typed = view.form.prefill({}, today=today) if fresh else view.form.typed(many(view.draft))
    return _start_page(view, typed)


def _keep(posted: MultiDict[str, str], procedure: str) -> str:
    with transaction() as conn:
        cases.save_draft(conn, procedure, typed_only(posted), by=current_person(), now=now())
    return url_for("cases.start", procedure=procedure, kept=1)


@bp.post("/start/<procedure>")
@keeps_typed(_keep)
def open_case(procedure: str) -> ResponseReturnValue:
    posted, refused = posted_with_files(drafts.of_start(procedure), lambda: _form(procedure))
    if refused or rearranges(posted):
        return _again(procedure, posted, refused)
    try:
        with transaction() as conn:
            done = cases.open_case(conn, procedure, posted, by=current_person(), now=now())
    except InvalidAnswersError as error:
        view = cases.start_form(connection(), procedure, by=current_person())
        answers = error.answers
        return _start_page(view, answers.typed, answers.problems, refusal=error), 422
    except RunError as error:
        return _stuck(procedure, posted, error)
    return onward(done)


@bp.post("/start/<procedure>/draft")
@keeps_typed(_keep)
def save_start_draft(procedure: str) -> ResponseReturnValue:
    posted, refused = posted_with_files(drafts.of_start(procedure), lambda: _form(procedure))
    _keep(posted, procedure)
    if asked_by_script():
        return "", 204
    if refused:
        return _again(procedure, posted, refused)
    return redirect(url_for("cases.start", procedure=procedure, saved=1), 303)


@bp.get("/cases")
def index() -> ResponseReturnValue:
    query, status = request.args.get("q", "").strip(), request.args.get("status", "")
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    chosen = status if status in {"open", "ended"} else ""
    found, more = caselist.search(
        connection(), current_person(), query=query, status=chosen, page=page
    )
    return render_template(
        "cases.html", active="cases", cases=found, more=more, page=page, query=query, status=chosen
    )


@bp.get("/cases/<uuid:case_id>")
@draws
def show(case_id: UUID) -> ResponseReturnValue:
    found = dossier.case(connection(), case_id, by=current_person())
    return render_template(
        "case.html",
        active="cases",
        case=found,
        header=found.header,
        filled_forms=readings(found.filled),
        tabs=[path_tab(view, found.version) for view in found.diagrams],
        papers=found.version.bundle.papers.values(),
    )


def _form(procedure: str) -> Form:
    return cases.start_form(connection(), procedure, by=current_person()).form


def _again(
    procedure: str, posted: MultiDict[str, str], problems: Mapping[str, Problem]
) -> ResponseReturnValue:
    view = cases.start_form(connection(), procedure, by=current_person())
    typed = view.form.rearranged(posted) or view.form.typed(posted)
    return _start_page(view, typed, problems), 422 if problems else 200


def _start_page(
    view: StartView,
    typed: Mapping[str, Any],
    problems: Mapping[str, Problem] | None = None,
    *,
    refusal: Refusal | None = None,
) -> str:
    files = files_of([(view.form, typed)])
    return render_template(
        "start.html",
        active="start",
        start=view,
        form=view.form.view(typed, problems, lang=language(), files=files),
        refusal=refusal,
        problems=problems or {},
        answers_for=url_for("cases.open_case", procedure=view.procedure),
        here=url_for("cases.start", procedure=view.procedure),
    )


def _stuck(procedure: str, posted: MultiDict[str, str], error: RunError) -> ResponseReturnValue:
    typed = typed_only(posted)
    with transaction() as conn:
        by = current_person()
        number = incidents.record_start(conn, procedure, error, posted=typed, by=by, now=now())
        cases.save_draft(conn, procedure, typed, by=by, now=now())
    back = url_for("cases.start", procedure=procedure, kept=1)
    return stuck_page(t(error.zh, error.en), number, back=back), STATUS["case_stuck"]

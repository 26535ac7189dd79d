"""Cases: starting one, finding one, and the page that tells everything about one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from flask import Blueprint, redirect, render_template, request, url_for

from engine.attachments.enclosing import key_of
from engine.cases import caselist, starts
from engine.cases.sending import FIELD as SENDING
from engine.cases.sending import MARK
from engine.cases.starts import FormChangedError
from engine.clocks import clockview
from engine.clocks.pausing import may_pause
from engine.flexible.offering import offered_in
from engine.going_back.caseview import offered_acts
from engine.history import dossier
from engine.incidents import incidentlist, recording
from engine.linking.opened import FIELD as FOLLOWS
from engine.linking.relations import RELATIONS
from engine.substituting.acting import concerns
from engine.tasks import drafts
from engine.tasks.hindrances import hindrances
from engine.tasks.inbox import startable
from web import answering
from web.answering import Shown, Subject
from web.clock import now
from web.database import connection, transaction
from web.drawings import clause_titles, path_tab
from web.filled import readings
from web.kept import keeps_typed, posted_values
from web.once import said_once
from web.people import current_person
from web.security import draws

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from werkzeug.datastructures import MultiDict

    from engine.cases.starts import StartView
    from engine.spiff import Names
    from web.kept import Kept

LAST_PAGE = 10_000

bp = Blueprint("cases", __name__)


@bp.get("/start")
def start_list() -> ResponseReturnValue:
    found = startable(connection(), current_person())
    return render_template("start_list.html", active="start", startable=found)


def _subject(procedure: str) -> Subject[StartView]:
    by, at = current_person(), now()
    return Subject(
        draft=drafts.of_start(procedure),
        here=lambda: url_for("cases.start", procedure=procedure),
        view=lambda: starts.start_form(connection(), procedure, by=by),
        fresh=lambda view: view.form.prefill({}, today=view.form.day(at)),
        page=_start_page,
        save=lambda conn, typed: starts.save_draft(conn, procedure, typed, by=by, now=at),
        send=lambda conn, posted: starts.open_case(conn, procedure, posted, by=by, now=at),
        record=lambda conn, error, typed: recording.record_start(
            conn, procedure, error, posted=typed, by=by, now=at
        ),
    )


def _keep(posted: MultiDict[str, str], procedure: str) -> str:
    return answering.keep(_subject(procedure), posted)


@bp.get("/start/<procedure>")
def start(procedure: str) -> ResponseReturnValue:
    return answering.show(_subject(procedure))


@bp.post("/start/<procedure>")
@keeps_typed(_keep)
def open_case(procedure: str) -> ResponseReturnValue:
    return answering.send(_subject(procedure))


@bp.post("/start/<procedure>/draft")
@keeps_typed(_keep)
def save_start_draft(procedure: str) -> ResponseReturnValue:
    return answering.save_draft(_subject(procedure))


@bp.post("/start/<procedure>/draft/drop")
def drop_start_draft(procedure: str) -> ResponseReturnValue:
    """Throw a person's own draft away, for a form that is empty again."""
    with transaction() as conn:
        drafts.drop_mine(conn, drafts.of_start(procedure), by=current_person())
    return redirect(url_for("cases.start", procedure=procedure), 303)


@bp.get("/cases")
def index() -> ResponseReturnValue:
    query, status = request.args.get("q", "").strip(), request.args.get("status", "")
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    chosen = status if status in {"open", "suspended", "ended"} else ""
    found, more = caselist.search(
        connection(), current_person(), query=query, status=chosen, page=page
    )
    return render_template(
        "cases.html", active="cases", cases=found, more=more, page=page, query=query, status=chosen
    )


@bp.get("/cases/<uuid:case_id>")
@draws
def show(case_id: UUID) -> ResponseReturnValue:
    by = current_person()
    found = dossier.case(connection(), case_id, by=by)
    is_open, waiting = found.header.status == "open", {step.role for step in found.open_steps}
    stands = not is_open or found.header.suspended is not None
    return render_template(
        "case.html",
        reckonings=clockview.of_case(connection(), case_id, by=by),
        paused=found.header.paused if is_open else None,
        may_pause=is_open and may_pause(by.roles, waiting),
        hindered=hindrances(connection(), found.version, case_id, by=by) if is_open else {},
        doable={
            step.task_id
            for step in found.open_steps
            if concerns(by, step.role, step.place, found.version.compiled.id)
        },
        active="cases",
        case=found,
        header=found.header,
        filled_forms=readings(found.filled),
        tabs=[path_tab(view, found.version) for view in found.diagrams],
        clause_titles=clause_titles(found.version),
        held=incidentlist.holding(connection(), case_id),
        acts={} if stands else offered_in(connection(), found.version, case_id, by=by),
        whole=offered_acts(connection(), case_id, by=by, now=now()),
        once=said_once()[0],
        papers=found.version.bundle.papers.values(),
    )


def _start_page(view: StartView, shown: Shown) -> str:
    was_told = isinstance(shown.refusal, FormChangedError)
    mark = None if was_told else request.form.get(MARK)
    kept = (view.draft or {}).get(SENDING, [])
    following = request.form.getlist(FOLLOWS) or (view.draft or {}).get(FOLLOWS, [])
    return render_template(
        "start.html",
        active="start",
        start=view,
        following=following,
        follows=_follows(following),
        shown=shown,
        unasked=_unasked(view) if was_told else [],
        sending=request.form.get(SENDING) or next(iter(kept), uuid4().hex),
        mark=mark or view.mark,
        answers_for=url_for("cases.open_case", procedure=view.procedure),
    )


def _follows(following: list[str]) -> tuple[UUID, Names] | None:
    """Return the case that a start form follows, and what the new one will be to it."""
    key, relation, *_ = [*following, "", ""]
    known, case = RELATIONS.get(relation), key_of(key)
    return None if known is None or case is None else (case, known.there)


def _unasked(view: StartView) -> list[Kept]:
    """Return what was typed into fields that the form has no longer."""
    typed = [one for one in posted_values() if one.label and one.value]
    return [one for one in typed if one.name.split(".")[0] not in view.form.by_name]

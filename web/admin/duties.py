"""Duties: what the clock starts, when the next time, what it started, and its switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from engine.duties import planning
from engine.duties.dutyview import all_duties
from engine.duties.starting import start_now
from engine.reasons import BadReasonError
from engine.roles import PROCESS_OWNER
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.people import current_person

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

bp = section("duties", "定期任务", "Duties", roles={PROCESS_OWNER})


@bp.get("")
def index() -> ResponseReturnValue:
    return _page()


def _page(*, refusal: Refusal | None = None, refused: str | None = None) -> str:
    """Show all; ``refused`` is the procedure for which a reason is wanted."""
    found = all_duties(connection())
    return render_template("admin/duties.html", duties=found, refusal=refusal, refused=refused)


@bp.post("/<procedure>/on")
def turn_on(procedure: str) -> ResponseReturnValue:
    return _switched(planning.switch_on, procedure)


@bp.post("/<procedure>/off")
def turn_off(procedure: str) -> ResponseReturnValue:
    return _switched(planning.switch_off, procedure)


def _why(procedure: str) -> str:
    """Return the reason that was typed for one of the duties of the page."""
    return request.form.get(f"why.{procedure}", "")


def _switched(switch: Callable[..., None], procedure: str) -> ResponseReturnValue:
    """Switch it, with the reason that is typed beside the switch."""
    why = _why(procedure)
    try:
        with transaction() as conn:
            switch(conn, procedure, why=why, by=current_person(), now=now())
    except BadReasonError as refusal:
        return _page(refusal=refusal, refused=procedure), 422
    return redirect(url_for("admin_duties.index", _anchor=procedure), 303)


@bp.post("/<procedure>/start")
def start(procedure: str) -> ResponseReturnValue:
    """Start one beside the rounds, with the reason that is typed beside it."""
    why = _why(procedure)
    try:
        with transaction() as conn:
            case_id = start_now(conn, procedure, why=why, by=current_person(), now=now())
    except BadReasonError as refusal:
        return _page(refusal=refusal, refused=procedure), 422
    return redirect(url_for("cases.show", case_id=case_id), 303)

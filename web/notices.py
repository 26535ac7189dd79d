"""Notices: what the procedures have told this person, until put away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from engine import notices
from web.clock import now
from web.database import connection, transaction
from web.kept import local_path
from web.people import current_person

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

SHOWN = 50
LAST = 2**63 - 1
"""The highest number that a notice can have."""

bp = Blueprint("notices", __name__)


@bp.get("/notices")
def show() -> ResponseReturnValue:
    unseen = notices.unseen(connection(), current_person(), limit=SHOWN)
    return render_template("notices.html", active="notices", notices=unseen)


@bp.post("/notices/seen")
def mark_seen() -> ResponseReturnValue:
    keys = [key for key in request.form.getlist("id", type=int) if 0 < key <= LAST]
    with transaction() as conn:
        notices.mark_seen(conn, keys, by=current_person(), now=now())
    return redirect(local_path(request.form.get("next"), url_for("notices.show")), 303)

"""Starting an event that the diagram offers on a case."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, url_for
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from engine.cases import beginning
from engine.errors import Refusal
from web.clock import now
from web.database import transaction
from web.onward import onward
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

bp = Blueprint("events", __name__)


@bp.post("/cases/<uuid:case_id>/events/<uuid:wait_id>")
def begin(case_id: UUID, wait_id: UUID) -> ResponseReturnValue:
    """Start it, and lead on to the person's own task, or back to the case."""
    try:
        with transaction() as conn:
            done = beginning.begin(conn, case_id, wait_id, by=current_person(), now=now())
    except (Refusal, HTTPException, OperationalError):
        raise
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes an incident
        return _stuck(case_id, wait_id, error)
    if done.next_task is not None:
        return onward(done, "begun")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _stuck(case_id: UUID, wait_id: UUID, error: Exception) -> ResponseReturnValue:
    with transaction() as conn:
        number = beginning.record(conn, case_id, wait_id, error, by=current_person(), now=now())
    back = url_for("cases.show", case_id=case_id)
    page = render_template("errors/not_started.html", incident=number, back=back)
    return page, 500

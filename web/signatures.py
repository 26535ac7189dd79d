"""Signing what somebody was asked to sign: read first, then agreed to or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from engine.acts.signing import ASKS
from engine.acts.table import ACTS
from engine.flexible.signing import sign
from engine.flexible.signview import sign_view
from engine.reasons import BadReasonError
from web.clock import now
from web.database import connection, transaction
from web.filled import for_reading, readings
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

bp = Blueprint("signatures", __name__, url_prefix="/signatures/<uuid:key>")


@bp.get("")
def show(key: UUID) -> ResponseReturnValue:
    return _page(key)


@bp.post("")
def give(key: UUID) -> ResponseReturnValue:
    answer, opinion = request.form.get("answer", ""), request.form.get("opinion", "")
    view = sign_view(connection(), key, by=current_person())
    try:
        with transaction() as conn:
            sign(conn, key, answer, opinion, by=current_person(), now=now())
    except BadReasonError as refusal:
        return _page(key, refusal), 422
    return redirect(url_for("inbox.show", done=view.asked.case_id, signed=key), 303)


def _page(key: UUID, refusal: Refusal | None = None) -> str:
    view = sign_view(connection(), key, by=current_person())
    return render_template(
        "sign.html",
        active="inbox",
        view=view,
        act=ACTS["sign"],
        follows=ASKS[view.asked.place],
        refusal=refusal,
        typed=request.form.get("opinion", ""),
        answers=readings([view.answers] if view.answers else []),
        facts=for_reading(view.shows, view.shown),
    )

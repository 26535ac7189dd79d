"""Staff: who there is, and the handing over of what somebody has in hand who leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from engine import people
from engine.errors import NotFoundError
from engine.going_back.seen import PreviewChangedError
from engine.reasons import BadReasonError
from engine.roles import OPERATOR
from engine.substituting import handing_over
from engine.substituting.leaving import leaving
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
    from engine.people import Person

bp = section("staff", "人员", "Staff", roles={OPERATOR})


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template(
        "admin/staff.html", staff=people.all_people(connection()), once=said_once()[0]
    )


@bp.get("/<uuid:key>/leaving")
def show(key: UUID) -> ResponseReturnValue:
    return _page(_person(key), request.args.getlist("to"))


@bp.post("/<uuid:key>/leaving")
def leave(key: UUID) -> ResponseReturnValue:
    who, to, why = _person(key), request.form.getlist("to"), request.form.get("reason", "")
    seen, by = request.form.get("seen", ""), current_person()
    try:
        with transaction() as conn:
            handing_over.leave(conn, who.login, to, why, seen=seen, by=by, now=now())
    except (BadReasonError, PreviewChangedError) as refusal:
        return _page(who, to, refusal), status_of(refusal)
    there = url_for("admin_staff.index")
    say_once(there, "left")
    return redirect(there, 303)


def _person(key: UUID) -> Person:
    found = people.person(connection(), key)
    if found is None:
        raise NotFoundError
    return found


def _page(who: Person, to: list[str], refusal: Refusal | None = None) -> str:
    conn = connection()
    others = [one for one in people.all_people(conn) if one.id != who.id]
    return render_template(
        "admin/leaving.html",
        found=leaving(conn, who.login, to, now=now()),
        colleagues=[one for one in others if one.roles & who.roles],
        others=[one for one in others if not one.roles & who.roles],
        to=to,
        refusal=refusal,
    )

"""The inbox: what waits for a person, kept fresh by a poll that is silent while nothing changes."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

import orjson
from flask import Blueprint, make_response, render_template, request

from engine import notices
from engine.errors import NotFoundError
from engine.flexible.lent import lent_by
from engine.flexible.signview import asked_of, sign_view
from engine.going_back.caseview import may_take_back
from engine.substituting.desks import desks
from engine.tasks.inbox import Inbox, inbox, startable
from web.clock import now
from web.database import connection
from web.guard import quiet
from web.language import clock, language
from web.onward import whence
from web.people import current_person

if TYPE_CHECKING:
    from flask import Response
    from flask.typing import ResponseReturnValue

    from engine.flexible.lent import Lent
    from engine.flexible.signview import Asked, SignView
    from engine.substituting.desks import Desk

NOTICES_SHOWN = 6

bp = Blueprint("inbox", __name__)


@bp.get("/")
def show() -> ResponseReturnValue:
    conn, by = connection(), current_person()
    waiting, represented = inbox(conn, by, now=now()), desks(conn, by)
    asked, lent = asked_of(conn, by), lent_by(conn, by)
    return render_template(
        "inbox.html",
        active="inbox",
        inbox=waiting,
        desks=represented,
        asked=asked,
        lent=lent,
        tag=_tag(waiting, represented, asked, lent),
        startable=startable(conn, by),
        notices=notices.unseen(conn, by, limit=NOTICES_SHOWN),
        signed=_signed(),
        done=(just_done := whence("done")),
        may_withdraw=just_done is not None
        and may_take_back(connection(), just_done.header.id, by=by),
    )


def _signed() -> SignView | None:
    """Return the signature that was just given, None once its task is over, or if none was."""
    try:
        return sign_view(connection(), UUID(request.args["signed"]), by=current_person())
    except (KeyError, ValueError, NotFoundError):
        return None


@bp.get("/inbox/rows")
@quiet
def rows() -> ResponseReturnValue:
    """Return the lists alone, or 304 while they are what the page already shows."""
    conn, by = connection(), current_person()
    waiting, represented = inbox(conn, by, now=now()), desks(conn, by)
    asked, lent = asked_of(conn, by), lent_by(conn, by)
    tag = _tag(waiting, represented, asked, lent)
    if tag in request.if_none_match:
        return "", 304
    page = render_template(
        "_inbox_rows.html", inbox=waiting, desks=represented, asked=asked, lent=lent
    )
    return tagged(page, tag)


def tagged(page: str, tag: str) -> Response:
    """Return a fragment that the browser may keep, but has to ask about."""
    response = make_response(page)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _tag(waiting: Inbox, represented: list[Desk], asked: list[Asked], lent: list[Lent]) -> str:
    lists = [waiting.mine, waiting.shared, *(desk.items for desk in represented)]
    states = [clock(item.due).state for listed in lists for item in listed if item.due]
    said = [waiting, represented, asked, lent, states, language()]
    return sha256(orjson.dumps(said, default=sorted)).hexdigest()[:32]

"""Messages: what is kept for nobody yet, what is stuck, and what became of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from engine.messages import mailbox, outside
from engine.reasons import BadReasonError
from engine.roles import ADMINISTRATORS
from web.admin.sections import section
from web.clock import now
from web.database import connection, transaction
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from engine.errors import Refusal

STATES = {
    "kept": ("留存", "Kept"),
    "stuck": ("受阻", "Stuck"),
    "delivered": ("已送达", "Delivered"),
    "dropped": ("已作废", "Dropped"),
}
LAST_PAGE = 10_000


bp = section("messages", "消息", "Messages", roles=ADMINISTRATORS)


@bp.get("")
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/<uuid:key>/drop")
def drop(key: UUID) -> ResponseReturnValue:
    """Give a message up, with the reason that is typed beside it."""
    try:
        with transaction() as conn:
            reason = request.form.get(f"reason.{key}", "")
            outside.drop(conn, key, reason, by=current_person(), now=now())
    except BadReasonError as refusal:
        return _page(refusal=refusal, refused=key), 422
    chosen = _chosen()
    there = url_for(".index", status=chosen["status"], name=chosen["name"] or None, dropped=1)
    return redirect(there, 303)


def _page(*, refusal: Refusal | None = None, refused: UUID | None = None) -> str:
    conn, chosen = connection(), _chosen()
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    status, name = chosen["status"], chosen["name"]
    found, more = mailbox.letters(conn, status=status, name=name, page=page)
    return render_template(
        "admin/messages.html",
        letters=found,
        more=more,
        page=page,
        status=status,
        name=name,
        states=STATES,
        counts=mailbox.counts(conn),
        names=mailbox.names(conn, status=status),
        refusal=refusal,
        refused=refused,
    )


def _chosen() -> dict[str, str]:
    status = request.args.get("status", "")
    return {
        "status": status if status in STATES else "kept",
        "name": request.args.get("name", "").strip(),
    }

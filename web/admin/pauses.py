"""What stands: every paused clock and every suspended case, the longest first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import render_template, request

from engine.clocks.pausedlist import paused
from engine.roles import ADMINISTRATORS
from web.admin.sections import section
from web.clock import now
from web.database import connection
from web.people import current_person

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LAST_PAGE: Final = 10_000

bp = section("pauses", "暂停", "Paused", roles=ADMINISTRATORS)


@bp.get("")
def index() -> ResponseReturnValue:
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found, more = paused(connection(), by=current_person(), page=page)
    return render_template("admin/pauses.html", pauses=found, more=more, page=page, now=now())

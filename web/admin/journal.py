"""The company's journal: what belongs to no single case, by time, and whether it verifies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import render_template, request

from engine.history import journal
from engine.history.journalview import GROUPS, lines
from engine.roles import ADMINISTRATORS
from engine.verifying.journalled import astray
from web.admin.sections import section
from web.database import connection

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

LAST_PAGE: Final = 10_000

bp = section("journal", "日志", "Journal", roles=ADMINISTRATORS)


@bp.get("")
def index() -> ResponseReturnValue:
    conn, chosen = connection(), request.args.get("group", "")
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    group = chosen if chosen in GROUPS else ""
    found, more = lines(conn, group=group, page=page)
    said = journal.follow(conn)
    return render_template(
        "admin/journal.html",
        lines=found,
        more=more,
        page=page,
        group=group,
        groups=GROUPS,
        said=said,
        astray=list(astray(conn, said)),
    )

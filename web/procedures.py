"""The procedures in force, to be read: their diagrams, decision tables and forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, abort, render_template, request

from engine import procedures
from engine.errors import NotFoundError
from engine.spiff import picture
from engine.versioning.listing import State, all_versions
from web.database import connection
from web.drawings import clause_titles, plain_tab, whose
from web.guaranteed import guaranteed
from web.people import current_person
from web.security import draws

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

UNTOUCHED = "private, max-age=31536000, immutable"
LAST = 2**31 - 1
"""The highest number that a version can have."""

bp = Blueprint("procedures", __name__)


@bp.get("/procedures")
def index() -> ResponseReturnValue:
    found = procedures.all_in_force(connection())
    return render_template("procedures.html", active="procedures", versions=found)


@bp.get("/procedures/<procedure>")
@draws
def show(procedure: str) -> ResponseReturnValue:
    _check_staff()
    version = procedures.in_force(connection(), procedure)
    tabs = [plain_tab(drawn, version) for drawn in version.compiled.diagrams.values()]
    tabs.sort(key=lambda tab: tab.process != version.compiled.id)
    return render_template(
        "procedure.html",
        active="procedures",
        version=version,
        planned=[v for v in all_versions(connection(), procedure) if v.state is State.PLANNED],
        tabs=tabs,
        clause_titles=clause_titles(version),
        whose=whose(version),
        guarantees=guaranteed(version),
    )


@bp.get(f"/versions/<int(max={LAST}):version_id>/<process>.bpmn")
def diagram(version_id: int, process: str) -> ResponseReturnValue:
    """Give one diagram of a published version; it never changes."""
    _check_staff()
    found = procedures.version(connection(), version_id).compiled.diagrams.get(process)
    if found is None:
        abort(404)
    response = Response(found.xml, mimetype="application/xml")
    response.headers["Cache-Control"] = UNTOUCHED
    response.add_etag()
    return response.make_conditional(request)


@bp.get(f"/versions/<int(max={LAST}):version_id>/<process>.<any(zh, en):lang>.svg")
def drawing(version_id: int, process: str, lang: str) -> ResponseReturnValue:
    """Give one diagram of a published version as a picture; browsers ask whether it is the same.

    The version never changes, but another release may draw it better.
    """
    _check_staff()
    found = procedures.version(connection(), version_id).compiled.diagrams.get(process)
    if found is None:
        abort(404)
    response = Response(picture(found.file, found.xml, lang), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


def _check_staff() -> None:
    """Refuse people without any role (NotFoundError)."""
    if not current_person().is_staff:
        raise NotFoundError

"""Incidents: what failed, with its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from engine.incidents import unresolved
from engine.roles import OPERATOR
from web.admin.sections import section
from web.database import connection

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = section("incidents", "异常", "Incidents", roles={OPERATOR})


@bp.get("")
def index() -> ResponseReturnValue:
    return render_template("admin/incidents.html", incidents=unresolved(connection()))

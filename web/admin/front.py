"""The way in: whoever may see a section of administration is led to the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, url_for

from engine.roles import ADMINISTRATORS, check_holds
from web.admin.sections import sections_of
from web.database import connection
from web.people import current_person

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("admin", __name__, url_prefix="/admin")


@bp.get("")
def index() -> ResponseReturnValue:
    check_holds(connection(), current_person(), ADMINISTRATORS)
    seen = sections_of(current_person())
    return redirect(url_for(seen[0].endpoint if seen else "inbox.show"), 303)

"""Whether this process and its database answer, for whoever watches over them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from flask import Blueprint

from web.database import connection
from web.guard import bare

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@bare
def check() -> ResponseReturnValue:
    """Answer 200 when the database does, 503 when it does not."""
    try:
        connection().execute(sa.text("select 1"))
    except sa.exc.SQLAlchemyError:
        return {"database": "away"}, 503
    return {"database": "ok"}

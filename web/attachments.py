"""The original bytes of an attachment, given back so that they can do no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Blueprint, Response, request

from engine import attachments
from web.database import connection, keep_open
from web.people import current_person

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf"})
LOCKED_UP = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
ASK_FIRST = "no-cache, private"
"""A browser may keep the bytes, but has to ask each time whether their reader is still let in."""

bp = Blueprint("attachments", __name__)


@bp.get("/attachments/<uuid:key>")
def show(key: UUID) -> ResponseReturnValue:
    """Give an attachment back: pictures and PDF in the page, everything else as a download."""
    conn = connection()
    kept, chunks = attachments.open_chunks(conn, key, by=current_person())
    digest = kept.sha256.hex()
    known = digest in request.if_none_match
    response = Response(status=304) if known else Response(chunks, mimetype=kept.type)
    response.set_etag(digest)
    response.headers["Cache-Control"] = ASK_FIRST
    if known:
        return response
    response.call_on_close(keep_open(conn))
    response.content_length = kept.size
    place = "inline" if kept.type in INLINE else "attachment"
    response.headers["Content-Disposition"] = f"{place}; filename*=UTF-8''{quote(kept.name)}"
    response.headers["Content-Security-Policy"] = LOCKED_UP
    return response

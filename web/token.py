"""A form is taken from our own pages only: each session has a token, which they send along."""

from __future__ import annotations

import secrets
from hmac import compare_digest

from flask import request, session

FIELD, HEADER = "csrf_token", "X-CSRFToken"


class StaleTokenError(Exception):
    """What was posted came without the token of this session: from elsewhere, or an older one."""


def token() -> str:
    """Return the token of this session, made when a page first needs it."""
    if FIELD not in session:
        session[FIELD] = secrets.token_urlsafe(24)
    kept: str = session[FIELD]
    return kept


def check_token() -> None:
    """Let a request pass that sends the token of its session. Raises StaleTokenError."""
    sent = request.form.get(FIELD) or request.headers.get(HEADER, "")
    kept = session.get(FIELD)
    if kept is None or not compare_digest(sent.encode(), kept.encode()):
        raise StaleTokenError

"""The moment of a request: read once, so that history, deadlines and pages agree."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import g


def now() -> datetime:
    """Return when this request began, aware and in UTC."""
    if "now" not in g:
        g.now = datetime.now(UTC)
    moment: datetime = g.now
    return moment

"""Tidying: what was typed or uploaded and never sent is forgotten after a month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from engine.attachments import SWEEPING
from engine.incidents import closing
from engine.tables import attachments, blobs, drafts

if TYPE_CHECKING:
    from datetime import datetime

KEPT = timedelta(days=30)
BATCH = 100
"""Rows of a table that one transaction deletes at most, so that it holds nobody up."""


def tidy(conn: sa.Connection, *, now: datetime) -> int:
    """Delete one batch of what is older than 30 days; return how many rows went, 0 when all have.

    These are drafts, files that were sent with no form and stand in no younger draft, and contents
    that no file refers to. What somebody holds at this moment is left for the next time.
    Incidents of which nothing is left to do are closed.
    """
    until = now - KEPT
    draft = sa.tuple_(drafts.c.person_id, drafts.c.subject)
    old = sa.select(drafts.c.person_id, drafts.c.subject).where(drafts.c.at < until)
    gone = conn.execute(sa.delete(drafts).where(draft.in_(_some(old)))).rowcount
    unsent = _some(sa.select(attachments.c.id).where(*_unsent(until)))
    gone += conn.execute(sa.delete(attachments).where(attachments.c.id.in_(unsent))).rowcount
    closing.settle(conn, now=now)
    return gone + _sweep(conn)


def _some(wanted: sa.Select[Any]) -> sa.Select[Any]:
    """Give a batch of rows, chosen once: a plan may ask a plain subquery anew for each row."""
    return sa.select(wanted.limit(BATCH).with_for_update(skip_locked=True).cte())


def _unsent(until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    drafted = sa.exists().where(
        drafts.c.person_id == attachments.c.uploaded_by,
        drafts.c.subject == attachments.c.subject,
        drafts.c.at >= until,
    )
    return attachments.c.case_id.is_(None), attachments.c.at < until, sa.not_(drafted)


def _sweep(conn: sa.Connection) -> int:
    """Delete contents that nobody refers to, unless somebody is storing a file just now."""
    if not conn.scalar(SWEEPING):
        return 0
    named = sa.exists().where(attachments.c.sha256 == blobs.c.sha256)
    lost = sa.select(blobs.c.sha256).where(blobs.c.part == 0, sa.not_(named)).limit(BATCH)
    return conn.execute(sa.delete(blobs).where(blobs.c.sha256.in_(lost))).rowcount

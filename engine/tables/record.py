"""What cannot be changed unnoticed: entries of cases, the journal, and attached files."""

from __future__ import annotations

import sqlalchemy as sa

from engine.tables.base import Key, Moment, metadata

entries = sa.Table(
    "entries",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("seq", sa.Integer, primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("actor", Key, nullable=True),
    sa.Column("acted_for", Key, nullable=True, comment="Whom a substitute did it for."),
    sa.Column("task_id", Key, nullable=True),
    sa.Column("timer_id", Key, nullable=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("answers", sa.LargeBinary, nullable=True),
    sa.Column("salt", sa.LargeBinary, nullable=True),
    sa.Column("hash", sa.LargeBinary, nullable=False),
)
sa.Index(
    "uq_entries_case_id_timer_id",
    entries.c.case_id,
    entries.c.timer_id,
    unique=True,
    postgresql_where=entries.c.timer_id.is_not(None),
)
sa.Index(
    "ix_entries_acted_for",
    entries.c.acted_for,
    entries.c.at.desc(),
    postgresql_where=entries.c.acted_for.is_not(None),
)
sa.Index("ix_entries_task_id", entries.c.task_id, postgresql_where=entries.c.task_id.is_not(None))
sa.Index(
    "ix_entries_deadline_moved", entries.c.at, postgresql_where=entries.c.kind == "deadline_moved"
)

journal = sa.Table(
    "journal",
    metadata,
    sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the last hash + body."),
    comment="Acts that belong to no single case: versions, substitutions, batches of moves.",
)

blobs = sa.Table(
    "blobs",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("part", sa.Integer, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

attachments = sa.Table(
    "attachments",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=True, index=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("sha256", sa.LargeBinary, nullable=False),
    sa.Column("uploaded_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("at", Moment, nullable=False),
)

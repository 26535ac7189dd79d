"""Versions of procedures with their files, and the batches that move cases between them."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from engine.tables.base import Key, Moment, metadata

files = sa.Table(
    "files",
    metadata,
    sa.Column("sha256", sa.LargeBinary, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

DROPS = "Guarantees and clauses of the version before: [kind, id, zh, en]."

versions = sa.Table(
    "versions",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("start_role", sa.Text, nullable=False),
    sa.Column("start_message", sa.Text, nullable=False),
    sa.Column("start_signal", sa.Text, nullable=False, server_default=""),
    sa.Column(
        "awaits",
        JSONB,
        nullable=False,
        server_default="{}",
        comment="Messages that its cases wait for, with the names of their keys.",
    ),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("published_by", Key, sa.ForeignKey("people.id"), nullable=True),
    sa.Column("published_at", Moment, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text, nullable=False, server_default="files"),
    sa.Column("based_on", sa.ForeignKey("versions.id"), nullable=True),
    sa.Column("again_of", sa.ForeignKey("versions.id"), nullable=True),
    sa.Column("begins_at", Moment, nullable=False, comment="From when it is to be in force."),
    sa.Column("began_at", Moment, nullable=True, comment="Since when it was; null while planned."),
    sa.Column("withdrawn_at", Moment, nullable=True),
    sa.Column("withdrawn_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("withdrawn_for", sa.Text, nullable=True, comment="Why it never came into force."),
    sa.Column("dropped", JSONB, nullable=False, server_default="[]", comment=DROPS),
    sa.UniqueConstraint("procedure", "number"),
    sa.CheckConstraint("source in ('files', 'product', 'again')", name="source"),
    sa.CheckConstraint("began_at is null or withdrawn_at is null", name="withdrawn"),
)
sa.Index(
    "uq_versions_in_force", versions.c.procedure, unique=True, postgresql_where=versions.c.in_force
)
sa.Index(
    "uq_versions_planned",
    versions.c.procedure,
    versions.c.begins_at,
    unique=True,
    postgresql_where=sa.and_(versions.c.began_at.is_(None), versions.c.withdrawn_at.is_(None)),
)

version_files = sa.Table(
    "version_files",
    metadata,
    sa.Column("version_id", sa.ForeignKey("versions.id"), primary_key=True),
    sa.Column("path", sa.Text, primary_key=True),
    sa.Column("sha256", sa.ForeignKey("files.sha256"), nullable=False),
)

transfers = sa.Table(
    "transfers",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("to_version", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("due", sa.Text, nullable=False, comment="When timers drawn otherwise are due."),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("begun_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("begun_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True, comment="Carried out, or given up."),
    sa.Column("ended_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("ended_for", JSONB, nullable=True, comment="Why none moved, [zh, en]."),
    sa.CheckConstraint("due in ('kept', 'drawn')", name="due"),
)

transfer_cases = sa.Table(
    "transfer_cases",
    metadata,
    sa.Column("transfer_id", sa.ForeignKey("transfers.id"), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("from_version", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("verdict", sa.Text, nullable=True, comment="Null until it was looked at."),
    sa.Column("told", JSONB, nullable=False, server_default="{}"),
    sa.Column("moved_at", Moment, nullable=True),
    sa.CheckConstraint("verdict in ('same_place', 'new_step', 'cannot', 'ended')", name="verdict"),
)
sa.Index("ix_transfer_cases_case_id", transfer_cases.c.case_id)

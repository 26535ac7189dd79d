"""The company: its settings, roles and people, who stands in for whom, failed sign-ins."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from engine.tables.base import Key, Moment, metadata

settings = sa.Table(
    "settings",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("value", JSONB, nullable=False),
)

roles = sa.Table(
    "roles",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
)

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("lang", sa.Text, nullable=False, server_default="zh"),
    sa.Column("roles", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("generation", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", Moment, nullable=False),
)
sa.Index("ix_people_roles", people.c.roles, postgresql_using="gin")

substitutions = sa.Table(
    "substitutions",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("substitute_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("begins", Moment, nullable=False),
    sa.Column("ends", Moment, nullable=False, comment="The first moment that is out of it."),
    sa.Column("procedure", sa.Text, nullable=True, comment="Null for all of them."),
    sa.Column(
        "steps",
        ARRAY(sa.Text),
        nullable=False,
        server_default="{}",
        comment="process:element of those that it is limited to; empty for all.",
    ),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True, comment="When somebody ended it early."),
    sa.Column("ended_by", sa.ForeignKey("people.id"), nullable=True),
    sa.CheckConstraint("begins < ends", name="period"),
    sa.CheckConstraint("person_id <> substitute_id", name="oneself"),
)
sa.Index(
    "ix_substitutions_substitute_id",
    substitutions.c.substitute_id,
    substitutions.c.ends,
    postgresql_where=substitutions.c.ended_at.is_(None),
)
sa.Index("ix_substitutions_person_id", substitutions.c.person_id, substitutions.c.ends)

sign_in_failures = sa.Table(
    "sign_in_failures",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_sign_in_failures_subject_at", "subject", "at"),
)

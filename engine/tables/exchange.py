"""What reaches cases from outside and fails in them: messages, calls, incidents."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from engine.tables.base import Key, Moment, metadata

waits = sa.Table(
    "waits",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("keys", JSONB, nullable=False),
    sa.Column("correlation", sa.LargeBinary, nullable=False),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("offered", ARRAY(sa.Text), nullable=False),
    sa.Column("since", Moment, nullable=False),
    sa.CheckConstraint("kind in ('message', 'signal')", name="kind"),
    sa.Index("ix_waits_correlation", "correlation", "since", "id"),
    comment="Messages and signals that open cases wait for: a projection of their state.",
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("keys", JSONB, nullable=False),
    sa.Column("correlation", sa.LargeBinary, nullable=False),
    sa.Column("payload", sa.LargeBinary, nullable=False),
    sa.Column("idempotency", sa.Text, nullable=True, unique=True),
    sa.Column("digest", sa.LargeBinary, nullable=False),
    sa.Column("seal", sa.LargeBinary, nullable=False, comment="Of the digest and who sent it."),
    sa.Column("sent_at", Moment, nullable=False),
    sa.Column("sent_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("sent_from", sa.ForeignKey("cases.id"), nullable=True),
    sa.Column("wait_id", Key, nullable=True, comment="The one wait that it is meant for."),
    sa.Column("procedure", sa.Text, nullable=True, comment="The procedure that a signal starts."),
    sa.Column("status", sa.Text, nullable=False, server_default="kept"),
    sa.Column("settled_at", Moment, nullable=True),
    sa.Column("settled_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("reason", sa.Text, nullable=True, comment="Why somebody has dropped it."),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=True),
    sa.CheckConstraint("kind in ('message', 'signal')", name="kind"),
    sa.CheckConstraint("status in ('kept', 'delivered', 'dropped', 'stuck')", name="status"),
)
sa.Index(
    "ix_messages_kept",
    messages.c.sent_at,
    messages.c.id,
    postgresql_where=messages.c.status == "kept",
)
sa.Index(
    "ix_messages_correlation",
    messages.c.correlation,
    postgresql_where=messages.c.status == "kept",
)
sa.Index("ix_messages_name", messages.c.name, postgresql_where=messages.c.status == "kept")
sa.Index(
    "ix_messages_wait_id",
    messages.c.wait_id,
    postgresql_where=sa.and_(messages.c.status == "kept", messages.c.wait_id.is_not(None)),
)
sa.Index(
    "ix_messages_procedure",
    messages.c.procedure,
    postgresql_where=sa.and_(messages.c.status == "kept", messages.c.procedure.is_not(None)),
)
sa.Index("ix_messages_status", messages.c.status, messages.c.sent_at, messages.c.id)
sa.Index(
    "ix_messages_sent_from",
    messages.c.sent_from,
    postgresql_where=messages.c.sent_from.is_not(None),
)
sa.Index(
    "ix_messages_case_id", messages.c.case_id, postgresql_where=messages.c.case_id.is_not(None)
)

calls = sa.Table(
    "calls",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("operator", sa.Text, nullable=False),
    sa.Column("parameters", sa.LargeBinary, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=True, comment="Of the digest in the entry."),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_try", Moment, nullable=True),
    sa.Column("status", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("result", sa.LargeBinary, nullable=True, comment="Answered, not yet taken in."),
    sa.Column("seal", sa.LargeBinary, nullable=True, comment="Of the answer that is kept."),
    sa.Column("settled_at", Moment, nullable=True),
    sa.CheckConstraint("status in ('waiting', 'done', 'failed', 'cancelled')", name="status"),
    comment="What service tasks have asked a connector for; run by workers after the commit.",
)
sa.Index("ix_calls_next_try", calls.c.next_try, postgresql_where=calls.c.status == "waiting")

incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("task_id", Key, nullable=True),
    sa.Column("subject", Key, nullable=True, comment="The message or call that it is about."),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("process", sa.Text, nullable=False),
    sa.Column("element", sa.Text, nullable=False),
    sa.Column("expression", sa.Text, nullable=True),
    sa.Column("variable", sa.Text, nullable=True),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("answers", sa.LargeBinary, nullable=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False, server_default="1"),
    sa.Column("tried_at", Moment, nullable=False),
    sa.Column("resolved_at", Moment, nullable=True),
    sa.Column("sent_at", Moment, nullable=True, comment="When its person had last sent it."),
)
sa.Index("ix_incidents_open", incidents.c.id, postgresql_where=incidents.c.resolved_at.is_(None))
sa.Index(
    "ix_incidents_task_id",
    incidents.c.task_id,
    postgresql_where=sa.and_(incidents.c.resolved_at.is_(None), incidents.c.task_id.is_not(None)),
)

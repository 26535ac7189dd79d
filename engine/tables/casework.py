"""Cases, what ties them together, and the numbers that they are given."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from engine.tables.base import Key, Moment, metadata

counters = sa.Table(
    "counters",
    metadata,
    sa.Column("series", sa.Text, primary_key=True),
    sa.Column("value", sa.Integer, nullable=False),
)

case_codes = sa.Sequence("case_codes", start=1001, metadata=metadata)

cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", Key, primary_key=True),
    sa.Column(
        "code",
        sa.Text,
        nullable=False,
        unique=True,
        server_default=sa.text("'C' || nextval('case_codes')"),
    ),
    sa.Column("number", sa.Text, nullable=True, unique=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("version_id", sa.ForeignKey("versions.id"), nullable=False),
    sa.Column("status", sa.Text, nullable=False, server_default="open"),
    sa.Column("outcome", sa.Text, nullable=True),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("opened_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("clock", sa.Text, nullable=True, comment="The activity under the case's clock."),
    sa.Column("due_at", Moment, nullable=True),
    sa.Column("closed_at", Moment, nullable=True),
    sa.Column("ended_at", Moment, nullable=True),
    sa.Column("customer", sa.Text, nullable=True),
    sa.Column("product", sa.Text, nullable=True),
    sa.Column("amount", sa.Text, nullable=True),
    sa.Column("zone", sa.Text, nullable=True),
    sa.Column("parent_id", sa.ForeignKey("cases.id"), nullable=True),
    sa.Column("state", sa.LargeBinary, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("entries", sa.Integer, nullable=False),
    sa.Column("head", sa.LargeBinary, nullable=False),
    sa.Column("next_due", Moment, nullable=True),
    sa.Column("reckoned", sa.Integer, nullable=False, server_default="0"),
    sa.Column(
        "kept",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
        comment="Tasks of it that ended undone had drafts.",
    ),
    sa.Column("paused_at", Moment, nullable=True),
    sa.Column("paused_for", sa.Text, nullable=True, comment="Why the clock stands."),
    sa.Column("stuck", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("suspended_at", Moment, nullable=True),
    sa.Column("suspended_for", sa.Text, nullable=True, comment="Why nothing of it moves."),
    sa.Column("suspended_until", Moment, nullable=True, comment="When it goes on by itself."),
    sa.CheckConstraint("status in ('open', 'ended')", name="status"),
    sa.CheckConstraint("suspended_until > suspended_at", name="suspended"),
    postgresql_with={"fillfactor": "70"},
)
sa.Index(
    "ix_cases_next_due",
    cases.c.next_due,
    postgresql_where=sa.and_(cases.c.next_due.is_not(None), sa.not_(cases.c.stuck)),
)
sa.Index(
    "ix_cases_reckoned",
    cases.c.reckoned,
    postgresql_where=sa.and_(cases.c.status == "open", cases.c.next_due.is_not(None)),
)
sa.Index("ix_cases_paused_at", cases.c.paused_at, postgresql_where=cases.c.paused_at.is_not(None))
sa.Index(
    "ix_cases_suspended_at",
    cases.c.suspended_at,
    postgresql_where=cases.c.suspended_at.is_not(None),
)
sa.Index("ix_cases_parent_id", cases.c.parent_id, postgresql_where=cases.c.parent_id.is_not(None))
sa.Index("ix_cases_opened_at", cases.c.opened_at.desc(), cases.c.id)

case_ties = sa.Table(
    "case_ties",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("other_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("relation", sa.Text, nullable=False, comment="What the other one is to the first."),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("made_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("ended_at", Moment, nullable=True, comment="When somebody undid it."),
    sa.Column("ended_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("ended_for", sa.Text, nullable=True),
    sa.CheckConstraint("case_id <> other_id", name="oneself"),
    sa.CheckConstraint("relation in ('follow_up', 'duplicate', 'related')", name="relation"),
    comment="Cases that people linked; the history of both has it too.",
)

interventions = sa.Table(
    "interventions",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("case_id", sa.ForeignKey("cases.id"), nullable=False, index=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("task_id", Key, nullable=True),
    sa.Column("place", ARRAY(sa.Text), nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("asked_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("asked_at", Moment, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("settled_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("settled_at", Moment, nullable=True),
    sa.CheckConstraint("kind in ('skip', 'place')", name="kind"),
    sa.CheckConstraint("status in ('waiting', 'done', 'dropped')", name="status"),
    comment="What an operator asked for where a second one has to agree.",
)
sa.Index(
    "ix_interventions_waiting",
    interventions.c.id,
    postgresql_where=interventions.c.status == "waiting",
)

"""Working time, and the duties that the clock starts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from engine.tables.base import Moment, metadata

calendars = sa.Table(
    "calendars",
    metadata,
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("zh", sa.Text, nullable=False),
    sa.Column("en", sa.Text, nullable=False),
    sa.Column("zone", sa.Text, nullable=False),
    sa.Column("week", JSONB, nullable=False, comment="Monday first: working minutes of each day."),
    sa.Column(
        "announced",
        ARRAY(sa.Integer),
        nullable=True,
        comment="Years whose public holidays are in it; null when it has none, such as 24 x 7.",
    ),
)

calendar_days = sa.Table(
    "calendar_days",
    metadata,
    sa.Column("calendar", sa.ForeignKey("calendars.code"), primary_key=True),
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column(
        "spans",
        JSONB,
        nullable=False,
        comment="Working minutes; [] when off, JSON null when it is worked like an ordinary day.",
    ),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)

calendar_uses = sa.Table(
    "calendar_uses",
    metadata,
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("code", sa.Text, primary_key=True),
    sa.Column("calendar", sa.ForeignKey("calendars.code"), nullable=False),
    sa.CheckConstraint("kind in ('company', 'site', 'role')", name="kind"),
)

calendar_revisions = sa.Table(
    "calendar_revisions",
    metadata,
    sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("changed_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("cases", sa.Integer, nullable=False, comment="Open cases to be reckoned again."),
    sa.Column("body", sa.LargeBinary, nullable=False, comment="What it changed, as JSON."),
    sa.Column("hash", sa.LargeBinary, nullable=False, comment="SHA-256 of the last hash + body."),
)

duties = sa.Table(
    "duties",
    metadata,
    sa.Column("procedure", sa.Text, primary_key=True),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, server_default=sa.true()),
    sa.Column("next_at", Moment, nullable=True),
    sa.Column("next_for", sa.DateTime, nullable=True, comment="What the rule draws for it."),
    sa.Column("rounds", sa.Integer, nullable=False, server_default="0"),
    sa.Column("stuck", sa.Boolean, nullable=False, server_default=sa.false()),
)
sa.Index("ix_duties_next_at", duties.c.next_at, postgresql_where=duties.c.active)

duty_switches = sa.Table(
    "duty_switches",
    metadata,
    sa.Column("id", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False, comment="What it was switched to."),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("switched_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("at", Moment, nullable=False),
    sa.Index("ix_duty_switches_procedure", "procedure", "id"),
)

duty_runs = sa.Table(
    "duty_runs",
    metadata,
    sa.Column("case_id", sa.ForeignKey("cases.id"), primary_key=True),
    sa.Column("procedure", sa.Text, nullable=False),
    sa.Column("stands_for", sa.DateTime, nullable=True, comment="Null when started by hand."),
    sa.Column("planned_at", Moment, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("started_by", sa.ForeignKey("people.id"), nullable=True),
    sa.Column("missed", sa.Integer, nullable=False, comment="Rounds before it that it stands for."),
    sa.UniqueConstraint("procedure", "stands_for"),
    sa.Index("ix_duty_runs_procedure_started_at", "procedure", "started_at"),
)

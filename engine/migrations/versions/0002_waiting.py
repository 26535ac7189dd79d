"""Waits, messages, calls, calendars and duties."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column(
            "week",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Monday first: working minutes of each day.",
        ),
        sa.Column(
            "announced",
            postgresql.ARRAY(sa.Integer()),
            nullable=True,
            comment="Years whose public holidays are in it; null when it has none, such as 24 x 7.",
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_calendars")),
    )
    op.create_table(
        "calendar_days",
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column(
            "spans",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="Working minutes; [] when off, JSON null when it is worked like an ordinary day.",
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar"], ["calendars.code"], name=op.f("fk_calendar_days_calendar")
        ),
        sa.PrimaryKeyConstraint("calendar", "day", name=op.f("pk_calendar_days")),
    )
    op.create_table(
        "calendar_revisions",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column(
            "cases", sa.Integer(), nullable=False, comment="Open cases to be reckoned again."
        ),
        sa.Column("body", sa.LargeBinary(), nullable=False, comment="What it changed, as JSON."),
        sa.Column(
            "hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the last hash + body.",
        ),
        sa.ForeignKeyConstraint(
            ["changed_by"], ["people.id"], name=op.f("fk_calendar_revisions_changed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_revisions")),
    )
    op.create_table(
        "calendar_uses",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('company', 'site', 'role')", name=op.f("ck_calendar_uses_kind")
        ),
        sa.ForeignKeyConstraint(
            ["calendar"], ["calendars.code"], name=op.f("fk_calendar_uses_calendar")
        ),
        sa.PrimaryKeyConstraint("kind", "code", name=op.f("pk_calendar_uses")),
    )
    op.create_table(
        "duties",
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_for", sa.DateTime(), nullable=True, comment="What the rule draws for it."),
        sa.Column("rounds", sa.Integer(), server_default="0", nullable=False),
        sa.Column("stuck", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_duties_changed_by")),
        sa.PrimaryKeyConstraint("procedure", name=op.f("pk_duties")),
    )
    op.create_index(
        "ix_duties_next_at", "duties", ["next_at"], unique=False, postgresql_where="active"
    )
    op.create_table(
        "duty_runs",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("stands_for", sa.DateTime(), nullable=True, comment="Null when started by hand."),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_by", sa.Uuid(), nullable=True),
        sa.Column(
            "missed", sa.Integer(), nullable=False, comment="Rounds before it that it stands for."
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_duty_runs_case_id")),
        sa.ForeignKeyConstraint(
            ["started_by"], ["people.id"], name=op.f("fk_duty_runs_started_by")
        ),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_duty_runs")),
        sa.UniqueConstraint(
            "procedure", "stands_for", name=op.f("uq_duty_runs_procedure_stands_for")
        ),
    )
    op.create_index(
        "ix_duty_runs_procedure_started_at",
        "duty_runs",
        ["procedure", "started_at"],
        unique=False,
    )
    op.create_table(
        "calls",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("parameters", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_try", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("result", sa.LargeBinary(), nullable=True, comment="Answered, not yet taken in."),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status in ('waiting', 'done', 'failed', 'cancelled')", name=op.f("ck_calls_status")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_calls_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
        comment="What service tasks have asked a connector for; run by workers after the commit.",
    )
    op.create_index(op.f("ix_calls_case_id"), "calls", ["case_id"], unique=False)
    op.create_index(
        "ix_calls_next_try",
        "calls",
        ["next_try"],
        unique=False,
        postgresql_where=sa.text("status = 'waiting'"),
    )
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("idempotency", sa.Text(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_from", sa.Uuid(), nullable=True),
        sa.Column(
            "wait_id", sa.Uuid(), nullable=True, comment="The one wait that it is meant for."
        ),
        sa.Column(
            "procedure", sa.Text(), nullable=True, comment="The procedure that a signal starts."
        ),
        sa.Column("status", sa.Text(), server_default="kept", nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="Why somebody has dropped it."),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("kind in ('message', 'signal')", name=op.f("ck_messages_kind")),
        sa.CheckConstraint(
            "status in ('kept', 'delivered', 'dropped', 'stuck')", name=op.f("ck_messages_status")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_messages_case_id")),
        sa.ForeignKeyConstraint(["sent_by"], ["people.id"], name=op.f("fk_messages_sent_by")),
        sa.ForeignKeyConstraint(["sent_from"], ["cases.id"], name=op.f("fk_messages_sent_from")),
        sa.ForeignKeyConstraint(["settled_by"], ["people.id"], name=op.f("fk_messages_settled_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("idempotency", name=op.f("uq_messages_idempotency")),
    )
    op.create_index(
        "ix_messages_kept",
        "messages",
        ["sent_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'kept'"),
    )
    op.create_index("ix_messages_status", "messages", ["status", "sent_at", "id"], unique=False)
    op.create_index(
        "ix_messages_sent_from",
        "messages",
        ["sent_from"],
        unique=False,
        postgresql_where=sa.text("sent_from IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_case_id",
        "messages",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.create_table(
        "waits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("keys", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("correlation", sa.LargeBinary(), nullable=False),
        sa.Column("process", sa.Text(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("offered", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind in ('message', 'signal')", name=op.f("ck_waits_kind")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_waits_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
        comment="Messages and signals that open cases wait for: a projection of their state.",
    )
    op.create_index(op.f("ix_waits_case_id"), "waits", ["case_id"], unique=False)
    op.create_index("ix_waits_correlation", "waits", ["correlation", "since", "id"], unique=False)
    op.add_column(
        "versions", sa.Column("start_signal", sa.Text(), server_default="", nullable=False)
    )
    op.add_column("cases", sa.Column("reckoned", sa.Integer(), server_default="0", nullable=False))
    op.add_column("cases", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "cases",
        sa.Column("paused_for", sa.Text(), nullable=True, comment="Why the clock stands."),
    )
    op.create_index(
        "ix_cases_reckoned",
        "cases",
        ["reckoned"],
        unique=False,
        postgresql_where=sa.text("status = 'open' AND next_due IS NOT NULL"),
    )
    op.add_column(
        "tasks",
        sa.Column("item", sa.Text(), nullable=True, comment="Which of several instances it is."),
    )
    op.add_column("tasks", sa.Column("paused_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "tasks",
        sa.Column("paused_for", sa.Text(), nullable=True, comment="Why the clock stands."),
    )
    op.create_index(
        "ix_entries_deadline_moved",
        "entries",
        ["at"],
        unique=False,
        postgresql_where=sa.text("kind = 'deadline_moved'"),
    )
    _widen_incidents()
    op.execute(
        "INSERT INTO roles (code, zh, en, position) VALUES "
        "('process-owner', '规程管理员', 'Process owner', 1000), "
        "('operator', '系统管理员', 'Operator', 1001) ON CONFLICT DO NOTHING"
    )


def _widen_incidents() -> None:
    op.add_column("incidents", sa.Column("kind", sa.Text(), nullable=True))
    op.add_column("incidents", sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(
        "UPDATE incidents SET tried_at = at, kind = CASE WHEN task_id IS NOT NULL THEN 'step' "
        "WHEN person_id IS NOT NULL THEN 'start' ELSE 'timer' END"
    )
    op.alter_column("incidents", "kind", nullable=False)
    op.alter_column("incidents", "tried_at", nullable=False)
    op.add_column(
        "incidents",
        sa.Column("tries", sa.Integer(), server_default="1", nullable=False),
    )
    op.add_column(
        "incidents",
        sa.Column(
            "subject", sa.Uuid(), nullable=True, comment="The message or call that it is about."
        ),
    )
    op.create_index(
        "ix_incidents_task_id",
        "incidents",
        ["task_id"],
        unique=False,
        postgresql_where=sa.text("resolved_at IS NULL AND task_id IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_incidents_task_id", table_name="incidents")
    for column in ("subject", "tries", "tried_at", "kind"):
        op.drop_column("incidents", column)
    op.drop_index(
        "ix_entries_deadline_moved",
        table_name="entries",
        postgresql_where=sa.text("kind = 'deadline_moved'"),
    )
    op.drop_column("tasks", "paused_for")
    op.drop_column("versions", "start_signal")
    op.drop_column("tasks", "paused_at")
    op.drop_column("tasks", "item")
    op.drop_index(
        "ix_cases_reckoned",
        table_name="cases",
        postgresql_where=sa.text("status = 'open' AND next_due IS NOT NULL"),
    )
    op.drop_column("cases", "paused_for")
    op.drop_column("cases", "paused_at")
    op.drop_column("cases", "reckoned")
    op.drop_index("ix_waits_correlation", table_name="waits")
    op.drop_index(op.f("ix_waits_case_id"), table_name="waits")
    op.drop_table("waits")
    op.drop_index(
        "ix_messages_case_id",
        table_name="messages",
        postgresql_where=sa.text("case_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_messages_sent_from",
        table_name="messages",
        postgresql_where=sa.text("sent_from IS NOT NULL"),
    )
    op.drop_index("ix_messages_status", table_name="messages")
    op.drop_index(
        "ix_messages_kept", table_name="messages", postgresql_where=sa.text("status = 'kept'")
    )
    op.drop_table("messages")
    op.drop_index(
        "ix_calls_next_try", table_name="calls", postgresql_where=sa.text("status = 'waiting'")
    )
    op.drop_index(op.f("ix_calls_case_id"), table_name="calls")
    op.drop_table("calls")
    op.drop_index("ix_duty_runs_procedure_started_at", table_name="duty_runs")
    op.drop_table("duty_runs")
    op.drop_index("ix_duties_next_at", table_name="duties", postgresql_where="active")
    op.drop_table("duties")
    op.drop_table("calendar_uses")
    op.drop_table("calendar_revisions")
    op.drop_table("calendar_days")
    op.drop_table("calendars")

"""Versions are planned, withdrawn and published again; people stand in for each other."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"


_KEPT = {
    "correlation": "status = 'kept'",
    "name": "status = 'kept'",
    "wait_id": "status = 'kept' AND wait_id IS NOT NULL",
    "procedure": "status = 'kept' AND procedure IS NOT NULL",
}


def _look_quickly() -> None:
    """Let messages that are kept, and clocks that stand, be found without reading all others."""
    for name, where in _KEPT.items():
        op.create_index(f"ix_messages_{name}", "messages", [name], postgresql_where=sa.text(where))
    for table in ("cases", "tasks"):
        stands = sa.text("paused_at IS NOT NULL")
        op.create_index(f"ix_{table}_paused_at", table, ["paused_at"], postgresql_where=stands)
    op.add_column(
        "versions",
        sa.Column(
            "awaits",
            JSONB,
            server_default="{}",
            nullable=False,
            comment="Messages that its cases wait for, with the names of their keys.",
        ),
    )
    op.add_column(
        "tasks",
        sa.Column(
            "stands",
            sa.Boolean(),
            server_default=sa.false(),
            nullable=False,
            comment="A clock on it or around it is paused.",
        ),
    )
    op.execute("update tasks set stands = true where paused_at is not null")


def upgrade() -> None:
    _look_quickly()
    op.add_column(
        "versions", sa.Column("source", sa.Text(), server_default="files", nullable=False)
    )
    op.add_column("versions", sa.Column("based_on", sa.Integer(), nullable=True))
    op.add_column("versions", sa.Column("again_of", sa.Integer(), nullable=True))
    op.add_column(
        "versions",
        sa.Column(
            "begins_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="From when it is to be in force.",
        ),
    )
    op.add_column(
        "versions",
        sa.Column(
            "began_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Since when it was; null while planned.",
        ),
    )
    op.add_column("versions", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("versions", sa.Column("withdrawn_by", sa.Uuid(), nullable=True))
    op.add_column(
        "versions",
        sa.Column(
            "withdrawn_for", sa.Text(), nullable=True, comment="Why it never came into force."
        ),
    )
    op.execute("update versions set begins_at = published_at, began_at = published_at")
    op.execute(
        "update versions set based_on = before.id from versions before "
        "where before.procedure = versions.procedure and before.number = versions.number - 1"
    )
    op.alter_column("versions", "begins_at", nullable=False)
    for name, to in (
        ("based_on", "versions"),
        ("again_of", "versions"),
        ("withdrawn_by", "people"),
    ):
        op.create_foreign_key(op.f(f"fk_versions_{name}"), "versions", to, [name], ["id"])
    op.create_check_constraint(
        op.f("ck_versions_source"), "versions", "source in ('files', 'product', 'again')"
    )
    op.create_check_constraint(
        op.f("ck_versions_withdrawn"), "versions", "began_at is null or withdrawn_at is null"
    )
    op.create_index(
        "uq_versions_planned",
        "versions",
        ["procedure", "begins_at"],
        unique=True,
        postgresql_where=sa.text("began_at IS NULL AND withdrawn_at IS NULL"),
    )
    op.add_column(
        "calls",
        sa.Column("salt", sa.LargeBinary(), nullable=True, comment="Of the digest in the entry."),
    )
    _seal_messages()
    _add_actions()
    _make_transfers()
    _make_interventions()


def _seal_messages() -> None:
    """Seal what is there as engine.messages.sealing does."""
    column = sa.Column(
        "seal", sa.LargeBinary(), nullable=True, comment="Of the digest and who sent it."
    )
    op.add_column("messages", column)
    op.execute(
        "update messages set seal = sha256(digest || convert_to('sent:' || "
        "to_char(sent_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US') || ' ' || "
        "coalesce(sent_by::text, '-') || ' ' || coalesce(sent_from::text, '-') || ' ' || "
        "coalesce(idempotency, ''), 'UTF8'))"
    )
    op.execute(
        "update messages set seal = sha256(seal || convert_to('dropped:' || coalesce("
        "to_char(settled_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), '-') || ' ' || "
        "coalesce(settled_by::text, '-') || ' ' || coalesce(reason, ''), 'UTF8')) "
        "where status = 'dropped'"
    )
    op.alter_column("messages", "seal", nullable=False)


def _add_actions() -> None:
    moment = sa.DateTime(timezone=True)
    for column in (
        sa.Column(
            "given_to",
            sa.Uuid(),
            nullable=True,
            comment="Who may do it without its role, for it was handed to them.",
        ),
        sa.Column("owner", sa.Uuid(), nullable=True, comment="To whom it comes back."),
        sa.Column(
            "signing",
            sa.Text(),
            nullable=True,
            comment="Signatures that are asked: before or after.",
        ),
        sa.Column(
            "sent", sa.LargeBinary(), nullable=True, comment="Answers kept until they are signed."
        ),
        sa.Column("sent_by", sa.Uuid(), nullable=True),
        sa.Column("sent_at", moment, nullable=True),
        sa.Column(
            "again", sa.Text(), nullable=True, comment="How a finished step came to be open anew."
        ),
    ):
        op.add_column("tasks", column)
    for name in ("given_to", "owner", "sent_by"):
        op.create_foreign_key(op.f(f"fk_tasks_{name}"), "tasks", "people", [name], ["id"])
    op.create_index(
        "ix_tasks_owner", "tasks", ["owner"], postgresql_where=sa.text("owner IS NOT NULL")
    )
    op.create_check_constraint(op.f("ck_tasks_signing"), "tasks", "signing in ('before', 'after')")
    op.create_check_constraint(
        op.f("ck_tasks_again"),
        "tasks",
        "again in ('returned', 'straight', 'back', 'withdrawn', 'reopened')",
    )
    op.create_table(
        "signings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column(
            "ratio", sa.Integer(), nullable=True, comment="Percent, in the mode of that name."
        ),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False, comment="What is asked."),
        sa.Column("opinion", sa.Text(), nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.CheckConstraint("place in ('before', 'after')", name=op.f("ck_signings_place")),
        sa.CheckConstraint(
            "mode in ('all', 'any', 'ratio', 'order')", name=op.f("ck_signings_mode")
        ),
        sa.CheckConstraint("ratio between 1 and 100", name=op.f("ck_signings_ratio")),
        sa.CheckConstraint(
            "status in ('asked', 'waiting', 'agreed', 'refused', 'removed', 'void')",
            name=op.f("ck_signings_status"),
        ),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signings_case_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_signings_person_id")),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_signings_asked_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signings")),
        comment="Signatures that a task's holder asked for; the history has them too.",
    )
    op.create_index(op.f("ix_signings_case_id"), "signings", ["case_id"])
    op.create_index(op.f("ix_signings_task_id"), "signings", ["task_id"])
    op.create_index(
        "ix_signings_person_id",
        "signings",
        ["person_id"],
        postgresql_where=sa.text("status = 'asked'"),
    )

    _make_substitutions()


def _make_substitutions() -> None:
    op.create_table(
        "substitutions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("substitute_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ends",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="The first moment that is out of it.",
        ),
        sa.Column("procedure", sa.Text(), nullable=True, comment="Null for all of them."),
        sa.Column(
            "steps",
            ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="process:element of those that it is limited to; empty for all.",
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When somebody ended it early.",
        ),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.CheckConstraint("begins < ends", name=op.f("ck_substitutions_period")),
        sa.CheckConstraint("person_id <> substitute_id", name=op.f("ck_substitutions_oneself")),
        *(
            sa.ForeignKeyConstraint([name], ["people.id"], name=op.f(f"fk_substitutions_{name}"))
            for name in ("person_id", "substitute_id", "made_by", "ended_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    op.create_index("ix_substitutions_person_id", "substitutions", ["person_id", "ends"])
    op.create_index(
        "ix_substitutions_substitute_id",
        "substitutions",
        ["substitute_id", "ends"],
        postgresql_where=sa.text("ended_at IS NULL"),
    )

    op.add_column(
        "tasks",
        sa.Column(
            "claimed_through",
            sa.Uuid(),
            nullable=True,
            comment="The substitute who claimed it for them.",
        ),
    )
    op.create_foreign_key(
        op.f("fk_tasks_claimed_through"), "tasks", "people", ["claimed_through"], ["id"]
    )
    op.add_column(
        "entries",
        sa.Column("acted_for", sa.Uuid(), nullable=True, comment="Whom a substitute did it for."),
    )
    op.create_index(
        "ix_entries_acted_for",
        "entries",
        ["acted_for", sa.literal_column("at DESC")],
        postgresql_where=sa.text("acted_for IS NOT NULL"),
    )


def _make_transfers() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "transfers",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("procedure", sa.Text(), nullable=False),
        sa.Column("to_version", sa.Integer(), sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("due", sa.Text(), nullable=False, comment="When timers drawn otherwise are due."),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("begun_by", sa.Uuid(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("begun_at", moment, nullable=False),
        sa.Column("ended_at", moment, nullable=True, comment="Carried out, or given up."),
        sa.CheckConstraint("due in ('kept', 'drawn')", name=op.f("ck_transfers_due")),
    )
    op.create_table(
        "transfer_cases",
        sa.Column("transfer_id", sa.BigInteger(), sa.ForeignKey("transfers.id"), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), primary_key=True),
        sa.Column("from_version", sa.Integer(), sa.ForeignKey("versions.id"), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=True, comment="Null until it was looked at."),
        sa.Column("told", JSONB(), nullable=False, server_default="{}"),
        sa.Column("moved_at", moment, nullable=True),
        sa.CheckConstraint(
            "verdict in ('same_place', 'new_step', 'cannot', 'ended')",
            name=op.f("ck_transfer_cases_verdict"),
        ),
    )
    op.create_index("ix_transfer_cases_case_id", "transfer_cases", ["case_id"])


def _make_interventions() -> None:
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "interventions",
        sa.Column("id", sa.BigInteger(), sa.Identity(), primary_key=True),
        sa.Column("case_id", sa.Uuid(), sa.ForeignKey("cases.id"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("place", ARRAY(sa.Text()), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_by", sa.Uuid(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("asked_at", moment, nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), sa.ForeignKey("people.id"), nullable=True),
        sa.Column("settled_at", moment, nullable=True),
        sa.CheckConstraint("kind in ('skip', 'place')", name=op.f("ck_interventions_kind")),
        sa.CheckConstraint(
            "status in ('waiting', 'done', 'dropped')", name=op.f("ck_interventions_status")
        ),
        comment="What an operator asked for where a second one has to agree.",
    )
    op.create_index("ix_interventions_case_id", "interventions", ["case_id"])
    op.create_index(
        "ix_interventions_waiting",
        "interventions",
        ["id"],
        postgresql_where=sa.text("status = 'waiting'"),
    )


def downgrade() -> None:
    op.drop_table("interventions")
    op.drop_column("messages", "seal")
    op.drop_column("calls", "salt")
    op.drop_table("transfer_cases")
    op.drop_table("transfers")
    op.drop_index(
        "ix_entries_acted_for",
        table_name="entries",
        postgresql_where=sa.text("acted_for IS NOT NULL"),
    )
    op.drop_column("entries", "acted_for")
    op.drop_column("tasks", "claimed_through")
    op.drop_table("substitutions")
    op.drop_table("signings")
    for name in ("again", "sent_at", "sent_by", "sent", "signing", "owner", "given_to"):
        op.drop_column("tasks", name)
    op.execute(
        "delete from version_files using versions where id = version_id and began_at is null"
    )
    op.execute("delete from versions where began_at is null")
    op.drop_index(
        "uq_versions_planned",
        table_name="versions",
        postgresql_where=sa.text("began_at IS NULL AND withdrawn_at IS NULL"),
    )
    for name in (
        *("withdrawn_for", "withdrawn_by", "withdrawn_at"),
        *("began_at", "begins_at", "again_of", "based_on", "source"),
    ):
        op.drop_column("versions", name)
    op.drop_column("tasks", "stands")
    op.drop_column("versions", "awaits")
    for table in ("tasks", "cases"):
        op.drop_index(f"ix_{table}_paused_at", table_name=table)
    for name in _KEPT:
        op.drop_index(f"ix_messages_{name}", table_name="messages")

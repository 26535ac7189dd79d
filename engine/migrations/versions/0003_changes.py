"""Versions are planned, withdrawn and published again, and know where they came from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
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


def downgrade() -> None:
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

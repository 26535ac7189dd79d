"""Incidents remember when a person had sent what failed; cases can be suspended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_SUSPENDED = sa.text("suspended_at IS NOT NULL")


def upgrade() -> None:
    moment = sa.DateTime(timezone=True)
    said = "When its person had last sent it."
    op.add_column("incidents", sa.Column("sent_at", moment, nullable=True, comment=said))
    _suspend()


def _suspend() -> None:
    moment, why = sa.DateTime(timezone=True), "Why nothing of it moves."
    until = "When it goes on by itself."
    op.add_column("cases", sa.Column("suspended_at", moment, nullable=True))
    op.add_column("cases", sa.Column("suspended_for", sa.Text(), nullable=True, comment=why))
    op.add_column("cases", sa.Column("suspended_until", moment, nullable=True, comment=until))
    op.create_check_constraint("suspended", "cases", "suspended_until > suspended_at")
    op.create_index("ix_cases_suspended_at", "cases", ["suspended_at"], postgresql_where=_SUSPENDED)


def downgrade() -> None:
    for name in ("suspended_until", "suspended_for", "suspended_at"):
        op.drop_column("cases", name)
    op.drop_column("incidents", "sent_at")
